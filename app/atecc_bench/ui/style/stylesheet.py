"""The one style sheet of the application, written from a palette."""

from atecc_bench.ui.style.palette import Palette, mix


def stylesheet(palette: Palette, points: float) -> str:
    """Qt style sheet for a palette.

    `points` is the text size everything else is relative to.
    """
    p = palette
    return f"""
QMainWindow, QDialog {{ background: {p.background.name()}; }}

QLabel[role="title"] {{ font-size: {points * 1.45:.1f}pt; font-weight: 600; }}
QLabel[role="heading"] {{ font-size: {points * 1.12:.1f}pt; font-weight: 600; }}
QLabel[role="strong"] {{ font-weight: 600; }}
QLabel[role="muted"] {{ color: {p.muted.name()}; }}

QLabel[role="expected"] {{ color: {p.expected.name()}; font-weight: 600; }}
QLabel[role="stored"] {{ color: {p.stored.name()}; font-weight: 600; }}

QFrame[card="true"] {{
    background: {p.surface.name()}; border: 1px solid {p.line.name()}; border-radius: 8px;
}}
QFrame[rule="true"] {{ background: {p.line.name()}; border: none; }}

QPushButton {{
    background: {p.surface.name()}; color: {p.text.name()}; font-weight: 500;
    border: 1px solid {p.line.name()}; border-radius: 6px; padding: 6px 13px; min-height: 18px;
}}
QPushButton:hover {{ border-color: {mix(p.line, p.muted, 0.6).name()}; }}
QPushButton:pressed, QPushButton:checked {{ background: {p.selection.name()}; }}
QPushButton:focus {{ border: 2px solid {p.accent.name()}; padding: 5px 12px; }}
QPushButton:disabled {{ color: {mix(p.surface, p.muted, 0.6).name()}; }}
QPushButton[kind="link"] {{
    background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 0 2px; min-height: 14px;
    color: {p.stored.name()}; text-align: left;
}}
QPushButton[kind="link"]:hover {{ border-color: {p.stored.name()}; }}
QPushButton[kind="link"]:focus {{ border: 1px solid {p.accent.name()}; padding: 0 2px; }}
QPushButton::menu-indicator {{ width: 0; }}
{_filled_button("primary", p.accent.name(), p.on_accent.name(), p)}
{_filled_button("danger", p.irreversible.name(), p.on_accent.name(), p)}

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDateTimeEdit {{
    background: {p.surface.name()}; color: {p.text.name()};
    border: 1px solid {p.edge.name()}; border-radius: 6px; padding: 5px 8px;
    placeholder-text-color: {p.muted.name()};
}}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDateTimeEdit:focus {{
    border: 2px solid {p.accent.name()}; padding: 4px 7px;
}}

QLineEdit[digits="true"], QLineEdit[digits="true"]:focus {{
    border: none; border-radius: 0; background: transparent; padding: 2px 0;
}}

QAbstractScrollArea[bare="true"] {{
    background: transparent; border: 1px solid transparent; border-radius: 7px;
}}
QAbstractScrollArea[bare="true"]:focus {{ border-color: {p.accent.name()}; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QTreeView {{ border: none; background: {p.surface.name()}; outline: none; }}
QTreeView::item {{ padding: 4px 0; }}
QTreeView::item:selected {{ background: {p.selection.name()}; color: {p.text.name()}; }}
QHeaderView {{ background: transparent; border: none; }}
QHeaderView::section:horizontal {{
    background: transparent; color: {p.muted.name()}; font-weight: 600; font-size: {points * 0.93:.1f}pt;
    border: none; border-bottom: 1px solid {p.line.name()}; padding: 6px 10px;
}}
QTreeWidget QHeaderView::section:horizontal {{ padding: 6px 3px; }}

QRadioButton::indicator, QCheckBox::indicator {{ width: 14px; height: 14px; }}
QRadioButton::indicator {{ border: 1px solid {p.edge.name()}; border-radius: 8px; background: {p.surface.name()}; }}
QRadioButton::indicator:checked {{ border: 5px solid {p.accent.name()}; width: 6px; height: 6px; }}
QCheckBox::indicator {{ border: 1px solid {p.edge.name()}; border-radius: 3px; background: {p.surface.name()}; }}
QCheckBox::indicator:checked {{ border: 4px solid {p.accent.name()}; width: 8px; height: 8px; }}
QRadioButton, QCheckBox {{ border: 1px solid transparent; border-radius: 4px; padding: 1px; }}
QRadioButton:focus, QCheckBox:focus {{ border-color: {p.accent.name()}; }}

QTabWidget::pane {{ border: none; }}
QTabBar {{ background: transparent; }}
QTabBar::tab {{
    background: transparent; color: {p.muted.name()}; font-weight: 600;
    border: none; border-bottom: 2px solid transparent; padding: 8px 12px; margin-left: 2px;
}}
QTabBar::tab:selected {{ color: {p.accent.name()}; border-bottom-color: {p.accent.name()}; }}
QTabBar::tab:hover {{ color: {p.text.name()}; }}

QMenu {{ background: {p.surface.name()}; border: 1px solid {p.line.name()}; padding: 4px; }}
QMenu::item {{ padding: 6px 24px 6px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {p.selection.name()}; }}
QMenu::separator {{ height: 1px; background: {p.line.name()}; margin: 4px 8px; }}
QToolTip {{
    background: {p.surface.name()}; color: {p.text.name()}; border: 1px solid {p.line.name()}; padding: 4px;
}}

QProgressBar {{
    background: {p.line.name()}; border: none; border-radius: 3px; max-height: 6px; min-height: 6px;
}}
QProgressBar::chunk {{ background: {p.accent.name()}; border-radius: 3px; }}

QScrollBar {{ background: transparent; border: none; }}
QScrollBar:vertical {{ width: 10px; }}
QScrollBar:horizontal {{ height: 10px; }}
QScrollBar::handle {{ background: {p.edge.name()}; border-radius: 3px; margin: 2px; }}
QScrollBar::handle:vertical {{ min-height: 24px; }}
QScrollBar::handle:horizontal {{ min-width: 24px; }}
QScrollBar::handle:hover {{ background: {p.muted.name()}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""


def _filled_button(kind: str, fill: str, text: str, palette: Palette) -> str:
    p = palette
    faded = mix(p.surface, p.accent if kind == "primary" else p.irreversible, 0.55).name()
    return f"""
QPushButton[kind="{kind}"] {{ background: {fill}; color: {text}; border-color: {fill}; }}
QPushButton[kind="{kind}"]:hover {{ border-color: {p.text.name()}; }}
QPushButton[kind="{kind}"]:focus {{ border: 1px solid {fill}; padding: 6px 13px; }}
QPushButton[kind="{kind}"]:disabled {{ background: {faded}; border-color: {faded}; color: {text}; }}
"""
