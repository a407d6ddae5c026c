"""The group `ledger` and its verbs.

The verbs are in the order of its help.
"""

import typer

from atecc_bench.cli.provisioning.ledger import devices, export, rebuild_, runs, status, use

app = typer.Typer(no_args_is_help=True, help="The ledger of all devices and runs.")
app.command("status")(status)
app.command("devices")(devices)
app.command("runs")(runs)
app.command("export")(export)
app.command("rebuild")(rebuild_)
app.command("use")(use)
