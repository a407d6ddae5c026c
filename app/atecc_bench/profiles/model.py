"""Profiles: what a chip is to become.

They also say what has to be proved of it before it is called a PASS.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from atecc_bench.chip.config.config_zone import NO_SLOT_LOCKED, UNLOCKED, ConfigZone, differing_bytes
from atecc_bench.chip.config.slot_policy import Holds, slot_policy
from atecc_bench.chip.protocol.identity import Part, revision_of_part
from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.profiles.placeholders import placeholders_in
from atecc_bench.profiles.proofs_and_layouts import KeySource, Layout, Proof
from atecc_bench.profiles.registration_part import Registration
from atecc_bench.profiles.server_proof import ProofEntry, TlsProof, TlsServer
from atecc_bench.profiles.strict_part import StrictPart

WRITTEN_FROM = 16  # the bytes before are the chip's own
_UNLOCKED = bytes.fromhex("00005555FFFF")

SERIAL_NUMBER = "serial_number"
ORGANIZATION = "organization"
MAC = "mac"


Bool = Annotated[bool, Field(strict=True)]


def _from_hex(value: object) -> bytes:
    """Bytes as a file has them.

    Digits alone are a number to YAML, and lose the zeros they begin with.
    """
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise ValueError("it should be bytes in hexadecimal, such as C0 00; put them in quotes if there is no space")
    try:
        return bytes.fromhex(value)
    except ValueError as error:
        raise ValueError("it should be bytes in hexadecimal, two digits each") from error


def _matching(pattern: str, words: str) -> AfterValidator:
    def check(value: str) -> str:
        if re.fullmatch(pattern, value) is None:
            raise ValueError(words)
        return value

    return AfterValidator(check)


def _from_to(first: int, last: int) -> AfterValidator:
    def check(value: int) -> int:
        if not first <= value <= last:
            raise ValueError(f"it should be a number from {first} to {last}")
        return value

    return AfterValidator(check)


Slot = Annotated[int, Field(strict=True), _from_to(0, 15)]
Name = Annotated[
    str,
    _matching("[a-z0-9][a-z0-9_.-]*", "it should be small letters, digits and . _ - and begin with one of the first"),
]
FieldId = Annotated[
    str, _matching("[a-z][a-z0-9_]*", "it should be small letters, digits and _ and begin with a letter")
]


Title = Annotated[
    str, _matching(r"(?=.*\S)[^\x00-\x1F\x7F-\x9F\u2028\u2029]+", "it should be one line of text, and not empty")
]


class Key(StrictPart):
    """One slot and how it gets its key.

    `optional`: only if the operator agrees. `lock`: the slot is locked on its own, for ever, once the key is proved.
    """

    slot: Slot
    title: Title
    source: KeySource
    lock: Bool = False
    optional: Bool = False


class SlotData(StrictPart):
    """Data that is written from the start of a slot.

    They are `bytes` as they are, or `text` with placeholders, in UTF-8. A text is filled with zero bytes up to
    `length`, which one with operator's fields needs.
    """

    slot: Slot
    title: Title
    content: Annotated[bytes | None, BeforeValidator(_from_hex)] = Field(default=None, alias="bytes", min_length=1)
    text: str | None = Field(default=None, min_length=1)
    length: Annotated[int, Field(strict=True), _from_to(1, 416)] | None = None


_NO_BACKTRACKING = ConfigDict(regex_engine="rust-regex")


class OperatorField(StrictPart):
    """Something that the operator types for each device.

    `pattern` is a regular expression for the whole of it. Expressions are those of Rust's `regex` crate, which pydantic
    brings along: they need a time that grows with the length of the text and no faster, while `(a+)+` can keep Python's
    busy for years. So they have neither look-around nor references back. `default` may hold `{serial_number}`. Without
    one the field has to be filled.
    """

    id: FieldId
    title: Title
    pattern: str
    example: str
    default: str | None = None

    @property
    def differs(self) -> bool:
        """True when each device has one of its own.

        There is no default, or one that depends on the device.
        """
        return self.default is None or bool(placeholders_in(self.default))

    def accepts(self, value: str) -> bool:
        """Whether the whole of `value` is as the pattern says."""
        try:
            self.matcher.validate_python(value)
        except ValidationError:
            return False
        return True

    @cached_property
    def matcher(self) -> TypeAdapter[str]:
        """Validator that takes no other text than those of the pattern.

        It raises pydantic's `SchemaError` when the pattern is none.
        """
        for pattern in (self.pattern, rf"\A(?:{self.pattern})\z"):
            adapter = TypeAdapter[str](Annotated[str, Field(pattern=pattern)], config=_NO_BACKTRACKING)
        return adapter


MAC_FIELD = OperatorField(
    id=MAC,
    title="MAC address of the board",
    pattern="[0-9A-F]{12}",
    example="A4CF12000001",
)


class Templates(StrictPart):
    """Templates (`atecc-bench template`) of the profile's own, as their files have them."""

    device: str
    signer: str | None = None


