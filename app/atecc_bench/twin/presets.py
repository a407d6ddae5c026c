"""Virtual boards by name: `virtual://PRESET?state=FILE&speed=real|max&seed=N`."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from secrets import token_bytes
from urllib.parse import unquote

from atecc_bench.chip.session import ChipSession
from atecc_bench.chip.zones import Zone
from atecc_bench.errors import InputError
from atecc_bench.resources import resource_path
from atecc_bench.twin.board import BlankBoard, BridgeBoard, Speed, VirtualBoard
from atecc_bench.twin.bridge import KitBridge
from atecc_bench.twin.bus import Bus, BusChip, SimClock
from atecc_bench.twin.direct import DirectTransport
from atecc_bench.twin.entropy import Entropy, seeded_entropy
from atecc_bench.twin.memory import Eeprom
from atecc_bench.twin.secure_element import SecureElement
from atecc_bench.twin.state_file import StateKeeper, load_state, save_state

SCHEME = "virtual"
_OPTIONS = ("state", "speed", "seed")

# Bytes 16 to 127 that the firmware ECC608-MassProvisioning writes to an ATECC608A.
_MASS_PROVISIONING_ATECC608A = bytes.fromhex(
    "C0000001"
    "8F20C444872087208F0FC4009F0F82200F0FC4440F0F0F0F0F0F0F0F0F0F0F0F"
    "FFFFFFFF00000000FFFFFFFF00000000"
    "00000000000000000000000000000000"
    "0000FFFFFFFF064000000000"
    "33001C00130013007C0018003C0033003C003C003C0030003C003C003C003000"
)


class Preset(StrEnum):
    """What stands on the virtual desk."""

    FRESH = "fresh"
    CONFIGURED = "configured"
    PROVISIONED = "provisioned"
    MISMATCH = "mismatch"
    NO_CHIP = "no-chip"
    BLANK_BOARD = "blank-board"

    @property
    def summary(self) -> str:
        """One line that says what the preset is."""
        return _SUMMARIES[self]

    @property
    def has_chip(self) -> bool:
        """Whether there is a chip whose state can be kept."""
        return self not in (Preset.NO_CHIP, Preset.BLANK_BOARD)


_SUMMARIES = {
    Preset.FRESH: "an ATECC608A as it leaves the factory",
    Preset.CONFIGURED: "an ATECC608A with configuration and data zone locked, without keys",
    Preset.PROVISIONED: "an ATECC608A with keys and certificates",
    Preset.MISMATCH: "an ATECC608A whose certificate was signed for another key",
    Preset.NO_CHIP: "a board with the bridge, but no chip on its bus",
    Preset.BLANK_BOARD: "a board without the bridge firmware",
}


@dataclass(frozen=True)
class VirtualUrl:
    """A `virtual://` URL taken apart. `seed` makes every random number repeat; without it they are the system's."""

    preset: Preset
    state: Path | None = None
    speed: Speed = Speed.MAX
    seed: int | None = None


def parse_virtual_url(url: str) -> VirtualUrl:
    """Take a URL apart; values may be percent-encoded.

    Raises:
        InputError: `virtual-url`, `virtual-preset` or `virtual-option`.

    """
    scheme, separator, rest = url.partition("://")
    if scheme.lower() != SCHEME or not separator:
        raise InputError(
            "virtual-url",
            f"{url!r} is not the URL of a virtual board.",
            f"Write {SCHEME}://PRESET, with PRESET one of {_listing(Preset)}.",
        )
    name, _, query = rest.partition("?")
    try:
        preset = Preset(unquote(name).lower())
    except ValueError as error:
        raise InputError(
            "virtual-preset",
            f"There is no virtual board {unquote(name)!r}.",
            f"The presets are {_listing(Preset)}.",
        ) from error
    return _with_options(preset, query)


def _with_options(preset: Preset, query: str) -> VirtualUrl:
    options: dict[str, str] = {}
    for item in filter(None, query.split("&")):
        key, _, value = item.partition("=")
        if key not in _OPTIONS or key in options:
            raise _bad_option(f"{key!r} is not an option of a virtual board, or it is given twice.")
        # Not unquote_plus: a plus sign is part of a file name.
        options[key] = unquote(value)
    state, speed, seed = (options.get(key) for key in _OPTIONS)
    if state is not None and not (state and preset.has_chip):
        raise _bad_option("state needs a file name and a preset with a chip.")
    if speed is not None and speed not in list(Speed):
        raise _bad_option(f"speed cannot be {speed!r}.")
    if seed is not None and not (seed.isascii() and seed.isdigit()):
        raise _bad_option(f"seed cannot be {seed!r}.")
    return VirtualUrl(
        preset,
        None if state is None else Path(state),
        Speed.MAX if speed is None else Speed(speed),
        None if seed is None else int(seed),
    )


def _bad_option(message: str) -> InputError:
    hint = "The options are state=FILE, speed=real, speed=max and seed=N with N a decimal number."
    return InputError("virtual-option", message, hint)


def _listing(names: type[Preset]) -> str:
    return ", ".join(names)


def open_board(url: VirtualUrl) -> VirtualBoard:
    """Set up a virtual board.

    Raises:
        InputError: the state file or the files of the scenario cannot be used.
        DeviceError: the state file cannot be written.

    """
    clock = SimClock()
    if url.preset is Preset.BLANK_BOARD:
        return BlankBoard(url.speed)
    if url.preset is Preset.NO_CHIP:
        return BridgeBoard(KitBridge(Bus(()), clock), clock, url.speed)
    entropy: Entropy = token_bytes if url.seed is None else seeded_entropy(url.seed)
    if url.state is not None and url.state.exists():
        memory, kept_entropy = load_state(url.state)
        entropy = kept_entropy or entropy
    else:
        memory = _make_chip(url.preset, entropy)
        if url.state is not None:
            save_state(url.state, memory, entropy)
    element = SecureElement(memory, entropy)
    keep = None if url.state is None else StateKeeper(url.state, memory, entropy).keep
    bridge = KitBridge(Bus((BusChip(element, clock),)), clock)
    return BridgeBoard(bridge, clock, url.speed, element=element, keep=keep)


def _make_chip(preset: Preset, entropy: Entropy) -> Eeprom:
    if preset in (Preset.PROVISIONED, Preset.MISMATCH):
        return _scenario(preset)
    memory = Eeprom.factory(entropy)
    if preset is Preset.CONFIGURED:
        session = ChipSession(DirectTransport(SecureElement(memory, entropy)))
        current = memory.contents(Zone.CONFIG)
        session.write_config(current[:16] + _MASS_PROVISIONING_ATECC608A, current)
        session.lock_config(memory.contents(Zone.CONFIG))
        session.lock_data()
    return memory


def _scenario(preset: Preset) -> Eeprom:
    path = resource_path("scenarios", preset, "state.json")
    if not path.exists():
        raise InputError(
            "scenario-missing",
            f"The files of the virtual board {preset} are not part of this installation ({path}).",
            f"Use {SCHEME}://{Preset.FRESH} or {SCHEME}://{Preset.CONFIGURED}, or install again.",
        )
    return load_state(path)[0]
