"""Verbs of certificate templates.

They make one from a sample, show it, edit it, and take it out and in as C for CryptoAuthLib.
"""

from collections.abc import Mapping, Sequence
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.cli.common.input_files import read_certificate, read_text
from atecc_bench.cli.common.output import JsonOption, console, print_json, reporting, wrapping_table
from atecc_bench.cli.common.output_files import check_folder, check_new, write_all_new, write_new
from atecc_bench.errors import InputError
from atecc_bench.pki.c_source.cert_def_espressif import import_espressif, is_espressif
from atecc_bench.pki.c_source.cert_def_export import export_c
from atecc_bench.pki.c_source.cert_def_import import import_c
from atecc_bench.pki.compressed.definition import CertificateDefinition, DeviceLocation, DeviceZone, StandardElement
from atecc_bench.pki.compressed.definition_check import check_definition
from atecc_bench.pki.compressed.device_parts import DevicePart, device_parts, with_device_parts
from atecc_bench.pki.compressed.full_stored import FullStoredDefinition, full_stored_definition
from atecc_bench.pki.compressed.obstacles import date_limits, storage_obstacles
from atecc_bench.pki.compressed.serial_source import SerialSource
from atecc_bench.pki.compressed.template_builder import (
    device_placement,
    signer_placement,
    template_from_sample,
    with_element,
    with_fixed,
    without_element,
)
from atecc_bench.pki.compressed.template_file import read_template, template_text
from atecc_bench.pki.compressed.transforms import Transform
from atecc_bench.pki.encoding.certificate_fields import certificate_fields, field_at
from atecc_bench.pki.keys.key_files import certificate_public_key

app = typer.Typer(no_args_is_help=True, help="Templates: how a certificate is rebuilt from the 72 bytes on a chip.")

EnumT = TypeVar("EnumT", bound=IntEnum)

FileArgument = Annotated[str, typer.Argument(metavar="FILE", help="A template file; - reads stdin.")]
OutOption = Annotated[Path, typer.Option("--out", metavar="FILE", help="The new template file, YAML.")]


class Role(StrEnum):
    """Which certificate a template is for."""

    DEVICE = "device"
    SIGNER = "signer"
    WHOLE = "whole"


