"""Which servers are believed, and why one is not.

Chain and host name are checked by cryptography's verifier; what follows is why it said no.
"""

import ipaddress
import re
import ssl
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from atecc_bench.connect.destination import is_address
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.keys.key_files import load_certificates
from atecc_bench.pki.x509.extensions import readable_extensions

_FOR_SERVERS = frozenset((ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE))
_VERIFIERS_WORDS = re.compile(
    r"^(?:(?:validation failed|candidates exhausted|invalid extension|2\.5\.29\.\d+|Python extension validator failed"
    r"|ValueError): )+"
)
_NOTHING_SENT = "No certificate of the device was sent."


@dataclass(frozen=True)
class ServerTrust:
    """Certificates of the CAs that may vouch for a server.

    `source` says where they are from.
    """

    authorities: tuple[x509.Certificate, ...] = field(repr=False)
    source: str


def trust_of_file(content: bytes, source: str) -> ServerTrust:
    """Take the CAs from a file.

    Raises:
        InputError: What reading certificates raises.
    """
    return ServerTrust(tuple(load_certificates(content)), source)


def trust_of_system() -> ServerTrust:
    """Take the CAs that this computer trusts.

    Raises:
        InputError: `no-system-store`.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    found: list[x509.Certificate] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)  # of serial numbers, about which nobody asks
        for der in context.get_ca_certs(binary_form=True):
            try:
                found.append(x509.load_der_x509_certificate(der))
            except ValueError:
                continue  # one that cannot be read vouches for nobody
    if not found:
        raise InputError(
            "no-system-store",
            "This computer has no store of certificate authorities that can be read.",
            "Give the server's CA with --ca-file.",
        )
    return ServerTrust(tuple(found), "this computer's store")


def check_server(
    chain: Sequence[x509.Certificate], name: str, trust: ServerTrust, now: datetime
) -> tuple[x509.Certificate, ...]:
    """Check that a server is the one that was asked for.

    `chain` is what it sent, its own certificate first. Returns the chain up to the CA that is trusted.

    Raises:
        RefusedError: `server-certificate-expired`, `server-certificate-not-yet-valid`, `server-chain-incomplete`,
            `server-ca-unknown`, `server-name-differs`, `server-certificate-not-usable`.
    """
    leaf, *others = chain
    subject = x509.IPAddress(ipaddress.ip_address(name)) if is_address(name) else x509.DNSName(name)
    builder = PolicyBuilder().store(Store(list(trust.authorities))).time(now)
    # The profile of the Web's CAs refuses what private ones do; a CA still has to be one, and a server to have a name.
    builder = builder.extension_policies(
        ca_policy=ExtensionPolicy.permit_all()
        .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, _is_authority)
        .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _issues)
        .may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _serves),
        ee_policy=ExtensionPolicy.permit_all()
        .require_present(x509.SubjectAlternativeName, Criticality.AGNOSTIC, None)
        .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _signs)
        .may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _serves),
    )
    try:
        return tuple(builder.build_server_verifier(subject).verify(leaf, others))
    except VerificationError as error:
        raise _why(chain, name, trust, now, str(error)) from error


def _is_authority(policy: Policy, certificate: x509.Certificate, constraints: x509.BasicConstraints) -> None:
    if not constraints.ca:
        raise ValueError("it is no CA")


def _issues(policy: Policy, certificate: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("its key usage lacks keyCertSign, so it issues nothing")


def _signs(policy: Policy, certificate: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.digital_signature:
        raise ValueError("its key usage lacks digitalSignature, which a handshake with ECDHE needs")


def _serves(policy: Policy, certificate: x509.Certificate, usage: x509.ExtendedKeyUsage | None) -> None:
    # A CA's counts as well, as browsers and OpenSSL have it: an issuer of devices vouches for no server.
    if usage is not None and not _FOR_SERVERS & set(usage):
        raise ValueError("its extended key usage lacks serverAuth, so it is for no server")


def _why(chain: Sequence[x509.Certificate], name: str, trust: ServerTrust, now: datetime, said: str) -> RefusedError:
    for certificate in chain:
        wrong_time = _of_time(certificate, now)
        if wrong_time is not None:
            return wrong_time
    top = _top_of(chain)
    authority = next((one for one in trust.authorities if one.subject == top.issuer), None)
    if authority is None and top not in trust.authorities:
        return _of_unknown_issuer(chain, top, trust)
    if authority is not None:
        wrong_time = _of_time(authority, now)
        if wrong_time is not None:
            return wrong_time
    names = names_of(chain[0])
    if not any(_fits(one, name) for one in names):
        told = ", ".join(names) or "no name at all (it has no subjectAltName)"
        return RefusedError(
            "server-name-differs",
            f"The server's certificate is for {told}, and {name} was asked for.",
            f"Give the name that the certificate is for, or --sni with it. {_NOTHING_SENT}",
        )
    return RefusedError(
        "server-certificate-not-usable",
        f"The server's certificate does not verify: {_said(said)}.",
        f"Look at it with: openssl s_client -connect HOST:PORT -showcerts. {_NOTHING_SENT}",
    )


def _said(error: str) -> str:
    """The reason in what a verifier says."""
    return _VERIFIERS_WORDS.sub("", error.partition(" (encountered processing")[0]).rstrip(".")


def _of_time(certificate: x509.Certificate, now: datetime) -> RefusedError | None:
    whose = certificate.subject.rfc4514_string()
    clock = f"this computer's clock says {now:%Y-%m-%d %H:%M} UTC"
    if now > certificate.not_valid_after_utc:
        return RefusedError(
            "server-certificate-expired",
            f"The server's certificate {whose} expired on {certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC, and "
            f"{clock}.",
            f"Have the server's certificate renewed; or set the clock, if it is wrong. {_NOTHING_SENT}",
        )
    if now < certificate.not_valid_before_utc:
        return RefusedError(
            "server-certificate-not-yet-valid",
            f"The server's certificate {whose} is valid only from {certificate.not_valid_before_utc:%Y-%m-%d %H:%M} "
            f"UTC, and {clock}.",
            f"Set the clock of this computer, if it is behind; else that of who issued it. {_NOTHING_SENT}",
        )
    return None


def _of_unknown_issuer(
    chain: Sequence[x509.Certificate], top: x509.Certificate, trust: ServerTrust
) -> RefusedError:  # fmt: skip
    issuer = top.issuer.rfc4514_string()
    sent = "its own certificate" if len(chain) == 1 else f"{len(chain)} certificates"
    relatives = [one.subject.rfc4514_string() for one in trust.authorities if _akin(one.subject, top.issuer)]
    if top.subject != top.issuer and relatives:
        return RefusedError(
            "server-chain-incomplete",
            f"The server sends {sent}, and who issued "
            f"the last, {issuer}, is missing between it and {relatives[0]}, which is trusted.",
            "Have the server send the intermediate too: in its certificate file, behind its own; or put it into "
            f"--ca-file. {_NOTHING_SENT}",
        )
    return RefusedError(
        "server-ca-unknown",
        f"The server's certificate was issued by {issuer}, which is not among the {len(trust.authorities)} CAs of "
        f"{trust.source}.",
        f"Give the root certificate of the server's CA with --ca-file. {_NOTHING_SENT}",
    )


def _top_of(chain: Sequence[x509.Certificate]) -> x509.Certificate:
    """The last certificate that names lead to from the server's own."""
    top, left = chain[0], list(chain[1:])
    while (above := next((one for one in left if one.subject == top.issuer), None)) is not None:
        left.remove(above)
        top = above
    return top


def _akin(one: x509.Name, other: x509.Name) -> bool:
    """Whether two CAs are of one house: their organization is the same."""
    mine, its = (
        {attribute.value for attribute in name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)}
        for name in (one, other)
    )
    return bool(mine & its)


def names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """The names and addresses that a server's certificate is for."""
    try:
        found = readable_extensions(certificate).get_extension_for_oid(x509.SubjectAlternativeName.oid).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError):
        return ()
    if not isinstance(found, x509.SubjectAlternativeName):
        return ()
    addresses = (str(address) for address in found.get_values_for_type(x509.IPAddress))
    return (*found.get_values_for_type(x509.DNSName), *addresses)


def _fits(pattern: str, name: str) -> bool:
    if is_address(name) or is_address(pattern):
        return is_address(name) and is_address(pattern) and ipaddress.ip_address(pattern) == ipaddress.ip_address(name)
    if pattern.startswith("*."):
        return name.lower().partition(".")[2] == pattern[2:].lower()
    return pattern.lower() == name.lower()
