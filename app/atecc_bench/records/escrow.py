"""The escrow file with the secret keys of one chip.

They are encrypted under a passphrase, for the day when they are needed again.

JSON with Scrypt (RFC 7914) and AES-256-GCM, whose associated data are the serial number and the slots: these can be
read without the passphrase, and not changed.
"""

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import BaseModel, ConfigDict, Field

from atecc_bench.chip.session.encrypted_access import KEY_LENGTH
from atecc_bench.errors import InputError, WrongPassphraseError
from atecc_bench.plain_json import check_parts
from atecc_bench.records.durable_files import write_new

VERSION = 1

# RFC 7914 and OWASP's choice for interactive use: 128 MiB and a few tenths of a second.
_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**17, 8, 1
_SALT_LENGTH, _NONCE_LENGTH = 16, 12

_Base64 = Annotated[str, Field(max_length=4096)]
_Slot = Annotated[int, Field(ge=0, le=15)]


@dataclass(frozen=True)
class EscrowedKeys:
    """Keys (32 bytes) of one chip by slot; `serial_number` has 9 bytes."""

    serial_number: bytes
    keys: Mapping[int, bytes] = field(repr=False)


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    atecc_bench_escrow: Annotated[int, Field(ge=VERSION, le=VERSION)] = VERSION
    serial_number: Annotated[str, Field(pattern="^[0-9a-f]{18}$")]
    slots: tuple[_Slot, ...]
    salt: _Base64
    nonce: _Base64
    ciphertext: _Base64

    @property
    def associated_data(self) -> bytes:
        return json.dumps([self.atecc_bench_escrow, self.serial_number, list(self.slots)]).encode("ascii")


def save_escrow(path: Path, escrowed: EscrowedKeys, passphrase: bytes) -> None:
    """Write a new escrow file (mode 0600) safely to the disk.

    Raises:
        InputError: `file-exists`, `not-writable`, `passphrase-needed`.
    """
    _need(passphrase)
    salt, nonce = os.urandom(_SALT_LENGTH), os.urandom(_NONCE_LENGTH)
    slots = tuple(sorted(escrowed.keys))
    file = _File(
        serial_number=escrowed.serial_number.hex(),
        slots=slots,
        salt=_base64(salt),
        nonce=_base64(nonce),
        ciphertext="",
    )
    plain = b"".join(escrowed.keys[slot] for slot in slots)
    ciphertext = AESGCM(_key(passphrase, salt)).encrypt(nonce, plain, file.associated_data)
    content = file.model_copy(update={"ciphertext": _base64(ciphertext)}).model_dump_json(indent=2).encode() + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_new(path, content)
    except FileExistsError as error:
        raise InputError(
            "file-exists",
            f"{path} exists already; an escrow file is never overwritten.",
            "Give another name.",
        ) from error
    except OSError as error:
        raise InputError(
            "not-writable", f"{path} cannot be written: {error.strerror}.", "Choose another place."
        ) from error


def escrowed_slots(content: bytes, serial_number: str) -> tuple[int, ...]:
    """Return the slots whose keys an escrow file has for a chip.

    They are as the file says itself; none when it is for no such chip.
    """
    try:
        file = _parsed(content)
    except ValueError:
        return ()
    return file.slots if file.serial_number == serial_number else ()


def load_escrow(content: bytes, passphrase: bytes) -> EscrowedKeys:
    """Open an escrow file.

    Raises:
        InputError: `not-an-escrow-file`, `passphrase-needed`, `wrong-passphrase` (also when it was changed).
    """
    _need(passphrase)
    try:
        file = _parsed(content)
        salt, nonce, ciphertext = (
            base64.b64decode(part, validate=True) for part in (file.salt, file.nonce, file.ciphertext)
        )
        if len(nonce) != _NONCE_LENGTH:
            raise ValueError("nonce")
    except ValueError as error:
        raise _not_an_escrow_file() from error
    try:
        plain = AESGCM(_key(passphrase, salt)).decrypt(nonce, ciphertext, file.associated_data)
    except InvalidTag as error:
        raise WrongPassphraseError(
            "The passphrase does not open this escrow file, or the file was changed.",
            "Give the passphrase it was made with; capitals and spaces count.",
        ) from error
    if len(plain) != KEY_LENGTH * len(file.slots):
        raise _not_an_escrow_file()
    keys = {slot: plain[KEY_LENGTH * i : KEY_LENGTH * (i + 1)] for i, slot in enumerate(file.slots)}
    return EscrowedKeys(bytes.fromhex(file.serial_number), keys)


def _parsed(content: bytes) -> _File:
    check_parts(content)
    return _File.model_validate_json(content)


def _key(passphrase: bytes, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P).derive(passphrase)


def _need(passphrase: bytes) -> None:
    if not passphrase:
        raise InputError(
            "passphrase-needed", "An escrow file needs a passphrase, and none was given.", "Give a passphrase."
        )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _not_an_escrow_file() -> InputError:
    return InputError(
        "not-an-escrow-file",
        f"This is not an escrow file of version {VERSION}.",
        "Give the file that `atecc-bench key set` wrote.",
    )
