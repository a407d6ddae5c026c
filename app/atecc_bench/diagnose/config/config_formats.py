"""A configuration in the forms that people pass on.

Hex, C array, JSON, YAML, and those of Mongoose OS.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

import yaml

from atecc_bench.chip.config.config_bits import bit_fields
from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.diagnose.config.c_array import c_array
from atecc_bench.diagnose.config.mongoose import from_mongoose, is_mongoose, to_mongoose
from atecc_bench.diagnose.paste.content_type import Content
from atecc_bench.diagnose.paste.hex_dump import parse_hex_dump
from atecc_bench.diagnose.paste.recognise import Found, recognise
from atecc_bench.errors import InputError
from atecc_bench.plain_yaml import load_plain

FORMAT, VERSION = "atecc-bench-config", 1
_ROW = 16
_CONFIGURATIONS = (Content.CONFIGURATION, Content.DAMAGED_CONFIGURATION)
_HEX = re.compile(r"[0-9A-Fa-f]+")
_DOCUMENT = re.compile(r"\s*(\{|---|[A-Za-z_]\w*\s*:(\s|$)|#)")
_KEY = re.compile(r"bytes|bits|config|slotinfo", re.IGNORECASE)  # of every document; reading YAML takes time


class ConfigFormat(StrEnum):
    """Forms in which a configuration is written."""

    HEX = "hex"
    C = "c"
    JSON = "json"
    YAML = "yaml"
    MONGOOSE_JSON = "mongoose-json"
    MONGOOSE_YAML = "mongoose-yaml"


@dataclass(frozen=True)
class ImportedConfig:
    """Bytes that were read, and in which form they came.

    There may be any number of them.
    """

    raw: bytes
    recognised: str


def export_config(config: ConfigZone, form: ConfigFormat) -> str:
    """The configuration as text.

    Raises:
        InputError: `mongoose-loses`.

    """
    raw = config.to_bytes()
    match form:
        case ConfigFormat.HEX:
            return "".join(f"{i:04x}: {raw[i : i + _ROW].hex(' ')}\n" for i in range(0, CONFIG_SIZE, _ROW))
        case ConfigFormat.C:
            return c_array(raw, "atecc_config")
        case ConfigFormat.JSON:
            return json.dumps(_document(config), indent=2) + "\n"
        case ConfigFormat.YAML:
            return yaml.safe_dump(_document(config), sort_keys=False)
        case ConfigFormat.MONGOOSE_JSON:
            return json.dumps(to_mongoose(config), indent=2) + "\n"
        case ConfigFormat.MONGOOSE_YAML:
            return yaml.safe_dump(_lowered(_with_serial_as_list(to_mongoose(config), config)), sort_keys=False)


def _document(config: ConfigZone) -> dict[str, Any]:
    raw = config.to_bytes()
    bits = {field.name: field.value(raw) for field in bit_fields(config.part)}
    return {"format": FORMAT, "version": VERSION, "part": config.part.value, "bytes": raw.hex(), "bits": bits}


def _with_serial_as_list(document: Mapping[str, Any], config: ConfigZone) -> dict[str, Any]:
    return {**document, "SerialNum": list(config.serial_number)}  # as Go's YAML writes bytes


def _lowered(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key).lower(): _lowered(item) for key, item in cast("dict[Any, Any]", value).items()}
    return [_lowered(item) for item in cast("list[Any]", value)] if isinstance(value, list) else value


def import_config(text: str) -> ImportedConfig:
    """Read a configuration in any known form.

    A hex dump may have any number of bytes.

    Raises:
        InputError: `not-hex`, `mongoose-document`, `config-document` or `config-contradiction`.
    """
    return config_document(text) or config_dump(text, recognise(text))


def config_dump(text: str, recognised: Sequence[Found]) -> ImportedConfig:
    """Read a dump of any number of bytes.

    `recognised` are all dumps of the text.

    Raises:
        InputError: `not-hex`.
    """
    found = [one for one in recognised if one.stored is None and not one.unknown]
    found = [one for one in found if one.content in _CONFIGURATIONS] or found
    if len(found) == 1:
        return ImportedConfig(found[0].data, found[0].sentence)
    return ImportedConfig(parse_hex_dump(text), "hex dump")


def config_document(text: str) -> ImportedConfig | None:
    """Read a document that holds a configuration.

    It is this program's, or one of Mongoose OS.

    None for any other text.

    Raises:
        InputError: `not-hex`, `mongoose-document`, `config-document` or `config-contradiction`.
    """
    document = _parsed(text) if _DOCUMENT.match(text) and _KEY.search(text) else None
    if document is None:
        return None
    if is_mongoose(document):
        return ImportedConfig(from_mongoose(document), "configuration of Mongoose OS")
    if ("bytes" in document or "bits" in document) and (document.get("format") == FORMAT or "bits" in document):
        return ImportedConfig(_of_document(document), "configuration of ATECC Bench")
    if isinstance(document.get("config"), str) and _HEX.fullmatch(
        document["config"]
    ):  # what `config read --json` prints
        return ImportedConfig(parse_hex_dump(document["config"]), "JSON of ATECC Bench")
    return None


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        document: object = load_plain(text)  # JSON is YAML
    except yaml.YAMLError:
        return None
    if not isinstance(document, dict) or not all(isinstance(key, str) for key in cast("dict[object, Any]", document)):
        return None
    return cast("dict[str, Any]", document)


def _of_document(document: Mapping[str, Any]) -> bytes:
    bits: object = document.get("bits", {})
    if not isinstance(document.get("bytes"), str) or not isinstance(bits, dict):
        raise InputError(
            "config-document", "The document has no bytes, or its bits are no names with numbers.", "Export it again."
        )
    raw = parse_hex_dump(document["bytes"])
    fields = {field.name: field for field in bit_fields(ConfigZone.parse(raw).part)}
    for name, value in cast("dict[object, object]", bits).items():
        field = fields.get(str(name))
        if field is None or not isinstance(value, int):
            raise InputError("config-document", f"There are no bits {name!r}, or their value is no number.", "")
        if field.value(raw) != value:
            raise InputError(
                "config-contradiction",
                f"{name} is {value}, but the bytes beside it say {field.value(raw)} ({field.place}).",
                "Correct one of the two; edit the bytes, and leave the bits out if in doubt.",
            )
    return raw
