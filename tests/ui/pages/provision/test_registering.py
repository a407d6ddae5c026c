"""Registration with a cloud, by the wizard and by a frozen line: a device that passed has passed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from atecc_bench.cloud.registration_queue import QueuedRegistration
from atecc_bench.resources import resource_path
from atecc_bench.ui.pages.provision.page import ProvisionPage
from atecc_bench.ui.shell.main_window import MainWindow
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.workflows.devices.registering import queue_of, send_waiting
from tests.cloud.conftest import account as account
from tests.cloud.conftest import emulator as emulator
from tests.support.boards.cable import Cable
from tests.support.servers.aws_emulator import AwsEmulator
from tests.ui.pages.provision.test_frozen_line import Supervisor, choose_profile
from tests.ui.pages.provision.test_frozen_line import cable as cable
from tests.ui.pages.provision.test_wizard import Operator, texts

pytestmark = pytest.mark.slow
WAIT_MS = 20_000
NOWHERE = "http://localhost:9"
THING = 'registration: {aws: {thing: "{serial_number}"}}\n'
REFUSED = "registration: {aws: {policy: {name: nobody-made-it}}}\n"


@pytest.fixture
def own_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Puts a profile with a registration among the user's own; gives its name."""
    monkeypatch.setenv("ATECC_BENCH_DATA", str(tmp_path / "data"))

    def write(registration: str) -> str:
        text = resource_path("profiles", "trustcustom-tls.yaml").read_text(encoding="utf-8")
        own = text.replace("name: trustcustom-tls\n", "name: mine\n").replace("title: ", "title: Mine, ", 1)
        folder = tmp_path / "data" / "profiles"
        folder.mkdir(parents=True)
        (folder / "mine.yaml").write_text(own + registration, encoding="utf-8")
        return "mine"

    return write


def waiting(app_state: AppState, *, virtual: bool) -> dict[str, QueuedRegistration]:
    return {one.serial_number: one for one in queue_of(app_state.records, virtual=virtual).waiting()}


def things(account: AwsEmulator) -> list[str]:
    client: Any = account.client()
    return [one["thingName"] for one in client.list_things()["things"]]


@pytest.fixture
def wizard(
    own_profile: Callable[[str], str], ca: Path, passphrase: str, qtbot: QtBot,
    show: Callable[[str], QWidget], connected: Callable[[str], None],
) -> Callable[[str], Operator]:  # fmt: skip
    """The wizard from a profile with this registration to its result."""

    def run(registration: str) -> Operator:
        profile = own_profile(registration)
        connected("virtual://fresh")
        page = show("Provision")
        assert isinstance(page, ProvisionPage)
        choose_profile(page, profile)
        operator = Operator(page, qtbot, passphrase)
        operator.start_run()
        operator.await_result()
        assert page.result.verdict_text() == "PASS · VIRTUAL"
        return operator

    return run


def test_the_wizard_registers_the_device(wizard: Callable[[str], Operator], account: AwsEmulator) -> None:
    operator = wizard(THING)
    assert "It is registered with AWS IoT." in texts(operator.page.result)
    assert things(account) == [operator.serial_number()]
    assert waiting(operator.app_state, virtual=True) == {}


def test_without_a_cloud_the_wizard_ends_with_a_pass_and_a_registration_that_waits(
    wizard: Callable[[str], Operator], account: AwsEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", NOWHERE)
    operator = wizard(THING)
    assert "Its registration waits" in texts(operator.page.result)
    entry = waiting(operator.app_state, virtual=True)[operator.serial_number()]
    assert entry.error is not None
    assert entry.error["id"] == "cloud-not-reachable"
    monkeypatch.setenv("AWS_ENDPOINT_URL", account.url)
    (sent,) = send_waiting(queue_of(operator.app_state.records, virtual=True))
    assert (sent.error, things(account)) == (None, [operator.serial_number()])


def test_a_cloud_that_refuses_fails_no_device_of_the_wizard(
    wizard: Callable[[str], Operator], account: AwsEmulator
) -> None:
    operator = wizard(REFUSED)
    assert "nobody-made-it" in texts(operator.page.result)
    entry = waiting(operator.app_state, virtual=True)[operator.serial_number()]
    assert entry.error is not None
    assert entry.error["id"] == "no-such-policy"


def test_a_frozen_line_registers_its_devices_and_fails_none_without_a_cloud(
    own_profile: Callable[[str], str], window: MainWindow, app_state: AppState, ca: Path, passphrase: str,
    connected: Callable[[str], None], cable: Cable, account: AwsEmulator, tmp_path: Path, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    profile = own_profile(THING)
    connected("virtual://fresh")
    supervisor = Supervisor(window, app_state, qtbot)
    supervisor.freeze(passphrase, profile=profile)
    qtbot.waitUntil(lambda: not app_state.busy, timeout=WAIT_MS)
    assert app_state.frozen
    serial_numbers: list[str] = []
    for number, url in enumerate((NOWHERE, account.url)):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        cable.plug_in(tmp_path / f"chip-{number}.json")
        assert supervisor.await_result() == "PASS"
        assert app_state.facts is not None
        serial_numbers.append(app_state.facts.chip.serial_number)
        told = texts(supervisor.page.result)
        assert ("Its registration waits" in told, "It is registered" in told) == (url == NOWHERE, url != NOWHERE)
        supervisor.press(supervisor.page.next_button)
        cable.pull()
        qtbot.waitUntil(lambda: app_state.facts is None, timeout=WAIT_MS)
    assert waiting(app_state, virtual=False).keys() == {serial_numbers[0]}
    assert things(account) == [serial_numbers[1]]
