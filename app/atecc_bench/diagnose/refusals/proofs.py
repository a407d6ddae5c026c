"""Refusals that depend on what nobody outside the chip knows."""

from atecc_bench.twin.rules.refusal_reasons import ReasonId

PROOFS = frozenset({
    ReasonId.SIGNATURE_MISMATCH, ReasonId.CHECK_MAC_MISMATCH, ReasonId.WRITE_MAC_MISMATCH,
    ReasonId.SECURE_BOOT_MISMATCH, ReasonId.LOCK_CRC_MISMATCH, ReasonId.PRIVATE_KEY_INVALID,
    ReasonId.NOT_THE_KEY_TO_VALIDATE, ReasonId.VALIDATION_PURPOSE,
})  # fmt: skip
"""Whether these hold is a matter of secrets or contents."""
