"""Short descriptions of what each slot is for under a profile."""

from collections.abc import Mapping

from atecc_bench.pki.compressed.massprovisioning import SLOT_USES
from atecc_bench.profiles.model import Profile
from atecc_bench.profiles.proofs_and_layouts import Layout
from atecc_bench.provision.chain.device_chain import DeviceChain


def slot_uses(profile: Profile, chain: DeviceChain | None) -> Mapping[int, str]:
    """Describe what each slot is for, by slot number.

    Those that the profile says nothing of are missing. `chain` is None without certificates on the chip.
    """
    uses = dict(SLOT_USES) if profile.layout is Layout.ECC608_MASS_PROVISIONING else {}
    uses |= {key.slot: key.title for key in profile.keys if key.slot not in uses}
    if chain is not None:
        found = dict.fromkeys(chain.slots, "Certificate data")
        if chain.root_key_slot is not None:
            found[chain.root_key_slot] = "Root public key"
        if chain.signer is not None:
            found[chain.signer.public_key_dev_loc.slot] = "Signer public key"
            found[chain.signer.comp_cert_dev_loc.slot] = "Signer certificate"
        found[chain.certificate_slot] = "Device certificate"
        uses = found | uses
    return uses | {data.slot: data.title for data in profile.data}
