"""The steps of a plan, as done on a chip.

Each can begin again without harm, and every write is read back.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from atecc_bench.chip.protocol.zones import whole_blocks
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.connect.client_identity import ClientIdentity, identity_of
from atecc_bench.errors import DeviceError, RefusedError
from atecc_bench.onchip.attestation import attest_config
from atecc_bench.onchip.key_import import import_key
from atecc_bench.onchip.read_certificates import ChipCertificates, chip_private_key, contents_reader, prove_possession
from atecc_bench.onchip.secret_keys import check_keys, random_key, write_keys
from atecc_bench.onchip.verified_writes import ReadBackError, check_read_back, write_slots_verified
from atecc_bench.pki.authority.certificate_authority import CertificateAuthority
from atecc_bench.pki.keys.key_files import certificate_public_key
from atecc_bench.pki.x509.chain_checks import check_chain
from atecc_bench.pki.x509.csr import make_request
from atecc_bench.profiles.proofs_and_layouts import Proof
from atecc_bench.provision.chain.device_chain import DeviceChain
from atecc_bench.provision.chain.external_certificate import check_for_key, is_root
from atecc_bench.provision.model.chip_survey import written_slots
from atecc_bench.provision.model.device_inputs import subject_name
from atecc_bench.provision.model.results import Hooks
from atecc_bench.provision.model.step import StepId
from atecc_bench.provision.plan.plan import Plan
from atecc_bench.provision.run.manifest_entry import signed_manifest
from atecc_bench.records.run_records import to_json

ATTEMPTS = 3  # for one step, when what fails is the way to the chip
I2C_ADDRESS = 16  # byte of the configuration zone
_COUNTERS = range(52, 68)  # bytes of the configuration zone that Counter and limited keys count in
PAUSE_S = 0.3  # a board that restarts needs about that long

# Steps that change the chip, or sign for it, long after it was looked at, and have no check of their own whose chip it
# is.
_CHECKED_AGAIN = frozenset({
    StepId.IMPORT_KEYS, StepId.LOCK_DATA, StepId.GENERATE_KEYS, StepId.FILL_KEYS, StepId.LOCK_SLOTS, StepId.SAVE_SLOTS,
    StepId.WRITE_CERTIFICATES, StepId.REQUEST, StepId.CHECK_CERTIFICATE, StepId.LOCK_PROVED_SLOTS,
})  # fmt: skip


_NOTHING_LOCKED_AFTER = "Nothing was locked after that. Check the wiring and run the provisioning again."


class StepRunner:
    """Runner of the steps of one plan on one chip.

    It gathers what the steps proved and what is to be kept.
    """

    def __init__(
        self, session: ChipSession, plan: Plan, authority: CertificateAuthority | None, now: datetime, hooks: Hooks
    ) -> None:
        self._session = session
        self._plan = plan
        self._authority = authority
        self._now = now
        self._hooks = hooks
        self._config: bytes | None = plan.survey.config_bytes
        self._made: set[int] = set()
        self._secret_keys: dict[int, bytes] = {}
        self._repeats = False
        self._public_keys = dict(plan.survey.public_keys)
        self._slots = dict(plan.survey.slots)
        self._device = plan.certificates.device if plan.certificates else None
        self.certificates: ChipCertificates | None = None
        self.proved: set[Proof] = set()
        self.files: dict[str, bytes] = {}

    @property
    def public_key(self) -> bytes | None:
        """The device's public key, X‖Y."""
        return self._public_keys.get(self._plan.profile.device_key_slot)

    def step(self, step: StepId) -> None:
        """Do one step of the plan.

        What got lost on the way is repeated: each step can begin again without harm.
        """
        for left in reversed(range(ATTEMPTS)):
            self._repeats = left < ATTEMPTS - 1
            try:
                if step in _CHECKED_AGAIN:
                    self._check_serial_number(self._session.serial_number())
                self._do(step)
            except DeviceError as error:
                if not error.passing or not left:
                    raise
                time.sleep(PAUSE_S)
            else:
                return

    def _do(self, step: StepId) -> None:
        {
            StepId.CHECK_CHIP: self._check_chip,
            StepId.WRITE_CONFIG: self._write_config,
            StepId.LOCK_CONFIG: self._lock_config,
            StepId.IMPORT_KEYS: self._import_keys,
            StepId.LOCK_DATA: self._lock_data,
            StepId.GENERATE_KEYS: self._generate_keys,
            StepId.FILL_KEYS: self._fill_keys,
            StepId.LOCK_SLOTS: lambda: self._lock_slots(self._plan.locked_keys),
            StepId.SAVE_SLOTS: self._save_slots,
            StepId.ISSUE: self._issue,
            StepId.WRITE_CERTIFICATES: self._write_slots,
            StepId.REQUEST: self._request,
            StepId.REBUILD: self._rebuild,
            StepId.CHECK_CERTIFICATE: self._check_certificate,
            StepId.PROVE: self._prove,
            StepId.MANIFEST: self._manifest,
            StepId.REGISTER: self._register,
            StepId.CONNECT: self._connect,
            StepId.LOCK_PROVED_SLOTS: lambda: self._lock_slots(self._plan.slots_to_lock),
            StepId.ATTEST: self._attest,
        }[step]()

    def _check_chip(self) -> None:
        """Check that the chip is still as the plan found it.

        Between the plan and the run somebody has thought about it: the chip may be another one by now.
        """
        found = self._session.read_config()
        self._check_serial_number(found.serial_number)
        if found.to_bytes() != self._plan.survey.config_bytes:
            raise RefusedError(
                "chip-changed",
                "The chip's configuration is not what it was when the plan was made.",
                "Start again: the plan has to be made for its present state. Nothing was written.",
            )

    def _check_serial_number(self, found: bytes) -> None:
        planned = self._plan.survey
        if found != planned.config.serial_number:
            raise RefusedError(
                "chip-changed",
                f"This is the chip {found.hex()}; the plan was made for {planned.serial_number}.",
                "Start again: the plan has to be made for this chip. Nothing was written to it.",
            )

    def _write_config(self) -> None:
        if self._repeats:
            self._follow()
        current, self._config = self._config or self._session.read_config().to_bytes(), None
        target = self._plan.profile.configuration_for(current)
        self._session.write_config(target, current)
        if target[I2C_ADDRESS] != current[I2C_ADDRESS]:
            self._session.move_to(self._plan.target_config.i2c_address)
        found = self._session.read_config().to_bytes()
        if found != target:
            differing = [i for i in range(len(target)) if found[i] != target[i]]
            raise ReadBackError(f"configuration, bytes {', '.join(map(str, differing))}", _NOTHING_LOCKED_AFTER)
        self._config = found

    def _follow(self) -> None:
        """Find a chip again whose address was just changed.

        It has woken at the address that was just written into its configuration.
        """
        before, after = self._plan.survey.config.i2c_address, self._plan.target_config.i2c_address
        if before == after:
            return
        try:
            self._session.serial_number()
        except DeviceError:
            self._session.move_to(after)

    def _lock_config(self) -> None:
        contents = self._plan.profile.contents_to_lock(self._config or self._session.read_config().to_bytes())
        self._lock(
            "configuration zone", lambda: self._session.lock_config(contents), lambda: self._session.zones_locked()[0]
        )

    def _import_keys(self) -> None:
        inputs = self._plan.inputs
        for slot in self._plan.imports:
            write_key = self._session.read_config().slot_configs[slot].write_key
            self._hooks.key(slot, None)
            imported = import_key(self._session, slot, inputs.private_keys[slot], inputs.secret_keys.get(write_key))
            self._public_keys[slot] = imported.public_key
            self._hooks.key(slot, imported.public_key)

    def _lock_data(self) -> None:
        self._lock("data zone", self._session.lock_data, lambda: self._session.zones_locked()[1])

    def _lock(self, what: str, lock: Callable[[], None], is_locked: Callable[[], bool]) -> None:
        """Lock a zone or a slot, even if the answer is lost.

        When the answer was lost, the lock may have taken hold all the same.
        """
        if not (self._repeats and is_locked()):
            lock()
        if not is_locked():
            raise _lock_did_not_hold(what)

    def _generate_keys(self) -> None:
        for slot in self._plan.missing_keys:
            if slot not in self._made:
                self._hooks.key(slot, None)
                self._public_keys[slot] = self._session.generate_key(slot)
                self._hooks.key(slot, self._public_keys[slot])
                self._made.add(slot)
        _check_keys_differ(self._public_keys)

    def _fill_keys(self) -> None:
        writes, known_keys = self._plan.key_writes, dict(self._plan.secrets)
        if not self._secret_keys:
            random = {slot: random_key(slot) for slot in self._plan.escrowed_slots}
            if random:
                self._hooks.escrow(random)
            self._secret_keys = {write.slot: (known_keys | random)[write.slot] for write in writes}
        write_keys(self._session, writes, self._secret_keys, known_keys=known_keys)
        check_keys(self._session, self._secret_keys)

    def _lock_slots(self, slots: Iterable[int]) -> None:
        for slot in slots:
            self._lock(
                f"slot {slot}",
                partial(self._session.lock_slot, slot),
                lambda slot=slot: self._session.read_config().slot_is_locked(slot),
            )

    def _save_slots(self) -> None:
        lengths = written_slots(self._plan.profile)
        saved = {
            slot: self._session.read_slot(slot, 0, whole_blocks(slot, lengths[slot]))
            for slot in self._plan.stale_slots
            if slot in self._plan.survey.slots
        }
        self._hooks.save(saved)

    def _issue(self) -> None:
        if self._authority is None:
            raise RefusedError("ca-locked", "The certificate authority is locked.", "Give its passphrase.")
        public_key = self._public_keys[self._plan.profile.device_key_slot]
        device = self._chain().issue(public_key, self._authority.signer_key)
        self._hooks.issued(device)
        self._device = device

    def _write_slots(self) -> None:
        contents = dict(self._plan.contents)
        if self._plan.chain is not None:
            contents |= self._plan.chain.device_contents(self._device_certificate())
        written = {slot: contents[slot] for slot in self._plan.stale_slots}
        write_slots_verified(self._session, written, _NOTHING_LOCKED_AFTER)
        self._slots |= written

    def _request(self) -> None:
        name = subject_name(self._plan.profile, self._plan.values)
        slot = self._plan.profile.device_key_slot
        self.files["csr_pem"] = make_request(chip_private_key(self._session, slot), name)

    def _rebuild(self) -> None:
        device, chain = self._device_certificate(), self._chain()
        issuer, key_slot = chain.issuer, self._plan.profile.device_key_slot
        live = self._public_keys | {key_slot: self._session.public_key(key_slot)}
        rebuilt = chain.rebuild(contents_reader(self._slots, live, self._plan.survey.config_bytes))
        if rebuilt.device != device:
            raise _rebuilt_differs("device")
        signer_der, root_key = issuer.signer.public_bytes(Encoding.DER), certificate_public_key(issuer.root)
        if (rebuilt.signer, rebuilt.root_public_key) != (signer_der, root_key):
            raise _rebuilt_differs("signer")
        leaf, signer = (x509.load_der_x509_certificate(der) for der in (rebuilt.device, rebuilt.signer))
        check_chain(leaf, signer, issuer.root, self._now)
        self.certificates = rebuilt
        self.proved |= {Proof.CERTIFICATE_REBUILT, Proof.CHAIN_VERIFIED, Proof.CERTIFICATE_FOR_KEY}
        for name, certificate in (("device", leaf), ("signer", signer), ("root", issuer.root)):
            self.files[f"{name}_pem"] = certificate.public_bytes(Encoding.PEM)

    def _check_certificate(self) -> None:
        slot = self._plan.profile.device_key_slot
        self._public_keys[slot] = self._session.public_key(slot)
        leaf, *issuers = self._plan.external_chain
        check_for_key(leaf, self._public_keys[slot], slot)
        self.proved.add(Proof.CERTIFICATE_FOR_KEY)
        if issuers and is_root(issuers[-1]):
            self.proved.add(Proof.CHAIN_VERIFIED)  # link by link, when the plan was made
        self.files["device_pem"] = leaf.public_bytes(Encoding.PEM)
        for name, certificate in zip(("signer_pem", "root_pem"), issuers, strict=False):
            self.files[name] = certificate.public_bytes(Encoding.PEM)

    def _prove(self) -> None:
        slot, profile = self._plan.profile.device_key_slot, self._plan.profile
        if self._plan.external_chain:
            public_key = certificate_public_key(self._plan.external_chain[0])
        else:
            public_key = certificate_public_key(x509.load_der_x509_certificate(self._device_certificate()))
        prove_possession(self._session, slot, public_key)
        self.proved.add(Proof.KEY_POSSESSION)
        for data in profile.data:
            wanted = self._plan.contents[data.slot]
            found = self._session.read_slot(data.slot, 0, len(wanted))
            check_read_back(data.slot, found, wanted, _NOTHING_LOCKED_AFTER)
        self.proved.add(Proof.DATA_READ_BACK)
        # A random key that an earlier run locked is known to nobody but its escrow file; it was proved before that.
        held = self._plan.survey.held_keys | self._secret_keys.keys() | self._plan.recorded_keys
        if self._plan.secret_slots and self._plan.secret_slots <= held:
            self.proved.add(Proof.SECRET_KEYS)

    def _manifest(self) -> None:
        if self._authority is None or self.certificates is None:
            raise RefusedError("ca-locked", "The certificate authority is locked.", "Give its passphrase.")
        self.files["manifest_json"] = signed_manifest(
            self._plan, self._public_keys, self.certificates, self._authority, self._now
        )
        self.proved.add(Proof.MANIFEST)

    def _register(self) -> None:
        registration, identity = self._plan.profile.registration, self._identity()
        if registration is not None:
            values = {**self._plan.values, "common_name": identity.name}
            self._hooks.register(registration, values, identity.chain)

    def _identity(self) -> ClientIdentity:
        slot = self._plan.profile.device_key_slot
        chain = self._plan.external_chain or self._rebuilt_chain()
        live = self._session.public_key(slot)
        return identity_of(chain, live, lambda digest: self._session.sign(slot, digest), slot)

    def _connect(self) -> None:
        plan, identity = self._plan, self._identity()
        for server in plan.profile.servers:
            told = self._hooks.connect(server, plan.values, identity, self._now)
            if told:
                self.files["connection_json"] = to_json(told)
        self.proved.add(Proof.CONNECTED)

    def _rebuilt_chain(self) -> tuple[x509.Certificate, ...]:
        found = self.certificates
        if found is None:
            raise RefusedError("not-issued", "No device certificate has been issued.", "Provision the chip again.")
        leaf, signer = (x509.load_der_x509_certificate(der) for der in (found.device, found.signer))
        return leaf, signer, self._chain().issuer.root

    def _attest(self) -> None:
        plan, found = self._plan, self._session.read_config()
        wanted = replace(plan.target_config, lock_config=0, lock_value=0).to_bytes()
        pairs = enumerate(zip(found.to_bytes(), wanted, strict=True))
        differing = [at for at, (one, other) in pairs if one != other and at not in _COUNTERS]
        if differing:
            raise RefusedError(
                "configuration-differs",
                f"At the end the configuration is not as planned: bytes {', '.join(map(str, differing))} differ.",
                "Something between this computer and the chip changes what passes. Do not use this chip.",
            )
        self.proved.add(Proof.CONFIGURATION_COMPARED)
        slot = plan.attesting_slot
        if slot is not None:
            attest_config(self._session, slot, self._public_keys[slot], found)
            self.proved.add(Proof.CONFIGURATION_ATTESTED)

    def _chain(self) -> DeviceChain:
        if self._plan.chain is None:
            raise RefusedError("not-issued", "This plan puts no certificate on the chip.", "Provision the chip again.")
        return self._plan.chain

    def _device_certificate(self) -> bytes:
        if self._device is None:
            raise RefusedError("not-issued", "No device certificate has been issued.", "Provision the chip again.")
        return self._device


def _check_keys_differ(public_keys: Mapping[int, bytes]) -> None:
    for slot, key in public_keys.items():
        equal = [other for other in public_keys if other != slot and public_keys[other] == key]
        if equal:
            raise RefusedError(
                "equal-keys",
                f"One and the same public key was answered for slots {slot} and {equal[0]}, and no two keys of a chip "
                "are equal.",
                "Something between this computer and the chip makes answers up. Do not use this chip.",
            )


def _lock_did_not_hold(zone: str) -> RefusedError:
    return RefusedError(
        "lock-did-not-hold",
        f"The chip accepted the lock of its {zone}, but reads as unlocked.",
        "Check the supply and the wiring, then run the provisioning again: it goes on from what it finds.",
    )


def _rebuilt_differs(which: str) -> RefusedError:
    return RefusedError(
        "rebuilt-differs",
        f"The {which} certificate rebuilt from the chip is not the one that was issued.",
        "Compare them with `atecc-bench diagnose`, then provision again.",
    )
