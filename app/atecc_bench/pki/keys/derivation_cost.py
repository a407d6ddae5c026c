"""What trying a passphrase on a key file costs.

Its rounds and its memory are chosen by whoever made the file.

PBKDF2 and scrypt stand in PKCS #8 (RFC 8018, RFC 7914), PBKDF2 and PKCS #12's own derivation in PKCS #12 (RFC 7292).
"""

from collections.abc import Iterator

from atecc_bench.errors import InputError

MOST_ROUNDS = 3_000_000  # five times what this program writes
MOST_MEMORY = 160 << 20  # bytes
MOST_MIXES = 1 << 21  # N x r x p of scrypt: twice what this program writes

_PBKDF2 = bytes.fromhex("06092a864886f70d01050c")
_SCRYPT = bytes.fromhex("06092b06010401da47040b")
_PKCS12 = bytes.fromhex("060a2a864886f70d010c01")  # and a byte that says which cipher
_PBES1 = bytes.fromhex("06092a864886f70d0105")  # and a byte that says which
_SHORT = 0x80
_SEQUENCE, _OCTETS, _INTEGER = 0x30, 0x04, 0x02


def check_derivation_cost(der: bytes) -> None:
    """Refuse a key on which trying a passphrase costs too much.

    Raises:
        InputError: `key-too-costly`.
    """
    for name, extra in ((_PBKDF2, 0), (_PBES1, 1), (_PKCS12, 1)):
        for place in _places(der, name):
            for rounds in _numbers(der, place + len(name) + extra)[:1]:
                check_rounds(rounds)
    for place in _places(der, _SCRYPT):
        match _numbers(der, place + len(_SCRYPT))[:3]:
            case (n, r, p) if 128 * n * r > MOST_MEMORY or n * r * p > MOST_MIXES:
                raise _too_costly(f"{128 * n * r >> 20} MiB of memory, {p} times")
            case _:
                pass


def check_rounds(rounds: int) -> None:
    """Refuse a number of rounds that nobody waits for.

    Raises:
        InputError: `key-too-costly`.
    """
    if rounds > MOST_ROUNDS:
        raise _too_costly(f"{rounds} rounds")


def _places(der: bytes, name: bytes) -> Iterator[int]:
    place = der.find(name)
    while place >= 0:
        yield place
        place = der.find(name, place + 1)


def _numbers(der: bytes, at: int) -> tuple[int, ...]:
    """The INTEGERs behind the salt in a SEQUENCE of parameters."""
    if der[at : at + 1] != bytes([_SEQUENCE]):
        return ()
    head = 2 if der[at + 1 : at + 2] < bytes([_SHORT]) else 2 + (der[at + 1] & 0x7F)
    return _numbers_after_salt(der, at + head)


def _numbers_after_salt(der: bytes, at: int) -> tuple[int, ...]:
    if der[at : at + 1] != bytes([_OCTETS]) or len(der) < at + 2 or der[at + 1] >= _SHORT:
        return ()
    at += 2 + der[at + 1]
    found: list[int] = []
    while der[at : at + 1] == bytes([_INTEGER]) and len(der) > at + 1 and der[at + 1] < _SHORT:
        found.append(int.from_bytes(der[at + 2 : at + 2 + der[at + 1]], "big"))
        at += 2 + der[at + 1]
    return tuple(found)


def _too_costly(what: str) -> InputError:
    return InputError(
        "key-too-costly",
        f"To try a passphrase on this key takes {what}: more than any program asks for.",
        "Encrypt it again, for example with `openssl pkcs8 -topk8`; a file that asks for this may mean harm.",
    )
