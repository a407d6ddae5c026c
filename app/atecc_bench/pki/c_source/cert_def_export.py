"""Templates as C: the `cert_def_N_*.c/.h` that firmware with CryptoAuthLib compiles."""

import re
from dataclasses import dataclass

from atecc_bench.errors import InputError
from atecc_bench.pki.compressed.definition import (
    CertificateDefinition,
    CertificateElement,
    CertificateLocation,
    DeviceLocation,
    StandardElement,
)
from atecc_bench.pki.compressed.full_stored import FullStoredDefinition
from atecc_bench.pki.compressed.transforms import Transform

_BYTES_PER_LINE = 16
_C_NAME = re.compile(r"[A-Za-z0-9_]+")
_PLAIN = re.compile(r"[ !#-\[\]-~]+")


@dataclass(frozen=True)
class CSource:
    """A pair of files, and the name of the definition in them."""

    name: str
    header: str
    source: str

    def files(self) -> dict[str, str]:
        """The two texts by file name."""
        stem = self.name.removeprefix("g_")
        return {f"{stem}.h": self.header, f"{stem}.c": self.source}


def export_c(
    definition: CertificateDefinition | FullStoredDefinition, name: str, authority: str | None = None
) -> CSource:
    """Write a definition as C for CryptoAuthLib's `atcacert_def.h`.

    `name` is what follows `g_cert_def_`, such as `2_device`; `authority` is the same of the certificate that issued
    this one, to which `ca_cert_def` will point.

    Raises:
        InputError: `name-not-usable`.
    """
    for part in (name, authority):
        if part is not None and _C_NAME.fullmatch(part) is None:
            raise InputError(
                "name-not-usable",
                f"{part!r} cannot be part of a name in C.",
                "Give letters, digits and underscores, such as 2_device.",
            )
    symbol = f"g_cert_def_{name}"
    body = _full_stored(definition) if isinstance(definition, FullStoredDefinition) else _template(definition, name)
    arrays = "" if isinstance(definition, FullStoredDefinition) else _arrays(definition, name)
    include = f'#include "cert_def_{authority}.h"\n' if authority else ""
    pointer = f"&g_cert_def_{authority}" if authority else "NULL"
    source = (
        f'#include "cert_def_{name}.h"\n{include}\n{arrays}'
        f"const atcacert_def_t {symbol} = {{\n{body}    .ca_cert_def = {pointer}\n}};\n"
    )
    guard = f"CERT_DEF_{name.upper()}_H"
    header = (
        f'#ifndef {guard}\n#define {guard}\n\n#include "atcacert/atcacert_def.h"\n\n'
        f'#ifdef __cplusplus\nextern "C" {{\n#endif\n\nextern const atcacert_def_t {symbol};\n\n'
        f"#ifdef __cplusplus\n}}\n#endif\n\n#endif\n"
    )
    return CSource(symbol, header, source)


def c_bytes(data: bytes) -> str:
    """Bytes as lines of a C initialiser."""
    lines = [data[start : start + _BYTES_PER_LINE] for start in range(0, len(data), _BYTES_PER_LINE)]
    return ",\n".join("    " + ", ".join(f"0x{byte:02x}" for byte in line) for line in lines)


def _full_stored(definition: FullStoredDefinition) -> str:
    return (
        "    .type = CERTTYPE_X509_FULL_STORED,\n"
        f"    .comp_cert_dev_loc = {_device_location(definition.comp_cert_dev_loc)},\n"
        f"    .private_key_slot = {definition.private_key_slot},\n"
    )


def _arrays(definition: CertificateDefinition, name: str) -> str:
    elements = ""
    if definition.cert_elements:
        entries = ",\n".join(_element(element) for element in definition.cert_elements)
        elements = f"static const atcacert_cert_element_t g_cert_elements_{name}[] = {{\n{entries}\n}};\n\n"
    template = c_bytes(definition.cert_template)
    return f"{elements}static const uint8_t g_cert_template_{name}[] = {{\n{template}\n}};\n\n"


def _template(definition: CertificateDefinition, name: str) -> str:
    elements = f"g_cert_elements_{name}" if definition.cert_elements else "NULL"
    standard = ",\n".join(
        f"        [STDCERT_{part.name}] = {_location(definition.std_cert_elements[part])}" for part in StandardElement
    )
    values = {
        "type": "CERTTYPE_X509",
        "template_id": definition.template_id,
        "chain_id": definition.chain_id,
        "private_key_slot": definition.private_key_slot,
        "sn_source": definition.sn_source.specification_name,
        "cert_sn_dev_loc": _device_location(definition.cert_sn_dev_loc),
        "issue_date_format": definition.issue_date_format.specification_name,
        "expire_date_format": definition.expire_date_format.specification_name,
        "tbs_cert_loc": _location(definition.tbs_cert_loc),
        "expire_years": definition.expire_years,
        "public_key_dev_loc": _device_location(definition.public_key_dev_loc),
        "comp_cert_dev_loc": _device_location(definition.comp_cert_dev_loc),
        "std_cert_elements": f"{{\n{standard}\n    }}",
        "cert_elements": elements,
        "cert_elements_count": len(definition.cert_elements),
        "cert_template": f"g_cert_template_{name}",
        "cert_template_size": f"sizeof(g_cert_template_{name})",
    }
    return "".join(f"    .{field} = {value},\n" for field, value in values.items())


def _element(element: CertificateElement) -> str:
    if _PLAIN.fullmatch(element.id) is None:
        raise InputError(
            "name-not-usable",
            f"The element's name {element.id!r} cannot be written in C.",
            "Give it a name of letters and digits.",
        )
    transforms = [*element.transforms, Transform.NONE, Transform.NONE][:2]
    return (
        f'    {{\n        .id = "{element.id}",\n        .device_loc = {_device_location(element.device_loc)},\n'
        f"        .cert_loc = {_location(element.cert_loc)},\n"
        f"        .transforms = {{ {', '.join(transform.specification_name for transform in transforms)} }}\n    }}"
    )


def _device_location(location: DeviceLocation) -> str:
    return (
        f"{{ .zone = DEVZONE_{location.zone.name}, .slot = {location.slot}, .is_genkey = {int(location.is_genkey)}, "
        f".offset = {location.offset}, .count = {location.count} }}"
    )


def _location(location: CertificateLocation) -> str:
    return f"{{ .offset = {location.offset}, .count = {location.count} }}"
