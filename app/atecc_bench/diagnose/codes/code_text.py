"""The explanation of a code in lines for people.

They are the same on the command line and in the window.
"""

from atecc_bench.diagnose.codes.code_table import Layer
from atecc_bench.diagnose.codes.explain_code import CodeExplanation


def lines_of_code(explained: CodeExplanation) -> tuple[str, ...]:
    """What a code means, line by line.

    The summary first, then where it comes from, what else it may be, what to look at.
    """
    lines = [explained.summary]
    if explained.frame is not None:
        sentences = explained.frame.sentences
        lines += [f"  {sentence}" for sentence in (sentences[1:] if explained.row is None else sentences)]
    for position, reading in enumerate(explained.readings):
        row = reading.row
        if position:
            number = f"{row.number} " if row.names else ""
            lines.append(f"or {number}{row.name} ({row.layer.value}), {reading.how}: {row.meaning}")
        elif row.origins:
            lines.append(f"  Read {reading.how}; it comes from: {', '.join(layer.value for layer in row.origins)}.")
        if row.status is not None and not position and row.layer is not Layer.CHIP:
            lines.append(f"  The chip's own byte for it is {int(row.status):02X}.")
        if row.next:
            lines.append(f"  Next: {row.next}")
    lines += [f"  Possible: {cause.summary}" for cause in explained.causes]
    return tuple(lines)
