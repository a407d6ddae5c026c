"""The part of tlslite-ng that is used here.

It has no types; nothing else imports it. Two things are added to it: a key that only signs, and an ear for what the
server says before the client shows itself.
"""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import ecdsa as _ecdsa  # pyright: ignore[reportMissingTypeStubs]
import tlslite.constants as _constants  # pyright: ignore[reportMissingTypeStubs]
import tlslite.errors as _errors  # pyright: ignore[reportMissingTypeStubs]
import tlslite.handshakesettings as _settings  # pyright: ignore[reportMissingTypeStubs]
import tlslite.messages as _messages  # pyright: ignore[reportMissingTypeStubs]
import tlslite.tlsconnection as _tlsconnection  # pyright: ignore[reportMissingTypeStubs]
import tlslite.utils.python_ecdsakey as _python_ecdsakey  # pyright: ignore[reportMissingTypeStubs]
import tlslite.x509 as _x509  # pyright: ignore[reportMissingTypeStubs]
import tlslite.x509certchain as _x509certchain  # pyright: ignore[reportMissingTypeStubs]
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from atecc_bench.connect.destination import TlsVersion
from atecc_bench.pki.x509.chain_checks import verify_digest

_CURVE: Any = cast("Any", _ecdsa).NIST256p
_KEY: Any = cast("Any", _python_ecdsakey).Python_ECDSAKey
_CONNECTION: Any = cast("Any", _tlsconnection).TLSConnection
_Messages = cast("Any", _messages)
Alert: Any = cast("Any", _constants).AlertDescription
RemoteAlert: Any = cast("Any", _errors).TLSRemoteAlert
LocalAlert: Any = cast("Any", _errors).TLSLocalAlert
AbruptClose: Any = cast("Any", _errors).TLSAbruptCloseError
ClosedConnection: Any = cast("Any", _errors).TLSClosedConnectionError
# What it raises for messages that are not as the standard has them; a stranger sent them.
NOT_TLS: tuple[type[Exception], ...] = (
    cast("Any", _errors).BaseTLSException, SyntaxError, ValueError, LookupError, AssertionError,
    NotImplementedError, ArithmeticError,
)  # fmt: skip

ECDSA_P256_SHA256: tuple[int, int] = (4, 3)  # as SignatureAndHashAlgorithm and as SignatureScheme
_RSA_PKCS1_SHA256: tuple[int, int] = (4, 1)
_RSA = 1
_TLS_1_2, _TLS_1_3 = (3, 3), (3, 4)
_VERSIONS = {_TLS_1_2: TlsVersion.TLS_1_2, _TLS_1_3: TlsVersion.TLS_1_3}
_SUITES: dict[int, str] = cast("Any", _constants).CipherSuite.ietfNames
_WORD = 32


class SigningKey(_KEY):
    """A P-256 key for tlslite-ng that only signs SHA-256 digests."""

    def __init__(self, public_key: bytes, sign_digest: Callable[[bytes], bytes]) -> None:
        base: Any = super()
        base.__init__(int.from_bytes(public_key[:_WORD]), int.from_bytes(public_key[_WORD:]), "NIST256p")
        self.private_key = SimpleNamespace(curve=_CURVE)  # tlslite-ng cuts digests to the curve's length
        self._public = public_key
        self._sign_digest = sign_digest

    def _sign(self, data: bytes, hAlg: str) -> bytearray:  # noqa: N803 - the name is tlslite-ng's
        if hAlg != "sha256":
            raise ValueError("this key signs with SHA-256 only")
        raw = self._sign_digest(bytes(data))
        return bytearray(encode_dss_signature(int.from_bytes(raw[:_WORD]), int.from_bytes(raw[_WORD:])))

    def _verify(self, signature: bytes, hash_bytes: bytes) -> bool:
        r, s = decode_dss_signature(bytes(signature))
        return verify_digest(self._public, bytes(hash_bytes), r.to_bytes(_WORD) + s.to_bytes(_WORD))


class Listener:
    """What hears a server before the client shows anything.

    Each may raise; the connection is ended with an alert then.
    """

    def hello(self, version: TlsVersion, cipher: str) -> None:
        """The server has chosen."""

    def server_chain(self, chain: tuple[bytes, ...]) -> None:
        """The server has shown its certificates (DER)."""

    def asked(self, schemes: tuple[tuple[int, int], ...], authorities: tuple[bytes, ...]) -> None:
        """The server wants a client certificate.

        It takes signatures of these kinds, and names (DER) the CAs it takes.
        """


