"""Checks of what a key asks for before its use.

They are asked after the data lock.
"""

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import InfoMode, MacMode, NonceMode, Opcode, ShaMode, SignMode
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import BLOCK, OTP_SIZE, Zone
from atecc_bench.chip.session.session_macs import OTHER_DATA_SIZE, check_mac_response
from atecc_bench.workflows.silicon import trial_chip as trial
from atecc_bench.workflows.silicon.asking import FILLING, Asking, Compare
from atecc_bench.workflows.silicon.check import Check
from atecc_bench.workflows.silicon.findings import NotAskedError

_OTHER_DATA = bytes((Opcode.MAC,)).ljust(OTHER_DATA_SIZE, b"\0")
_SET, _CLEAR = 0x03, 0x02
_FROM_OUTSIDE = MacMode.BLOCK1_TEMP_KEY | MacMode.SOURCE_FLAG


def mac_with(slot: int) -> CommandPacket:
    """A MAC of a slot's key over a challenge from outside."""
    return CommandPacket(Opcode.MAC, MacMode.CHALLENGE, slot, FILLING)


def check_mac(asking: Asking, slot: int, mode: MacMode, *, right: bool = True) -> CommandPacket:
    """Build a CheckMac of a slot's key.

    It is over TempKey of both where the mode says so.
    """
    second = asking.temp_key if mode & MacMode.BLOCK2_TEMP_KEY else FILLING
    response = check_mac_response(
        asking.key(slot), second, mode, _OTHER_DATA, bytes(OTP_SIZE), asking.config.serial_number
    )
    if not right:
        response = bytes(BLOCK)
    return commands.check_mac(slot, mode, FILLING, response, _OTHER_DATA)


def prove(asking: Asking, slot: int) -> None:
    """Prove a key by CheckMac over a random nonce.

    That gives an authorization.
    """
    asking.sleep()  # so that no watchdog is near, and nobody has to know whether an authorization outlives idle
    asking.fresh_nonce()
    asking.ask(f"CheckMac proves slot {slot}", check_mac(asking, slot, MacMode.BLOCK2_TEMP_KEY))


def _req_random(asking: Asking) -> None:
    slot = trial.RANDOM_ONLY
    asking.ask("MAC over a challenge from outside", mac_with(slot))
    asking.ask("CheckMac over a challenge from outside", check_mac(asking, slot, MacMode.CHALLENGE))
    asking.ask("SHA, HMAC with the slot", CommandPacket(Opcode.SHA, ShaMode.HMAC_START, slot))
    asking.fill_temp_key()
    outside = MacMode.BLOCK2_TEMP_KEY | MacMode.SOURCE_FLAG
    asking.ask("MAC over a nonce from outside", CommandPacket(Opcode.MAC, outside, slot))
    asking.fill_temp_key()
    asking.ask("GenDig over a nonce from outside", commands.gen_dig_data(slot))
    asking.fresh_nonce()
    asking.ask("MAC over a random nonce", CommandPacket(Opcode.MAC, MacMode.BLOCK2_TEMP_KEY, slot))
    asking.fresh_nonce()
    asking.ask("GenDig over a random nonce", commands.gen_dig_data(slot))
    asking.sleep()
    signer = trial.CREATED
    asking.fill_temp_key()
    asking.ask("Sign of a digest in TempKey", commands.sign(signer), Compare.SHAPE)
    if asking.is_608:
        target, mode = NonceMode.MESSAGE_DIGEST_BUFFER, SignMode.EXTERNAL | SignMode.MESSAGE_DIGEST_BUFFER
        asking.ask("Nonce into the message digest buffer", commands.nonce_pass_through(FILLING, target))
        asking.ask("Sign of a digest in the buffer", commands.sign(signer, mode), Compare.SHAPE)
    asking.sleep()


