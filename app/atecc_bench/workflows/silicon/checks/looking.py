"""Checks that only look.

They are about identity, contents and refusals of a chip in any state. Each command here changes nothing whether the
chip carries it out or not.
"""

from collections.abc import Iterator

from atecc_bench.chip.config.config_zone import KEY_TYPE_P256
from atecc_bench.chip.config.device_options import use_lock_slot
from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import (
    LONG_ACCESS,
    TEMP_KEY_AS_KEY,
    AesMode,
    CounterMode,
    GenDigZone,
    GenKeyMode,
    InfoMode,
    MacMode,
    NonceMode,
    Opcode,
    SelfTestMode,
    ShaMode,
    ShaTarget,
)
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import BLOCK, CONFIG_SIZE, OTP_SIZE, SLOT_COUNT, WORD, Zone, slot_size
from atecc_bench.diagnose.bundle.collect import why_not_read
from atecc_bench.diagnose.bundle.redaction import secret_slots
from atecc_bench.twin.rules.refusal_reasons import ReasonId
from atecc_bench.workflows.silicon.asking import FILLING, Asking, Compare, Shown
from atecc_bench.workflows.silicon.check import Check
from atecc_bench.workflows.silicon.findings import NotAskedError
from atecc_bench.workflows.silicon.trial_chip import POINT

ALL_ENGINES = sum(SelfTestMode)
_IDLE_TEST, _OLDER_TESTS = 0x02, 0x3B  # SelfTest, of CryptoAuthLib before v3.5.0
_UNKNOWN_MODE = 0x1E
_ADDRESS_BITS = (0x0001, 0x0020, 0x0100)  # a word of a block; bits that no address of the configuration uses
_OWN = 16  # bytes of a chip's own at the start of the configuration
_REFUSALS_IN_ONE_WAKE = 8


def free_slots(asking: Asking) -> Iterator[int]:
    """Slots whose key can be used without anybody counting.

    None where a use lock is enabled: nobody can see whether it was opened since the chip has power.
    """
    config = asking.config
    if config.part.is_608 and use_lock_slot(config) is not None:
        return
    for slot in range(SLOT_COUNT):
        if not config.slot_configs[slot].limited_use:
            yield slot


def _info(asking: Asking) -> None:
    asking.sleep()
    asking.ask("Info tells the revision", commands.info())
    asking.state("a sleep")
    asking.ask("Info in a mode that nobody knows", CommandPacket(Opcode.INFO, _UNKNOWN_MODE))
    asking.ask("Info with a byte of data", CommandPacket(Opcode.INFO, InfoMode.REVISION, 0, b"\0"))
    asking.ask("Info tells the persistent latch", CommandPacket(Opcode.INFO, InfoMode.VOLATILE_KEY_PERMIT))
    asking.fill_temp_key()
    asking.state("Nonce with bytes from outside")


def _info_gpio(asking: Asking) -> None:
    asking.ask("Info GPIO", CommandPacket(Opcode.INFO, InfoMode.GPIO))


def _key_valid(asking: Asking) -> None:
    others = [n for n in range(SLOT_COUNT) if asking.config.key_configs[n].key_type != KEY_TYPE_P256]
    if not others:
        raise NotAskedError("Every slot of this chip is for keys of P-256.")
    for slot in others:
        asking.ask(f"Info KeyValid of slot {slot}, no P-256", CommandPacket(Opcode.INFO, InfoMode.KEY_VALID, slot))


def _reads(asking: Asking) -> None:
    for at in range(0, CONFIG_SIZE, BLOCK):
        shown = Shown.COMMAND if at < _OWN else Shown.PACKETS
        asking.ask(f"Read of configuration bytes {at} on", commands.read_block(Zone.CONFIG, 0, at), shown=shown)
    for at in (4, 16, 84, 88, 124):
        asking.ask(f"Read of configuration word {at}", commands.read_word(Zone.CONFIG, 0, at))
    if not asking.config.data_locked:
        return
    for at in range(0, OTP_SIZE, BLOCK):
        if (
            len(asking.ask(f"Read of OTP bytes {at} on", commands.read_block(Zone.OTP, 0, at), shown=Shown.COMMAND))
            == 1
        ):
            break  # what cannot be read as a whole is not known to the twin
    for slot in _readable(asking):
        asking.ask(f"Read of slot {slot}, first block", commands.read_block(Zone.DATA, slot, 0), shown=Shown.COMMAND)
        last = slot_size(slot) - WORD
        asking.ask(f"Read of slot {slot}, last word", commands.read_word(Zone.DATA, slot, last), shown=Shown.COMMAND)


def _partial_block(asking: Asking) -> None:
    slots = [slot for slot in _readable(asking) if slot_size(slot) % BLOCK]
    if not slots:
        raise NotAskedError("No slot with a partial last block can be read in clear here.")
    at = slot_size(slots[0]) // BLOCK * BLOCK
    question = f"Read of 32 bytes at the end of slot {slots[0]}, of which {slot_size(slots[0]) - at} exist"
    asking.ask(question, commands.read_block(Zone.DATA, slots[0], at), shown=Shown.COMMAND)


