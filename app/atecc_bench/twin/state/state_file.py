"""A twin on disk: a versioned JSON document.

It has every byte of the EEPROM. It holds private keys.
"""

import json
import os
import tempfile
from pathlib import Path
from typing import Any, cast

from atecc_bench.bounded_files import read_bounded
from atecc_bench.chip.protocol.zones import SLOT_COUNT, Zone
from atecc_bench.errors import DeviceError, InputError
from atecc_bench.file_checks import exists
from atecc_bench.plain_json import load_json
from atecc_bench.twin.state.entropy import Entropy, SeededEntropy
from atecc_bench.twin.state.memory import Eeprom

FORMAT = "atecc-bench-twin"
VERSION = 1


def to_document(memory: Eeprom, entropy: Entropy) -> dict[str, object]:
    """The state as plain JSON values.

    Bytes are hex texts. `entropy` is null unless the twin was seeded.
    """
    seeded = isinstance(entropy, SeededEntropy)
    return {
        "format": FORMAT,
        "version": VERSION,
        "config": memory.contents(Zone.CONFIG).hex(),
        "otp": memory.contents(Zone.OTP).hex(),
        "slots": [memory.contents(Zone.DATA, slot).hex() for slot in range(SLOT_COUNT)],
        "seed": memory.seed.hex(),
        "entropy": {"seed": entropy.seed, "position": entropy.position} if seeded else None,
    }


def state_text(memory: Eeprom, entropy: Entropy) -> str:
    """The state as the text of its file, ASCII."""
    return json.dumps(to_document(memory, entropy), indent=1) + "\n"


def save_state(path: Path, memory: Eeprom, entropy: Entropy) -> None:
    """Write a state file, readable by its owner only.

    At no moment a half-written one stands at `path`.

    Raises:
        DeviceError: `state-unwritable`.
    """
    text = state_text(memory, entropy)
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(text)
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise DeviceError(
            "state-unwritable",
            f"The state of the virtual chip could not be written to {path}: {error.strerror}.",
            "Choose a file in a folder that exists and that you may write to.",
        ) from error


def load_state(path: Path) -> tuple[Eeprom, SeededEntropy | None]:
    """Read a state file.

    The entropy is None when the twin was not seeded.

    Raises:
        InputError: `state-unreadable`, or `state-corrupt`; the file is left as it is.
    """
    try:
        raw = read_bounded(path)
    except OSError as error:
        raise InputError(
            "state-unreadable",
            f"The state file {path} could not be read: {error.strerror}.",
            "Check the name and who may read the file.",
        ) from error
    try:
        return _from_document(load_json(raw))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(
            "state-corrupt",
            f"{path} is not a state file of a virtual chip, or it was damaged. It was left as it is.",
            "Name another file, or move this one away to start with a new chip.",
        ) from error


def _from_document(document: Any) -> tuple[Eeprom, SeededEntropy | None]:
    if (document["format"], document["version"]) != (FORMAT, VERSION):
        raise ValueError("another format or version")
    slots = cast("list[str]", document["slots"])
    memory = Eeprom(
        bytes.fromhex(document["config"]),
        bytes.fromhex(document["otp"]),
        [bytes.fromhex(slot) for slot in slots],
        bytes.fromhex(document["seed"]),
    )
    entropy = document["entropy"]
    if entropy is None:
        return memory, None
    seed, position = entropy["seed"], entropy["position"]
    if type(seed) is not int or type(position) is not int or min(seed, position) < 0:
        raise ValueError("the seed is no number")
    return memory, SeededEntropy(seed, position)


class StateKeeper:
    """Keeps a state file up to date with a twin."""

    def __init__(self, path: Path, memory: Eeprom, entropy: Entropy) -> None:
        self._path, self._memory, self._entropy = path, memory, entropy
        self._kept = self._mark()
        self._file = read_bounded(path)

    def keep(self) -> None:
        """Write the file when the twin has changed since the last time.

        Raises:
            DeviceError: `state-changed` when somebody else wrote the file, which is then left as it is: a lock that
                another board was given is never undone. `state-unwritable`.

        """
        if not exists(self._path) or read_bounded(self._path) != self._file:
            raise DeviceError(
                "state-changed",
                f"The state file {self._path} was changed by another program while this board used it.",
                "Use a state file with one board at a time. It was left as it is; open the board again.",
            )
        mark = self._mark()
        if mark != self._kept:
            save_state(self._path, self._memory, self._entropy)
            self._kept = mark
            self._file = read_bounded(self._path)

    def _mark(self) -> tuple[int, int]:
        position = self._entropy.position if isinstance(self._entropy, SeededEntropy) else 0
        return self._memory.changes, position
