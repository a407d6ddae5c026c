"""Proof of possession of a CA's key.

As AWS and Azure ask for it.
"""

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from atecc_bench.pki.authority.issue_request import issue_for_request
from atecc_bench.pki.encoding.distinguished_names import name_of_parts

_DAYS = 7


def verification_certificate(
    code: str, authority: x509.Certificate, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.Certificate:
    """Issue the certificate that proves possession of a CA's key.

    Its common name is a code.

    Its own key is made for it and forgotten: nobody ever signs with it.
    """
    holder = ec.generate_private_key(ec.SECP256R1())
    request = x509.CertificateSigningRequestBuilder().subject_name(name_of_parts([("CN", code)])).sign(holder, SHA256())
    return issue_for_request(request, authority, key, now=now, days=_DAYS)
