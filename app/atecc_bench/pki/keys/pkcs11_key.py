"""A CA key that stays in a hardware module.

PKCS #11, by python-pkcs11.
"""

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol, cast

from atecc_bench.errors import DeviceError, InputError, WrongPassphraseError
from atecc_bench.pki.encoding.der import parse_der
from atecc_bench.pki.keys.external_key import ExternalPrivateKey
from atecc_bench.pki.keys.key_files import wrong_key_type
from atecc_bench.plain_json import load_json

if TYPE_CHECKING:
    import pkcs11

_PRIME256V1 = bytes.fromhex("06082A8648CE3D030107")
_UNCOMPRESSED = 4


@dataclass(frozen=True)
class Pkcs11Reference:
    """Reference to a key in a module; holds no secrets.

    The module's library, the label of the token, the label of the key pair.
    """

    module: str
    token: str
    key: str

    def to_json(self) -> bytes:
        """Write it as the file an authority keeps instead of the key."""
        return json.dumps(asdict(self), indent=2).encode() + b"\n"

    @classmethod
    def from_json(cls, content: bytes) -> "Pkcs11Reference":
        """Read a reference from its file.

        Raises:
            InputError: `not-a-key`.
        """
        try:
            return cls(**load_json(content))
        except (ValueError, TypeError) as error:
            raise InputError(
                "not-a-key",
                "The file that says where the CA's key is cannot be read.",
                "Import the authority again with its module, token and key.",
            ) from error


class _Signs(Protocol):
    def sign(self, data: bytes, *, mechanism: object) -> bytes: ...


class Pkcs11PrivateKey(ExternalPrivateKey):
    """A P-256 key of a module.

    Signatures are as random as the module makes them.
    """

    def __init__(self, reference: Pkcs11Reference, public_key: bytes, sign_digest: Callable[[bytes], bytes]) -> None:
        """`public_key` is X‖Y; `sign_digest` gives R‖S of a SHA-256 digest."""
        super().__init__(public_key, sign_digest, place="a PKCS #11 module")
        self.reference = reference


def open_pkcs11_key(reference: Pkcs11Reference, pin: bytes) -> Pkcs11PrivateKey:
    """Find a key pair in a token.

    Each signature logs in and out again, so that nothing stays open in between.

    Raises:
        InputError: `pkcs11-not-installed`, `no-such-key`, `wrong-passphrase` or `wrong-key-type`.
        DeviceError: `pkcs11-failed` with what the module said.
    """

    def sign_digest(digest: bytes) -> bytes:
        import pkcs11

        with _session(reference, pin) as session:
            found = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=reference.key)
            return cast("_Signs", found).sign(digest, mechanism=pkcs11.Mechanism.ECDSA)

    with _session(reference, pin) as session:
        public_key = _public_key(session, reference)
    return Pkcs11PrivateKey(reference, public_key, sign_digest)


@contextmanager
def _session(reference: Pkcs11Reference, pin: bytes) -> Generator["pkcs11.Session"]:
    """Context of a login to the token.

    Says in our own words what goes wrong meanwhile.
    """
    try:
        import pkcs11
    except ImportError as error:
        raise InputError(
            "pkcs11-not-installed",
            "Keys in a PKCS #11 module need the package python-pkcs11, which is not installed.",
            "Install it with: pip install 'atecc-bench[pkcs11]'",
        ) from error
    try:
        token = pkcs11.lib(reference.module).get_token(token_label=reference.token)
        with token.open(user_pin=pin.decode("utf-8", "surrogateescape")) as session:
            yield session
    except (
        pkcs11.NoSuchToken,
        pkcs11.NoSuchKey,
        pkcs11.MultipleTokensReturned,
        pkcs11.MultipleObjectsReturned,
    ) as error:
        raise InputError(
            "no-such-key",
            f"Token {reference.token!r} of {reference.module} has not exactly one EC key pair {reference.key!r}.",
            "See what is there with: pkcs11-tool --module MODULE --login --list-objects",
        ) from error
    except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange) as error:
        raise WrongPassphraseError(
            f"The PIN does not open token {reference.token!r}; a few wrong ones lock it.",
            "Give the user PIN of the token.",
        ) from error
    except (pkcs11.PKCS11Error, RuntimeError) as error:  # the latter for a library that cannot be loaded
        raise DeviceError(
            "pkcs11-failed",
            f"The PKCS #11 module {reference.module} failed: {type(error).__name__} {error}".strip() + ".",
            "Check the path of the module, and that the token is plugged in.",
        ) from error


def _public_key(session: "pkcs11.Session", reference: Pkcs11Reference) -> bytes:
    import pkcs11

    session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, key_type=pkcs11.KeyType.EC, label=reference.key)
    key = session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, key_type=pkcs11.KeyType.EC, label=reference.key)
    if key[pkcs11.Attribute.EC_PARAMS] != _PRIME256V1:
        raise wrong_key_type(None, "The key in the module")
    # PKCS #11 wants the point as an OCTET STRING; some modules give it bare.
    point: bytes = key[pkcs11.Attribute.EC_POINT]
    if point[0] != _UNCOMPRESSED or len(point) != 65:
        point = parse_der(point).value(point)
    return point[1:]
