"""Arrays in source text: C, C++, Rust, Go, Python, JavaScript, Elixir.

Named constants are looked up in the same text; a byte whose name is defined nowhere stays unknown.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from atecc_bench.diagnose.dumps.byte_runs import ByteRun

_LONGEST = 1_000_000
_MOST_ITEMS = 4096
_DEEPEST = 16
_STRIPPED = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|//[^\n]*|/\*.*?\*/", re.DOTALL)
_DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+(\S.*)$", re.MULTILINE)
_CONSTANT = re.compile(
    r"^[ \t]*(?:static|const|constexpr|let|var|final|public|export|u?int8_t|uint8|byte|u8|int|[ \t])*?"
    r"\b([A-Za-z_]\w*)[ \t]*(?::[ \t]*\w+[ \t]*)?=[ \t]*([^\n{}\[\],;]+?)[ \t]*[;,]?[ \t]*$",
    re.MULTILINE,
)
_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b[ \t]*(.*)$")
_OPEN, _CLOSE = "{[(", "}])"
_NUMBER = re.compile(r"(0[xX][0-9A-Fa-f_]+|0[bB][01_]+|\d[\d_]*)(?:[uUlL]*|u8|_u8)")
_BRACKETS = re.compile(
    r"(?<![\w)])(?<![\w)] )<<(?=\s*(?:0[xX])?\d+\s*,)|>>|[{}\[\]();]|\b(?:if|for|while|return|fn|func|def|void)\b"
)
_CAST = re.compile(r"\(\s*(?:const\s+)?(?:unsigned\s+char|u?int8_t|uint8|byte|u8|BYTE|char|unsigned|int)\s*\)")
_CALL = re.compile(r"\b(?:u?int8_t|uint8|byte|u8|BYTE)\s*\(")
_DESIGNATED = re.compile(r"\[\s*(\w+)\s*\]\s*=\s*(.*)", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][\w.:]*")
_WORD = re.compile(r"[A-Za-z_]\w*")
_KEYWORDS = frozenset(
    {"static", "const", "constexpr", "return", "new", "byte", "bytes", "bytearray", "u8", "uint8_t", "let"}
)


@dataclass(frozen=True)
class SourceArray:
    """An array of a source text.

    Its `name` as far as there is one; `bits` is the width of its items.
    """

    name: str
    items: tuple[int | None, ...]
    unknown: tuple[str, ...]
    first_line: int
    last_line: int

    def run(self) -> ByteRun | None:
        """The array as bytes, None when an item is none."""
        if any(item is not None and not -128 <= item < 256 for item in self.items):
            return None
        values = tuple(None if item is None else item & 0xFF for item in self.items)
        return ByteRun(values, "array in a source text", self.first_line, self.last_line, names=self.unknown)


def source_arrays(text: str) -> tuple[tuple[SourceArray, ...], ...]:
    """The arrays of a text.

    They come once for each way in which its `#if`s may go.
    """
    if len(text) > _LONGEST or not any(mark in text for mark in ("{", "[", "(", "<<", "#define")):
        return ()
    bare = _STRIPPED.sub(_blank, text.replace("\\\n", "\x00\n"))
    found: list[tuple[SourceArray, ...]] = []
    for variant in dict.fromkeys(_branches(bare)):
        arrays = tuple(_arrays(variant))
        if arrays and arrays not in found:
            found.append(arrays)
    return tuple(found)


def _blank(match: re.Match[str]) -> str:
    """Lines stay, what is a comment goes; a string stays."""
    return match[0] if match[0].startswith('"') else re.sub(r"[^\n]", " ", match[0])


def _branches(text: str) -> Iterator[str]:
    """The text with either branch of its conditions.

    First with the first branch of each, then with the other.
    """
    if "#" not in text or not re.search(r"^[ \t]*#[ \t]*(?:if|ifdef|ifndef)\b", text, re.MULTILINE):
        yield text
        return
    for first in (True, False):
        kept: list[str] = []
        stack: list[tuple[bool, bool]] = []  # taken now, taken before
        for line in text.split("\n"):
            match = _DIRECTIVE.match(line)
            if match is None:
                kept.append(line if all(now for now, _ in stack) else "")
                continue
            kept.append("")
            match match[1]:
                case "endif":
                    if stack:
                        stack.pop()
                case "else" | "elif":
                    if stack:
                        _, before = stack.pop()
                        stack.append((not before, True))
                case _:
                    plainly = {"0": False, "1": True}.get(match[2].strip())
                    takes = first if plainly is None else plainly
                    stack.append((takes, takes))
        yield "\n".join(kept)


def _arrays(text: str) -> Iterator[SourceArray]:
    names = _names(text)
    for name, body in names.items():
        if body.count(",") > 1:  # a range of bytes under a name of its own
            values, unknown = _items(body, {}, 0)
            if len(values) > 1:
                line = text.count("\n", 0, text.find(name)) + 1
                yield SourceArray(name, values, unknown, line, line + body.count("\x00"))
    text = _DEFINE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text.replace("\x00", " "))
    breaks = [match.start() for match in re.finditer("\n", text)]
    for start, end in _outermost(text):
        inner = text[start + 1 : end]
        if inner.count(",") < 1:
            continue
        values, unknown = _items(inner, names, 0)
        if len(values) < 2:
            continue
        before = re.split(r"[;{}]", text[max(0, start - 120) : start])[-1]
        yield SourceArray(
            next((word for word in _WORD.findall(before) if word not in _KEYWORDS and not word.endswith("_t")), ""),
            values,
            unknown,
            bisect_left(breaks, start) + 1,
            bisect_left(breaks, end) + 1,
        )


def _names(text: str) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for match in _DEFINE.finditer(text.replace("\x00\n", "\x00")):
        names.setdefault(match[1], match[2].replace("\x00", " ").strip())
    for match in _CONSTANT.finditer(text.replace("\x00", " ")):
        names.setdefault(match[1], match[2].strip())
    return names


def _outermost(text: str) -> Iterator[tuple[int, int]]:
    """Brackets that hold a list.

    Of nested ones it is the outermost that holds nothing but numbers.
    """
    stack: list[tuple[int, str, bool]] = []
    found: list[tuple[int, int]] = []
    for match in _BRACKETS.finditer(text):
        sign = match[0]
        if sign in ("{", "[", "(", "<<"):
            stack.append((match.end() - 1, sign, True))
        elif sign in ("}", "]", ")", ">>"):
            if not stack or (sign == ">>") != (stack[-1][1] == "<<"):
                continue
            start, _, listed = stack.pop()
            if listed:
                while found and found[-1][0] > start:
                    found.pop()
                found.append((start, match.start()))
            elif stack:
                stack[-1] = (*stack[-1][:2], False)
        elif stack:  # a statement: what is around it is a block and no list
            stack = [(at, opening, False) for at, opening, _ in stack]
    return iter(found)


def _items(body: str, names: Mapping[str, str], depth: int) -> tuple[tuple[int | None, ...], tuple[str, ...]]:
    values: list[int | None] = []
    unknown: list[str] = []
    for item in _split(body):
        if len(values) > _MOST_ITEMS:
            return (), ()
        designated = _DESIGNATED.fullmatch(item)
        if designated is not None:
            at = _value(designated[1], names, 0)
            if at is not None and len(values) <= at < _MOST_ITEMS:
                values += [0] * (at - len(values))
            item = designated[2].strip()
        if item[:1] in ("{", "[") or (item[:1] == "(" and _CAST.match(item) is None and "," in item):
            inner, inner_unknown = _items(item[1:-1], names, depth)
            values += inner
            unknown += inner_unknown
            continue
        listed = names.get(item)
        if listed is not None and "," in listed and depth < _DEEPEST:
            inner, inner_unknown = _items(listed, names, depth + 1)
            values += inner
            unknown += inner_unknown
            continue
        value = _value(item, names, depth)
        if value is None:
            if _NAME.match(item) is None or '"' in item:
                return (), ()
            unknown.append(item)
        values.append(value)
    return tuple(values), tuple(unknown)


def _split(body: str) -> Iterator[str]:
    """Items of a list, at its commas."""
    depth = start = 0
    for index, character in enumerate(body):
        if character in _OPEN:
            depth += 1
        elif character in _CLOSE:
            depth -= 1
        elif character == "," and not depth:
            item = body[start:index].strip()
            if item:
                yield item
            start = index + 1
    item = body[start:].strip()
    if item:
        yield item


def _value(text: str, names: Mapping[str, str], depth: int) -> int | None:
    """The number that an expression is.

    None when it has an unknown name.
    """
    number = _NUMBER.fullmatch(text)
    if number is not None:
        return _literal(number[1])
    if depth >= _DEEPEST or len(text) > 400:
        return None
    text = _CALL.sub("(", _CAST.sub(" ", text))
    text = re.sub(r"\s+as\s+\w+", "", text)
    whole = _NAME.fullmatch(text.strip())
    if whole is not None:
        body = names.get(text.strip())
        return None if body is None or "," in body else _value(body, names, depth + 1)
    parts: list[str] = []
    for match in re.finditer(r"(0[xX]\w+|\d\w*)|([A-Za-z_]\w*)|\s+|<<|>>|.", text):
        if match[1] is not None:
            literal = _NUMBER.fullmatch(match[1])
            if literal is None:
                return None
            parts.append(str(_literal(literal[1])))
        elif match[2] is not None:
            inner = _value(match[2], names, depth + 1)
            if inner is None:
                return None
            parts.append(str(inner))
        elif match[0].strip():
            parts.append(match[0])
    return _computed(parts)


def _literal(text: str) -> int | None:
    try:
        text = text.replace("_", "")
        return int(text, 0) if text[:1] == "0" and len(text) > 1 and not text.isdigit() else int(text, 10)
    except ValueError:
        return None


_LEVELS = (("|",), ("^",), ("&",), ("<<", ">>"), ("+", "-"), ("*",))


def _computed(parts: Sequence[str]) -> int | None:
    """Compute an expression of numbers as C would."""
    rest = list(parts)
    value = _level(rest, 0)
    return None if rest else value


def _level(rest: list[str], level: int) -> int | None:
    if level == len(_LEVELS):
        return _operand(rest)
    value = _level(rest, level + 1)
    while value is not None and rest and rest[0] in _LEVELS[level]:
        sign = rest.pop(0)
        other = _level(rest, level + 1)
        if other is None or (sign in ("<<", ">>") and not 0 <= other < 64):
            return None
        match sign:
            case "|":
                value |= other
            case "^":
                value ^= other
            case "&":
                value &= other
            case "<<":
                value <<= other
            case ">>":
                value >>= other
            case "+":
                value += other
            case "-":
                value -= other
            case _:
                value *= other
    return value


def _operand(rest: list[str]) -> int | None:
    if not rest:
        return None
    part = rest.pop(0)
    if part == "(":
        value = _level(rest, 0)
        return value if value is not None and rest and rest.pop(0) == ")" else None
    if part in ("-", "~"):
        value = _operand(rest)
        return None if value is None else (-value if part == "-" else ~value & 0xFF)
    return int(part) if part.isdigit() else None
