"""A support bundle where no chip answers.

It is version 2 of the same file, with what was tried instead of what is on the chip. Its schema is published in
`resources/schemas`.
"""

import platform
from datetime import UTC, datetime
from typing import Literal

from pydantic import AwareDatetime, Field

from atecc_bench import __version__
from atecc_bench.diagnose.bundle.bundle_file import (
    EARLIEST,
    FORMAT,
    LATEST,
    WITHOUT_CHIP,
    Bundle,
    BundledBoard,
    BundledExchange,
    BundleModel,
    bundle_document,
    checked_bundle,
    read_bundle,
    without_secrets,
)
from atecc_bench.logs import without_secrets as without_secrets_in_text


class BundledPort(BundleModel):
    """A serial port of the computer."""

    device: str
    bridge: str
    description: str


class Attempt(BundleModel):
    """Something that was tried, and what came of it.

    `error` is the id of the error it ended with, empty where it succeeded.
    """

    what: str
    finding: str
    advice: str = ""
    error: str = ""


class TroubleBundle(BundleModel):
    """Contents of a support bundle without a chip.

    `received` is what the board said by itself when its port was opened, such as a boot log.
    """

    format: Literal["atecc-bench-bundle"] = FORMAT
    version: Literal[2] = WITHOUT_CHIP
    created: AwareDatetime = Field(ge=EARLIEST, le=LATEST)
    tool: str
    platform: str
    port: str
    ports: tuple[BundledPort, ...] = ()
    board: BundledBoard | None = None
    received: str = ""
    tried: tuple[Attempt, ...] = ()
    trace: tuple[BundledExchange, ...] = ()
    log: str = ""
    notes: str = ""

    @property
    def virtual(self) -> bool:
        """Whether it is of a board in software."""
        return self.port.startswith("virtual:") or (self.board is not None and self.board.virtual)

    @property
    def trouble(self) -> Attempt | None:
        """What went wrong first, if it is known."""
        return next((one for one in self.tried if one.error), None)


def new_trouble_bundle(
    *,
    port: str,
    ports: tuple[BundledPort, ...],
    board: BundledBoard | None,
    received: bytes,
    tried: tuple[Attempt, ...],
    trace: tuple[BundledExchange, ...],
    log: str,
    notes: str,
) -> TroubleBundle:
    """Put a bundle together; what may be secret is taken out.

    Without a configuration every slot may hold a key, so no contents of slots are in it.
    """
    return TroubleBundle(
        created=datetime.now(UTC),
        tool=f"atecc-bench {__version__}",
        platform=f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        port=port,
        ports=ports,
        board=board,
        received=without_secrets_in_text(received.decode("utf-8", "backslashreplace")),
        tried=tried,
        trace=tuple(without_secrets(exchange, None) for exchange in trace),
        log=without_secrets_in_text(log),
        notes=notes,
    )


def read_any_bundle(data: bytes) -> Bundle | TroubleBundle:
    """Open a bundle of either kind.

    Raises:
        InputError: What `read_bundle` raises, but for `bundle-without-chip`.
    """
    document, _ = bundle_document(data, WITHOUT_CHIP)
    if document.get("version") == WITHOUT_CHIP:
        return checked_bundle(TroubleBundle, document)
    return read_bundle(data)
