"""Certificates of servers, right ones and wrong ones, and those that devices show."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from atecc_bench.pki.encoding.distinguished_names import name_of_parts

HOST = "localhost"
_DAY = timedelta(days=1)
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True)
class Holder:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: PrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def issue(
        self,
        name: str,
        key: PrivateKey | ec.EllipticCurvePublicKey,
        *,
        authority: bool = False,
        host: str | None = None,
        days: tuple[int, int] = (-10, 30),
        extensions: tuple[x509.ExtensionType, ...] = (),
    ) -> x509.Certificate:
        public = key if isinstance(key, ec.EllipticCurvePublicKey) else key.public_key()
        return _certificate(name, self.certificate.subject, public, self.key, authority, host, days, extensions)

    def holder(self, name: str, **more: object) -> "Holder":
        key = new_key()
        return Holder(self.issue(name, key, **more), key)  # pyright: ignore[reportArgumentType]


def root(
    name: str, organization: str = "Bench Servers", days: tuple[int, int] = (-100, 1000), *, identified: bool = True
) -> Holder:
    """A root; without key identifiers one of the same name is told from it by its signature alone."""
    key = new_key()
    subject = _name(name, organization)
    made = _certificate(name, subject, key.public_key(), key, True, None, days, (), organization, identified=identified)
    return Holder(made, key)


_ISSUES = x509.KeyUsage(
    digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
    key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
)  # fmt: skip


def _name(name: str, organization: str) -> x509.Name:
    return name_of_parts([("O", organization), ("CN", name)])


def _certificate(
    name: str,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    signing: PrivateKey,
    authority: bool,
    host: str | None,
    days: tuple[int, int],
    extensions: tuple[x509.ExtensionType, ...],
    organization: str = "Bench Servers",
    *,
    identified: bool = True,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name, organization))
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + days[0] * _DAY)
        .not_valid_after(now + days[1] * _DAY)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if identified:  # Python 3.13 looks for these (VERIFY_X509_STRICT), as RFC 5280 demands them
        of_issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key())
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        builder = builder.add_extension(of_issuer, critical=False)
    if authority:
        builder = builder.add_extension(_ISSUES, critical=True)
    if host is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(signing, SHA256())


class ServerPapers:
    """A root, an intermediate, and certificates of servers in a folder: what is right and what is wrong with each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = root("Bench Servers Root")
        self.stranger = root("Somebody Else", "Somebody Else Ltd")

    def file(self, name: str, *contents: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(b"".join(contents))
        return path

    def certificate_for(self, kind: str) -> list[str]:
        """Options of `openssl s_server` for a certificate of this kind."""
        holder, behind = self._holder(kind)
        return [
            "-cert", str(self.file(f"{kind}.pem", holder.pem)), "-key", str(self.file(f"{kind}.key", holder.key_pem)),
            *(["-cert_chain", str(self.file(f"{kind}.chain", *behind))] if behind else []),
        ]  # fmt: skip

    def pem_files(self, kind: str = "good") -> tuple[Path, Path]:
        holder, behind = self._holder(kind)
        return self.file(f"{kind}-all.pem", holder.pem, *behind), self.file(f"{kind}.key", holder.key_pem)

    def _holder(self, kind: str) -> tuple[Holder, tuple[bytes, ...]]:
        match kind:
            case "good":
                return self._good, ()
            case "rsa":
                key = rsa.generate_private_key(65537, 2048)
                return Holder(self.root.issue("rsa", key, host=HOST), key), ()
            case "expired":
                return self.root.holder("expired", host=HOST, days=(-30, -1)), ()
            case "future":
                return self.root.holder("future", host=HOST, days=(2, 30)), ()
            case "other-host":
                return self.root.holder("other", host="broker.example"), ()
            case "no-name":
                return self.root.holder("no name"), ()
            case "strangers":
                return self.stranger.holder("strange", host=HOST), ()
            case "below-intermediate":
                return self._below, (self._intermediate.pem,)
            case "without-intermediate":
                return self._below, ()
            case "by-no-authority":
                middle = self.root.holder("no CA")
                return middle.holder("below no CA", host=HOST), (middle.pem,)
            case _:
                raise ValueError(kind)

    @cached_property
    def _good(self) -> Holder:
        return self.root.holder("good", host=HOST)

    @cached_property
    def _intermediate(self) -> Holder:
        return self.root.holder("Bench Servers Intermediate", authority=True)

    @cached_property
    def _below(self) -> Holder:
        return self._intermediate.holder("below", host=HOST)
