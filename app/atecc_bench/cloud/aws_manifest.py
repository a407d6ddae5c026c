"""A lot of Trust&GO chips in AWS IoT, from its manifest."""

from collections.abc import Sequence

from cryptography import x509

from atecc_bench.cloud.aws_client import AwsIot
from atecc_bench.cloud.aws_device import register_device
from atecc_bench.errors import InputError
from atecc_bench.pki.encoding.distinguished_names import common_name_of
from atecc_bench.pki.x509.device_manifest import ManifestDevice
from atecc_bench.profiles.registration_part import AwsCertificate, AwsRegistration


def register_manifest(
    aws: AwsIot, devices: Sequence[ManifestDevice], wanted: AwsRegistration, slot: int | None = None
) -> None:
    """Register each device of a manifest that was checked.

    It is registered without a CA: that is the maker's.

    `slot` is that of the certificate, where devices have more than one.

    Raises:
        BenchError: What the service refuses; devices before that stay registered.
    """
    without = wanted.model_copy(update={"certificate": AwsCertificate.WITHOUT_CA})
    for device in devices:
        chain = _chain(device, slot)
        serial_number = device.serial_number.hex()
        values = {"serial_number": serial_number, "common_name": common_name_of(chain[0]) or serial_number}
        register_device(aws, chain, without, values)


def _chain(device: ManifestDevice, slot: int | None) -> tuple[x509.Certificate, ...]:
    chain = device.chains.get(min(device.chains) if slot is None and device.chains else slot or 0, ())
    if not chain:
        raise InputError(
            "no-certificate",
            f"The manifest has no certificate of the device {device.serial_number.hex()}"
            f"{'' if slot is None else f' in slot {slot}'}.",
            "Give a manifest with certificates: one for chips that carry them.",
        )
    return chain
