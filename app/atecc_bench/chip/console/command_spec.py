"""Commands as named parameters: built from words and said in words.

Consoles offer them as a form. `parse_command` reads what people type (`write slot=15 offset=32`) and what they paste (a
packet in hex); `describe_command` says a packet in the same words, so that what is shown can be typed again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from atecc_bench.chip.console.data_lengths import completed, data_length
from atecc_bench.chip.console.packet_text import hex_text, packet_of_hex
from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.p256 import P256_POINT
from atecc_bench.chip.protocol.packet import LONGEST_COMMAND, SHORTEST_COMMAND, CommandPacket
from atecc_bench.chip.protocol.zones import BLOCK, SLOT_COUNT, WORD, Zone, address, split_address, zone_size
from atecc_bench.errors import InputError

LONGEST_DATA = LONGEST_COMMAND - SHORTEST_COMMAND
_KIT_LINE = re.compile(r"(?:\be:t|\becc:talk)\(([^()]*)\)?", re.IGNORECASE)
_MOST_BLOCKS = {Zone.CONFIG: 1 << 13, Zone.OTP: 1 << 13, Zone.DATA: 1 << 8}  # that param2 has room for
_BODY = "body"  # all data as it is
_SOUND = {"public-key": P256_POINT, "key": bytes(35) + b"\1"}
_RAW = ("param1", "param2", _BODY)


class Place(Enum):
    """Part of a packet that a parameter stands in."""

    PARAM1 = "param1"
    PARAM2 = "param2"
    SLOT = "slot"  # of the address in param2, by zone
    OFFSET = "offset"  # of the address in param2, in bytes
    DATA = "data"

    @property
    def word(self) -> str:
        """Name by which this whole part of the packet can be given.

        The value is taken as it is.
        """
        return "param2" if self in (Place.SLOT, Place.OFFSET) else self.value


@dataclass(frozen=True)
class Parameter:
    """One parameter of a command.

    `mask` are its bits in param1 or param2, `lengths` the sizes that part of the data may have. `choices` are names of
    values as they stand in the packet (not shifted). Without `default` a value must be given.
    """

    name: str
    place: Place
    meaning: str
    mask: int = 0
    choices: Mapping[str, int] = field(default_factory=dict[str, int])
    lengths: tuple[int, ...] = ()
    default: str | None = "0"

    @property
    def shift(self) -> int:
        """Position of the lowest bit of the mask."""
        return (self.mask & -self.mask).bit_length() - 1


@dataclass(frozen=True)
class CommandForm:
    """All that can be said about a command."""

    opcode: Opcode
    summary: str
    parameters: tuple[Parameter, ...]

    @property
    def name(self) -> str:
        """The name as the datasheets write it."""
        return self.opcode.command_name

    def parameter(self, name: str) -> Parameter | None:
        """The parameter with this name."""
        return next((p for p in self.parameters if p.name == name), None)

    def build(self, values: Mapping[str, str], *, filler: int | None = None) -> CommandPacket:
        """The packet for these values.

        With a `filler`, data that was not given is made of that byte, as long as the command wants it; a key that was
        not given is a sound one.

        Raises:
            InputError: `command-parameter` for an unknown name or a value that does not fit.

        """
        known = {p.name for p in self.parameters} | set(_RAW)
        for name in values:
            if name not in known:
                listing = ", ".join(p.name for p in self.parameters) or "none"
                raise _bad(f"{self.name} has no parameter {name!r}.", f"Its parameters are: {listing}.")
        data = self._data(values, filler)
        words = {Place.PARAM1: 0, Place.PARAM2: 0}
        located: dict[Place, int] = {}
        for parameter in self.parameters:
            if parameter.place is Place.DATA or parameter.place.word in values:
                continue
            text = values[parameter.name] if parameter.name in values else self._default(parameter, values, data)
            number = _number(self, parameter, text)
            if parameter.place in words:
                words[parameter.place] |= number
            else:
                located[parameter.place] = number
        if located:
            words[Place.PARAM2] = _address(self, words[Place.PARAM1], located)
        for place in words:
            if place.value in values:
                words[place] = _integer(
                    self, place.value, values[place.value], 0xFF if place is Place.PARAM1 else 0xFFFF
                )
        if filler is not None and _BODY not in values:
            data = completed(self.opcode, words[Place.PARAM1], data, filler)
        return CommandPacket(self.opcode, words[Place.PARAM1], words[Place.PARAM2], data)

    def _default(self, parameter: Parameter, values: Mapping[str, str], data: bytes) -> str:
        if parameter.default == "auto":  # follows from the data
            if parameter.name == "size":
                return str(WORD if "data" in values and len(data) == WORD else BLOCK)
            return str(len(data))
        if parameter.default is None:
            raise _bad(f"{self.name} needs {parameter.name}: {parameter.meaning}", f"Add {parameter.name}=…")
        return parameter.default

    def _data(self, values: Mapping[str, str], filler: int | None) -> bytes:
        parts = [p for p in self.parameters if p.place is Place.DATA]
        data = parse_hex(values[_BODY], _BODY) if _BODY in values else b""
        for part in parts if _BODY not in values else ():
            if part.name in values:
                piece = parse_hex(values[part.name], part.name)
                if part.lengths and len(piece) not in part.lengths:
                    wanted = " or ".join(map(str, part.lengths))
                    raise _bad(f"{part.name} of {self.name} has {len(piece)} bytes, not {wanted}.", part.meaning)
                data += piece
            elif part.default is None:
                if filler is None:
                    raise _bad(f"{self.name} needs {part.name}: {part.meaning}", f"Add {part.name}=HEX.")
                data += _SOUND.get(part.name) or bytes([filler]) * self._wanted_length(part, values)
        if len(data) > LONGEST_DATA:
            raise _bad(f"A command carries at most {LONGEST_DATA} bytes of data, not {len(data)}.", "Give fewer bytes.")
        return data

    def _wanted_length(self, part: Parameter, values: Mapping[str, str]) -> int:
        match self.opcode:
            case Opcode.WRITE:
                return WORD if values.get("size") == str(WORD) else BLOCK
            case Opcode.NONCE:
                fixed = values.get("mode") == "pass-through"
                return (64 if values.get("size") == "64" else BLOCK) if fixed else part.lengths[0]
            case _:
                return part.lengths[0] if part.lengths else BLOCK

    def values_of(self, packet: CommandPacket) -> dict[str, str]:
        """Values of a packet by parameter name; the inverse of `build`."""
        values = {p.name: text for p in self.parameters if (text := self._value(p, packet)) is not None}
        values |= self._data_values(packet.data)
        rebuilt = self._rebuilt(values)
        if rebuilt is None or rebuilt.data != packet.data:
            values = {n: v for n, v in values.items() if self._place_of(n) is not Place.DATA}
            values[_BODY] = packet.data.hex()
            rebuilt = self._rebuilt(values)
        if rebuilt is not None and rebuilt == packet:
            return values
        return {"param1": f"0x{packet.param1:02X}", "param2": f"0x{packet.param2:04X}", _BODY: packet.data.hex()}

    def _rebuilt(self, values: Mapping[str, str]) -> CommandPacket | None:
        try:
            return self.build(values)
        except InputError:
            return None

    def _place_of(self, name: str) -> Place | None:
        parameter = self.parameter(name)
        return None if parameter is None else parameter.place

    def _value(self, parameter: Parameter, packet: CommandPacket) -> str | None:
        if parameter.place is Place.DATA:
            return None
        if parameter.place in (Place.SLOT, Place.OFFSET):
            zone = packet.param1 & 3
            if zone > Zone.DATA or (parameter.place is Place.SLOT and zone != Zone.DATA):
                return None
            slot, offset = split_address(Zone(zone), packet.param2)
            return str(slot if parameter.place is Place.SLOT else offset)
        bits = (packet.param1 if parameter.place is Place.PARAM1 else packet.param2) & parameter.mask
        named = next((name for name, value in parameter.choices.items() if value == bits), None)
        return named or str(bits >> parameter.shift)

    def _data_values(self, data: bytes) -> dict[str, str]:
        values: dict[str, str] = {}
        for part in (p for p in self.parameters if p.place is Place.DATA):
            length = next((n for n in sorted(part.lengths, reverse=True) if n <= len(data)), len(data))
            if data:
                values[part.name] = data[:length].hex()
            data = data[length:]
        return values


def _address(form: CommandForm, param1: int, located: Mapping[Place, int]) -> int:
    zone = Zone(param1 & 3) if param1 & 3 <= Zone.DATA else Zone.DATA
    slot, offset = located.get(Place.SLOT, 0), located.get(Place.OFFSET, 0)
    if zone is Zone.DATA and slot >= SLOT_COUNT:
        raise _bad(f"There is no slot {slot}.", "Slots are 0 to 15.")
    if offset % WORD or offset >= _MOST_BLOCKS[zone] * BLOCK:  # what lies behind the zone is for the chip to refuse
        raise _bad(
            f"{form.name} reaches no byte {offset} there.",
            f"Offsets go in steps of {WORD} bytes up to {zone_size(zone, slot) - WORD}.",
        )
    return address(zone, slot, offset)


def _number(form: CommandForm, parameter: Parameter, text: str) -> int:
    for name, value in parameter.choices.items():
        if text.lower() == name:
            return value
    largest = parameter.mask >> parameter.shift if parameter.mask else 0xFFFF
    return _integer(form, parameter.name, text, largest, parameter.choices) << (
        parameter.shift if parameter.mask else 0
    )


def _integer(form: CommandForm, name: str, text: str, largest: int, choices: Mapping[str, int] | None = None) -> int:
    try:
        number = int(text, 0) if not text.isdigit() else int(text)
    except ValueError:
        number = -1
    if not 0 <= number <= largest:
        named = f"{', '.join(choices)}, or a number" if choices else "a number"
        raise _bad(f"{name} of {form.name} cannot be {text!r}.", f"Give {named} from 0 to {largest}.")
    return number


def parse_hex(text: str, what: str) -> bytes:
    """Bytes from hex digits with or without 0x, spaces, colons and commas.

    Raises:
        InputError: `command-parameter`.

    """
    digits = re.sub(r"0[xX]|[\s:,]", "", text)
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise _bad(f"{what} is not hex bytes.", "Give pairs of hex digits, for example data=00112233.") from None


_ALSO = {"key": "slot", "keyid": "slot"}  # what people write for it


def _bad(message: str, hint: str) -> InputError:
    return InputError("command-parameter", message, hint)


def parse_command(text: str, forms: Mapping[Opcode, CommandForm], *, filler: int | None = None) -> CommandPacket:
    """Parse a command typed as words or pasted as hex.

    Words are `name parameter=value …`. A pasted packet may begin with its I2C word address, may come without its CRC
    and its count, as data sheets and forums write it, and may stand in a line of Kit Protocol: `e:t(…)` or
    `ecc:talk(…)`. With a `filler` what is missing of its data is made of that byte.

    Raises:
        InputError: `no-command`, `command-parameter` or `command-packet`.
    """
    if (line := _KIT_LINE.search(text)) is not None:
        return _pasted_line(line[1])
    if (pasted := hex_text(text)) is not None:
        packet, is_whole = packet_of_hex(pasted)
        return packet if is_whole else _completed(packet, filler)
    words = text.split()
    if not words:
        raise InputError("no-command", "No command was given.", "For example: write slot=15 offset=0")
    form, words = _form_and_parameters(words, forms)
    values: dict[str, str] = {}
    for word in words:
        name, separator, value = word.partition("=")
        if not separator or name.lower() in values:
            raise _bad(f"{word!r} is not a parameter, or it is given twice.", "Write parameter=value, without spaces.")
        values[name.lower()] = value
    return form.build(values, filler=filler)


def _form_and_parameters(words: list[str], forms: Mapping[Opcode, CommandForm]) -> tuple[CommandForm, list[str]]:
    """The form that the first words name, and its parameters as `name=value`.

    `GenKey slot 2` is read too.
    """
    bare = next((at for at, word in enumerate(words) if "=" in word), len(words))
    for end in range(bare, 0, -1):
        try:
            form = form_named("".join(words[:end]), forms)
        except InputError:
            continue
        rest = words[end:bare]
        pairs = [(_meant(name, value), value) for name, value in zip(rest[::2], rest[1::2], strict=False)]
        if len(rest) % 2 or any(form.parameter(name) is None for name, _ in pairs):
            break
        return form, [f"{name}={value}" for name, value in pairs] + words[bare:]
    return form_named(" ".join(words[:bare]), forms), words[bare:]


def _meant(name: str, value: str) -> str:
    """The parameter that people mean by a name.

    A key with a number is a slot.
    """
    return _ALSO.get(name.lower(), name.lower()) if value.isdigit() else name.lower()


def _completed(packet: CommandPacket, filler: int | None) -> CommandPacket:
    """A packet that came without its count or its end.

    Only with a `filler` it may be short.
    """
    missing = data_length(packet.opcode, packet.param1) - len(packet.data)
    if missing > 0 and filler is None:
        raise InputError(
            "command-packet",
            f"{missing} bytes of data are missing at the end of this packet.",
            "Paste all of it; `atecc-bench explain` takes a packet without its end.",
        )
    data = packet.data if filler is None else completed(packet.opcode, packet.param1, packet.data, filler)
    return CommandPacket(packet.opcode, packet.param1, packet.param2, data)


def form_named(name: str, forms: Mapping[Opcode, CommandForm]) -> CommandForm:
    """The form of the command with this name, however it is written.

    Raises:
        InputError: `no-command`; `command-parameter` when more words follow the name.

    """
    plain = re.sub(r"[^a-z]", "", name.lower())
    for form in forms.values():
        if form.name.lower() == plain:
            return form
    listing = ", ".join(form.name for form in forms.values())
    first = re.sub(r"[^a-z]", "", name.lower().partition(" ")[0])
    for form in forms.values():
        if form.name.lower() == first:
            parameters = ", ".join(parameter.name for parameter in form.parameters) or "none"
            raise _bad(
                f"{name!r} is not {form.name} with its parameters.",
                f"Write parameter=value, without spaces; the parameters of {form.name} are: {parameters}.",
            )
    raise InputError("no-command", f"There is no command {name!r}.", f"The commands are {listing}.")


def _pasted_line(inside: str) -> CommandPacket:
    digits = re.sub(r"\s", "", inside)
    if (pasted := hex_text(digits)) is not None:
        return packet_of_hex(pasted)[0]
    raise InputError(
        "command-packet",
        "The line holds no packet in hex: it is empty, or its data was removed.",
        "Paste a line with all its bytes, or type the command as words.",
    )


def describe_command(packet: CommandPacket, forms: Mapping[Opcode, CommandForm]) -> str:
    """Say a packet in the words that `parse_command` reads.

    Values that are the default are left out.
    """
    try:
        form = forms[Opcode(packet.opcode)]
    except (KeyError, ValueError):
        return (
            f"opcode {packet.opcode:02X} param1={packet.param1:02X} param2={packet.param2:04X} body={packet.data.hex()}"
        )
    values = form.values_of(packet)
    said = [f"{n}={v}" for n, v in values.items() if (v or n == _BODY) and not _as_usual(form, n, v)]
    return " ".join((form.name, *said))


def _as_usual(form: CommandForm, name: str, value: str) -> bool:
    parameter = form.parameter(name)
    if parameter is not None and parameter.default == "auto":
        return False
    return (
        parameter is not None
        and parameter.place in (Place.PARAM1, Place.PARAM2, Place.OFFSET)
        and value == parameter.default
    )
