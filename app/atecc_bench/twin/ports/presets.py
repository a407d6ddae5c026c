"""Virtual boards by name: `virtual://PRESET?state=FILE&speed=real|max&seed=N&firmware=DIR&devices=N&fault=KIND:N`.

`PRESET+PRESET` puts several chips on one bus, each at its own address: the bridge's `board:device(NN)` lists them in
the order of their addresses, and `ecc:physical:select` chooses one. `state` keeps a single chip. With `devices` there
are that many single chips, one after the other (see `tray`). `fault` can be repeated; `faults.FaultKind` lists the
kinds. `firmware` is a build folder whose image is the bridge, beside those that come with the product: a board runs the
bridge when its flash holds one of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes
from urllib.parse import unquote

from atecc_bench.errors import InputError
from atecc_bench.file_checks import exists
from atecc_bench.resources import resource_path
from atecc_bench.twin.board.chip_tray import Tray
from atecc_bench.twin.board.i2c_bus import Bus, BusChip, SimClock
from atecc_bench.twin.board.spi_flash import FILES, Boots, BridgeImages, SpiFlash
from atecc_bench.twin.board.virtual_board import BridgeBoard, Speed, VirtualBoard
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.ports import preset_chips
from atecc_bench.twin.ports.preset_names import Preset
from atecc_bench.twin.ports.url_scheme import SCHEME, is_virtual_url
from atecc_bench.twin.state.entropy import Entropy, seeded_entropy
from atecc_bench.twin.state.faults import Fault, parse_fault
from atecc_bench.twin.state.memory import Eeprom
from atecc_bench.twin.state.state_file import StateKeeper, load_state, save_state

LONGEST_SEED = 40  # digits
_AND = "+"
_FAULT = "fault"
_OPTIONS = ("state", "speed", "seed", "firmware", "devices", _FAULT)
_MOST_DEVICES = 100_000


_BOOTS = {Preset.BLANK_BOARD: Boots.NOTHING, Preset.OTHER_FIRMWARE: Boots.APPLICATION}


@dataclass(frozen=True)
class VirtualUrl:
    """A `virtual://` URL taken apart.

    `seed` makes every random number repeat; without it they are the system's.
    """

    presets: tuple[Preset, ...]
    state: Path | None = None
    speed: Speed = Speed.MAX
    seed: int | None = None
    faults: tuple[Fault, ...] = ()
    firmware: Path | None = None
    devices: int = 1


def parse_virtual_url(url: str) -> VirtualUrl:
    """Take a URL apart; values may be percent-encoded.

    Raises:
        InputError: `virtual-url`, `virtual-preset`, `virtual-option` or `fault`.

    """
    if not is_virtual_url(url):
        raise InputError(
            "virtual-url",
            f"{url!r} is not the URL of a virtual board.",
            f"Write {SCHEME}://PRESET, with PRESET one of {_listing(Preset)}.",
        )
    names, _, query = url.partition("://")[2].partition("?")
    presets = tuple(_preset(name) for name in unquote(names).lower().split(_AND))
    if len(presets) > 1 and not all(preset.has_chip for preset in presets):
        raise InputError(
            "virtual-preset",
            f"{unquote(names)!r} puts chips on one bus, and not all of these boards have one.",
            f"Join presets with a chip: {_listing(preset for preset in Preset if preset.has_chip)}.",
        )
    return _with_options(presets, query)


def _preset(name: str) -> Preset:
    try:
        return Preset(name)
    except ValueError as error:
        raise InputError(
            "virtual-preset",
            f"There is no virtual board {name!r}.",
            f"The presets are {_listing(Preset)}.",
        ) from error


def _with_options(presets: tuple[Preset, ...], query: str) -> VirtualUrl:
    options: dict[str, str] = {}
    faults: list[Fault] = []
    for item in filter(None, query.split("&")):
        key, _, value = item.partition("=")
        if key not in _OPTIONS or key in options:
            raise _bad_option(f"{key!r} is not an option of a virtual board, or it is given twice.")
        # Not unquote_plus: a plus sign is part of a file name.
        if key == _FAULT:
            faults.append(parse_fault(unquote(value)))
        else:
            options[key] = unquote(value)
    keys = ("state", "speed", "seed", "firmware", "devices")
    state, speed, seed, firmware, devices = (options.get(key) for key in keys)
    if state is not None and not (state and len(presets) == 1 and presets[0].has_chip):
        raise _bad_option("state needs a file name and a preset with a single chip.")
    if speed is not None and speed not in list(Speed):
        raise _bad_option(f"speed cannot be {speed!r}.")
    if seed is not None and not (seed.isascii() and seed.isdigit() and len(seed) <= LONGEST_SEED):
        raise _bad_option(f"seed cannot be {seed!r}.")
    if firmware == "":
        raise _bad_option("firmware needs the name of a folder.")
    if devices is not None and not (_is_count(devices) and state is None and presets[0].has_chip and not presets[1:]):
        raise _bad_option(
            f"devices needs a number up to {_MOST_DEVICES} and a preset with a single chip, and no state."
        )
    return VirtualUrl(
        presets,
        None if state is None else Path(state),
        Speed.MAX if speed is None else Speed(speed),
        None if seed is None else int(seed),
        tuple(faults),
        None if firmware is None else Path(firmware),
        1 if devices is None else int(devices),
    )


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(_MOST_DEVICES)) and 0 < int(text) <= _MOST_DEVICES


def _bad_option(message: str) -> InputError:
    hint = "The options are state=FILE, speed=real, speed=max, seed=N (decimal), firmware=DIR, devices=N, fault=KIND:N."
    return InputError("virtual-option", message, hint)


def _listing(presets: Iterable[Preset]) -> str:
    return ", ".join(presets)


def open_board(url: VirtualUrl) -> VirtualBoard:
    """Set up a virtual board.

    Raises:
        InputError: The state file, the files of the scenario or the firmware cannot be used, or two chips would
            have the same I2C address (`virtual-preset`).
        DeviceError: The state file cannot be written.

    """
    clock = SimClock()
    keep = None
    chips: list[BusChip] = []
    for index, preset in enumerate(preset for preset in url.presets if preset is not Preset.NO_CHIP):
        entropy: Entropy = token_bytes if url.seed is None else seeded_entropy(url.seed + index)
        if url.state is not None and _is_there(url.state):
            memory, kept_entropy = load_state(url.state)
            entropy = kept_entropy or entropy
        else:
            memory = _make_chip(preset, entropy)
            if url.state is not None:
                save_state(url.state, memory, entropy)
        if url.state is not None:
            keep = StateKeeper(url.state, memory, entropy).keep
        chips.append(BusChip(SecureElement(memory, entropy), clock, () if index else url.faults))
    if len({chip.address for chip in chips}) < len(chips):
        raise InputError(
            "virtual-preset",
            f"Two of the chips {_AND.join(url.presets)} have the same I2C address and would talk at the same time.",
            f"Join chips with different addresses, for example {Preset.FRESH}{_AND}{Preset.TRUSTGO}.",
        )
    bus = Bus(chips, url.faults)
    if url.devices > 1:
        entropy = token_bytes if url.seed is None else seeded_entropy(url.seed + len(chips))
        keep = Tray(bus, lambda: _next_chip(url.presets[0], entropy, clock), url.devices - 1).change
    flash = SpiFlash(_bridge_images(url.firmware), boots=_BOOTS.get(url.presets[0], Boots.BRIDGE), faults=url.faults)
    return BridgeBoard(bus, clock, url.speed, flash=flash, faults=url.faults, keep=keep)


def _next_chip(preset: Preset, entropy: Entropy, clock: SimClock) -> BusChip:
    return BusChip(SecureElement(_make_chip(preset, entropy), entropy), clock)


def _is_there(state: Path) -> bool:
    try:
        state.stat()
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as error:
        raise InputError(
            "state-unreadable", f"“{state}” cannot be a state file: {error}.", "Give the name of a file."
        ) from error
    return True


def _bridge_images(firmware: Path | None) -> BridgeImages:
    shipped = resource_path("firmware", "esp32")
    folders = [shipped] if exists(shipped / FILES) else []
    images = BridgeImages.of_folders(folders if firmware is None else [*folders, firmware])
    return images.with_ram(resource_path("firmware", "ram").glob("*.bin"))


def _make_chip(preset: Preset, entropy: Entropy) -> Eeprom:
    match preset:
        case Preset.CONFIGURED:
            return preset_chips.configured_chip(entropy)
        case Preset.ATECC508A:
            return preset_chips.atecc508a_chip(entropy)
        case Preset.WRONG_ADDRESS:
            return preset_chips.wrong_address_chip(entropy)
        case Preset.PROVISIONED | Preset.MISMATCH | Preset.TRUSTFLEX | Preset.TRUSTGO:
            return preset_chips.scenario_chip(preset)
        case _:
            return preset_chips.fresh_chip(entropy)
