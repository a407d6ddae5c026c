"""Contents of a chip slot by slot, where no layout is known."""

from dataclasses import dataclass

from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.diagnose.bundle.collect import collect
from atecc_bench.errors import InputError
from atecc_bench.pki.compressed.format import COMPRESSED_LENGTH, CompressedCertificate
from atecc_bench.pki.keys.key_files import PADDED_PUBLIC_KEY_LENGTH, key_identifier, unpad_public_key
from atecc_bench.visible_text import visible

_LEAST_TEXT = 4
_SHOWN = 32


@dataclass(frozen=True)
class SlotFinding:
    """What one slot seems to hold, in words.

    `certificate`: these are the 72 bytes of a certificate, as far as they can tell.
    """

    slot: int
    words: str
    certificate: bool = False


def slot_findings(session: ChipSession) -> tuple[SlotFinding, ...]:
    """Look into every slot that may be read.

    Changes nothing on the chip.

    Raises:
        DeviceError: The link fails.
    """
    contents = collect(session)
    return tuple(
        _of_key(slot, contents.public_keys[slot])
        if slot in contents.public_keys
        else _of_contents(slot, found.contents, found.why)
        for slot, found in sorted(contents.slots.items())
    )


def _of_key(slot: int, public_key: bytes) -> SlotFinding:
    return SlotFinding(slot, f"a private key; its public key's identifier is {key_identifier(public_key).hex()}")


def _of_contents(slot: int, contents: bytes | None, why: str) -> SlotFinding:
    if contents is None:
        return SlotFinding(slot, f"not read: {why}")
    if not contents.strip(b"\xff") or not contents.strip(b"\0"):
        return SlotFinding(slot, f"empty: every byte is {contents[0]:02X}")
    compressed = _compressed(contents)
    if compressed is not None:
        return SlotFinding(slot, _words(compressed), certificate=True)
    key = _public_key(contents)
    if key is not None:
        return SlotFinding(slot, f"a public key with the identifier {key_identifier(key).hex()}")
    text = contents.split(b"\0", 1)[0].rstrip(b"\xff")
    if len(text) >= _LEAST_TEXT and text.isascii() and text.decode("ascii").isprintable():
        return SlotFinding(slot, f"a text: {visible(text.decode('ascii')[:_SHOWN])}")
    return SlotFinding(slot, f"data: {contents[:_SHOWN].hex(' ').upper()} …")


def _compressed(contents: bytes) -> CompressedCertificate | None:
    try:
        found = CompressedCertificate.parse(contents[:COMPRESSED_LENGTH])
    except InputError:
        return None
    # Any 72 bytes with a date that exists would do; a signature is neither short nor of one byte, the rest is set.
    return found if len(set(found.signature)) > 1 and not contents[COMPRESSED_LENGTH:].strip(b"\0\xff") else None


def _public_key(contents: bytes) -> bytes | None:
    try:
        return unpad_public_key(contents[:PADDED_PUBLIC_KEY_LENGTH])
    except InputError:
        return None


def _words(found: CompressedCertificate) -> str:
    until = f"for {found.expire_years} years" if found.expire_years else "without an end"
    return (
        f"a certificate (72 bytes) of {found.issue_date:%Y-%m-%d}, {until}; template {found.template_id}, chain "
        f"{found.chain_id}, signer {found.signer_id.hex().upper()}, {found.sn_source.specification_name}"
    )
