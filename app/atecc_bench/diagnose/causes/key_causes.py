"""Causes that lie in keys: another key, another device, another authority."""

from collections.abc import Iterator

from atecc_bench.diagnose.causes.cause import Cause, CauseId, Confidence
from atecc_bench.diagnose.compare.comparison_facts import (
    AUTHORITY_KEY_IDENTIFIER,
    ISSUER,
    NOT_AFTER,
    NOT_BEFORE,
    PUBLIC_KEY,
    SERIAL_NUMBER,
    SIGNATURE,
    SUBJECT,
    SUBJECT_KEY_IDENTIFIER,
    Facts,
)
from atecc_bench.pki.keys.key_files import key_identifier

_SHORTEST_HASH = 12  # bytes; a counted serial number is shorter, and so is the chip's own
_DERIVED = (SERIAL_NUMBER, SUBJECT_KEY_IDENTIFIER)


def public_key_mismatch(facts: Facts) -> Cause:
    """The certificate is for another key than the live one."""
    context, derived = facts.context, [path for path in (*_DERIVED, PUBLIC_KEY) if path in facts.differing]
    names = [r.field for r in facts.comparison.ranges if r.path in derived]
    evidence = [
        f"{_joined(names)} differ, and all of them derive from the public key."
        if len(names) > 1
        else f"{_joined(names)} differs.",
    ]
    certain = facts.complete
    if facts.same_signature:
        what = "Signatures" if facts.differ(ISSUER, SUBJECT, NOT_BEFORE, NOT_AFTER) else "Names, dates and signature"
        if facts.comparison.unknown:
            evidence.append(
                f"What is shown of everything else is equal; {facts.comparison.unseen} bytes are not in the paste."
            )
        else:
            evidence.append(f"{what} are equal: it is the same certificate, rebuilt around another key.")
    elif SIGNATURE in facts.differing:
        evidence.append("The signature differs too: the chip holds a certificate that was issued for another key.")
    else:
        evidence.append("The end of both certificates is not there, so their signatures could not be compared.")
    certain &= _derived_fit(facts, evidence)
    if facts.comparison.unknown and speaks_for_another_key(facts):
        evidence.append("The dates are equal, and a serial number of this kind is made of the key and the dates.")
    if not facts.key_is_seen and not facts.differ(PUBLIC_KEY):
        evidence.append("The public key is not in the paste, or not all of it.")
    if context.key_slot is not None and facts.expected.public_key is not None:
        certain &= _compare_with_slots(facts, evidence)
    return Cause(
        CauseId.PUBLIC_KEY_MISMATCH,
        f"The certificate was signed for another key than the one in {context.where}.",
        (*evidence, *context.remarks),
        f"Issue the certificate again for the key that is in {context.where} now, and write it to the chip. "
        "A key that was generated over cannot be brought back.",
        _how_sure(facts) if not certain or facts.comparison.unknown else Confidence.CERTAIN,
    )


def _how_sure(facts: Facts) -> Confidence:
    """How sure the key is to blame, when not all is seen."""
    if not facts.comparison.unknown:
        return Confidence.LIKELY
    if facts.differ(PUBLIC_KEY):
        other_signature = SIGNATURE in facts.differing
        return Confidence.POSSIBLE if other_signature and not facts.names_are_seen else Confidence.LIKELY
    both = all(path in facts.differing for path in _DERIVED)
    return Confidence.LIKELY if both and SIGNATURE not in facts.differing else Confidence.POSSIBLE


def speaks_for_another_key(facts: Facts) -> bool:
    """Whether another serial number beside equal dates speaks for another key.

    It is made of key and dates by CryptoAuthLib's usual source, unless it is the chip's own.
    """
    if SERIAL_NUMBER not in facts.differing or not (facts.equal(NOT_BEFORE) and facts.equal(NOT_AFTER)):
        return False
    key = next((found for found in facts.comparison.expected_fields if found.path == PUBLIC_KEY), None)
    hidden = key is None or any(s.start <= key.start and key.end <= s.end for s in facts.comparison.unknown)
    lengths = {len(side.value(SERIAL_NUMBER) or b"") for side in (facts.expected, facts.stored)}
    return hidden and min(lengths) >= _SHORTEST_HASH


def _derived_fit(facts: Facts, evidence: list[str]) -> bool:
    fits = True
    if SUBJECT_KEY_IDENTIFIER in facts.differing:
        own = all(side.identifies_own_key for side in (facts.expected, facts.stored))
        fits &= own
        if own:
            evidence.append("Each subjectKeyIdentifier is the SHA-1 of the public key beside it.")
    if SERIAL_NUMBER in facts.differing:
        hashes = all(side.serial_number_hashes() for side in (facts.expected, facts.stored))
        fits &= hashes or not facts.same_signature
        if hashes:
            evidence.append("Each serialNumber is the SHA-256 of the public key beside it and the dates.")
    return fits


