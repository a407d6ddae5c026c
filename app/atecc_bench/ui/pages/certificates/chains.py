"""Contents of the Certificates page: groups of rows, and one sentence.

Worked out of what the chip gave and of the files.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509

from atecc_bench.errors import BenchError
from atecc_bench.onchip.read_certificates import ChipCertificates
from atecc_bench.ui.pages.certificates.chain_tree import ChainGroup, ChainRow
from atecc_bench.workflows.comparison.certificate_inventory import (
    FOUND,
    Agreement,
    FiledCertificate,
    Role,
    judge,
    role_of,
)
from atecc_bench.workflows.comparison.certificates_on_chip import (
    CertificatesOnChip,
    ChainOnChip,
    FiledDevice,
    check_chain_on_chip,
)
from atecc_bench.workflows.comparison.held_chain import HeldChain, slots_of


@dataclass(frozen=True)
class Chains:
    """Certificates of a chip and of files.

    What a chip holds (`found`), the chain that this makes, and what people opened besides.
    """

    found: CertificatesOnChip | None = None
    chain: ChainOnChip | None = None
    opened: tuple[tuple[str, bytes], ...] = ()

    @property
    def chip(self) -> ChipCertificates | None:
        """The certificates that the chip holds, by the best reading."""
        best = None if self.found is None else self.found.best
        return None if best is None else best.certificates

    @property
    def filed(self) -> tuple[FiledCertificate, ...]:
        """Every certificate of a file, judged against the chip."""
        best = None if self.found is None else self.found.best
        known = None if best is None or best.known.pattern else best.known
        own = () if known is None else ((known.source, der) for der in (known.root, known.signer, known.device))
        opened = () if known is not None and known.source == FOUND else self.opened
        return tuple(judge(der, source, self.chip) for source, der in (*own, *opened) if der is not None)

    def groups(self) -> tuple[ChainGroup, ...]:
        """The chip first, in every reading, then each file."""
        groups: list[ChainGroup] = []
        if self.found is not None:
            readings = [one for one in self.found.readings if one.certificates is not None]
            groups += [_of_chip(one, alone=len(readings) == 1) for one in readings]
            if self.found.filed is not None and self.chain is not None and not readings:
                groups.append(_of_files(self.found.filed))
        by_source: dict[str, list[FiledCertificate]] = {}
        for one in self.filed:
            by_source.setdefault(one.source, []).append(one)
        groups += [
            ChainGroup(
                f"In {source}", tuple(ChainRow(_role(one.der), one.der, one.agreement.value, one) for one in rows)
            )
            for source, rows in by_source.items()
        ]
        return tuple(groups)

    def mismatch(self) -> FiledCertificate | None:
        """The first filed certificate that the chip holds in another form.

        A device's before a signer's.
        """
        differing = [one for one in self.filed if one.agreement is Agreement.DIFFERS]
        return next((one for one in differing if _role(one.der) is Role.DEVICE), differing[0] if differing else None)

    def broken(self) -> BenchError | None:
        """Why the chip's chain does not hold, if it does not."""
        if self.chain is None:
            return None
        try:
            check_chain_on_chip(self.chain, datetime.now(UTC))
        except BenchError as error:
            return error
        return None


def _of_chip(reading: HeldChain, *, alone: bool) -> ChainGroup:
    stored, certificates, root = reading.stored, reading.certificates, reading.known.root
    rows: list[ChainRow] = []
    if root is not None:
        slot = stored.root_key_slot
        held = "the chip does not hold it" if slot is None else f"slot {slot} has its key only"
        rows.append(ChainRow(Role.ROOT, root, f"the file; {held}"))
    if certificates is not None:
        signer = "the file; the chip does not hold it" if stored.signer is None else _slots(slots_of(stored.signer))
        rows.append(ChainRow(Role.SIGNER, certificates.signer, signer))
        slots = ", ".join(map(str, slots_of(stored.device)))
        device = f"from slots {slots} and the live key"
        rows.append(ChainRow(Role.DEVICE, certificates.device, device))
    return ChainGroup(f"On the chip, as {reading.layout}" if alone else f"Read as {reading.layout}", tuple(rows))


def _of_files(filed: FiledDevice) -> ChainGroup:
    known = filed.known
    state = f"the file; its key is {'' if filed.key_agrees else 'NOT '}in slot {filed.key_slot}"
    named = ((Role.ROOT, known.root, "the file"), (Role.SIGNER, known.signer, "the file"))
    above = tuple(ChainRow(role, der, words) for role, der, words in named if der is not None)
    return ChainGroup("Kept as files, nothing on the chip", (*above, ChainRow(Role.DEVICE, known.device, state)))


def _slots(slots: tuple[int, ...]) -> str:
    *others, last = map(str, slots)
    return f"from slots {', '.join(others)} and {last}" if others else f"from slot {last}"


def _role(der: bytes) -> Role:
    return role_of(x509.load_der_x509_certificate(der))
