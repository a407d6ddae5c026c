"""The errors that every room raises towards a person.

One exception: what happened, why, and what to try.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of the command line."""

    DONE = 0
    NO = 1  # done, but the answer is "no": differs, FAIL, refused
    USAGE = 2  # wrong usage or input
    DEVICE = 3  # device or link trouble, or a defect of this program: nothing was found out


class BenchError(Exception):
    """Something a person has to know about.

    `id` is stable and machine readable, `message` says what happened and why, `hint` what to try.
    None of them ever holds a secret.
    """

    exit_code = ExitCode.USAGE

    def __init__(self, id: str, message: str, hint: str = "") -> None:  # noqa: A002 - the document's own key
        super().__init__(message)
        self.id = id
        self.message = message
        self.hint = hint

    @property
    def document(self) -> dict[str, str]:
        """The error as JSON documents carry it under `error`."""
        return {"id": self.id, "message": self.message, "hint": self.hint}


class InputError(BenchError):
    """A file, a value or an option that cannot be used."""


class WrongPassphraseError(InputError):
    """A passphrase or PIN that does not fit.

    It does not open what it was given for.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__("wrong-passphrase", message, hint)


class RefusedError(BenchError):
    """A request that was understood and is refused.

    Doing it would be wrong or impossible.
    """

    exit_code = ExitCode.NO


class DeviceError(BenchError):
    """The board, the link or the chip did not obey.

    `passing` says that the same request may succeed when it is made again.
    """

    exit_code = ExitCode.DEVICE
    passing: bool = False


class DefectError(BenchError):
    """This program did not do what it should: `internal`, made by `defects.note_defect`.

    Its exit code is that of trouble with a device: unlike "no" it answers nothing, and unlike wrong usage nobody who
    called the program can mend it.
    """

    exit_code = ExitCode.DEVICE

    def __init__(self, message: str, hint: str) -> None:
        super().__init__("internal", message, hint)
