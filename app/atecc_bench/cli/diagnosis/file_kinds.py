"""What a file is that somebody wants diagnosed.

It may be a bundle, a log, a dump or a certificate.
"""

from dataclasses import dataclass

from atecc_bench.bounded_files import LARGEST_FILE
from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.cli.chip.config_source import FoundConfig, config_in_file
from atecc_bench.cli.common.input_files import read_bytes
from atecc_bench.cli.diagnosis.brought_text import BroughtText
from atecc_bench.cli.diagnosis.other_files import bare_base64, is_own_log, named_bytes, named_document, named_text
from atecc_bench.cli.diagnosis.packed_files import ZIP, only_member, ungzipped
from atecc_bench.cli.diagnosis.told_log import ToldLog
from atecc_bench.diagnose.bundle.bundle_file import Bundle, read_bundle
from atecc_bench.diagnose.bundle.trouble_bundle import TroubleBundle, read_any_bundle
from atecc_bench.diagnose.compare.compare import Comparison
from atecc_bench.diagnose.compare.comparison_facts import ComparisonContext
from atecc_bench.diagnose.compare.from_paste import TooFewCertificatesError, certificate_bytes, comparison_in
from atecc_bench.diagnose.config.config_formats import import_config
from atecc_bench.diagnose.dumps.likeness import Likeness
from atecc_bench.diagnose.dumps.packed_bytes import raw_run
from atecc_bench.diagnose.paste.pki_objects import PkiObject
from atecc_bench.diagnose.printed.request_match import RequestMatch, lone_request, match_certificate
from atecc_bench.diagnose.signatures.signed_parts import signed_parts
from atecc_bench.diagnose.signatures.try_signature import SignatureAnswer, answers
from atecc_bench.diagnose.symptoms.read_log import LogReading, read_log
from atecc_bench.errors import BenchError, InputError
from atecc_bench.pki.compressed.massprovisioning import device_definition
from atecc_bench.pki.compressed.obstacles import storage_obstacles
from atecc_bench.pki.compressed.rebuild import compress
from atecc_bench.pki.keys.der_kinds import DerKind, der_kind
from atecc_bench.pki.keys.key_files import load_certificate
from atecc_bench.pki.x509.csr import load_request
from atecc_bench.text_files import text_of
from atecc_bench.workflows.brought_files import not_too_large
from atecc_bench.workflows.comparison.compare_bundle import compare_with_bundle
from atecc_bench.workflows.comparison.compare_chip import Expected

_NEARLY = 40  # bytes: a dump without the 16 or 36 that firmware leaves out


@dataclass(frozen=True)
class Compared:
    """A comparison, and what is known beside it.

    `recognised` and `virtual` are there only where a log or a chip was looked at, `log` where it says more than bytes.
    """

    comparison: Comparison
    context: ComparisonContext
    virtual: bool | None = None
    recognised: tuple[str, ...] | None = None
    log: LogReading | None = None


@dataclass(frozen=True)
class LoneCertificate:
    """A certificate with nothing to compare it with.

    `obstacle` says why no chip can hold it in 72 bytes, `rules` are all that it breaks.
    """

    der: bytes
    subject: str
    obstacle: BenchError | None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class LoneRequest:
    """A certificate request whose signature is that of its key."""

    subject: str


@dataclass(frozen=True)
class SeveralObjects:
    """Certificates, requests and keys that are no two versions of one certificate."""

    objects: tuple[PkiObject, ...]


@dataclass(frozen=True)
class SignedText:
    """Signatures with their keys and messages in one text.

    `log` is what its words say besides.
    """

    answers: tuple[SignatureAnswer, ...]
    log: LogReading | None


FileKind = (
    Compared
    | FoundConfig
    | LoneCertificate
    | LoneRequest
    | RequestMatch
    | SeveralObjects
    | SignedText
    | ToldLog
    | TroubleBundle
)


def kind_of_file(name: str, expected: str | None) -> FileKind:
    """Find out what a file is, and read it as that.

    It may be packed. `expected` is a file with the certificate that should be there.

    Raises:
        InputError: `no-such-file`, `file-too-large`, `not-unpackable`, `nothing-recognised`, `nothing-to-diagnose`, or
            what is wrong with what it is.
    """
    data = ungzipped(read_bytes(name, LARGEST_FILE), name)
    if data.startswith(ZIP):
        try:
            return of_bundle(data, expected)
        except InputError as error:
            if error.id == "no-expected":
                return _config_of(read_bundle(data), error)
            member = only_member(data, name) if error.id == "not-a-bundle" else None
            if member is None:
                raise
        data = member
    data = not_too_large(data, name)
    if raw_run(data) is not None and (raw := _config_in(data)) is not None:
        return raw
    try:
        text = text_of(data)
    except UnicodeDecodeError:
        return _of_der(data, name)
    der = bare_base64(text)
    return _of_text(BroughtText(text, name), expected) if der is None else _of_der(der, name)


