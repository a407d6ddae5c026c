"""A certificate authority as people make it with openssl."""

import shlex
import subprocess
from pathlib import Path

_COMMANDS = (
    "openssl ecparam -out ca.key.pem -name prime256v1 -genkey",
    "openssl req -new -x509 -key ca.key.pem -sha256 -days 3650"
    ' -subj "/C=IE/L=Dublin/O=ACME Ltd/OU=Testing/CN=test.acme.com" -out ca.crt.pem',
)


def make_openssl_authority(folder: Path) -> None:
    """Make `ca.key.pem` and `ca.crt.pem` with the two commands that people use."""
    for command in _COMMANDS:
        subprocess.run(shlex.split(command), cwd=folder, check=True, capture_output=True)
