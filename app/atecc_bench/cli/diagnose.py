"""The verb that says which bytes differ, what they are, and why."""

from typing import Annotated

import typer
from cryptography.hazmat.primitives.serialization import Encoding
from rich.table import Table

from atecc_bench.cli.device import open_device
from atecc_bench.cli.files import read_certificate
from atecc_bench.cli.output import JsonOption, console, print_json, reporting
from atecc_bench.diagnose.causes import Cause, causes
from atecc_bench.diagnose.compare import Comparison, compare
from atecc_bench.errors import ExitCode, InputError
from atecc_bench.pki.layout import DEVICE_KEY_SLOT
from atecc_bench.provision.comparison import Expected, compare_with_chip
from atecc_bench.provision.records import Records


def diagnose(
    expected: Annotated[
        str | None, typer.Option("--expected", metavar="FILE", help="The certificate that should be there.")
    ] = None,
    stored: Annotated[
        str | None, typer.Option("--stored", metavar="FILE", help="The certificate that was rebuilt from the chip.")
    ] = None,
    port: Annotated[
        str | None, typer.Option("--port", metavar="URL", help="Rebuild the stored certificate from this chip.")
    ] = None,
    *,
    json: JsonOption = False,
) -> None:
    """Compare a certificate with what is on the chip, and say why they differ. Changes nothing on the chip."""
    with reporting(as_json=json):
        comparison, key_slot, virtual = _compare(expected, stored, port)
    found = causes(comparison, key_slot)
    if json:
        print_json({**_document(comparison, found), **({"virtual": virtual} if port is not None else {})})
    else:
        _print(comparison, found)
        if virtual:
            console().print("This was a VIRTUAL chip.")
    raise typer.Exit(ExitCode.DONE if comparison.equal else ExitCode.NO)


def _compare(expected: str | None, stored: str | None, port: str | None) -> tuple[Comparison, int | None, bool]:
    if port is not None and stored is None:
        comparison, virtual = _compare_with_chip(expected, port)
        return comparison, DEVICE_KEY_SLOT, virtual
    if expected is not None and stored is not None and port is None:
        return compare(_der(expected), _der(stored)), None, False
    raise InputError(
        "usage",
        "Give --expected and --stored, or --port.",
        "For example: atecc-bench diagnose --port virtual://mismatch",
    )


def _compare_with_chip(expected: str | None, port: str) -> tuple[Comparison, bool]:
    believed = Expected(_der(expected), expected) if expected is not None else None
    with open_device(port) as device:
        virtual = device.board.info.virtual
        return compare_with_chip(device.session, Records.of_user(), believed, virtual=virtual).comparison, virtual


def _der(name: str) -> bytes:
    return read_certificate(name).public_bytes(Encoding.DER)


def _document(comparison: Comparison, found: tuple[Cause, ...]) -> dict[str, object]:
    return {
        "equal": comparison.equal,
        "ranges": [
            {"start": r.start, "end": r.end, "length": r.length, "field": r.field, "path": r.path}
            for r in comparison.ranges
        ],
        "causes": [
            {
                "id": cause.id.value,
                "summary": cause.summary,
                "evidence": list(cause.evidence),
                "fix": cause.fix,
                "confidence": cause.confidence.value,
            }
            for cause in found
        ],
    }


def _print(comparison: Comparison, found: tuple[Cause, ...]) -> None:
    out = console()
    if comparison.equal:
        out.print("Equal to the byte.", style="bold green")
        return
    if not found:
        out.print("They differ, and no known cause explains all of it.", style="bold")
    for cause in found:
        out.print(f"{cause.summary} ({cause.confidence.value})", style="bold")
        for line in cause.evidence:
            out.print(f"  {line}", markup=False)
        out.print(f"  What to do: {cause.fix}", markup=False)
    table = Table("Bytes", "Length", "Field", "Expected", "Stored", box=None)
    for r in comparison.ranges:
        one = comparison.expected[r.start : r.end + 1]
        other = comparison.stored[r.stored_start : r.stored_end + 1]
        table.add_row(f"{r.start}–{r.end}", str(r.length), r.field or "—", _short(one), _short(other))
    out.print(table)


def _short(data: bytes) -> str:
    return data[:8].hex(" ") + (" …" if len(data) > 8 else "")
