"""Templates from what Espressif's cert2certdef.py gives its firmware.

One string of offsets and a certificate: eighteen numbers of four decimal digits, offset and count of each standard
element and of the signed part, then the template in hexadecimal. Slots are not in it: they are those of Microchip's
signer and device definitions.
"""

import re
from dataclasses import replace

from cryptography import x509

from atecc_bench.errors import InputError
from atecc_bench.pki.c_source.cert_def_import import ImportedDefinition
from atecc_bench.pki.compressed.definition import CertificateDefinition, CertificateLocation, StandardElement
from atecc_bench.pki.compressed.definition_check import check_definition
from atecc_bench.pki.compressed.massprovisioning import signer_definition
from atecc_bench.pki.compressed.template_builder import device_placement, template_from_sample
from atecc_bench.pki.keys.key_files import load_certificate
from atecc_bench.pki.x509.chain_checks import extension_of

_NUMBER_LENGTH = 4
_NUMBERS = 2 * (len(StandardElement) + 1)
_TEXT = re.compile(rf"[0-9]{{{_NUMBERS * _NUMBER_LENGTH}}}(?:[0-9a-fA-F]{{2}})+")


def is_espressif(text: str) -> bool:
    """Say whether this is such a string."""
    return _TEXT.fullmatch(text.strip()) is not None


def import_espressif(text: str) -> ImportedDefinition:
    """Read a definition of cert2certdef.py.

    A CA certificate makes it a signer's, any other a device's.

    Raises:
        InputError: `definition-not-usable`, `not-a-certificate` or `not-this-layout`.
    """
    digits = text.strip()
    if not is_espressif(digits):
        raise InputError(
            "no-definition",
            "This is not the string that Espressif's cert2certdef.py makes.",
            "Give the text as it was sent with provide-cert-def.",
        )
    head, template = digits[: _NUMBERS * _NUMBER_LENGTH], bytes.fromhex(digits[_NUMBERS * _NUMBER_LENGTH :])
    numbers = [int(head[start : start + _NUMBER_LENGTH]) for start in range(0, len(head), _NUMBER_LENGTH)]
    locations = [CertificateLocation(*numbers[start : start + 2]) for start in range(0, _NUMBERS, 2)]
    name, definition = _by_role(template)
    definition = replace(
        definition,
        std_cert_elements=dict(zip(StandardElement, locations, strict=False)),
        tbs_cert_loc=locations[-1],
    )
    check_definition(definition)
    return ImportedDefinition(name, definition, None)


def _by_role(template: bytes) -> tuple[str, CertificateDefinition]:
    try:
        constraints = extension_of(load_certificate(template), x509.BasicConstraints)
    except ValueError as error:
        raise InputError(
            "not-a-certificate", "The template's extensions are malformed.", "Make the definition again."
        ) from error
    if constraints is not None and constraints.ca:
        return "g_cert_def_1_signer", signer_definition(template)
    return "g_cert_def_2_device", template_from_sample(template, device_placement())
