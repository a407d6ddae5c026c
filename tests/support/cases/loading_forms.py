"""Every form in which openssl, Windows and editors leave a private key."""

import subprocess
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

SECRET = b"correct horse"

# What openssl does with `key.pem`, `cert.pem` and the passphrase in `secret`; it writes `out`.
KEY_FORMS = {
    "SEC 1": "ec -in key.pem -out out",
    "SEC 1, DER": "ec -in key.pem -outform DER -out out",
    "SEC 1, encrypted": "ec -in key.pem -aes256 -passout file:secret -out out",
    "SEC 1, explicit parameters": "ec -in key.pem -param_enc explicit -out out",
    "SEC 1, explicit parameters, DER": "ec -in key.pem -param_enc explicit -outform DER -out out",
    "SEC 1, explicit parameters, compressed": "ec -in key.pem -param_enc explicit -conv_form compressed -out out",
    "PKCS #8": "pkcs8 -topk8 -nocrypt -in key.pem -out out",
    "PKCS #8, DER": "pkcs8 -topk8 -nocrypt -in key.pem -outform DER -out out",
    "PKCS #8, encrypted": "pkcs8 -topk8 -in key.pem -passout file:secret -out out",
    "PKCS #8, encrypted, DER": "pkcs8 -topk8 -in key.pem -passout file:secret -outform DER -out out",
    "PKCS #12": "pkcs12 -export -inkey key.pem -in cert.pem -passout file:secret -out out",
    "with text": "pkey -in key.pem -text -out out",
}

EDITED = {
    "byte order mark": lambda pem: b"\xef\xbb\xbf" + pem,
    "Windows line ends": lambda pem: pem.replace(b"\n", b"\r\n"),
    "parameters before it": lambda pem: _PARAMETERS + pem,
    "text before it": lambda pem: b"Key of the line, keep it safe\n\n" + pem,
}
_PARAMETERS = b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"

LOADING_FORMS = (*KEY_FORMS, *EDITED)


def key_in_form(folder: Path, key: ec.EllipticCurvePrivateKey, form: str) -> bytes:
    """A key as a file of this form; `SECRET` opens those that are encrypted."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    if form in EDITED:
        return EDITED[form](pem)
    (folder / "key.pem").write_bytes(pem)
    (folder / "secret").write_bytes(SECRET + b"\n")
    for command in ("req -new -x509 -key key.pem -subj /CN=x -out cert.pem", KEY_FORMS[form]):
        subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)
    return (folder / "out").read_bytes()
