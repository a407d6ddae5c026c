"""How a chip in software shows that it is one.

The key is public: it proves to nobody that a chip is real. It only keeps a simulator of this program from being taken
for silicon because somebody in the middle took VIRTUAL out of what its bridge says.
"""

import hmac

NONCE_LENGTH = 16
REQUEST = "board:bridge:simulated"
_KEY = b"ATECC Bench: this chip is software"


def simulator_answer(nonce: bytes) -> bytes:
    """What a bridge in software answers: HMAC-SHA256 of the nonce."""
    return hmac.digest(_KEY, nonce, "sha256")


def is_simulator_answer(nonce: bytes, answer: bytes) -> bool:
    """Whether an answer is that of a bridge in software."""
    return hmac.compare_digest(simulator_answer(nonce), answer)
