"""Runs as rows: taken over from their folders, opened and closed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from atecc_bench.errors import InputError
from atecc_bench.file_checks import is_folder
from atecc_bench.ledger.run_facts import RunFacts, certificates_of, run_facts
from atecc_bench.ledger.side import Side, add_missing, known_device, note_conflict, place_in, set_place
from atecc_bench.ledger.tables import certificates, devices, escrows, runs, slot_locks, stations, steps
from atecc_bench.records.durable_files import is_missing, reading
from atecc_bench.records.issued_certificate import IssuedCertificate
from atecc_bench.records.key_registry import SERIAL_NUMBER
from atecc_bench.records.ledger import CertificateRepeatedError, ChipAtWorkError, NotEscrowedError
from atecc_bench.records.run_records import ChipRecords, DeviceRecord

IsAlive = Callable[[str], bool]
"""Whether a process that opened a run still works in it."""

OPEN, ENDED, CUT_OFF = "open", "ended", "cut off"
_FOLDERS, _DONE = "folders", "~"  # a place behind every serial number
_AT_ONCE = 200  # chips that are taken over in one transaction
_NOT_LOCKED = "key-not-escrowed"


def open_run(
    connection: Connection, side: Side, chip: ChipRecords, run: str, at: datetime, process: str, is_alive: IsAlive
) -> None:  # fmt: skip
    """Keep a chip for a run.

    `process` is who works in it, and `is_alive` says of another whether it still does.

    Raises:
        ChipAtWorkError: `run-open-elsewhere`.
    """
    index_chip(connection, side, chip, is_alive)
    device = known_device(connection, virtual=side.virtual, serial_number=chip.serial_number)
    found = connection.execute(
        select(runs.c.id, runs.c.station_id, runs.c.process, runs.c.began, stations.c.name)
        .join(stations, stations.c.id == runs.c.station_id)
        .where(runs.c.device_id == device, runs.c.state == OPEN)
    ).first()
    if found is not None:
        since = f"{found.began:%Y-%m-%d %H:%M} UTC" if found.began else "a time that is not told"
        if found.station_id != side.station_id:
            raise ChipAtWorkError(
                chip.serial_number, f"the bench {found.name}", since,
                "End it there: let it finish, take it up, or put it aside on Home.",
            )  # fmt: skip
        if found.process and is_alive(found.process):
            raise ChipAtWorkError(
                chip.serial_number, "another port or window of this bench", since,
                "Let it end. If that is another chip, two chips have one serial number: put both aside.",
            )  # fmt: skip
        connection.execute(runs.update().where(runs.c.id == found.id).values(state=CUT_OFF, process=None))
    row = {
        "station_id": side.station_id, "device_id": device, "virtual": side.virtual, "name": run, "state": OPEN,
        "process": process, "profile": "", "profile_sha256": "", "version": "", "began": at.astimezone(UTC),
    }  # fmt: skip
    connection.execute(runs.insert().values(row))


def index_run(connection: Connection, side: Side, chip: ChipRecords, record: DeviceRecord) -> None:
    """Take over what the files of one run say now.

    It is the newest run of its chip.

    Raises:
        InputError: `record-not-readable`.
    """
    facts = run_facts(record, chip.serial_number)
    device = known_device(connection, virtual=side.virtual, serial_number=chip.serial_number)
    if facts is not None:
        _put(connection, side, chip, device, facts, newest=True)
    else:
        for certificate in certificates_of(record):
            _add_certificate(connection, side, device, chip.serial_number, certificate)


def index_chip(connection: Connection, side: Side, chip: ChipRecords, is_alive: IsAlive) -> None:
    """Take over those runs of a chip that may have news.

    They are not known, or are open and may have ended.

    What cannot be read is left out, and hides no other. At most the newest provisioning stays open.

    Raises:
        InputError: `record-not-readable` for the folder of the chip.
    """
    device = known_device(connection, virtual=side.virtual, serial_number=chip.serial_number)
    mine = (runs.c.device_id == device, runs.c.station_id == side.station_id)
    found = connection.execute(select(runs.c.name, runs.c.state, runs.c.process, runs.c.profile).where(*mine))
    known = {row.name: row for row in found}
    records = {record.folder.name: record for record in chip.runs()}  # the newest first
    gone = [name for name, row in known.items() if row.state == OPEN and name not in records]
    told: dict[str, RunFacts] = {}
    newest = ""
    for name, record in records.items():
        row = known.get(name)
        facts = None
        if row is None or row.state == OPEN:
            with suppress(InputError):
                facts = run_facts(record, chip.serial_number)
                told |= {name: facts} if facts is not None else {}
                if facts is None and row is not None and not (row.process and is_alive(row.process)):
                    gone.append(name)  # it ended before it began
                if facts is None and row is None:
                    index_run(connection, side, chip, record)
        if not newest and (facts.provisions if facts is not None else row is not None and bool(row.profile)):
            newest = name
    if gone:
        connection.execute(runs.delete().where(*mine, runs.c.name.in_(gone)))
    for name, facts in reversed(told.items()):
        _put(connection, side, chip, device, facts, newest=name == newest)


def take_over_folders(
    connection: Connection, side: Side, folder_of: Callable[[str], ChipRecords], is_alive: IsAlive
) -> bool:
    """Take over the runs of some chips that nobody looked at yet.

    Return whether there are more.

    Raises:
        InputError: `record-not-readable`.
    """
    done, last = place_in(connection, side, _FOLDERS)
    if last == _DONE:
        return False
    found = _chips(side, last)
    for serial_number in found[:_AT_ONCE]:
        index_chip(connection, side, folder_of(serial_number), is_alive)
        last = serial_number
    more = len(found) > _AT_ONCE
    set_place(connection, side, _FOLDERS, done + len(found[:_AT_ONCE]), last if more else _DONE)
    return more


def folders_are_known(connection: Connection, side: Side) -> bool:
    """Whether the runs of all chips were taken over once."""
    return place_in(connection, side, _FOLDERS)[1] == _DONE


def open_chips(connection: Connection, side: Side) -> list[tuple[str, str | None]]:
    """Open runs of this station.

    Each is the chip, and the process that works on it.
    """
    found = connection.execute(
        select(devices.c.serial_number, runs.c.process)
        .join(devices, devices.c.id == runs.c.device_id)
        .where(runs.c.state == OPEN, runs.c.station_id == side.station_id, devices.c.virtual == side.virtual)
        .order_by(devices.c.serial_number)
    )
    return [(row.serial_number, row.process) for row in found]


def check_nobody_at_work(connection: Connection, side: Side, is_alive: IsAlive) -> None:
    """Refuse while somebody at this station works on a chip.

    Raises:
        ChipAtWorkError: `run-open-elsewhere`.
    """
    for serial_number, process in open_chips(connection, side):
        if process and is_alive(process):
            raise ChipAtWorkError(serial_number, "this bench", "a moment ago", "Let it end first.")


def issue(connection: Connection, side: Side, serial_number: str, certificate: IssuedCertificate) -> None:
    """Note a certificate of a device.

    Raises:
        CertificateRepeatedError: `certificate-serial-repeated`.
    """
    device = known_device(connection, virtual=side.virtual, serial_number=serial_number)
    other = _put_certificate(connection, side, device, certificate)
    if other is not None:
        raise CertificateRepeatedError(serial_number, certificate, other)


def keep_escrow(
    connection: Connection, side: Side, chip: ChipRecords, run: str, slots: Mapping[int, str], is_alive: IsAlive
) -> None:
    """Note an escrow file of an open run."""
    device = known_device(connection, virtual=side.virtual, serial_number=chip.serial_number)
    run_id = _open_run_id(connection, side, chip, device, run, is_alive)
    rows = [_escrow(device, slot, bytes.fromhex(digest), run_id) for slot, digest in slots.items()]
    add_missing(connection, escrows, rows)


def lock_slots(
    connection: Connection, side: Side, chip: ChipRecords, run: str, slots: Iterable[int], is_alive: IsAlive
) -> None:
    """Note that slots are about to be locked.

    Raises:
        NotEscrowedError: `key-not-escrowed`.
    """
    device = known_device(connection, virtual=side.virtual, serial_number=chip.serial_number)
    missing = _lock(connection, device, _open_run_id(connection, side, chip, device, run, is_alive), slots)
    if missing:
        raise NotEscrowedError(chip.serial_number, missing[0])


def _opened(connection: Connection, side: Side, chip: ChipRecords, device: int, run: str) -> str:
    """The state of a run that never ended.

    It is open unless the chip is at another station by now.
    """
    another = or_(runs.c.name != run, runs.c.station_id != side.station_id)
    others = (runs.c.device_id == device, runs.c.state == OPEN, another)
    for other in connection.execute(select(runs.c.id, runs.c.station_id).where(*others)).all():
        if other.station_id != side.station_id:  # found out too late to refuse it
            note_conflict(connection, side, "run-open-elsewhere", chip.serial_number, "", run)
            return CUT_OFF
        connection.execute(runs.update().where(runs.c.id == other.id).values(state=CUT_OFF, process=None))
    return OPEN


def _put(connection: Connection, side: Side, chip: ChipRecords, device: int, facts: RunFacts, *, newest: bool) -> None:
    mine = (runs.c.device_id == device, runs.c.station_id == side.station_id)
    state = ENDED if facts.verdict is not None else CUT_OFF
    if state == CUT_OFF and facts.provisions and newest:
        state = _opened(connection, side, chip, device, facts.name)
    row: dict[str, Any] = {
        "state": state, "profile": facts.profile, "profile_sha256": facts.profile_sha256, "version": facts.version,
        "began": facts.began, "ended": facts.ended, "verdict": facts.verdict, "error": facts.error,
        "failed_step": facts.failed_step,
    }  # fmt: skip
    if state != OPEN:
        row["process"] = None
    if not connection.execute(runs.update().where(*mine, runs.c.name == facts.name).values(row)).rowcount:
        row |= {
            "station_id": side.station_id, "device_id": device, "virtual": side.virtual, "name": facts.name
        }  # fmt: skip
        connection.execute(runs.insert().values(row))
    run_id = _run_id(connection, side, device, facts.name)
    connection.execute(steps.delete().where(steps.c.run_id == run_id))
    if facts.steps:
        rows: list[dict[str, Any]] = [
            {"run_id": run_id, "position": at, "step": one.step, "status": one.status, "seconds": one.seconds}
            for at, one in enumerate(facts.steps)
        ]
        connection.execute(steps.insert(), rows)
    for certificate in facts.certificates:
        _add_certificate(connection, side, device, chip.serial_number, certificate)
    add_missing(connection, escrows, [_escrow(device, slot, facts.escrow, run_id) for slot in facts.escrowed])
    if facts.locked and facts.error != _NOT_LOCKED:
        _lock(connection, device, run_id, facts.escrowed)


def _add_certificate(
    connection: Connection, side: Side, device: int, serial_number: str, certificate: IssuedCertificate
) -> None:
    other = _put_certificate(connection, side, device, certificate)
    if other is not None:
        detail = f"{certificate.issuer[:16]} {certificate.serial_number}"
        note_conflict(connection, side, "certificate-serial-repeated", serial_number, other, detail)


def _put_certificate(
    connection: Connection, side: Side, device: int, certificate: IssuedCertificate
) -> str | None:  # fmt: skip
    """Add a certificate of a device.

    Of one that the device got by the same number before it takes the place. Returns another device that has it.
    """
    of_it = (
        certificates.c.virtual == side.virtual, certificates.c.issuer == bytes.fromhex(certificate.issuer),
        certificates.c.serial_number == certificate.serial_number,
    )  # fmt: skip
    found = connection.execute(
        select(certificates.c.id, certificates.c.device_id, devices.c.serial_number)
        .join(devices, devices.c.id == certificates.c.device_id)
        .where(*of_it)
    ).first()
    digest = bytes.fromhex(certificate.sha256)
    if found is None:
        row = {
            "virtual": side.virtual, "issuer": bytes.fromhex(certificate.issuer), "sha256": digest,
            "serial_number": certificate.serial_number, "device_id": device,
        }  # fmt: skip
        connection.execute(certificates.insert().values(row))
    elif found.device_id != device:
        return str(found.serial_number)
    else:
        connection.execute(certificates.update().where(certificates.c.id == found.id).values(sha256=digest))
    return None


def _lock(connection: Connection, device: int, run_id: int, slots: Iterable[int]) -> Sequence[int]:
    """Note locks of slots whose escrow is stored; gives those without one."""
    missing: list[int] = []
    rows: list[dict[str, Any]] = []
    for slot in slots:
        newest = (
            select(escrows.c.sha256)
            .where(escrows.c.device_id == device, escrows.c.slot == slot)
            .order_by(escrows.c.run_id.desc())
            .limit(1)
        )
        escrow = connection.execute(newest).scalar_one_or_none()
        if escrow is None:
            missing.append(slot)
        else:
            rows.append({"run_id": run_id, "device_id": device, "slot": slot, "escrow_sha256": escrow})
    if not missing:
        add_missing(connection, slot_locks, rows)
    return missing


def _escrow(device: int, slot: int, digest: bytes, run_id: int) -> dict[str, Any]:
    return {"device_id": device, "slot": slot, "sha256": digest, "run_id": run_id}


def _run_id(connection: Connection, side: Side, device: int, run: str) -> int:
    of_it = (runs.c.device_id == device, runs.c.station_id == side.station_id, runs.c.name == run)
    return connection.execute(select(runs.c.id).where(*of_it)).scalar_one()


def _open_run_id(
    connection: Connection, side: Side, chip: ChipRecords, device: int, run: str, is_alive: IsAlive
) -> int:
    """The row of an open run.

    Its files tell it to a database that did not hear of its beginning.
    """
    of_it = (runs.c.device_id == device, runs.c.station_id == side.station_id, runs.c.name == run)
    if connection.execute(select(runs.c.id).where(*of_it)).first() is None:
        index_chip(connection, side, chip, is_alive)
    return _run_id(connection, side, device, run)


def _chips(side: Side, after: str) -> list[str]:
    with reading(side.folder):
        try:
            found = [path.name for path in side.folder.iterdir() if SERIAL_NUMBER.fullmatch(path.name)]
        except OSError as error:
            if is_missing(error):
                return []
            raise
    return sorted(name for name in found if name > after and is_folder(side.folder / name))
