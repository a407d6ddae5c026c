"""Whether a chip of silicon is the one that was provisioned under its serial number before, and no other.

A chip that passed is locked and shows the key it passed with, unless that key was changed here: then a journal or a
certificate on record has the new one. Virtual chips can be made anew at will, so nothing is asked of them.
"""

from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.keys import certificate_public_key, load_certificate
from atecc_bench.provision.plan import Plan
from atecc_bench.provision.records import DeviceRecord, Records

_HINT = "Serial numbers of genuine chips are unique. Put this one aside."


def check_same_chip(plan: Plan, records: Records) -> None:
    """Refuse a chip of silicon whose serial number was provisioned on another one.

    Raises:
        RefusedError: `serial-number-repeated`.

    """
    serial_number, config, slot = plan.serial_number, plan.survey.config, plan.profile.device_key_slot
    passed = records.registry(virtual=False).keys_of(serial_number)
    if not passed:
        return
    before = f"A chip with the serial number {serial_number} was provisioned before"
    if not (config.config_locked and config.data_locked):
        raise RefusedError(
            "serial-number-repeated",
            f"{before}, and this one is not locked: it is another chip with the same number.",
            _HINT,
        )
    if slot in records.doubtful_keys(serial_number, virtual=False):
        return  # a run of ours was about to change it
    present = plan.survey.public_keys.get(slot)
    noted = {key for record in records.of_device(serial_number, virtual=False) for key in _keys_in(record, slot)}
    if present is None or present.hex() not in passed | noted:
        raise RefusedError(
            "serial-number-repeated",
            f"{before}, and this one has another key in slot {slot}: it is another chip with the same number, or its "
            "key was made anew by another program.",
            f"{_HINT} If it is the same chip and another program changed its key, change it once more with "
            "`atecc-bench key generate`, which keeps a record of it.",
        )


def _keys_in(record: DeviceRecord, slot: int) -> set[str]:
    run = record.past_run()
    noted = run.keys.get(slot) if run is not None else None
    found: set[str] = set() if noted is None else {noted}
    if "device_pem" in record.artifacts:
        try:
            found.add(certificate_public_key(load_certificate(record.read("device_pem"))).hex())
        except InputError:
            return found  # a damaged file vouches for nothing
    return found
