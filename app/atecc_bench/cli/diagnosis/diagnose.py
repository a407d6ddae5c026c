"""The verb that says which bytes differ, what they are, and why."""

from dataclasses import dataclass
from typing import Annotated

import typer
from rich.table import Table

from atecc_bench.cli.chip.config_source import BundleOption
from atecc_bench.cli.common.input_files import read_bytes, read_text
from atecc_bench.cli.common.open_device import open_device, records_of
from atecc_bench.cli.common.output import JsonOption, console, print_json, reporting
from atecc_bench.diagnose.bundle.bundle_file import read_bundle
from atecc_bench.diagnose.causes.cause import Cause
from atecc_bench.diagnose.causes.find_causes import causes
from atecc_bench.diagnose.compare.compare import Comparison, compare
from atecc_bench.diagnose.compare.comparison_facts import ComparisonContext
from atecc_bench.diagnose.compare.from_paste import certificate_bytes, comparison_in
from atecc_bench.errors import ExitCode, InputError
from atecc_bench.pki.compressed.definition import CertificateDefinition
from atecc_bench.pki.compressed.template_file import read_template
from atecc_bench.workflows.compare_bundle import compare_with_bundle
from atecc_bench.workflows.compare_chip import Expected, compare_with_chip


@dataclass(frozen=True)
class _Diagnosis:
    """Findings that the verb tells.

    `recognised` and `virtual` are there only where a log or a chip was looked at.
    """

    comparison: Comparison
    context: ComparisonContext
    virtual: bool | None = None
    recognised: tuple[str, ...] | None = None


def diagnose(
    expected: Annotated[
        str | None, typer.Option("--expected", metavar="FILE", help="The certificate that should be there.")
    ] = None,
    stored: Annotated[
        str | None, typer.Option("--stored", metavar="FILE", help="The certificate that was rebuilt from the chip.")
    ] = None,
    log: Annotated[
        str | None,
        typer.Option("--log", metavar="FILE", help="A log or dump with the comparison, or with both; - reads stdin."),
    ] = None,
    port: Annotated[
        str | None, typer.Option("--port", metavar="URL", help="Rebuild the stored certificate from this chip.")
    ] = None,
    bundle: BundleOption = None,
    template: Annotated[
        str | None, typer.Option("--template", metavar="FILE", help="With --port: the template that rebuilds.")
    ] = None,
    *,
    json: JsonOption = False,
) -> None:
    """Say why a certificate differs from what is on the chip.

    Changes nothing on the chip.
    """
    with reporting(as_json=json):
        sources = (log, port, bundle, stored)
        if sum(source is not None for source in sources) != 1 or (stored and not expected):
            raise InputError(
                "usage",
                "Give --expected and --stored, or --log, or --port, or --bundle.",
                "For example: atecc-bench diagnose --port virtual://mismatch",
            )
        if port is not None:
            diagnosis = _of_chip(port, expected, template)
        elif bundle is not None:
            diagnosis = _of_bundle(bundle, expected)
        elif log is not None:
            diagnosis = _of_log(log, expected)
        else:
            diagnosis = _of_files(expected or "", stored or "")
        found = causes(diagnosis.comparison, diagnosis.context)
    if json:
        print_json(_document(diagnosis, found))
    else:
        _print(diagnosis, found)
    raise typer.Exit(ExitCode.NO if found or not diagnosis.comparison.equal else ExitCode.DONE)


def _of_files(expected: str, stored: str) -> _Diagnosis:
    one, keys = certificate_bytes(read_bytes(expected), expected)
    other, other_keys = certificate_bytes(read_bytes(stored), stored)
    return _Diagnosis(compare(one, other), ComparisonContext(authority_keys=tuple(dict.fromkeys((*keys, *other_keys)))))


def _of_log(log: str, expected: str | None) -> _Diagnosis:
    certificate = certificate_bytes(read_bytes(expected), expected)[0] if expected is not None else None
    pasted = comparison_in(read_text(log), certificate, expected or "")
    return _Diagnosis(pasted.comparison, pasted.context, recognised=pasted.sentences)


def _of_bundle(bundle: str, expected: str | None) -> _Diagnosis:
    opened = read_bundle(read_bytes(bundle))
    believed = None
    if expected is not None:
        believed = Expected(certificate_bytes(read_bytes(expected), expected)[0], expected)
    found = compare_with_bundle(opened, believed)
    return _Diagnosis(found.comparison, found.context, virtual=opened.virtual)


def _of_chip(port: str, expected: str | None, template: str | None) -> _Diagnosis:
    believed = None
    if expected is not None:
        believed = Expected(certificate_bytes(read_bytes(expected), expected)[0], expected)
    definition = read_template(read_text(template)) if template is not None else None
    if definition is not None and not isinstance(definition, CertificateDefinition):
        raise InputError(
            "template-not-usable",
            f"{template} is the template of a certificate that is stored whole: nothing is rebuilt.",
            "Read the certificate with `atecc-bench cert read` and compare the files.",
        )
    with open_device(port) as device:
        virtual = device.board.info.virtual
        found = compare_with_chip(device.session, records_of(device), believed, definition=definition)
    return _Diagnosis(found.comparison, found.context, virtual=virtual)


def _document(diagnosis: _Diagnosis, found: tuple[Cause, ...]) -> dict[str, object]:
    comparison = diagnosis.comparison
    beside = {"virtual": diagnosis.virtual, "recognised": diagnosis.recognised and list(diagnosis.recognised)}
    return {
        **{name: value for name, value in beside.items() if value is not None},
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


def _print(diagnosis: _Diagnosis, found: tuple[Cause, ...]) -> None:
    comparison, out = diagnosis.comparison, console()
    if comparison.equal:
        out.print("Equal to the byte.", style="bold green")
    elif not found:
        out.print("They differ, and no known cause explains all of it.", style="bold")
    for cause in found:
        out.print(f"{cause.summary} ({cause.confidence.value})", style="bold")
        for line in cause.evidence:
            out.print(f"  {line}", markup=False)
        out.print(f"  What to do: {cause.fix}", markup=False)
    if comparison.ranges:
        out.print(_table(comparison))
    for sentence in diagnosis.recognised or ():
        out.print(f"Recognised: {sentence}")
    if diagnosis.virtual:
        out.print("This was a VIRTUAL chip.")


def _table(comparison: Comparison) -> Table:
    table = Table("Bytes", "Length", box=None)
    table.add_column("Field", no_wrap=True, min_width=max((len(r.field) for r in comparison.ranges), default=0))
    table.add_column("Expected")
    table.add_column("Stored")
    for r in comparison.ranges:
        one = comparison.expected[r.start : r.end + 1]
        other = comparison.stored[r.stored_start : r.stored_end + 1]
        table.add_row(f"{r.start}–{r.end}", str(r.length), r.field or "—", _short(one), _short(other))
    return table


def _short(data: bytes) -> str:
    return data[:8].hex(" ") + (" …" if len(data) > 8 else "")
