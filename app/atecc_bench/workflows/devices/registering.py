"""Registration of devices that passed, now or later."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509

from atecc_bench.cloud.aws_client import AwsIot, IotClient, open_aws
from atecc_bench.cloud.aws_device import fetch_certificate, register_device
from atecc_bench.cloud.azure_devices import open_azure, register_with_azure
from atecc_bench.cloud.cloud_actions import CloudAction
from atecc_bench.cloud.registration_queue import QueuedRegistration, RegistrationQueue, queued
from atecc_bench.errors import BenchError
from atecc_bench.profiles.registration_part import Registration
from atecc_bench.provision.model.step import StepId
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.records.run_records import ChipRecords, Records

_logger = logging.getLogger(__name__)

_OUT_OF_REACH = frozenset({"cloud-not-reachable", "no-cloud-credentials", "aws-not-installed", "azure-not-installed"})
OpenAws = Callable[[str | None], IotClient]


@dataclass(frozen=True)
class SentRegistration:
    """How one registration went; `error` says why it goes on waiting."""

    entry: QueuedRegistration
    actions: tuple[CloudAction, ...]
    error: BenchError | None


def queue_of(records: Records, *, virtual: bool) -> RegistrationQueue:
    """The queue of this user; that of chips in software is another."""
    return RegistrationQueue(records.folder / "virtual" if virtual else records.folder)


def register_passed(
    records: ChipRecords,
    registration: Registration,
    values: Mapping[str, str],
    chain: tuple[x509.Certificate, ...],
    open_client: OpenAws = open_aws,
) -> SentRegistration:
    """Queue the registration of a device, and try it at once.

    That no cloud can be reached, or that it refuses, is no error of the device: it goes on waiting.

    Raises:
        InputError: `record-not-writable`.
    """
    queue = RegistrationQueue(records.folder.parent)
    entry = queued(records.serial_number, chain, values, registration, datetime.now(UTC))
    queue.put(entry)
    sent = _send(queue, entry, open_client)
    _logger.info("Registration of %s: %s", entry.serial_number, sent.error.id if sent.error else "done")
    return sent


def registration_told(records: Records, plan: Plan, *, virtual: bool) -> str:
    """What became of a device's registration, as a sentence.

    It is empty where there is none.
    """
    registration = plan.profile.registration
    if registration is None or not plan.has(StepId.REGISTER):
        return ""
    waiting = queue_of(records, virtual=virtual).waiting()
    mine = next((one for one in waiting if one.serial_number == plan.serial_number), None)
    if mine is None:
        return f"It is registered with {registration.cloud}."
    why = mine.error["message"] if mine.error else "It was not tried yet."
    return f"Its registration waits: {why} `atecc-bench cloud queue --send` tries again."


def send_waiting(
    queue: RegistrationQueue,
    open_client: OpenAws = open_aws,
    tell: Callable[[SentRegistration], None] = lambda sent: None,
) -> tuple[SentRegistration, ...]:
    """Try all that waits.

    A cloud that is out of reach once is not tried again.

    Raises:
        InputError: `record-not-writable`.
    """
    sent: list[SentRegistration] = []
    out_of_reach: set[str] = set()
    for entry in queue.waiting():
        cloud = entry.registration.cloud
        if cloud in out_of_reach:
            continue
        sent.append(_send(queue, entry, open_client))
        tell(sent[-1])
        error = sent[-1].error
        if error is not None and error.id in _OUT_OF_REACH:
            out_of_reach.add(cloud)
    return tuple(sent)


def fetched_certificate(
    registration: Registration, request_pem: bytes, open_client: OpenAws = open_aws
) -> tuple[x509.Certificate, ...]:
    """Have the cloud issue the certificate for a chip's request.

    Raises:
        BenchError: Why it does not.
    """
    region = None if registration.aws is None else registration.aws.region
    return fetch_certificate(AwsIot(open_client(region)), request_pem)


def _send(queue: RegistrationQueue, entry: QueuedRegistration, open_client: OpenAws) -> SentRegistration:
    actions: list[CloudAction] = []
    try:
        wanted = entry.registration
        if wanted.aws is not None:
            aws = AwsIot(open_client(wanted.aws.region), actions=actions)
            register_device(aws, entry.chain, wanted.aws, entry.values)
        elif wanted.azure is not None:
            register_with_azure(open_azure(wanted.azure, actions=actions), entry.chain[0], wanted.azure)
    except BenchError as error:
        queue.failed(entry, error)
        return SentRegistration(entry, tuple(actions), error)
    queue.done(entry, tuple(action.document for action in actions))
    return SentRegistration(entry, tuple(actions), None)
