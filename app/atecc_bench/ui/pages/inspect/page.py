"""Inspect page: the configuration zone and what the chip holds.

It shows them as bytes, as a tree and as sixteen slots, all in step.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QMenu, QTabWidget, QVBoxLayout, QWidget

from atecc_bench.chip.config.config_bits import BitField
from atecc_bench.chip.config.config_fields import ConfigField, FieldGroup
from atecc_bench.chip.config.slot_bytes import slot_config_bytes
from atecc_bench.chip.config.slot_matrix import SlotCell, slot_matrix
from atecc_bench.chip.config.slot_policy import slot_policy
from atecc_bench.diagnose.bundle.bundle_file import Bundle, BundledBoard, BundledExchange, bundle_bytes
from atecc_bench.diagnose.bundle.collect import Contents, collect
from atecc_bench.diagnose.config.config_formats import ConfigFormat, export_config
from atecc_bench.diagnose.config.identify import Identification, identify
from atecc_bench.diagnose.config.lint import Finding, Severity
from atecc_bench.diagnose.config.told import told_fields, told_findings
from atecc_bench.errors import BenchError, InputError
from atecc_bench.pki.compressed.massprovisioning import SLOT_USES
from atecc_bench.ui.pages.brought import Brought
from atecc_bench.ui.pages.code_field import CodeField
from atecc_bench.ui.pages.device_page import DevicePage
from atecc_bench.ui.pages.inspect.contents import ContentsPanel
from atecc_bench.ui.pages.inspect.findings import FindingsTable, IdentityTable
from atecc_bench.ui.pages.inspect.report_html import report_html
from atecc_bench.ui.pages.inspect.search import next_match
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.state.device_worker import DeviceAccess, DeviceFacts
from atecc_bench.ui.state.subject import Subject, subject_of_file, subject_of_text
from atecc_bench.ui.style.icons import Icon
from atecc_bench.ui.widgets.banner import Banner, BannerKind
from atecc_bench.ui.widgets.basics import Card, TextRole, paragraph, push_button, rule
from atecc_bench.ui.widgets.hex.hex_fields import HexField, HexRole
from atecc_bench.ui.widgets.hex.hex_grid import OffsetBase
from atecc_bench.ui.widgets.hex.hex_view import HexView
from atecc_bench.ui.widgets.print_report import report_button
from atecc_bench.ui.widgets.tables.config_tree import ConfigTree
from atecc_bench.ui.widgets.tables.slot_table import SlotTable
from atecc_bench.workflows.support_bundle import gather

EMPTY = (
    "Connect a chip to see its configuration zone, or open a dump or a support bundle with Open… "
    "Looking changes no byte of a chip."
)
_FILES = "Support bundles and dumps (*.zip *.txt *.hex *.log *.json *.yaml *.yml *.c *.h);;All files (*)"
_LAYOUT = "ECC608-MassProvisioning"
_ROLES = {
    FieldGroup.SERIAL_NUMBER: HexRole.SERIAL,
    FieldGroup.REVISION: HexRole.REVISION,
    FieldGroup.INTERFACE: HexRole.ADDRESS,
    FieldGroup.SLOT_CONFIG: HexRole.SLOT_CONFIG,
    FieldGroup.COUNTER: HexRole.COUNTER,
    FieldGroup.USE: HexRole.PLAIN,
    FieldGroup.LOCK: HexRole.LOCK,
    FieldGroup.OPTIONS: HexRole.CHIP_OPTIONS,
    FieldGroup.KEY_CONFIG: HexRole.KEY_CONFIG,
}


class InspectPage(DevicePage):
    """The Inspect page.

    Bytes at the left; slots, fields, contents, findings and identity at the right; what is selected below.
    """

    def __init__(self, app_state: AppState) -> None:
        super().__init__(app_state, "Inspect", Icon.INSPECT, EMPTY)
        self._fields: tuple[ConfigField, ...] = ()
        self._subject: Subject | None = None
        self._add_buttons()
        self._banner = Banner(BannerKind.WARNING)
        self._hex = HexView(bytes_per_row=8, offsets=OffsetBase.DECIMAL)
        self._hex.setAccessibleName("Configuration zone, 128 bytes")
        self._hex.selection_changed.connect(self._bytes_selected)
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search a field or bytes (Ctrl+F)")
        self._search.setAccessibleName("Search")
        self._search.returnPressed.connect(self._find_next)
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        shortcut.activated.connect(self._search.setFocus)
        bytes_card = Card("Bytes", "128 of 128")
        field = QVBoxLayout()
        field.setContentsMargins(12, 8, 12, 8)
        field.setSpacing(8)
        code = CodeField()
        code.explained.connect(self._say)
        field.addWidget(self._search)
        field.addWidget(code)
        bytes_card.body.addLayout(field)
        bytes_card.body.addWidget(rule())
        bytes_card.body.addWidget(self._hex)
        bytes_card.setFixedWidth(284)
        self._slots = SlotTable()
        self._slots.cell_selected.connect(self._cell_selected)
        self._tree = ConfigTree()
        self._tree.field_selected.connect(self._field_selected)
        self._contents = ContentsPanel()
        self._findings = FindingsTable()
        self._findings.finding_selected.connect(self._finding_selected)
        self._identity = IdentityTable()
        self._tabs = QTabWidget()
        self._tabs.setAccessibleName("Views of the chip")
        for widget, name in (
            (self._slots, "Slots"), (self._tree, "Decoded"), (self._contents, "Contents"),
            (self._findings, "Findings"), (self._identity, "Identity"),
        ):  # fmt: skip
            self._tabs.addTab(widget, name)
        self._tabs.setDocumentMode(True)
        self._tabs.currentChanged.connect(self._read_if_wanted)
        right = Card()
        right.body.addWidget(self._tabs, 1)
        right.body.addWidget(rule())
        right.body.addWidget(self._make_detail())
        body = QHBoxLayout()
        body.setSpacing(12)
        body.addWidget(bytes_card)
        body.addWidget(right, 1)
        column = QVBoxLayout(self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._banner)
        column.addLayout(body, 1)
        app_state.subject_changed.connect(self._look_anew)
        self.refresh()

    def refresh(self) -> None:
        """Show what was opened, else what is known now."""
        self.heading.subtitle.setText("")
        opened = self.app_state.subject
        self._to_chip.setVisible(opened is not None)
        if opened is None:
            super().refresh()
        else:
            self.show_content()
            self._show_subject(opened)

    def show_facts(self, facts: DeviceFacts) -> None:
        """Show the configuration that was read."""
        self._show_subject(Subject.of_chip(facts))
        self._read_if_wanted()

    def open_file(self, path: Path) -> None:
        """Look at a support bundle or a dump instead of the chip."""
        self._open(f"Open {path.name}", lambda: subject_of_file(path), "The file could not be opened.")

    def take(self, brought: Brought) -> None:
        """Look at a dump or a bundle that somebody brought."""
        if brought.paths:
            self.open_file(brought.paths[0])
        else:
            text = brought.text
            self._open("Read text", lambda: subject_of_text(text, "pasted text"), "The text could not be read.")

    def show_tab(self, name: str) -> None:
        """Go to the tab of this name."""
        names = [self._tabs.tabText(number).split(" ")[0] for number in range(self._tabs.count())]
        self._tabs.setCurrentIndex(names.index(name))

    def _add_buttons(self) -> None:
        buttons: tuple[tuple[str, Callable[[], object]], ...] = (
            ("Open…", self._choose_file),
            ("Paste", self._paste),
            ("Report a problem…", self.report),
            ("Read again", self.app_state.look_again),
        )
        self._to_chip = push_button("Back to the chip")
        self._to_chip.clicked.connect(self._close_file)
        self.heading.add_button(self._to_chip)
        copy = push_button("Copy as")
        menu = QMenu(copy)
        for form in ConfigFormat:
            menu.addAction(form.value).triggered.connect(lambda _=False, form=form: self._copy(form))
        copy.setMenu(menu)
        self.heading.add_button(copy)
        self.heading.add_button(report_button(self, self._printable, "configuration.pdf"))
        for text, act in buttons:
            button = push_button(text)
            button.clicked.connect(lambda _=False, act=act: act())
            self.heading.add_button(button)

    def _printable(self) -> tuple[str, str] | None:
        return None if self._subject is None else ("ATECC Bench: configuration", report_html(self._subject))

    def _make_detail(self) -> QWidget:
        self._title = paragraph("", TextRole.STRONG)
        self._detail = paragraph("", TextRole.BODY)
        detail = QVBoxLayout()
        detail.setContentsMargins(16, 12, 16, 12)
        detail.setSpacing(4)
        detail.addWidget(self._title)
        detail.addWidget(self._detail)
        detail.addStretch(1)
        box = QWidget()
        box.setLayout(detail)
        box.setMinimumHeight(104)
        return box

    # --- what is shown

    def _show_subject(self, subject: Subject) -> None:
        before, self._subject = self._subject, subject
        config = subject.config
        identified = identify(config, subject.otp, subject.revision, subject.unknown)
        self.heading.subtitle.setText(f"{subject.source} · {identified.configuration}")
        self._fields = told_fields(config, subject.unknown)
        self._tree.set_config(config, self._fields)
        self._hex.set_bytes(
            config.to_bytes(), [HexField(f.start, f.end, f.name, _ROLES[f.group], f.value) for f in self._fields]
        )
        uses = SLOT_USES if identified.nearest.configuration.name.startswith(_LAYOUT) else {}
        self._slots.set_slots(slot_matrix(config), uses)
        findings = told_findings(config, subject.unknown)
        self._findings.set_findings(findings)
        self._tabs.setTabText(3, f"Findings ({len(findings)})" if findings else "Findings")
        self._identity.set_identification(identified)
        self._contents.show_contents(config, subject.slots or {}, subject.otp)
        self._show_banner(subject, identified, findings)
        if before is None or before.config != config:
            self._slots.select_row(0)

    def _show_banner(self, subject: Subject, identified: Identification, findings: tuple[Finding, ...]) -> None:
        gravest = next((f for f in findings if f.severity is Severity.DANGER), None)
        if subject.remarks:
            self._banner.set_message(BannerKind.WARNING, _remarks_title(subject), " ".join(subject.remarks))
        elif gravest is not None:
            self._banner.set_message(BannerKind.WARNING, gravest.sentence, gravest.advice)
        elif not subject.config.config_locked:
            self._banner.set_message(
                BannerKind.INFO,
                "The configuration is open: this chip is not configured yet.",
                "Nothing but the configuration can be written, and what each slot can do is not decided.",
            )
        else:
            self._banner.set_message(BannerKind.GOOD, f"{identified.title}: nothing dangerous was found.", "")

    def _read_if_wanted(self) -> None:
        subject = self._subject
        if subject is None or subject.slots is not None or self._tabs.currentWidget() is not self._contents:
            return
        if self.app_state.subject is None and self.app_state.facts is not None:
            self.app_state.run("Read slots", _collect, self._have_contents, self._failed)

    def _have_contents(self, contents: Contents) -> None:
        if self.app_state.subject is None and self._subject is not None and self._subject.config == contents.config:
            subject = self._subject
            self._subject = Subject(
                subject.config, subject.source, (), contents.info.revision, contents.otp, contents.slots
            )
            self._identity.set_identification(identify(contents.config, contents.otp, contents.info.revision))
            self._contents.show_contents(contents.config, contents.slots, contents.otp)

    def _failed(self, error: BenchError) -> None:
        self.show_error("The slots could not be read.", error)

    # --- what is selected

    def _cell_selected(self, slot: int, cell: SlotCell | None) -> None:
        if self._subject is None:
            return
        config = self._subject.config
        words = f"{config.slot_configs[slot].to_word():04X} · KeyConfig {config.key_configs[slot].to_word():04X}"
        if cell is None:
            first, last = slot_config_bytes(slot)
            self._select_bytes(first, last + 1)
            self._say(f"Slot {slot}   SlotConfig {words}", " ".join(slot_policy(config, slot).sentences))
            return
        first, last = cell.bytes[0]
        self._select_bytes(first, last + 1)
        where = ", ".join(f"{a}–{b}" for a, b in cell.bytes)
        self._say(f"Slot {slot} · {cell.ability.value}   bytes {where}   SlotConfig {words}", cell.sentence)

    def _bytes_selected(self, start: int, end: int) -> None:
        del end
        field = self._tree.select_at(start)
        if field is None:
            return
        self._show_field(field, None)
        if field.slot is not None:
            self._slots.blockSignals(True)  # noqa: FBT003 - Qt's own signature
            self._slots.select_row(field.slot)
            self._slots.blockSignals(False)  # noqa: FBT003 - Qt's own signature

    def _field_selected(self, field: ConfigField, bits: BitField | None) -> None:
        self._select_bytes(field.start, field.end)
        self._show_field(field, bits)

    def _finding_selected(self, finding: Finding) -> None:
        first, last = finding.bytes[0]
        self._select_bytes(first, last + 1)
        self._say(finding.sentence, f"{finding.advice}  [{finding.id}]")

    def _select_bytes(self, start: int, end: int) -> None:
        self._hex.blockSignals(True)  # noqa: FBT003 - Qt's own signature
        self._hex.select_range(start, end)
        self._hex.blockSignals(False)  # noqa: FBT003 - Qt's own signature

    def _show_field(self, field: ConfigField, bits: BitField | None) -> None:
        if bits is not None and self._subject is not None:
            value = bits.text(bits.value(self._subject.config.to_bytes()))
            self._say(f"{bits.name}   {bits.place}   {value}", field.meaning)
            return
        where = f"byte {field.start}" if field.end - field.start == 1 else f"bytes {field.start}–{field.end - 1}"
        self._say(f"{field.name}   {where}   {field.value}", field.meaning)

    def _say(self, title: str, text: str) -> None:
        self._title.setText(title)
        self._detail.setText(text)

    def _find_next(self) -> None:
        selection = self._hex.selection()
        found = next_match(self._search.text(), self._fields, self._hex.all_bytes(), selection[0] if selection else -1)
        if found is None:
            self._say("Nothing was found.", "Search a field's name or value, or bytes in hex such as 0F 0F.")
            return
        self._hex.select_range(*found)

    # --- files

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Support bundle or dump", "", _FILES)
        if name:
            self.open_file(Path(name))

    def _look_anew(self) -> None:
        self._subject = None
        self.refresh()

    def _close_file(self) -> None:
        self.app_state.look_at(None)

    def _paste(self) -> None:
        text = QGuiApplication.clipboard().text()
        self._open("Paste", lambda: subject_of_text(text, "clipboard"), "What is on the clipboard is no configuration.")

    def _open(self, label: str, read: Callable[[], Subject], what_failed: str) -> None:
        """A file of megabytes takes seconds, and the window goes on meanwhile."""
        self.app_state.opening.start(
            label,
            lambda _: read(),
            self.app_state.look_at,
            lambda error: self.show_error(what_failed, error),
            lambda _: None,
        )

    def _copy(self, form: ConfigFormat) -> None:
        if self._subject is None:
            return
        try:
            QGuiApplication.clipboard().setText(export_config(self._subject.config, form))
        except InputError as error:
            self._say(error.message, error.hint)
        else:
            self._say(f"Copied as {form.value}.", "")

    def report(self) -> None:
        """Ask where a support bundle of the chip goes, and save it."""
        name, _ = QFileDialog.getSaveFileName(self, "Save a support bundle", "atecc-report.zip", "Bundles (*.zip)")
        if name:
            self.save_report(Path(name))

    def save_report(self, path: Path) -> None:
        """Gather a support bundle of the chip and save it."""
        records = self.app_state.records

        def operation(device: DeviceAccess) -> Bundle:
            info = device.board.info
            board = BundledBoard(name=info.name, version=info.version, chip=info.chip, virtual=info.virtual)
            trace = tuple(
                BundledExchange(started=e.started, seconds=e.seconds, request=e.request, reply=e.reply)
                for e in device.board.trace.exchanges
            )
            bundle = gather(device.session, board, trace, records)
            _write(path, bundle_bytes(bundle))
            return bundle

        self.app_state.run("Gather a report", operation, lambda bundle: self._saved(path, bundle), self._report_failed)

    def _saved(self, path: Path, bundle: Bundle) -> None:
        read = sum(slot.contents is not None for slot in bundle.slots.values())
        self._say(
            f"Saved {path.name}: {read} slots, {len(bundle.trace)} exchanges, {len(bundle.certificates)} certificates.",
            "It holds no secret and no private key. Whoever gets it can open it here without any hardware.",
        )

    def _report_failed(self, error: BenchError) -> None:
        self.show_error("The report could not be made.", error)


def _remarks_title(subject: Subject) -> str:
    if any(remark.startswith("Repaired") for remark in subject.remarks):
        return "The dump was repaired"
    return "The dump does not tell everything" if subject.unknown else "How the dump was read"


def _collect(device: DeviceAccess) -> Contents:
    return collect(device.session)


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(
            "not-writable", f"{path} cannot be written: {error.strerror}.", "Choose another place."
        ) from error
