"""Sources from which a verb takes a configuration.

They are a file in any form, a chip, or a support bundle.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from atecc_bench.chip.config.config_zone import ConfigZone
from atecc_bench.chip.protocol.zones import CONFIG_SIZE
from atecc_bench.cli.common.input_files import read_bytes
from atecc_bench.cli.common.open_device import open_device, records_of
from atecc_bench.cli.common.output import USUAL_BAUD, check_named, console
from atecc_bench.diagnose.bundle.bundle_file import read_bundle
from atecc_bench.diagnose.bundle.collect import collect, read_otp
from atecc_bench.diagnose.config.config_formats import import_config
from atecc_bench.diagnose.config.config_repair import Examination, examine
from atecc_bench.diagnose.config.partial_config import partial_config
from atecc_bench.diagnose.refusals.candidate_states import ChipEvidence
from atecc_bench.errors import InputError
from atecc_bench.text_files import text_of

DumpArgument = Annotated[
    str | None, typer.Argument(metavar="FILE", help="A dump in any form: hex, C array, JSON, YAML; - reads stdin.")
]
FromPortOption = Annotated[
    str | None, typer.Option("--port", metavar="URL", help="Read it from this chip.", callback=check_named)
]
BundleOption = Annotated[str | None, typer.Option("--bundle", metavar="FILE", help="Take it from a support bundle.")]

_SERIAL_NUMBER_START = b"\x01\x23"


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
    """A whole configuration and what is known beside it."""

    config: ConfigZone
    info_revision: bytes | None = None
    otp: bytes | None = None


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
            opened = read_bundle(read_bytes(self.bundle))
            remarks = (f"Bundle of {opened.created:%Y-%m-%d %H:%M} UTC.",)
            return FoundConfig(
                opened.evidence(),
                opened.virtual,
                remarks,
                config=opened.config_zone,
                info_revision=opened.revision,
                otp=opened.otp,
            )
        data = self._dump()
        return config_in_bytes(data) or config_in(text_of(data, "replace"))

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
        data = self._dump()
        text = text_of(data, "replace")
        try:
            return config_in_bytes(data) or config_in(text)
        except InputError:
            part = partial_config(text)
            if part is None:
                raise
        return FoundKnown(ChipEvidence(some=part.some), None, (f"Read as {part.recognised}.",))

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


def config_in(text: str) -> FoundConfig:
    """Read the configuration that a text holds in any form.

    Raises:
        InputError: What the form raises, or what is wrong with a dump that is no configuration.
    """
    imported = import_config(text)
    return _of_dump(imported.raw, imported.recognised)


def config_in_bytes(data: bytes) -> FoundConfig | None:
    """Read a configuration saved as the chip has it.

    None for a file that is not 128 such bytes.

    Raises:
        InputError: What is wrong with it.
    """
    if len(data) != CONFIG_SIZE or not data.startswith(_SERIAL_NUMBER_START):
        return None
    return _of_dump(data, "128 bytes as the chip has them")


def _of_dump(raw: bytes, recognised: str) -> FoundConfig:
    config, remarks = _examined(raw)
    evidence = ChipEvidence(config, doubts=remarks)
    return FoundConfig(evidence, None, (f"Read as {recognised}.", *remarks), config=ConfigZone.parse(config))


def _examined(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The 128 bytes, and what had to be repaired."""
    examined = examine(raw)
    if examined.other_chip is not None:
        raise examined.other_chip
    if examined.config is None:
        raise _no_configuration(examined)
    return examined.config, (*examined.problems, f"Repaired: {examined.repair}") if examined.repair else ()


def _no_configuration(examined: Examination) -> InputError:
    size = len(examined.raw)
    if size != 128:
        id_ = "config-length"
        hint = "Check that the dump is complete: 4 blocks of 32 bytes, nothing before and nothing after."
        if size == 128 - 16:
            hint = "These look like bytes 16 to 127, as firmware keeps them; put the chip's own 16 bytes in front."
    else:
        id_, hint = "not-a-configuration", "Check for lost bytes: everything behind one is shifted."
    return InputError(id_, f"{' '.join(examined.problems)} There is no single way to repair it.", hint)
