"""Sides of a comparison of configurations.

Each is a chip, a file in any form, a support bundle, a known configuration or a profile.
"""

from pathlib import Path

from atecc_bench.chip.config.config_bits import bit_fields
from atecc_bench.chip.config.config_zone import INDIVIDUAL_BYTES, ConfigZone, differing_bytes
from atecc_bench.chip.protocol.identity import Part, revision_of_part
from atecc_bench.cli.chip.config_source import ConfigSource, FoundConfig
from atecc_bench.diagnose.config.known_configurations import CHIPS_OWN, FieldDifference, known_configurations
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence
from atecc_bench.errors import InputError
from atecc_bench.file_checks import exists
from atecc_bench.profiles.files import load_profile
from atecc_bench.resources import resource_path

_BUNDLE = ".zip"
_PORTS = ("virtual://", "rfc2217://", "socket://", "/dev/", "COM")
_UNWRITTEN = frozenset(range(84, 90))


def side(name: str, baud: int) -> FoundConfig:
    """The configuration that somebody named.

    Raises:
        InputError: `no-such-configuration`, and what `ConfigSource.find` and `load_profile` raise.
        DeviceError: a chip that is named cannot be read.
    """
    if name.startswith(_PORTS):
        return ConfigSource(port=name, baud=baud).find()
    if name == "-" or exists(Path(name)):
        bundle = Path(name).suffix.lower() == _BUNDLE
        return ConfigSource(bundle=name).find() if bundle else ConfigSource(name).find()
    files = {file.stem: file for file in resource_path("configurations").glob("*.yaml")}
    for known, stem in zip(known_configurations(), sorted(files), strict=True):
        if name.lower() in (known.name.lower(), stem):
            return _published(known.configuration, known.parts[0], f"known configuration {known.name}")
    try:
        profile = load_profile(name)
    except InputError as error:
        if error.id != "no-profile":
            raise
        raise InputError(
            "no-such-configuration",
            f"{name} is no file, no port, no profile and no configuration that is known.",
            f"Known are {', '.join(sorted(files))}; profiles are listed by `atecc-bench profile list`.",
        ) from error
    return _published(profile.configuration, profile.parts[0], f"profile {profile.name}")


def _published(configuration: bytes, part: Part, what: str) -> FoundConfig:
    """A configuration that is nobody's yet.

    Bytes 0 to 15 and 84 to 89 are a chip's own.
    """
    start = b"\x01\x23\0\0" + revision_of_part(part) + bytes(CHIPS_OWN - 8)
    config = ConfigZone.parse(start + configuration)
    unknown = frozenset(range(CHIPS_OWN)) | _UNWRITTEN
    some = {at: value for at, value in enumerate(config.to_bytes()) if at not in unknown}
    return FoundConfig(ChipEvidence(some=some), None, (f"The {what}.",), config=config, unknown=unknown)


def differing(one: FoundConfig, other: FoundConfig) -> tuple[int, ...]:
    """Positions at which two configurations differ.

    Counted is what both tell, and what is not individual to a chip.
    """
    unknown = one.unknown | other.unknown
    return tuple(at for at in differing_bytes(one.config.to_bytes(), other.config.to_bytes()) if at not in unknown)


def differing_fields(one: FoundConfig, other: FoundConfig) -> tuple[FieldDifference, ...]:
    """Named bits in which two configurations differ.

    Counted is what both tell, and what is not individual to a chip.
    """
    left, right = one.config.to_bytes(), other.config.to_bytes()
    left_out = INDIVIDUAL_BYTES | one.unknown | other.unknown
    return tuple(
        FieldDifference(field, field.value(left), field.value(right))
        for field in bit_fields(other.config.part)
        if left_out.isdisjoint(range(field.start, field.last + 1)) and field.value(left) != field.value(right)
    )
