"""Checks after the data lock: what slots hold, encrypted transfers, wrong proofs."""

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import (
    ENCRYPTED_ACCESS,
    InfoMode,
    MacMode,
    Opcode,
    UpdateExtraMode,
)
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.zones import BLOCK, OTP_SIZE, Zone
from atecc_bench.chip.session.session_macs import crypt_private_key, derive_key_mac, priv_write_mac
from atecc_bench.workflows.silicon import trial_chip as trial
from atecc_bench.workflows.silicon.asking import FILLING, Asking
from atecc_bench.workflows.silicon.check import Check
from atecc_bench.workflows.silicon.checks.open_data import begin_session, encrypted_write, whole_slot
from atecc_bench.workflows.silicon.findings import NotAskedError

_ORDER = bytes.fromhex("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551")
_EXTRA_ADD = 0x02
_DONE = b"\0"


def encrypted_priv_write(asking: Asking, slot: int, key: bytes, pad: bytes = bytes(4)) -> CommandPacket:
    """Build an encrypted PrivWrite of a 32-byte key behind four bytes.

    TempKey of both must come from Nonce and GenDig.
    """
    plain = pad + key
    head = commands.priv_write(slot, encrypted=True)
    data = crypt_private_key(asking.temp_key, plain)
    return commands.priv_write(
        slot, data + priv_write_mac(asking.temp_key, head, asking.config.serial_number, plain), encrypted=True
    )


def derived_with_mac(asking: Asking, slot: int) -> CommandPacket:
    """Build a DeriveKey of TempKey with its MAC.

    TempKey is from outside, the MAC by the slot's own key.
    """
    head = CommandPacket(Opcode.DERIVE_KEY, MacMode.SOURCE_FLAG, slot)
    mac = derive_key_mac(asking.key(slot), head, asking.config.serial_number)
    return CommandPacket(head.opcode, head.param1, head.param2, mac)


def spoilt(command: CommandPacket) -> CommandPacket:
    """The same command with the last byte of its MAC changed."""
    return CommandPacket(
        command.opcode, command.param1, command.param2, command.data[:-1] + bytes((command.data[-1] ^ 1,))
    )


def _never_written(asking: Asking) -> None:
    whole_slot(asking, trial.STORE, "a slot that nobody wrote")
    # On the ATECC508A the mode of OTP decides what of it can be read; that is asked elsewhere.
    for at in range(0 if asking.is_608 else BLOCK, OTP_SIZE, BLOCK):
        asking.ask(f"Read of OTP, bytes {at} on", commands.read_block(Zone.OTP, 0, at))


def _otp_mode(asking: Asking) -> None:
    if asking.is_608:
        raise NotAskedError("Only the ATECC508A has an OTPmode.")
    for at in (0, 4, 8):
        asking.ask(f"Read of OTP word {at}", commands.read_word(Zone.OTP, 0, at))
    asking.ask("Write of OTP word 8", commands.write(Zone.OTP, 0, 8, bytes(4)))
    asking.ask("Read of OTP word 8", commands.read_word(Zone.OTP, 0, 8))


def _partial(asking: Asking) -> None:
    asking.ask("Read of 32 bytes at the end of a public key", commands.read_block(Zone.DATA, trial.PARENT, 2 * BLOCK))


def _validity(asking: Asking) -> None:
    asking.ask("Read of the child's public key", commands.read_block(Zone.DATA, trial.CHILD, 0))
    asking.ask("Info KeyValid of it", CommandPacket(Opcode.INFO, InfoMode.KEY_VALID, trial.CHILD))


def _encrypted_writes(asking: Asking) -> None:
    for flags, name in ((ENCRYPTED_ACCESS, "with"), (0, "without")):
        begin_session(asking, trial.KEY)
        command = encrypted_write(asking, trial.ECDH_TARGET, 0, trial.trial_key(trial.ECDH_TARGET), flags)
        asking.ask(f"Write, encrypted, {name} bit 6", command)
    begin_session(asking, trial.KEY)
    asking.ask("Read, encrypted", commands.read_block(Zone.DATA, trial.ECDH_TARGET, 0))
    asking.sleep()


