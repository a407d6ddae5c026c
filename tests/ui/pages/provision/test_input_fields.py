"""What a profile asks for each device, in the window: texts with patterns, typed or scanned, and files."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from atecc_bench.errors import InputError
from atecc_bench.profiles.files import load_profile
from atecc_bench.profiles.model import OperatorField, Profile
from atecc_bench.profiles.proofs_and_layouts import KeySource
from atecc_bench.ui.pages.provision.input_fields import InputFields

SITE = OperatorField(id="site", title="Site", pattern="[A-Z]{3}", example="OSL", default="BGO")


def with_fields() -> Profile:
    """A profile that asks for a MAC address, and for a site that has a default."""
    profile = load_profile("trustcustom-tls")
    certificates = profile.certificates.model_copy(update={"subject": {"O": "{site}", "CN": "{mac}"}})
    return profile.model_copy(update={"fields": (SITE,), "certificates": certificates})


@pytest.fixture
def fields(qtbot: QtBot) -> InputFields:
    fields = InputFields()
    qtbot.addWidget(fields)
    fields.set_profile(with_fields())
    fields.show()
    return fields


def line(fields: InputFields, name: str) -> QLineEdit:
    return next(line for line in fields.lines() if line.accessibleName() == name)


def problem(fields: InputFields) -> str:
    found = fields.problem()
    return found.id if found else ""


def test_a_field_is_there_for_each_thing_that_the_profile_asks(fields: InputFields) -> None:
    assert [one.accessibleName() for one in fields.lines()] == ["Site", "MAC address of the board"]


def test_a_scanned_code_is_taken_in_its_field_and_enter_only_leaves_it(fields: InputFields, qtbot: QtBot) -> None:
    mac = line(fields, "MAC address of the board")
    with qtbot.waitSignal(fields.entered) as left:
        qtbot.keyClicks(mac, "A4CF12000001")
        qtbot.keyClick(mac, Qt.Key.Key_Return)
    assert left.args == [mac]
    assert problem(fields) == ""
    assert fields.inputs().fields == {"mac": "A4CF12000001"}


@pytest.mark.parametrize("typed", ["", "A4CF1200000", "a4cf12000001", "A4CF12000001X"])
def test_a_text_that_does_not_fit_is_told_with_an_example(fields: InputFields, typed: str) -> None:
    line(fields, "MAC address of the board").setText(typed)
    found = fields.problem()
    assert found is not None
    assert "A4CF12000001" in found.hint
    assert found.id == ("field-not-usable" if typed else "field-needed")


def test_a_default_need_not_be_typed(fields: InputFields) -> None:
    line(fields, "MAC address of the board").setText("A4CF12000001")
    assert problem(fields) == ""
    line(fields, "Site").setText("Oslo")
    assert problem(fields) == "field-not-usable"


def test_what_belongs_to_one_device_is_forgotten_with_it(fields: InputFields) -> None:
    for one in fields.lines():
        one.setText("x")
    fields.forget_device()
    assert [one.text() for one in fields.lines()] == ["x", ""]
    fields.set_profile(load_profile("aws-iot"))  # the name is the serial number unless another is typed
    line(fields, "Thing name").setText("pump-0042")
    fields.forget_device()
    assert line(fields, "Thing name").text() == ""


def test_a_profile_without_fields_asks_nothing(fields: InputFields) -> None:
    fields.set_profile(load_profile("trustcustom-tls"))
    assert fields.lines() == []
    assert fields.isHidden()


class TestFiles:
    @pytest.fixture
    def fields(self, fields: InputFields) -> InputFields:
        profile = load_profile("trustcustom-tls")
        keys = tuple(key.model_copy(update={"source": KeySource.IMPORT}) for key in profile.keys[-1:])
        fields.set_profile(profile.model_copy(update={"keys": (*profile.keys[:-1], *keys)}))
        return fields

    def test_a_private_key_is_forgotten_with_its_device_and_a_secret_one_is_not(self, fields: InputFields) -> None:
        profile = load_profile("trustcustom-tls")
        keys = tuple(key.model_copy(update={"source": KeySource.IMPORT}) for key in profile.keys)
        fields.set_profile(profile.model_copy(update={"keys": keys}))
        for one in fields.lines():
            one.setText("x")
        fields.forget_device()
        kept = [one.accessibleName() for one in fields.lines() if one.text()]
        assert kept == ["IO protection key, slot 4"]

    def test_a_key_comes_from_its_file(self, fields: InputFields, tmp_path: Path) -> None:
        (tmp_path / "key.bin").write_bytes(bytes(range(32)))
        fields.lines()[0].setText(str(tmp_path / "key.bin"))
        assert list(fields.inputs().secret_keys.values()) == [bytes(range(32))]

    @pytest.mark.parametrize(("content", "id_"), [(None, "no-such-file"), (b"", "not-a-key"), (b"short", "not-a-key")])
    def test_a_file_that_is_no_key_is_told(
        self, fields: InputFields, tmp_path: Path, content: bytes | None, id_: str
    ) -> None:
        if content is not None:
            (tmp_path / "key.bin").write_bytes(content)
        fields.lines()[0].setText(str(tmp_path / "key.bin"))
        with pytest.raises(InputError) as caught:
            fields.inputs()
        assert caught.value.id == id_
