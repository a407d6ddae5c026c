"""Initialisers of a C file, read without their meaning.

Enough of C for tables of structures. Preprocessor conditions are not evaluated: what stands before `#else` counts. Of
`#define`, numbers are kept.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from atecc_bench.errors import InputError

_TOKEN = re.compile(
    r"""\s+|//[^\n]*|/\*.*?\*/|(?P<string>"(?:\\.|[^"\\\n])*")|(?P<char>'(?:\\.|[^'\\\n])*')"""
    r"""|(?P<number>\d\w*)|(?P<name>[A-Za-z_]\w*)|(?P<mark>.)""",
    re.DOTALL,
)
_DEFINE = re.compile(r"#\s*define\s+(\w+)\s+\(?\s*(0[xX][0-9A-Fa-f]+|\d+)[uUlL]*\s*\)?\s*(?:/[*/].*)?$")
_DIRECTIVE = re.compile(r"#\s*(if|ifdef|ifndef|else|elif|endif)\b")
_NUMBER = re.compile(r"(0[xX][0-9A-Fa-f]+|\d+)[uUlL]*")
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "0": "\0", "\\": "\\", '"': '"', "'": "'"}
_MAX_DEPTH = 16
_MAX_LENGTH = 1_000_000
_MAX_DIGITS = 20


@dataclass(frozen=True)
class Expression:
    """Tokens of one number, string or address."""

    tokens: tuple[str, ...]


@dataclass(frozen=True)
class Braces:
    """An initialiser in braces.

    Each value with its designator, without dot or brackets, or None.
    """

    items: tuple[tuple[str | None, "Expression | Braces"], ...]


@dataclass(frozen=True)
class Variable:
    """A variable with an initialiser in braces.

    `type_names` are the words before its name.
    """

    name: str
    type_names: tuple[str, ...]
    value: Braces


@dataclass(frozen=True)
class CFile:
    """The tables of a C file and the numbers it defines."""

    variables: tuple[Variable, ...]
    defines: Mapping[str, int]


def read_initialisers(text: str) -> CFile:
    """Read all variables that are initialised with braces.

    Raises:
        InputError: `not-c`.
    """
    if len(text) > _MAX_LENGTH:
        raise not_c(f"it has more than {_MAX_LENGTH} characters")
    code, defines = _preprocess(text)
    tokens = [match.group() for match in _TOKEN.finditer(code) if match.lastgroup]
    return CFile(tuple(_variables(tokens)), defines)


def evaluate(expression: "Expression | Braces", names: Mapping[str, int]) -> int:
    """Compute a constant expression.

    Numbers, known names, + - * / and parentheses; casts are passed over.

    Raises:
        InputError: `not-c`.
    """
    if isinstance(expression, Braces):
        if len(expression.items) != 1:
            raise not_c("a list stands where one number is expected")
        return evaluate(expression.items[0][1], names)
    value, rest = _sum(list(expression.tokens), names, 0)
    if rest:
        raise not_c(f"{' '.join(expression.tokens)} is no number")
    return value


def string_value(expression: "Expression | Braces") -> str:
    """The text of a string literal, or of several in a row.

    Raises:
        InputError: `not-c`.
    """
    if isinstance(expression, Braces) or not all(token.startswith('"') for token in expression.tokens):
        raise not_c("something else stands where a string is expected")
    return "".join(
        re.sub(r"\\(.)", lambda match: _SIMPLE_ESCAPES.get(match[1], match[1]), token[1:-1])
        for token in expression.tokens
    )


def not_c(why: str) -> InputError:
    """Return a `not-c` refusal."""
    return InputError(
        "not-c",
        f"The C file cannot be read: {why}.",
        "Give a file with an atcacert_def_t, as cert2certdef.py or `atecc-bench template export` write it.",
    )


def _preprocess(text: str) -> tuple[str, dict[str, int]]:
    """Take out the directives; return the rest and the defined numbers.

    What stands after `#else` goes too.
    """
    lines: list[str] = []
    defines: dict[str, int] = {}
    skipping: list[bool] = []
    for line in text.replace("\r\n", "\n").replace("\\\n", " ").split("\n"):
        stripped = line.strip()
        if not stripped.startswith("#"):
            if not any(skipping):
                lines.append(line)
            continue
        define, directive = _DEFINE.match(stripped), _DIRECTIVE.match(stripped)
        if define and not any(skipping) and len(define[2]) <= _MAX_DIGITS:
            defines[define[1]] = int(define[2], 0) if define[2][:2].lower() == "0x" else int(define[2])
        elif directive:
            if directive[1] == "endif":
                skipping[-1:] = []
            elif directive[1] in ("else", "elif"):
                skipping[-1:] = [True]
            else:
                skipping.append(False)
    return "\n".join(lines), defines