def _wrong_macs(asking: Asking) -> None:
    begin_session(asking, trial.KEY)
    right = encrypted_write(asking, trial.ECDH_TARGET, 0, FILLING, ENCRYPTED_ACCESS)
    asking.ask("Write with a wrong MAC", spoilt(right))
    asking.state("Write with a wrong MAC")
    begin_session(asking, trial.KEY)
    asking.ask("Read of what it should not have written", commands.read_block(Zone.DATA, trial.ECDH_TARGET, 0))
    begin_session(asking, trial.KEY)
    asking.ask(
        "PrivWrite with a wrong MAC",
        spoilt(encrypted_priv_write(asking, trial.SIGNING, trial.trial_key(trial.SIGNING))),
    )
    asking.state("PrivWrite with a wrong MAC")
    asking.fill_temp_key()
    asking.ask("DeriveKey with a wrong MAC", spoilt(derived_with_mac(asking, trial.COUNTED)))
    asking.state("DeriveKey with a wrong MAC")
    asking.sleep()


def _no_key(asking: Asking) -> None:
    begin_session(asking, trial.KEY)
    asking.ask("PrivWrite, encrypted, of no key", encrypted_priv_write(asking, trial.SIGNING, _ORDER))
    asking.sleep()


def _pad(asking: Asking) -> None:
    begin_session(asking, trial.KEY)
    slot = trial.SIGNING
    command = encrypted_priv_write(asking, slot, trial.trial_key(slot), FILLING[:4])
    # Whether it is taken: how bytes that are no key are refused is what another check asks.
    taken = asking.twin.copy().execute(command.to_bytes()).reason is None
    takes = asking.send(command) == _DONE
    asking.see(
        "PrivWrite, encrypted, takes other bytes than zeros before the key", agrees=takes == taken,
        chip="yes" if takes else "no", twin="yes" if taken else "no",
    )  # fmt: skip
    asking.sleep()


def _derive_key(asking: Asking) -> None:
    asking.fill_temp_key()
    command = CommandPacket(Opcode.DERIVE_KEY, MacMode.SOURCE_FLAG, trial.ECDH_TARGET)
    with_mac = CommandPacket(command.opcode, command.param1, command.param2, bytes(BLOCK))
    asking.ask("DeriveKey with a MAC where WriteConfig requires none", with_mac)
    asking.ask("MAC with what came of it", CommandPacket(Opcode.MAC, MacMode.CHALLENGE, trial.ECDH_TARGET, FILLING))
    asking.sleep()


def _gen_dig_data(asking: Asking) -> None:
    asking.fill_temp_key()
    command = commands.gen_dig_data(trial.KEY)
    asking.ask("GenDig with four bytes", CommandPacket(command.opcode, command.param1, command.param2, b"\x08\0\0\0"))
    mode = MacMode.BLOCK1_TEMP_KEY | MacMode.SOURCE_FLAG
    asking.ask("MAC of what came of it", CommandPacket(Opcode.MAC, mode, 0, FILLING))
    asking.sleep()


def _extra(asking: Asking) -> None:
    for value in (_EXTRA_ADD, _EXTRA_ADD + 2):
        command = CommandPacket(Opcode.UPDATE_EXTRA, UpdateExtraMode.USER_EXTRA_ADD, value)
        asking.ask(f"UpdateExtra writes {value:02X} to byte 85", command)


TRANSFERS = (
    Check("never-written", "What nobody ever wrote", _never_written, "factory-slots-and-otp"),
    Check("otp-mode", "A reserved OTPmode", _otp_mode, "otp-mode-reserved"),
    Check("partial-block-of-trial", "Reads beyond the end of a slot", _partial, "partial-block-read"),
    Check("validity", "A public key after a Write", _validity, "write-invalidates-public-key"),
    Check("encrypted-write", "Encrypted writes and reads", _encrypted_writes, "encrypted-block-write"),
    Check("wrong-mac", "Wrong MACs", _wrong_macs, "wrong-mac-status"),
    Check("encrypted-no-key", "PrivWrite of no key, encrypted", _no_key, "priv-write-of-no-key"),
    Check("encrypted-pad", "The bytes before a private key, encrypted", _pad, "priv-write-pad"),
    Check("derive-key-mac", "DeriveKey with a MAC that it does not need", _derive_key),
    Check("gendig-data", "GenDig with bytes that it does not need", _gen_dig_data, "gendig-other-data-ignored"),
    Check("late-update-extra", "UpdateExtra after the locks", _extra, "update-extra"),
)
