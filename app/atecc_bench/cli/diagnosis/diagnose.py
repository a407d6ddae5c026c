"""The verb that says which bytes differ, what they are, and why."""

from typing import TYPE_CHECKING, Annotated

import typer

from atecc_bench.bounded_files import LARGEST_FILE
from atecc_bench.cli.certificates.cert_show import tell_objects
from atecc_bench.cli.chip.config import has_danger, tell_findings
from atecc_bench.cli.chip.config_source import BundleOption, FoundConfig
from atecc_bench.cli.common.input_files import read_bytes, read_text
from atecc_bench.cli.common.open_device import open_device, records_of
from atecc_bench.cli.common.output import (
    USUAL_BAUD,
    BaudOption,
    JsonOption,
    check_named,
    console,
    print_json,
    reporting,
    wrapping_table,
)
from atecc_bench.cli.diagnosis.bundle import print_trouble
from atecc_bench.cli.diagnosis.file_kinds import (
    Compared,
    FileKind,
    LoneCertificate,
    LoneRequest,
    SeveralObjects,
    SignedText,
    kind_of_file,
    of_bundle,
    of_log,
)
from atecc_bench.cli.diagnosis.told_log import ToldLog, log_document, print_log, print_told, told_document
from atecc_bench.diagnose.bundle.trouble_bundle import TroubleBundle
from atecc_bench.diagnose.causes.cause import Cause
from atecc_bench.diagnose.causes.find_causes import causes
from atecc_bench.diagnose.compare.compare import Comparison, compare
from atecc_bench.diagnose.compare.comparison_facts import ComparisonContext
from atecc_bench.diagnose.compare.from_paste import certificate_bytes, certificate_or_print, lone_print
from atecc_bench.diagnose.printed.request_match import RequestMatch, lone_request, match_certificate, match_slots
from atecc_bench.errors import ExitCode, InputError
from atecc_bench.pki.compressed.definition import CertificateDefinition
from atecc_bench.pki.compressed.template_file import read_template
from atecc_bench.workflows.comparison.compare_chip import Expected, compare_with_chip, live_keys, printed_expectation

if TYPE_CHECKING:
    from rich.table import Table


