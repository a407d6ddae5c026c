"""Certificates of every serial number source, under every kind of root, in both formats, through a chip and back.

The keys that sign come out of files: loading forms and kinds of root take turns over the sources, so that each form
and each kind of root has its turn. Every form with every source, root and format is `make matrix`, which takes a
quarter of an hour.

Our code and CryptoAuthLib, with the definition that was exported as C and read again, have to rebuild the same bytes.
"""

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from cryptography import x509

from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.errors import RefusedError
from atecc_bench.onchip.read_certificates import location_reader, slot_images
from atecc_bench.pki.c_source.cert_def_export import export_c
from atecc_bench.pki.c_source.cert_def_import import import_c
from atecc_bench.pki.compressed.definition import CertificateDefinition
from atecc_bench.pki.compressed.format import CompressedCertificate, FormatVersion
from atecc_bench.pki.compressed.issue import Particulars, issue_by_template
from atecc_bench.pki.compressed.rebuild import rebuild, slot_contents
from atecc_bench.pki.compressed.serial_source import SerialSource
from atecc_bench.pki.compressed.template_file import template_text
from atecc_bench.pki.keys.external_key import ExternalPrivateKey
from atecc_bench.pki.keys.key_files import load_private_key, private_key_from_entropy, public_key_bytes
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.state_file import save_state
from tests.support.boards.twin_desk import TwinDesk
from tests.support.cases.loading_forms import LOADING_FORMS, SECRET, key_in_form
from tests.support.external.cryptoauthlib_runner import Answers, needs_cryptoauthlib
from tests.support.external.issuing import (
    DEVICE_SOURCES,
    SIGNER_SOURCES,
    START,
    Root,
    device_template,
    openssl_root,
    openssl_verify,
    our_root,
    root_in_softhsm,
    signer_template,
)
from tests.support.paths import ROOT

pytestmark = [needs_cryptoauthlib, pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")]

FORMATS = {FormatVersion.SHORT_DATES: 10, FormatVersion.EXTENDED_DATES: 35}
ROOTS = ("openssl", "ours", "SoftHSM2")
SOURCES = [(source, SIGNER_SOURCES[index % len(SIGNER_SOURCES)]) for index, source in enumerate(DEVICE_SOURCES)]
TURNS = list(product(FORMATS, SOURCES))
assert len(TURNS) >= len(LOADING_FORMS)
# The whole product; what is not the turn of a form and a root is left to `make matrix`.
CASES = [
    pytest.param(
        *(kind, device, signer, version, form),
        id=f"{kind}-{device.name}-{signer.name}-{version.name}-{form}",
        marks=()
        if (form, kind) == (LOADING_FORMS[turn % len(LOADING_FORMS)], ROOTS[(turn + turn // len(SOURCES)) % len(ROOTS)])
        else pytest.mark.campaign,
    )
    for kind, (turn, (version, (device, signer))), form in product(ROOTS, enumerate(TURNS), LOADING_FORMS)
]

_READ = f"""
import ctypes
sys.path.insert(0, {str(ROOT)!r})
from cryptoauthlib.library import cal_buffer, get_cryptoauthlib
from tests.support.external.cryptoauthlib_definitions import c_definition
from atecc_bench.pki.compressed.template_file import read_template

def read(name, template, authority_key):
    certificate, size = (ctypes.c_uint8 * 1024)(), ctypes.c_size_t(1024)
    key = cal_buffer(len(authority_key), bytearray(authority_key))
    status = get_cryptoauthlib().atcacert_read_cert(
        ctypes.byref(c_definition(read_template(template))), ctypes.byref(key), certificate, ctypes.byref(size)
    )
    out[name] = [status, bytes(certificate[: size.value]).hex()]
"""


@dataclass(frozen=True)
class Issued:
    """A certificate with the template it was issued by, as the exported C has it."""

    definition: CertificateDefinition
    der: bytes
    authority_key: bytes

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.der)


@pytest.fixture(scope="module")
def root_of_kind(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Root]:
    """Makes a root once; all cases of its kind share it."""

    @cache
    def make(kind: str) -> Root:
        match kind:
            case "openssl":
                return openssl_root(tmp_path_factory.mktemp("root"))
            case "ours":
                return our_root()
            case _:
                return root_in_softhsm(request.getfixturevalue("softhsm"))

    return make


@pytest.fixture(scope="session")
def provisioned_state(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], TwinDesk]:
    """A chip with both zones locked and its keys made."""

    def make(seed: int) -> TwinDesk:
        desk = TwinDesk(seed)
        desk.write_config()
        desk.lock_config()
        desk.session.lock_data()
        desk.session.generate_key(0)
        return desk

    return make


def loaded(root: Root, folder: Path, form: str) -> Root:
    """The same root with its key out of a file of this form; one in a module stays there."""
    if isinstance(root.key, ExternalPrivateKey):
        return root
    return replace(root, key=load_private_key(key_in_form(folder, root.key, form), SECRET))


def through_c(definition: CertificateDefinition, name: str) -> CertificateDefinition:
    source = export_c(definition, name)
    (imported,) = import_c(source.header + source.source)
    assert imported.definition == definition
    assert isinstance(imported.definition, CertificateDefinition)
    return imported.definition


def issue(definition: CertificateDefinition, years: int, public_key: bytes, signing_key: Root, chip: bytes) -> bytes:
    """Issue from the first hour whose serial number is usable: `_POS` and `_RAW` refuse some."""
    for hour in range(24):
        particulars = Particulars(
            public_key=public_key,
            not_before=START.replace(hour=hour),
            expire_years=years,
            signer_id=bytes.fromhex("2A01"),
            serial_number=bytes.fromhex("71") + bytes(range(15)),
            chip_serial_number=chip,
        )
        with suppress(RefusedError):
            return issue_by_template(definition, particulars, signing_key.key, signing_key.public_key)
    raise AssertionError("no hour of this day gives a usable serial number")


def write(session: ChipSession, issued: Issued, chip: bytes) -> None:
    contents = slot_contents(issued.der, issued.definition, chip)
    compressed = CompressedCertificate.parse(contents[issued.definition.comp_cert_dev_loc])
    assert compressed.sn_source is issued.definition.sn_source
    for slot, image in slot_images(contents, lambda slot, count: session.read_slot(slot, 0, count)).items():
        session.write_slot(slot, image)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "device_source", "signer_source", "version", "form"), CASES)
