"""Files that hold nothing to diagnose.

People have them at hand; what each is, and what reads it.
"""

import base64
import re
from collections.abc import Mapping
from typing import Any, cast

import yaml

from atecc_bench.cli.diagnosis.brought_text import BroughtText
from atecc_bench.diagnose.paste.content_type import declared_length
from atecc_bench.errors import InputError
from atecc_bench.link.transports.boot_log import BootLog, recognise
from atecc_bench.pki.keys.der_kinds import DerKind, der_kind, key_in_words
from atecc_bench.plain_json import load_json
from atecc_bench.plain_yaml import load_plain

_OWN_LOG = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+Z \d+ \S+ [A-Z]+ atecc_bench[.\w]*:", re.MULTILINE)
_LIBRARY = re.compile(r"\bATCA_[A-Z]\w+|\b(?:atcab|calib|atcacert)_\w+|CryptoAuthLib", re.IGNORECASE)
_PRINTED = re.compile(r"^[ \t]*(Certificate Request|Certificate):[ \t\r]*$", re.MULTILINE)
_SUBJECT = re.compile(r"^[ \t]*Subject:(.*)$", re.MULTILINE)
_BASE64 = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")
_LOOK_AT_IT = "Its configuration or its certificates are diagnosed at the chip: atecc-bench diagnose --port URL"
_OWN_CHIP = "Keep it to yourself, and give the certificate that belongs to it."
_BYTES_WANTED = (
    "Let the firmware print the certificate or the configuration as hex, or make a bundle: "
    "atecc-bench bundle --port URL --out FILE.zip"
)

# What the keys of a document show: all of them are in it.
_DOCUMENTS: tuple[tuple[frozenset[str], str, str], ...] = (
    (
        frozenset({"verdict", "serial_number", "steps"}),
        "the result of a provisioning",
        "A page of it: atecc-bench report SERIAL (with --virtual of a chip in software).",
    ),
    (
        frozenset({"checks", "assumptions", "depth"}),
        "the report of a silicon check",
        "What it says: atecc-bench silicon-check --read FILE",
    ),
    (frozenset({"parts", "keys", "configuration"}), "a profile", "What it does: atecc-bench profile lint FILE"),
    (frozenset({"not_begun", "devices"}), "the result of a batch", "A page of a device: atecc-bench report SERIAL"),
    (frozenset({"error"}), "an error as a verb tells it", "Its id is explained in docs/exit-codes.md."),
)


def named_document(text: str, name: str) -> InputError | None:
    """The refusal of a document of this program that is no dump.

    None where it is none of them.
    """
    document = _document(text)
    if document is None or "bytes" in document or isinstance(document.get("config"), str):
        return None
    for keys, what, hint in _DOCUMENTS:
        if keys <= document.keys():
            return _nothing_to_diagnose(name, what, hint)
    return None


def is_own_log(text: str) -> bool:
    """Whether a text is the log of this program."""
    return _OWN_LOG.search(text) is not None


def named_text(brought: BroughtText) -> InputError | None:
    """The refusal of a text in which no bytes were found.

    None where nobody knows what it is.
    """
    text, name = brought.text, brought.name
    kinds = {one.kind: one for one in brought.objects}
    for kind in (DerKind.PRIVATE_KEY, DerKind.ENCRYPTED_KEY):
        if kind in kinds:
            return _nothing_to_diagnose(name, kinds[kind].in_words, _OWN_CHIP)
    printed = _PRINTED.search(text)
    if printed is not None:
        what = "certificate request" if printed[1] == "Certificate Request" else "certificate"
        subject = _SUBJECT.search(text)
        of = f" of {subject[1].strip()}" if subject is not None and subject[1].strip() else ""
        verb = "req" if what == "certificate request" else "x509"
        return _nothing_to_diagnose(
            name, f"what openssl prints of a {what}{of}, without the {what} itself",
            f"Give the PEM, which checks its signature too: openssl {verb} -in FILE",
        )  # fmt: skip
    if DerKind.PUBLIC_KEY in kinds:
        return _nothing_to_diagnose(name, kinds[DerKind.PUBLIC_KEY].in_words, _LOOK_AT_IT)
    if is_own_log(text):
        return _nothing_to_diagnose(
            name, "the log of ATECC Bench", "It has no bytes of a chip; a bundle has: atecc-bench bundle --port URL"
        )
    match recognise(text.encode("utf-8", "replace")):
        case BootLog.BLANK_FLASH:
            return _nothing_to_diagnose(
                name,
                "the boot log of an ESP32 whose flash is empty",
                "Start the bridge on it: atecc-bench flash --port URL --ram",
            )
        case BootLog.DOWNLOAD_MODE:
            return _nothing_to_diagnose(
                name,
                "the boot log of an ESP32 that waits for a download",
                "Press its reset button without BOOT, or flash it: atecc-bench flash --port URL",
            )
        case BootLog.APPLICATION:
            return _nothing_to_diagnose(name, "the log of an ESP32 without bytes in it", _BYTES_WANTED)
        case _:
            pass
    if _LIBRARY.search(text):
        return _nothing_to_diagnose(name, "a log of CryptoAuthLib without bytes in it", _BYTES_WANTED)
    return None


def named_bytes(data: bytes, name: str) -> InputError | None:
    """The refusal of a file that is no text.

    None where it may be a certificate.
    """
    kind = der_kind(data)
    match kind:
        case DerKind.PKCS12:
            return _nothing_to_diagnose(
                name, "a PKCS #12 file", "Take the certificate out of it: openssl pkcs12 -nokeys -in FILE -out cert.pem"
            )
        case DerKind.PUBLIC_KEY:
            return _nothing_to_diagnose(name, key_in_words(data, kind), _LOOK_AT_IT)
        case DerKind.PRIVATE_KEY | DerKind.ENCRYPTED_KEY:
            return _nothing_to_diagnose(name, key_in_words(data, kind), _OWN_CHIP)
        case _:
            return None


def bare_base64(text: str) -> bytes | None:
    """The DER that a text is in Base64.

    Without the lines of PEM. None where it is none.
    """
    packed = "".join(text.split())
    if not _BASE64.fullmatch(packed):
        return None
    try:
        data = base64.b64decode(packed, validate=True)
    except ValueError:
        return None
    return data if declared_length(data) == len(data) else None


def _document(text: str) -> Mapping[str, Any] | None:
    try:
        document: object = load_json(text) if text.lstrip().startswith("{") else load_plain(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return cast("Mapping[str, Any]", document) if isinstance(document, dict) else None


def _nothing_to_diagnose(name: str, what: str, hint: str) -> InputError:
    return InputError("nothing-to-diagnose", f"{name} is {what}, in which there is nothing to diagnose.", hint)