def diagnose(
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE", help="A log, dump, bundle or certificate: it is found out which; - reads stdin."
        ),
    ] = None,
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
        str | None,
        typer.Option(
            "--port", metavar="URL", help="Rebuild the stored certificate from this chip.", callback=check_named
        ),
    ] = None,
    bundle: BundleOption = None,
    template: Annotated[
        str | None, typer.Option("--template", metavar="FILE", help="With --port: the template that rebuilds.")
    ] = None,
    *,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Say why a certificate differs from what is on the chip.

    Ends with 1 when it differs. Changes nothing on the chip.
    """
    with reporting(as_json=json):
        sources = (file, log, port, bundle, stored)
        if sum(source is not None for source in sources) != 1 or (stored and not expected):
            raise InputError(
                "usage",
                "Give a FILE, or --expected and --stored, or --log, or --port, or --bundle.",
                "For example: atecc-bench diagnose --port virtual://mismatch",
            )
        diagnosis: FileKind
        if file is not None:
            diagnosis = kind_of_file(file, expected)
        elif port is not None:
            diagnosis = _of_chip(port, baud, expected, template)
        elif bundle is not None:
            diagnosis = of_bundle(read_bytes(bundle, LARGEST_FILE), expected)
        elif log is not None:
            certificate = certificate_bytes(read_bytes(expected), expected)[0] if expected is not None else None
            diagnosis = of_log(read_text(log), certificate, expected or "")
        else:
            diagnosis = _of_files(expected or "", stored or "")
        found = causes(diagnosis.comparison, diagnosis.context) if isinstance(diagnosis, Compared) else ()
    match diagnosis:
        case FoundConfig():
            tell_findings(diagnosis, json=json)
        case TroubleBundle():
            _tell_trouble(diagnosis, json=json)
        case LoneCertificate():
            _tell_certificate(diagnosis, json=json)
        case LoneRequest():
            _tell_request(diagnosis, json=json)
        case RequestMatch():
            _tell_match(diagnosis, json=json)
        case SignedText():
            _tell_signatures(diagnosis, json=json)
        case ToldLog() if json:
            print_json(told_document(diagnosis))
        case ToldLog():
            print_told(diagnosis)
        case SeveralObjects():
            tell_objects(diagnosis.objects, json=json)
        case Compared() if json:
            print_json(_document(diagnosis, found))
        case Compared():
            _print(diagnosis, found)
    raise typer.Exit(ExitCode.NO if found or not _is_right(diagnosis) else ExitCode.DONE)


def _is_right(diagnosis: FileKind) -> bool:
    match diagnosis:
        case Compared():
            return diagnosis.comparison.equal
        case FoundConfig():
            return not has_danger(diagnosis)
        case LoneCertificate():
            return diagnosis.obstacle is None
        case RequestMatch():
            return diagnosis.fits
        case SignedText():
            return diagnosis.log is None and all(one.is_valid for one in diagnosis.answers)
        case LoneRequest() | SeveralObjects():
            return True
        case TroubleBundle() | ToldLog():
            return False


def _tell_trouble(made: TroubleBundle, *, json: bool) -> None:
    if json:
        print_json({"virtual": made.virtual, "bundle": made.model_dump(mode="json")})
        return
    mark = " on a VIRTUAL board" if made.virtual else ""
    console().print(f"A support bundle of {made.created:%Y-%m-%d %H:%M} UTC: no chip answered at {made.port}{mark}.")
    print_trouble(made)


def _tell_certificate(found: LoneCertificate, *, json: bool) -> None:
    obstacle = found.obstacle
    if json:
        document = {"subject": found.subject, "length": len(found.der), "representable": obstacle is None}
        print_json({**document, **({"obstacle": obstacle.document, "rules": list(found.rules)} if obstacle else {})})
        return
    out = console()
    out.print(
        f"One certificate, of {found.subject}, {len(found.der)} bytes, and none to compare it with.", style="bold"
    )
    if obstacle is None:
        out.print("A chip can hold it in 72 bytes in the layout of ECC608-MassProvisioning.")
    else:
        out.print(f"A chip cannot hold it in 72 bytes in that layout: {obstacle.message}")
        out.print(f"    {obstacle.hint}")
        for rule in found.rules:
            out.print(f"  - {rule}", markup=False)
    out.print("Its fields: atecc-bench cert show FILE. To compare it: atecc-bench diagnose --expected FILE --port URL")


def _tell_request(found: LoneRequest, *, json: bool) -> None:
    if json:
        print_json({"request": {"subject": found.subject, "signature_valid": True}})
        return
    console().print(f"A certificate request of {found.subject}; its signature is that of its key.", style="bold")
    console().print("The certificate for it: atecc-bench cert build --csr FILE --device HEX --ca DIR --out FILE")


def _tell_match(found: RequestMatch, *, json: bool) -> None:
    if json:
        shown = {"subject": found.request.subject} | ({"signature_valid": True} if found.request.is_whole else {})
        print_json({"request": shown, "key_fits": found.fits, "sentences": list(found.sentences), "fix": found.fix})
        return
    checked = "its signature is that of its key" if found.request.is_whole else "printed without its bytes"
    console().print(f"A certificate request of {found.request.subject}; {checked}.", style="bold", markup=False)
    for sentence in found.sentences:
        console().print(sentence, markup=False)
    if found.fix:
        console().print(f"  What to do: {found.fix}", markup=False)


def _tell_signatures(found: SignedText, *, json: bool) -> None:
    if json:
        told = [{"valid": one.is_valid, "summary": one.sentence, "fix": one.fix} for one in found.answers]
        print_json({"signatures": told, **({} if found.log is None else {"log": log_document(found.log)})})
        return
    for one in found.answers:
        console().print(one.sentence, style="bold", markup=False)
        console().print(f"  What to do: {one.fix}", markup=False)
    if found.log is not None:
        console().print("Codes in the same log:")
        print_log(found.log)


def _of_files(expected: str, stored: str) -> Compared | RequestMatch:
    sides = read_bytes(expected), read_bytes(stored)
    names = expected, stored
    for at in (0, 1):
        request = lone_request(sides[at])
        if request is not None:
            return match_certificate(request, certificate_bytes(sides[1 - at], names[1 - at])[0])
    one, keys = certificate_or_print(sides[0], expected, sides[1], stored)
    other, other_keys = certificate_or_print(sides[1], stored, sides[0], expected)
    return Compared(compare(one, other), ComparisonContext(authority_keys=tuple(dict.fromkeys((*keys, *other_keys)))))


def _of_chip(port: str, baud: int, expected: str | None, template: str | None) -> Compared | RequestMatch:
    data = None if expected is None else read_bytes(expected)
    request = None if data is None else lone_request(data)
    printed = None if data is None else lone_print(data)
    definition = read_template(read_text(template)) if template is not None else None
    if definition is not None and not isinstance(definition, CertificateDefinition):
        raise InputError(
            "template-not-usable",
            f"{template} is the template of a certificate that is stored whole: nothing is rebuilt.",
            "Read the certificate with `atecc-bench cert read` and compare the files.",
        )
    believed = None
    if data is not None and request is None and printed is None:
        believed = Expected(certificate_bytes(data, expected or "")[0], expected or "")
    with open_device(port, baud=baud) as device:
        virtual = device.board.info.virtual
        if request is not None:
            config = device.session.read_config()
            return match_slots(request, live_keys(device.session, config), config.serial_number.hex())
        if printed is not None:
            believed = printed_expectation(device.session, records_of(device), printed, expected or "")
        found = compare_with_chip(device.session, records_of(device), believed, definition=definition)
    return Compared(found.comparison, found.context, virtual=virtual)


def _document(diagnosis: Compared, found: tuple[Cause, ...]) -> dict[str, object]:
    comparison = diagnosis.comparison
    beside = {"virtual": diagnosis.virtual, "recognised": diagnosis.recognised and list(diagnosis.recognised)}
    return {
        **{name: value for name, value in beside.items() if value is not None},
        **({} if diagnosis.log is None else {"log": log_document(diagnosis.log)}),
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


def _print(diagnosis: Compared, found: tuple[Cause, ...]) -> None:
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
    if diagnosis.log is not None:
        out.print("Codes in the same log:")
        print_log(diagnosis.log)
    if diagnosis.virtual:
        out.print("This was a VIRTUAL chip.")


def _table(comparison: Comparison) -> "Table":
    table = wrapping_table("Bytes", "Length", "Field", "Expected", "Stored")
    for r in comparison.ranges:
        one = comparison.expected[r.start : r.end + 1]
        other = comparison.stored[r.stored_start : r.stored_end + 1]
        table.add_row(f"{r.start}–{r.end}", str(r.length), r.field or "—", one.hex(" "), other.hex(" "))
    return table
