"""Definitions as C: a compiler with CryptoAuthLib's own headers is the judge of ours, and of what we read of others."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from atecc_bench.errors import BenchError, InputError
from atecc_bench.pki.authority.certificate_authority import create_authority
from atecc_bench.pki.authority.issue_device import issue_device_certificate
from atecc_bench.pki.c_source.cert_def_espressif import import_espressif, is_espressif
from atecc_bench.pki.c_source.cert_def_export import CSource, export_c
from atecc_bench.pki.c_source.cert_def_import import ImportedDefinition, import_c
from atecc_bench.pki.compressed.definition import (
    CertificateDefinition,
    CertificateLocation,
    DeviceLocation,
    StandardElement,
)
from atecc_bench.pki.compressed.full_stored import FullStoredDefinition
from atecc_bench.pki.compressed.massprovisioning import device_definition, signer_definition
from atecc_bench.pki.compressed.template_builder import with_element, with_fixed
from atecc_bench.pki.compressed.template_file import read_template, template_text
from atecc_bench.pki.compressed.transforms import Transform
from atecc_bench.pki.keys.key_files import private_key_from_entropy, public_key_bytes
from tests.support.examples import examples
from tests.support.external.issuing import (
    DEVICE_SOURCES,
    SIGNER_SOURCES,
    START,
    device_template,
    openssl_root,
    our_root,
    signer_template,
)
from tests.support.external.vendor_sources import VendorSources

AnyDefinition = CertificateDefinition | FullStoredDefinition

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("gcc") is None or shutil.which("openssl") is None,
    reason="needs CryptoAuthLib's wheel, gcc and openssl, on Linux",
)

_CONFIG = """
#ifndef ATCA_CONFIG_H
#define ATCA_CONFIG_H
#define ATCA_ATECC608_SUPPORT
#define ATCA_PLATFORM_MALLOC malloc
#define ATCA_PLATFORM_FREE free
#endif
"""
_DUMP = """
#include <stdio.h>
#include "atcacert/atcacert_def.h"
static void device(const char *name, const atcacert_device_loc_t *l) {
    printf("\\"%s\\": [%d, %d, %d, %d, %d], ", name, l->zone, l->slot, l->is_genkey, l->offset, l->count);
}
static void place(const atcacert_cert_loc_t *l) { printf("[%d, %d]", l->offset, l->count); }
static void dump(const char *name, const atcacert_def_t *d) {
    printf("{\\"name\\": \\"%s\\", \\"type\\": %d, \\"ids\\": [%d, %d, %d], \\"sn_source\\": %d, ", name, d->type,
           d->template_id, d->chain_id, d->private_key_slot, d->sn_source);
    device("sn", &d->cert_sn_dev_loc); device("key", &d->public_key_dev_loc); device("comp", &d->comp_cert_dev_loc);
    printf("\\"formats\\": [%d, %d], \\"years\\": %d, \\"tbs\\": ", d->issue_date_format, d->expire_date_format,
           d->expire_years);
    place(&d->tbs_cert_loc);
    printf(", \\"standard\\": [");
    for (int i = 0; i < STDCERT_NUM_ELEMENTS; i++) { if (i) printf(", "); place(&d->std_cert_elements[i]); }
    printf("], \\"elements\\": [");
    for (int i = 0; i < d->cert_elements_count; i++) {
        const atcacert_cert_element_t *e = &d->cert_elements[i];
        printf("%s{\\"id\\": \\"%s\\", \\"transforms\\": [%d, %d], ", i ? ", " : "", e->id, e->transforms[0],
               e->transforms[1]);
        device("device", &e->device_loc);
        printf("\\"place\\": "); place(&e->cert_loc); printf("}");
    }
    printf("], \\"template\\": \\"");
    for (int i = 0; i < d->cert_template_size; i++) printf("%02x", d->cert_template[i]);
    printf("\\", \\"authority\\": %s}\\n", d->ca_cert_def ? "true" : "false");
}
"""


def compiled(
    folder: Path, vendor: VendorSources, sources: Iterable[Path], symbols: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """Compile C files with every warning an error, and let a program print what is in their definitions."""
    (folder / "atca_config.h").write_text(_CONFIG)
    declarations = "".join(f"extern const atcacert_def_t {symbol};\n" for symbol in symbols)
    calls = "".join(f'    dump("{symbol}", &{symbol});\n' for symbol in symbols)
    (folder / "main.c").write_text(f"{_DUMP}{declarations}int main(void) {{\n{calls}    return 0;\n}}\n")
    include = [f"-I{path}" for path in (folder, vendor.include, vendor.microchip_definitions)]
    command = ["gcc", "-std=c99", "-Wall", "-Werror", *include, "-o", folder / "program", folder / "main.c", *sources]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = subprocess.run([folder / "program"], capture_output=True, text=True, check=True).stdout.splitlines()
    return {found.pop("name"): found for found in map(json.loads, lines)}


def place(location: CertificateLocation) -> list[int]:
    return [location.offset, location.count]


def device(location: DeviceLocation) -> list[int]:
    return [location.zone, location.slot, location.is_genkey, location.offset, location.count]


def as_printed(definition: AnyDefinition, *, authority: bool) -> dict[str, Any]:
    if isinstance(definition, FullStoredDefinition):
        nothing = [0, 0, 0, 0, 0]
        return {
            "type": 2, "ids": [0, 0, definition.private_key_slot], "sn_source": 0, "sn": nothing, "key": nothing,
            "comp": device(definition.comp_cert_dev_loc), "formats": [0, 0], "years": 0, "tbs": [0, 0],
            "standard": [[0, 0]] * 8, "elements": [], "template": "", "authority": authority,
        }  # fmt: skip
    return {
        "type": 0,
        "ids": [definition.template_id, definition.chain_id, definition.private_key_slot],
        "sn_source": definition.sn_source,
        "sn": device(definition.cert_sn_dev_loc),
        "key": device(definition.public_key_dev_loc),
        "comp": device(definition.comp_cert_dev_loc),
        "formats": [definition.issue_date_format, definition.expire_date_format],
        "years": definition.expire_years,
        "tbs": place(definition.tbs_cert_loc),
        "standard": [place(definition.std_cert_elements[part]) for part in StandardElement],
        "elements": [
            {
                "id": element.id,
                "transforms": [*element.transforms, Transform.NONE, Transform.NONE][:2],
                "device": device(element.device_loc),
                "place": place(element.cert_loc),
            }
            for element in definition.cert_elements
        ],
        "template": definition.cert_template.hex(),
        "authority": authority,
    }


def every_kind(folder: Path) -> dict[str, AnyDefinition]:
    root, other = our_root(), openssl_root(folder)
    found: dict[str, AnyDefinition] = {}
    for source in SIGNER_SOURCES:
        found[f"signer_{source.name.lower()}"] = signer_template(root, source)
    for source in DEVICE_SOURCES:
        found[f"device_{source.name.lower()}"] = device_template(other.certificate, source, signer_id=False)
    plain = device_template(other.certificate, DEVICE_SOURCES[0], signer_id=False)
    name = "tbsCertificate.subject.commonName"
    found["text"] = with_element(plain, "name", name, slot=8, offset=0)
    found["hex"] = with_element(plain, "name", name, slot=8, offset=16, transforms=[Transform.BIN2HEX_LC])
    found["two"] = with_element(
        plain, "name", f"{name}[0:8]", slot=8, offset=4, transforms=[Transform.REVERSE, Transform.BIN2HEX_LC]
    )
    found["fixed"] = with_fixed(with_fixed(plain, StandardElement.EXPIRE_DATE), StandardElement.AUTH_KEY_ID)
    found["whole"] = FullStoredDefinition(comp_cert_dev_loc=DeviceLocation(slot=8, count=400))
    return found


def exported(definitions: dict[str, AnyDefinition]) -> dict[str, CSource]:
    """Each as C; a device's names the first signer as its authority."""
    authority = authority_of(definitions)
    return {
        name: export_c(definition, name, authority if name.startswith("device") else None)
        for name, definition in definitions.items()
    }


def authority_of(definitions: dict[str, AnyDefinition]) -> str:
    return next(name for name in definitions if name.startswith("signer"))


def test_what_is_exported_is_read_again_as_the_same(tmp_path: Path):
    definitions = every_kind(tmp_path)
    authority = f"g_cert_def_{authority_of(definitions)}"
    for name, source in exported(definitions).items():
        (again,) = import_c(source.source)
        expected_authority = authority if name.startswith("device") else None
        assert again == ImportedDefinition(f"g_cert_def_{name}", definitions[name], expected_authority)
        assert read_template(template_text(definitions[name])) == definitions[name]


@pytest.mark.slow
def test_what_is_exported_compiles_without_a_warning_to_the_same_offsets(tmp_path: Path, vendor_sources: VendorSources):
    definitions = every_kind(tmp_path)
    for source in exported(definitions).values():
        for file, text in source.files().items():
            (tmp_path / file).write_text(text)
    sources = [tmp_path / f"cert_def_{name}.c" for name in definitions]
    printed = compiled(tmp_path, vendor_sources, sources, [f"g_cert_def_{name}" for name in definitions])
    for name, definition in definitions.items():
        assert printed[f"g_cert_def_{name}"] == as_printed(definition, authority=name.startswith("device")), name


def test_microchips_own_definitions_are_read_as_the_compiler_reads_them(tmp_path: Path, vendor_sources: VendorSources):
    sources = sorted(vendor_sources.microchip_definitions.glob("*cert_def*.c"))
    found = {one.name: one for one in import_c("\n".join(source.read_text() for source in sources))}
    assert len(found) == len(sources) == 7
    printed = compiled(tmp_path, vendor_sources, sources, found)
    for name, one in found.items():
        assert as_printed(one.definition, authority=one.authority is not None) == printed[name]


def test_what_cert2certdef_writes_is_the_definition_we_make_ourselves(
    vendor_sources: VendorSources, signed_under_ffff: Any
):
    (device_found,) = import_c(vendor_sources.cert2certdef("gen_cert_def_c_device", signed_under_ffff.device))
    (signer_found,) = import_c(vendor_sources.cert2certdef("gen_cert_def_c_signer", signed_under_ffff.signer))
    assert isinstance(device_found.definition, CertificateDefinition)
    ours = replace(device_definition(signed_under_ffff.device), cert_elements=())
    assert without_signer_id(device_found.definition) == without_signer_id(ours)
    assert isinstance(signer_found.definition, CertificateDefinition)
    assert without_signer_id(signer_found.definition) == without_signer_id(signer_definition(signed_under_ffff.signer))
    for found in (device_found.definition, signer_found.definition):
        assert found.cert_template[found.std_cert_elements[StandardElement.SIGNER_ID].slice] == b"FFFF"


def test_espressifs_string_is_the_definition_that_the_c_file_is(vendor_sources: VendorSources, signed_under_ffff: Any):
    for der, kind, generate in (
        (signed_under_ffff.device, "DEVICE_CERT", "gen_cert_def_c_device"),
        (signed_under_ffff.signer, "SIGNER_CERT", "gen_cert_def_c_signer"),
    ):
        text = vendor_sources.cert2certdef("esp_create_cert_def_str", der, kind)
        assert is_espressif(text)
        (from_c,) = import_c(vendor_sources.cert2certdef(generate, der))
        assert import_espressif(text) == from_c


@given(data=st.binary(max_size=80), cut=st.integers(0, 200))
def test_a_damaged_string_is_refused(data: bytes, cut: int):
    text = "0001" * 18 + (bytes.fromhex("30820100") + data).hex()
    with pytest.raises(BenchError):
        import_espressif(text[: len(text) - cut])


def without_signer_id(definition: CertificateDefinition) -> CertificateDefinition:
    nowhere = CertificateLocation(0, 0)
    return replace(definition, std_cert_elements={**definition.std_cert_elements, StandardElement.SIGNER_ID: nowhere})


@pytest.fixture(scope="module")
def signed_under_ffff(entropy: Any) -> Any:
    """A chain whose signer's name ends in FFFF, as cert2certdef.py wants it."""
    authority, _ = create_authority(
        organization="Nordlys AS", signer_name="Signer FFFF", now=START, entropy=entropy("ffff")
    )
    key = private_key_from_entropy(entropy("ffff device"))
    device_der = issue_device_certificate(
        authority,
        public_key_bytes(key.public_key()),
        organization="Nordlys AS",
        common_name="0123a1b2c3d4e5f6ee",
        not_before=START,
    )
    return SimpleNamespace(device=device_der, signer=authority.signer.public_bytes(Encoding.DER))


TOKENS = st.sampled_from(
    [
        *"{}[](),;.=-+*/&#\"'\n 0",
        "0x10",
        "const",
        "static",
        "uint8_t",
        "atcacert_def_t",
        "g_cert_def_x",
        "sizeof",
        ".type",
        "CERTTYPE_X509",
        ".cert_template",
        "{0}",
        "#if",
        "#else",
        "#endif",
        "#define X 1",
        "/*",
        "*/",
        "//",
    ]
)


@given(text=st.lists(TOKENS, max_size=60).map(" ".join))
@examples(3)
def test_any_c_is_read_or_refused(text: str):
    with pytest.raises(InputError):
        import_c(f"const atcacert_def_t g_cert_def_x = {{ {text}")
