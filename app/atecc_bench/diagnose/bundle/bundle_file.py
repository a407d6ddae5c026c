"""A support bundle: one zip file for diagnosis from afar.

All that helps, and no secret. `bundle.json` holds everything but the certificates, which lie beside it as DER. Its
schema is published in `resources/schemas`; a reader refuses versions that it does not know.
"""

import io
import json
import platform
import struct
import zipfile
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal, Self, TypeVar, cast

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
    model_validator,
)  # fmt: skip
from pydantic.config import JsonDict

from atecc_bench import __version__
from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.protocol.packet import CommandPacket, PacketError, ResponsePacket
from atecc_bench.chip.protocol.zones import CONFIG_SIZE, OTP_SIZE, SLOT_COUNT, slot_size
from atecc_bench.diagnose.bundle.redaction import answer_is_secret, data_is_secret, secret_slots
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence
from atecc_bench.diagnose.refusals.seen_exchanges import SeenExchange, of_this_chip, slots_with_private_keys
from atecc_bench.errors import InputError
from atecc_bench.logs import without_secrets as without_secrets_in_text
from atecc_bench.pki.encoding.der import parse_der
from atecc_bench.pki.keys.key_files import PUBLIC_KEY_LENGTH
from atecc_bench.plain_json import load_json

FORMAT = "atecc-bench-bundle"
VERSION = 1
WITHOUT_CHIP = 2  # the version of `trouble_bundle`
DOCUMENT = "bundle.json"
_CERTIFICATES = "certificates/"
_LARGEST = 8 << 20
_LONGEST_WHY = 300
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_REVISION_SIZE = 4
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_TALK = ("e:t(", "ecc:talk(")
# What `zipfile` and `json` raise over damaged files.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, LookupError, ValueError, RuntimeError, EOFError, OSError,
    RecursionError, OverflowError,
)  # fmt: skip
_REMOVED = "(removed: may be a secret)"


def _hex_bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise ValueError("hex digits are expected")
    return bytes.fromhex(value)


def _sized(data: bytes, *sizes: int) -> bytes:
    if len(data) not in sizes:
        raise ValueError(f"it has {len(data)} bytes, not {' or '.join(map(str, sizes))}")
    return data


