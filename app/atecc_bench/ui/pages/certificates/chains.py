"""Contents of the Certificates page: groups of rows, and one sentence.

Worked out of what the chip gave and of the files.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509

from atecc_bench.errors import BenchError, RefusedError
from atecc_bench.onchip.read_certificates import ChipCertificates
from atecc_bench.pki.x509.chain_checks import check_chain
from atecc_bench.ui.pages.certificates.chain_tree import ChainGroup, ChainRow
from atecc_bench.workflows.comparison.certificate_inventory import (
    FOUND,
    Agreement,
    FiledCertificate,
    Role,
    judge,
    role_of,
)
from atecc_bench.workflows.comparison.known_certificates import KnownCertificates


@dataclass(frozen=True)
class Chains:
    """Certificates of a chip and of files.

    What was read from a chip with the files that told how (`known`), and what people opened besides.
    """

    chip: ChipCertificates | None = None
    known: KnownCertificates | None = None
    opened: tuple[tuple[str, bytes], ...] = ()

    @property
    def filed(self) -> tuple[FiledCertificate, ...]:
        """Every certificate of a file, judged against the chip."""
        known = self.known
        own = () if known is None else tuple((known.source, der) for der in (known.root, known.signer, known.device))
        opened = () if known is not None and known.source == FOUND else self.opened
        return tuple(judge(der, source, self.chip) for source, der in (*own, *opened))

    def groups(self) -> tuple[ChainGroup, ...]:
        """The chip first, then each file."""
        groups: list[ChainGroup] = []
        if self.chip is not None and self.known is not None:
            groups.append(
                ChainGroup(
                    "On the chip",
                    (
                        ChainRow(Role.ROOT, self.known.root, "the file; slot 15 has its key only"),
                        ChainRow(Role.SIGNER, self.chip.signer, "from slots 11, 12 and 14"),
                        ChainRow(Role.DEVICE, self.chip.device, "from slots 8, 10 and the live key"),
                    ),
                )
            )
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
        if self.chip is None or self.known is None:
            return None
        leaf, issuer, root = (
            x509.load_der_x509_certificate(der) for der in (self.chip.device, self.chip.signer, self.known.root)
        )
        if judge(self.known.root, "", self.chip).agreement is Agreement.KEY_DIFFERS:
            return RefusedError(
                "chain-broken",
                "The root public key on the chip is not that of the root certificate.",
                "Open the root certificate that this chip was provisioned under.",
            )
        try:
            check_chain(leaf, issuer, root, datetime.now(UTC))
        except BenchError as error:
            return error
        return None


def _role(der: bytes) -> Role:
    return role_of(x509.load_der_x509_certificate(der))
