"""The group `key` and its verbs.

The verbs are in the order of its help.
"""

import typer

from atecc_bench.cli.chip.key import generate, prove, public
from atecc_bench.cli.chip.key_csr import csr
from atecc_bench.cli.chip.key_escrow import escrow
from atecc_bench.cli.chip.key_import import import_
from atecc_bench.cli.chip.key_secret import check, set_
from atecc_bench.cli.chip.key_sign import jwt, sign

app = typer.Typer(no_args_is_help=True, help="Keys in a chip: made, imported, set, proved; certificate requests.")
app.command("public")(public)
app.command("generate")(generate)
app.command("prove")(prove)
app.command("set")(set_)
app.command("check")(check)
app.command("escrow")(escrow)
app.command("import")(import_)
app.command("csr")(csr)
app.command("sign")(sign)
app.command("jwt")(jwt)
