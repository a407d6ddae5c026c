"""Templates out of C sources.

Definitions as cert2certdef.py, Microchip's tools and `cert_def_export` write them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Final, TypeVar

from atecc_bench.errors import InputError
from atecc_bench.pki.c_source.c_initialisers import (
    Braces,
    CFile,
    Expression,
    evaluate,
    not_c,
    read_initialisers,
    string_value,
)
from atecc_bench.pki.compressed.definition import (
    CertificateDefinition,
    CertificateElement,
    CertificateLocation,
    DeviceLocation,
    DeviceZone,
    StandardElement,
)
from atecc_bench.pki.compressed.definition_check import check_definition
from atecc_bench.pki.compressed.full_stored import FullStoredDefinition
from atecc_bench.pki.compressed.serial_source import SerialSource
from atecc_bench.pki.compressed.transforms import Transform
from atecc_bench.pki.encoding.dates import DateFormat

EnumT = TypeVar("EnumT", bound=IntEnum)
Value = Expression | Braces


class CertificateType(IntEnum):
    """CryptoAuthLib's `atcacert_cert_type_t`."""

    X509 = 0
    CUSTOM = 1
    X509_FULL_STORED = 2


_CONSTANTS: Final[Mapping[str, int]] = MappingProxyType(
    {
        **{f"CERTTYPE_{member.name}": member.value for member in CertificateType},
        **{f"DEVZONE_{member.name}": member.value for member in DeviceZone},
        **{f"STDCERT_{member.name}": member.value for member in StandardElement},
        **{member.specification_name: member.value for member in SerialSource},
        **{member.specification_name: member.value for member in DateFormat},
        **{member.specification_name: member.value for member in Transform},
        **{"TRUE": 1, "FALSE": 0, "true": 1, "false": 0, "NULL": 0},
    }
)
_DEVICE_LOCATION = ("zone", "slot", "is_genkey", "offset", "count")
_CERTIFICATE_LOCATION = ("offset", "count")
_ELEMENT = ("id", "device_loc", "cert_loc", "transforms")
_NOTHING = Braces(())
_ZERO = Expression(("0",))


@dataclass(frozen=True)
class ImportedDefinition:
    """A definition and its name in C.

    `authority` is the name that its `ca_cert_def` points to.
    """

    name: str
    definition: CertificateDefinition | FullStoredDefinition
    authority: str | None


def import_c(text: str) -> tuple[ImportedDefinition, ...]:
    """Read every certificate definition of C sources.

    The text is one file or several in a row; definitions of CSRs are passed over.

    Raises:
        InputError: `not-c`, `no-definition`, `definition-not-usable` or `custom-certificate`.
    """
    file = read_initialisers(text)
    reader = _Reader(file)
    found = [
        reader.definition(variable.name, variable.value)
        for variable in file.variables
        if "atcacert_def_t" in variable.type_names and "csr" not in variable.name.lower()
    ]
    if not found:
        raise InputError(
            "no-definition",
            "There is no atcacert_def_t of a certificate with an initialiser in this file.",
            "Give the cert_def_N_….c file; the .h only declares it.",
        )
    return tuple(found)


