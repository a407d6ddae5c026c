"""CryptoAuthLib from PyPI, unmodified, in a process of its own on a serial device."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

Answers = dict[str, list[str | int] | int]

needs_cryptoauthlib = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None,
    reason="needs CryptoAuthLib's wheel and a C compiler, on Linux",
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


def build_shim(folder: Path) -> Path:
    """Compile the library that has to be preloaded on a pseudo-terminal."""
    source, shim = folder / "shim.c", folder / "shim.so"
    source.write_text(_SHIM)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", shim, source, "-ldl"], check=True)
    return shim


def run_script(shim: Path, device: str, script: str) -> Answers:
    """Run `script` with the library open on `device`; gives what it has put into `out`.

    In the script `cal` is the Python package, and `call(name, function, *arguments, size=N)` keeps the status and
    the N bytes that a function gives.
    """
    done = subprocess.run(
        [sys.executable, "-c", _CLIENT, device, script],
        env={**os.environ, "LD_PRELOAD": str(shim)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])
