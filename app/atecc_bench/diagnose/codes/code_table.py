"""The table of codes: chip, CryptoAuthLib, and the layers above.

Data files in `resources/codes`, one for each layer, with their sources.
"""

from enum import StrEnum
from functools import cache

import yaml
from pydantic import BaseModel, ConfigDict, Field

from atecc_bench.chip.protocol.status import Status
from atecc_bench.diagnose.codes.log_causes import LogCauseId
from atecc_bench.resources import resource_path


class Layer(StrEnum):
    """Whose code it is, the one most often meant first."""

    CRYPTOAUTHLIB = "CryptoAuthLib"
    CHIP = "chip"
    MBEDTLS = "mbedTLS"
    ESP_IDF = "ESP-IDF"
    LINUX = "Linux"
    PYTHON = "Python"
    ATCACERT = "atcacert"
    PSA = "PSA"
    PKCS11 = "PKCS #11"
    WOLFSSL = "wolfSSL"
    AWS = "AWS IoT"
    ARDUINO = "Arduino"
    HAL = "HAL"  # where codes come from; it has none of its own


class CodeRow(BaseModel):
    """One code of one layer.

    `value` is None for what has only a name. `origins` are the layers in which it may arise, `status` the chip's answer
    that it stands for. `undecided` is a code that says that something failed and not what, so none of its causes is
    likely by it alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    layer: Layer
    value: int | None = None
    names: tuple[str, ...] = ()
    meaning: str
    origins: tuple[Layer, ...] = Field(default=(), alias="from")
    status: Status | None = None
    causes: tuple[LogCauseId, ...] = ()
    undecided: bool = False
    next: str = ""

    @property
    def number(self) -> str:
        """The number as this layer's documents write it.

        Empty for a name alone.
        """
        if self.value is None:
            return ""
        match self.layer:
            case Layer.MBEDTLS:
                return f"-0x{self.value:04X}"
            case Layer.LINUX:
                return f"-{self.value}"
            case Layer.AWS | Layer.PSA | Layer.ARDUINO | Layer.WOLFSSL:
                return str(self.value)
            case Layer.ESP_IDF:
                return "-1" if self.value == -1 else f"0x{self.value:X}"
            case Layer.PKCS11:
                return f"0x{self.value:02X}"
            case _:
                return f"{self.value:02X}"

    @property
    def name(self) -> str:
        """Its usual name, or its number where it has none."""
        return self.names[0] if self.names else self.number


class _LayerFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    layer: Layer
    sources: tuple[str, ...] = Field(min_length=1)
    codes: tuple[dict[str, object], ...]


@cache
def code_table() -> tuple[CodeRow, ...]:
    """All rows, layer by layer."""
    rows: list[CodeRow] = []
    for layer, (_, codes) in _files().items():
        rows += [CodeRow.model_validate({"layer": layer, **code}) for code in codes]
    return tuple(rows)


def sources_of(layer: Layer) -> tuple[str, ...]:
    """Where the codes of a layer are published."""
    return _files()[layer][0]


def row_of_status(status: int) -> CodeRow | None:
    """The row of an answer of the chip."""
    return next((row for row in code_table() if row.layer is Layer.CHIP and row.value == status), None)


@cache
def _files() -> dict[Layer, tuple[tuple[str, ...], tuple[dict[str, object], ...]]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    files = [
        _LayerFile.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=loader))  # noqa: S506 - both are safe
        for path in resource_path("codes").glob("*.yaml")
    ]
    order = list(Layer)
    return {file.layer: (file.sources, file.codes) for file in sorted(files, key=lambda file: order.index(file.layer))}