def _hex_pattern(*sizes: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^({'|'.join(f'[0-9a-f]{{{2 * n}}}' for n in sizes)})$"})


_SLOT_SIZES = tuple(sorted({slot_size(slot) for slot in range(SLOT_COUNT)}))
HexBytes = Annotated[
    bytes, PlainValidator(_hex_bytes), PlainSerializer(lambda data: data.hex(), return_type=str)
]  # fmt: skip
Revision = Annotated[HexBytes, AfterValidator(lambda b: _sized(b, _REVISION_SIZE)), _hex_pattern(_REVISION_SIZE)]
Config = Annotated[HexBytes, AfterValidator(lambda b: _sized(b, CONFIG_SIZE)), _hex_pattern(CONFIG_SIZE)]
Otp = Annotated[HexBytes, AfterValidator(lambda b: _sized(b, OTP_SIZE)), _hex_pattern(OTP_SIZE)]
SlotContents = Annotated[HexBytes, AfterValidator(lambda b: _sized(b, *_SLOT_SIZES)), _hex_pattern(*_SLOT_SIZES)]
PublicKey = Annotated[HexBytes, AfterValidator(lambda b: _sized(b, PUBLIC_KEY_LENGTH)), _hex_pattern(PUBLIC_KEY_LENGTH)]
Slot = Annotated[
    int, Field(ge=0, lt=SLOT_COUNT), WithJsonSchema({"type": "string", "pattern": "^([0-9]|1[0-5])$"})
]  # fmt: skip
_BY_SLOT: JsonDict = {"additionalProperties": False}


class BundleModel(BaseModel):
    """A part of a bundle's document."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BundledSlot(BundleModel):
    """A data slot in a bundle.

    Its contents as far as they could be read, or why they could not.
    """

    contents: SlotContents | None = None
    why: str = ""


class BundledExchange(BundleModel):
    """One request to the bridge and its reply.

    Bytes that may be secret are removed from both.
    """

    started: float = Field(ge=0, le=LATEST.timestamp(), allow_inf_nan=False, description="seconds since 1970")
    seconds: float = Field(ge=0, allow_inf_nan=False)
    request: str
    reply: str


class BundledBoard(BundleModel):
    """The board the chip was on."""

    name: str
    version: str
    chip: str
    virtual: bool


class Bundle(BundleModel):
    """Contents of a support bundle.

    Bytes are hex texts in its document; certificates are files of their own.
    """

    format: Literal["atecc-bench-bundle"] = FORMAT
    version: Literal[1] = VERSION
    created: AwareDatetime = Field(ge=EARLIEST, le=LATEST)
    tool: str
    platform: str
    board: BundledBoard | None = None
    revision: Revision
    config: Config = Field(description="128 bytes")
    otp: Otp | None = None
    slots: dict[Slot, BundledSlot] = Field(json_schema_extra=_BY_SLOT)
    public_keys: dict[Slot, PublicKey] = Field(description="X and Y by slot, 64 bytes", json_schema_extra=_BY_SLOT)
    trace: tuple[BundledExchange, ...] = ()
    log: str = ""
    notes: str = ""
    certificates: dict[str, HexBytes] = Field(default_factory=dict[str, bytes], exclude=True)

    @model_validator(mode="after")
    def _slots_have_their_sizes(self) -> Self:
        for number, slot in self.slots.items():
            if slot.contents is not None and len(slot.contents) != slot_size(number):
                raise ValueError(f"slot {number} has {len(slot.contents)} bytes, not {slot_size(number)}")
        return self

    @property
    def virtual(self) -> bool:
        """Whether it is of a chip in software."""
        return self.board is not None and self.board.virtual

    @property
    def config_zone(self) -> ConfigZone:
        """The configuration, decoded."""
        return ConfigZone.parse(self.config)

    def evidence(self) -> ChipEvidence:
        """Evidence about the chip, for `explain`."""
        slots = {n: slot.contents for n, slot in self.slots.items() if slot.contents is not None}
        seen = of_this_chip(filter(None, map(_seen, self.trace)), self.config_zone)
        keys = slots_with_private_keys(seen) | self.public_keys.keys()
        return ChipEvidence(config=self.config, slots=slots, otp=self.otp, private_keys=frozenset(keys))


def new_bundle(
    *,
    revision: bytes,
    config: ConfigZone,
    otp: bytes | None,
    slots: dict[int, BundledSlot],
    public_keys: dict[int, bytes],
    board: BundledBoard | None,
    trace: tuple[BundledExchange, ...] = (),
    log: str = "",
    notes: str = "",
    certificates: dict[str, bytes] | None = None,
) -> Bundle:
    """Put a bundle together.

    What may be secret is taken out whatever is given.
    """
    hidden = secret_slots(config)
    kept = {
        n: BundledSlot(why="Its contents are a key, or may be one.") if n in hidden and slot.contents else slot
        for n, slot in slots.items()
    }
    return Bundle(
        created=datetime.now(UTC),
        tool=f"atecc-bench {__version__}",
        platform=f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        board=board,
        revision=revision,
        config=config.to_bytes(),
        otp=otp,
        slots=kept,
        public_keys=public_keys,
        trace=tuple(without_secrets(exchange, config) for exchange in trace),
        log=without_secrets_in_text(log),
        notes=notes,
        certificates=certificates or {},
    )


def without_secrets(exchange: BundledExchange, config: ConfigZone | None) -> BundledExchange:
    """The exchange without the bytes that may be keys.

    What is no readable packet is removed if it may hold any.
    """
    prefix = next((p for p in _TALK if exchange.request.lower().startswith(p)), None)
    if prefix is None:
        return exchange
    try:
        command = CommandPacket.parse(bytes.fromhex(exchange.request[len(prefix) :].rstrip(")")))
    except (ValueError, PacketError):
        return exchange.model_copy(update={"request": f"{prefix}{_REMOVED})", "reply": _REMOVED})
    update: dict[str, str] = {}
    if command.data and data_is_secret(command, config):
        head = command.to_bytes()[:5].hex().upper()
        update["request"] = f"{prefix}{head} {_REMOVED})"
    if answer_is_secret(command, config) and not _is_status(exchange.reply):
        update["reply"] = _REMOVED
    return exchange.model_copy(update=update) if update else exchange


def _seen(exchange: BundledExchange) -> SeenExchange | None:
    """A command and its answer.

    None where one of them is missing or was removed.
    """
    prefix = next((p for p in _TALK if exchange.request.lower().startswith(p)), None)
    try:
        command = CommandPacket.parse(bytes.fromhex(exchange.request[len(prefix or "") : -1]))
        return (
            None if prefix is None else SeenExchange(command, ResponsePacket.parse(bytes.fromhex(exchange.reply[3:-1])))
        )
    except (ValueError, PacketError):
        return None


def _is_status(reply: str) -> bool:
    try:
        return ResponsePacket.parse(bytes.fromhex(reply[3:-1])).status_code is not None
    except (ValueError, PacketError):
        return not reply or reply.endswith("()")


def bundle_bytes(bundle: BundleModel) -> bytes:
    """The bundle as a zip file.

    Its certificates (DER) lie beside its document.
    """
    buffer = io.BytesIO()
    of_chip = bundle.certificates if isinstance(bundle, Bundle) else {}
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(DOCUMENT, json.dumps(bundle.model_dump(mode="json"), indent=1) + "\n")
        for name, der in sorted(of_chip.items()):
            archive.writestr(f"{_CERTIFICATES}{name}.der", der)
    return buffer.getvalue()


def bundle_document(data: bytes, newest: int) -> tuple[dict[str, object], dict[str, bytes]]:
    """The document of a bundle and its certificates by name.

    They are unchecked but for the version.

    Raises:
        InputError: `not-a-bundle`, or `bundle-version` when it is newer than `newest`.
    """
    document, certificates = _unpacked(data)
    if document.get("format") != FORMAT:
        raise _not_a_bundle(f"{DOCUMENT} is of another kind")
    version = document.get("version")
    if isinstance(version, int) and version > newest:
        raise InputError(
            "bundle-version",
            f"This bundle has version {version}; this program reads version {newest}.",
            "Update ATECC Bench.",
        )
    return document, certificates


def read_bundle(data: bytes) -> Bundle:
    """Open a bundle of a chip.

    Raises:
        InputError: `not-a-bundle`, `bundle-without-chip` when the board or the chip did not answer, or `bundle-version`
            when a newer program made it.

    """
    document, certificates = bundle_document(data, WITHOUT_CHIP)
    if document.get("version") == WITHOUT_CHIP:
        raise InputError(
            "bundle-without-chip",
            "This bundle is of a board or a chip that did not answer: nothing of a chip is in it.",
            "See what was tried with: atecc-bench diagnose FILE",
        )
    return checked_bundle(Bundle, {**document, "certificates": certificates})


BundleT = TypeVar("BundleT", bound=BundleModel)


def checked_bundle(kind: type[BundleT], document: Mapping[str, object]) -> BundleT:
    """Check the document of a bundle; raises `InputError` (`not-a-bundle`)."""
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, (DOCUMENT, *first["loc"])))
        raise _not_a_bundle(f"{where}: {first['msg'].removeprefix('Value error, ')}") from error


def _unpacked(data: bytes) -> tuple[dict[str, object], dict[str, bytes]]:
    """The document, and the certificates by name."""
    part = "the archive"
    certificates: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            left = _LARGEST
            for entry in entries:
                part = entry.filename
                if entry.compress_type not in _COMPRESSIONS:
                    raise _not_a_bundle(f"{part} is packed in a way that no bundle is")
                if part.startswith(_CERTIFICATES) and part.endswith(".der"):
                    name = part.removeprefix(_CERTIFICATES).removesuffix(".der")
                    packed = _inflated(archive, entry, left)
                    left -= len(packed)
                    certificates[name] = _one_element(packed, part)
            part = DOCUMENT
            document: object = load_json(_inflated(archive, archive.getinfo(DOCUMENT), left))
            json.dumps(document, ensure_ascii=False).encode()  # halves of characters cannot be shown anywhere
    except _DAMAGED as error:
        raise _not_a_bundle(f"{part} cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise _not_a_bundle(f"{DOCUMENT} holds no object")
    return cast("dict[str, object]", document), certificates


def _inflated(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, largest: int) -> bytes:
    """Contents of an entry, whatever it says of its own size."""
    with archive.open(entry) as packed:
        data = packed.read(largest + 1)
    if len(data) > largest:
        raise _not_a_bundle("it is too large")
    return data


def _one_element(data: bytes, part: str) -> bytes:
    try:
        parse_der(data)
    except InputError as error:
        raise _not_a_bundle(f"{part} is no whole certificate: {error.message}") from error
    return data


def _not_a_bundle(why: str) -> InputError:
    # A damaged name may hold what no terminal can show.
    shown = why.encode("utf-8", "backslashreplace").decode()[:_LONGEST_WHY].rstrip(".")
    return InputError("not-a-bundle", f"This is not a support bundle: {shown}.", "Give a file that `bundle` made.")
