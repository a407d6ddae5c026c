"""Identification of a chip, read without changing a byte."""

from dataclasses import dataclass

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.protocol.identity import Part, Variant, name_of_revision, part_of_revision, variant_of_address
from atecc_bench.chip.session.chip_session import ChipSession


@dataclass(frozen=True)
class ChipInfo:
    """Identification of a chip.

    `serial_number` is 18 lower-case hex digits, `i2c_address` the 8-bit form.
    """

    serial_number: str
    revision: bytes
    part: Part
    variant: Variant
    i2c_address: int
    config_locked: bool
    data_locked: bool

    @property
    def name(self) -> str:
        """The chip's name in a word, ATECC608C too."""
        return name_of_revision(self.revision)

    @classmethod
    def of(cls, revision: bytes, config: ConfigZone) -> "ChipInfo":
        """Put together what Info and the configuration zone say."""
        return cls(
            serial_number=config.serial_number.hex(),
            revision=revision,
            part=part_of_revision(revision),
            variant=variant_of_address(config.i2c_address),
            i2c_address=config.effective_i2c_address(),
            config_locked=config.config_locked,
            data_locked=config.data_locked,
        )

    @classmethod
    def read(cls, session: ChipSession) -> "ChipInfo":
        """Read it from the chip."""
        return cls.of(session.revision(), session.read_config())