def _readable(asking: Asking) -> list[int]:
    """Slots without keys that can be read in clear now."""
    config = asking.config
    hidden = secret_slots(config)
    return [n for n in range(SLOT_COUNT) if not config.key_configs[n].req_auth and not why_not_read(config, n, hidden)]


def _address_bits(asking: Asking) -> None:
    for bits in _ADDRESS_BITS:
        # Block 1 has nothing of the chip's own.
        packet = CommandPacket(Opcode.READ, Zone.CONFIG | LONG_ACCESS, 0x08 | bits)
        asking.ask(f"Read of 32 bytes of configuration at address {packet.param2:04X}", packet)
    asking.ask("Read of a word of configuration at address 0128", CommandPacket(Opcode.READ, Zone.CONFIG, 0x0128))


def harmless_candidates(asking: Asking) -> Iterator[tuple[str, CommandPacket]]:
    """Commands that change nothing in whatever state the chip is.

    Reads, public keys, registers, and uses of keys that nobody counts.
    """
    for zone in Zone:
        for slot in range(SLOT_COUNT if zone is Zone.DATA else 1):
            yield f"Read of 32 bytes, {zone.name.lower()} {slot}", commands.read_block(zone, slot, 0)
            yield f"Read of a word, {zone.name.lower()} {slot}", commands.read_word(zone, slot, 0)
    yield "Read behind the end of a slot", commands.read_block(Zone.DATA, 0, 64)
    yield "Read of a zone that does not exist", CommandPacket(Opcode.READ, 0x03)
    yield "Nonce with 31 bytes", CommandPacket(Opcode.NONCE, NonceMode.PASS_THROUGH, 0, bytes(31))
    yield "Nonce in a mode that nobody knows", CommandPacket(Opcode.NONCE, 0x02, 0, bytes(32))
    yield "SHA End before any start", CommandPacket(Opcode.SHA, ShaMode.END)
    yield "SHA Start with data", CommandPacket(Opcode.SHA, ShaMode.START, 1, b"\0")
    yield "SHA with the key of slot 16", CommandPacket(Opcode.SHA, ShaMode.PUBLIC, 16)
    yield "Counter 2", CommandPacket(Opcode.COUNTER, CounterMode.READ, 2)
    # An opcode that neither part knew might do anything; these are harmless where they are known.
    other_parts = CommandPacket(Opcode.PAUSE) if asking.is_608 else CommandPacket(Opcode.SELF_TEST, ALL_ENGINES)
    yield "A command that only the other part has", other_parts
    yield "Verify without a digest", commands.verify_external(bytes(64), POINT)
    for slot in free_slots(asking):
        yield f"GenKey, public key of slot {slot}", commands.gen_key(GenKeyMode.PUBLIC, slot)
        yield f"MAC with slot {slot}", CommandPacket(Opcode.MAC, MacMode.CHALLENGE, slot, FILLING)
        yield f"GenDig of slot {slot} without TempKey", commands.gen_dig_data(slot)
    yield "GenDig of OTP without TempKey", CommandPacket(Opcode.GEN_DIG, GenDigZone.OTP)
    yield "MAC of TempKey that is empty", CommandPacket(Opcode.MAC, MacMode.BLOCK2_TEMP_KEY, 0)
    if asking.is_608:
        yield "AES with TempKey that is empty", CommandPacket(Opcode.AES, 0, TEMP_KEY_AS_KEY, bytes(16))
        yield "AES in a mode that nobody knows", CommandPacket(Opcode.AES, 0x02, TEMP_KEY_AS_KEY, bytes(16))
        yield "SelfTest of engines that nobody knows", CommandPacket(Opcode.SELF_TEST, 0x40)


def _refusals(asking: Asking) -> None:
    asking.sleep()
    seen: set[tuple[ReasonId, int]] = set()
    asked = 0
    for question, command in harmless_candidates(asking):
        reason = asking.twin.copy().execute(command.to_bytes()).reason
        if reason is None or (reason.id, command.opcode) in seen:
            continue
        seen.add((reason.id, command.opcode))
        asking.ask(f"{question}: {reason.id}", command, shown=Shown.COMMAND)
        asked += 1
        if asked % _REFUSALS_IN_ONE_WAKE == 0:
            asking.sleep()
    asking.sleep()


def _public_keys(asking: Asking) -> None:
    config = asking.config
    slots = [
        n
        for n in free_slots(asking)
        if config.key_configs[n].private and config.key_configs[n].pub_info and not config.key_configs[n].req_random
    ]
    if not config.config_locked or not slots:
        raise NotAskedError("No slot of this chip shows a public key now.")
    for slot in slots:
        command = commands.gen_key(GenKeyMode.PUBLIC, slot)
        first = asking.ask(f"GenKey, public key of slot {slot}", command, Compare.SHAPE, Shown.COMMAND)
        again = asking.send(command)
        asking.see(
            f"The public key of slot {slot} stays the same", agrees=first == again,
            chip="the same" if first == again else "another", twin="the same",
        )  # fmt: skip


