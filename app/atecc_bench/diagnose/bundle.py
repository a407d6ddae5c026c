"""A support bundle: one zip file with all that helps to diagnose a chip from afar, and no secret.

`bundle.json` holds everything but the certificates, which lie beside it as DER. Its schema is published in
`resources/schemas`; a reader refuses versions that it does not know.
"""

import io
import json
import platform
import struct
import zipfile
import zlib
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator, ValidationError, WithJsonSchema

from atecc_bench import __version__
from atecc_bench.chip.config_zone import ConfigZone
from atecc_bench.chip.packet import CommandPacket, PacketError, ResponsePacket
from atecc_bench.chip.zones import CONFIG_SIZE
from atecc_bench.diagnose.possible_chips import Known
from atecc_bench.diagnose.secrecy import answer_is_secret, data_is_secret, secret_slots
from atecc_bench.errors import InputError

FORMAT = "atecc-bench-bundle"
VERSION = 1
DOCUMENT = "bundle.json"
_CERTIFICATES = "certificates/"
_LARGEST = 8 << 20
_TALK = ("e:t(", "ecc:talk(")
# What `zipfile` and `json` raise over damaged files.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, KeyError, ValueError, RuntimeError, EOFError, OSError, RecursionError,
)  # fmt: skip
_REMOVED = "(removed: may be a secret)"


def _hex_bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise ValueError("hex digits are expected")
    return bytes.fromhex(value)


HexBytes = Annotated[
    bytes,
    PlainValidator(_hex_bytes),
    PlainSerializer(lambda data: data.hex(), return_type=str),
    WithJsonSchema({"type": "string", "pattern": "^([0-9a-f]{2})*$"}),
]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BundledSlot(_Model):
    """A data slot: its contents as far as they could be read, or why they could not."""

    contents: HexBytes | None = None
    why: str = ""


class BundledExchange(_Model):
    """One request to the bridge and its reply; bytes that may be secret are removed from both."""

    started: float
    seconds: float
    request: str
    reply: str


class BundledBoard(_Model):
    """The board the chip was on."""

    name: str
    version: str
    chip: str
    virtual: bool


class Bundle(_Model):
    """All that is in a bundle. Bytes are hex texts in its document; certificates are files of their own."""

    format: Literal["atecc-bench-bundle"] = FORMAT
    version: Literal[1] = VERSION
    created: datetime
    tool: str
    platform: str
    board: BundledBoard | None = None
    revision: HexBytes
    config: HexBytes = Field(description="128 bytes")
    otp: HexBytes | None = None
    slots: dict[int, BundledSlot]
    public_keys: dict[int, HexBytes] = Field(description="X and Y by slot, 64 bytes")
    trace: tuple[BundledExchange, ...] = ()
    log: str = ""
    notes: str = ""
    certificates: dict[str, HexBytes] = Field(default_factory=dict[str, bytes], exclude=True)

    @property
    def virtual(self) -> bool:
        """Whether it is of a chip in software."""
        return self.board is not None and self.board.virtual

    @property
    def config_zone(self) -> ConfigZone:
        """The configuration, decoded."""
        return ConfigZone.parse(self.config)

    def known(self) -> Known:
        """What the bundle says of the chip, for `explain`."""
        slots = {n: slot.contents for n, slot in self.slots.items() if slot.contents is not None}
        return Known(config=self.config, slots=slots, otp=self.otp)


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
    """Put a bundle together; what may be secret is taken out whatever is given."""
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
        log=log,
        notes=notes,
        certificates=certificates or {},
    )


def without_secrets(exchange: BundledExchange, config: ConfigZone | None) -> BundledExchange:
    """The exchange without the bytes that may be keys; what is no readable packet is removed if it may hold any."""
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


def _is_status(reply: str) -> bool:
    try:
        return ResponsePacket.parse(bytes.fromhex(reply[3:-1])).status_code is not None
    except (ValueError, PacketError):
        return not reply or reply.endswith("()")


def bundle_bytes(bundle: Bundle) -> bytes:
    """The bundle as a zip file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(DOCUMENT, json.dumps(bundle.model_dump(mode="json"), indent=1) + "\n")
        for name, der in sorted(bundle.certificates.items()):
            archive.writestr(f"{_CERTIFICATES}{name}.der", der)
    return buffer.getvalue()


def read_bundle(data: bytes) -> Bundle:
    """Open a bundle.

    Raises:
        InputError: `not-a-bundle`, or `bundle-version` when a newer program made it.

    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _LARGEST:
                raise _not_a_bundle("it is too large")
            document = json.loads(archive.read(DOCUMENT))
            certificates = {
                entry.filename.removeprefix(_CERTIFICATES).removesuffix(".der"): archive.read(entry)
                for entry in archive.infolist()
                if entry.filename.startswith(_CERTIFICATES) and entry.filename.endswith(".der")
            }
    except _DAMAGED as error:
        raise _not_a_bundle(str(error)) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:  # pyright: ignore[reportUnknownMemberType]
        raise _not_a_bundle("its document is of another kind")
    if document.get("version") != VERSION:  # pyright: ignore[reportUnknownMemberType]
        raise InputError(
            "bundle-version",
            f"This bundle has version {document.get('version')}; this program reads version {VERSION}.",  # pyright: ignore[reportUnknownMemberType]
            "Update ATECC Bench.",
        )
    try:
        bundle = Bundle.model_validate({**document, "certificates": certificates})
    except ValidationError as error:
        first = error.errors()[0]
        raise _not_a_bundle(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    if len(bundle.config) != CONFIG_SIZE:
        raise _not_a_bundle(f"its configuration has {len(bundle.config)} bytes")
    return bundle


def _not_a_bundle(why: str) -> InputError:
    return InputError("not-a-bundle", f"This is not a support bundle: {why}.", "Give a file that `bundle` made.")
