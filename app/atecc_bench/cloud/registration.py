"""Registrations read from files, and filled for one device."""

import json
from collections.abc import Mapping
from typing import Any

import yaml
from pydantic import ValidationError

from atecc_bench.errors import InputError
from atecc_bench.plain_yaml import load_plain
from atecc_bench.profiles.error_text import in_words
from atecc_bench.profiles.placeholders import filled, placeholders_in
from atecc_bench.profiles.registration_part import AwsRegistration, Registration, own_placeholders

__all__ = ["AwsRegistration", "Registration", "filled_registration", "read_registration"]


def read_registration(text: str, source: str) -> Registration:
    """Read a registration from its file.

    Raises:
        InputError: `bad-registration`.
    """
    try:
        return Registration.model_validate(load_plain(text))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise _bad(source, f"{where}: {in_words(first)}") from error
    except yaml.YAMLError as error:
        raise _bad(source, str(getattr(error, "problem", None) or "it is no YAML")) from error


def filled_registration(wanted: AwsRegistration, values: Mapping[str, str]) -> AwsRegistration:
    """A registration with its placeholders filled.

    Raises:
        InputError: `no-such-field`.
    """
    try:
        return AwsRegistration.model_validate(_filled(wanted.model_dump(), values))
    except KeyError as error:
        known = ", ".join(sorted(values))
        raise InputError(
            "no-such-field", f"The registration names {{{error.args[0]}}}, and no field is called so.",
            f"There are {known}; others can be given with --field.",
        ) from error  # fmt: skip


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        # Policies have variables of AWS's own, in ${…}.
        names = own_placeholders(value)
        return value if not names else filled(value, {**_own_variables(value), **values})
    if isinstance(value, dict):
        return {key: _filled(one, values) for key, one in value.items()}  # pyright: ignore
    if isinstance(value, (list, tuple)):
        return [_filled(one, values) for one in value]  # pyright: ignore
    return value


def _own_variables(text: str) -> dict[str, str]:
    return {name: f"{{{name}}}" for name in placeholders_in(text) if f"${{{name}}}" in text}


def document_text(document: Mapping[str, object]) -> str:
    """A policy as AWS takes it."""
    return json.dumps(document, indent=1)


def _bad(source: str, why: str) -> InputError:
    return InputError(
        "bad-registration",
        f"{source}: {why.rstrip('.')}.",
        "See docs/clouds.md for what a registration says.",
    )
