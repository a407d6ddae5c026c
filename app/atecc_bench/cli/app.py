"""The command line: all verbs in one place."""

import typer

from atecc_bench.cli import ca, cert_write, key
from atecc_bench.cli.diagnose import diagnose
from atecc_bench.cli.flash import flash
from atecc_bench.cli.inspect import config_app, info, ports
from atecc_bench.cli.provision import provision
from atecc_bench.cli.serve import serve


def build_app() -> typer.Typer:
    """The command line without the window's verbs."""
    app = typer.Typer(
        name="atecc-bench",
        help="Provision, inspect and diagnose ATECC secure elements. Without a verb the window opens.",
        no_args_is_help=False,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for verb in (ports, info, flash, provision, diagnose, serve):
        app.command(verb.__name__)(verb)
    app.add_typer(config_app, name="config")
    app.add_typer(ca.app, name="ca")
    app.add_typer(cert_write.app, name="cert")
    app.add_typer(key.app, name="key")
    return app