def _counters(asking: Asking) -> None:
    for number in (0, 1):
        asking.ask(f"Counter {number} is read", CommandPacket(Opcode.COUNTER, CounterMode.READ, number))


def _random(asking: Asking) -> None:
    command = CommandPacket(Opcode.RANDOM, NonceMode.RANDOM_NO_SEED_UPDATE)
    drawn = [asking.ask("Random without a new seed", command) for _ in range(2)]
    if asking.config.config_locked:
        differ = drawn[0] != drawn[1]
        asking.see("Two random numbers differ", agrees=differ, chip="yes" if differ else "no", twin="yes")


def _self_test(asking: Asking) -> None:
    if not asking.is_608:
        raise NotAskedError("The ATECC508A has no SelfTest.")
    asking.ask("SelfTest of all engines", CommandPacket(Opcode.SELF_TEST, ALL_ENGINES))
    for engine in SelfTestMode:
        asking.ask(f"SelfTest of {engine.name}", CommandPacket(Opcode.SELF_TEST, engine))


def _self_test_modes(asking: Asking) -> None:
    if not asking.is_608:
        raise NotAskedError("The ATECC508A has no SelfTest.")
    for name, mode in (("no engine", 0), ("bit 1 alone", _IDLE_TEST), ("all as older hosts ask", _OLDER_TESTS)):
        asking.ask(f"SelfTest of {name}", CommandPacket(Opcode.SELF_TEST, mode))


def _aes(asking: Asking) -> None:
    if not asking.is_608:
        raise NotAskedError("The ATECC508A has no AES.")
    for mode in (AesMode.ENCRYPT, AesMode.DECRYPT):
        asking.fill_temp_key()
        packet = CommandPacket(Opcode.AES, mode, TEMP_KEY_AS_KEY, FILLING[:16])
        asking.ask(f"AES {mode.name.lower()} with TempKey", packet)
    asking.ask("AES, the multiplication of GCM", CommandPacket(Opcode.AES, AesMode.GFM, 0, FILLING))
    asking.sleep()


def _sha_in_pieces(asking: Asking) -> None:
    asking.sleep()
    asking.ask("SHA Start", CommandPacket(Opcode.SHA, ShaMode.START))
    asking.ask("SHA Update", CommandPacket(Opcode.SHA, ShaMode.UPDATE, 64, FILLING * 2))
    asking.ask("SHA End", CommandPacket(Opcode.SHA, ShaMode.END | ShaTarget.TEMP_KEY, 6, b"sample"))
    if not asking.is_608:
        return
    asking.ask("SHA Start", CommandPacket(Opcode.SHA, ShaMode.START))
    asking.ask("SHA Update", CommandPacket(Opcode.SHA, ShaMode.UPDATE, 64, FILLING * 2))
    context = asking.ask("SHA ReadContext", CommandPacket(Opcode.SHA, ShaMode.READ_CONTEXT))
    asking.ask("SHA WriteContext", CommandPacket(Opcode.SHA, ShaMode.WRITE_CONTEXT, len(context), context))
    asking.ask("SHA End of a context", CommandPacket(Opcode.SHA, ShaMode.END | ShaTarget.OUTPUT_ONLY, 3, b"abc"))


def _sha_update_length(asking: Asking) -> None:
    if not asking.is_608:
        raise NotAskedError("Only an ATECC608 hashes pieces of any length.")
    asking.sleep()
    asking.need("SHA Start", CommandPacket(Opcode.SHA, ShaMode.START))
    asking.ask("SHA Update of 32 bytes, 64 in param2", CommandPacket(Opcode.SHA, ShaMode.UPDATE, 64, FILLING))
    asking.ask("SHA End", CommandPacket(Opcode.SHA, ShaMode.END | ShaTarget.OUTPUT_ONLY))
    asking.sleep()


LOOKING = (
    Check("info", "Info in all its modes", _info),
    Check("info-gpio", "Info GPIO", _info_gpio, "info-gpio"),
    Check("key-valid", "Info KeyValid of slots for other keys", _key_valid, "key-valid-of-other-keys"),
    Check("reads", "Reads of what can be read", _reads),
    Check("partial-block", "A Read beyond the end of a slot", _partial_block, "partial-block-read"),
    Check("address-bits", "Reads with odd addresses", _address_bits, "ignored-address-bits"),
    Check("refusals", "What is refused in this state", _refusals),
    Check("public-keys", "Public keys", _public_keys),
    Check("counters", "Counters, read", _counters),
)
COMPUTING = (
    Check("random", "Random numbers without a new seed", _random),
    Check("sha", "SHA-256 of known messages", _sha_in_pieces),
    Check("aes", "AES with TempKey", _aes),
    Check("sha-update-length", "SHA Update with another length in param2", _sha_update_length, "sha-update-length"),
    Check("self-test-modes", "SelfTest of nothing, and as older hosts ask", _self_test_modes),
    Check("self-test", "SelfTest", _self_test, "self-test-passes"),
)
