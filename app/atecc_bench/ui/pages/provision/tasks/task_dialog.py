"""A dialog that does one thing on the device's thread."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QDialog, QWidget

from atecc_bench.errors import BenchError
from atecc_bench.ui.state.device_worker import DeviceWorker
from atecc_bench.ui.widgets.basics import TextRole, paragraph


class TaskDialog(QDialog):
    """A dialog that stays until its task has ended.

    That is so whatever is pressed: closing it would not stop the task, only hide its end.
    """

    def __init__(self, worker: DeviceWorker, role: TextRole, parent: QWidget) -> None:
        super().__init__(parent)
        self._worker = worker
        self._problem = paragraph("", role)

    def reject(self) -> None:
        # Escape, Cancel and the title bar's button all come here.
        if self.isEnabled():
            super().reject()

    def _begin(self, label: str, waiting: str, task: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self.setEnabled(False)
        self._problem.setText(waiting)
        self._worker.run_without_board(label, task, done, self._failed)

    def _failed(self, error: BenchError) -> None:
        self.setEnabled(True)
        self._problem.setText(f"{error.message} {error.hint}")
