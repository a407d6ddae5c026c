"""The command line: all verbs in one place."""

import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper

import typer
from typer.exceptions import TyperException

from atecc_bench.cli.board.flash import flash
from atecc_bench.cli.board.ports_info import info, ports
from atecc_bench.cli.board.serve import serve
from atecc_bench.cli.certificates import ca_signers, cert_write, manifest, template
from atecc_bench.cli.certificates.cert_build import build
from atecc_bench.cli.certificates.cert_export import export
from atecc_bench.cli.chip import config, key_csr, slot_restore
from atecc_bench.cli.common.output import error_document, print_json
from atecc_bench.cli.diagnosis.bundle import bundle
from atecc_bench.cli.diagnosis.command import command
from atecc_bench.cli.diagnosis.diagnose import diagnose
from atecc_bench.cli.diagnosis.explain import explain_verb
from atecc_bench.cli.provisioning import profile
from atecc_bench.cli.provisioning.provision import provision
from atecc_bench.cli.provisioning.report import report_verb
from atecc_bench.errors import ExitCode, InputError


def build_app(make_pdf: Callable[[str, str], bytes]) -> typer.Typer:
    """The command line without the window's verbs; `make_pdf` makes a PDF of a title and HTML, as the window does."""
    app = typer.Typer(
        name="atecc-bench",
        help="Provision, inspect and diagnose ATECC secure elements. Without a verb the window opens.",
        no_args_is_help=False,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for verb in (ports, info, flash, provision, report_verb(make_pdf), diagnose, serve, bundle, command):
        app.command(verb.__name__)(verb)
    app.command("explain")(explain_verb)
    app.add_typer(config.app, name="config")
    app.add_typer(ca_signers.app, name="ca")
    cert_write.app.command("build")(build)
    cert_write.app.command("export")(export)
    app.add_typer(cert_write.app, name="cert")
    app.add_typer(template.app, name="template")
    app.add_typer(manifest.app, name="manifest")
    app.add_typer(key_csr.app, name="key")
    app.add_typer(slot_restore.app, name="slot")
    app.add_typer(profile.app, name="profile")
    return app


def run(app: typer.Typer, arguments: Sequence[str]) -> int:
    """Run a verb and return its exit code, or exit with it. Wrong usage is a document too where that was asked for."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")  # a code page has no arrows and no dashes
    group = typer.main.get_command(app)
    if "--json" not in arguments:
        group.main(list(arguments), prog_name="atecc-bench")
    try:
        return group.main(list(arguments), prog_name="atecc-bench", standalone_mode=False) or ExitCode.DONE
    except TyperException as error:
        print_json(error_document(InputError("usage", f"{error}.".replace("..", "."), "See `atecc-bench --help`.")))
        return ExitCode.USAGE
