"""Identification of a chip by evidence.

Revision, serial number, OTP and configuration; its address alone proves nothing.
"""

from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.protocol.identity import (
    Part,
    Variant,
    name_of_revision,
    part_of_revision,
    revision_in_words,
    revision_is_known,
    variant_of_address,
)
from atecc_bench.chip.protocol.neighbours import neighbour_of_revision
from atecc_bench.diagnose.config.known_configurations import Likeness, likenesses

# What CryptoAuthLib knows OTP's first eight bytes by (`app/tng/tng_atca.c`): the chip, and the template of its device
# certificate. The first is on prototypes of the TrustFLEX too, by the data sheet of that.
_OTP_CODES: Mapping[bytes, tuple[str, Variant | None]] = MappingProxyType({
    b"wdNxAjae": ("early chips of the Trust Platform, TrustFLEX and Trust&GO TLS, certificate template 2", None),
    b"Rsuy5YJh": ("a Trust&GO TLS, certificate template 2", Variant.TRUST_AND_GO),
    b"KQp2ZkD8": ("a Trust&GO TLS, certificate template 3", Variant.TRUST_AND_GO),
    b"x6tjuZMy": ("a Trust&GO TLS, certificate template 3", Variant.TRUST_AND_GO),
    b"BxZvm6q2": ("a Trust&GO LoRaWAN, certificate template 2", Variant.TRUST_AND_GO),
    b"jsMu7iYO": ("a Trust&GO LoRaWAN, certificate template 4", Variant.TRUST_AND_GO),
    b"09qJNxI3": ("a Trust&GO LoRaWAN, certificate template 4", Variant.TRUST_AND_GO),
    b"MKMwyhP1": ("a TrustFLEX TLS, certificate template 4", Variant.TRUST_FLEX),
})  # fmt: skip
_SERIAL_CUSTOM, _SERIAL_TRUST = 0xEE, 0x01
_CONFIGURATIONS = {"TrustFLEX": Variant.TRUST_FLEX, "Trust&GO": Variant.TRUST_AND_GO}
_FACTORY_ADDRESS = 0xC0
_CHIPS_OWN, _ADDRESS = range(16), 16
_COMPARED = (*range(16, 52), *range(68, 84), *range(90, 128))
_ENOUGH = len(_COMPARED) - 6  # of these bytes: with fewer told, another configuration is as likely


@dataclass(frozen=True)
class Evidence:
    """One observation.

    Where it was made, what it says, and how much it weighs (0 proves nothing).
    """

    where: str
    sentence: str
    variant: Variant | None
    weight: int


@dataclass(frozen=True)
class Identification:
    """Part and variant that the evidence speaks for.

    `nearest` is the known configuration that is nearest to the chip's.
    """

    revision: bytes
    part: Part
    revision_known: bool
    variant: Variant
    evidence: tuple[Evidence, ...]
    nearest: Likeness
    told: bool = True

    @property
    def name(self) -> str:
        """The chip's name in a word, that of a neighbour too."""
        return neighbour_of_revision(self.revision) or name_of_revision(self.revision)

    @property
    def title(self) -> str:
        """Name and variant; a neighbour has no variant."""
        return self.name if neighbour_of_revision(self.revision) else f"{self.name}, {self.variant.value}"

    @property
    def configuration(self) -> str:
        """The configuration in a few words."""
        if not self.told:
            return "too little is told to say which configuration it is"
        if self.nearest.exact:
            return self.nearest.configuration.name
        return f"nearest to {self.nearest.configuration.name}: {_bytes_differ(self.nearest)}"


