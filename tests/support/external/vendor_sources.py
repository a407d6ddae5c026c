"""What others have published on PyPI and no wheel holds: CryptoAuthLib's headers, and cert2certdef.py.

Downloaded once by pip into build/vendor, which outlives the test run.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.support.paths import ROOT

CACHE = ROOT / "build" / "vendor"
# The version is that whose definitions these tests were written for; CryptoAuthLib's is that of the installed wheel.
UTILITY = ("esp_cryptoauth_utility", "1.2.0")
UTILITY_NEEDS = ("pyasn1==0.3.7", "pyasn1_modules==0.1.5")


@dataclass(frozen=True)
class VendorSources:
    """Folders of the unpacked source distributions."""

    cryptoauthlib: Path
    utility: Path

    @property
    def include(self) -> Path:
        """CryptoAuthLib's headers."""
        return self.cryptoauthlib / "lib"

    @property
    def microchip_definitions(self) -> Path:
        """The certificate definitions of TrustFLEX and Trust&GO, as C."""
        return self.cryptoauthlib / "app" / "tng"

    def cert2certdef(self, function: str, certificate: bytes, *more: str) -> str:
        """What a function of Microchip's script, or of Espressif's addition to it, makes of a certificate (DER)."""
        search = [str(self.utility / "helper_scripts"), str(_libraries())]
        code = f"import cert2certdef, sys; print(cert2certdef.{function}(bytes.fromhex(sys.argv[1]), *sys.argv[2:]))"
        done = subprocess.run(
            [sys.executable, "-c", code, certificate.hex(), *more],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(search)},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


@pytest.fixture(scope="session")
def vendor_sources() -> VendorSources:
    pytest.importorskip("cryptoauthlib")
    return VendorSources(_unpacked("cryptoauthlib", version("cryptoauthlib")), _unpacked(*UTILITY))


def _libraries() -> Path:
    """The libraries that the utility pins, of its time and away from ours."""
    target = CACHE / "utility-needs"
    if not target.is_dir():
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            options = ["--quiet", "--no-deps", "--target", f"{folder}/needs"]
            subprocess.run([sys.executable, "-m", "pip", "install", *options, *UTILITY_NEEDS], check=True)
            if not target.exists():
                shutil.move(Path(folder) / "needs", target)
    return target


def _unpacked(project: str, number: str) -> Path:
    name = f"{project}-{number}"
    target = CACHE / name
    if target.is_dir():
        return target
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        options = ["--quiet", "--no-deps", "--no-binary", ":all:", "--dest", folder]
        subprocess.run([sys.executable, "-m", "pip", "download", *options, f"{project}=={number}"], check=True)
        shutil.unpack_archive(Path(folder) / f"{name}.tar.gz", folder)
        if not target.exists():  # another worker of this run may have been faster
            shutil.move(Path(folder) / name, target)
    return target
