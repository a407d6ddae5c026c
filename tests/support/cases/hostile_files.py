"""Files that nobody brings in good faith: what they hold, and how they are laid out in a folder."""

import bz2
import gzip
import io
import json
import lzma
import os
import random
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.support.cases.hostile_der import DER_FILES

Make = Callable[[], bytes]
MEGA = 1 << 20
LARGE = 2 * MEGA - 1024  # just below what is searched
HUGE = 15 * MEGA  # just below what is read of a file at all
BOMB = 400 * MEGA  # of what is packed into little: more than a reader may ever have in memory
BIG_NUMBER = "9" * 5001


def _yaml_bomb(levels: int, width: int = 9) -> bytes:
    lines = ["a0: &a0 [lol, lol, lol]"]
    lines += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * width)}]" for at in range(1, levels)]
    return "\n".join(lines).encode()


def _merge_bomb(levels: int) -> bytes:
    lines = ["m0: &m0 {k: v}"]
    lines += [f"m{at}: &m{at} {{<<: [{', '.join([f'*m{at - 1}'] * 9)}]}}" for at in range(1, levels)]
    return "\n".join(lines).encode()


YAML: dict[str, Make] = {
    "aliases nine deep": lambda: _yaml_bomb(9),
    "aliases forty deep": lambda: _yaml_bomb(40),
    "merge keys nine deep": lambda: _merge_bomb(9),
    "merge keys thirty deep": lambda: _merge_bomb(30),
    "list within itself": lambda: b"&a [*a]",
    "mapping merged into itself": lambda: b"&x {<<: *x, name: q}",
    "alias as a name": lambda: b"name: &n x\nconfig: *n\n*n : y\n",
    "1,200 braces": lambda: b"{" * 1200,
    "60,000 braces": lambda: b"{" * 60_000,
    "60,000 brackets": lambda: b"[" * 60_000,
    "3,000 mappings": lambda: b"{a: " * 3000,
    "5,000 question marks": lambda: b"? " * 5000,
    "20,000 dashes": lambda: b"- " * 20_000,
    "blocks 300 deep": lambda: b"".join(b" " * at + b"a:\n" for at in range(300)),
    "60,000 documents": lambda: b"---\n" * 15_000,
    "5,000 keys that are one": lambda: b"name: x\n" * 5000,
    "6,000 keys": lambda: b"".join(b"k%d: 1\n" % at for at in range(6000)),
    "30,000 commas": lambda: b"[" + b"," * 30_000,
    "number of 5,001 digits": lambda: f"name: {BIG_NUMBER}".encode(),
    "hex number of 60,000 digits": lambda: b"config: 0x" + b"f" * 60_000,
    "binary number of 60,000 digits": lambda: b"a: 0b" + b"1" * 60_000,
    "number with 60,000 underscores": lambda: b"a: 1" + b"_" * 60_000,
    "exponent of a million": lambda: b"a: 1.0e+1000000",
    "numbers to the base of sixty": lambda: b"a: 190:20:30\nb: " + b":".join([b"59"] * 9000),
    "date that is none": lambda: b"bytes: 2020-13-45",
    "time that is none": lambda: b"bytes: 2020-01-01T99:99:99Z",
    "zone that is none": lambda: b"bytes: 2020-01-01 00:00:00 +99:99",
    "tag of Python": lambda: b'!!python/object/apply:os.system ["true"]',
    "tag of Python's names": lambda: b"a: !!python/name:os.system",
    "tag bool of q": lambda: b"!!bool q",
    "tag int of text": lambda: b"!!int x",
    "tag float of text": lambda: b"a: !!float x",
    "tag timestamp of text": lambda: b"a: !!timestamp x",
    "tag binary of text": lambda: b"a: !!binary \xc3\xa4",
    "tag set": lambda: b"!!set {a, b}",
    "tag pairs": lambda: b"!!pairs [a: b, a: c]",
    "tag omap of a number": lambda: b"!!omap 1",
    "tag of 60,000 characters": lambda: b"!<" + b"x" * 60_000 + b"> a",
    "version of another YAML": lambda: b"%YAML 9.9\n---\na: 1",
    "directive of 60,000": lambda: b"%TAG ! " + b"x" * 60_000 + b"\n---\na",
    "anchor of 60,000": lambda: b"&" + b"a" * 60_000 + b" b",
    "tabs": lambda: b"\ta:\t1\n\t\tb:\t2",
    "NUL in a key": lambda: b"na\0me: x",
    "escape that is none": lambda: b'name: "\\U00110000"',
    "half a surrogate": lambda: b'name: "\\ud800"',
    "NUL by an escape": lambda: b'name: "\\0"',
    "control characters by escapes": lambda: b'name: "\\e[2J\\e]0;x\\a"',
    "list as a key": lambda: b"? [a, b]\n: c",
    "mapping as a key": lambda: b"{{a: b}: c}",
    "infinity": lambda: b"name: .inf\nconfig: -.inf\nslots: .nan",
    "name that is null": lambda: b"name: ~\nconfig: ~\nslots: ~",
    "name that is true": lambda: b"name: yes\nconfig: on\nslots: off",
    "block of 60,000 lines": lambda: b"a: |\n" + b" x\n" * 20_000,
    "block of 15 MB": lambda: b"a: |\n" + b" x\n" * (HUGE // 3),
    "block of 2 MB": lambda: b"a: |\n" + b" x\n" * (LARGE // 3 - 9),
    "comment of 2 MB": lambda: b"#" * (LARGE - 9) + b"\nname: x",
    "quoted text without end": lambda: b'name: "' + b"x" * 60_000,
    "quoted text with 30,000 breaks": lambda: b'name: "' + b"x\n\n" * 20_000 + b'"',
}


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


JSON: dict[str, Make] = {
    "brackets 1,000 deep": lambda: b"[" * 1000 + b"]" * 1000,
    "brackets 100,000 deep": lambda: b"[" * 100_000 + b"]" * 100_000,
    "brackets 7 million deep": lambda: b"[" * 7_000_000 + b"]" * 7_000_000,
    "objects 100,000 deep": lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "objects 2 million deep": lambda: b'{"a":' * 2_000_000,
    "JSON number of 5,001 digits": lambda: b'{"version": ' + BIG_NUMBER.encode() + b"}",
    "JSON number of a million digits": lambda: b'{"version": ' + b"9" * MEGA + b"}",
    "JSON exponent": lambda: b'{"version": 1e999999999}',
    "NaN and infinity": lambda: b'{"version": NaN, "serial_number": Infinity}',
    "minus zero": lambda: b'{"version": -0}',
    "JSON text of 15 MB": lambda: b'{"version": "' + b"x" * HUGE + b'"}',
    "JSON text of 2 MB": lambda: b'{"version": "' + b"x" * (LARGE - 64) + b'"}',
    "half a million numbers": lambda: b"[" + b"1,1,1," * 300_000 + b"1]",
    "brackets a million deep": lambda: b"[" * 1_000_000,
    "3 million numbers": lambda: b"[" + b"1,1,1," * 1_000_000 + b"1]",
    "a million objects": lambda: b"[" + b"{}," * 1_000_000 + b"{}]",
    "300,000 keys": lambda: _json(dict.fromkeys((str(at) for at in range(300_000)), 0)),
    "a million keys that are one": lambda: b"{" + b'"a":1,' * 1_000_000 + b'"a":1}',
    "half a JSON surrogate": lambda: b'{"version": "\\ud800", "\\udfff": 1}',
    "JSON NUL": lambda: b'{"version": "\\u0000", "\\u0000": 1}',
    "JSON control characters": lambda: b'{"version": "\\u001b[2J\\u009b2J", "\\u001b]0;x\\u0007": 1}',
    "JSON that ends too early": lambda: b'{"version": 1, "serial_number": "0123',
    "JSON with a tail": lambda: b'{"version": 1}' * 100_000,
    "5 million backslashes": lambda: b'"' + b"\\\\" * 5_000_000 + b'"',
    "JSON after a byte order mark": lambda: b"\xef\xbb\xbf" + _json({"version": 1}),
    "JSON in UTF-16": lambda: '{"version": 1}'.encode("utf-16"),
    "JSON in UTF-32": lambda: '{"version": 1}'.encode("utf-32"),
    "null": lambda: b"null",
    "true": lambda: b"true",
    "one number": lambda: b"1",
    "one text": lambda: b'"x"',
    "empty object": lambda: b"{}",
    "empty list": lambda: b"[]",
    "names of Python": lambda: _json({"__class__": "x", "__init__": {"__globals__": 1}, "self": 1}),
    "JSON lines": lambda: b'{"a": 1}\n' * 300_000,
}


def _zip(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def _zip_bomb(name: str, size: int, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    info = zipfile.ZipInfo(name)
    info.compress_type = method
    with zipfile.ZipFile(packed, "w", method) as archive, archive.open(info, "w", force_zip64=True) as member:
        block = bytes(MEGA)
        for _ in range(size // MEGA):
            member.write(block)
    return packed.getvalue()


def _claims(name: str, size: int) -> bytes:
    """A zip whose directory tells another size than there is."""
    data = bytearray(_zip((name, b"{}")))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(data)


def _damaged(data: bytes, seed: int) -> bytes:
    chance, damaged = random.Random(seed), bytearray(data)  # noqa: S311
    for _ in range(max(1, len(damaged) // 200)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def _tar(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def _encrypted_zip() -> bytes:
    data = bytearray(_zip(("bundle.json", b"{}")))
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + at] |= 1
    return bytes(data)


ARCHIVES: dict[str, Make] = {
    **{
        f"zip bomb called {name}": lambda name=name: _zip_bomb(name, BOMB)
        for name in ("bundle.json", "chip.hex", "configuration.json", "log.txt", "trace.json")
    },
    "bzip2 bomb in a zip": lambda: _zip_bomb("bundle.json", BOMB, zipfile.ZIP_BZIP2),
    "LZMA bomb in a zip": lambda: _zip_bomb("bundle.json", BOMB, zipfile.ZIP_LZMA),
    "60,000 members": lambda: _zip(*((f"{at}.json", b"") for at in range(60_000)), method=zipfile.ZIP_STORED),
    "member above the folder": lambda: _zip(("../../bundle.json", b"{}"), ("/etc/passwd", b"x")),
    "name of control characters": lambda: _zip(("\x1b[2Jbundle.json", b"{}"), ("=cmd|' /C calc'!A0", b"{}")),
    "name of 60,000": lambda: _zip(("x" * 60_000, b"{}")),
    "encrypted member": _encrypted_zip,
    "zip in a zip in a zip": lambda: _zip(("a.zip", _zip(("b.zip", _zip_bomb("bundle.json", BOMB))))),
    "bundle of deep JSON": lambda: _zip(("bundle.json", b"[" * 500_000), ("manifest.json", b"[" * 500_000)),
    "bundle of a large number": lambda: _zip(("bundle.json", b'{"version": ' + BIG_NUMBER.encode() + b"}")),
    "bundle of text": lambda: _zip(("bundle.json", b"x"), ("manifest.json", b"\xff\xfe")),
    "smaller than it says": lambda: _claims("bundle.json", 0xFFFFFFF0),
    "larger than it says": lambda: _claims("bundle.json", 1),
    "zip without its end": lambda: _zip(("bundle.json", b"{}" * 1000))[:-30],
    "zip with the end alone": lambda: b"PK\x05\x06" + bytes(18),
    "zip whose end says 65,535": lambda: b"PK\x05\x06" + bytes(4) + b"\xff" * 12 + bytes(2),
    "empty zip": lambda: _zip(),
    "gzip bomb": lambda: gzip.compress(bytes(BOMB), 9),
    "gzip in gzip": lambda: gzip.compress(gzip.compress(bytes(BOMB), 9), 9),
    "gzip without its end": lambda: gzip.compress(b"0123" * 1000)[:-9],
    "gzip of a lie": lambda: gzip.compress(b"x")[:-4] + b"\xff\xff\xff\xff",
    "a million gzips": lambda: gzip.compress(b"") * 500_000,
    "bzip2 bomb": lambda: bz2.compress(bytes(BOMB)),
    "xz bomb": lambda: lzma.compress(bytes(BOMB), preset=0),
    "tar with a name above": lambda: _tar(("../../x", b"x")),
    "tar bomb": lambda: _tar(("x", bytes(BOMB // 2))),
    "start of a 7z": lambda: b"7z\xbc\xaf\x27\x1c" + os.urandom(100),
    "start of a PDF": lambda: b"%PDF-1.7\n" + os.urandom(1000),
    "start of an ELF": lambda: b"\x7fELF" + os.urandom(1000),
    **{
        f"damaged zip {seed}": lambda seed=seed: _damaged(_zip(("bundle.json", b"{}" * 500)), seed) for seed in range(8)
    },
}
_ODD_WORDS = {
    "formulas": b"=cmd|' /C calc'!A0,+1+1,-2+3,@SUM(1)\n",
    "escape sequences": b"\x1b[2J\x1b]0;x\x07\x9b2J",
    "text from right to left": "\u202e\u2066abc\u2069\u200b".encode(),
    "bytes that are no UTF-8": b"\xff\xfe\xfd\xc3\x28\xed\xa0\x80",
    "HTML": b"<script>alert(1)</script><img src=x onerror=alert(1)>",
    "markup of the terminal": b"[bold][link=file:///etc/passwd]x[/link][/bold][/nothing]",
    "carriage returns": b"abc\rdef\r\r\n\x0b\x0c",
    "combining characters": ("a" + "\u0301" * 3000).encode(),
}
_ONE_CHARACTER = "0 a=:-,.\"'{[(\\/*#;<&%@\n\r\t\0"


def _macro_bomb() -> bytes:
    lines = ["#define A0 1,1,1,1,1,1,1,1,1,1"]
    lines += [f"#define A{at} {','.join([f'A{at - 1}'] * 10)}" for at in range(1, 12)]
    return "\n".join([*lines, "const uint8_t config[] = { A11 };"]).encode()


TEXTS: dict[str, Make] = {
    **{f"{name}, once": lambda words=words: words for name, words in _ODD_WORDS.items()},
    **{f"{name}, 1 MB": lambda words=words: words * (MEGA // len(words)) for name, words in _ODD_WORDS.items()},
    **{f"2 MB of {one!r}": lambda one=one: one.encode() * LARGE for one in _ONE_CHARACTER},
    "nothing": lambda: b"",
    "hex in one line of 15 MB": lambda: b"01 23 AB " * (HUGE // 9),
    "hex in one line of 2 MB": lambda: b"01 23 AB " * (LARGE // 9),
    "hex without spaces, 2 MB": lambda: b"0123abcd" * (LARGE // 8),
    "hex in rows of 2 MB": lambda: b"01 23 00 00 00 00 60 02 aa bb\n" * (LARGE // 30),
    "rows with offsets, 2 MB": lambda: b"".join(b"%08x: 01 23 45 67\n" % at for at in range(LARGE // 22)),
    "rows with huge offsets": lambda: b"ffffffffffffffff: 01 23\n" * 10_000,
    "numbers of C, 2 MB": lambda: b"0x01, " * (LARGE // 6),
    "decimal numbers, 2 MB": lambda: b"255, " * (LARGE // 5),
    "Base64, 2 MB": lambda: b"QUJD" * (LARGE // 4),
    "array of C, 2 MB": lambda: b"const uint8_t config[128] = {" + b"0x01," * (LARGE // 5 - 9) + b"};",
    "20,000 arrays of C": lambda: b"const uint8_t a[] = {1,2,3};\n" * 20_000,
    "macros of macros": _macro_bomb,
    "macro of itself": lambda: b"#define A A\n#define B C\n#define C B\nconst uint8_t x[] = {A, B, C};",
    "50,000 conditions": lambda: b"#if 1\n" * 50_000 + b"const uint8_t x[] = {1};\n" + b"#endif\n" * 50_000,
    "50,000 parentheses": lambda: b"const uint8_t x[] = {" + b"(" * 50_000 + b"1" + b")" * 50_000 + b"};",
    "50,000 initialisers": lambda: b"const int x[] = " + b"{" * 50_000 + b"1" + b"}" * 50_000 + b";",
    "shift by a million": lambda: b"const uint8_t x[] = {1 << 999999999, 1 << 99999999999};",
    "power of a power": lambda: b"const uint8_t x[] = {9**9**9**9, 10**10**10};",
    "comments in comments": lambda: b"/*" * 1_000_000,
    "strings without end": lambda: b'"\\x' * 600_000,
    "text of C, 2 MB": lambda: b'const char x[] = "' + b"\\x01\\x23" * (MEGA // 5) + b'";',
    "number of C, 5,001 digits": lambda: b"const uint8_t x[] = {" + BIG_NUMBER.encode() + b"};",
    "log of 47,000 reads": lambda: b"I (123) atca: Read slot 10: 01 23 45 67 89\n" * 47_000,
    "log with 60,000 labels": lambda: b"".join(b"label%d: 0123456789abcdef\n" % at for at in range(60_000)),
    "60 digits and a letter": lambda: b"9" * 60 + b"g",
    "600,000 colons": lambda: b"01:" * 600_000,
    "exactly 16 MiB": lambda: b"0" * (16 * MEGA),
    "16 MiB and a byte": lambda: b"0" * (16 * MEGA + 1),
    "random bytes, 2 MB": lambda: random.Random(1).randbytes(LARGE),  # noqa: S311
    "random bytes, 128": lambda: random.Random(2).randbytes(128),  # noqa: S311
    "UTF-16, little": lambda: ("01 23 " * 1000).encode("utf-16-le"),
    "UTF-16, big, with mark": lambda: b"\xfe\xff" + ("01 23 " * 1000).encode("utf-16-be"),
    "UTF-16 of odd length": lambda: b"\xff\xfea",
    "UTF-32": lambda: ("01 23 " * 1000).encode("utf-32"),
    "256 lines of one byte": lambda: b"".join(b"%d\n" % at for at in range(256)),
    "table of pipes, 2 MB": lambda: b"| 0 | 01 | 02 |\n" * (LARGE // 17),
    "slots upside down": lambda: b"".join(b"slot %d: 0x%04x\n" % (at, at) for at in range(99_999, 0, -1)),
    "Intel hex of 2 MB": lambda: b":10000000000102030405060708090A0B0C0D0E0F78\n" * (LARGE // 44),
    "S-records": lambda: b"S1137AF00A0A0D0000000000000000000000000061\n" * 45_000,
    "mail without end": lambda: b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n" * 450_000,
}
FILES: dict[str, Make] = {
    **{f"yaml: {name}": make for name, make in YAML.items()},
    **{f"json: {name}": make for name, make in JSON.items()},
    **{f"archive: {name}": make for name, make in ARCHIVES.items()},
    **{f"text: {name}": make for name, make in TEXTS.items()},
    **{f"der: {name}": make for name, make in DER_FILES.items()},
}
ENDLESS = "special: pipe that never ends"
SPECIAL: dict[str, Callable[[Path], None]] = {
    "special: /dev/zero": lambda path: path.symlink_to("/dev/zero"),
    "special: /dev/urandom": lambda path: path.symlink_to("/dev/urandom"),
    "special: /dev/full": lambda path: path.symlink_to("/dev/full"),
    "special: /dev/null": lambda path: path.symlink_to("/dev/null"),
    "special: link to itself": lambda path: path.symlink_to(path),
    "special: link to nowhere": lambda path: path.symlink_to(path.parent / "nowhere"),
    "special: folder": lambda path: path.mkdir(),
    "special: folder above": lambda path: path.symlink_to(".."),
    "special: memory of a process": lambda path: path.symlink_to("/proc/self/mem"),
    ENDLESS: lambda path: os.mkfifo(path),
}
NAMES = (*FILES, *SPECIAL, *(f"changed: {at}" for at in range(60)))
_VALUES: tuple[object, ...] = (
    -1, 10**4000, 1e308, None, True, "", "x" * 200_000, "\x1b[2J\0", "\ud800", [], {}, [[[[[[]]]]]], "../../etc/passwd",
    "9" * 5001, ["x"] * 50_000, {"a": {"b": 1}},
)  # fmt: skip


def changed(documents: dict[str, bytes], seed: int) -> bytes:
    """A document of ours in which a value, or several, are others."""
    chance = random.Random(seed)  # noqa: S311
    kind = sorted(documents)[seed % len(documents)]
    document = json.loads(documents[kind])
    for _ in range(1 + seed % 3):
        places = list(_places(document))
        holder, key = chance.choice(places)
        holder[key] = chance.choice(_VALUES)
    return json.dumps(document).encode()


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every object and list in a document, with each of its keys or positions."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in list(inner):
        yield value, key
        yield from _places(one)
