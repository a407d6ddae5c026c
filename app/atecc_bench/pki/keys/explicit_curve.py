"""Private keys that spell out their curve instead of naming it.

Format: SEC 1, appendix C.2; RFC 3279, section 2.3.5. cryptography reads such keys when the base point is uncompressed.
This reads the others, and keys that leave the curve to an `EC PARAMETERS` block of their file.
"""

from cryptography.hazmat.primitives.asymmetric import ec

from atecc_bench.errors import InputError
from atecc_bench.pki.encoding.der import SEQUENCE, DerNode, parse_der

OCTET_STRING = 0x04
OBJECT_IDENTIFIER = 0x06
_PARAMETERS_TAG = 0xA0

_PRIME = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
_A = _PRIME - 3
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_GENERATOR_X = bytes.fromhex("6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296")
_GENERATOR_Y = bytes.fromhex("4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5")
_GENERATORS = (b"\x03" + _GENERATOR_X, b"\x04" + _GENERATOR_X + _GENERATOR_Y)
_PRIME256V1 = bytes.fromhex("2A8648CE3D030107")


def key_on_spelled_curve(der: bytes, file_parameters: bytes | None) -> ec.EllipticCurvePrivateKey | None:
    """Read an unencrypted key (DER) whose parameters are those of P-256.

    SEC 1 or PKCS #8; None for any other. `file_parameters` is the DER of the file's `EC PARAMETERS` block; it counts
    when the key says nothing of its own.
    """
    try:
        return _read(der, file_parameters)
    except (InputError, IndexError, ValueError):  # another structure, or parts missing
        return None


def _read(der: bytes, file_parameters: bytes | None) -> ec.EllipticCurvePrivateKey | None:
    _, first, *rest = parse_der(der).children
    if first.tag == SEQUENCE:
        named = (der, first.children[1])
        _, first, *_ = parse_der(der, rest[0].value_start, rest[0].end).children
    elif rest and rest[0].tag == _PARAMETERS_TAG:
        named = (der, rest[0].children[0])
    elif file_parameters is not None:
        named = (file_parameters, parse_der(file_parameters))
    else:
        return None
    if first.tag != OCTET_STRING or not _is_p256(*named):
        return None
    scalar = _number(der, first)
    return ec.derive_private_key(scalar, ec.SECP256R1()) if 0 < scalar < _ORDER else None


def _is_p256(data: bytes, parameters: DerNode) -> bool:
    if parameters.tag == OBJECT_IDENTIFIER:
        return parameters.value(data) == _PRIME256V1
    if parameters.tag != SEQUENCE:
        return False
    _version, field, curve, generator, order = parameters.children[:5]
    return (
        _number(data, field.children[1]) == _PRIME
        and _number(data, curve.children[0]) == _A
        and _number(data, curve.children[1]) == _B
        and generator.value(data) in _GENERATORS
        and _number(data, order) == _ORDER
    )


def _number(data: bytes, node: DerNode) -> int:
    return int.from_bytes(node.value(data))
