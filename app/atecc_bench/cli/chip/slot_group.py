"""The group `slot` and its verbs.

The verbs are in the order of its help.
"""

import typer

from atecc_bench.cli.chip.slot import lock, read, write
from atecc_bench.cli.chip.slot_restore import restore_verb

app = typer.Typer(no_args_is_help=True, help="Data slots: read, write, lock one for ever.")
app.command("read")(read)
app.command("write")(write)
app.command("lock")(lock)
app.command("restore")(restore_verb)
