"""A report on paper: HTML as a print or a PDF.

A4, readable in black and white.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF
from PySide6.QtGui import QGuiApplication, QPageLayout, QPageSize, QPdfWriter, QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from atecc_bench.ui.widgets.basics import push_button

Report = Callable[[], tuple[str, str] | None]

_MARGIN_MM = 0  # QTextDocument leaves 2 cm by itself


def report_button(parent: QWidget, report: Report, file_name: str) -> QPushButton:
    """A button that prints a report or saves it as a PDF.

    `report` gives title and HTML, or None for nothing.
    """
    button = push_button("Print")
    menu = QMenu(button)
    menu.addAction("Print…", lambda: _print(parent, report))
    menu.addAction("Save as PDF…", lambda: _choose_pdf(parent, report, file_name))
    button.setMenu(menu)
    return button


def save_pdf(title: str, html: str, path: Path) -> None:
    """Write a report as a PDF.

    Raises:
        OSError: The file cannot be written.
    """
    path.write_bytes(_pdf(title, html))


def pdf_without_window(title: str, html: str) -> bytes:
    """Make the PDF of a report without a window.

    The program may have no display either.
    """
    platform = ["-platform", "offscreen"] if sys.platform == "linux" else []
    needed = QGuiApplication.instance() or QGuiApplication(["atecc-bench", *platform])  # for its fonts
    pdf = _pdf(title, html)
    del needed
    return pdf


def _pdf(title: str, html: str) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageLayout(_layout())
    writer.setTitle(title)
    writer.setResolution(150)
    _document(html).print_(writer)
    del writer  # which ends the file
    return bytes(buffer.data().data())


def _print(parent: QWidget, report: Report) -> None:
    found = report()
    if found is None:
        return
    printer = QPrinter()
    printer.setPageLayout(_layout())
    if QPrintDialog(printer, parent).exec() == QPrintDialog.DialogCode.Accepted:
        _document(found[1]).print_(printer)


def _choose_pdf(parent: QWidget, report: Report, file_name: str) -> None:
    found = report()
    name = QFileDialog.getSaveFileName(parent, "Save as PDF", file_name, "PDF (*.pdf)")[0] if found else ""
    if name and found is not None:
        save_pdf(*found, Path(name))


def _layout() -> QPageLayout:
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    page = QPageSize(QPageSize.PageSizeId.A4)
    return QPageLayout(page, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter)


def _document(html: str) -> QTextDocument:
    document = QTextDocument()
    document.setHtml(html)
    return document
