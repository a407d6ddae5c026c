"""Printing what a rehearsal showed.

That is the slots before and after, the certificate, and what is for ever.
"""

from collections.abc import Sequence

from rich.console import Console

from atecc_bench.chip.config.slot_matrix import Ability, SlotCell, slot_matrix
from atecc_bench.cli.common.output import wrapping_table
from atecc_bench.provision.run.preview import STAND_INS, Preview


def print_preview(out: Console, preview: Preview) -> None:
    """Print it for people."""
    table = wrapping_table("Slot", "Used for", "Before", "After")
    before, after = slot_matrix(preview.before), slot_matrix(preview.after)
    for slot, (was, will) in enumerate(zip(before, after, strict=True)):
        now, then = _in_words(was), _in_words(will)
        table.add_row(str(slot), preview.uses.get(slot, ""), now, "the same" if now == then else then)
    out.print(table)
    texts = preview.certificate_texts
    if texts:
        out.print("The device certificate:", style="bold")
        for name, text in texts.items():
            out.print(f"  {name}: {', '.join(text.splitlines())}")
        if preview.stand_ins:
            out.print(f"  {STAND_INS}")
    _print_sentences(out, "Never changeable again:", preview.for_ever)
    _print_sentences(out, "Stays open:", preview.stays_open or ("Nothing.",))


def _print_sentences(out: Console, title: str, sentences: Sequence[str]) -> None:
    out.print(title, style="bold")
    for sentence in sentences:
        out.print(f"  {sentence}")


def _in_words(cells: Sequence[SlotCell]) -> str:
    holds, *abilities = cells
    return ", ".join([holds.text, *(_ability(cell) for cell in abilities if cell.text)])


def _ability(cell: SlotCell) -> str:
    if cell.ability is Ability.LOCK:
        return "lockable" if cell.text == "yes" else cell.text
    name = cell.ability.value if cell.ability is Ability.ECDH else cell.ability.value.lower()
    return name if cell.text == "yes" else f"{name} {cell.text}"
