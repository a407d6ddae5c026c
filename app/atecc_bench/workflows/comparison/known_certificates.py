"""Certificates that may be on a chip.

They come from records of earlier runs, from a scenario's files, or have the structure of Microchip's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.errors import InputError
from atecc_bench.file_checks import is_file
from atecc_bench.pki.encoding.certificate_fields import common_name
from atecc_bench.pki.keys.key_files import load_certificate
from atecc_bench.profiles.files import load_profile
from atecc_bench.profiles.model import Profile
from atecc_bench.provision.chain.microchip_chain import microchip_samples
from atecc_bench.provision.report.run_document import read_document
from atecc_bench.records.run_records import ChipRecords, DeviceRecord
from atecc_bench.resources import resource_path

MICROCHIPS = "Microchip's own structure"


@dataclass(frozen=True)
class KnownCertificates:
    """Certificates (DER) that may be on a chip.

    It also says where that belief comes from. Of a certificate from outside `signer` and `root` may be unknown.
    `profile` is the one that the chip was provisioned with, where that is known and still the same. Of a `pattern` only
    the structure is meant, not the certificates themselves.
    """

    device: bytes
    signer: bytes | None
    root: bytes | None
    source: str
    profile: Profile | None = None
    pattern: bool = False


def known_of_chip(records: ChipRecords) -> tuple[KnownCertificates, ...]:
    """Certificates that may be on a chip, the likeliest first.

    The newest of the records, for a virtual chip those of its scenario, and Microchip's own structures.
    """
    recorded = next(filter(None, map(_of_record, records.runs())), None)
    scenario = tuple(_of_scenario(records.serial_number)) if records.virtual else ()
    return (*(() if recorded is None else (recorded,)), *scenario, *_of_microchip())


def _of_record(record: DeviceRecord) -> KnownCertificates | None:
    artifacts = record.artifacts
    if "device_pem" not in artifacts:
        return None
    profile = _profile_of(record)
    names = ("device_pem", "signer_pem", "root_pem")
    try:
        found = {name: _der(record.read(name)) for name in names if name in artifacts}
    except InputError:
        return None  # a damaged record is none; an older one may tell
    if len(found) < len(names) and (profile is None or profile.layout.issues):
        return None
    return KnownCertificates(
        found["device_pem"], found.get("signer_pem"), found.get("root_pem"), str(record.folder), profile
    )


def _profile_of(record: DeviceRecord) -> Profile | None:
    """The profile of a run, if it is still the same.

    Records of a mended chip have none.
    """
    if "result_json" not in record.artifacts:
        return None
    try:
        run = read_document(record.read("result_json"), record.artifacts["result_json"])
        profile = load_profile(run.profile)
    except InputError:
        return None
    return profile if run.profile_sha256 in (None, profile.sha256) else None


def _of_scenario(serial_number: str) -> Iterator[KnownCertificates]:
    for folder in sorted(resource_path("scenarios").glob("*")):
        device = folder / "device.pem"
        if is_file(device) and serial_number in (common_name(_der(device.read_bytes())) or "").lower():
            der, signer, root = (_der((folder / f"{name}.pem").read_bytes()) for name in ("device", "signer", "root"))
            yield KnownCertificates(der, signer, root, f"scenario {folder.name}")


def _of_microchip() -> Iterator[KnownCertificates]:
    for sample in microchip_samples(virtual=False):
        root = sample.root.public_bytes(Encoding.DER)
        yield KnownCertificates(sample.device, sample.signer, root, MICROCHIPS, pattern=True)


def _der(pem: bytes) -> bytes:
    return load_certificate(pem).public_bytes(Encoding.DER)
