"""What strict verifiers will say of a CA, and that openssl says it too."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.errors import RefusedError
from atecc_bench.pki.authority.certificate_authority import create_authority
from atecc_bench.pki.authority.issue_ca import ExtensionProfile
from atecc_bench.pki.authority.storable_check import check_storable
from atecc_bench.pki.x509.chain_checks import check_may_issue
from atecc_bench.pki.x509.strict_verifiers import strict_warnings
from tests.support.external.issuing import openssl_root, our_root

NOW = datetime.now(UTC)


def ids(root: x509.Certificate, signer: x509.Certificate) -> set[tuple[str, str]]:
    return {(warning.certificate, warning.id) for warning in strict_warnings(root, signer)}


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
@pytest.mark.parametrize("profile", ExtensionProfile)
def test_what_is_warned_of_is_what_openssl_refuses(tmp_path: Path, profile: ExtensionProfile):
    authority, _ = create_authority(organization="Nordlys AS", now=NOW, profile=profile)
    for name, certificate in (("root", authority.root), ("signer", authority.signer)):
        (tmp_path / name).write_bytes(certificate.public_bytes(Encoding.PEM))
    command = ["openssl", "verify", "-x509_strict", "-CAfile", "root", "signer"]
    accepted = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    assert accepted == (not strict_warnings(authority.root, authority.signer))
    assert accepted == (profile is not ExtensionProfile.MINIMAL)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_a_default_openssl_root_has_no_key_usage(tmp_path: Path):
    root = openssl_root(tmp_path).certificate
    assert ("root", "no-key-usage") in ids(root, root)


def test_an_extension_that_is_there_twice_is_warned_of_and_makes_no_authority():
    root = our_root().certificate
    der = root.public_bytes(Encoding.DER)
    # keyUsage becomes a second basicConstraints; cryptography refuses to read either then.
    twice = x509.load_der_x509_certificate(der.replace(bytes.fromhex("0603551D0F"), bytes.fromhex("0603551D13")))
    assert ids(twice, twice) == {("root", "extensions-malformed"), ("signer", "extensions-malformed")}
    with pytest.raises(RefusedError, match="malformed"):
        check_may_issue(twice, "root", authorities_below=1)
    with pytest.raises(RefusedError, match="malformed"):
        check_storable(twice, root)
