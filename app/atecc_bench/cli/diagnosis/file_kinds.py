"""What a file is that somebody wants diagnosed.

It may be a bundle, a log, a dump or a certificate.
"""

from dataclasses import dataclass

from atecc_bench.cli.chip.config_source import FoundConfig, config_in
from atecc_bench.cli.common.input_files import read_bytes
from atecc_bench.diagnose.bundle.bundle_file import Bundle, read_bundle
from atecc_bench.diagnose.bundle.trouble_bundle import TroubleBundle, read_any_bundle
from atecc_bench.diagnose.compare.compare import Comparison
from atecc_bench.diagnose.compare.comparison_facts import ComparisonContext
from atecc_bench.diagnose.compare.from_paste import TooFewCertificatesError, certificate_bytes, comparison_in
from atecc_bench.errors import BenchError, InputError
from atecc_bench.pki.compressed.massprovisioning import device_definition
from atecc_bench.pki.compressed.rebuild import compress
from atecc_bench.pki.keys.key_files import load_certificate
from atecc_bench.text_files import text_of
from atecc_bench.workflows.compare_bundle import compare_with_bundle
from atecc_bench.workflows.compare_chip import Expected

_ZIP = b"PK"


@dataclass(frozen=True)
class Compared:
    """A comparison, and what is known beside it.

    `recognised` and `virtual` are there only where a log or a chip was looked at.
    """

    comparison: Comparison
    context: ComparisonContext
    virtual: bool | None = None
    recognised: tuple[str, ...] | None = None


@dataclass(frozen=True)
class LoneCertificate:
    """A certificate with nothing to compare it with.

    `obstacle` says why no chip can hold it in 72 bytes.
    """

    der: bytes
    subject: str
    obstacle: BenchError | None


FileKind = Compared | FoundConfig | LoneCertificate | TroubleBundle


def kind_of_file(name: str, expected: str | None) -> FileKind:
    """Find out what a file is, and read it as that.

    `expected` is a file with the certificate that should be there.

    Raises:
        InputError: `no-such-file`, `file-too-large`, `nothing-recognised`, or what is wrong with what it is.
    """
    data = read_bytes(name)
    if data.startswith(_ZIP):
        try:
            return of_bundle(data, expected)
        except InputError as error:
            if error.id != "no-expected":
                raise
            return _config_of(read_bundle(data), error)
    believed = None if expected is None else certificate_bytes(read_bytes(expected), expected)[0]
    try:
        text = text_of(data)
    except UnicodeDecodeError:  # DER
        return _of_certificate(data, name)
    try:
        pasted = comparison_in(text, believed, expected or "")
    except InputError as no_comparison:
        try:
            return config_in(text)
        except InputError:
            if isinstance(no_comparison, TooFewCertificatesError):
                return _of_certificate(data, name)
            raise no_comparison from None
    return Compared(pasted.comparison, pasted.context, recognised=pasted.sentences)


def of_bundle(data: bytes, expected: str | None) -> Compared | TroubleBundle:
    """Read a support bundle.

    It is a comparison, or what was tried where no chip answered.

    Raises:
        InputError: What `read_any_bundle` and `compare_with_bundle` raise.
    """
    opened = read_any_bundle(data)
    if isinstance(opened, TroubleBundle):
        return opened
    believed = None
    if expected is not None:
        believed = Expected(certificate_bytes(read_bytes(expected), expected)[0], expected)
    found = compare_with_bundle(opened, believed)
    return Compared(found.comparison, found.context, virtual=opened.virtual)


def _config_of(bundle: Bundle, why: InputError) -> FoundConfig:
    remarks = (f"Bundle of {bundle.created:%Y-%m-%d %H:%M} UTC.", f"{why.message} This is about its configuration.")
    return FoundConfig(bundle.evidence(), bundle.virtual, remarks, config=bundle.config_zone)


def _of_certificate(data: bytes, name: str) -> LoneCertificate:
    der = certificate_bytes(data, name)[0]
    try:
        subject = load_certificate(der).subject.rfc4514_string()
    except InputError as error:
        raise InputError(error.id, f"{name}: {error.message}", error.hint) from error
    try:
        compress(der, device_definition(der))
    except BenchError as error:
        return LoneCertificate(der, subject, error)
    return LoneCertificate(der, subject, None)