def _req_auth(asking: Asking) -> None:
    slot = trial.AUTHORIZED
    data = trial.trial_key(slot)
    guarded = (
        ("MAC", mac_with(slot)),
        ("Read", commands.read_block(Zone.DATA, slot, 0)),
        ("Write", commands.write(Zone.DATA, slot, 0, data)),
    )
    asking.sleep()
    for name, command in guarded:
        asking.ask(f"{name} without an authorization", command)
    asking.ask("CheckMac over a challenge from outside", check_mac(asking, trial.KEY, MacMode.CHALLENGE))
    asking.ask("MAC after it", mac_with(slot))
    prove(asking, trial.KEY)
    for name, command in guarded:
        asking.ask(f"{name} with an authorization", command)
    asking.ask("CheckMac that fails", check_mac(asking, trial.KEY, MacMode.CHALLENGE, right=False))
    asking.ask("MAC after a CheckMac that failed", mac_with(slot))
    prove(asking, trial.KEY)
    asking.sleep()
    asking.ask("MAC after a sleep", mac_with(slot))


def _persistent_latch(asking: Asking) -> None:
    if not asking.is_608:
        raise NotAskedError("Only an ATECC608 has a persistent latch.")

    def latch(question: str, value: int) -> None:
        asking.ask(question, CommandPacket(Opcode.INFO, InfoMode.VOLATILE_KEY_PERMIT, value))

    asking.sleep()
    latch("The latch", 0)
    asking.ask("MAC while it is clear", mac_with(trial.DATA))
    asking.ask("Read while it is clear", commands.read_block(Zone.DATA, trial.DATA, 0))
    asking.ask("CheckMac that fails", check_mac(asking, trial.KEY, MacMode.CHALLENGE, right=False))
    latch("Setting it without a proof", _SET)
    prove(asking, trial.KEY)
    latch("Setting it after a proof", _SET)
    asking.ask("MAC while it is set", mac_with(trial.DATA))
    asking.sleep()
    latch("The latch after a sleep", 0)
    asking.ask("MAC after a sleep", mac_with(trial.DATA))
    latch("Clearing it without a proof", _CLEAR)
    asking.ask("MAC after that", mac_with(trial.DATA))


def _intrusion(asking: Asking) -> None:
    if asking.is_608:
        raise NotAskedError("Only the ATECC508A has an intrusion latch.")
    asking.ask("MAC with a key of IntrusionDisable", mac_with(trial.DATA))


def _key_in_temp_key(asking: Asking) -> None:
    if not asking.is_608:
        raise NotAskedError("Only an ATECC608 makes private keys in TempKey.")
    from atecc_bench.chip.protocol.commands import TEMP_KEY_AS_KEY, EcdhMode, GenKeyMode

    asking.sleep()
    made = commands.gen_key(GenKeyMode.PRIVATE, TEMP_KEY_AS_KEY)
    asking.ask("GenKey into TempKey", made, Compare.SHAPE)
    asking.ask("MAC with TempKey", CommandPacket(Opcode.MAC, _FROM_OUTSIDE, 0, FILLING), Compare.SHAPE)
    asking.ask("GenKey into TempKey", made, Compare.SHAPE)
    asking.ask("AES with TempKey", CommandPacket(Opcode.AES, 0, TEMP_KEY_AS_KEY, bytes(16)), Compare.SHAPE)
    asking.ask("Sign of TempKey", commands.sign(trial.SIGNING), Compare.SHAPE)
    asking.ask("GenKey into TempKey", made, Compare.SHAPE)
    asking.ask("Its public key", commands.gen_key(GenKeyMode.PUBLIC, TEMP_KEY_AS_KEY), Compare.SHAPE)
    mode = EcdhMode.SOURCE_TEMP_KEY | EcdhMode.COPY_TEMP_KEY
    asking.ask("ECDH with it", CommandPacket(Opcode.ECDH, mode, 0, trial.POINT), Compare.SHAPE)
    asking.ask("Its public key after ECDH", commands.gen_key(GenKeyMode.PUBLIC, TEMP_KEY_AS_KEY), Compare.SHAPE)
    asking.sleep()


PERMISSIONS = (
    Check("req-random", "ReqRandom", _req_random, "req-random"),
    Check("req-auth", "ReqAuth", _req_auth, "req-auth"),
    Check("persistent-latch", "The persistent latch", _persistent_latch, "persistent-latch"),
    Check("intrusion", "IntrusionDisable", _intrusion, "intrusion-disable-508"),
    Check("key-in-temp-key", "A private key in TempKey", _key_in_temp_key, "private-key-in-tempkey"),
)
