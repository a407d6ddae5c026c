"""The vendor's own library, unmodified, drives the served board."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from atecc_bench.chip.zones import Zone
from atecc_bench.twin.keys import public_key
from atecc_bench.twin.presets import open_board, parse_virtual_url

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None,
    reason="CryptoAuthLib's serial driver and the preloaded shim need Linux and a C compiler",
)

# A pseudo-terminal has no modem control lines and says so; a real serial port, and so the library, does not.
_SHIM = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <sys/ioctl.h>

int ioctl(int fd, unsigned long request, ...)
{
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    if (request == TIOCMBIS || request == TIOCMBIC)
        return 0;
    int (*next)(int, unsigned long, ...) = dlsym(RTLD_NEXT, "ioctl");
    return next(fd, request, argument);
}
"""

_CLIENT = """
import json, sys
from ctypes import c_char_p, cast, c_void_p
import cryptoauthlib as cal
from cryptoauthlib.iface import ATCADeviceType, ATCAIfaceCfg, ATCAIfaceType, ATCAKitType

device, script = sys.argv[1:]
cal.load_cryptoauthlib()
path = c_char_p(device.encode())
cfg = ATCAIfaceCfg()
cfg.iface_type = int(ATCAIfaceType.ATCA_UART_IFACE)
cfg.devtype = int(ATCADeviceType.ATECC608)
cfg.cfg.atcauart.dev_interface = int(ATCAKitType.ATCA_KIT_AUTO_IFACE)
cfg.cfg.atcauart.dev_identity = 0
cfg.cfg.atcauart.baud = 115200
cfg.cfg.atcauart.wordsize = 8
cfg.cfg.atcauart.parity = 2
cfg.cfg.atcauart.stopbits = 1
cfg.wake_delay = 1500
cfg.rx_retries = 20
cfg.cfg_data = cast(path, c_void_p)
out = {"init": cal.atcab_init(cfg)}

def call(name, function, *arguments, size=0):
    answer = bytearray(size)
    status = function(*arguments, answer) if size else function(*arguments)
    out[name] = [status, answer.hex()]
    return bytes(answer)

if out["init"] == 0:
    exec(script)
    cal.atcab_release()
print(json.dumps(out))
"""


@pytest.fixture
def run_cryptoauthlib(tmp_path: Path) -> Callable[[str, str], dict[str, list[str | int] | int]]:
    source, shim = tmp_path / "shim.c", tmp_path / "shim.so"
    source.write_text(_SHIM)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", shim, source, "-ldl"], check=True)

    def run(device: str, script: str) -> dict[str, list[str | int] | int]:
        done = subprocess.run(
            [sys.executable, "-c", _CLIENT, device, script],
            env={**os.environ, "LD_PRELOAD": str(shim)},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return json.loads(done.stdout.splitlines()[-1])

    return run


def test_it_reads_revision_serial_number_and_configuration(
    served_board: Callable[[str], str],
    run_cryptoauthlib: Callable[[str, str], dict[str, list[str | int] | int]],
) -> None:
    url = "virtual://configured?seed=11"
    twin = open_board(parse_virtual_url(url)).element
    assert twin is not None
    answers = run_cryptoauthlib(
        served_board(url),
        "call('revision', cal.atcab_info, size=4)\n"
        "call('serial', cal.atcab_read_serial_number, size=9)\n"
        "call('config', cal.atcab_read_config_zone, size=128)\n",
    )
    assert answers == {
        "init": 0,
        "revision": [0, "00006002"],
        "serial": [0, twin.memory.config.serial_number.hex()],
        "config": [0, twin.memory.contents(Zone.CONFIG).hex()],
    }


def test_it_makes_a_key_signs_and_verifies(
    served_board: Callable[[str], str],
    run_cryptoauthlib: Callable[[str, str], dict[str, list[str | int] | int]],
    tmp_path: Path,
) -> None:
    state = tmp_path / "state.json"
    answers = run_cryptoauthlib(
        served_board(f"virtual://configured?seed=12&state={state}"),
        "key = call('made', cal.atcab_genkey, 0, size=64)\n"
        "call('public', cal.atcab_get_pubkey, 0, size=64)\n"
        "signature = call('signature', cal.atcab_sign, 0, bytes(range(32)), size=64)\n"
        "verified = cal.AtcaReference(0)\n"
        "call('verify', cal.atcab_verify_extern, bytes(range(32)), signature, key, verified)\n"
        "out['genuine'] = int(verified)\n"
        "call('random', cal.atcab_random, size=32)\n",
    )
    twin = open_board(parse_virtual_url(f"virtual://configured?state={state}")).element
    assert twin is not None
    in_the_chip = public_key(twin.memory, 0).hex()
    assert answers["made"] == answers["public"] == [0, in_the_chip]
    assert answers["verify"] == [0, ""]
    assert answers["genuine"] == 1


def test_without_a_chip_its_search_ends_with_an_error(
    served_board: Callable[[str], str],
    run_cryptoauthlib: Callable[[str, str], dict[str, list[str | int] | int]],
) -> None:
    assert run_cryptoauthlib(served_board("virtual://no-chip"), "")["init"] != 0
