"""Read all of a chip that can be read.

Reading changes no byte.
"""

from dataclasses import dataclass

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.config.device_options import count_match_slot
from atecc_bench.chip.config.slot_policy import Access, slot_policy
from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.zones import BLOCK, OTP_SIZE, SLOT_COUNT, Zone, slot_size
from atecc_bench.chip.session.chip_info import ChipInfo
from atecc_bench.chip.session.chip_session import ChipSession, ChipStatusError
from atecc_bench.diagnose.bundle.bundle_file import BundledSlot
from atecc_bench.diagnose.bundle.redaction import public_key_slots, secret_slots
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence

_LIMIT_SIZE = 8


@dataclass(frozen=True)
class Contents:
    """Everything that could be read of a chip.

    Slots that could not say why.
    """

    info: ChipInfo
    config: ConfigZone
    otp: bytes | None
    slots: dict[int, BundledSlot]
    public_keys: dict[int, bytes]

    def evidence(self, private_keys: frozenset[int] = frozenset()) -> ChipEvidence:
        """Evidence about the chip, for `explain`.

        `private_keys` are slots that something else shows to hold one.
        """
        slots = {slot: found.contents for slot, found in self.slots.items() if found.contents is not None}
        keys = private_keys | self.public_keys.keys()
        return ChipEvidence(self.config.to_bytes(), slots=slots, otp=self.otp, private_keys=keys)


def collect(session: ChipSession) -> Contents:
    """Read all of a chip that holds no keys.

    Identification, configuration, OTP, readable slots that hold no keys, and public keys.

    Raises:
        DeviceError: The link fails.
    """
    revision = session.revision()
    config = session.read_config()
    hidden = secret_slots(config)
    slots = {slot: read_slot(session, config, slot, hidden) for slot in range(SLOT_COUNT)}
    return Contents(ChipInfo.of(revision, config), config, read_otp(session), slots, _public_keys(session, config))


def read_otp(session: ChipSession) -> bytes | None:
    """OTP, 64 bytes; None while it cannot be read."""
    try:
        return b"".join(session.execute(commands.read_block(Zone.OTP, 0, at)) for at in range(0, OTP_SIZE, BLOCK))
    except ChipStatusError:
        return None


def read_slot(session: ChipSession, config: ConfigZone, slot: int, hidden: frozenset[int]) -> BundledSlot:
    """A slot, if it may be read and holds no key."""
    why = why_not_read(config, slot, hidden)
    if why:
        return BundledSlot(why=why)
    try:
        return BundledSlot(contents=session.read_slot(slot, 0, slot_size(slot)))
    except ChipStatusError as error:
        return BundledSlot(why=error.message)


def read_limit(session: ChipSession, config: ConfigZone) -> dict[int, bytes]:
    """The limit of CountMatch by its slot, 8 bytes.

    Empty without one, or where it cannot be read.
    """
    slot = count_match_slot(config) if config.part.is_608 else None
    if slot is None or why_not_read(config, slot, secret_slots(config)):
        return {}
    try:
        return {slot: session.read_slot(slot, 0, _LIMIT_SIZE)}
    except ChipStatusError:
        return {}


def why_not_read(config: ConfigZone, slot: int, hidden: frozenset[int]) -> str:
    """Why a slot is not read; empty when it can be."""
    policy = slot_policy(config, slot)
    if policy.read is Access.NEVER:
        return "It holds a private key, which never leaves the chip." if config.key_configs[slot].private else (
            "Its SlotConfig never lets it be read."
        )  # fmt: skip
    if policy.read is Access.ENCRYPTED:
        return f"It is only read encrypted, with the key in slot {policy.read_key}."
    if not config.data_locked:
        return "Nothing in the data zone can be read before it is locked."
    if slot in hidden:
        return "It could be read, but it holds a key."
    return ""


def _public_keys(session: ChipSession, config: ConfigZone) -> dict[int, bytes]:
    keys: dict[int, bytes] = {}
    for slot in public_key_slots(config) if config.config_locked else ():
        try:
            keys[slot] = session.public_key(slot)
        except ChipStatusError:
            continue  # no key yet, or it needs an authorisation
    return keys
