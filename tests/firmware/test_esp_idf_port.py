"""The ESP-IDF port: it compiles against the signatures that ESP-IDF documents, and its pins exist on each target."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.boards.c_bridge import ROOT, compiler

FIRMWARE = ROOT / "firmware"
STUBS = Path(__file__).parent / "esp_idf"

# GPIO numbers that a target has, without strapping pins and those of flash and serial line; from Espressif's
# data sheets, "Strapping Pins" and "Pin Overview".
USABLE_PINS = {
    "esp32": {4, 13, 14, 16, 17, 18, 19, 21, 22, 23, 25, 26, 27, 32, 33},
    "esp32s2": {*range(1, 19), 21, *range(33, 43)},
    "esp32s3": {1, 2, *range(4, 19), 21, *range(38, 43), 47, 48},
    "esp32c2": {0, 1, 2, 3, 4, 5, 6, 7, 10, 18},
    "esp32c3": {0, 1, 3, 4, 5, 6, 7, 10},
    "esp32c5": {0, 1, 3, 4, 5, 6, 8, 9, 10, 23, 24, 26},
    "esp32c6": {0, 1, 2, 3, 6, 7, 10, 11, 18, 19, 20, 21, 22, 23},
    "esp32c61": {0, 1, 2, 5, 6, 22, 23, 24, 25, 26, 27, 28, 29},
    "esp32h2": {0, 1, 4, 5, 10, 11, 12, 13, 14, 22},
    "esp32p4": {*range(2, 24), *range(45, 55)},
}


@pytest.mark.skipif(compiler() is None, reason="needs a C compiler (gcc)")
@pytest.mark.parametrize(
    "defines",
    [
        pytest.param((), id="UART alone"),
        pytest.param(("-DSTUB_USB_SERIAL_JTAG",), id="with USB-Serial-JTAG"),
        pytest.param(("-DSTUB_USB_SERIAL_JTAG", "-DCONFIG_APP_BUILD_TYPE_RAM=1"), id="loaded into RAM"),
    ],
)
def test_the_port_compiles_without_a_warning(tmp_path: Path, defines: tuple[str, ...]) -> None:
    cc = compiler()
    assert cc is not None
    for source in sorted((FIRMWARE / "main").glob("*.c")):
        subprocess.run(
            [
                cc,
                *("-std=gnu17", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror", *defines),
                *("-isystem", STUBS, f"-I{FIRMWARE / 'main'}", f"-I{FIRMWARE / 'components/kit_bridge/include'}"),
                *("-c", source, "-o", tmp_path / f"{source.stem}.o"),
            ],
            check=True,
        )


@pytest.mark.parametrize("target", USABLE_PINS)
def test_the_pins_at_start_exist_and_are_free(target: str) -> None:
    text = (FIRMWARE / f"sdkconfig.defaults.{target}").read_text()
    pins = [int(number) for number in re.findall(r"^CONFIG_BRIDGE_S(?:DA|CL)_PIN=(\d+)$", text, re.MULTILINE)]
    assert len(set(pins)) == 2
    assert set(pins) <= USABLE_PINS[target]


def test_every_target_is_built_by_the_workflow() -> None:
    workflow = (ROOT / ".github" / "workflows" / "firmware.yml").read_text()
    (targets,) = re.findall(r"target: \[(.*)\]", workflow)
    assert {target.strip() for target in targets.split(",")} == set(USABLE_PINS)
    assert {path.suffix[1:] for path in FIRMWARE.glob("sdkconfig.defaults.*")} == set(USABLE_PINS)


def test_the_core_includes_nothing_of_esp_idf() -> None:
    allowed = {"stdbool.h", "stddef.h", "stdint.h", "string.h"}
    for path in (FIRMWARE / "components" / "kit_bridge").rglob("*.[ch]"):
        for name in re.findall(r"#include [<\"]([^>\"]+)", path.read_text()):
            assert name in allowed or name.startswith("kit_"), f"{path.name} includes {name}"


def test_the_core_takes_no_memory_from_a_heap() -> None:
    for path in (FIRMWARE / "components" / "kit_bridge").rglob("*.c"):
        assert not re.search(r"\b(malloc|calloc|realloc|free)\s*\(", path.read_text())