def _variables(tokens: list[str]) -> Iterator[Variable]:
    start = position = 0
    while position < len(tokens):
        word = tokens[position]
        if word == "=" and tokens[position + 1 : position + 2] == ["{"]:
            words = _declaration(tokens[start:position])
            value, position = _braces(tokens, position + 1, 0)
            if words:
                yield Variable(words[-1], tuple(words[:-1]), value)
            start = position
            continue
        position += 1
        if word in (";", "}", "{"):
            start = position


def _declaration(tokens: list[str]) -> list[str]:
    words: list[str] = []
    depth = 0
    for word in tokens:
        depth += (word == "[") - (word == "]")
        if not depth and (word[0].isalpha() or word[0] == "_"):
            words.append(word)
    return words


def _braces(tokens: list[str], position: int, depth: int) -> tuple[Braces, int]:
    """Read from the brace at `position` to its end.

    Returns what is in it, and the position after its end.
    """
    if depth > _MAX_DEPTH:
        raise not_c(f"its braces are nested deeper than {_MAX_DEPTH} levels")
    items: list[tuple[str | None, Expression | Braces]] = []
    position += 1
    while True:
        if position >= len(tokens):
            raise not_c("a brace is not closed")
        if tokens[position] == "}":
            return Braces(tuple(items)), position + 1
        designator, position = _designator(tokens, position)
        value: Expression | Braces
        if tokens[position : position + 1] == ["{"]:
            value, position = _braces(tokens, position, depth + 1)
        else:
            value, position = _expression(tokens, position)
        items.append((designator, value))
        if tokens[position : position + 1] == [","]:
            position += 1
        elif tokens[position : position + 1] != ["}"]:
            raise not_c("a comma is missing between two values")


def _designator(tokens: list[str], position: int) -> tuple[str | None, int]:
    if tokens[position] == "." and tokens[position + 2 : position + 3] == ["="]:
        return tokens[position + 1], position + 3
    if tokens[position] == "[" and tokens[position + 2 : position + 4] == ["]", "="]:
        return tokens[position + 1], position + 4
    return None, position


def _expression(tokens: list[str], position: int) -> tuple[Expression, int]:
    start, depth = position, 0
    while position < len(tokens) and (depth or tokens[position] not in (",", "}")):
        if tokens[position] in (";", "{", "="):
            break
        depth += (tokens[position] in "([") - (tokens[position] in ")]")
        position += 1
    if position == start:
        raise not_c("a value is missing")
    return Expression(tuple(tokens[start:position])), position


def _sum(tokens: list[str], names: Mapping[str, int], depth: int) -> tuple[int, list[str]]:
    value, rest = _product(tokens, names, depth)
    while rest and rest[0] in ("+", "-"):
        other, after = _product(rest[1:], names, depth)
        value, rest = (value + other if rest[0] == "+" else value - other), after
    return value, rest


def _product(tokens: list[str], names: Mapping[str, int], depth: int) -> tuple[int, list[str]]:
    value, rest = _factor(tokens, names, depth)
    while rest and rest[0] in ("*", "/"):
        other, after = _factor(rest[1:], names, depth)
        if rest[0] == "/" and not other:
            raise not_c("it divides by zero")
        value, rest = (value * other if rest[0] == "*" else value // other), after
        if value.bit_length() > 64:
            raise not_c("a number is too large")
    return value, rest


def _factor(tokens: list[str], names: Mapping[str, int], depth: int) -> tuple[int, list[str]]:
    if not tokens or depth > _MAX_DEPTH:
        raise not_c("a number is missing")
    first, rest = tokens[0], tokens[1:]
    number = _NUMBER.fullmatch(first)
    if number and len(first) <= _MAX_DIGITS:
        digits = number[1]
        return (int(digits, 16) if digits[:2].lower() == "0x" else int(digits)), rest
    if first in names:
        return names[first], rest
    if first == "-":
        value, rest = _factor(rest, names, depth + 1)
        return -value, rest
    if first == "(" and len(rest) > 1 and rest[1] == ")" and rest[0].endswith("_t"):
        return _factor(rest[2:], names, depth + 1)
    if first == "(":
        value, rest = _sum(rest, names, depth + 1)
        if rest[:1] == [")"]:
            return value, rest[1:]
    raise not_c(f"{first} is no number")
