"""Every command of the ATECC508A, ATECC608A and ATECC608B, with all parameters.

Format: datasheets, "Commands".
"""

from collections.abc import Mapping
from types import MappingProxyType

from atecc_bench.chip.console.command_spec import CommandForm, Parameter, Place
from atecc_bench.chip.protocol.commands import Opcode


def _mode(name: str, mask: int, meaning: str, default: str = "no", **choices: int) -> Parameter:
    named = choices or {"no": 0, "yes": mask}
    return Parameter(name, Place.PARAM1, meaning, mask, _dashed(named), default=default)


def _param2(name: str, meaning: str, default: str | None = None, mask: int = 0xFFFF, **choices: int) -> Parameter:
    return Parameter(name, Place.PARAM2, meaning, mask, _dashed(choices), default=default)


def _dashed(choices: Mapping[str, int]) -> Mapping[str, int]:
    return MappingProxyType({name.replace("_", "-"): value for name, value in choices.items()})


def _data(name: str, meaning: str, *lengths: int, default: str | None = None) -> Parameter:
    return Parameter(name, Place.DATA, meaning, lengths=lengths, default=default)


_ZONE = _mode("zone", 0x03, "Configuration, OTP or data zone.", "data", config=0, otp=1, data=2)
_SIZE = _mode("size", 0x80, "Bytes at a time: 4 or 32.", "auto", **{"4": 0, "32": 0x80})
_SLOT = Parameter("slot", Place.SLOT, "Slot of the data zone, 0 to 15.")
_OFFSET = Parameter("offset", Place.OFFSET, "First byte within the slot or zone.")
_KEY_SLOT = _param2("slot", "Slot of the key, 0 to 15.")
_BUFFER = _mode(
    "source", 0x20, "Where the digest stands (the buffer: ATECC608).", "tempkey", tempkey=0, message_digest_buffer=0x20
)  # fmt: skip
_TEMPKEY_OR_SLOT = _param2("slot", "Slot of the key, or tempkey.", tempkey=0xFFFF)
_MAC_MODES = (
    _mode("source-flag", 0x04, "TempKey did not begin with a random number."),
    _mode("otp88", 0x10, "Bytes 0 to 10 of OTP go into the message."),
    _mode("otp64", 0x20, "Bytes 0 to 7 of OTP go into the message."),
    _mode("serial", 0x40, "The serial number goes into the message."),
)
_BLOCKS = (
    _mode("block2", 0x01, "Second block: the challenge, or TempKey.", "challenge", challenge=0, tempkey=1),
    _mode("block1", 0x02, "First block: the key in the slot, or TempKey.", "slot", slot=0, tempkey=2),
)

