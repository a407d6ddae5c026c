"""What a PASS does not prove, and rests on."""

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.profiles.model import Profile
from atecc_bench.profiles.proofs_and_layouts import Layout


def what_is_trusted(profile: Profile, config: ConfigZone) -> tuple[str, ...]:
    """Sentences on what a PASS takes without proof.

    It takes that from the board and the wires. `config` is the configuration that the chip has at the end.
    """
    slot = profile.attesting_slot(config)
    # Microchip's own chain vouches for the key that it is about.
    devices = () if profile.layout is Layout.TRUST_AND_GO and slot is not None else (profile.device_key_slot,)
    keys = dict.fromkeys((*devices, *(() if slot is None else (slot,))))
    sentences = [
        f"that the public key of slot {key}, as it was read, "
        f"{'was made by' if key in profile.generate_keys else 'belongs to'} this chip: a board that puts a key of its "
        "own in its place can answer for it ever after"
        for key in keys
    ]
    if slot is None:
        sentences.append("what the board says of configuration and locks: no key of this profile signs them")
    sentences.append(
        "what the board says of slots that are read in clear, certificates and data: the same chip at another board "
        "shows it (`atecc-bench verify`)"
    )
    if profile.secret_keys:
        sentences.append("that the board keeps no copy of secret keys that pass it in clear")
    return tuple(sentences)
