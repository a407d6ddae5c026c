"""Fuzz what reads keys, certificates and definitions of others: python tests/pki/fuzz.py --runs 1000000

Atheris (libFuzzer) changes real files of every kind, guided by the code they reach; a hypothesis strategy makes C
out of tokens. Each input must end in a result or in an error of ours, never in another exception, and in bounded time.
"""

import argparse
import atexit
import contextlib
import importlib
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

# Only there after `make fuzz-pki`.
atheris: Any = importlib.import_module("atheris")

with atheris.instrument_imports(include=["atecc_bench"]):
    from atecc_bench.errors import BenchError
    from atecc_bench.pki.authority.certificate_authority import create_authority
    from atecc_bench.pki.authority.issue_device import issue_device_certificate
    from atecc_bench.pki.authority.storable_check import check_storable
    from atecc_bench.pki.c_source.cert_def_espressif import import_espressif
    from atecc_bench.pki.c_source.cert_def_export import export_c
    from atecc_bench.pki.c_source.cert_def_import import import_c
    from atecc_bench.pki.compressed.definition import CertificateDefinition
    from atecc_bench.pki.compressed.format import CompressedCertificate
    from atecc_bench.pki.compressed.massprovisioning import device_definition, signer_definition
    from atecc_bench.pki.compressed.rebuild import slot_contents
    from atecc_bench.pki.compressed.serial_source import SerialSource
    from atecc_bench.pki.compressed.template_builder import device_placement, signer_placement, template_from_sample
    from atecc_bench.pki.compressed.template_file import read_template, template_text
    from atecc_bench.pki.encoding.certificate_fields import certificate_fields
    from atecc_bench.pki.encoding.der import parse_der
    from atecc_bench.pki.keys.key_files import (
        certificate_public_key,
        load_certificates,
        load_private_key,
        private_key_from_entropy,
        public_key_bytes,
    )
    from atecc_bench.pki.x509.chain_checks import check_issued_by, check_may_issue
    from atecc_bench.pki.x509.csr import load_request, make_request, subject_of_text
    from atecc_bench.pki.x509.device_manifest import ManifestDevice, check_manifest, make_manifest
    from atecc_bench.pki.x509.strict_verifiers import strict_warnings
    from atecc_bench.twin.state.entropy import seeded_entropy

LONGEST_INPUT = 8192
NOW = datetime(2026, 3, 14, 9, tzinfo=UTC)

Target = Callable[[bytes], object]


def text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


class Corpus:
    """Real inputs of every kind, and what reads them."""

    def __init__(self) -> None:
        entropy = seeded_entropy(1)
        self.authority, _ = create_authority(organization="Nordlys AS", now=NOW, entropy=entropy)
        self.key = private_key_from_entropy(entropy)
        raw = public_key_bytes(self.key.public_key())
        self.device = issue_device_certificate(
            self.authority, raw, organization="Nordlys AS", common_name="0123a1b2c3d4e5f6ee", not_before=NOW
        )
        self.signer = self.authority.signer.public_bytes(Encoding.DER)
        self.targets: dict[str, tuple[Target, list[bytes]]] = {
            "PEM and DER of a key": (load_private_key, self._keys()),
            "PEM and DER of certificates": (load_certificates, self._certificates()),
            "DER, field by field": (self._certificate, [self.device, self.signer]),
            "DER as a sample and as a certificate": (self._sample, [self.device, self.signer]),
            "request": (load_request, self._requests()),
            "C definition": (lambda data: import_c(text(data)), self._definitions()),
            "C definition, of tokens": (TOKENS.hypothesis.fuzz_one_input, [b"\0" * 64]),
            "Espressif's definition": (lambda data: import_espressif(text(data)), self._espressif()),
            "template file": (lambda data: read_template(text(data)), self._templates()),
            "manifest": (lambda data: check_manifest(data, self.authority.signer), [self._manifest(raw)]),
            "compressed certificate": (self._compressed, [self._slot_contents()]),
        }

    def _keys(self) -> list[bytes]:
        return [
            self.key.private_bytes(encoding, form, NoEncryption())
            for encoding in (Encoding.PEM, Encoding.DER)
            for form in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL)
        ] + [
            self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")),
            serialize_key_and_certificates(
                b"key", self.authority.signer_key, self.authority.signer, None, NoEncryption()
            ),
        ]

    def _certificates(self) -> list[bytes]:
        pems = [one.public_bytes(Encoding.PEM) for one in (self.authority.root, self.authority.signer)]
        return [b"subject=/CN=x\n".join(pems), self.device, b"\xef\xbb\xbf" + pems[0].replace(b"\n", b"\r\n")]

    def _requests(self) -> list[bytes]:
        request = make_request(self.key, subject_of_text("CN=device,O=ACME Ltd"))
        return [request, load_request(request).public_bytes(Encoding.DER)]

    def _of_layout(self) -> list[CertificateDefinition]:
        return [device_definition(self.device), signer_definition(self.signer)]

    def _definitions(self) -> list[bytes]:
        return [export_c(definition, "x").source.encode() for definition in self._of_layout()]

    def _espressif(self) -> list[bytes]:
        found: list[bytes] = []
        for definition in self._of_layout():
            places = [*definition.std_cert_elements.values(), definition.tbs_cert_loc]
            numbers = "".join(f"{place.offset:04}{place.count:04}" for place in places)
            found.append((numbers + definition.cert_template.hex()).encode())
        return found

    def _templates(self) -> list[bytes]:
        return [template_text(definition).encode() for definition in self._of_layout()]

    def _manifest(self, raw: bytes) -> bytes:
        device = ManifestDevice(
            serial_number=bytes(9), model="ATECC608B", part_number="x", organization="x", unit="x", provisioned=NOW,
            public_keys={0: raw},
            chains={0: (x509.load_der_x509_certificate(self.device), self.authority.signer)},
        )  # fmt: skip
        return make_manifest([device], self.authority.signer_key, self.authority.signer).encode()

    def _slot_contents(self) -> bytes:
        definition = device_definition(self.device)
        return slot_contents(self.device, definition)[definition.comp_cert_dev_loc]

    @staticmethod
    def _compressed(data: bytes) -> None:
        certificate = CompressedCertificate.parse(data)
        assert CompressedCertificate.parse(certificate.to_bytes()) == certificate

    @staticmethod
    def _certificate(data: bytes) -> None:
        parse_der(data)
        certificate_fields(data)

    def _sample(self, data: bytes) -> None:
        # All that is done with a certificate of somebody else.
        (certificate, *_) = load_certificates(data)
        for read in (
            lambda: certificate_public_key(certificate),
            lambda: device_definition(data),
            lambda: signer_definition(data),
            lambda: slot_contents(data, template_from_sample(data, device_placement())),
            lambda: template_from_sample(data, signer_placement(SerialSource.STORED_DYNAMIC)),
            lambda: check_may_issue(certificate, "sample", authorities_below=0),
            lambda: check_issued_by(certificate, certificate, "sample", "itself"),
            lambda: check_storable(certificate, certificate),
            lambda: strict_warnings(certificate, certificate),
        ):
            with contextlib.suppress(BenchError):
                read()


