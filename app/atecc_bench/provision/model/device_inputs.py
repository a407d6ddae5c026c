"""What the operator gives for one device.

These are typed fields, a certificate from outside, and keys to be imported.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from atecc_bench.chip.session.encrypted_access import KEY_LENGTH
from atecc_bench.errors import InputError
from atecc_bench.onchip.secret_keys import derived_keys
from atecc_bench.pki.authority.issuer import Issuer
from atecc_bench.pki.encoding.distinguished_names import name_of_parts
from atecc_bench.pki.keys.key_files import load_certificates, load_private_key
from atecc_bench.profiles.model import ORGANIZATION, SERIAL_NUMBER, OperatorField, Profile
from atecc_bench.profiles.placeholders import filled
from atecc_bench.profiles.proofs_and_layouts import KeySource, Layout


@dataclass(frozen=True)
class DeviceInputs:
    """Fields, certificate and keys that were given for one device.

    `fields` are texts by id, `certificate` a device certificate from outside with its issuers behind it. `private_keys`
    and `secret_keys` (32 bytes) are to be imported, by slot; from `master_key` others are derived.
    """

    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    certificate: tuple[x509.Certificate, ...] = ()
    private_keys: Mapping[int, ec.EllipticCurvePrivateKey] = field(
        default_factory=dict[int, ec.EllipticCurvePrivateKey], repr=False
    )
    secret_keys: Mapping[int, bytes] = field(default_factory=dict[int, bytes], repr=False)
    master_key: bytes = field(default=b"", repr=False)


def device_inputs_from(
    profile: Profile,
    fields: Mapping[str, str],
    certificate: bytes | None,
    keys: Mapping[int, bytes],
    master_key: bytes | None,
) -> DeviceInputs:
    """Read the inputs of a device from the files given.

    They are what is in the files; None where there was none. A key for a slot with a private key is a file of one; any
    other holds 32 bytes as they are, and whatever key opens a slot may be among them.

    Raises:
        InputError: `usage`, `not-a-key`, and what reading keys and certificates raises.
    """
    if certificate is not None and profile.layout is not Layout.FILE:
        raise InputError(
            "usage",
            f"The profile {profile.name} issues its certificate, and takes none from outside.",
            "Leave the certificate out, or choose a profile whose layout is `file`.",
        )
    if master_key is not None and not any(key.source is KeySource.DERIVE for key in profile.keys):
        raise InputError(
            "usage", f"The profile {profile.name} derives no key from a master key.", "Leave the master key out."
        )
    imported = {key.slot for key in profile.keys if key.source is KeySource.IMPORT}
    for slot in keys:
        if slot in profile.private_slots and slot not in imported:
            raise InputError(
                "usage",
                f"The profile {profile.name} imports no private key into slot {slot}.",
                "Leave the key out, or choose a profile whose source of that key is `import`.",
            )
    private = {slot: load_private_key(content) for slot, content in keys.items() if slot in profile.private_slots}
    secret = {slot: content for slot, content in keys.items() if slot not in private}
    for slot, content in secret.items():
        if len(content) != KEY_LENGTH:
            raise InputError(
                "not-a-key",
                f"The key for slot {slot} has {len(content)} bytes; a secret key has {KEY_LENGTH}.",
                f"Make one with: openssl rand -out key.bin {KEY_LENGTH}",
            )
    certificates = () if certificate is None else tuple(load_certificates(certificate))
    return DeviceInputs(dict(fields), certificates, private, secret, master_key or b"")


def known_secrets(profile: Profile, inputs: DeviceInputs, serial_number: bytes) -> dict[int, bytes]:
    """Return the secret keys that are known before a chip has them.

    Raises:
        InputError: `key-file-needed`, `master-key-needed`, `master-key-too-short`.
    """
    found: dict[int, bytes] = {}
    for key in profile.secret_keys:
        if key.source is KeySource.IMPORT:
            if key.slot not in inputs.secret_keys:
                raise key_file_needed(key.slot, key.title)
            found[key.slot] = inputs.secret_keys[key.slot]
        elif key.source is KeySource.DERIVE:
            if not inputs.master_key:
                raise InputError(
                    "master-key-needed",
                    f"The {key.title} in slot {key.slot} is derived from a master key, and none was given.",
                    "Give its file with --master-key.",
                )
            found[key.slot] = derived_keys(inputs.master_key, serial_number)(key.slot)
    return found


def key_file_needed(slot: int, title: str) -> InputError:
    """Make the error for a key file that was not given.

    The key has to be imported.
    """
    return InputError(
        "key-file-needed",
        f"The {title} in slot {slot} is imported from a file, and none was given.",
        f"Give it with --key {slot}=FILE.",
    )


def placeholder_values(
    profile: Profile, serial_number: str, issuer: Issuer | None, fields: Mapping[str, str]
) -> dict[str, str]:
    """Return the text for each placeholder of the profile.

    It is what stands for the placeholder on this chip.

    Raises:
        InputError: `no-such-field`, `field-needed`, `field-not-usable`, `organization-needed`.
    """
    values = {SERIAL_NUMBER: serial_number}
    if issuer is not None:
        values[ORGANIZATION] = issuer.organization
    elif ORGANIZATION in profile.placeholders:
        raise InputError(
            "organization-needed", "The profile wants an organization, and there is no authority to take it from.",
            "Give a certificate authority with --ca.",
        )  # fmt: skip
    known = {field.id for field in profile.operator_fields}
    for name in fields:
        if name not in known:
            raise InputError(
                "no-such-field",
                f"The profile {profile.name} has no field {name}.",
                f"It has {', '.join(sorted(known)) or 'none'}.",
            )
    for one in profile.operator_fields:
        values[one.id] = _value(one, fields.get(one.id, ""), serial_number)
    return values


def subject_name(profile: Profile, values: Mapping[str, str]) -> x509.Name:
    """Return the subject that the profile gives a device.

    Raises:
        InputError: `name-not-usable`.
    """
    subject = profile.certificates.subject
    return name_of_parts((part, filled(text, values)) for part, text in subject.items())


def _value(one: OperatorField, typed: str, serial_number: str) -> str:
    if not typed and one.default is None:
        raise InputError(
            "field-needed", f"{one.title} is empty.", f"Give it, for example {one.example} (--field {one.id}=…)."
        )
    value = typed or filled(one.default or "", {SERIAL_NUMBER: serial_number})
    if not one.accepts(value):
        raise InputError(
            "field-not-usable",
            f"{one.title} {value!r} is not as the profile wants it: {one.pattern}",
            f"Give something like {one.example}.",
        )
    return value
