"""Templates as files: YAML, and so JSON too.

The names are those of CryptoAuthLib's `atcacert_def_t`; a version is added.
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, TypeAdapter, ValidationError

from atecc_bench.errors import InputError
from atecc_bench.pki.compressed.definition import CertificateDefinition, DeviceZone, StandardElement
from atecc_bench.pki.compressed.definition_check import check_definition
from atecc_bench.pki.compressed.full_stored import FullStoredDefinition
from atecc_bench.pki.compressed.serial_source import SerialSource
from atecc_bench.pki.compressed.transforms import Transform
from atecc_bench.pki.encoding.dates import DateFormat
from atecc_bench.plain_yaml import load_plain

VERSION = 1

_BYTES_PER_LINE = 32

EnumT = TypeVar("EnumT", bound=IntEnum)


def _named(kind: type[EnumT]) -> tuple[BeforeValidator, PlainSerializer]:
    def read(value: object) -> object:
        if isinstance(value, str) and value in kind.__members__:
            return kind[value]
        if isinstance(value, kind):
            return value
        raise ValueError(f"{value!r} is none of {', '.join(kind.__members__)}")

    def write(value: EnumT) -> str:
        return value.name

    return BeforeValidator(read), PlainSerializer(write, when_used="json")


def _from_hex(value: object) -> object:
    return bytes.fromhex(value) if isinstance(value, str) else value


def _to_hex(value: bytes) -> str:
    lines = (value[start : start + _BYTES_PER_LINE].hex() for start in range(0, len(value), _BYTES_PER_LINE))
    return "\n".join(lines) + "\n"


_Zone = Annotated[DeviceZone, *_named(DeviceZone)]
_Source = Annotated[SerialSource, *_named(SerialSource)]
_Format = Annotated[DateFormat, *_named(DateFormat)]
_Transform = Annotated[Transform, *_named(Transform)]
_Part = Annotated[StandardElement, *_named(StandardElement)]
_Hex = Annotated[bytes, BeforeValidator(_from_hex), PlainSerializer(_to_hex, when_used="json")]
_Number = Annotated[int, Field(ge=0, le=0xFFFF)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)


class _DeviceLocation(_Strict):
    zone: _Zone = DeviceZone.DATA
    slot: _Number
    is_genkey: bool = False
    offset: _Number = 0
    count: _Number


class _Location(_Strict):
    offset: _Number
    count: _Number


class _Element(_Strict):
    id: str
    device_loc: _DeviceLocation
    cert_loc: _Location
    transforms: tuple[_Transform, ...] = ()


class _Template(_Strict):
    template_id: _Number
    chain_id: _Number
    private_key_slot: _Number
    sn_source: _Source
    cert_sn_dev_loc: _DeviceLocation
    issue_date_format: _Format
    expire_date_format: _Format
    tbs_cert_loc: _Location
    expire_years: _Number
    public_key_dev_loc: _DeviceLocation
    comp_cert_dev_loc: _DeviceLocation
    std_cert_elements: Mapping[_Part, _Location]
    cert_elements: tuple[_Element, ...]
    cert_template: _Hex


class _FullStored(_Strict):
    comp_cert_dev_loc: _DeviceLocation
    private_key_slot: _Number = 0


class _File(_Strict):
    atecc_bench_template: Literal[1]
    compressed: _Template | None = None
    full_stored: _FullStored | None = None


_TEMPLATE = TypeAdapter(CertificateDefinition)
_FULL_STORED = TypeAdapter(FullStoredDefinition)


def template_text(definition: CertificateDefinition | FullStoredDefinition) -> str:
    """Write a definition as YAML."""
    if isinstance(definition, FullStoredDefinition):
        body = {"full_stored": _FullStored.model_validate(definition).model_dump(mode="json")}
    else:
        body = {"compressed": _Template.model_validate(definition).model_dump(mode="json")}
    return yaml.dump({"atecc_bench_template": VERSION, **body}, Dumper=_Dumper, sort_keys=False)


def read_template(text: str) -> CertificateDefinition | FullStoredDefinition:
    """Read a definition, YAML or JSON.

    Raises:
        InputError: `not-a-template` for what is none or of another version, `definition-not-usable` for one that does
            not hold together.
    """
    file = _parse(text)
    if file.compressed is not None and file.full_stored is None:
        definition = _TEMPLATE.validate_python(file.compressed.model_dump())
        missing = [part.name for part in StandardElement if part not in definition.std_cert_elements]
        if missing:
            raise _not_a_template(f"std_cert_elements has no {', '.join(missing)}")
    elif file.full_stored is not None and file.compressed is None:
        definition = _FULL_STORED.validate_python(file.full_stored.model_dump())
    else:
        raise _not_a_template("it has to have either compressed or full_stored")
    check_definition(definition)
    return definition


class _Dumper(yaml.SafeDumper):
    """Writes several lines as several lines."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)  # pyright: ignore[reportUnknownMemberType]


_Dumper.add_representer(str, _represent_text)


def _parse(text: str) -> _File:
    try:
        content = load_plain(text)
        if not isinstance(content, dict):
            raise _not_a_template("it is no mapping")
        return _File.model_validate(content)
    except yaml.YAMLError as error:
        raise _not_a_template(" ".join(str(error).split())) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _not_a_template(f"{where}: {first['msg'].removeprefix('Value error, ')}") from error


def _not_a_template(why: str) -> InputError:
    return InputError(
        "not-a-template",
        f"This is not a template file of version {VERSION}: {why}.",
        "Make one with `atecc-bench template make` or `atecc-bench template import`.",
    )
