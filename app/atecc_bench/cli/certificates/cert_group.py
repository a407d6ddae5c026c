"""The group `cert` and its verbs.

The verbs are in the order of its help.
"""

import typer

from atecc_bench.cli.certificates.cert import read, verify
from atecc_bench.cli.certificates.cert_build import build
from atecc_bench.cli.certificates.cert_export import export
from atecc_bench.cli.certificates.cert_self_signed import self_signed
from atecc_bench.cli.certificates.cert_show import show
from atecc_bench.cli.certificates.cert_write import mend, write

app = typer.Typer(no_args_is_help=True, help="Certificates on a chip and in files.")
app.command("read")(read)
app.command("verify")(verify)
app.command("show")(show)
app.command("write")(write)
app.command("mend")(mend)
app.command("build")(build)
app.command("export")(export)
app.command("self-signed")(self_signed)
