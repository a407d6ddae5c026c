"""A support bundle holds what helps and no secret, and says by its schema what is in it."""

import io
import json
import zipfile
from collections.abc import Iterator
from hashlib import sha256

import pytest

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import Opcode
from atecc_bench.chip.protocol.packet import CommandPacket, ResponsePacket
from atecc_bench.chip.protocol.zones import SLOT_COUNT, Zone, slot_size
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.diagnose.bundle.bundle_file import (
    Bundle,
    BundledExchange,
    bundle_bytes,
    new_bundle,
    read_bundle,
    without_secrets,
)
from atecc_bench.diagnose.bundle.collect import collect
from atecc_bench.diagnose.bundle.redaction import secret_slots
from atecc_bench.errors import InputError
from atecc_bench.resources import resource_path
from atecc_bench.twin.element.direct_transport import DirectTransport
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from atecc_bench.twin.state.entropy import seeded_entropy
from atecc_bench.twin.state.memory import Eeprom
from tests.support.probes import snapshot

PRESETS = ("fresh", "configured", "provisioned", "mismatch", "trustflex", "trustgo", "atecc508a")


def filled_twin(preset: str) -> SecureElement:
    """A chip of this preset whose every slot holds bytes that are found again."""
    element = open_board(parse_virtual_url(f"virtual://{preset}?seed=9")).element
    assert element is not None
    old = element.memory
    slots = [_unique(slot)[: slot_size(slot)] for slot in range(SLOT_COUNT)]
    memory = Eeprom(old.contents(Zone.CONFIG), old.contents(Zone.OTP), slots, old.seed)
    return SecureElement(memory, seeded_entropy(3))


def _unique(slot: int) -> bytes:
    # A private key begins with four zero bytes.
    return bytes(4) + b"".join(sha256(f"{slot} {n}".encode()).digest() for n in range(14))


def bundle_of(element: SecureElement, trace: tuple[BundledExchange, ...] = ()) -> Bundle:
    contents = collect(ChipSession(DirectTransport(element)))
    return new_bundle(
        revision=contents.info.revision,
        config=contents.config,
        otp=contents.otp,
        slots=contents.slots,
        public_keys=contents.public_keys,
        board=None,
        trace=trace,
        certificates={"device": b"\x30\x03\x02\x01\x05"},
    )


