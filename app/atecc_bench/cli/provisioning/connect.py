"""The verb that connects a device to a server.

It does so with the key in the chip.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from atecc_bench.cli.common.input_files import read_bytes
from atecc_bench.cli.common.open_device import open_device
from atecc_bench.cli.common.output import (
    USUAL_BAUD,
    BaudOption,
    JsonOption,
    PortOption,
    console,
    print_error,
    print_json,
    reporting,
    virtual_mark,
)
from atecc_bench.cli.common.stop_signals import interruptible
from atecc_bench.connect.destination import (
    HTTPS_PORT,
    MQTT_PORT,
    Destination,
    MqttVersion,
    MqttWish,
    TlsVersion,
    check_destination,
    parse_host_and_port,
)
from atecc_bench.errors import ExitCode, InputError
from atecc_bench.ledger.user_records import user_records
from atecc_bench.link.transports.errors import CancelledError

if TYPE_CHECKING:
    from atecc_bench.connect.connection_steps import ConnectionTried, ConnectStep


def connect(
    host: Annotated[str, typer.Argument(metavar="HOST[:PORT]", help="The server; port 8883, or 443 with --http.")],
    port: PortOption,
    ca_file: Annotated[
        str | None,
        typer.Option("--ca-file", metavar="FILE", help="CAs that may vouch for the server; else this computer's."),
    ] = None,
    cert: Annotated[
        list[str] | None,
        typer.Option("--cert", metavar="FILE", help="The device's certificates as files, instead of the chip's."),
    ] = None,
    slot: Annotated[
        int, typer.Option("--slot", min=0, max=15, help="With --cert: the slot whose key they are for.")
    ] = 0,
    client_id: Annotated[
        str | None, typer.Option("--client-id", metavar="TEXT", help="For MQTT; by default the common name.")
    ] = None,
    topic: Annotated[
        str | None, typer.Option("--topic", metavar="TOPIC", help="Publish a message there, by MQTT.")
    ] = None,
    mqtt_version: Annotated[MqttVersion, typer.Option("--mqtt-version", help="Version of MQTT.")] = (
        MqttVersion.MQTT_3_1_1
    ),
    http: Annotated[
        str | None, typer.Option("--http", metavar="PATH", help="Fetch this path over the connection.")
    ] = None,
    alpn: Annotated[
        list[str] | None, typer.Option("--alpn", metavar="NAME", help="A protocol to offer; can be repeated.")
    ] = None,
    sni: Annotated[
        str | None, typer.Option("--sni", metavar="NAME", help="Ask for, and check, this name instead of HOST.")
    ] = None,
    tls: Annotated[TlsVersion | None, typer.Option("--tls", help="Speak this version of TLS alone.")] = None,
    *,
    mqtt: Annotated[bool, typer.Option("--mqtt", help="Connect by MQTT over it.")] = False,
    baud: BaudOption = USUAL_BAUD,
    json: JsonOption = False,
) -> None:
    """Connect to a server by TLS, with the key in the chip.

    Changes nothing on the chip. The certificates are rebuilt from it, the server is checked before it gets them, and
    the chip signs the handshake. Ends with 1, and the cause, where the server or this side says no.
    """
    from atecc_bench.workflows.devices.connection import (
        certificates_of,
        chain_of_files,
        chain_on_chip,
        connect_device,
        trust_from,
    )

    with interruptible() as cancelled, reporting(as_json=json):
        if not mqtt and (client_id is not None or topic is not None or mqtt_version is not MqttVersion.MQTT_3_1_1):
            raise InputError("usage", "A client id, a topic and a version of MQTT are for MQTT.", "Give --mqtt too.")
        if slot and not cert:
            raise InputError("usage", "The slot is known of the chip's own certificates.", "Give --slot with --cert.")
        name, number = parse_host_and_port(host, HTTPS_PORT if http is not None else MQTT_PORT)
        destination = Destination(
            name, number, sni, tuple(alpn or ()), tls, MqttWish(mqtt_version, client_id, topic) if mqtt else None, http
        )
        check_destination(destination)
        trust = trust_from(None if ca_file is None else read_bytes(ca_file), ca_file or "")
        given = certificates_of([read_bytes(file) for file in cert or []])

        def check_cancelled() -> None:
            if cancelled():
                raise CancelledError

        with open_device(port, baud=baud) as device:
            now = datetime.now(UTC)
            found = chain_of_files(device, given, slot) if given else chain_on_chip(device, user_records(), now)
            if not json:
                console(stderr=True).print(f"Certificates: {found.source}", style="dim")
            tell = _ignore if json else _print_step
            tried = connect_device(device, found, destination, trust, now, tell, check_cancelled)
            info = device.board.info
        if json:
            document = {"virtual": info.virtual, "server": destination.text, "certificates": found.source}
            error = {} if tried.error is None else {"error": tried.error.document}
            print_json({**document, **tried.document, **error})
        else:
            _print_end(tried, destination, virtual_mark(info))
    raise typer.Exit(tried.error.exit_code if tried.error is not None else ExitCode.DONE)


def _print_step(step: "ConnectStep") -> None:
    console().print(f"  {step.title:<21} {step.sentence} ({step.seconds:.2f} s)")


def _print_end(tried: "ConnectionTried", destination: Destination, mark: str) -> None:
    if tried.error is None:
        console().print(f"Connected to {destination.text} with the key in the chip.{mark}", style="bold green")
        return
    if tried.failed_title:
        console(stderr=True).print(f"Stopped at: {tried.failed_title}.", style="bold red")
    print_error(tried.error)


def _ignore(step: "ConnectStep") -> None:
    del step
