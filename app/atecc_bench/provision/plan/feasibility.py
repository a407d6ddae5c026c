"""Checks of what a chip can become under a profile.

What a profile wants and this chip can never become is found before anything is written; and what is left to do.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from atecc_bench.chip.config.config_zone import ConfigZone, differing_bytes
from atecc_bench.chip.config.slot_bytes import bytes_text, lock_byte, slot_config_bytes
from atecc_bench.chip.config.slot_policy import slot_policy
from atecc_bench.chip.protocol.identity import part_of_revision
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.onchip.key_import import check_import
from atecc_bench.onchip.secret_keys import KeyWrite, plan_key_writes
from atecc_bench.pki.keys.key_files import public_key_bytes
from atecc_bench.profiles.files import found_profiles
from atecc_bench.profiles.model import Key, Profile
from atecc_bench.profiles.placeholders import filled
from atecc_bench.profiles.proofs_and_layouts import KeySource
from atecc_bench.profiles.slot_map import data_length
from atecc_bench.provision.model.chip_survey import Survey
from atecc_bench.provision.model.device_inputs import DeviceInputs, key_file_needed

_NOTHING = "Nothing was written."


def check_part(profile: Profile, survey: Survey) -> None:
    """Check that a profile is for this kind of chip.

    Raises:
        RefusedError: `wrong-part`, naming the profile to take instead, unless the profile is for the chip.
    """
    part = part_of_revision(survey.revision)
    if part in profile.parts:
        return
    wanted = " or ".join(p.value for p in profile.parts)
    others = [other.name for other in found_profiles().usable if part in other.parts and other.layout is profile.layout]
    instead = f"Choose the profile {others[0]}, which is for it." if others else "Choose a profile for this part."
    raise RefusedError(
        "wrong-part",
        f"This chip is an {part.value}; the profile {profile.name} is for an {wanted}.",
        f"{instead} {_NOTHING}",
    )


def check_configuration(profile: Profile, survey: Survey) -> None:
    """Check that the chip's configuration can become the profile's.

    Raises:
        RefusedError: It never can, with the bytes in the way.
    """
    config, target = survey.config, profile.configuration_for(survey.config_bytes)
    for zone, locks, locked, byte in (
        ("configuration zone", profile.locks.configuration, config.config_locked, 87),
        ("data zone", profile.locks.data, config.data_locked, 86),
    ):
        if not locks and not locked:
            raise RefusedError(
                "not-locked-by-maker",
                f"The {zone} of this chip is open (byte {byte} is {survey.config_bytes[byte]:02X}); the profile "
                f"{profile.name} is for chips that Microchip has locked before selling them.",
                f"Use such a chip, or another profile. {_NOTHING}",
            )
    differing = differing_bytes(survey.config_bytes, target)
    if config.config_locked and differing:
        shown = ", ".join(_differences(survey.config_bytes, target, differing))
        raise RefusedError(
            "config-mismatch",
            f"This chip's configuration is locked and is not the profile's: {shown}.",
            f"A locked configuration can never change: use another chip, or a profile that fits. {_NOTHING}",
        )


def _differences(present: bytes, target: bytes, differing: Sequence[int]) -> Iterator[str]:
    """Describe in words the bytes that are in the way.

    Neighbours come together, because there may be dozens.
    """
    for _, group in groupby(enumerate(differing), lambda pair: pair[1] - pair[0]):
        places = [place for _, place in group]
        first, end = places[0], places[-1] + 1
        which = f"byte {first} is" if len(places) == 1 else f"bytes {first}–{end - 1} are"
        yield f"{which} {present[first:end].hex(' ').upper()} and should be {target[first:end].hex(' ').upper()}"


def check_private_keys(profile: Profile, survey: Survey, missing: Iterable[int]) -> None:
    """Check that missing private keys can still be made.

    Raises:
        RefusedError: `key-not-reachable` or `key-missing` when a private key is missing and can never be made.
    """
    target = _target(profile, survey)
    for slot in missing:
        if not slot_policy(target, slot).can_generate:
            raise RefusedError(
                "key-not-reachable",
                f"Slot {slot} holds no usable key, and none can be made in it any more: {_locked(target, slot)}.",
                f"Use another chip. {_NOTHING}",
            )
    for key in profile.keys:
        left = key.source is KeySource.LEAVE and key.slot in profile.private_slots
        if left and key.slot not in survey.public_keys:
            raise RefusedError(
                "key-missing",
                f"Slot {key.slot} shows no public key, and the profile {profile.name} leaves its key as it is.",
                f"Use a chip that has one. {_NOTHING}",
            )


def imports_needed(
    profile: Profile, survey: Survey, inputs: DeviceInputs, doubtful: Collection[int]
) -> tuple[int, ...]:
    """Return the slots into which a private key must be imported.

    `doubtful` ones are imported again, whatever they show.

    Raises:
        InputError: `key-file-needed`, `write-key-needed`.
        RefusedError: `slot-not-importable`.
    """
    needed: list[int] = []
    for key in profile.keys:
        if key.source is not KeySource.IMPORT or key.slot not in profile.private_slots:
            continue
        present = survey.public_keys.get(key.slot)
        if key.slot not in inputs.private_keys:
            raise key_file_needed(key.slot, key.title)
        wanted = public_key_bytes(inputs.private_keys[key.slot].public_key())
        if present == wanted and key.slot not in doubtful:
            continue
        open_target = replace(_target(profile, survey), lock_config=0, lock_value=survey.config.lock_value)
        write_key = check_import(open_target, key.slot)
        if write_key is not None and write_key not in inputs.secret_keys:
            raise InputError(
                "write-key-needed",
                f"After the data lock a private key goes into slot {key.slot} encrypted with the key in slot "
                f"{write_key}, and that is not known.",
                f"Give it with --key {write_key}=FILE. {_NOTHING}",
            )
        needed.append(key.slot)
    return tuple(needed)


def secret_writes(
    profile: Profile, survey: Survey, wanted: Iterable[Key], secrets: Mapping[int, bytes], recorded: Collection[int]
) -> tuple[KeyWrite, ...]:
    """Return the secret keys still to be written, in their order.

    They are among the wanted ones. `recorded` are locked slots whose key an earlier run wrote.

    Raises:
        RefusedError: `key-not-reachable` for a slot that is locked, and nobody can show with what.
    """
    target = replace(_target(profile, survey), lock_config=0, lock_value=0)  # written when both zones are locked
    left: list[int] = []
    for key in wanted:
        if key.slot in survey.held_keys or key.slot in recorded:
            continue
        if target.slot_is_locked(key.slot):
            if key.slot in secrets:
                raise RefusedError(
                    "key-not-reachable",
                    f"Slot {key.slot} is locked with another key than the {key.title} of this chip: "
                    f"{_locked(target, key.slot)}.",
                    f"Give the key that it was provisioned with, or use another chip. {_NOTHING}",
                )
            without = "Provision it without that key, or use another chip." if key.optional else "Or use another chip."
            raise RefusedError(
                "key-not-reachable",
                f"Slot {key.slot} is locked, and nothing shows that it holds the {key.title} of this chip: "
                f"{_locked(target, key.slot)}. No run on record locked it, or the chip denies the key in escrow.",
                "If it was provisioned on another computer, bring its folder of records here; if that run was cut off, "
                f"give the passphrase of its escrow file. {without} {_NOTHING}",
            )
        left.append(key.slot)
    return plan_key_writes(target, left, known_keys=survey.held_keys)


def data_contents(profile: Profile, values: Mapping[str, str]) -> dict[int, bytes]:
    """Return what the profile's data slots have to hold.

    Raises:
        InputError: `text-too-long`.
    """
    found: dict[int, bytes] = {}
    for data in profile.data:
        content = data.content if data.content is not None else filled(data.text or "", values).encode("utf-8")
        if len(content) > data_length(data):
            raise InputError(
                "text-too-long",
                f"{data.title} has {len(content)} bytes, and slot {data.slot} has room for {data_length(data)} of it.",
                "Type something shorter.",
            )
        found[data.slot] = content.ljust(data_length(data), b"\0")
    return found


def _target(profile: Profile, survey: Survey) -> ConfigZone:
    return ConfigZone.parse(profile.configuration_for(survey.config_bytes))


def _locked(config: ConfigZone, slot: int) -> str:
    if config.slot_is_locked(slot):
        byte = lock_byte(slot)
        return f"byte {byte} (SlotLocked) is {config.to_bytes()[byte]:02X}"
    first, last = place = slot_config_bytes(slot)
    return f"{bytes_text(place)} (SlotConfig) are {config.to_bytes()[first : last + 1].hex(' ').upper()}"
