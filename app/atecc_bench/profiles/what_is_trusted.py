"""What a PASS does not prove, and rests on."""

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.profiles.model import Profile


def what_is_trusted(profile: Profile, config: ConfigZone) -> tuple[str, ...]:
    """Sentences on what a PASS takes without proof.

    It takes that from the board and the wires. `config` is the configuration that the chip has at the end.
    """
    slot, device = profile.attesting_slot(config), profile.device_key_slot
    key = device if slot is None else slot
    made = "was made by" if key in profile.generate_keys else "belongs to"
    sentences = [
        f"that the public key of slot {key}, as it was read, {made} this chip: a board that puts a key of its own in "
        "its place can answer for it ever after"
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