class _Reader:
    """Turns initialisers into definitions, with the tables and numbers of their file."""

    def __init__(self, file: CFile) -> None:
        self._names = {**file.defines, **_CONSTANTS}
        self._tables = {variable.name: variable.value for variable in file.variables}

    def definition(self, name: str, value: Braces) -> ImportedDefinition:
        fields = _by_name(value, ())
        definition: CertificateDefinition | FullStoredDefinition
        match self._enum(CertificateType, fields.get("type", _ZERO)):
            case CertificateType.CUSTOM:
                raise InputError(
                    "custom-certificate",
                    f"{name} is of type CERTTYPE_CUSTOM, which is no X.509 certificate.",
                    "Only X.509 certificates can be handled here.",
                )
            case CertificateType.X509_FULL_STORED:
                definition = FullStoredDefinition(
                    comp_cert_dev_loc=self._device_location(fields.get("comp_cert_dev_loc", _NOTHING)),
                    private_key_slot=self._number(fields, "private_key_slot"),
                )
            case CertificateType.X509:
                definition = self._template(fields)
        check_definition(definition)
        return ImportedDefinition(name, definition, _pointed_to(fields.get("ca_cert_def", _ZERO)))

    def _template(self, fields: Mapping[str, Value]) -> CertificateDefinition:
        elements = self._tables.get(_pointed_to(fields.get("cert_elements", _ZERO)) or "", _NOTHING)
        return CertificateDefinition(
            template_id=self._number(fields, "template_id"),
            chain_id=self._number(fields, "chain_id"),
            private_key_slot=self._number(fields, "private_key_slot"),
            sn_source=self._enum(SerialSource, fields.get("sn_source", _ZERO)),
            cert_sn_dev_loc=self._device_location(fields.get("cert_sn_dev_loc", _NOTHING)),
            issue_date_format=self._enum(DateFormat, fields.get("issue_date_format", _ZERO)),
            expire_date_format=self._enum(DateFormat, fields.get("expire_date_format", _ZERO)),
            tbs_cert_loc=self._location(fields.get("tbs_cert_loc", _NOTHING)),
            expire_years=self._number(fields, "expire_years"),
            public_key_dev_loc=self._device_location(fields.get("public_key_dev_loc", _NOTHING)),
            comp_cert_dev_loc=self._device_location(fields.get("comp_cert_dev_loc", _NOTHING)),
            std_cert_elements=self._standard(fields.get("std_cert_elements", _NOTHING)),
            cert_elements=tuple(self._element(value) for _, value in elements.items),
            cert_template=self._bytes(fields.get("cert_template", _ZERO)),
        )

    def _standard(self, value: Value) -> dict[StandardElement, CertificateLocation]:
        locations = dict.fromkeys(StandardElement, CertificateLocation(0, 0))
        index = 0
        for designator, item in _braces(value).items:
            index = index if designator is None else evaluate(Expression((designator,)), self._names)
            locations[self._member(StandardElement, index)] = self._location(item)
            index += 1
        return locations

    def _element(self, value: Value) -> CertificateElement:
        fields = _by_name(value, _ELEMENT)
        transforms = [self._enum(Transform, item) for _, item in _braces(fields.get("transforms", _NOTHING)).items]
        # CryptoAuthLib stops at the first TF_NONE.
        used = transforms[: transforms.index(Transform.NONE)] if Transform.NONE in transforms else transforms
        return CertificateElement(
            id=string_value(fields.get("id", Expression(('""',)))),
            device_loc=self._device_location(fields.get("device_loc", _NOTHING)),
            cert_loc=self._location(fields.get("cert_loc", _NOTHING)),
            transforms=tuple(used),
        )

    def _device_location(self, value: Value) -> DeviceLocation:
        fields = _by_name(value, _DEVICE_LOCATION)
        return DeviceLocation(
            zone=self._enum(DeviceZone, fields.get("zone", _ZERO)),
            slot=self._number(fields, "slot"),
            is_genkey=bool(self._number(fields, "is_genkey")),
            offset=self._number(fields, "offset"),
            count=self._number(fields, "count"),
        )

    def _location(self, value: Value) -> CertificateLocation:
        fields = _by_name(value, _CERTIFICATE_LOCATION)
        return CertificateLocation(self._number(fields, "offset"), self._number(fields, "count"))

    def _bytes(self, value: Value) -> bytes:
        name = _pointed_to(value)
        if name not in self._tables:
            raise not_c(f"the table {name or 'of the template'} is missing; give the file that has it too")
        try:
            return bytes(evaluate(item, self._names) for _, item in self._tables[name].items)
        except ValueError as error:
            raise not_c(f"the table {name} holds a number that is no byte") from error

    def _number(self, fields: Mapping[str, Value], name: str) -> int:
        number = evaluate(fields.get(name, _ZERO), self._names)
        if not 0 <= number <= 0xFFFF:
            raise not_c(f"{name} is {number}")
        return number

    def _enum(self, kind: type[EnumT], value: Value) -> EnumT:
        return self._member(kind, evaluate(value, self._names))

    @staticmethod
    def _member(kind: type[EnumT], number: int) -> EnumT:
        try:
            return kind(number)
        except ValueError as error:
            raise not_c(f"{number} is no {kind.__name__}") from error


def _braces(value: Value) -> Braces:
    if isinstance(value, Expression):
        raise not_c(f"{' '.join(value.tokens)} stands where braces are expected")
    return value


def _by_name(value: Value, order: tuple[str, ...]) -> dict[str, Value]:
    """The members of a structure; those without a name follow `order`."""
    fields: dict[str, Value] = {}
    index = 0
    for designator, item in _braces(value).items:
        if designator is None and index >= len(order):
            raise not_c("a structure has members without names, in an order that is not known")
        name = designator or order[index]
        fields[name] = item
        index = order.index(name) + 1 if name in order else index
    return fields


def _pointed_to(value: Value) -> str | None:
    """Variable that `&name` or `&name[0]` leads to; None for NULL."""
    if isinstance(value, Braces):
        return None
    names = [token for token in value.tokens if token[0].isalpha() or token[0] == "_"]
    return names[-1] if names and names[-1] != "NULL" else None
