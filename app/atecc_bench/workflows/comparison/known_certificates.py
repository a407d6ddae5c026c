"""Certificates that are believed to be on a chip.

They come from records of earlier runs, or from a scenario's files.
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.chip.session.chip_session import ChipSession, ChipStatusError
from atecc_bench.errors import InputError
from atecc_bench.file_checks import is_file
from atecc_bench.pki.compressed.massprovisioning import DEVICE_CERTIFICATE_SLOT, device_definition
from atecc_bench.pki.compressed.rebuild import signature_of
from atecc_bench.pki.encoding.certificate_fields import common_name
from atecc_bench.pki.keys.key_files import load_certificate
from atecc_bench.records.run_records import ChipRecords, DeviceRecord
from atecc_bench.resources import resource_path

SIGNATURE_LENGTH = 64
_NAMES = ("device", "signer", "root")


@dataclass(frozen=True)
class KnownCertificates:
    """Certificates (DER) that somebody believes to be on a chip.

    It also says where that belief comes from.
    """

    device: bytes
    signer: bytes
    root: bytes
    source: str


def known_certificates(records: ChipRecords, session: ChipSession) -> KnownCertificates | None:
    """Find the certificates that are known of a chip.

    They are those of the newest record, and for a virtual chip also of a scenario.

    A virtual board that keeps no state is the scenario again each time it is opened, whatever was done to it before.
    Then the record is of a chip that is no more, which the signature in slot 10 tells.
    """
    past = (record for record in records.runs() if record.has_certificates)
    recorded = next(filter(None, map(_of_record, past)), None)
    scenario = _of_scenario(records.serial_number) if records.virtual else None
    if recorded is None:
        return scenario
    return scenario if scenario is not None and _signature_on_chip(session) == _signature(scenario) else recorded


def _of_record(record: DeviceRecord) -> KnownCertificates | None:
    try:
        return _known({name: record.read(f"{name}_pem") for name in _NAMES}, str(record.folder))
    except InputError:
        return None  # a damaged record is none; an older one may tell


def _signature_on_chip(session: ChipSession) -> bytes | None:
    try:
        return session.read_slot(DEVICE_CERTIFICATE_SLOT, 0, SIGNATURE_LENGTH)
    except ChipStatusError:
        return None  # the data zone is not locked yet


def _signature(known: KnownCertificates) -> bytes:
    return signature_of(known.device, device_definition(known.device))


def _of_scenario(serial_number: str) -> KnownCertificates | None:
    for folder in sorted(resource_path("scenarios").glob("*")):
        device = folder / "device.pem"
        if is_file(device) and common_name(_der(device.read_bytes())) == serial_number:
            files = {name: (folder / f"{name}.pem").read_bytes() for name in _NAMES}
            return _known(files, f"scenario {folder.name}")
    return None


def _known(files: dict[str, bytes], source: str) -> KnownCertificates:
    return KnownCertificates(
        device=_der(files["device"]), signer=_der(files["signer"]), root=_der(files["root"]), source=source
    )


def _der(pem: bytes) -> bytes:
    return load_certificate(pem).public_bytes(Encoding.DER)
