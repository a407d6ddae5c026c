"""What `provision` is given for one device besides the profile: fields, keys, a certificate from outside."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from atecc_bench.chip.secret_access import KEY_LENGTH
from atecc_bench.cli.files import read_bytes
from atecc_bench.errors import InputError
from atecc_bench.pki.keys import load_certificates, load_private_key
from atecc_bench.provision.given import Given
from atecc_bench.provision.profile import Layout, Profile


def given_of(
    profile: Profile, fields: list[str], certificate: str | None, keys: list[str], master_key: str | None
) -> Given:
    """Read the files and take the options apart.

    A key for a slot with a private key is a file of one; any other file holds 32 bytes as they are, and whatever key
    opens a slot may be among them. Raises `InputError`.
    """
    if certificate is not None and profile.layout is not Layout.FILE:
        raise InputError(
            "usage",
            f"The profile {profile.name} issues its certificate, and takes none from outside.",
            "Leave --certificate out, or choose a profile whose layout is `file`.",
        )
    private: dict[int, ec.EllipticCurvePrivateKey] = {}
    secret: dict[int, bytes] = {}
    for option in keys:
        slot, file = _pair(option, "--key", "SLOT=FILE")
        if not slot.isdigit() or int(slot) > 15:
            raise InputError("usage", f"{slot!r} is no slot.", "Give --key SLOT=FILE with a slot from 0 to 15.")
        content = read_bytes(file)
        if int(slot) in profile.private_slots:
            private[int(slot)] = load_private_key(content)
        else:
            secret[int(slot)] = _secret(content, Path(file))
    return Given(
        fields=dict(_pair(option, "--field", "ID=TEXT") for option in fields),
        certificate=() if certificate is None else tuple(load_certificates(read_bytes(certificate))),
        private_keys=private,
        secret_keys=secret,
        master_key=b"" if master_key is None else read_bytes(master_key),
    )


def _pair(option: str, name: str, form: str) -> tuple[str, str]:
    key, separator, value = option.partition("=")
    if not separator:
        raise InputError("usage", f"{option!r} is not {form}.", f"Give {name} {form}.")
    return key, value


def _secret(content: bytes, path: Path) -> bytes:
    if len(content) != KEY_LENGTH:
        raise InputError(
            "not-a-key",
            f"{path} has {len(content)} bytes; a secret key has {KEY_LENGTH}.",
            f"Make one with: openssl rand -out key.bin {KEY_LENGTH}",
        )
    return content