def test_the_same_bytes_come_back(
    root_of_kind: Callable[[str], Root],
    provisioned_state: Callable[[int], TwinDesk],
    served_board: Callable[[str], str],
    run_cryptoauthlib: Callable[[str, str], Answers],
    tmp_path: Path,
    kind: str,
    device_source: SerialSource,
    signer_source: SerialSource,
    version: FormatVersion,
    form: str,
):
    years = FORMATS[version]
    desk = provisioned_state(int(device_source) + 1)
    chip = bytes.fromhex(desk.serial_number)
    root = loaded(root_of_kind(kind), tmp_path, form)
    signer_key = load_private_key(key_in_form(tmp_path, private_key_from_entropy(seeded_entropy(11)), form), SECRET)
    definition = through_c(signer_template(root, signer_source), "1_signer")
    signer_der = issue(definition, years, public_key_bytes(signer_key.public_key()), root, chip)
    signer = Issued(definition, signer_der, root.public_key)
    definition = through_c(device_template(signer.certificate, device_source), "2_device")
    issuer = Root(signer.certificate, signer_key, strict=True)
    device_der = issue(definition, years, desk.session.public_key(0), issuer, chip)
    device = Issued(definition, device_der, issuer.public_key)

    for one in (signer, device):
        write(desk.session, one, chip)
        stored = CompressedCertificate.parse(desk.session.read_slot(one.definition.comp_cert_dev_loc.slot, 0, 72))
        assert stored.format_version is version
        assert rebuild(one.definition, location_reader(desk.session), one.authority_key) == one.der

    verdict = openssl_verify(tmp_path, root.certificate, signer.der, device.der, strict=root.strict)
    assert verdict == "device.pem: OK"

    save_state(tmp_path / "state.json", desk.memory, seeded_entropy(1))
    reads = "".join(
        f"read({name!r}, {template_text(one.definition)!r}, bytes.fromhex({one.authority_key.hex()!r}))\n"
        for name, one in (("signer", signer), ("device", device))
    )
    answers = run_cryptoauthlib(
        served_board(f"virtual://configured?state={tmp_path / 'state.json'}&speed=max"), _READ + reads
    )
    assert answers == {"init": 0, "signer": [0, signer.der.hex()], "device": [0, device.der.hex()]}
