"""What the banner says of the causes of a difference."""

from atecc_bench.diagnose.causes.cause import Cause, Confidence
from atecc_bench.ui.widgets.badges import Badge, BadgeKind
from atecc_bench.ui.widgets.banner import BannerKind


def causes_message(found: tuple[Cause, ...], *, at_length: bool) -> tuple[BannerKind, str, str, Badge]:
    """Kind, title, text and badge of the banner.

    The first cause is the title. At length there is all its evidence, and the causes behind it.
    """
    cause, *others = found
    kind = BadgeKind.GOOD if cause.confidence is Confidence.CERTAIN else BadgeKind.WARNING
    badge = Badge(cause.confidence.value.capitalize(), kind)
    lines = [*(cause.evidence if at_length else cause.evidence[:1]), f"What to do: {cause.fix}"]
    if at_length:
        lines += [f"{number}. {other.summary} ({other.confidence.value})" for number, other in enumerate(others, 2)]
    elif others:
        lines.append(f"{len(others)} more behind it: see “Why?”.")
    return BannerKind.WARNING, cause.summary, "\n".join(lines), badge
