"""A secure element in software on the desk of a test, with the operations on it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from cryptography import x509

from atecc_bench.chip.protocol.transport import Transport
from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.link.transports.connection import BoardInfo, Connection
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.pki.authority.issuer import Issuer, issuer_of
from atecc_bench.profiles.files import load_profile
from atecc_bench.profiles.model import Profile
from atecc_bench.provision.model.chip_survey import survey
from atecc_bench.provision.model.results import Hooks, Outcome, StepResult
from atecc_bench.provision.plan.make_plan import make_plan
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.run.run_plan import run_plan
from atecc_bench.records.run_records import ChipRecords, Records
from atecc_bench.twin.element.direct_transport import DirectTransport
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.factory_chips import ATECC608A, FactoryModel
from atecc_bench.twin.state.memory import Eeprom
from atecc_bench.workflows.connected_chip import ConnectedChip

NOW = datetime(2026, 6, 1, 12, 34, 56, tzinfo=UTC)
PROFILE = load_profile("trustcustom-tls")


class TwinDesk:
    """A chip as it leaves the factory. The same seed gives the same chip and the same keys."""

    def __init__(self, seed: int = 1, model: FactoryModel = ATECC608A) -> None:
        entropy = seeded_entropy(seed)
        self.memory = Eeprom.factory(entropy, model)
        self.transport: Transport = DirectTransport(SecureElement(self.memory, entropy))
        self.session = ChipSession(self.transport)

    @property
    def serial_number(self) -> str:
        return self.memory.config.serial_number.hex()

    def put_between(self, wrapper: Callable[[Transport], Transport]) -> None:
        """Let something stand between the operations and the chip from now on."""
        self.transport = wrapper(self.transport)
        self.session = ChipSession(self.transport)

    def write_config(self, change: Callable[[bytearray], None] = lambda _: None) -> None:
        """Write the profile's configuration, changed as the test says."""
        current = self.memory.contents(Zone.CONFIG)
        target = bytearray(PROFILE.configuration_for(current))
        change(target)
        self.session.write_config(bytes(target), current)

    def lock_config(self) -> None:
        self.session.lock_config(self.memory.contents(Zone.CONFIG))

    def plan(self, authority: CertificateAuthority, now: datetime = NOW, profile: Profile = PROFILE) -> Plan:
        return make_plan(profile, survey(self.session, profile), issuer(authority.root, authority.signer), now)

    def provision(self, authority: CertificateAuthority, now: datetime = NOW) -> Outcome:
        return self.run(self.plan(authority, now), authority, now)

    def run(self, plan: Plan, authority: CertificateAuthority | None, now: datetime = NOW) -> Outcome:
        return run_plan(self.session, plan, authority, now, hooks())


@dataclass(frozen=True)
class _BoardOnDesk:
    """All that a workflow asks of a board whose chip it talks to: what its bridge says of itself."""

    info: BoardInfo
    url: str = "virtual://desk"


def at_board(session: ChipSession, *, virtual: bool) -> ConnectedChip:
    """The chip of a session as if at a board."""
    board = _BoardOnDesk(BoardInfo("bridge of the tests", "", "", virtual))
    return ConnectedChip(cast(Connection, board), session)


def chip_records(session: ChipSession, records: Records, *, virtual: bool) -> ChipRecords:
    """The records of the chip of a session."""
    return at_board(session, virtual=virtual).records_in(records)


def hooks(
    progress: Callable[[StepResult], None] = lambda _: None,
    save: Callable[[Mapping[int, bytes]], None] = lambda _: None,
    key: Callable[[int, bytes | None], None] = lambda *_: None,
    escrow: Callable[[Mapping[int, bytes]], None] = lambda _: None,
) -> Hooks:
    return Hooks(progress, save, key, escrow, lambda *_: None, lambda server, values, identity, now: {})


def issuer(root: x509.Certificate, signer: x509.Certificate, organization: str | None = None) -> Issuer:
    return issuer_of(root, signer, organization)
