"""The ESP-IDF port: it compiles against ESP-IDF's types and macros, its options and pins exist on each target."""

import re
import subprocess
from collections.abc import Mapping
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

# What ESP-IDF 5.2 to 6.0 compile a component with (tools/cmake/build.cmake and CMakeLists.txt), its own options last.
WARNINGS = (
    *("-D_GNU_SOURCE", "-DNDEBUG", "-Os", "-Wall", "-Werror=all", "-Wno-error=unused-function"),
    *("-Wno-error=unused-variable", "-Wno-error=unused-but-set-variable", "-Wno-error=deprecated-declarations"),
    *("-Wextra", "-Wno-error=extra", "-Wno-unused-parameter", "-Wno-sign-compare", "-Wno-enum-conversion"),
    *("-Wno-old-style-declaration", "-Wno-address", "-Wno-use-after-free", "-fstrict-volatile-bitfields"),
    *("-Wall", "-Wextra", "-Werror"),  # main/CMakeLists.txt
)

# The Kconfig file of ESP-IDF, below components, that has each option: in 5.2, in 5.5 and in 6.0 ("" is the one at the
# top). ESP-IDF 6 moved the console to a component of its own, 5.4 and 5.5 the levels of the logs to files of their own.
_SYSTEM, _STDIO = "esp_system/Kconfig", "esp_stdio/Kconfig"
_BOOTLOADER = ("bootloader/Kconfig.projbuild", "bootloader/Kconfig.log", "bootloader/Kconfig.log")
_FLASH = ("esptool_py/Kconfig.projbuild",) * 3
_PARTITIONS = ("partition_table/Kconfig.projbuild",) * 3
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "ESP_CONSOLE_NONE": (_SYSTEM, _SYSTEM, _STDIO),
    "ESP_CONSOLE_SECONDARY_NONE": (_SYSTEM, _SYSTEM, _STDIO),
    "LOG_DEFAULT_LEVEL_NONE": ("log/Kconfig", "log/Kconfig.level", "log/Kconfig.level"),
    "BOOTLOADER_LOG_LEVEL_NONE": _BOOTLOADER,
    "ESP_SYSTEM_PANIC_SILENT_REBOOT": (_SYSTEM, _SYSTEM, _SYSTEM),
    "ESP_TASK_WDT_EN": (_SYSTEM, _SYSTEM, _SYSTEM),
    "FREERTOS_HZ": ("freertos/Kconfig", "freertos/Kconfig", "freertos/Kconfig"),
    "COMPILER_OPTIMIZATION_SIZE": ("", "", ""),
    "COMPILER_OPTIMIZATION_ASSERTIONS_DISABLE": ("", "", ""),
    "ESPTOOLPY_FLASHSIZE_2MB": (
        "esptool_py/Kconfig.projbuild",
        "esptool_py/Kconfig.projbuild",
        "esptool_py/Kconfig.projbuild",
    ),
    "PARTITION_TABLE_SINGLE_APP": (
        "partition_table/Kconfig.projbuild",
        "partition_table/Kconfig.projbuild",
        "partition_table/Kconfig.projbuild",
    ),
    "APP_BUILD_TYPE_RAM": ("", "", ""),
    "IDF_TARGET": ("", "", ""),
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
                *("-std=gnu17", *WARNINGS, "-Wconversion", "-Wshadow", *defines),
                # Not -isystem: ESP-IDF's own are none either, and the compiler keeps silent about macros of those.
                *(f"-I{STUBS}", f"-I{FIRMWARE / 'main'}", f"-I{FIRMWARE / 'components/kit_bridge/include'}"),
                *("-c", source, "-o", tmp_path / f"{source.stem}.o"),
            ],
            check=True,
        )


@pytest.mark.skipif(compiler() is None, reason="needs a C compiler (gcc)")
def test_what_esp_idf_refuses_is_refused_here(tmp_path: Path) -> None:
    source = tmp_path / "unsigned.c"
    source.write_text(
        '#include "driver/gpio.h"\nint is_output(uint32_t pin);\n'
        "int is_output(uint32_t pin) { return GPIO_IS_VALID_OUTPUT_GPIO(pin); }\n"
    )
    cc = compiler()
    assert cc is not None
    command = [cc, "-std=gnu17", *WARNINGS, f"-I{STUBS}", "-c", source, "-o", tmp_path / "unsigned.o"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode != 0
    assert "type-limits" in done.stderr


def options_used() -> set[str]:
    own = set(re.findall(r"config (BRIDGE_\w+)", (FIRMWARE / "main" / "Kconfig.projbuild").read_text()))
    used: set[str] = set()
    for path in (*FIRMWARE.glob("sdkconfig.*"), *(FIRMWARE / "main").glob("*.[ch]")):
        used |= set(re.findall(r"\bCONFIG_(\w+)", path.read_text()))
    return used - own


def test_every_option_that_is_set_or_asked_is_one_of_esp_idf_52_to_60() -> None:
    assert options_used() == OPTIONS.keys()


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
