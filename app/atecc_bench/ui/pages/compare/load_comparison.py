"""Load a comparison from what a person gave.

Something was pasted, dropped, opened or chosen; the work is heavy and belongs on a thread in the background.
"""

from collections.abc import Mapping
from pathlib import Path

from atecc_bench.bounded_files import LARGEST_FILE
from atecc_bench.diagnose.bundle.bundle_file import Bundle
from atecc_bench.diagnose.causes.find_causes import causes
from atecc_bench.diagnose.compare.compare import compare
from atecc_bench.diagnose.compare.comparison_facts import ComparisonContext
from atecc_bench.diagnose.compare.field_origins import Origin, origins_of
from atecc_bench.diagnose.compare.from_paste import TooFewCertificatesError, certificate_bytes, comparison_in
from atecc_bench.diagnose.paste.recognise import Progress
from atecc_bench.errors import BenchError
from atecc_bench.pki.compressed.massprovisioning import device_definition
from atecc_bench.resources import resource_path
from atecc_bench.text_files import text_of
from atecc_bench.ui.pages.compare.comparison_view_model import Shown
from atecc_bench.ui.state.subject import ZIP_START, Subject, subject_of_bundle
from atecc_bench.workflows.brought_files import not_too_large, read_brought
from atecc_bench.workflows.comparison.compare_bundle import compare_with_bundle
from atecc_bench.workflows.comparison.compare_chip import ChipComparison, Expected


def of_text(text: str, source: str, expected: Expected | None, progress: Progress) -> Shown:
    """Comparison out of a log or a dump.

    Both sides of what it holds, or what is stored beside the certificate that was opened before.

    Raises:
        InputError: What `comparison_in` raises.
    """
    try:
        pasted = comparison_in(text, progress=progress)
    except TooFewCertificatesError:
        if expected is None:
            raise
        pasted = comparison_in(text, expected.certificate, expected.source, progress)
    comparison = pasted.comparison
    return Shown(
        comparison,
        causes(comparison, pasted.context),
        f"{source}, {pasted.expected_from}",
        f"{source}, {pasted.stored_from}",
        _layout_origins(comparison.expected),
        pasted.sentences,
    )


def of_files(names: list[str], progress: Progress) -> Shown | Expected | Subject:
    """Comparison of two files, or whatever one file holds.

    Two files stand side by side; of one file it is the comparison in it, its certificate, or the support bundle that it
    is.

    Raises:
        InputError: `no-such-file`, `file-too-large`, or what is wrong with what is in them.
    """
    (name, data), *others = [(Path(name).name, _read(name)) for name in names[:2]]
    if others:
        return _of_two((name, data), others[0])
    if data.startswith(ZIP_START):
        return subject_of_bundle(data, name)
    try:
        return of_text(text_of(data), name, None, progress)
    except (UnicodeDecodeError, TooFewCertificatesError):  # DER, or one certificate
        return Expected(certificate_bytes(data, name)[0], name)


def of_certificates(expected: Expected, stored: Expected, context: ComparisonContext) -> Shown:
    """Two certificates side by side, wherever they come from."""
    comparison = compare(expected.certificate, stored.certificate)
    origins = _layout_origins(expected.certificate)
    return Shown(comparison, causes(comparison, context), expected.source, stored.source, origins)


def of_chip(result: ChipComparison) -> Shown:
    """Comparison with what was rebuilt from a chip."""
    slots = f"slot {result.definition.comp_cert_dev_loc.slot} + live key of slot {result.definition.private_key_slot}"
    return _of_slots(result, f"device.pem · {result.source}", slots, from_chip=True)


def of_bundle(bundle: Bundle, source: str, expected: Expected | None) -> Shown:
    """Comparison with what a support bundle's slots rebuild to.

    `source` names the bundle.

    Raises:
        InputError: What `compare_with_bundle` raises.
    """
    result = compare_with_bundle(bundle, expected)
    return _of_slots(result, result.source, source, from_chip=False)


def _of_slots(result: ChipComparison, expected: str, stored: str, *, from_chip: bool) -> Shown:
    found, origins = causes(result.comparison, result.context), origins_of(result.definition)
    return Shown(result.comparison, found, expected, stored, origins, of_chip=from_chip)


def _of_two(one: tuple[str, bytes], other: tuple[str, bytes]) -> Shown:
    (name, data), (stored_name, stored_data) = one, other
    expected, keys = certificate_bytes(data, name)
    stored, stored_keys = certificate_bytes(stored_data, stored_name)
    context = ComparisonContext(authority_keys=tuple(dict.fromkeys((*keys, *stored_keys))))
    return of_certificates(Expected(expected, name), Expected(stored, stored_name), context)


def _layout_origins(expected: bytes) -> Mapping[str, Origin]:
    """Origins in the usual layout.

    They serve a comparison that came without a template. Where the certificate is damaged, those of any certificate of
    that layout.
    """
    try:
        return origins_of(device_definition(expected))
    except BenchError:
        sample = resource_path("scenarios", "provisioned", "device.pem").read_bytes()
        return origins_of(device_definition(certificate_bytes(sample, "sample")[0]))


def _read(name: str) -> bytes:
    data = read_brought(Path(name), LARGEST_FILE)
    return data if data.startswith(ZIP_START) else not_too_large(data, name)
