"""Certificates that are believed to be on a chip: records of earlier runs, or a scenario's files."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.pki.certificate_fields import certificate_fields
from atecc_bench.pki.keys import load_certificate
from atecc_bench.provision.records import Records
from atecc_bench.resources import resource_path


@dataclass(frozen=True)
class KnownCertificates:
    """Certificates (DER) that somebody believes to be on a chip, and where that belief comes from."""

    device: bytes
    signer: bytes
    root: bytes
    source: str


def known_certificates(records: Records, serial_number: str, *, virtual: bool) -> KnownCertificates | None:
    """What is known of the chip with this serial number: the newest record, else for a virtual chip a scenario."""
    record = records.latest(serial_number, virtual=virtual)
    if record is not None:
        return _known({name: record.read(f"{name}_pem") for name in ("device", "signer", "root")}, str(record.folder))
    return _of_scenario(serial_number) if virtual else None


def _of_scenario(serial_number: str) -> KnownCertificates | None:
    for folder in sorted(resource_path("scenarios").glob("*")):
        device = folder / "device.pem"
        if device.is_file() and common_name(_der(device.read_bytes())) == serial_number:
            files = {name: (folder / f"{name}.pem").read_bytes() for name in ("device", "signer", "root")}
            return _known(files, f"scenario {folder.name}")
    return None


def common_name(der: bytes) -> str | None:
    """The subject's common name of a certificate (DER)."""
    for field in certificate_fields(der):
        if field.name == "subject.commonName":
            return der[field.start : field.end].decode("utf-8", "replace")
    return None


def _known(files: dict[str, bytes], source: str) -> KnownCertificates:
    return KnownCertificates(
        device=_der(files["device"]), signer=_der(files["signer"]), root=_der(files["root"]), source=source
    )


def _der(pem: bytes) -> bytes:
    return load_certificate(pem).public_bytes(Encoding.DER)
