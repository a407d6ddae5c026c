"""The licences of all that ships, on stdout."""

import typer

from atecc_bench.workflows.shipped_licences import shipped_licences


def print_licences() -> None:
    """Print a line for each part."""
    for part in shipped_licences():
        typer.echo(f"{f'{part.name} {part.version}'.rstrip():36} {part.licence}")
