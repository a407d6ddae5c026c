"""Makes the sample files of the documentation: python -m tests.tools.make_examples resources/examples"""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from atecc_bench.diagnose.bundle.bundle_file import BundledBoard, BundledExchange, bundle_bytes
from atecc_bench.diagnose.config.config_formats import ConfigFormat, export_config
from atecc_bench.link.board.connection import connect
from atecc_bench.pki.authority.certificate_authority import create_authority
from atecc_bench.pki.c_source.cert_def_export import export_c
from atecc_bench.pki.compressed.massprovisioning import device_definition
from atecc_bench.pki.keys.key_files import private_key_from_entropy
from atecc_bench.records.run_records import Records
from atecc_bench.resources import resource_path
from atecc_bench.twin.ports.registration import register_virtual_scheme
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.workflows.comparison.compare_chip import compare_with_chip
from atecc_bench.workflows.support_bundle import gather
from tests.support.cases.pastes import firmware_comparison, xxd

MADE = datetime(2026, 1, 15, 9, tzinfo=UTC)
BUNDLE = "report.zip"
_BOOT = (
    "ets Jul 29 2019 12:21:46\r\n\r\n"
    "I (29) boot: ESP-IDF v5.2.1 2nd stage bootloader\r\n"
    "I (31) cpu_start: Starting scheduler on PRO CPU.\r\n"
    "I (412) provisioning: ATECC608A found at 0x60, data zone locked\r\n"
)


def example_files() -> dict[str, bytes]:
    """The files by name that come out the same each time; `report.zip` has its time in it and does not."""
    expected = x509.load_pem_x509_certificate(resource_path("scenarios", "mismatch", "device.pem").read_bytes())
    der = expected.public_bytes(Encoding.DER)
    register_virtual_scheme()
    with connect("virtual://mismatch") as board:
        session = board.open_chip()
        serial_number = session.serial_number().hex()
        stored = compare_with_chip(
            session, Records(Path("nowhere")).for_chip(serial_number, virtual=True), None
        ).comparison.stored
        config = session.read_config()
    authority, root_key = create_authority(organization="Example CA", now=MADE, entropy=seeded_entropy(4711))
    key = private_key_from_entropy(seeded_entropy(4712))
    clear = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    source = export_c(device_definition(der), "2_device", None).files()
    c_name = next(name for name in source if name.endswith(".c"))
    return {
        "serial.log": (_BOOT + firmware_comparison(der, stored) + "\r\nE (1207) provisioning: FAIL\r\n").encode(),
        "device.pem": expected.public_bytes(Encoding.PEM),
        "signer.pem": resource_path("scenarios", "mismatch", "signer.pem").read_bytes(),
        "slot10.hex": f"{xxd(stored)}\n".encode(),
        "chip.hex": export_config(config, ConfigFormat.HEX).encode(),
        "cert_def_2_device.c": source[c_name].encode(),
        "key.pem": key.private_bytes(*clear),
        "master.bin": bytes(range(0x40, 0x60)),
        "ca.crt.pem": authority.root.public_bytes(Encoding.PEM),
        "ca.key.pem": root_key.private_bytes(*clear),
    }


def example_bundle() -> bytes:
    """A support bundle of the same chip."""
    register_virtual_scheme()
    with connect("virtual://mismatch") as board:
        info = board.info
        described = BundledBoard(name=info.name, version=info.version, chip=info.chip, virtual=info.virtual)
        session = board.open_chip()
        session.serial_number()
        exchanges = tuple(
            BundledExchange(started=e.started, seconds=e.seconds, request=e.request, reply=e.reply)
            for e in board.trace.exchanges
        )
        return bundle_bytes(
            gather(session, described, exchanges, Records(Path("nowhere")), "It came back from the field.")
        )


def main() -> None:
    """Write the files into the folder that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {**example_files(), BUNDLE: example_bundle()}.items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
