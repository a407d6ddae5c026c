"""Dumps in which something is lost or surplus before the counters.

The counters say by how much everything behind was moved; what stands before them cannot be placed.
"""

from collections.abc import Mapping

from atecc_bench.chip.config.config_zone import UNLOCKED
from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.diagnose.config.config_repair import counters_fit

_COUNTERS, _COUNTERS_END = 52, 67
_LOCKS = (86, 87)
_SURE_BEFORE = 17  # bytes 0 to 16 are seen to be in place by those of them that every chip has
_MOST_MOVED = 4


def moved_back(some: Mapping[int, int]) -> tuple[dict[int, int], str] | None:
    """The bytes of a dump whose counters stand elsewhere, at their places.

    With what is said of it. None where they stand where they should, or nowhere near.
    """
    if len(some) != CONFIG_SIZE or some[16] & 1 or some[17]:
        return None
    raw = bytes(some[at] for at in range(CONFIG_SIZE))
    if counters_fit(raw):
        return None
    places = [moved for moved in range(-_MOST_MOVED, _MOST_MOVED + 1) if moved and _stands(raw, moved)]
    if len(places) != 1:
        return None
    (moved,) = places
    behind = {at: raw[at - moved] for at in range(_COUNTERS, CONFIG_SIZE) if 0 <= at - moved < CONFIG_SIZE}
    count = abs(moved)
    what = "byte is" if count == 1 else "bytes are"
    lost = "lost" if moved > 0 else "too many"
    return {at: raw[at] for at in range(_SURE_BEFORE)} | behind, (
        f"The counters stand at {_COUNTERS - moved}–{_COUNTERS_END - moved} and belong at {_COUNTERS}–{_COUNTERS_END}: "
        f"{count} {what} {lost} between {_SURE_BEFORE} and {_COUNTERS - 1}. What stands from the counters on is moved "
        f"back, SlotConfig and the two modes (bytes {_SURE_BEFORE}–{_COUNTERS - 1}) are taken as unknown."
    )


def _stands(raw: bytes, moved: int) -> bool:
    """Whether counters and locks stand in their places once they are moved."""
    turned = bytes(raw[at - moved] if 0 <= at - moved < CONFIG_SIZE else 0 for at in range(CONFIG_SIZE))
    return counters_fit(turned) and all(turned[at] in (0x00, UNLOCKED) for at in _LOCKS)
