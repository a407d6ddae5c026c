"""Checks of profiles.

What is wrong with one that has the right form, and what is dangerous about it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from pydantic_core import SchemaError

from atecc_bench.chip.config.config_zone import UNLOCKED, ConfigZone
from atecc_bench.chip.config.slot_bytes import key_config_bytes, slot_config_bytes
from atecc_bench.chip.config.slot_policy import Access, Holds, SlotPolicy, slot_policy
from atecc_bench.chip.protocol.zones import CONFIG_SIZE, SLOT_COUNT, slot_size
from atecc_bench.connect.destination import check_destination
from atecc_bench.diagnose.config.lint import SLOTS_LOCKED_TOO_SOON, Finding, Severity, lint
from atecc_bench.errors import BenchError, InputError
from atecc_bench.pki.compressed.template_file import read_template
from atecc_bench.pki.encoding.distinguished_names import NAME_PARTS
from atecc_bench.pki.keys.key_files import load_certificates
from atecc_bench.profiles.model import (
    MAC,
    ORGANIZATION,
    SERIAL_NUMBER,
    WRITTEN_FROM,
    Accepted,
    Key,
    Profile,
)
from atecc_bench.profiles.placeholders import filled, placeholders_in
from atecc_bench.profiles.proofs_and_layouts import KeySource, Layout, Proof
from atecc_bench.profiles.registration_part import COMMON_NAME
from atecc_bench.profiles.server_proof import TlsProof
from atecc_bench.profiles.slot_map import data_length, layout_slots
from atecc_bench.profiles.yaml_marks import Path

_FIRST_UNREACHED, _LAST_UNREACHED = 84, 89  # UserExtra, UserExtraAdd or Selector, LockValue, LockConfig, SlotLocked
_ANY_CHIP = {SERIAL_NUMBER: "0123456789abcdefee"}  # with every digit that a serial number can have
_BUILT_IN = frozenset((SERIAL_NUMBER, ORGANIZATION, MAC))


@dataclass(frozen=True)
class Problem:
    """Something because of which a profile cannot be used.

    `path` leads to the part it is about. `byte` is that of the configuration zone when it is about a single one.
    """

    path: Path
    message: str
    byte: int | None = None


@dataclass(frozen=True)
class ProfileFinding:
    """A finding about a profile's configuration.

    It comes with the part of the profile it is about, and with the reason why the profile accepts it, which is empty
    when it does not.
    """

    path: Path
    finding: Finding
    accepted: str = ""

    @property
    def is_danger(self) -> bool:
        """Whether it is a danger that nobody has accepted."""
        return self.finding.severity is Severity.DANGER and not self.accepted


def problems_of(profile: Profile) -> Iterator[Problem]:
    """All problems, in the order of the file."""
    if len(profile.configuration) != CONFIG_SIZE - WRITTEN_FROM:
        yield Problem(
            ("configuration",),
            f"configuration has {len(profile.configuration)} bytes; bytes 16 to 127 are {CONFIG_SIZE - WRITTEN_FROM}",
        )
        return
    config = profile.nominal_config()
    yield from _of_configuration(profile, config)
    yield from _of_keys(profile, config)
    yield from _of_certificates(profile, config)
    yield from _of_data(profile, config)
    yield from _of_fields(profile)
    yield from _of_locks(profile, config)
    yield from _of_proofs(profile)


def lint_profile(profile: Profile) -> tuple[ProfileFinding, ...]:
    """Lint the configuration that a chip has at the end.

    The gravest findings come first. Slots that the profile fills and locks without asking count as locked; those that
    it only offers do not. What the profile accepts and is not there is a finding too.
    """
    locked = [key.slot for key in profile.keys if key.lock and not key.optional] + list(profile.locks.slots)
    found: dict[str, Finding] = {}
    for part in profile.parts:
        config = profile.nominal_config(part)
        if not profile.locks.configuration:
            config = replace(config, lock_config=0, lock_value=0)
        for slot in locked:
            config = replace(config, slot_locked=config.slot_locked & ~(1 << slot))
        # What is locked here is locked by Lock, after all is written: not too soon.
        for finding in (finding for finding in lint(config) if finding.id != SLOTS_LOCKED_TOO_SOON):
            found.setdefault(finding.sentence, finding)
    gravest = sorted(found.values(), key=lambda finding: list(Severity).index(finding.severity))
    of_configuration = (
        ProfileFinding(_blamed(profile, one), one, next((a.reason for a in profile.accepted if _covers(a, one)), ""))
        for one in gravest
    )
    idle = (
        ProfileFinding(("accepted", index), _idle(accepted))
        for index, accepted in enumerate(profile.accepted)
        if not any(_covers(accepted, one) for one in gravest)
    )
    return (*of_configuration, *idle)


def _covers(accepted: Accepted, finding: Finding) -> bool:
    if accepted.finding != finding.id:
        return False
    if accepted.slot is None:
        return True
    of_slot = {slot_config_bytes(accepted.slot)[0], key_config_bytes(accepted.slot)[0]}
    return any(first in of_slot for first, _ in finding.bytes)


def _idle(accepted: Accepted) -> Finding:
    of_slot = "" if accepted.slot is None else f" of slot {accepted.slot}"
    return Finding(
        "accepted-not-found", Severity.WARNING, f"The profile accepts {accepted.finding}{of_slot}, which is not there.",
        (), "Take it out of `accepted`.",
    )  # fmt: skip


def _blamed(profile: Profile, finding: Finding) -> Path:
    """The key whose slot the finding is about, or else the configuration."""
    starts = {
        first: slot for slot in range(SLOT_COUNT) for first, _ in (slot_config_bytes(slot), key_config_bytes(slot))
    }
    slots = {starts.get(first) for first, _ in finding.bytes}
    number = next((n for n, key in enumerate(profile.keys) if {key.slot} == slots), None)
    return ("configuration",) if number is None else ("keys", number)


def _of_configuration(profile: Profile, config: ConfigZone) -> Iterator[Problem]:
    if config.i2c_address & 1 or not config.i2c_address:
        yield Problem(("configuration",), f"byte 16 is {config.i2c_address:02X}, and no I2C address is", 16)
    locked = {*profile.locks.slots, *(key.slot for key in profile.keys if key.lock)}
    for byte in range(_FIRST_UNREACHED, _LAST_UNREACHED + 1):
        value = profile.configuration[byte - WRITTEN_FROM]
        why = _why_never(byte, value, locked)
        if why is not None:
            yield Problem(("configuration",), f"byte {byte} is {value:02X}, and {why}", byte)


def _why_never(byte: int, value: int, locked: Collection[int]) -> str | None:
    """The reason why a byte cannot be as the profile has it.

    It is one that UpdateExtra or Lock owns. SlotLocked could be written before the configuration lock, but then slots
    would be locked before anything is in them; so it is written as FF FF, and the profile may only say what keys and
    locks do later.
    """
    match byte:
        case 84 | 85 if value:
            return "no Write reaches it: only UpdateExtra changes it, which no profile uses. Give 00"
        case 86 | 87 if value not in (0x00, UNLOCKED, 0xFF):
            return "no Write reaches it: only Lock changes it, from 55 to 00. Give 55"
        case 88 | 89:
            first = 8 * (byte - 88)
            more = [slot for slot in range(first, first + 8) if not value >> slot - first & 1 and slot not in locked]
            if more:
                slots = ", ".join(map(str, more))
                return (
                    "would lock slots together with the configuration, before anything is in them; and nothing here "
                    f"locks slot {slots}. Name it in keys or locks, or give FF"
                )
        case _:
            pass
    return None


def _of_keys(profile: Profile, config: ConfigZone) -> Iterator[Problem]:
    seen: set[int] = set()
    for number, key in enumerate(profile.keys):
        policy = slot_policy(config, key.slot)
        if key.slot in seen:
            yield Problem(("keys", number, "slot"), f"keys names slot {key.slot} twice")
        seen.add(key.slot)
        why = _why_not(key, policy)
        if why:
            yield Problem(("keys", number), f"slot {key.slot} is to {key.source} its key, but {why}")
        if key.lock and not policy.lockable:
            yield Problem(("keys", number), f"slot {key.slot} is to be locked, but its KeyConfig does not let it be")
        if key.source is KeySource.GENERATE and policy.holds is not Holds.ECC_PRIVATE and not key.lock:
            yield Problem(
                ("keys", number),
                f"slot {key.slot} gets a random key, which has to be locked: otherwise each run would make another",
            )
        if key.optional and (policy.holds is Holds.ECC_PRIVATE or key.source is not KeySource.GENERATE):
            yield Problem(("keys", number), "only a secret key that is generated can be optional")
    device = slot_policy(config, profile.keys[0].slot)
    if device.holds is not Holds.ECC_PRIVATE:
        yield Problem(("keys", 0), f"the first key is the device key, and slot {device.slot} is for no private key")
    elif not config.key_configs[device.slot].pub_info:
        yield Problem(("keys", 0), f"slot {device.slot} never shows its public key: PubInfo in its KeyConfig is 0")
    elif Proof.KEY_POSSESSION in profile.proofs and not device.signs_external:
        yield Problem(("keys", 0), f"slot {device.slot} signs no challenge: bit 0 of its ReadKey is 0")


def _why_not(key: Key, policy: SlotPolicy) -> str | None:
    private = policy.holds is Holds.ECC_PRIVATE
    match key.source:
        case KeySource.GENERATE if private:
            return None if policy.can_generate else "its SlotConfig does not allow GenKey"
        case KeySource.DERIVE if private:
            return "it is for a private key, and only secret keys are derived"
        case KeySource.GENERATE | KeySource.DERIVE | KeySource.IMPORT if not private:
            if policy.holds is Holds.ECC_PUBLIC or policy.read is Access.CLEAR:
                return "it is for no key that is secret"
            if policy.write not in (Access.CLEAR, Access.ENCRYPTED):
                return "its WriteConfig allows no writing after the data lock"
        case _:
            return None
    return None


def _of_certificates(profile: Profile, config: ConfigZone) -> Iterator[Problem]:
    certificates = profile.certificates
    if (certificates.templates is not None) is not (profile.layout is Layout.TEMPLATES):
        yield Problem(("certificates",), f"the layout {Layout.TEMPLATES} has templates, and no other has")
        return
    if certificates.templates is not None:
        for name, text in (("device", certificates.templates.device), ("signer", certificates.templates.signer)):
            try:
                read_template(text or certificates.templates.device)
            except BenchError as error:
                yield Problem(("certificates", "templates", name), error.message)
                return
    for part, text in certificates.subject.items():
        path = ("certificates", "subject", part)
        if not text:
            yield Problem(path, "it is empty")
        if part not in NAME_PARTS:
            yield Problem(path, f"a subject has no {part} here; it may have {', '.join(NAME_PARTS)}")
    needs_subject = profile.layout not in (Layout.TEMPLATES, Layout.TRUST_AND_GO)
    if bool(certificates.subject) is not needs_subject:
        yield Problem(
            ("certificates",), f"the layout {profile.layout} {'needs a' if needs_subject else 'has no'} subject"
        )
    if profile.layout.issues:
        for slot in layout_slots(profile):
            policy = slot_policy(config, slot)
            if policy.holds is Holds.ECC_PRIVATE or policy.read is not Access.CLEAR or policy.write is not Access.CLEAR:
                yield Problem(
                    ("certificates", "layout"),
                    f"it keeps certificates in slot {slot}, which this configuration does not let be read and written",
                )


def _of_data(profile: Profile, config: ConfigZone) -> Iterator[Problem]:
    taken = set(layout_slots(profile)) | {key.slot for key in profile.keys}
    for number, data in enumerate(profile.data):
        path = ("data", number)
        if (data.content is None) is (data.text is None):
            yield Problem(path, "data has either bytes or text")
            continue
        if data.slot in taken:
            yield Problem((*path, "slot"), f"slot {data.slot} is used for something else already")
        taken.add(data.slot)
        policy = slot_policy(config, data.slot)
        if policy.holds is Holds.ECC_PRIVATE or Access.CLEAR not in (policy.write,) or policy.read is not Access.CLEAR:
            yield Problem((*path, "slot"), f"slot {data.slot} is not read and written in clear after the data lock")
        names = placeholders_in(data.text or "")
        if data.length is None and any(name != SERIAL_NUMBER for name in names):
            yield Problem(path, "a text with placeholders needs a length")
        elif data_length(data) > slot_size(data.slot):
            yield Problem(path, f"slot {data.slot} has only {slot_size(data.slot)} bytes")


def _of_fields(profile: Profile) -> Iterator[Problem]:
    declared = {field.id for field in profile.fields}
    for number, field in enumerate(profile.fields):
        path = ("fields", number)
        if field.id in (SERIAL_NUMBER, ORGANIZATION):
            yield Problem((*path, "id"), f"{field.id} is known without being typed")
        if [other.id for other in profile.fields].count(field.id) > 1:
            yield Problem((*path, "id"), f"{field.id} is there twice")
        try:
            accepted = field.accepts(field.example)
        except SchemaError as error:
            why = str(error).splitlines()[-1].partition(": ")[2]
            yield Problem((*path, "pattern"), f"it is no regular expression that can be used here: {why}")
            continue
        if not accepted:
            yield Problem((*path, "example"), f"{field.example!r} is not as the pattern says")
        if set(placeholders_in(field.default or "")) - {SERIAL_NUMBER}:
            yield Problem((*path, "default"), f"a default may only hold {{{SERIAL_NUMBER}}}")
        elif field.default is not None and not field.accepts(filled(field.default, _ANY_CHIP)):
            yield Problem((*path, "default"), f"{field.default!r} is not as the pattern says")
    for name in sorted(profile.placeholders - declared - _BUILT_IN):
        yield Problem(("fields",), f"{{{name}}} is used, and no field has this id")


def _of_locks(profile: Profile, config: ConfigZone) -> Iterator[Problem]:
    if profile.locks.configuration and not profile.locks.data:
        yield Problem(("locks", "data"), "without the data lock nothing could be read back or proved")
    for number, slot in enumerate(profile.locks.slots):
        if not slot_policy(config, slot).lockable:
            yield Problem(("locks", "slots", number), f"the KeyConfig of slot {slot} does not let it be locked")
        if any(key.slot == slot and key.optional for key in profile.keys):
            yield Problem(("locks", "slots", number), f"slot {slot} stays empty if its optional key is not filled")


def _of_proofs(profile: Profile) -> Iterator[Problem]:
    issued = {Proof.CHAIN_VERIFIED, Proof.CERTIFICATE_REBUILT, Proof.KEY_POSSESSION}
    possible = {Proof.CHAIN_VERIFIED, Proof.KEY_POSSESSION, *profile.proofs_with(profile.nominal_config())}
    possible -= {Proof.CERTIFICATE_REBUILT, Proof.CERTIFICATE_FOR_KEY, Proof.MANIFEST, Proof.SECRET_KEYS}
    if profile.layout is Layout.FILE:
        least = {Proof.CERTIFICATE_FOR_KEY, Proof.KEY_POSSESSION}
        possible |= {Proof.CERTIFICATE_FOR_KEY}
    else:
        least = issued
        possible |= {Proof.CERTIFICATE_REBUILT, Proof.MANIFEST}
    every_chip = any(not key.optional for key in profile.secret_keys)
    for proof, needed, what in (
        (Proof.DATA_READ_BACK, bool(profile.data), "data"),
        (Proof.SECRET_KEYS, every_chip, "secret key that every chip gets, whether somebody agrees or not"),
    ):
        possible |= {proof}
        if needed:
            least |= {proof}
        elif proof in profile.named_proofs:
            where = ("proofs", profile.named_proofs.index(proof))
            yield Problem(where, f"{proof} would prove nothing: the profile has no {what}")
    missing = [proof for proof in Proof if proof in least and proof not in profile.named_proofs]
    if missing:
        yield Problem(("proofs",), f"a PASS of this profile has to prove {missing[0]}: {missing[0].sentence}")
    possible |= {Proof.CONNECTED}
    yield from _of_servers(profile)
    yield from _of_registration(profile)
    for number, proof in enumerate(profile.named_proofs):
        if proof not in possible:
            yield Problem(("proofs", number), f"{proof} cannot be proved with the layout {profile.layout}")


def _of_servers(profile: Profile) -> Iterator[Problem]:
    for number, entry in enumerate(profile.proofs):
        if entry is Proof.CONNECTED:
            yield Problem(("proofs", number), "it needs to be said which server: {tls: {host: broker.example}}")
        if not isinstance(entry, TlsProof):
            continue
        path, server = ("proofs", number, "tls"), entry.tls
        if profile.named_proofs.index(Proof.CONNECTED) != number:
            yield Problem(path, "one server has to take the device, and there is one already")
        examples = {field.id: field.example for field in profile.operator_fields}
        known = {SERIAL_NUMBER: _ANY_CHIP[SERIAL_NUMBER], ORGANIZATION: "Any", **examples}
        try:
            check_destination(server.destination(known))
            if server.ca_file is not None:
                load_certificates(server.ca_file.encode("utf-8"))
        except InputError as error:
            yield Problem((*path, "ca_file") if error.id.startswith("not-a") else path, error.message)
        except KeyError:
            continue  # a name in braces that no field has, which is said elsewhere


def _of_registration(profile: Profile) -> Iterator[Problem]:
    if profile.registration is None:
        return
    known = {SERIAL_NUMBER, ORGANIZATION, COMMON_NAME, *(field.id for field in profile.operator_fields)}
    for name in sorted(profile.registration.placeholders - known):
        yield Problem(("registration",), f"{{{name}}} is used, and no field has this id")
    if profile.registration.fetches_certificate and profile.layout is not Layout.FILE:
        yield Problem(
            ("registration", "aws", "certificate"), f"only for the layout {Layout.FILE} a certificate is fetched"
        )
