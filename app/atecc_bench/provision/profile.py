"""Profiles: what a chip is to become, as validated YAML files."""

import hashlib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from atecc_bench.chip.config_zone import ConfigZone
from atecc_bench.chip.identity import Part
from atecc_bench.chip.session import LOCK_WORD
from atecc_bench.chip.slot_policy import slot_policy
from atecc_bench.chip.zones import CONFIG_SIZE, WORD
from atecc_bench.errors import InputError
from atecc_bench.resources import resource_path

WRITTEN_FROM = 16  # the bytes before are the chip's own
FACTORY_ADDRESS = 0xC0
_UNLOCKED = bytes.fromhex("00005555FFFF")
_REVISIONS = {
    Part.ATECC508A: bytes.fromhex("00005000"),
    Part.ATECC608A: bytes.fromhex("00006002"),
    Part.ATECC608B: bytes.fromhex("00006003"),
}


class Layout(StrEnum):
    """Where keys and certificates stand on the chip."""

    ECC608_MASS_PROVISIONING = "ECC608-MassProvisioning"


def _from_hex(value: object) -> object:
    return bytes.fromhex(value) if isinstance(value, str) else value


class SecretKey(BaseModel):
    """A secret key that the operator may have filled with random bytes, put into escrow and locked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slot: Annotated[int, Field(ge=0, le=15)]
    title: str


class Profile(BaseModel):
    """One profile. `configuration` is bytes 16 to 127 of the configuration zone."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="hex")

    name: str
    title: str
    parts: tuple[Part, ...] = Field(min_length=1)
    layout: Layout
    configuration: Annotated[bytes, BeforeValidator(_from_hex)]
    generate_keys: tuple[Annotated[int, Field(ge=0, le=15)], ...] = Field(min_length=1)
    secret_keys: tuple[SecretKey, ...] = ()

    @model_validator(mode="after")
    def _keys_can_be_made(self) -> Self:
        if len(self.configuration) != CONFIG_SIZE - WRITTEN_FROM:
            raise ValueError(f"configuration has {len(self.configuration)} bytes; bytes 16 to 127 are 112")
        config = ConfigZone.parse(self.configuration.rjust(CONFIG_SIZE, b"\0"))
        if config.i2c_address != FACTORY_ADDRESS:
            raise ValueError(
                f"byte 16 is {config.i2c_address:02X}: the chip would move to another I2C address once it is locked, "
                f"and the run could not go on; keep {FACTORY_ADDRESS:02X}"
            )
        if len(set(self.generate_keys)) != len(self.generate_keys):
            raise ValueError("generate_keys names a slot twice")
        for slot in self.generate_keys:
            if not slot_policy(config, slot).can_generate:
                raise ValueError(f"slot {slot} is in generate_keys, but its SlotConfig does not allow GenKey")
        for key in self.secret_keys:
            if not slot_policy(config, key.slot).lockable:
                raise ValueError(f"slot {key.slot} is in secret_keys, but its KeyConfig does not let it be locked")
        return self

    @property
    def device_key_slot(self) -> int:
        """The slot whose key the device certificate is for."""
        return self.generate_keys[0]

    @property
    def sha256(self) -> str:
        """The hash of what the profile says, whatever its file looks like."""
        return hashlib.sha256(self.model_dump_json().encode("utf-8")).hexdigest()

    def nominal_config(self) -> ConfigZone:
        """The configuration of a chip of the first part with this profile, before any slot is locked."""
        raw = bytearray(CONFIG_SIZE)
        raw[4:8] = _REVISIONS[self.parts[0]]
        raw[84:90] = _UNLOCKED
        return ConfigZone.parse(self.configuration_for(bytes(raw)))

    def configuration_for(self, current: bytes) -> bytes:
        """The 128 bytes a chip should have: the profile's, but the chip's own where Write cannot reach."""
        return (
            current[:WRITTEN_FROM] + self.configuration[: 84 - WRITTEN_FROM] + current[84:90] + self.configuration[74:]
        )

    def contents_to_lock(self, read: bytes) -> bytes:
        """The 128 bytes that the lock's CRC vouches for, given those that were read back.

        Only what Write cannot reach is taken from the chip: the rest is this profile's, so that no other
        configuration can be locked whatever was read.
        """
        return (
            read[:WRITTEN_FROM]
            + self.configuration[: LOCK_WORD - WRITTEN_FROM]
            + read[LOCK_WORD : LOCK_WORD + WORD]
            + self.configuration[LOCK_WORD + WORD - WRITTEN_FROM :]
        )


def available_profiles() -> tuple[str, ...]:
    """Names of the profiles that come with the product."""
    return tuple(sorted(path.stem for path in resource_path("profiles").glob("*.yaml")))


def load_profile(name_or_path: str) -> Profile:
    """Load a profile by name, or from a YAML file.

    Raises:
        InputError: `no-profile` when there is none, `bad-profile` when it cannot be used.

    """
    path = Path(name_or_path)
    if name_or_path in available_profiles():
        path = resource_path("profiles", f"{name_or_path}.yaml")
    try:
        return Profile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(
            "no-profile",
            f"There is no profile “{name_or_path}”.",
            f"Profiles that come with ATECC Bench: {', '.join(available_profiles())}; or give a YAML file.",
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError("bad-profile", f"{path} is not YAML: {error}", "Correct the file.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(
            "bad-profile", f"{path} is not a profile: {where}: {first['msg']}".replace(": :", ":"), "Correct the file."
        ) from error