_ALL = (
    CommandForm(Opcode.READ, "Reads 4 or 32 bytes.", (_ZONE, _SIZE, _SLOT, _OFFSET)),
    CommandForm(
        Opcode.WRITE,
        "Writes 4 or 32 bytes, in clear or encrypted with a MAC.",
        (
            _ZONE,
            _SIZE,
            _mode("encrypted", 0x40, "Encrypted although the data zone is not locked."),
            _SLOT,
            _OFFSET,
            _data("data", "What is written, 4 or 32 bytes.", 4, 32),
            _data("mac", "The MAC of an encrypted write, 32 bytes.", 32, default=""),
        ),
    ),
    CommandForm(
        Opcode.INFO,
        "Four bytes about the chip.",
        (
            _mode("mode", 0xFF, "What is asked.", "revision", revision=0, key_valid=1, state=2, gpio=3, latch=4),
            _param2("param", "Slot, or what to do with the latch or the pin.", "0"),
        ),
    ),
    CommandForm(
        Opcode.LOCK,
        "Locks the configuration zone, the data zone with OTP, or one slot, for ever.",
        (
            _mode("zone", 0x03, "What is locked.", "config", config=0, data=1, slot=2),
            _mode("slot", 0x3C, "The slot that is locked.", "0", **{str(n): n << 2 for n in range(16)}),
            _mode("check", 0x80, "Lock only if the CRC fits.", "yes", yes=0, no=0x80),
            _param2("crc", "CRC of the contents.", "0"),
        ),
    ),
    CommandForm(
        Opcode.NONCE,
        "Loads TempKey or another buffer, with a random number or with bytes from outside.",
        (
            _mode(
                "mode", 0x03, "Random number, or bytes as they are.", "random",
                random=0, random_no_seed_update=1, pass_through=3,
            ),
            _mode("size", 0x20, "Bytes of a pass-through (64: ATECC608).", "32", **{"32": 0, "64": 0x20}),
            _mode(
                "target", 0xC0, "Where a pass-through goes (ATECC608).", "tempkey",
                tempkey=0, message_digest_buffer=0x40, alternate_key_buffer=0x80,
            ),
            _param2("answer", "Answer the random number, or TempKey.", "random", 0xFFFF, random=0, tempkey=0x8000),
            _data("data", "20 bytes from the host, or what is passed through (32 or 64 bytes).", 20, 32, 64),
        ),
    ),
    CommandForm(
        Opcode.RANDOM,
        "Thirty-two random bytes.",
        (_mode("seed", 0x01, "Whether the seed in EEPROM is updated.", "update", update=0, keep=1),),
    ),
    CommandForm(
        Opcode.GEN_KEY,
        "Makes a private key, or computes a public key, or a digest of one.",
        (
            _mode("key", 0x14, "What is made.", "public", public=0, private=0x04, public_key_digest=0x10),
            _mode("digest", 0x08, "Leave a digest of the public key in TempKey."),
            _TEMPKEY_OR_SLOT,
            _data("other-data", "Three bytes of a digest.", 3, default=""),
        ),
    ),
    CommandForm(
        Opcode.SIGN,
        "Signs a digest, or a message that the chip makes of TempKey.",
        (
            _mode("message", 0x80, "From outside, or made inside.", "external", internal=0, external=0x80),
            _mode("invalidate", 0x01, "Internal: for Verify Invalidate."),
            _mode("serial", 0x40, "Internal: with the serial number."),
            _BUFFER,
            _KEY_SLOT,
        ),
    ),
    CommandForm(
        Opcode.VERIFY,
        "Verifies a signature, or validates a public key in a slot.",
        (
            _mode(
                "mode", 0x07, "Where the public key is, and what for.", "external",
                stored=0, validate_external=1, external=2, validate=3, invalidate=7,
            ),
            _BUFFER,
            _mode("mac", 0x80, "Prove success by a MAC (ATECC608)."),
            _param2("slot", "Slot of the public key; external: 4, the curve P-256.", "4"),
            _data("signature", "R and S, 64 bytes.", 64),
            _data("public-key", "External: X and Y, 64 bytes; validate: 19 bytes.", 64, 19, default=""),
        ),
    ),
    CommandForm(
        Opcode.MAC,
        "A SHA-256 over a key and a challenge.",
        (*_BLOCKS, *_MAC_MODES, _KEY_SLOT, _data("challenge", "Thirty-two bytes.", 32, default="")),
    ),
    CommandForm(Opcode.HMAC, "An HMAC over TempKey (ATECC508A).", (*_MAC_MODES, _KEY_SLOT)),
    CommandForm(
        Opcode.CHECK_MAC,
        "Checks a MAC that another chip or a host made, and so authorises.",
        (
            *_BLOCKS,
            *_MAC_MODES,
            _KEY_SLOT,
            _data("challenge", "Thirty-two bytes.", 32),
            _data("response", "The MAC, 32 bytes.", 32),
            _data("other-data", "Thirteen bytes of the message.", 13),
        ),
    ),
    CommandForm(
        Opcode.GEN_DIG,
        "Hashes a key or another value of the chip into TempKey.",
        (
            _mode(
                "zone", 0xFF, "What is hashed in.", "data",
                config=0, otp=1, data=2, shared_nonce=3, counter=4, key_config=5,
            ),
            _param2("slot", "Slot, block or counter.", "0"),
            _data("other-data", "Four bytes for keys with NoMac, or a nonce of 32.", 4, 32, default=""),
        ),
    ),
    CommandForm(
        Opcode.DERIVE_KEY,
        "Derives a key from another and TempKey.",
        (
            _mode("random", 0x04, "What TempKey began with.", "yes", yes=0, no=0x04),
            _param2("slot", "Slot that gets the key."),
            _data("mac", "Authorising MAC, 32 bytes.", 32, default=""),
        ),
    ),
    CommandForm(
        Opcode.UPDATE_EXTRA,
        "Sets UserExtra or UserExtraAdd, or spends a use of a key.",
        (
            _mode("mode", 0xFF, "What is changed.", "user-extra", user_extra=0, user_extra_add=1, count_use=2),
            _param2("value", "The new byte, or the slot of the key.", "0"),
        ),
    ),
    CommandForm(
        Opcode.COUNTER,
        "Reads or increments a counter.",
        (
            _mode("mode", 0xFF, "What is done.", "read", read=0, increment=1),
            _param2("counter", "0 or 1.", "0"),
        ),
    ),
    CommandForm(
        Opcode.ECDH,
        "Computes a shared secret.",
        (
            _mode("source", 0x01, "Where the private key is.", "slot", slot=0, tempkey=1),
            _mode("encrypted", 0x02, "Answer it encrypted with the IO protection key."),
            _mode(
                "target", 0x0C, "Where the secret goes.", "compatible",
                compatible=0, slot=0x04, tempkey=0x08, output=0x0C,
            ),
            _param2("slot", "Slot of the private key.", "0"),
            _data("public-key", "X and Y of the other side, 64 bytes.", 64),
        ),
    ),
    CommandForm(
        Opcode.PRIV_WRITE,
        "Brings a private key in, encrypted with a MAC once the data zone is locked.",
        (
            _mode("encrypted", 0x40, "Encrypted with a MAC."),
            _KEY_SLOT,
            _data("key", "Four bytes 0 and the key, encrypted or not: 36 bytes.", 36),
            _data("mac", "The MAC, 32 bytes.", 32, default=""),
        ),
    ),
    CommandForm(
        Opcode.SHA,
        "SHA-256 and HMAC in pieces.",
        (
            _mode(
                "mode", 0x07, "Which piece.", "start",
                start=0, update=1, end=2, public=3, hmac_start=4, hmac_end=5, read_context=6, write_context=7,
            ),
            _mode(
                "target", 0xC0, "End: where the digest stays (ATECC608).", "tempkey",
                tempkey=0, message_digest_buffer=0x40, output_only=0xC0,
            ),
            _param2("length", "Bytes of data; public and hmac-start: the slot.", "auto"),
            _data("data", "A piece of the message, up to 64 bytes.", default=""),
        ),
    ),
    CommandForm(
        Opcode.AES,
        "Encrypts or decrypts 16 bytes, or multiplies in the field of GCM (ATECC608).",
        (
            _mode("mode", 0x07, "What is done.", "encrypt", encrypt=0, decrypt=1, gfm=3),
            _mode("block", 0xC0, "Which 16 bytes of the slot are the key.", "0", **{str(n): n << 6 for n in range(4)}),
            _TEMPKEY_OR_SLOT,
            _data("data", "Sixteen bytes, 32 for gfm.", 16, 32),
        ),
    ),
    CommandForm(
        Opcode.KDF,
        "Derives a key by PRF, AES or HKDF (ATECC608).",
        (
            _mode(
                "source", 0x03, "Where the key is.", "tempkey",
                tempkey=0, tempkey_upper=1, slot=2, alternate_key_buffer=3,
            ),
            _mode(
                "target", 0x1C, "Where the result goes.", "tempkey",
                tempkey=0, tempkey_upper=0x04, slot=0x08, alternate_key_buffer=0x0C, output=0x10, output_encrypted=0x14,
            ),
            _mode("algorithm", 0x60, "How.", "prf", prf=0, aes=0x20, hkdf=0x40),
            _param2("source-slot", "Slot of the key.", "0", 0x00FF),
            _param2("target-slot", "Slot of the result.", "0", 0xFF00),
            _data("details", "Four bytes that depend on the algorithm.", 4),
            _data("message", "The message, up to 128 bytes.", default=""),
        ),
    ),
    CommandForm(
        Opcode.SELF_TEST,
        "Tests the chip's engines, or says which failed before (ATECC608).",
        (
            _mode(
                "tests", 0xFF, "Bits: 1 random, 4 ECDSA, 8 ECDH, 16 AES, 32 SHA; failed asks what failed before.",
                "all", all=0x3D, failed=0, random=0x01, ecdsa=0x04, ecdh=0x08, aes=0x10, sha=0x20,
            ),
        ),
    ),
    CommandForm(
        Opcode.SECURE_BOOT,
        "Checks a firmware's digest (ATECC608).",
        (
            _mode("mode", 0x07, "Full, or store or copy the digest.", "full", full=5, full_store=6, full_copy=7),
            _mode("prohibit", 0x40, "No SecureBoot until the next power-up."),
            _mode("encrypted", 0x80, "The digest is encrypted, and a MAC is the answer."),
            _param2("param", "Zero.", "0"),
            _data("digest", "SHA-256 of the firmware, 32 bytes.", 32),
            _data("signature", "R and S, 64 bytes.", 64, default=""),
        ),
    ),
    CommandForm(
        Opcode.PAUSE,
        "Sends all chips but one to idle (ATECC508A).",
        (_mode("selector", 0xFF, "The chip that stays awake.", "0"),),
    ),
)  # fmt: skip

FORMS: Mapping[Opcode, CommandForm] = MappingProxyType({form.opcode: form for form in _ALL})
"""The forms of all commands by opcode."""
