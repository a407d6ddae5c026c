"""The verb `cert show`.

It tells what is in a file of certificates, requests and keys.
"""

from collections.abc import Sequence
from typing import Annotated

import typer
from cryptography import x509

from atecc_bench.cli.common.input_files import read_bytes, read_certificate
from atecc_bench.cli.common.output import JsonOption, console, print_json, reporting, wrapping_table
from atecc_bench.diagnose.paste.pki_objects import PkiObject, pki_objects
from atecc_bench.errors import InputError
from atecc_bench.pki.encoding.certificate_fields import certificate_fields
from atecc_bench.pki.keys.der_kinds import DerKind
from atecc_bench.pki.x509.csr import load_request
from atecc_bench.pki.x509.relations import relations

_SIGNED = (DerKind.CERTIFICATE, DerKind.REQUEST)


def show(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Certificates, requests or keys in any form; - reads stdin.")
    ],
    *,
    json: JsonOption = False,
) -> None:
    """Show a certificate field by field, with the bytes of each.

    Of several things in a file it says what each is, and what they are to each other.
    """
    with reporting(as_json=json):
        found = pki_objects(read_bytes(file))
        if [one.kind for one in found] == [DerKind.CERTIFICATE]:
            shown = _certificate(found[0].der, json=json)
        elif found and any(one.kind is not DerKind.OTHER for one in found):
            shown = tell_objects(found, json=json)
        else:
            read_certificate(file)  # says why it is none
            raise InputError("not-a-certificate", f"{file} holds no certificate.", "Give a certificate or a request.")
    raise typer.Exit(shown)


def _certificate(der: bytes, *, json: bool) -> int:
    fields = certificate_fields(der)
    if json:
        rows = [
            {
                "field": field.name,
                "path": field.path,
                "start": field.start,
                "end": field.end - 1,
                "value": der[field.start : field.end].hex(),
            }
            for field in fields
        ]
        print_json({"length": len(der), "fields": rows})
        return 0
    table = wrapping_table("Bytes", "Field", "Value")
    for field in fields:
        value = der[field.start : field.end]
        text = value.decode("ascii") if value.isascii() and value.decode("ascii").isprintable() else value.hex(" ")
        table.add_row(f"{field.start}–{field.end - 1}", field.name, text)
    console().print(table)
    return 0


def tell_objects(found: Sequence[PkiObject], *, json: bool) -> int:
    """Tell what several things are, and to each other.

    The result is the exit code 0.
    """
    signed = [(number, item) for number, one in enumerate(found) if (item := _read(one)) is not None]
    related = relations([item for _, item in signed])
    rows = [{"kind": one.kind.value, "what": one.in_words, "where": one.where, **_details(one)} for one in found]
    if json:
        pairs = [{"one": signed[r.one][0], "relation": r.kind.value, "other": signed[r.other][0]} for r in related]
        print_json({"objects": rows, "relations": pairs})
        return 0
    out = console()
    for number, row in enumerate(rows, 1):
        out.print(f"{number}. {row['what'][:1].upper()}{row['what'][1:]}, {row['where']}", style="bold", markup=False)
        for name, value in list(row.items())[3:]:
            out.print(f"   {name.replace('_', ' ')}: {value}", markup=False)
    for relation in related:
        out.print(f"{signed[relation.one][0] + 1} {relation.kind.value} {signed[relation.other][0] + 1}.", markup=False)
    if len(signed) > 1 and not related:
        out.print("None of them has to do with another: other names, other keys.")
    return 0


def _read(one: PkiObject) -> x509.Certificate | x509.CertificateSigningRequest | None:
    try:
        if one.kind is DerKind.CERTIFICATE:
            return x509.load_der_x509_certificate(one.der)
        return x509.load_der_x509_csr(one.der) if one.kind is DerKind.REQUEST else None
    except (ValueError, x509.InvalidVersion):
        return None


def _problem(one: PkiObject) -> str:
    """Why nothing can be read of a certificate or request."""
    try:
        if one.kind is DerKind.CERTIFICATE:
            x509.load_der_x509_certificate(one.der)
        else:
            x509.load_der_x509_csr(one.der)
    except x509.InvalidVersion as error:
        return (
            f"its version is {error.parsed_version + 1}, and there is none such: whoever made it got that field wrong"
        )
    except ValueError:
        return "it is damaged: its parts cannot be read"
    return ""


def _details(one: PkiObject) -> dict[str, str]:
    item = _read(one)
    if one.kind in _SIGNED and item is None:
        return {"problem": _problem(one)}
    if isinstance(item, x509.Certificate):
        valid = f"{item.not_valid_before_utc:%Y-%m-%d %H:%M} to {item.not_valid_after_utc:%Y-%m-%d %H:%M} UTC"
        return {
            "subject": item.subject.rfc4514_string(), "issuer": item.issuer.rfc4514_string(),
            "serial_number": f"{item.serial_number:x}", "valid": valid,
        }  # fmt: skip
    if item is not None:
        try:
            load_request(one.der)
            signature = "is that of its key"
        except InputError as error:
            signature = error.message
        asked = ", ".join(extension.oid.dotted_string for extension in item.extensions)
        return {"subject": item.subject.rfc4514_string(), "signature": signature} | (
            {"asks_for_extensions": asked} if asked else {}
        )
    return {}