class ClientConnection(_CONNECTION):
    """A TLS connection that lets a listener hear the server."""

    def __init__(self, sock: object, listener: Listener) -> None:
        base: Any = super()
        base.__init__(sock)
        self._listener = listener
        self._suite = ""
        self.heard: Exception | None = None

    def _getMsg(self, *arguments: Any) -> Iterator[Any]:  # noqa: N802 - the name is tlslite-ng's
        message: Any = 0
        base: Any = super()
        for message in base._getMsg(*arguments):
            if message in (0, 1):
                yield message
            else:
                break
        try:
            self._tell(message)
        except Exception as error:
            self.heard = error
            asked = isinstance(message, _Messages.CertificateRequest)
            yield from self._sendError(Alert.handshake_failure if asked else Alert.bad_certificate)
            raise
        yield message

    def _tell(self, message: Any) -> None:
        if isinstance(message, _Messages.ServerHello):
            self._suite = _SUITES.get(message.cipher_suite, "")
        elif isinstance(message, _Messages.Certificate) and message.cert_chain is not None:
            self._listener.hello(_VERSIONS[tuple(self.version)], self._suite)
            self._listener.server_chain(tuple(bytes(one.bytes) for one in message.cert_chain.x509List))
            # All of ours goes out at once: a server may hang up over the certificate while the chip still signs, and
            # who writes to it then never reads why. The library empties the buffer behind its Finished.
            self.sock.buffer_writes = True
        elif isinstance(message, _Messages.CertificateRequest):
            schemes: list[tuple[int, int]] = [tuple(one) for one in message.supported_signature_algs or ()]
            names: list[bytes] = [] if self.version > _TLS_1_2 else message.certificate_authorities
            self._listener.asked(tuple(schemes), tuple(bytes(name) for name in names or ()))
            if self.version == _TLS_1_2 and not any(kind == _RSA for _, kind in schemes):
                # It would end the connection with a server that takes ECDSA alone; ours is chosen from the same list.
                message.supported_signature_algs = [*message.supported_signature_algs, _RSA_PKCS1_SHA256]


def settings_for(version: TlsVersion | None) -> Any:
    """What is offered to a server.

    It is what a device with this chip can do too, and no more.

    ECDHE on P-256 alone, AEAD ciphers, and certificates with ECDSA or RSA.
    """
    settings = cast("Any", _settings).HandshakeSettings()
    settings.minVersion = _TLS_1_3 if version is TlsVersion.TLS_1_3 else _TLS_1_2
    settings.maxVersion = _TLS_1_2 if version is TlsVersion.TLS_1_2 else _TLS_1_3
    settings.versions = [one for one in (_TLS_1_3, _TLS_1_2) if settings.minVersion <= one <= settings.maxVersion]
    settings.keyExchangeNames = ["ecdhe_ecdsa", "ecdhe_rsa"]
    settings.cipherNames = ["aes128gcm", "aes256gcm", "chacha20-poly1305"]
    settings.eccCurves = ["secp256r1", "secp384r1", "secp521r1"]
    settings.keyShares = ["secp256r1"]
    settings.dhGroups = []
    settings.ecdsaSigHashes = ["sha256", "sha384", "sha512"]
    settings.rsaSigHashes = ["sha256", "sha384", "sha512"]
    settings.dsaSigHashes = []
    settings.more_sig_schemes = []
    settings.minKeySize = 2048
    settings.use_heartbeat_extension = False
    settings.certificate_compression_send = []
    settings.certificate_compression_receive = []
    return settings


def certificate_chain(chain: tuple[bytes, ...]) -> Any:
    """A chain (DER, the device's first) as tlslite-ng wants it."""
    parsed = [cast("Any", _x509).X509() for _ in chain]
    for one, der in zip(parsed, chain, strict=True):
        one.parseBinary(der)
    return cast("Any", _x509certchain).X509CertChain(parsed)


def alert_name(description: int) -> str:
    """The name of an alert, as the standard writes it."""
    return str(Alert.toRepr(description) or description)
