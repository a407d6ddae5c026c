"""Base of every part of a profile: frozen, and without unknown names."""

from pydantic import BaseModel, ConfigDict


class StrictPart(BaseModel):
    """A part of a profile."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="hex")
