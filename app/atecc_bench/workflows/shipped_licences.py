"""The licences of everything that ships, and of what it is installed with."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from atecc_bench.resources import resource_path


@dataclass(frozen=True)
class Licence:
    """A part, its version where it has one of its own, and its licence as an expression of SPDX."""

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
    """What lies in the wheel, then the packages in the versions that were tested."""
    file = _File.model_validate_json(resource_path("licences.json").read_bytes())
    return tuple(Licence(part.name, part.version, part.licence) for part in (*file.in_the_wheel, *file.packages))