class Certificates(StrictPart):
    """The device certificate: place, subject and years.

    The subject has its parts in this order, with placeholders. `valid_years` 0 means no expiry. With `templates` the
    subject is the template's; `elements` are texts with placeholders for those parts of it that the chip stores.
    """

    layout: Layout
    subject: Mapping[str, str] = Field(default_factory=dict[str, str])
    valid_years: Annotated[int, Field(strict=True), _from_to(0, 31)] = 0
    templates: Templates | None = None
    elements: Mapping[str, str] = Field(default_factory=dict[str, str])


class Locks(StrictPart):
    """What is locked for ever.

    A zone that is not named here has to be locked already: its maker did it.
    """

    configuration: Bool = True
    data: Bool = True
    slots: tuple[Slot, ...] = ()


class Accepted(StrictPart):
    """A danger or warning of the configuration that is meant, and why.

    `finding` is the id that `profile lint` shows; with `slot` only what is about that slot is accepted.
    """

    finding: Name
    slot: Slot | None = None
    reason: Title


class Profile(StrictPart):
    """One profile. `configuration` is bytes 16 to 127 of the configuration zone.

    `also` are configurations that a chip may have instead which its maker has locked.
    """

    name: Name
    title: Title
    about: str = ""
    parts: tuple[Part, ...] = Field(min_length=1)
    configuration: Annotated[bytes, BeforeValidator(_from_hex)]
    also: tuple[Annotated[bytes, BeforeValidator(_from_hex)], ...] = ()
    keys: tuple[Key, ...] = Field(min_length=1)
    data: tuple[SlotData, ...] = ()
    certificates: Certificates
    fields: tuple[OperatorField, ...] = ()
    locks: Locks = Locks()
    proofs: tuple[ProofEntry, ...] = Field(min_length=1)
    accepted: tuple[Accepted, ...] = ()
    registration: Registration | None = None

    @property
    def layout(self) -> Layout:
        """Where certificates stand."""
        return self.certificates.layout

    @property
    def device_key_slot(self) -> int:
        """Slot of the key that the device certificate is for.

        It is the first of the profile.
        """
        return self.keys[0].slot

    @property
    def locks_something(self) -> bool:
        """True when we lock a chip of this profile for ever.

        Else its maker did.
        """
        return self.locks.configuration or self.locks.data or bool(self.locks.slots) or any(k.lock for k in self.keys)

    @cached_property
    def private_slots(self) -> tuple[int, ...]:
        """Slots with a private key of the chip, the device key's first."""
        config = self.nominal_config()
        return tuple(key.slot for key in self.keys if slot_policy(config, key.slot).holds is Holds.ECC_PRIVATE)

    @property
    def generate_keys(self) -> tuple[int, ...]:
        """Slots whose private key is made inside the chip."""
        private = self.private_slots
        return tuple(key.slot for key in self.keys if key.source is KeySource.GENERATE and key.slot in private)

    @property
    def secret_keys(self) -> tuple[Key, ...]:
        """Keys that are written from outside: symmetric and IO protection keys."""
        private = self.private_slots
        return tuple(key for key in self.keys if key.slot not in private and key.source is not KeySource.LEAVE)

    def wanted_secret_keys(self, *, fill_keys: bool) -> tuple[Key, ...]:
        """Secret keys that a chip has at the end.

        With `fill_keys` the operator agrees to those that are optional.
        """
        return tuple(key for key in self.secret_keys if fill_keys or not key.optional)

    @property
    def servers(self) -> tuple[TlsServer, ...]:
        """Servers that have to take the device."""
        return tuple(entry.tls for entry in self.proofs if isinstance(entry, TlsProof))

    @property
    def named_proofs(self) -> tuple[Proof, ...]:
        """The kinds of proof that the profile names, in its order."""
        return tuple(Proof.CONNECTED if isinstance(entry, TlsProof) else entry for entry in self.proofs)

    @property
    def needs_authority(self) -> bool:
        """Whether somebody's authority has to sign: a certificate, or the manifest."""
        return self.layout.issues or Proof.MANIFEST in self.named_proofs

    @property
    def operator_fields(self) -> tuple[OperatorField, ...]:
        """Fields to be typed for each device.

        `{mac}` is one that needs no description.
        """
        declared = {field.id for field in self.fields}
        return (*self.fields, *((MAC_FIELD,) if MAC in self.placeholders and MAC not in declared else ()))

    @property
    def placeholders(self) -> frozenset[str]:
        """All names that stand in braces somewhere."""
        certificates = self.certificates
        texts = [*certificates.subject.values(), *certificates.elements.values()]
        texts += [data.text for data in self.data if data.text is not None]
        texts += [text for server in self.servers for text in server.texts]
        return frozenset(name for text in texts for name in placeholders_in(text))

    @property
    def sha256(self) -> str:
        """The hash of what the profile makes of a chip.

        It is the same whatever the file looks like. What this profile does not say is left out of it, so that it stays
        what it was before profiles could say it.
        """
        unused = {"accepted", *(name for name in ("also", "registration") if not getattr(self, name))}
        return hashlib.sha256(self.model_dump_json(exclude=unused).encode("utf-8")).hexdigest()

    def nominal_config(self, part: Part | None = None) -> ConfigZone:
        """Configuration of a chip with this profile before any lock.

        It is that of the first part by default.
        """
        raw = bytearray(CONFIG_SIZE)
        raw[4:8] = revision_of_part(part or self.parts[0])
        raw[13] = 1  # AES_Enable, as Microchip sets it
        raw[84:90] = _UNLOCKED
        return ConfigZone.parse(self.configuration_for(bytes(raw)))

    def attesting_slot(self, config: ConfigZone) -> int | None:
        """The private key that can vouch for a configuration.

        None when no key of the profile signs messages made inside the chip.
        """
        keys = dict.fromkeys((self.device_key_slot, *sorted(self.private_slots)))
        return next((slot for slot in keys if slot_policy(config, slot).signs_internal), None)

    def proofs_with(self, config: ConfigZone) -> tuple[Proof, ...]:
        """What a PASS of a chip with a configuration proves.

        These are the profile's proofs, and those of every chip that can give them.
        """
        attested = () if self.attesting_slot(config) is None else (Proof.CONFIGURATION_ATTESTED,)
        return tuple(dict.fromkeys((*self.named_proofs, Proof.CONFIGURATION_COMPARED, *attested)))

    def configuration_for(self, current: bytes) -> bytes:
        """The 128 bytes that a chip should have.

        They are the profile's, but the chip's own where Write cannot reach. SlotLocked is the chip's own once the
        configuration is locked. Before, Write reaches it, and no slot is to be locked together with the configuration:
        it has to be FF FF, whatever stands there and whatever the profile gives.
        """
        slots_locked = current[88:90] if current[87] != UNLOCKED else NO_SLOT_LOCKED
        own, written = current[:WRITTEN_FROM], self._fitting(current)
        return own + written[: 84 - WRITTEN_FROM] + current[84:88] + slots_locked + written[90 - WRITTEN_FROM :]

    def _fitting(self, current: bytes) -> bytes:
        """The one of the configurations that a locked chip has.

        The first, if it has none of them or is not locked.
        """
        locked = current[87] != UNLOCKED
        has = (other for other in self.also if locked and not differing_bytes(current, current[:WRITTEN_FROM] + other))
        return next(has, self.configuration)

    def contents_to_lock(self, read: bytes) -> bytes:
        """The 128 bytes that the lock's CRC vouches for.

        They are made from those that were read back. No other configuration can be locked, whatever was read: of the
        chip's own are only those that Write cannot reach. Slots are locked after the configuration, so SlotLocked has
        to be FF FF.
        """
        whole = self.configuration_for(read)
        return whole[:88] + NO_SLOT_LOCKED + whole[90:]
