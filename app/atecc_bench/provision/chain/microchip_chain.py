"""Microchip's own certificates on a Trust&GO chip.

This finds which structure they have, and up to which root they verify.

Structures are those of CryptoAuthLib's `app/tng`: a signer, and two kinds of device certificates, of which the younger
also has the MAC address in slot 5. The samples made here have the same bytes wherever those are the same on all chips.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from atecc_bench.errors import BenchError, InputError, RefusedError
from atecc_bench.onchip.read_certificates import contents_reader
from atecc_bench.pki.authority.issue_ca import SERIAL_NUMBER_LENGTH, sign
from atecc_bench.pki.authority.issuer import Issuer
from atecc_bench.pki.compressed.definition import CertificateDefinition, DeviceZone, StandardElement, element_locations
from atecc_bench.pki.compressed.issue import Particulars
from atecc_bench.pki.compressed.serial_source import positive_serial_number
from atecc_bench.pki.compressed.template_builder import (
    device_placement,
    signer_placement,
    template_from_sample,
    with_element,
)
from atecc_bench.pki.compressed.transforms import Transform
from atecc_bench.pki.encoding.dates import DateFormat, format_date
from atecc_bench.pki.encoding.distinguished_names import name_of_parts
from atecc_bench.pki.keys.key_files import load_certificate, private_key_from_entropy, public_key_bytes
from atecc_bench.pki.x509.chain_checks import CertificateTimeError, check_chain
from atecc_bench.profiles.slot_map import MAC_SLOT
from atecc_bench.provision.chain.device_chain import DeviceChain
from atecc_bench.provision.chain.stored_chain import StoredChain
from atecc_bench.provision.model.chip_survey import Survey
from atecc_bench.resources import resource_path

_ORGANIZATION = "Microchip Technology Inc"
_ISSUED = datetime(2018, 11, 8, 5, tzinfo=UTC)
_SIGNER_YEARS, _DEVICE_YEARS = 31, 28
_GENERALIZED_YEAR = 2050
_SUBJECT = "tbsCertificate.subject.commonName"
_ISSUER = "tbsCertificate.issuer.commonName"
_AFTER_NUMBER = " ATECC"
_BEFORE_NUMBER = "sn"
_MAC_LENGTH, _MAC_START = 12, "eui48_"
_ROOT = ("certificates", "microchip-crypto-authentication-root-ca-002.pem")


@dataclass(frozen=True)
class MicrochipSamples:
    """Certificates of the structure that a maker's have, and the maker's root."""

    device: bytes
    signer: bytes
    root: x509.Certificate


def microchip_chain(survey: Survey, now: datetime, samples: Sequence[MicrochipSamples]) -> DeviceChain:
    """Find how the maker's certificates are stored on this chip.

    Their structure is the one that rebuilds to a chain of the maker's root. `samples` are the structures to try.

    Raises:
        RefusedError: `not-the-makers`, and `certificate-expired` and the like when only that is wrong.
    """
    error: BenchError | None = None
    for sample in samples:
        try:
            return _chain_of(sample, survey, now)
        except (BenchError, KeyError, ValueError) as caught:
            if isinstance(caught, CertificateTimeError):
                error = caught
    raise error or RefusedError(
        "not-the-makers",
        "The certificates on this chip are not Microchip's: of none of its structures they verify up to its root.",
        "Somebody has written others, or the chip is not what it seems. Look at them with `atecc-bench cert read`.",
    )


def _chain_of(samples: MicrochipSamples, survey: Survey, now: datetime) -> DeviceChain:
    stored = microchip_stored_chain(samples.device, samples.signer)
    particulars = Particulars(
        public_key=b"", not_before=_ISSUED, expire_years=_DEVICE_YEARS, chip_serial_number=survey.config.serial_number
    )
    unsigned = DeviceChain(
        issuer=Issuer(samples.root, x509.load_der_x509_certificate(samples.signer), ""),
        device=stored.device, signer=stored.signer, root_key_slot=None, slots={10: 72, 11: 72, 12: 72},
        particulars=particulars,
    )  # fmt: skip
    rebuilt = unsigned.rebuild(contents_reader(survey.slots, survey.public_keys, survey.config_bytes))
    signer_certificate = x509.load_der_x509_certificate(rebuilt.signer)
    check_chain(x509.load_der_x509_certificate(rebuilt.device), signer_certificate, samples.root, now)
    return replace(unsigned, issuer=Issuer(samples.root, signer_certificate, ""))


def microchip_stored_chain(device: bytes, signer: bytes) -> StoredChain:
    """Work out where a chip stores Microchip's certificates of a structure.

    It is that of a device and a signer certificate (DER).
    """
    return StoredChain.of_definitions(device_definition(device), signer_definition_of(signer))


def signer_definition_of(sample: bytes) -> CertificateDefinition:
    """Make the definition of a Microchip signer certificate.

    It is made from a certificate of its structure (DER).
    """
    return template_from_sample(sample, signer_placement(), signer_id_in=_id_in(sample, _SUBJECT))


def device_definition(sample: bytes) -> CertificateDefinition:
    """Make the definition of a Microchip device certificate.

    It is made from a certificate of its structure (DER).
    """
    after = _common_name(x509.load_der_x509_certificate(sample).subject).endswith(_AFTER_NUMBER)
    placement = replace(device_placement(), template_id=2 if after else 3)
    definition = template_from_sample(sample, placement, signer_id_in=_id_in(sample, _ISSUER))
    start = 0 if after else len(_BEFORE_NUMBER)
    for element, first, last, offset in (("SN03", 0, 8, 0), ("SN48", 8, 18, 8)):
        definition = with_element(
            definition, element, f"{_SUBJECT}[{start + first}:{start + last}]", offset=offset, zone=DeviceZone.CONFIG,
            transforms=(Transform.BIN2HEX_UC,),
        )  # fmt: skip
    if _MAC_START.encode("ascii") in sample:
        path = "tbsCertificate.extensions.subjectAltName"
        definition = with_element(definition, "EUI-48", f"{path}[23:35]", slot=MAC_SLOT, offset=0)
    return definition


def _id_in(sample: bytes, path: str) -> str | None:
    """Return `path` if the name there ends in a signer id.

    Gives None otherwise. Microchip's signers end in four digits; those of a scenario do too.
    """
    certificate = x509.load_der_x509_certificate(sample)
    name = certificate.issuer if path is _ISSUER else certificate.subject
    end = _common_name(name)[-4:]
    return path if all(digit in "0123456789ABCDEF" for digit in end) else None


def _common_name(name: x509.Name) -> str:
    """The common name, which all of Microchip's certificates have.

    Raises:
        InputError: `not-this-layout`.
    """
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    if not found:
        raise InputError(
            "not-this-layout",
            "This certificate is not of Microchip's structure: a name in it has no common name.",
            "Give certificates that were read from a Trust&GO or TrustFLEX chip.",
        )
    return str(found[0].value)


def microchip_samples(*, virtual: bool) -> tuple[MicrochipSamples, ...]:
    """Return samples of Microchip's certificates.

    For a virtual chip those of the scenarios are among them. Only a virtual chip may have the certificates of a
    scenario, whose keys anybody can make again.
    """
    return (*_of_microchip(), *(_of_scenarios() if virtual else ()))


def _of_microchip() -> Iterator[MicrochipSamples]:
    """Certificate structures that Microchip uses.

    They have the forms "… ATECC", "sn…", and "sn…" with the MAC address.
    """
    root = load_certificate(resource_path(*_ROOT).read_bytes())
    signer_name = _name("Crypto Authentication Signer FFFF")
    signer = _certificate(signer_name, root.subject, _SIGNER_YEARS, _SIGNER_EXTENSIONS)
    for name, extensions in (
        (f"{'0' * 18}{_AFTER_NUMBER}", _DEVICE_EXTENSIONS),
        (f"{_BEFORE_NUMBER}{'0' * 18}", _DEVICE_EXTENSIONS),
        (f"{_BEFORE_NUMBER}{'0' * 18}", ((_mac_name(), False), *_DEVICE_EXTENSIONS)),
    ):
        yield MicrochipSamples(_certificate(_name(name), signer_name, _DEVICE_YEARS, extensions), signer, root)


def _of_scenarios() -> Iterator[MicrochipSamples]:
    for folder in sorted(resource_path("scenarios").glob("trust*")):
        names = ("device", "signer", "root")
        device, signer, root = (load_certificate((folder / f"{name}.pem").read_bytes()) for name in names)
        yield MicrochipSamples(device.public_bytes(Encoding.DER), signer.public_bytes(Encoding.DER), root)


def _name(common_name: str) -> x509.Name:
    return name_of_parts([("O", _ORGANIZATION), ("CN", common_name)])


def _mac_name() -> x509.SubjectAlternativeName:
    name = x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, _MAC_START + "0" * _MAC_LENGTH)])
    return x509.SubjectAlternativeName([x509.DirectoryName(name)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, years: int, extensions: tuple[tuple[x509.ExtensionType, bool], ...]
) -> bytes:
    key = private_key_from_entropy(lambda length: bytes(length))
    public_key = public_key_bytes(key.public_key())
    builder = (
        x509.CertificateBuilder()
        .serial_number(int.from_bytes(positive_serial_number(bytes(SERIAL_NUMBER_LENGTH))))
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .not_valid_before(_ISSUED)
        .not_valid_after(_ISSUED.replace(year=_GENERALIZED_YEAR))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    der = sign(builder, public_key, public_key, key).public_bytes(Encoding.DER)
    # Microchip writes notAfter as GeneralizedTime always, RFC 5280 only from 2050 on.
    location = element_locations(der)[StandardElement.EXPIRE_DATE]
    expiry = format_date(_ISSUED.replace(year=_ISSUED.year + years), DateFormat.RFC5280_GEN)
    return der[: location.offset] + expiry + der[location.offset + location.count :]


def _key_usage(*, issues: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=not issues, key_cert_sign=issues, crl_sign=issues, encipher_only=False, decipher_only=False,
    )  # fmt: skip


_SIGNER_EXTENSIONS = ((_key_usage(issues=True), True), (x509.BasicConstraints(ca=True, path_length=0), True))
_DEVICE_EXTENSIONS = ((x509.BasicConstraints(ca=False, path_length=None), True), (_key_usage(issues=False), True))
