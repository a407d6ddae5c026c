"""The verbs `key sign` and `key jwt`.

They make signatures and tokens in the chip.
"""

import hashlib
import json as json_module
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from atecc_bench.cli.chip.key import SlotOption
from atecc_bench.cli.common.input_files import read_bytes, read_text
from atecc_bench.cli.common.open_device import open_device
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
from atecc_bench.errors import InputError
from atecc_bench.file_checks import exists
from atecc_bench.workflows.slots.cose_message import make_cose_message
from atecc_bench.workflows.slots.sign_with_chip import SignatureForm, make_token, sign_digest


def sign(
    port: PortOption,
    slot: SlotOption,
    file: Annotated[str | None, typer.Option("--file", metavar="FILE", help="What is signed; - reads stdin.")] = None,
    digest: Annotated[
        str | None, typer.Option("--digest", metavar="HEX", help="Its SHA-256 digest instead, 64 digits.")
    ] = None,
    form: Annotated[SignatureForm, typer.Option("--format", help="How the signature is written.")] = SignatureForm.DER,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The new file, as bytes; hex to stdout without.")
    ] = None,
    *,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Sign a file or a digest with a slot's key (ECDSA, SHA-256).

    `cose` is a COSE_Sign1 message with the file in it. Changes nothing on the chip.
    """
    with reporting(as_json=json):
        if out is not None:
            check_new(out)
        if (file is None) == (digest is None):
            raise InputError("usage", "What is to be signed is needed, once.", "Give either --file or --digest.")
        payload = None if file is None else read_bytes(file)
        if form is SignatureForm.COSE and payload is None:
            raise InputError("usage", "A COSE message holds what it signs, not only its digest.", "Give --file.")
        with open_device(port, baud=baud) as device:
            if payload is not None and form is SignatureForm.COSE:
                signature, written = make_cose_message(device.session, slot, payload)
            else:
                value = _digest(digest or "") if payload is None else hashlib.sha256(payload).digest()
                signature = sign_digest(device.session, slot, value)
                written = signature.in_form(form)
            serial_number, virtual = device.session.serial_number().hex(), device.board.info.virtual
        if out is not None:
            write_new(out, written)
    text = written.decode("ascii") if form is SignatureForm.JWS else written.hex()
    if json:
        where = {"path": str(out)} if out else {}
        print_json({
            "virtual": virtual, "slot": slot, "digest": signature.digest.hex(), "format": form.value, "signature": text,
            "public_key": signature.public_key.hex(), **where,
        })  # fmt: skip
    elif out is None:
        typer.echo(text)
    else:
        mark = virtual_mark(device.board.info)
        console().print(f"The signature by slot {slot} of chip {serial_number}{mark} is in {out}.")


def jwt(
    port: PortOption,
    slot: SlotOption,
    claims: Annotated[
        str, typer.Option("--claims", metavar="JSON", help="The claims: a JSON object, or a file with one.")
    ],
    header: Annotated[
        str | None, typer.Option("--header", metavar="JSON", help="More for the header, such as a kid.")
    ] = None,
    lifetime: Annotated[
        int | None, typer.Option("--lifetime", metavar="SECONDS", min=1, help="Adds iat (now) and exp.")
    ] = None,
    *,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Make a JSON Web Token (ES256) signed with a slot's key.

    Changes nothing on the chip.
    """
    with reporting(as_json=json):
        told = _object(claims, "--claims")
        if lifetime is not None:
            now = int(datetime.now(UTC).timestamp())
            told = {"iat": now, "exp": now + lifetime, **told}
        more = {} if header is None else _object(header, "--header")
        with open_device(port, baud=baud) as device:
            token = make_token(device.session, slot, told, more)
    if json:
        print_json({"virtual": device.board.info.virtual, "slot": slot, "token": token})
    else:
        typer.echo(token)


def _digest(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise InputError("usage", f"--digest {text!r} is not hexadecimal.", "Give 64 hexadecimal digits.") from error


def _object(text: str, option: str) -> dict[str, Any]:
    source = text if text.lstrip().startswith("{") or not (text == "-" or exists(Path(text))) else read_text(text)
    try:
        document: object = json_module.loads(source)
    except ValueError as error:
        raise InputError(
            "claims-not-usable", f"{option} is no JSON: {error}.", 'Give an object, for example {"iss": "device 1"}.'
        ) from error
    if not isinstance(document, dict):
        raise InputError("claims-not-usable", f"{option} is no JSON object.", 'Give one, for example {"iss": "me"}.')
    return cast("dict[str, Any]", document)