def _of_text(brought: BroughtText, expected: str | None) -> FileKind:
    text, name, data = brought.text, brought.name, brought.data
    believed = None if expected is None else certificate_bytes(read_bytes(expected), expected)[0]
    document = named_document(text, name)
    if document is not None:
        raise document
    objects = [one for one in brought.objects if one.kind is not DerKind.OTHER]
    kinds = {one.kind for one in objects}
    if believed is not None and (request := lone_request(data)) is not None:
        return match_certificate(request, believed)
    if kinds == {DerKind.REQUEST} and len(objects) == 1:
        return _of_request(objects[0].der)
    signed = None if kinds & {DerKind.CERTIFICATE, DerKind.REQUEST} else signed_parts(text, objects)
    if signed is not None:
        return SignedText(answers(signed), _log_beside(text))
    if kinds and not kinds & {DerKind.CERTIFICATE, DerKind.REQUEST} and (key := named_text(brought)) is not None:
        raise key
    try:
        pasted = comparison_in(text, believed, expected or "")
    except InputError as no_comparison:
        if len(objects) > 1 and kinds & {DerKind.CERTIFICATE, DerKind.REQUEST}:
            return SeveralObjects(tuple(objects))
        return _without_comparison(brought, no_comparison)
    return Compared(pasted.comparison, pasted.context, recognised=pasted.sentences, log=_log_beside(text))


def of_log(text: str, expected: bytes | None, name: str) -> Compared | ToldLog:
    """Read a log.

    It is the comparison in it, or what codes and words in it speak for.

    Raises:
        InputError: What `comparison_in` raises, where they speak for nothing either.
    """
    try:
        pasted = comparison_in(text, expected, name)
    except InputError:
        told = _told(BroughtText(text, name))
        if told is None:
            raise
        return told
    return Compared(pasted.comparison, pasted.context, recognised=pasted.sentences, log=_log_beside(text))


def _log_beside(text: str) -> LogReading | None:
    """What a log with a comparison says besides.

    Only codes count there.
    """
    reading = read_log(text)
    return reading if reading is not None and reading.codes and reading.causes else None


def _told(brought: BroughtText) -> ToldLog | None:
    config = brought.config
    reading = read_log(brought.text, None if config is None else config.config)
    if reading is None or not reading.causes:
        return None
    if config is not None and not (reading.codes or reading.frames or reading.scans):
        return None
    return ToldLog(reading, config)


def _config_in(data: bytes) -> FoundConfig | None:
    try:
        return config_in_file(data, Likeness.LIKELY)
    except InputError:
        return None


def _without_comparison(brought: BroughtText, no_comparison: InputError) -> FileKind:
    text, name = brought.text, brought.name
    told = None if is_own_log(text) else _told(brought)
    if told is not None and (told.config is not None or not isinstance(no_comparison, TooFewCertificatesError)):
        return told
    config = brought.config_or_refusal
    if isinstance(config, FoundConfig):
        return config
    if isinstance(no_comparison, TooFewCertificatesError):
        try:
            return _of_certificate(brought.data, name)
        except InputError:
            if told is not None:
                return told
            if _is_nearly_a_configuration(text):
                raise config from None
    raise named_text(brought) or no_comparison from None


def _is_nearly_a_configuration(text: str) -> bool:
    """Whether a text has about as many bytes as a configuration."""
    try:
        size = len(import_config(text).raw)
    except InputError:
        return True  # it is a document of one, and what is wrong with it is known
    return abs(size - CONFIG_SIZE) <= _NEARLY


def _of_der(data: bytes, name: str) -> FileKind:
    if der_kind(data) is DerKind.REQUEST:
        return _of_request(data)
    refusal = named_bytes(data, name)
    if refusal is not None:
        raise refusal
    return _of_certificate(data, name)


def _of_request(data: bytes) -> LoneRequest:
    return LoneRequest(load_request(data).subject.rfc4514_string())


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
        return LoneCertificate(der, subject, error, storage_obstacles(der))
    return LoneCertificate(der, subject, None)
