"""Board page: ports, firmware, wiring, the silicon check, and a connection.

Which ports there are, and what answers on them.
"""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from atecc_bench.link.transports.errors import NoSyncError
from atecc_bench.ui.pages.board.board_card import BoardCard
from atecc_bench.ui.pages.board.boot_picture import BootPicture
from atecc_bench.ui.pages.board.connection_card import ConnectionCard
from atecc_bench.ui.pages.board.firmware_card import FirmwareCard
from atecc_bench.ui.pages.board.ports_card import PortsCard
from atecc_bench.ui.pages.board.silicon_card import SiliconCard
from atecc_bench.ui.pages.board.wiring_card import WiringCard
from atecc_bench.ui.state.app_state import AppState
from atecc_bench.ui.widgets.basics import ButtonKind, Card, PageHeader, push_button
from atecc_bench.ui.widgets.error_panel import ErrorPanel
from atecc_bench.ui.widgets.scroll_area import Scroller

HOT_PLUG_MS = 1500
_SIDE_WIDTH = 400
_LEAST_PORTS = 180  # a few rows and the field below them
_NO_CHIP = "The bridge is there, the chip is not."


class BoardPage(QWidget):
    """The Board page.

    Ports and firmware at the left; the board that answers, its wiring, checks and connection at the right.
    """

    def __init__(self, app_state: AppState) -> None:
        super().__init__()
        self._app_state = app_state
        self.firmware = FirmwareCard(app_state)
        self.wiring = WiringCard(app_state)
        self.silicon = SiliconCard(app_state)
        self.connection = ConnectionCard(app_state)
        self._by_hand = Card("By hand", "when the automatic reset does not work")
        self._by_hand.body.addWidget(BootPicture())
        self._error = ErrorPanel()
        again = push_button("Try again", ButtonKind.PRIMARY)
        again.clicked.connect(lambda: app_state.connect_to(app_state.port))
        self._error.add_button(again)

        side = Scroller(BoardCard(app_state), self._error, self._by_hand, self.wiring, self.silicon, self.connection)
        side.keep_width(_SIDE_WIDTH)
        ports = PortsCard(app_state)
        ports.setMinimumHeight(_LEAST_PORTS)
        left = Scroller(ports, self.firmware)
        left.column.setStretch(0, 1)
        left.column.setStretch(2, 0)  # the room that is left is for the ports

        body = QHBoxLayout()
        body.setSpacing(12)
        body.addWidget(left, 1)
        body.addWidget(side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(PageHeader("Board"))
        column.addLayout(body, 1)

        self._timer = QTimer(self)
        self._timer.setInterval(HOT_PLUG_MS)
        self._timer.timeout.connect(app_state.refresh_ports)
        app_state.device_changed.connect(self._refresh)
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()
        self._app_state.refresh_ports()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _refresh(self) -> None:
        error = self._app_state.error
        self._error.setVisible(error is not None)
        self._by_hand.setVisible(isinstance(error, NoSyncError))
        if error is not None:
            exchanges = "\n".join(self._app_state.last_exchanges())
            details = f"{error.id}: {error.message}\nPort: {self._app_state.port}\n{exchanges}".strip()
            what = _NO_CHIP if self._app_state.bridge is not None else self._app_state.what_failed
            self._error.set_error(what, error.message, error.hint, details)
