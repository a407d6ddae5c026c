"""Parts of a sample that belong to one device alone.

Serial numbers and MAC addresses in names and alternative names: a template that keeps them gives every device those of
the sample. Where they stand on a chip: SN03 and SN48 in the configuration zone, the EUI-48 in slot 5, as in
CryptoAuthLib's `app/tng/tngtls_cert_def_3_device.c`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from atecc_bench.pki.compressed.definition import CertificateDefinition, DeviceZone
from atecc_bench.pki.compressed.template_builder import with_element
from atecc_bench.pki.compressed.transforms import Transform
from atecc_bench.pki.encoding.certificate_fields import CertificateField, certificate_fields

_CHIP = re.compile(rb"(?<![0-9A-Fa-f])0123(?:[0-9a-f]{14}|[0-9A-F]{14})(?![0-9A-Fa-f])")
_EUI48 = re.compile(rb"(?:eui48|mac)[_:-]?([0-9A-Fa-f]{12})(?![0-9A-Fa-f])", re.IGNORECASE)
_OTHER = re.compile(
    rb"(?<![0-9A-Za-z])(?:sn|s/n|id)?[-_:]?((?=[0-9A-F]*[0-9])[0-9A-F]{6,})(?![0-9A-Za-z])", re.IGNORECASE
)
_EUI48_SLOT = 5
_FIRST_HALF, _SECOND_HALF, _HALVES = 0, 8, 8  # offsets in the configuration zone, digits of the first half


@dataclass(frozen=True)
class Placeholder:
    """A part of the certificate that the chip stores."""

    id: str
    field: str
    zone: DeviceZone
    slot: int
    offset: int
    transforms: tuple[Transform, ...] = ()

    @property
    def words(self) -> str:
        """The same for `template edit --add`."""
        place = str(self.slot) if self.zone is DeviceZone.DATA else self.zone.name.lower()
        return ",".join((self.id, self.field, place, str(self.offset), *(one.name for one in self.transforms)))


@dataclass(frozen=True)
class DevicePart:
    """A part that looks like one device's.

    Without `placeholders` nothing says where on a chip it is.
    """

    field: str
    text: str
    what: str
    placeholders: tuple[Placeholder, ...] = ()


def device_parts(sample: bytes) -> tuple[DevicePart, ...]:
    """Find them in the subject and its alternative names.

    `sample` is a certificate (DER).

    Raises:
        InputError: What `certificate_fields` raises.
    """
    found: list[DevicePart] = []
    for field in certificate_fields(sample):
        if field.name.startswith("subject.") or field.name == "subjectAltName":
            found += _parts(field, sample[field.start : field.end], len(found))
    return tuple(found)


def with_device_parts(definition: CertificateDefinition) -> CertificateDefinition:
    """Take them from the chip, wherever it is known where they are.

    Raises:
        InputError: What `with_element` raises.
    """
    for part in device_parts(definition.cert_template):
        for one in part.placeholders:
            definition = with_element(
                definition,
                one.id,
                one.field,
                slot=one.slot,
                offset=one.offset,
                zone=one.zone,
                transforms=one.transforms,
            )
    return definition


def _parts(field: CertificateField, value: bytes, before: int) -> Iterator[DevicePart]:
    taken: list[range] = []
    for match in _CHIP.finditer(value):
        taken.append(range(*match.span()))
        yield _chips(field, match, str(before + len(taken)) if before + len(taken) > 1 else "")
    for match in _EUI48.finditer(value):
        if not any(match.start(1) in span for span in taken):
            taken.append(range(*match.span(1)))
            number = str(before + len(taken)) if before + len(taken) > 1 else ""
            path = f"{field.path}[{match.start(1)}:{match.end(1)}]"
            place = Placeholder(f"EUI48{number}", path, DeviceZone.DATA, _EUI48_SLOT, 0)
            yield DevicePart(path, match[1].decode(), "a MAC address (EUI-48)", (place,))
    for match in _OTHER.finditer(value):
        if not any(match.start(1) in span or match.end(1) - 1 in span for span in taken):
            path = f"{field.path}[{match.start(1)}:{match.end(1)}]"
            yield DevicePart(path, match[1].decode(), "perhaps a number of its own")


def _chips(field: CertificateField, match: re.Match[bytes], number: str) -> DevicePart:
    start, end = match.span()
    middle = start + _HALVES
    transform = Transform.BIN2HEX_LC if match[0] == match[0].lower() else Transform.BIN2HEX_UC
    halves = (
        Placeholder(
            f"SN03{number}", f"{field.path}[{start}:{middle}]", DeviceZone.CONFIG, 0, _FIRST_HALF, (transform,)
        ),
        Placeholder(f"SN48{number}", f"{field.path}[{middle}:{end}]", DeviceZone.CONFIG, 0, _SECOND_HALF, (transform,)),
    )
    return DevicePart(f"{field.path}[{start}:{end}]", match[0].decode(), "the chip's serial number", halves)
