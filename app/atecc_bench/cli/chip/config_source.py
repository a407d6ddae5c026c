"""Sources from which a verb takes a configuration.

They are a file in any form, a chip, or a support bundle.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from atecc_bench.bounded_files import LARGEST_FILE
from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.cli.common.input_files import read_bytes
from atecc_bench.cli.common.open_device import open_device, records_of
from atecc_bench.cli.common.output import USUAL_BAUD, check_named, console
from atecc_bench.diagnose.bundle.bundle_file import read_bundle
from atecc_bench.diagnose.bundle.collect import collect, read_otp
from atecc_bench.diagnose.config.partial_config import spans
from atecc_bench.diagnose.dumps.likeness import Likeness
from atecc_bench.diagnose.dumps.read_configuration import configuration_of_file
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence
from atecc_bench.errors import InputError

DumpArgument = Annotated[
    str | None, typer.Argument(metavar="FILE", help="A dump in any form: hex, C array, JSON, YAML; - reads stdin.")
]
FromPortOption = Annotated[
    str | None, typer.Option("--port", metavar="URL", help="Read it from this chip.", callback=check_named)
]
BundleOption = Annotated[str | None, typer.Option("--bundle", metavar="FILE", help="Take it from a support bundle.")]


@dataclass(frozen=True)
class FoundKnown:
    """What is known of a chip, perhaps not its whole configuration.

    `remarks` say how it was read and repaired.
    """

    evidence: ChipEvidence
    virtual: bool | None = None
    remarks: tuple[str, ...] = ()

    @property
    def document(self) -> dict[str, object]:
        """What every JSON document about it begins with."""
        virtual = {} if self.virtual is None else {"virtual": self.virtual}
        return {**virtual, "remarks": list(self.remarks)}

    def print_remarks(self) -> None:
        """Tell a person where it is from."""
        if self.virtual:
            console().print("On a VIRTUAL chip:")
        for remark in self.remarks:
            console().print(remark, style="dim")


@dataclass(frozen=True, kw_only=True)
class FoundConfig(FoundKnown):
    """A configuration and what is known beside it.

    `unknown` are the positions whose bytes it does not tell; there it is as on a chip that nobody has written to.
    `part_is_told` is false where the part was guessed.
    """

    config: ConfigZone
    info_revision: bytes | None = None
    otp: bytes | None = None
    unknown: frozenset[int] = frozenset()
    part_is_told: bool = True

    def tells(self, first: int, last: int) -> bool:
        """Whether all these bytes are known.

        A file may hold a part of a configuration.
        """
        return self.unknown.isdisjoint(range(first, last + 1))

    @property
    def unknown_document(self) -> dict[str, object]:
        """The bytes that are not told, as JSON has them.

        Empty where all are told.
        """
        return {"unknown": [list(span) for span in spans(self.unknown)]} if self.unknown else {}


@dataclass(frozen=True)
class ConfigSource:
    """What the options of a verb named; exactly one of them counts."""

    file: str | None = None
    port: str | None = None
    bundle: str | None = None
    baud: int = USUAL_BAUD

    def find(self) -> FoundConfig:
        """The configuration.

        Raises:
            InputError: `usage`, what the file's form raises, or what is wrong with a dump that is no configuration.
            DeviceError: the chip cannot be read.

        """
        self._need_one()
        if self.port is not None:
            with open_device(self.port, baud=self.baud) as device:
                revision, config = device.session.revision(), device.session.read_config()
                otp = read_otp(device.session)
                virtual = device.board.info.virtual
            evidence = ChipEvidence(config.to_bytes(), otp=otp)
            return FoundConfig(evidence, virtual, config=config, info_revision=revision, otp=otp)
        if self.bundle is not None:
            opened = read_bundle(read_bytes(self.bundle, LARGEST_FILE))
            remarks = (f"Bundle of {opened.created:%Y-%m-%d %H:%M} UTC.",)
            return FoundConfig(
                opened.evidence(),
                opened.virtual,
                remarks,
                config=opened.config_zone,
                info_revision=opened.revision,
                otp=opened.otp,
            )
        return config_in_file(self._dump())

    def find_known(self) -> FoundKnown:
        """Find what is known of the chip.

        A file may also hold a part of the configuration. A chip is asked for all that holds no keys; what journals say
        of its keys is known too.

        Raises:
            BenchError: What `find` raises.
        """
        self._need_one()
        if self.port is not None:
            with open_device(self.port) as device:
                contents = collect(device.session)
                keys = records_of(device, contents.config.serial_number.hex()).shown_keys()
                return FoundKnown(contents.evidence(keys), device.board.info.virtual)
        if self.file is None:
            return self.find()
        return config_in_file(self._dump())

    def _dump(self) -> bytes:
        name = self.file or ""
        if name != "-" and Path(name).suffix == ".zip":
            raise InputError("usage", f"{name} is a zip file.", "Give a support bundle with --bundle.")
        return read_bytes(name)

    def _need_one(self) -> None:
        if sum(given is not None for given in (self.file, self.port, self.bundle)) != 1:
            raise InputError(
                "usage",
                "Give either a dump, --port or --bundle.",
                "For example: atecc-bench config decode dump.txt",
            )


def config_in_file(data: bytes, needs: Likeness = Likeness.FITS) -> FoundConfig:
    """Read the configuration, or part of one, in a file.

    It may have any form.

    `needs` is what has to speak for it; where nobody said that it is a configuration that is more.

    Raises:
        InputError: What the form raises, or what is wrong with a dump that is no configuration.
    """
    read = configuration_of_file(data, needs)
    evidence = ChipEvidence(some=read.evidence, doubts=read.remarks)
    if not read.unknown:
        evidence = ChipEvidence(read.config.to_bytes(), doubts=read.remarks)
    remarks = (f"Read as {read.recognised}.", *read.remarks)
    return FoundConfig(
        evidence, None, remarks, config=read.config, unknown=read.unknown, part_is_told=read.part_is_told
    )
