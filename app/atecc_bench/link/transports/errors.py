"""Errors between this computer and the chip."""

from atecc_bench.errors import DeviceError


class LinkError(DeviceError):
    """The port or the bridge did not do what was asked."""


class NoChipError(LinkError):
    """The bridge answers, and no chip does."""


class NoSyncError(LinkError):
    """No ROM answers: the automatic reset into download mode did not work."""


class PassingLinkError(LinkError):
    """A reply that was lost or damaged on its way.

    The next one may arrive.
    """

    passing = True


class CancelledError(DeviceError):
    """The operator cancelled; nothing was sent after that."""

    def __init__(self, message: str = "Cancelled.") -> None:
        super().__init__("cancelled", message, "Nothing more was sent. Start again when you are ready.")
