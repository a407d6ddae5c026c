"""Makes the scenarios of the virtual boards that carry certificates: the real flow on a seeded twin.

`python -m tests.tools.make_scenarios DIR` writes one folder a scenario: `state.json`, the chip, and
`device.pem`, `signer.pem`, `root.pem`, the files its operator believes in. The same bytes come out each time.
"""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.pki.authority.certificate_authority import create_authority
from atecc_bench.pki.authority.issuer import issuer_of
from atecc_bench.profiles.files import load_profile
from atecc_bench.provision.model.chip_survey import survey
from atecc_bench.provision.model.results import Hooks
from atecc_bench.provision.plan.make_plan import make_plan
from atecc_bench.provision.run.run_plan import run_plan
from atecc_bench.twin.element.direct_transport import DirectTransport
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.state.entropy import SeededEntropy, seeded_entropy
from atecc_bench.twin.state.memory import Eeprom
from atecc_bench.twin.state.state_file import state_text
from tests.tools.trust_chips import TRUST_FLEX, TRUST_GO, make_trust_scenario

# Names of 10 characters each give the certificate the offsets of the case that this project began with.
ORGANIZATION = "Nordlys AS"
SIGNER_NAME = "Signer 001"
ROOT_NAME = "Nordlys AS Root"
ISSUED = datetime(2026, 1, 15, 9, tzinfo=UTC)
SEEDS: Mapping[str, int] = {"provisioned": 608, "mismatch": 15, "trustflex": 0x6C, "trustgo": 0x6A}


def make_scenario(name: str) -> dict[str, bytes]:
    """Run the flow for one scenario and return its files by name."""
    entropy = seeded_entropy(SEEDS[name])
    match name:
        case "trustflex":
            return make_trust_scenario(TRUST_FLEX, entropy)
        case "trustgo":
            return make_trust_scenario(TRUST_GO, entropy)
        case _:
            return _make_mass_provisioned(entropy, key_made_again=name == "mismatch")


def _make_mass_provisioned(entropy: SeededEntropy, *, key_made_again: bool) -> dict[str, bytes]:
    authority, _ = create_authority(
        organization=ORGANIZATION, root_name=ROOT_NAME, signer_name=SIGNER_NAME, now=ISSUED, entropy=entropy
    )
    memory = Eeprom.factory(entropy)
    session = ChipSession(DirectTransport(SecureElement(memory, entropy)))
    profile = load_profile("trustcustom-tls")
    plan = make_plan(
        profile, survey(session, profile), issuer_of(authority.root, authority.signer, ORGANIZATION), ISSUED
    )
    outcome = run_plan(session, plan, authority, ISSUED, Hooks.keeping_nothing(lambda _: None))
    if outcome.error is not None or outcome.certificates is None:
        raise outcome.error or RuntimeError("the flow ended without certificates")
    if key_made_again:
        session.generate_key(profile.device_key_slot)  # what somebody did after the certificate was signed
    return {
        "state.json": state_text(memory, entropy).encode("ascii"),
        "device.pem": x509.load_der_x509_certificate(outcome.certificates.device).public_bytes(Encoding.PEM),
        "signer.pem": authority.signer.public_bytes(Encoding.PEM),
        "root.pem": authority.root.public_bytes(Encoding.PEM),
    }


def main(folder: Path) -> None:
    """Write all scenarios into `folder`."""
    for name in SEEDS:
        target = folder / name
        target.mkdir(parents=True, exist_ok=True)
        for file, content in make_scenario(name).items():
            (target / file).write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
