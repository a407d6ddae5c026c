"""Inputs of `provision` for one device besides the profile.

They are fields, keys, and a certificate from outside.
"""

from atecc_bench.cli.common.input_files import read_bytes
from atecc_bench.errors import InputError
from atecc_bench.profiles.model import Profile
from atecc_bench.provision.model.device_inputs import DeviceInputs, device_inputs_from


def device_inputs_of(
    profile: Profile, fields: list[str], certificate: str | None, keys: list[str], master_key: str | None
) -> DeviceInputs:
    """Take the options apart and read the files.

    Raises:
        InputError: An option or a file cannot be used.
    """
    contents: dict[int, bytes] = {}
    for option in keys:
        slot, file = _pair(option, "--key", "SLOT=FILE")
        if not slot.isdigit() or int(slot) > 15:
            raise InputError("usage", f"{slot!r} is no slot.", "Give --key SLOT=FILE with a slot from 0 to 15.")
        contents[int(slot)] = read_bytes(file)
    return device_inputs_from(
        profile,
        dict(_pair(option, "--field", "ID=TEXT") for option in fields),
        None if certificate is None else read_bytes(certificate),
        contents,
        None if master_key is None else read_bytes(master_key),
    )


def _pair(option: str, name: str, form: str) -> tuple[str, str]:
    key, separator, value = option.partition("=")
    if not separator:
        raise InputError("usage", f"{option!r} is not {form}.", f"Give {name} {form}.")
    return key, value
