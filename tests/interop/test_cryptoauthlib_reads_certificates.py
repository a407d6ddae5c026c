"""Firmware in the field reads what we provision: CryptoAuthLib itself rebuilds both certificates."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.onchip.read_certificates import ChipCertificates
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.pki.keys.key_files import certificate_public_key
from atecc_bench.resources import resource_path
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.state_file import save_state
from tests.support.boards.twin_desk import TwinDesk
from tests.support.external.cryptoauthlib_runner import Answers, needs_cryptoauthlib
from tests.support.paths import ROOT

pytestmark = needs_cryptoauthlib

_READ = f"""
import ctypes
sys.path.insert(0, {str(ROOT)!r})
from cryptoauthlib.library import cal_buffer, get_cryptoauthlib
from tests.support.external.cryptoauthlib_definitions import c_definition
from atecc_bench.pki.compressed.massprovisioning import device_definition, signer_definition

def read(name, definition, authority_key):
    certificate, size = (ctypes.c_uint8 * 1024)(), ctypes.c_size_t(1024)
    key = cal_buffer(len(authority_key), bytearray(authority_key))
    status = get_cryptoauthlib().atcacert_read_cert(
        ctypes.byref(c_definition(definition)), ctypes.byref(key), certificate, ctypes.byref(size)
    )
    out[name] = [status, bytes(certificate[: size.value]).hex()]
"""


def provisioned(desk: TwinDesk, authority: CertificateAuthority) -> ChipCertificates:
    certificates = desk.provision(authority).certificates
    assert certificates is not None
    return certificates


@pytest.mark.slow
def test_it_rebuilds_the_signer_and_the_device_certificate_byte_for_byte(
    served_board: Callable[[str], str],
    run_cryptoauthlib: Callable[[str, str], Answers],
    authority: CertificateAuthority,
    tmp_path: Path,
):
    desk = TwinDesk(seed=1)
    ours = provisioned(desk, authority)
    save_state(tmp_path / "state.json", desk.memory, seeded_entropy(1))
    # The definitions are made from another device, as firmware has them: all that is this chip's comes from it.
    others = provisioned(TwinDesk(seed=2), authority)
    assert others.device != ours.device
    signer_key, root_key = (certificate_public_key(c) for c in (authority.signer, authority.root))
    answers = run_cryptoauthlib(
        served_board(f"virtual://provisioned?state={tmp_path / 'state.json'}"),
        _READ
        + f"""
read("signer", signer_definition(bytes.fromhex({others.signer.hex()!r})), bytes.fromhex({root_key.hex()!r}))
read("device", device_definition(bytes.fromhex({others.device.hex()!r})), bytes.fromhex({signer_key.hex()!r}))
call("public", cal.atcab_get_pubkey, 0, size=64)
""",
    )
    assert answers["init"] == 0
    assert answers["signer"] == [0, ours.signer.hex()]
    assert answers["device"] == [0, ours.device.hex()]


@pytest.mark.slow
def test_it_rebuilds_what_the_scenario_provisioned_holds(
    served_board: Callable[[str], str],
    run_cryptoauthlib: Callable[[str, str], Answers],
):
    certificates = [
        x509.load_pem_x509_certificate(resource_path("scenarios", "provisioned", f"{name}.pem").read_bytes())
        for name in ("device", "signer", "root")
    ]
    device, signer, _ = (certificate.public_bytes(Encoding.DER) for certificate in certificates)
    signer_key, root_key = (certificate_public_key(certificate) for certificate in certificates[1:])
    answers = run_cryptoauthlib(
        served_board("virtual://provisioned"),
        _READ
        + f"""
read("signer", signer_definition(bytes.fromhex({signer.hex()!r})), bytes.fromhex({root_key.hex()!r}))
read("device", device_definition(bytes.fromhex({device.hex()!r})), bytes.fromhex({signer_key.hex()!r}))
""",
    )
    assert answers == {"init": 0, "signer": [0, signer.hex()], "device": [0, device.hex()]}
