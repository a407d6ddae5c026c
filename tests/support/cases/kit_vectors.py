"""What is said to a bridge with one fresh chip, and what it answers: one list for every bridge there is."""

from typing import Any

import pytest

Exchanges = tuple[tuple[str, str], ...]

INFO = "0730000000035D"
REVISION = "07000060028038"
WOKEN = "00(04113343)"


def vectors(name: str, pins: tuple[int, int]) -> tuple[Any, ...]:
    """Requests and replies, each list in order on one bridge that calls itself `name` and has a chip on `pins`."""
    named = f"00({name.encode().hex().upper()})"
    sda, scl = pins
    wired = f"{sda},{scl}"
    return (
        pytest.param((("board:version()", named),), id="version"),
        pytest.param((("b:v()", named),), id="shortest version"),
        pytest.param((("board:firmware()", named),), id="firmware"),
        pytest.param((("board:device(00)", "ECC608 TWI 00(C0)"),), id="first device"),
        pytest.param((("b:d(01)", "no_device TWI 00(00)"), ("b:d(FF)", "no_device TWI 00(00)")), id="no such device"),
        pytest.param(
            (("board:device()", "E2()"), ("board:device(0)", "E2()"), ("b:d(0000)", "E2()")), id="device number"
        ),
        pytest.param(
            (("ecc:physical:interface:i2c", "00()"), ("ecc:physical:select(C0)", "00()"), ("e:p:s(c0)", "00()")),
            id="select as CryptoAuthLib does",
        ),
        pytest.param((("e:p:s(6C)", "F9()"), ("e:p:s(zz)", "E2()")), id="select what is not there"),
        pytest.param((("e:p:i:swi", "F5()"), ("e:p:i:spi", "F5()"), ("e:p:i:i", "00()")), id="other interfaces"),
        pytest.param((("ecc:wake()", WOKEN), ("e:w()", WOKEN), ("e:w", WOKEN)), id="wake"),
        pytest.param(
            (("ecc:idle()", "00()"), ("e:i()", "00()"), ("ecc:sleep()", "00()"), ("e:s()", "00()")), id="idle, sleep"
        ),
        pytest.param(((f"ecc:talk({INFO})", f"00({REVISION})"), (f"e:t({INFO})", f"00({REVISION})")), id="talk"),
        pytest.param(
            ((f"E:T({INFO.lower()})", f"00({REVISION})"), ("BOARD:DEVICE(00)", "ECC608 TWI 00(C0)")), id="case"
        ),
        pytest.param(
            (
                ("e:t()", "E4()"),
                ("e:t(08)", "E4()"),
                ("e:t(07300000000)", "E2()"),
                ("e:t(0g)", "E2()"),
                ("e:t", "E4()"),
            ),
            id="talk with a bad packet",
        ),
        pytest.param((("e:t(073000000000FF)", "00(04FF0142)"),), id="the chip finds a wrong CRC"),
        pytest.param((("", "E2()"), (" ", "E2()"), ("b:v( )", named)), id="spaces"),
        pytest.param((("b:v()x", "E2()"), ("b:v(", "E2()"), ("b:v)", "E2()"), ("b:v(()", "E2()")), id="parentheses"),
        pytest.param(
            (("x:y()", "F2()"), ("b", "F2()"), ("::", "F2()"), ("b:v:x()", "F2()"), ("12", "F2()")), id="unknown"
        ),
        pytest.param((("board:versions()", "F2()"), ("b:vx()", "F2()")), id="longer than the name"),
        pytest.param(
            ((f"b:b:p({wired})", "00()"), (f"b:b:p({sda},{sda})", "E2()"), (f"b:b:p({sda},60)", "E2()")), id="pins"
        ),
        pytest.param(((f"b:b:p({sda})", "E2()"), ("b:b:p(,)", "E2()"), ("b:b:p(1,2,3)", "E2()")), id="pins, malformed"),
        pytest.param((("b:b:cl(400000)", "00()"), ("b:b:cl(9999)", "E2()"), ("b:b:cl(1000001)", "E2()")), id="clock"),
        pytest.param((("b:b:b(921600)", "00()"), ("b:b:b(9599)", "E2()"), ("b:b:b(1234567890)", "E2()")), id="baud"),
        pytest.param((("b:b:s()", "00(C0)"), ("board:bridge:scan()", "00(C0)")), id="scan"),
        pytest.param(((f"b:b:p({wired})", "00()"), (f"e:t({INFO})", f"00({REVISION})")), id="talk after other pins"),
        pytest.param((("x" * 512, "F2()"), ("x" * 513, "E4()"), ("x" * 5000, "E4()")), id="long lines"),
        pytest.param((("b:v()" + "\r" * 600, named),), id="many line ends"),
        pytest.param((("\0\0\rb:b:s()\0\r", "00(C0)"), ("b:\0b:s()", "E2()")), id="NULs"),
        pytest.param((("b:b:\xe9()", "E2()"), ("b:v(\xff)", named)), id="noise"),
    )
