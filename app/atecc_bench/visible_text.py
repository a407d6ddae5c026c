"""Text from files, chips and boards, safe to show.

A terminal obeys control characters, and what turns the direction of writing makes one name
look like another (CVE-2021-42574). Both are shown as what they are.
"""

import re

# C0 but tab and line feed, DEL, C1, line and paragraph separator, marks of direction, halves of UTF-16 pairs.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    r"""Text in which nothing acts: ESC becomes `\x1b`, right-to-left override `\u202e`."""
    return _UNSAFE.sub(_named, text)


def _named(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
