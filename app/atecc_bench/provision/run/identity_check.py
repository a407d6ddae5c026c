"""Checks that a chip is the one its records are about.

A chip of silicon has to be the one that was provisioned under its serial number before, and no other.

A chip that passed is locked and shows the key it passed with, unless that key was changed here: then a journal or a
certificate on record has the new one. Virtual chips can be made anew at will, so nothing is asked of them.
"""

from atecc_bench.chip.session.chip_session import ChipSession, ChipStatusError
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.keys.key_files import certificate_public_key, load_certificate
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.records.run_records import ChipRecords, DeviceRecord

_HINT = "Serial numbers of genuine chips are unique. Put this one aside."


def check_same_chip(session: ChipSession, plan: Plan, records: ChipRecords) -> None:
    """Refuse a chip whose serial number belongs to another one.

    This is a chip of silicon whose serial number was provisioned on another one.

    Raises:
        RefusedError: `serial-number-repeated`.
    """
    serial_number, config = plan.serial_number, plan.survey.config
    passed = records.registry.keys_of(serial_number)
    if not passed:
        return
    before = f"A chip with the serial number {serial_number} was provisioned before"
    if not (config.config_locked and config.data_locked):
        raise RefusedError(
            "serial-number-repeated",
            f"{before}, and this one is not locked: it is another chip with the same number.",
            _HINT,
        )
    slot = _with_another_key(session, plan, records, passed)
    if slot is not None:
        raise RefusedError(
            "serial-number-repeated",
            f"{before}, and this one has another key in slot {slot}: it is another chip with the same number, or its "
            "key was made anew by another program.",
            f"{_HINT} If it is the same chip and another program changed its key, change it once more with "
            "`atecc-bench key generate`, which keeps a record of it.",
        )


def _with_another_key(session: ChipSession, plan: Plan, records: ChipRecords, passed: frozenset[str]) -> int | None:
    """Return a slot that does not show its known key.

    Journals tell the slots of the keys that the chip passed with; where they do not, it may be any slot that shows one.
    """
    past = records.runs()
    doubtful = records.doubtful_keys()  # a run of ours was about to change those
    noted: dict[int, set[str]] = {}
    for record in past:
        run = record.past_run()
        for slot, key in run.keys.items() if run is not None else ():
            noted.setdefault(slot, set()).update({key} if key else ())
    mine = passed | {key for record in past for key in _certified(record)}
    known = [slot for slot, keys in noted.items() if keys & mine]
    if known:
        wrong = (s for s in known if s not in doubtful and _shown(session, plan, s) not in mine | noted[s])
        return next(wrong, None)
    private = [slot for slot, key in enumerate(plan.survey.config.key_configs) if key.private and key.pub_info]
    asked = dict.fromkeys((plan.profile.device_key_slot, *plan.survey.public_keys, *private))
    same = any(slot in doubtful or _shown(session, plan, slot) in mine for slot in asked)
    return None if same else plan.profile.device_key_slot


def _shown(session: ChipSession, plan: Plan, slot: int) -> str | None:
    if slot in plan.survey.public_keys:
        return plan.survey.public_keys[slot].hex()
    try:
        return session.public_key(slot).hex()
    except ChipStatusError:
        return None


def _certified(record: DeviceRecord) -> set[str]:
    """The key of the device certificate that the record has."""
    if "device_pem" not in record.artifacts:
        return set()
    content = record.read("device_pem")
    try:
        return {certificate_public_key(load_certificate(content)).hex()}
    except InputError:
        return set()  # a damaged file vouches for nothing
