"""The verb `cert self-signed`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.cli.common.confirm import YesOption, confirm
from atecc_bench.cli.common.open_device import open_device, records_of
from atecc_bench.cli.common.output import (
    USUAL_BAUD,
    BaudOption,
    JsonOption,
    PortOption,
    console,
    print_json,
    reporting,
    virtual_mark,
)
from atecc_bench.cli.common.output_files import check_new, write_new
from atecc_bench.pki.authority.issue_ca import start_of_validity
from atecc_bench.pki.x509.csr import subject_of_text
from atecc_bench.workflows.slots.self_signed import SelfSignedRequest, check_self_signed, make_self_signed


def self_signed(
    port: PortOption,
    slot: Annotated[int, typer.Option("--slot", metavar="N", min=0, max=15, help="Slot of the private key.")],
    subject: Annotated[
        str | None, typer.Option("--subject", metavar="NAME", help="As CN=…,O=…; by default CN=<serial number>.")
    ] = None,
    years: Annotated[int, typer.Option("--years", min=1, max=127, help="Its validity.")] = 31,
    store: Annotated[
        int | None,
        typer.Option("--store", metavar="N", help="Keep it in this slot, as ArduinoECCX08 does in slot 8."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The new file, .pem, .crt or .der; stdout without.")
    ] = None,
    *,
    yes: YesOption = False,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Make a self-signed certificate with a slot's key.

    Changes nothing on the chip unless it is stored there.
    """
    with reporting(as_json=json):
        ending = check_new(out, ".pem", ".crt", ".der") if out is not None else ""
        start = start_of_validity(datetime.now(UTC))
        named = subject_of_text(subject or "CN=0")
        asked = check_self_signed(SelfSignedRequest(named, start, years, store))
        saved: list[str] = []
        with open_device(port, baud=baud) as device:
            config = device.session.read_config()
            serial_number = config.serial_number.hex()
            if subject is None:
                named = subject_of_text(f"CN={serial_number}")
                asked = check_self_signed(SelfSignedRequest(named, start, years, store))
            if store is not None and not yes:
                confirm(serial_number, f"overwrite the first 72 bytes of slot {store}", json=json)

            def save(old: bytes) -> None:
                record = records_of(device, serial_number).begin(datetime.now(UTC))
                record.save_slots({store or 0: old})
                saved.extend(str(path) for path in record.artifacts.values())

            der = make_self_signed(device.session, config, slot, asked, save)
        pem = x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)
        if out is not None:
            write_new(out, der if ending == ".der" else pem)
    if json:
        where = {"path": str(out)} if out else {}
        print_json({
            "virtual": device.board.info.virtual, "slot": slot, "stored_in": store, "saved": saved,
            "certificate_pem": pem.decode("ascii"), **where,
        })  # fmt: skip
        return
    if out is None:
        typer.echo(pem.decode("ascii").rstrip())
    else:
        mark = virtual_mark(device.board.info)
        console().print(f"The certificate of slot {slot} of chip {serial_number}{mark} is in {out}.")
    for path in saved:
        console().print(f"What was in slot {store} before: {path}")
