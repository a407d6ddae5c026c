"""Remedies of refusals that no bit of the configuration ends.

One sentence for each such reason.
"""

from collections.abc import Mapping
from types import MappingProxyType

from atecc_bench.twin.rules.refusal_reasons import ReasonId

_NONCE_FIRST = "Run Nonce before it, in the same wake: sleep and the watchdog empty TempKey."

WHAT_TO_DO: Mapping[ReasonId, str] = MappingProxyType({
    ReasonId.PACKET_DAMAGED: "Send the packet again; if it happens again, look at wiring, pull-ups and bus speed.",
    ReasonId.UNKNOWN_OPCODE: "Use a command of this part; no state of the chip makes it know another.",
    ReasonId.BAD_PARAMETER: "Correct param1 or param2; they are illegal in any state of the chip.",
    ReasonId.BAD_LENGTH: "Send as many bytes of data as the command takes; another length is illegal in any state.",
    ReasonId.NO_SUCH_ADDRESS: "Correct the address: param2 names a byte that the zone or slot does not have.",
    ReasonId.WATCHDOG_TOO_SHORT: "Idle and wake the chip before a long command; TempKey survives that.",
    ReasonId.SELF_TEST_FAILED: "Wake the chip again; if the self test keeps failing, the chip is broken.",
    ReasonId.CONFIG_BYTES_FIXED: "Write only bytes 16 to 83 and 88 to 127; UpdateExtra and Lock change the others.",
    ReasonId.LOCK_CRC_MISMATCH: "Read the zone back and compute the CRC over what it really holds, then lock.",
    ReasonId.OTP_LEGACY: "Read from byte 8 of OTP on.",
    ReasonId.OTP_READ_ONLY: "OTP was fixed by the data lock.",
    ReasonId.OTP_ONLY_CONSUMED: "Write only zeros where ones are.",
    ReasonId.EXTRA_BYTE_ALREADY_SET: "The byte keeps its value for the life of the chip.",
    ReasonId.VALID_PUBLIC_KEY_KEPT: "Invalidate the public key with Verify first.",
    ReasonId.NOT_A_PUBLIC_KEY_SLOT: "Keep public keys in slots 8 to 15: the others are too short.",
    ReasonId.NO_PRIVATE_KEY: "Generate a key in the slot with GenKey first.",
    ReasonId.PRIVATE_KEY_INVALID: "Import a number from 1 to the order of the curve less 1.",
    ReasonId.COUNT_MATCH_REACHED: "The counter only goes up; a higher limit must be written to the slot of CountMatch.",
    ReasonId.COUNTER_AT_END: "The counter only goes up and has reached its end for ever.",
    ReasonId.KEY_USED_UP: "The uses of the key are spent for ever.",
    ReasonId.NO_DIGEST: "Load the digest with Nonce (pass-through) right before, in the same wake.",
    ReasonId.NO_SYSTEM_NONCE: "Load a nonce of 32 bytes into the message digest buffer with Nonce first.",
    ReasonId.TEMP_KEY_EMPTY: _NONCE_FIRST,
    ReasonId.TEMP_KEY_TOO_SHORT: "Load 64 bytes into TempKey with Nonce (pass-through).",
    ReasonId.TEMP_KEY_SOURCE: "Let the mode say where TempKey comes from, or begin with the other kind of Nonce.",
    ReasonId.TEMP_KEY_NO_MAC: "Begin again with Nonce, and use a key without NoMac.",
    ReasonId.TEMP_KEY_OF_OTHER_KEY: "Run Nonce (random) and GenDig with the key that the slot names, right before.",
    ReasonId.TEMP_KEY_PRIVATE: "Begin again with Nonce: TempKey holds a private key now.",
    ReasonId.TEMP_KEY_NOT_PRIVATE: "Make a private key in TempKey with GenKey first.",
    ReasonId.ALTERNATE_KEY_EMPTY: "Load the alternate key buffer with Nonce (pass-through) first.",
    ReasonId.SHA_NOT_STARTED: "Begin with SHA start, and run no other command in between.",
    ReasonId.SHA_NOT_AT_BLOCK_BOUNDARY: "Hash whole blocks of 64 bytes before SHA public.",
    ReasonId.SHA_CONTEXT_NOT_READABLE: "Finish the HMAC inside the chip.",
    ReasonId.NO_INTERNAL_MESSAGE: "Run GenDig of a slot or GenKey with a digest before, so that TempKey has a message.",
    ReasonId.PUBLIC_KEY_INVALID: "Give X and Y of a point of the curve P-256, 32 bytes each.",
    ReasonId.NOT_THE_KEY_TO_VALIDATE: "Make TempKey with GenKey (public-key-digest) of this very slot.",
    ReasonId.VALIDATION_PURPOSE: "Let Sign make the signature for the purpose that Verify is called with.",
    ReasonId.SIGNATURE_MISMATCH: "The signature was made by another key or over another digest.",
    ReasonId.CHECK_MAC_MISMATCH: "The response was made with another key, challenge or other data.",
    ReasonId.WRITE_MAC_MISMATCH: "Compute the MAC with the session key of this Nonce and GenDig, over the clear data.",
    ReasonId.KDF_IV_MISMATCH: "The message must hold KdfIvStr at KdfIvLoc.",
    ReasonId.SECURE_BOOT_NOTHING_STORED: "Store a digest or a signature with SecureBoot first.",
    ReasonId.SECURE_BOOT_PROHIBITED: "Switch the supply off and on: only that ends it.",
    ReasonId.SECURE_BOOT_MISMATCH: "The firmware is not the one that was signed or stored.",
    ReasonId.AUTHORIZATION_NEEDED: "Prove the AuthKey with CheckMac right before, in the same wake.",
    ReasonId.PERSISTENT_LATCH_CLEAR: "Set the persistent latch with Info (latch) first.",
    ReasonId.LATCH_NOT_PERMITTED: "Prove the key that permits it with CheckMac first.",
    ReasonId.USE_LOCKED: "Prove the key that UseLock names with CheckMac first.",
    ReasonId.RANDOM_NONCE_NEEDED: "Begin with Nonce (random) instead of bytes from outside.",
    ReasonId.SLOT_READ_ENCRYPTED: "Run Nonce (random) and GenDig with the read key, then read and decrypt 32 bytes.",
    ReasonId.SLOT_WRITE_ENCRYPTED: "Run Nonce (random) and GenDig with the write key, then write encrypted with a MAC.",
    ReasonId.SLOT_WRITE_CLEAR: "Write the data as it is, without a MAC.",
    ReasonId.SECRET_SLOT_WORD_WRITE: "Write 32 bytes at once.",
    ReasonId.WORD_WRITE_BEFORE_DATA_LOCK: "Write 32 bytes at once, or lock the data zone first.",
    ReasonId.DATA_NOT_LOCKED: "Lock the data zone first; that can never be undone.",
    ReasonId.CONFIG_NOT_LOCKED: "Lock the configuration zone first; that can never be undone.",
    ReasonId.PRIV_WRITE_ENCRYPTED: "Send the key encrypted, with a MAC.",
    ReasonId.DERIVE_KEY_MAC_NEEDED: "Send the authorising MAC with DeriveKey.",
    ReasonId.SECURE_BOOT_NONCE_NEEDED: "Run Nonce before it, in the same wake.",
    ReasonId.OUTPUT_MUST_BE_ENCRYPTED: "Ask for the encrypted answer.",
    ReasonId.ECDH_NO_RESULT_SLOT: "Use a private key in an even slot whose ReadKey bit 3 is 1, or another target.",
    ReasonId.PUBLIC_KEY_NOT_VALIDATED: "Validate the public key with Verify first.",
})  # fmt: skip
"""What a person can do without another configuration."""