@app.command("make")
def make(
    sample: Annotated[str, typer.Option("--sample", metavar="FILE", help="A certificate of the wanted structure.")],
    out: OutOption,
    role: Annotated[
        Role, typer.Option("--role", help="Its usual slots: device 0 and 10, signer 11 and 12, whole 8.")
    ] = Role.DEVICE,
    sn_source: Annotated[
        str, typer.Option("--sn-source", help="Where the serial number comes from, as CryptoAuthLib names it.")
    ] = SerialSource.PUB_KEY_HASH.name,
    issuer: Annotated[
        str | None,
        typer.Option("--issuer", metavar="FILE", help="Its issuer: tells whether key identifiers are SHA-1."),
    ] = None,
    signer_id_in: Annotated[
        str | None, typer.Option("--signer-id-in", metavar="PATH", help="Field that ends in the signer id.")
    ] = None,
    *,
    per_device: Annotated[
        bool,
        typer.Option("--per-device", help="Take serial numbers and MAC addresses in names from the chip."),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Make a template from a sample certificate."""
    with reporting(as_json=json):
        check_new(out, ".yaml", ".yml")
        source = _member(SerialSource, sn_source)
        der = read_certificate(sample).public_bytes(Encoding.DER)
        rules = () if role is Role.WHOLE else storage_obstacles(der, source)
        definition: CertificateDefinition | FullStoredDefinition
        if role is Role.WHOLE:
            definition = full_stored_definition(der)
        else:
            try:
                definition = template_from_sample(
                    der,
                    (device_placement if role is Role.DEVICE else signer_placement)(source),
                    authority_public_key=_issuers_key(issuer),
                    signer_id_in=signer_id_in,
                )
            except InputError as error:
                if error.id != "sample-not-usable" or not rules:
                    raise
                said = f"{error.message} All that has to be otherwise: {' '.join(rules)}"
                raise InputError(error.id, said, error.hint) from error
        parts: Sequence[DevicePart] = ()
        if isinstance(definition, CertificateDefinition):
            if per_device:
                definition = with_device_parts(definition)
                check_definition(definition)
            parts = device_parts(der)
        _finish(definition, out, json=json, rules=rules, parts=parts, taken=per_device)


def _issuers_key(issuer: str | None) -> bytes | None:
    return None if issuer is None else certificate_public_key(read_certificate(issuer), "The issuer's key")


@app.command("edit")
def edit(
    file: FileArgument,
    out: OutOption,
    add: Annotated[
        list[str] | None,
        typer.Option("--add", metavar="ID,PATH,SLOT,OFFSET[,TRANSFORM…]", help="Take a field from the chip."),
    ] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", metavar="ID", help="No longer do so.")] = None,
    fix: Annotated[
        list[str] | None, typer.Option("--fix", metavar="PART", help="Leave a standard part as it is.")
    ] = None,
    *,
    json: JsonOption = False,
) -> None:
    """Change what a template takes from the chip.

    PATH is as `cert show` names it; PATH[START:END] is a part of it.
    """
    with reporting(as_json=json):
        check_new(out, ".yaml", ".yml")
        definition = read_template(read_text(file))
        if isinstance(definition, FullStoredDefinition):
            raise InputError(
                "element-not-usable",
                "This template stores its certificate whole; it has no parts.",
                "Make another from a sample with --role device or --role signer.",
            )
        for element_id in remove or ():
            definition = without_element(definition, element_id)
        for request in add or ():
            definition = _with_requested(definition, request)
        for part in fix or ():
            definition = with_fixed(definition, _member(StandardElement, part))
        check_definition(definition)
        _finish(definition, out, json=json)


@app.command("show")
def show(file: FileArgument, *, json: JsonOption = False) -> None:
    """Show what a template takes from the chip, and from where."""
    with reporting(as_json=json):
        _print(read_template(read_text(file)), json=json)


@app.command("export")
def export(
    file: FileArgument,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the .c and the .h.")],
    name: Annotated[str, typer.Option("--name", help="What follows g_cert_def_ in C.")] = "2_device",
    authority: Annotated[
        str | None, typer.Option("--authority", help="The same of the certificate that issued this one.")
    ] = None,
    *,
    json: JsonOption = False,
) -> None:
    """Write a template as C for firmware with CryptoAuthLib."""
    with reporting(as_json=json):
        check_folder(out)
        definition = read_template(read_text(file))
        limits = () if isinstance(definition, FullStoredDefinition) else date_limits(definition)
        source = export_c(definition, name, authority)
        files = {out / file_name: text.encode("ascii") for file_name, text in source.files().items()}
        write_all_new(files)
    paths = [str(path) for path in files]
    if json:
        print_json({"name": source.name, "files": paths, "date_limits": list(limits)})
        return
    console().print("\n".join(f"Written: {path}" for path in paths))
    for limit in limits:
        console().print(f"  - {limit}", markup=False)


@app.command("import")
def import_(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="The .c, with the files its tables are in.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the template files.")],
    *,
    json: JsonOption = False,
) -> None:
    """Read definitions in C as templates.

    They are in C files, or in what Espressif's cert2certdef.py sends to its firmware.
    """
    with reporting(as_json=json):
        check_folder(out)
        texts = [read_text(file) for file in files]
        espressif = [import_espressif(text) for text in texts if is_espressif(text)]
        c_text = "\n".join(text for text in texts if not is_espressif(text))
        found = (*espressif, *(import_c(c_text) if c_text or not espressif else ()))
        written = {out / f"{one.name}.yaml": template_text(one.definition).encode() for one in found}
        write_all_new(written)
    if json:
        rows = [
            {"name": one.name, "authority": one.authority, "path": str(path)}
            for one, path in zip(found, written, strict=True)
        ]
        print_json({"templates": rows})
    else:
        console().print("\n".join(f"Written: {path}" for path in written))


def _member(kind: type[EnumT], name: str) -> EnumT:
    found = kind.__members__.get(name.upper().removeprefix("SNSRC_").removeprefix("STDCERT_"))
    if found is None:
        raise InputError(
            "no-such-name", f"There is no {kind.__name__} {name!r}.", f"Choose one of {', '.join(kind.__members__)}."
        )
    return found


def _with_requested(definition: CertificateDefinition, request: str) -> CertificateDefinition:
    try:
        element_id, field, place, offset, *names = request.split(",")
        zone = DeviceZone.DATA if place.isdigit() else DeviceZone[place.upper()]
        transforms = [Transform[name.upper()] for name in names]
        slot, start = int(place) if place.isdigit() else 0, int(offset)
    except (ValueError, KeyError) as error:
        raise InputError(
            "element-not-usable",
            f"{request!r} is not ID,PATH,SLOT,OFFSET with transforms after it.",
            f"SLOT is 0 to 15, config or otp; transforms are {', '.join(Transform.__members__)}.",
        ) from error
    return with_element(definition, element_id, field, slot=slot, offset=start, zone=zone, transforms=transforms)


def _finish(
    definition: CertificateDefinition | FullStoredDefinition,
    out: Path,
    *,
    json: bool,
    rules: Sequence[str] = (),
    parts: Sequence[DevicePart] = (),
    taken: bool = False,
) -> None:
    """Write a template and show it.

    `rules` are those that its sample breaks, `parts` what of it looks like one device's; what of them has a place on
    the chip was `taken` from there.
    """
    write_new(out, template_text(definition).encode())
    left = [part for part in parts if not (taken and part.placeholders)]
    if json:
        own = [
            {"field": part.field, "text": part.text, "what": part.what, "add": [one.words for one in part.placeholders]}
            for part in left
        ]
        beside = {"sample_breaks": list(rules)} if rules else {}
        print_json({"parts": _rows(definition), **beside, **({"one_devices_own": own} if own else {})})
        return
    _print(definition, json=json)
    if rules:
        console().print("Certificates by this template have to be otherwise than the sample:", style="yellow")
        for rule in rules:
            console().print(f"  - {rule}", markup=False)
    if left:
        console().print(
            "Every device would get these parts of the sample, which look like one device's:", style="yellow"
        )
    for part in left:
        console().print(f"  - {part.field}: {part.text}, {part.what}", markup=False)
    if any(part.placeholders for part in left):
        console().print("With --per-device they are taken from the chip, where they have a place on it.")
    if any(not part.placeholders for part in left):
        console().print("To take one from a slot: atecc-bench template edit FILE --add ID,FIELD,SLOT,OFFSET --out NEW")
    console().print(f"Written to {out}.")


def _print(definition: CertificateDefinition | FullStoredDefinition, *, json: bool) -> None:
    rows = _rows(definition)
    if json:
        print_json({"parts": rows})
        return
    table = wrapping_table("Part", "Field", "From")
    for row in rows:
        table.add_row(row["part"], row["field"], row["from"])
    console().print(table)


def _rows(definition: CertificateDefinition | FullStoredDefinition) -> list[Mapping[str, str]]:
    if isinstance(definition, FullStoredDefinition):
        return [{"part": "certificate", "field": "all of it", "from": _place(definition.comp_cert_dev_loc)}]
    fields = certificate_fields(definition.cert_template)
    compressed = _place(definition.comp_cert_dev_loc)
    sources = {
        StandardElement.PUBLIC_KEY: _place(definition.public_key_dev_loc),
        StandardElement.CERT_SN: _serial_number_source(definition),
        StandardElement.AUTH_KEY_ID: "SHA-1 of the issuer's public key",
        StandardElement.SUBJ_KEY_ID: "SHA-1 of the public key",
    }
    rows: list[Mapping[str, str]] = []
    for part, location in definition.std_cert_elements.items():
        field = field_at(fields, location.offset + location.count - 1) if location.count else None
        source = sources.get(part, compressed) if location.count else "the template"
        rows.append({"part": part.name, "field": field.path if field else "", "from": source})
    for element in definition.cert_elements:
        field = field_at(fields, element.cert_loc.offset)
        steps = "".join(f", {transform.name}" for transform in element.transforms)
        rows.append(
            {"part": element.id, "field": field.path if field else "", "from": _place(element.device_loc) + steps}
        )
    return rows


def _serial_number_source(definition: CertificateDefinition) -> str:
    if definition.sn_source in (SerialSource.STORED, SerialSource.STORED_DYNAMIC):
        return f"{definition.sn_source.specification_name}, {_place(definition.cert_sn_dev_loc)}"
    return definition.sn_source.specification_name


def _place(location: DeviceLocation) -> str:
    if location.zone is DeviceZone.NONE:
        return "nowhere"
    if location.is_genkey:
        return f"the live key of slot {location.slot}"
    where = f"slot {location.slot}" if location.zone is DeviceZone.DATA else location.zone.name.lower()
    return f"{where}, bytes {location.offset}–{location.offset + location.count - 1}"
