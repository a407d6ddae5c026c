"""Verbs of Microchip's signed device manifest.

They make one of one device or many, and check one.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.bounded_files import LARGEST_FILE
from atecc_bench.cli.common.input_files import read_bytes, read_certificate
from atecc_bench.cli.common.output import JsonOption, console, print_json, reporting, wrapping_table
from atecc_bench.cli.common.output_files import check_new, write_new
from atecc_bench.cli.common.passphrase import PassphraseFileOption, unlocked_authority
from atecc_bench.errors import InputError
from atecc_bench.pki.authority.issue_device import signer_organization
from atecc_bench.pki.compressed.massprovisioning import DEVICE_KEY_SLOT
from atecc_bench.pki.encoding.certificate_fields import common_name
from atecc_bench.pki.keys.key_files import certificate_public_key, load_certificate
from atecc_bench.pki.x509.device_manifest import ManifestDevice, check_manifest, make_manifest

app = typer.Typer(no_args_is_help=True, help="The signed list of devices that clouds take.")

_SERIAL_NUMBER_LENGTH = 9


@app.command("make")
def make(
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR…", help="Folders with device.pem and signer.pem, one for each device.")
    ],
    ca: Annotated[Path, typer.Option("--ca", metavar="DIR", help="Certificate authority whose signer signs.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The new manifest, JSON.")],
    model: Annotated[str, typer.Option("--model", help="Model of the chips.")] = "ATECC608B",
    part_number: Annotated[str | None, typer.Option("--part-number", help="By default the model.")] = None,
    unit: Annotated[str, typer.Option("--unit", help="Organizational unit that provisioned them.")] = "Manufacturing",
    passphrase_file: PassphraseFileOption = None,
    *,
    json: JsonOption = False,
) -> None:
    """Make the manifest of one device or many.

    A device's common name has to be its chip's serial number.
    """
    with reporting(as_json=json):
        check_new(out, ".json")
        authority = unlocked_authority(ca, passphrase_file)
        organization = signer_organization(authority) or ""
        devices = [_device(folder, organization, model, part_number or model, unit) for folder in folders]
        write_new(out, make_manifest(devices, authority.signer_key, authority.signer).encode())
        _print(devices, json=json)
    if not json:
        console().print(f"Signed by the signer of {ca}, and written to {out}.")


@app.command("check")
def check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A manifest; - reads stdin.")],
    certificate: Annotated[str, typer.Option("--cert", metavar="FILE", help="Certificate of the key that signed it.")],
    *,
    json: JsonOption = False,
) -> None:
    """Check every entry of a manifest.

    Its signature is checked, and that keys and certificates belong together.
    """
    with reporting(as_json=json):
        _print(check_manifest(read_bytes(file, LARGEST_FILE), read_certificate(certificate)), json=json)


def _device(folder: Path, organization: str, model: str, part_number: str, unit: str) -> ManifestDevice:
    device, signer = (load_certificate(read_bytes(str(folder / name))) for name in ("device.pem", "signer.pem"))
    name = common_name(device.public_bytes(Encoding.DER)) or ""
    try:
        serial_number = bytes.fromhex(name)
    except ValueError:
        serial_number = b""
    if len(serial_number) != _SERIAL_NUMBER_LENGTH:
        raise InputError(
            "name-not-usable",
            f"The device in {folder} has the common name {name!r}, which is no serial number of a chip.",
            "Give folders of devices whose common name is their chip's serial number, 18 hexadecimal digits.",
        )
    return ManifestDevice(
        serial_number=serial_number,
        model=model,
        part_number=part_number,
        organization=organization,
        unit=unit,
        provisioned=datetime.now(UTC),
        public_keys={DEVICE_KEY_SLOT: certificate_public_key(device)},
        chains={DEVICE_KEY_SLOT: (device, signer)},
    )


def _print(devices: Sequence[ManifestDevice], *, json: bool) -> None:
    if json:
        rows = [
            {
                "serial_number": device.serial_number.hex(),
                "model": device.model,
                "part_number": device.part_number,
                "provisioned": device.provisioned.isoformat(),
                "slots": sorted(device.public_keys),
            }
            for device in devices
        ]
        print_json({"devices": rows})
        return
    table = wrapping_table("Chip", "Part", "Provisioned", "Keys in slots")
    for device in devices:
        slots = ", ".join(str(slot) for slot in sorted(device.public_keys))
        table.add_row(device.serial_number.hex(), device.part_number, f"{device.provisioned:%Y-%m-%d %H:%M}", slots)
    console().print(table)
