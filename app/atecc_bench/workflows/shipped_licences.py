"""The licences of all that ships or is installed with it."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from atecc_bench.resources import resource_path


@dataclass(frozen=True)
class Licence:
    """A part with its licence, an expression of SPDX.

    `version` is empty for what has none of its own.
    """

    name: str
    version: str
    licence: str


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    licence: str
    version: str = ""


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    in_the_wheel: tuple[_Part, ...]
    packages: tuple[_Part, ...]


def shipped_licences() -> tuple[Licence, ...]:
    """What lies in the wheel, then the packages as they were tested."""
    file = _File.model_validate_json(resource_path("licences.json").read_bytes())
    return tuple(Licence(part.name, part.version, part.licence) for part in (*file.in_the_wheel, *file.packages))