def texts_in(data: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            raw = archive.read(name)
            yield raw.decode("utf-8", "replace").lower()
            yield raw.hex()


@pytest.mark.parametrize("preset", PRESETS)
def test_no_secret_is_in_it_and_collecting_changes_no_byte(preset: str):
    element = filled_twin(preset)
    before = snapshot(element.memory)
    hidden = secret_slots(element.memory.config)
    trace = tuple(
        BundledExchange(started=1, seconds=0.1, request=f"e:t({packet.to_bytes().hex()})", reply=reply)
        for slot in range(SLOT_COUNT)
        for packet, reply in _told(slot)
    )
    data = bundle_bytes(bundle_of(element, trace))
    assert snapshot(element.memory) == before
    opened = read_bundle(data)
    for slot in range(SLOT_COUNT):
        secret = _unique(slot)[4:20].hex()
        if slot in hidden:
            assert all(secret not in text for text in texts_in(data)), slot
            assert opened.slots[slot].contents is None
            assert opened.slots[slot].why.endswith(".")
    assert all(element.memory.seed.hex() not in text for text in texts_in(data))
    readable = [n for n, slot in opened.slots.items() if slot.contents]
    assert bool(readable) == element.memory.config.data_locked


def _told(slot: int) -> Iterator[tuple[CommandPacket, str]]:
    """What a trace says when the slot's contents cross the wire."""
    secret = _unique(slot)[4:36]
    done = f"00({ResponsePacket(bytes(1)).to_bytes().hex()})"
    answer = f"00({ResponsePacket(secret).to_bytes().hex()})"
    yield commands.write(Zone.DATA, slot, 0, secret), done
    yield commands.read_block(Zone.DATA, slot, 0), answer
    if slot < 8:
        yield CommandPacket(Opcode.PRIV_WRITE, 0x40, slot, bytes(4) + secret + bytes(32)), done
        yield CommandPacket(Opcode.ECDH, 0x0C, slot, bytes(64)), answer
    yield CommandPacket(Opcode.KDF, 0x10, slot, bytes(4) + secret), answer


def test_what_goes_in_comes_out():
    element = filled_twin("provisioned")
    made = bundle_of(element, (BundledExchange(started=1.5, seconds=0.01, request="e:w()", reply="00(04113343)"),))
    opened = read_bundle(bundle_bytes(made))
    assert opened == made
    assert opened.config_zone == element.memory.config
    assert opened.certificates == {"device": b"\x30\x03\x02\x01\x05"}
    assert set(opened.public_keys) == {0, 2, 3, 7}
    assert opened.slots[8].contents == element.memory.contents(Zone.DATA, 8)
    assert opened.evidence().config == element.memory.contents(Zone.CONFIG)


def test_a_bundle_is_evidence_of_every_key_that_showed_itself():
    element = open_board(parse_virtual_url("virtual://configured?seed=9")).element
    assert element is not None
    session = ChipSession(DirectTransport(element))
    session.generate_key(0)
    made = commands.gen_key(commands.GenKeyMode.PRIVATE, 3)
    answer = element.execute(made.to_bytes()).response
    trace = (
        BundledExchange(started=1, seconds=1, request=f"e:t({made.to_bytes().hex()})", reply=f"00({answer.hex()})"),
    )
    assert bundle_of(element).evidence().private_keys == {0, 3}
    gone = bundle_of(element, trace).model_copy(update={"public_keys": {}})
    assert gone.evidence().private_keys == {3}


def test_the_published_schema_is_that_of_the_program():
    published = json.loads(resource_path("schemas", "bundle-1.json").read_text(encoding="utf-8"))
    own = Bundle.model_json_schema(mode="serialization")
    assert published["properties"] == own["properties"]
    assert published["required"] == own["required"]
    assert published["$defs"] == own["$defs"]


def test_other_exchanges_stay_as_they_are():
    config = filled_twin("provisioned").memory.config
    read = BundledExchange(
        started=0, seconds=0, request=f"e:t({commands.read_block(Zone.DATA, 8, 0).to_bytes().hex()})", reply="00(00)"
    )
    assert without_secrets(read, config) == read
    hidden = without_secrets(read.model_copy(update={"request": "e:t(zz)"}), config)
    assert "zz" not in hidden.request


@pytest.mark.parametrize(
    ("data", "id_"),
    [(b"", "not-a-bundle"), (b"PK\x03\x04", "not-a-bundle"), (b"{}", "not-a-bundle")],
)
def test_what_is_no_bundle(data: bytes, id_: str):
    with pytest.raises(InputError) as caught:
        read_bundle(data)
    assert caught.value.id == id_


def changed(**changes: object) -> bytes:
    document = bundle_of(filled_twin("fresh")).model_dump(mode="json") | changes
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("bundle.json", json.dumps(document))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("changes", "id_"),
    [
        ({"version": 3}, "bundle-version"),
        ({"format": "zip"}, "not-a-bundle"),
        ({"config": "00"}, "not-a-bundle"),
        ({"config": "zz"}, "not-a-bundle"),
        ({"more": 1}, "not-a-bundle"),
        ({"slots": {"x": {}}}, "not-a-bundle"),
    ],
)
def test_a_bundle_of_another_kind(changes: dict[str, object], id_: str):
    with pytest.raises(InputError) as caught:
        read_bundle(changed(**changes))
    assert caught.value.id == id_


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"otp": "000000"}, "otp"),
        ({"revision": ""}, "revision"),
        ({"revision": "00" * 9}, "revision"),
        ({"config": "00" * 127}, "config"),
        ({"slots": {"99": {}}}, "slots.99"),
        ({"slots": {"-1": {}}}, "slots.-1"),
        ({"slots": {"10": {"contents": "00"}}}, "slots.10.contents"),
        ({"slots": {"9": {"contents": "00" * 36}}}, "slot 9 has 36 bytes, not 72"),
        ({"public_keys": {"0": "00"}}, "public_keys.0"),
        ({"public_keys": {"77": "00" * 64}}, "public_keys.77"),
        ({"created": "0001-01-01T00:00:00Z"}, "created"),
        ({"created": "2026-01-01T00:00:00"}, "created"),
        ({"trace": [{"started": -1, "seconds": 0, "request": "", "reply": ""}]}, "trace.0.started"),
        ({"notes": "\ud800"}, "bundle.json"),
        ({"\ud800": 1}, "bundle.json"),
    ],
)
def test_what_no_chip_can_have_is_refused_by_its_place(changes: dict[str, object], part: str):
    with pytest.raises(InputError) as caught:
        read_bundle(changed(**changes))
    assert caught.value.id == "not-a-bundle"
    assert part in caught.value.message
    assert caught.value.message.encode()


@pytest.mark.parametrize("der", [b"", b"\x30\x03\x02\x01", b"no certificate"])
def test_a_damaged_certificate_is_refused_by_its_file(der: bytes):
    with pytest.raises(InputError) as caught:
        read_bundle(zipped({"certificates/device.der": der}))
    assert caught.value.id == "not-a-bundle"
    assert "certificates/device.der" in caught.value.message


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_another_way_of_packing_is_refused(method: int):
    with pytest.raises(InputError) as caught:
        read_bundle(zipped({"bundle.json": b"{}"}, method))
    assert caught.value.id == "not-a-bundle"
    assert "bundle.json" in caught.value.message


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()