WORDS = [
    *"{}[](),;.=-+*/&#\"'\n 0", "0x10", "const", "uint8_t", "atcacert_def_t", "atcacert_cert_element_t", "g_x",
    "sizeof", ".type", ".cert_template", ".std_cert_elements", ".cert_elements", ".sn_source", "CERTTYPE_X509",
    "DEVZONE_DATA", "CERTTYPE_X509_FULL_STORED",
    ".comp_cert_dev_loc", ".slot", ".count", ".offset", "STDCERT_CERT_SN", "SNSRC_STORED",
    "const uint8_t g_x[] = {", "const atcacert_def_t g_cert_def = {", "};", "#define X 1\n", "#if 0\n", "#else\n",
    "#endif\n", "/*", "*/", "//", '"text"', "(uint8_t)", "X", "65535", "99999999999999999999",
]  # fmt: skip


def read_words(words: list[str], glue: str) -> None:
    with contextlib.suppress(BenchError):
        import_c(glue.join(words))


_given = given(words=st.lists(st.sampled_from(WORDS), max_size=120), glue=st.sampled_from(["", " "]))
TOKENS: Any = settings(
    database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)(_given(read_words))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    corpus = Corpus()
    targets = list(corpus.targets.items())
    runs: Counter[str] = Counter()
    results: Counter[str] = Counter()
    findings: list[str] = []

    def test_one_input(data: bytes) -> None:
        # The first byte chooses the reader, so that one campaign covers all of them.
        name, (target, _) = targets[data[0] % len(targets)] if data else targets[0]
        runs[name] += 1
        if runs.total() == arguments.runs:
            report()  # libFuzzer ends the process without Python's own farewell
        try:
            target(data[1:])
        except BenchError:
            return
        except BaseException:
            findings.append(name)
            raise
        else:
            results[name] += 1

    def report() -> None:
        for name, count in runs.most_common():
            print(f"{count:9} inputs of which {results[name]:8} ended in a result: {name}")
        print(f"{runs.total()} executions, {len(findings)} findings {findings or ''}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        for number, (_, (_, seeds)) in enumerate(targets):
            for index, seed in enumerate(seeds):
                (Path(folder) / f"{number}-{index}").write_bytes(bytes([number]) + seed)
        options = [
            f"-runs={arguments.runs}",
            f"-seed={arguments.seed}",
            f"-max_len={LONGEST_INPUT}",
            "-timeout=10",
            f"-artifact_prefix={folder}-",
        ]
        atexit.register(report)
        atheris.Setup([sys.argv[0], *options, "-print_final_stats=1", folder], test_one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
