"""A hardware module in software: SoftHSM2 from Debian, with a token of the tests' own."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from atecc_bench.pki.keys.pkcs11_key import Pkcs11Reference

PIN = "567890"
TOKEN = "line"  # noqa: S105 - a label

_MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")


@dataclass(frozen=True)
class SoftHsm:
    """The module, with one token."""

    module: str

    def reference(self, key: str) -> Pkcs11Reference:
        return Pkcs11Reference(self.module, TOKEN, key)

    def generate(self, label: str) -> Pkcs11Reference:
        """Let the token make a P-256 key pair."""
        pkcs11: Any = pytest.importorskip("pkcs11")
        curve = pytest.importorskip("pkcs11.util.ec").encode_named_curve_parameters("secp256r1")
        token = pkcs11.lib(self.module).get_token(token_label=TOKEN)
        with token.open(user_pin=PIN, rw=True) as session:
            parameters = session.create_domain_parameters(
                pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: curve}, local=True
            )
            parameters.generate_keypair(store=True, label=label)
        return self.reference(label)


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> SoftHsm:
    """SoftHSM2 with a fresh token; the module reads its configuration once in a process."""
    pytest.importorskip("pkcs11", reason="needs python-pkcs11")
    module = next((path for path in _MODULES if Path(path).exists()), None)
    if module is None or shutil.which("softhsm2-util") is None:
        pytest.skip("needs SoftHSM2: apt-get install softhsm2")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    arguments = ["--init-token", "--free", "--label", TOKEN, "--so-pin", "12345678", "--pin", PIN]
    subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)
    return SoftHsm(module)