def _compare_with_slots(facts: Facts, evidence: list[str]) -> bool:
    slots = facts.context.slot_keys
    for slot, key in slots.items():
        if key == facts.expected.public_key and slot != facts.context.key_slot:
            evidence.append(f"The expected certificate is for the key in slot {slot}.")
            return True
    if slots:
        evidence.append("No other slot of this chip holds the key of the expected certificate.")
    return True


def is_for_another_device(facts: Facts) -> bool:
    """True when the expected certificate is for another device.

    It names another chip than the one at hand, or than the stored one does. Whose key is the same is no other device:
    it is the same one under another name.
    """
    if facts.equal(PUBLIC_KEY):
        return False
    device = facts.expected.device
    if device is None:
        both_new = facts.differ(PUBLIC_KEY) and facts.differ(SUBJECT) and not facts.same_signature
        return (
            both_new
            and (facts.complete or SIGNATURE in facts.differing)
            and facts.stored.identifies_own_key is not False
        )
    chip = facts.context.chip_serial_number
    if chip is not None:
        return device != chip.lower()
    return facts.stored.device is not None and device != facts.stored.device


def other_device(facts: Facts) -> Cause:
    """The expected certificate is that of another device."""
    expected, chip = facts.expected.device, facts.context.chip_serial_number
    certain = expected is not None
    if expected is None:
        evidence = [f"It is for {facts.expected.text(SUBJECT)}, and the stored one for {facts.stored.text(SUBJECT)}."]
    elif chip is not None:
        evidence = [f"It names the chip {expected}, and this chip is {chip}."]
    else:
        evidence = [f"It names the chip {expected}, and the stored one names {facts.stored.device}."]
        certain = facts.complete and (facts.differ(PUBLIC_KEY) or not facts.same_signature)
    if facts.differ(PUBLIC_KEY):
        evidence.append("The public keys differ too.")
    if facts.same_signature:
        evidence.append("The signature is equal: the other device's certificate was written to this chip.")
        fix = "Issue and write a certificate for this chip and its key: `atecc-bench cert mend`."
    else:
        fix = "Compare with the certificate of this chip, or connect the chip of this certificate."
    named = f" {expected}" if expected else ""
    return Cause(
        CauseId.OTHER_DEVICE,
        f"The expected certificate is that of another device{named}.",
        (*evidence, *facts.context.remarks),
        fix,
        Confidence.CERTAIN if certain else Confidence.LIKELY,
    )


def authority_key_causes(facts: Facts) -> Iterator[Cause]:
    """Causes of a differing authorityKeyIdentifier.

    It is the subject's own, or that of another authority.
    """
    certain = Confidence.CERTAIN if facts.complete else Confidence.LIKELY
    for which, side in (("stored", facts.stored), ("expected", facts.expected)):
        if side.authority_is_itself:
            yield Cause(
                CauseId.AUTHORITY_KEY_IS_SUBJECT_KEY,
                f"The {which} certificate names its own key as that of its authority.",
                (
                    f"The authorityKeyIdentifier of the {which} certificate is the SHA-1 of its own public key.",
                    "The rebuild was given the device's public key where it needs the signer's.",
                ),
                "Give the signer's public key to the rebuild: in ECC608-MassProvisioning's layout, put it into "
                "slot 11; in code, pass it as ca_public_key to atcacert_read_cert.",
                certain,
            )
            return
    evidence = ["The authorityKeyIdentifier is the SHA-1 of the key of the one who signed, and it differs."]
    authorities = {key_identifier(key) for key in facts.context.authority_keys}
    for which, side in (("expected", facts.expected), ("stored", facts.stored)):
        if side.value(AUTHORITY_KEY_IDENTIFIER) in authorities:
            evidence.append(f"That of the {which} certificate fits an authority whose key is known.")
    if facts.same_signature:
        evidence.append("The signature is equal: only the key of the authority on the chip is another one.")
        fix = "Write the public key of the signer who issued the certificate to the chip (slot 11 of this layout)."
    else:
        evidence.append("The signatures differ too: they are certificates of two authorities.")
        fix = "Use the certificate of the authority that this chip was provisioned for, or write the chain anew."
    if facts.differ(ISSUER):
        evidence.append("The issuers' names differ as well.")
    yield Cause(
        CauseId.AUTHORITY_KEY_MISMATCH,
        "The certificates name different authorities: the authorityKeyIdentifier is that of another key.",
        tuple(evidence),
        fix,
        certain,
    )


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
