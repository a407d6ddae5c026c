"""The certificate layouts that come with the product.

A layout says what a device's certificate is made of, and how a chip holds it. Each is what the firmware that reads it
expects; the sources stand beside the profiles in `resources/profiles`.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.errors import InputError, RefusedError
from atecc_bench.pki.authority.issue_ca import SERIAL_NUMBER_LENGTH
from atecc_bench.pki.authority.issuer import Issuer, on_the_hour
from atecc_bench.pki.compressed.definition import CertificateDefinition, DeviceLocation, DeviceZone
from atecc_bench.pki.compressed.format import COMPRESSED_LENGTH
from atecc_bench.pki.compressed.issue import Particulars
from atecc_bench.pki.compressed.massprovisioning import (
    DEVICE_CERTIFICATE_SLOT,
    DEVICE_KEY_SLOT,
    ROOT_PUBLIC_KEY_SLOT,
    SIGNER_PUBLIC_KEY_SLOT,
    device_definition,
    signer_definition,
)
from atecc_bench.pki.compressed.serial_source import SerialSource, positive_serial_number
from atecc_bench.pki.compressed.template_builder import (
    Placement,
    device_placement,
    signer_placement,
    template_from_sample,
    with_element,
)
from atecc_bench.pki.compressed.transforms import Transform
from atecc_bench.pki.encoding.dates import DateFormat, expiry_date
from atecc_bench.pki.encoding.distinguished_names import NAME_PARTS, name_of_parts
from atecc_bench.pki.keys.key_files import (
    PADDED_PUBLIC_KEY_LENGTH,
    PUBLIC_KEY_LENGTH,
    certificate_public_key,
    key_identifier,
    private_key_from_entropy,
    public_key_from_bytes,
)
from atecc_bench.profiles.model import Profile
from atecc_bench.profiles.placeholders import filled
from atecc_bench.profiles.proofs_and_layouts import Layout
from atecc_bench.profiles.slot_map import (
    ARDUINO_DETAILS_SLOT,
    ARDUINO_SERIAL_NUMBER_LENGTH,
    STORED_NUMBER_SLOT,
    layout_slots,
    template_definitions,
)
from atecc_bench.provision.chain.device_chain import DeviceChain, stored_serial_number_is_hash, with_authority_key
from atecc_bench.provision.chain.stored_chain import StoredChain

_LAST_UTC_YEAR = 2049  # RFC 5280, section 4.1.2.5
_SIGNER_ID = re.compile(r"[0-9A-F]{4}$")
_WITH_SIGNER_ID = (Layout.ESPRESSIF, Layout.CRYPTOAUTHLIB)
_CHIP_NAME = re.compile(r"(?i)(?<![0-9a-f])0123[0-9a-f]{12}ee(?![0-9a-f])")  # a serial number of a chip, as text
_SUBJECT = "tbsCertificate.subject.commonName"
_ISSUER = "tbsCertificate.issuer.commonName"
# ECCX08Cert makes its names of these, in this order.
_ARDUINO_NAME = (
    NameOID.COUNTRY_NAME,
    NameOID.STATE_OR_PROVINCE_NAME,
    NameOID.LOCALITY_NAME,
    NameOID.ORGANIZATION_NAME,
    NameOID.ORGANIZATIONAL_UNIT_NAME,
    NameOID.COMMON_NAME,
)


def device_chain(
    profile: Profile, issuer: Issuer, config: ConfigZone, values: Mapping[str, str], now: datetime
) -> DeviceChain:
    """Work out how an issuer's certificates are stored on a chip.

    The chip has this configuration; `values` fill the placeholders.

    Raises:
        InputError: `name-not-usable`, `not-this-layout` and the like.
        RefusedError: `issuer-not-representable`, `date-not-representable`.
    """
    certificates, start = profile.certificates, on_the_hour(now)
    slots = layout_slots(profile)
    particulars = Particulars(
        public_key=b"",
        not_before=start,
        expire_years=certificates.valid_years,
        chip_serial_number=config.serial_number,
        elements={name: filled(text, values).encode("utf-8") for name, text in certificates.elements.items()},
    )
    if profile.layout is Layout.TEMPLATES:
        device, *rest = template_definitions(profile)
        signer_key = certificate_public_key(issuer.signer)
        device = replace(device, cert_template=with_authority_key(device, device.cert_template, signer_key))
        signer = rest[0] if rest else None
        if signer is not None:
            root_key = certificate_public_key(issuer.root)
            signer = replace(signer, cert_template=with_authority_key(signer, signer.cert_template, root_key))
        chain = DeviceChain(
            issuer=issuer, device=device, signer=signer, root_key_slot=None, slots=slots,
            particulars=replace(particulars, signer_id=_signer_id(issuer)),
        )  # fmt: skip
        _check_name(chain, values["serial_number"])
        return chain
    is_arduino = profile.layout is Layout.ARDUINO_ECCX08
    if is_arduino:
        _check_arduino_name(issuer.signer.subject)
    named = [(part, filled(text, values)) for part, text in certificates.subject.items()]
    subject = name_of_parts(named, printable=is_arduino)
    sample = _sample(profile.layout, issuer, subject, start, certificates.valid_years)
    stored = stored_chain(profile.layout, sample, issuer.signer, values["serial_number"])
    if profile.layout in _WITH_SIGNER_ID:
        particulars = replace(particulars, signer_id=_signer_id(issuer))
    return DeviceChain(
        issuer=issuer, device=stored.device, signer=stored.signer, root_key_slot=stored.root_key_slot, slots=slots,
        particulars=particulars,
    )  # fmt: skip


def stored_chain(layout: Layout, sample: bytes, signer: x509.Certificate | None, serial_number: str) -> StoredChain:
    """Work out where a built-in layout stores a chain.

    `sample` is a device certificate (DER) of its structure, `signer` its issuer's, if that is known; `serial_number` is
    the chip's, 18 hexadecimal digits.

    Raises:
        InputError: `not-this-layout`, `definition-not-usable` and the like when the certificates do not fit the layout.
    """
    in_slot = DeviceLocation(slot=SIGNER_PUBLIC_KEY_SLOT, count=PADDED_PUBLIC_KEY_LENGTH)
    match layout:
        case Layout.ECC608_MASS_PROVISIONING:
            definition = None if signer is None else signer_definition(_der(signer))
            return StoredChain(device_definition(sample), definition, in_slot, ROOT_PUBLIC_KEY_SLOT)
        case Layout.ARDUINO_ECCX08:
            return StoredChain(_arduino_definition(sample), None, None, None)
        case Layout.ESPRESSIF:
            device = _with_signer_id(sample, device_placement(), _ISSUER)
            definition = None if signer is None else signer_definition(_der(signer))
            return StoredChain(device, definition, in_slot, None)
        case Layout.CRYPTOAUTHLIB:
            device = _with_signer_id(sample, device_placement(), _ISSUER)
            device = _with_chips_serial_number(device, serial_number)
            return StoredChain(device, None if signer is None else _cryptoauthlib_signer(signer), in_slot, None)
        case _:
            raise InputError(
                "not-this-layout",
                f"The layout {layout} has no places of its own for certificates.",
                "Give the profile or the templates that the chip was provisioned with.",
            )


def _check_name(chain: DeviceChain, serial_number: str) -> None:
    """Check that the certificate's subject names no other chip.

    A template may have kept the name of the chip whose certificate it was made of.
    """
    subject = x509.load_der_x509_certificate(chain.sample()).subject.rfc4514_string()
    other = next((found for found in _CHIP_NAME.findall(subject) if found.lower() != serial_number), None)
    if other is not None:
        raise RefusedError(
            "template-mismatch",
            f"The certificate's subject would be {subject}, which names the chip {other}; this one is {serial_number}.",
            "The template keeps the name of the certificate it was made of. Make one whose serial number is an element "
            "from the configuration zone or a slot (`atecc-bench template edit`). Nothing was written.",
        )


def _sample(layout: Layout, issuer: Issuer, subject: x509.Name, start: datetime, years: int) -> bytes:
    """Make a sample certificate with the layout's structure.

    Its key and its signature are nobody's.
    """
    stand_in = private_key_from_entropy(lambda length: bytes(length))
    signer_key = certificate_public_key(issuer.signer)
    last = DateFormat.RFC5280_UTC if years and start.year + years <= _LAST_UTC_YEAR else DateFormat.RFC5280_GEN
    builder = (
        x509.CertificateBuilder()
        .serial_number(int.from_bytes(positive_serial_number(bytes(SERIAL_NUMBER_LENGTH))))
        .subject_name(subject)
        .issuer_name(issuer.signer.subject)
        .public_key(public_key_from_bytes(signer_key))
        .not_valid_before(start)
        .not_valid_after(expiry_date(start, years, last))
    )
    for extension, critical in _extensions(layout, signer_key):
        builder = builder.add_extension(extension, critical)
    return builder.sign(stand_in, SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)


def _extensions(layout: Layout, key: bytes) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    subject_key = (x509.SubjectKeyIdentifier(key_identifier(key)), False)
    authority_key = (x509.AuthorityKeyIdentifier(key_identifier(key), None, None), False)
    no_authority = (x509.BasicConstraints(ca=False, path_length=None), True)
    match layout:
        case Layout.ARDUINO_ECCX08:
            return (authority_key,)
        case Layout.ESPRESSIF:
            return (_key_usage("content_commitment", "key_encipherment"), no_authority, authority_key)
        case Layout.CRYPTOAUTHLIB:
            return (no_authority, _key_usage("key_agreement"), subject_key, authority_key)
        case _:
            return (subject_key, authority_key)


def _key_usage(*more: str) -> tuple[x509.ExtensionType, bool]:
    names = (
        "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
        "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(digital_signature=True, **{name: name in more for name in names}), True


def _check_arduino_name(name: x509.Name) -> None:
    """Check that ECCX08Cert can write the signer's name.

    It writes the issuer's name itself, and that has to come out as the signer's certificate has it.
    """
    oids = [attribute.oid for attribute in name]
    ordered = [oid for oid in _ARDUINO_NAME if oid in oids]
    parts = {oid: part for part, (_, oid) in NAME_PARTS.items()}
    if oids == ordered:
        printable = name_of_parts(
            ((parts[attribute.oid], str(attribute.value)) for attribute in name), printable=True
        )  # fmt: skip
        if printable.public_bytes() == name.public_bytes():
            return
    raise RefusedError(
        "issuer-not-representable",
        f"ECCX08Cert cannot write the signer's name {name.rfc4514_string()!r}: it knows C, ST, L, O, OU and CN, in "
        "this order, as PrintableString.",
        "Use an authority with such names; `atecc-bench ca init --printable-names` makes one.",
    )


def _arduino_definition(sample: bytes) -> CertificateDefinition:
    placement = Placement(
        template_id=0,
        sn_source=SerialSource.STORED,
        cert_sn_dev_loc=DeviceLocation(slot=ARDUINO_DETAILS_SLOT, count=ARDUINO_SERIAL_NUMBER_LENGTH),
        public_key_dev_loc=DeviceLocation(slot=DEVICE_KEY_SLOT, is_genkey=True, count=PUBLIC_KEY_LENGTH),
        comp_cert_dev_loc=DeviceLocation(slot=DEVICE_CERTIFICATE_SLOT, count=COMPRESSED_LENGTH),
    )
    return with_element(
        template_from_sample(sample, placement),
        "authorityKeyIdentifier",
        "tbsCertificate.extensions.authorityKeyIdentifier",
        slot=ARDUINO_DETAILS_SLOT,
        offset=ARDUINO_SERIAL_NUMBER_LENGTH,
    )


def _with_signer_id(sample: bytes, placement: Placement, name: str) -> CertificateDefinition:
    """Make a template from a sample, with CryptoAuthLib's signer id.

    The signer id is the end of the signer's name, where that ends in four digits.
    """
    certificate = x509.load_der_x509_certificate(sample)
    holder = certificate.issuer if name is _ISSUER else certificate.subject
    return template_from_sample(sample, placement, signer_id_in=name if _id_of(holder) else None)


def _signer_id(issuer: Issuer) -> bytes:
    return bytes.fromhex(_id_of(issuer.signer.subject)) or bytes(2)


def _id_of(name: x509.Name) -> str:
    names = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    found = _SIGNER_ID.search(str(names[-1].value)) if names else None
    return found[0] if found else ""


def _with_chips_serial_number(definition: CertificateDefinition, serial_number: str) -> CertificateDefinition:
    """Take the common name from the chip's configuration zone.

    This is so only where the common name is the chip's serial number.
    """
    subject = x509.load_der_x509_certificate(definition.cert_template).subject
    names = [str(attribute.value) for attribute in subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if names != [serial_number]:
        return definition
    for element, part, offset in (("SN03", "[0:8]", 0), ("SN48", "[8:18]", 8)):
        definition = with_element(
            definition, element, _SUBJECT + part, offset=offset, zone=DeviceZone.CONFIG,
            transforms=(Transform.BIN2HEX_LC,),
        )  # fmt: skip
    return definition


def _cryptoauthlib_signer(signer: x509.Certificate) -> CertificateDefinition:
    """Make the definition of the signer's certificate for CryptoAuthLib.

    A serial number that is no hash is stored in slot 8, which the layout leaves free.
    """
    der = _der(signer)
    hashed = _with_signer_id(der, signer_placement(), _SUBJECT)
    if stored_serial_number_is_hash(signer, hashed):
        return hashed
    placement = replace(
        signer_placement(SerialSource.STORED), cert_sn_dev_loc=DeviceLocation(slot=STORED_NUMBER_SLOT, count=0)
    )
    return _with_signer_id(der, placement, _SUBJECT)


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)