def identify(
    config: ConfigZone,
    otp: bytes | None = None,
    info_revision: bytes | None = None,
    unknown: AbstractSet[int] = frozenset(),
) -> Identification:
    """Identify a chip from all evidence.

    `otp` is what could be read of it, `info_revision` the four bytes of Info; `unknown` are positions in the
    configuration that nobody told.
    """
    part = part_of_revision(config.revision)
    nearest = likenesses(config, unknown)[0]
    evidence: list[Evidence] = []
    if unknown.isdisjoint(_CHIPS_OWN):
        evidence.append(_of_revision(config))
        if not neighbour_of_revision(config.revision):
            evidence.append(_of_serial(config))
    if info_revision is not None and info_revision != config.revision:
        said = f"Info answers {_hex(info_revision)}, the configuration zone holds {_hex(config.revision)}."
        evidence.append(Evidence("Info", f"{said} They should be equal.", None, 0))
    if otp is not None:
        evidence.append(_of_otp(otp))
    told = sum(at not in unknown for at in _COMPARED) >= _ENOUGH
    if told:
        evidence.append(_of_configuration(nearest))
    if _ADDRESS not in unknown:
        evidence.append(_of_address(config))
    votes: Counter[Variant] = Counter()
    for item in evidence:
        if item.variant is not None:
            votes[item.variant] += item.weight
    variant = votes.most_common(1)[0][0] if votes else Variant.TRUST_CUSTOM
    return Identification(
        config.revision, part, revision_is_known(config.revision), variant, tuple(evidence), nearest, told
    )


def _hex(data: bytes) -> str:
    return data.hex(" ").upper()


def _of_revision(config: ConfigZone) -> Evidence:
    return Evidence("bytes 4–7", f"Revision {_hex(config.revision)}: {revision_in_words(config.revision)}.", None, 0)


def _of_serial(config: ConfigZone) -> Evidence:
    end = config.serial_number[8]
    if end == _SERIAL_CUSTOM:
        return Evidence(
            "byte 12", "The serial number ends in EE, as that of a TrustCUSTOM does.", Variant.TRUST_CUSTOM, 3
        )
    if end == _SERIAL_TRUST:
        return Evidence("byte 12", "The serial number ends in 01: the chip was made for the Trust Platform.", None, 0)
    return Evidence("byte 12", f"The serial number ends in {end:02X}, an ending made for one customer.", None, 0)


def _of_otp(otp: bytes) -> Evidence:
    code = otp[:8]
    if code in _OTP_CODES:
        words, variant = _OTP_CODES[code]
        weight = 0 if variant is None else 5
        return Evidence("OTP 0–7", f"OTP begins with {code.decode('ascii')}, the mark of {words}.", variant, weight)
    if set(otp) == {0xFF}:
        return Evidence("OTP", "OTP was never written.", Variant.TRUST_CUSTOM, 1)
    return Evidence("OTP", "OTP holds none of the known marks.", None, 0)


def _of_configuration(nearest: Likeness) -> Evidence:
    name = nearest.configuration.name
    variant = next((v for start, v in _CONFIGURATIONS.items() if name.startswith(start)), None)
    if nearest.exact:
        return Evidence("bytes 16–127", f"The configuration is that of {name}.", variant, 4)
    sentence = f"The configuration is nearest to {name}, from which {_bytes_differ(nearest)}."
    return Evidence("bytes 16–127", sentence, variant, 2)


def _bytes_differ(nearest: Likeness) -> str:
    count = len(nearest.differing_bytes)
    return f"{count} bytes differ" if count > 1 else "1 byte differs"


def _of_address(config: ConfigZone) -> Evidence:
    variant = variant_of_address(config.i2c_address)
    address = f"I2C_Address is {config.i2c_address:02X} (7-bit {config.i2c_address >> 1:#04x})"
    if variant is Variant.TRUST_CUSTOM:
        usual = config.i2c_address & 0xFE == _FACTORY_ADDRESS
        said = "as a TrustCUSTOM has it from the factory" if usual else "an address of somebody's own choice"
        return Evidence("byte 16", f"{address}, {said}.", variant, 1 if usual else 0)
    return Evidence("byte 16", f"{address}, as a {variant.value} has it; anybody can choose it.", variant, 1)
