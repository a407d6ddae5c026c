"""The options that say what is noted, and where."""

from pathlib import Path
from typing import Annotated

import typer

from atecc_bench.logs import LogLevel

LogLevelOption = Annotated[
    LogLevel | None, typer.Option("--log-level", help="Tell on stderr what is done; debug also fills the log more.")
]
LogFileOption = Annotated[
    Path | None, typer.Option("--log-file", metavar="FILE", help="Log to this file instead of the user's.")
]
