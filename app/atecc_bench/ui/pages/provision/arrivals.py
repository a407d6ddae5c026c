"""Recognising devices as they come and go.

A device is recognised as it is plugged in, and it is noticed when it is taken away or exchanged.
"""

import os
from typing import Final

from PySide6.QtCore import QObject, QTimer

from atecc_bench.twin.ports.url_scheme import is_virtual_url
from atecc_bench.ui.state.absence import needs_a_person
from atecc_bench.ui.state.app_state import AppState

INTERVAL_MS: Final = 1000


class Arrivals(QObject):
    """A watch for boards that are plugged in or exchanged.

    While it runs it connects to a board that is plugged in, and looks whether the chip is still the same.
    """

    def __init__(self, app_state: AppState, parent: QObject) -> None:
        super().__init__(parent)
        self._app_state = app_state
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._look)

    def set_running(self, running: bool) -> None:  # noqa: FBT001 - as Qt's setters are
        """Begin or end; beginning again changes nothing."""
        if running and not self._timer.isActive():
            self._app_state.refresh_ports()
            self._timer.start()
        elif not running:
            self._timer.stop()

    def _look(self) -> None:
        app_state = self._app_state
        before = self._boards()
        app_state.refresh_ports()
        at_hand = app_state.facts
        came = sorted(self._boards() - before if app_state.port else self._boards())
        if came and (at_hand is None or at_hand.virtual):
            app_state.connect_to(came[0])
        elif app_state.busy or not app_state.port or is_virtual_url(app_state.port):
            return
        elif at_hand is not None:
            app_state.check_presence()
        elif app_state.error is not None and not needs_a_person(app_state.error) and self._may_be_there():
            app_state.connect_to(app_state.port)

    def _may_be_there(self) -> bool:
        """False for a port that this computer does not have now.

        Trying it would say nothing new.
        """
        port = self._app_state.port
        known = {one.device for one in self._app_state.hardware}
        return "://" in port or port in known or os.path.lexists(port)

    def _boards(self) -> set[str]:
        return {port.device for port in self._app_state.hardware if port.bridge}
