"""The group `ca` and its verbs.

The verbs are in the order of its help.
"""

import typer

from atecc_bench.cli.certificates.ca import import_, init, show
from atecc_bench.cli.certificates.ca_issue import issue
from atecc_bench.cli.certificates.ca_signers import add, adopt, csr

app = typer.Typer(no_args_is_help=True, help="The certificate authority that signs device certificates.")
app.command("init")(init)
app.command("import")(import_)
app.command("show")(show)
app.command("add-signer")(add)
app.command("csr")(csr)
app.command("adopt")(adopt)
app.command("issue")(issue)
