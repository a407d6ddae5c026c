"""Certificates on their way out: PEM chain, DER, C header."""

import re
from collections.abc import Sequence
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.errors import InputError
from atecc_bench.pki.c_source.cert_def_export import c_bytes

_C_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class ExportFormat(StrEnum):
    """The forms a certificate is exported in."""

    PEM = "pem"
    DER = "der"
    C_HEADER = "c"


def export_certificates(chain: Sequence[x509.Certificate], export_format: ExportFormat, name: str = "chain") -> bytes:
    """Export certificates, the device's own first.

    DER holds exactly one certificate. The C header has a PEM text for TLS libraries and the DER of each, under `name`.

    Raises:
        InputError: `one-certificate-only` or `name-not-usable`.
    """
    match export_format:
        case ExportFormat.PEM:
            return _pem(chain)
        case ExportFormat.DER:
            if len(chain) != 1:
                raise InputError(
                    "one-certificate-only",
                    f"DER holds one certificate, and these are {len(chain)}.",
                    "Export them one by one, or as PEM.",
                )
            return chain[0].public_bytes(Encoding.DER)
        case ExportFormat.C_HEADER:
            return _c_header(chain, name).encode("ascii")


def _pem(chain: Sequence[x509.Certificate]) -> bytes:
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in chain)


def _c_header(chain: Sequence[x509.Certificate], name: str) -> str:
    if _C_NAME.fullmatch(name) is None:
        raise InputError(
            "name-not-usable",
            f"{name!r} is no name in C.",
            "Give letters, digits and underscores, such as device_chain.",
        )
    lines = _pem(chain).decode("ascii").splitlines()
    text = "\n".join(f'    "{line}\\n"' for line in lines)
    arrays = "\n".join(
        f"static const unsigned char {name}_der_{number}[] = {{\n{c_bytes(der)}\n}};\n"
        for number, der in enumerate(certificate.public_bytes(Encoding.DER) for certificate in chain)
    )
    guard = f"{name.upper()}_H"
    return f"#ifndef {guard}\n#define {guard}\n\nstatic const char {name}_pem[] =\n{text};\n\n{arrays}\n#endif\n"
