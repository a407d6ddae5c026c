"""What every part of a profile is: frozen, and without a name that is not known."""

from pydantic import BaseModel, ConfigDict


class StrictPart(BaseModel):
    """A part of a profile."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="hex")
