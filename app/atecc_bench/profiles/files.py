"""Profiles as YAML files.

Some come with the product, others are the user's own; an error names line and column.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from atecc_bench.bounded_files import LARGEST_TEXT, read_bounded_text
from atecc_bench.chip.config.config_bits import BitField, bit_fields
from atecc_bench.chip.protocol.identity import Part
from atecc_bench.chip.protocol.zones import SLOT_COUNT
from atecc_bench.chip.session.chip_session import WRITABLE_CONFIG
from atecc_bench.errors import InputError
from atecc_bench.plain_yaml import load_plain
from atecc_bench.profiles.checks import problems_of
from atecc_bench.profiles.error_text import KEY, in_words
from atecc_bench.profiles.model import WRITTEN_FROM, Profile
from atecc_bench.profiles.server_proof import PROOF_TAG, TLS_TAG
from atecc_bench.profiles.yaml_marks import Mark, MarkedDocument, MarkedError
from atecc_bench.profiles.yaml_marks import Path as YamlPath
from atecc_bench.resources import resource_path
from atecc_bench.user_folders import data_folder

_PREFIXES = ("SlotConfig[{}].", "KeyConfig[{}].")


@dataclass(frozen=True)
class ProfileFile:
    """A profile and the file it is from.

    `mark` finds its parts there.
    """

    profile: Profile
    path: Path
    document: MarkedDocument = field(repr=False)


@dataclass(frozen=True)
class FoundProfiles:
    """Profiles that can be used, and files that cannot.

    Of each of the latter it has what `load_profile` says of it.
    """

    usable: tuple[Profile, ...]
    errors: tuple[InputError, ...]


class _PlacedError(Exception):
    def __init__(self, path: YamlPath, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


def profiles_folder() -> Path:
    """The user's own profiles."""
    return data_folder() / "profiles"


def available_profiles() -> tuple[str, ...]:
    """Names of all profiles.

    They come with the product, or are in the user's folder.
    """
    return tuple(sorted({path.stem for path in (*_shipped(), *_own())}))


def found_profiles() -> FoundProfiles:
    """Load all of them."""
    usable: list[Profile] = []
    errors: list[InputError] = []
    for name in available_profiles():
        try:
            usable.append(load_profile(name))
        except InputError as error:
            errors.append(error)
    return FoundProfiles(tuple(usable), tuple(errors))


def load_profile(name_or_path: str) -> Profile:
    """Load a profile by name, or from a YAML file.

    Raises:
        InputError: `no-profile` when there is none, `bad-profile` with line and column when it cannot be used.

    """
    return open_profile(name_or_path).profile


def open_profile(name_or_path: str) -> ProfileFile:
    """Load a profile, with its file.

    A profile of the user's own goes before one of the same name that comes along. One that is found by its name has it
    as its file's name, too, so that a name is never that of two profiles. A file that is given by its path may be
    called anything.
    """
    found = {path.stem: path for path in (*_shipped(), *_own())}.get(name_or_path)
    path = found or Path(name_or_path)
    try:
        text = read_bounded_text(path, LARGEST_TEXT)
    except OSError as error:
        if found is not None:
            raise _bad(path, Mark(1, 1), f"it cannot be read: {error.strerror}") from error
        raise InputError(
            "no-profile",
            f"There is no profile “{name_or_path}”.",
            f"Profiles: {', '.join(available_profiles())}; or give a YAML file. Your own go into {profiles_folder()}.",
        ) from error
    except UnicodeDecodeError as error:
        raise _bad(path, Mark(1, 1), f"it is no UTF-8: {error.reason} at byte {error.start}") from error
    try:
        document = MarkedDocument(text)
    except MarkedError as error:
        raise _bad(path, error.mark, error.message) from error
    try:
        profile = Profile.model_validate(_resolved(document.content, path.parent))
        if found is not None and profile.name != found.stem:
            raise _PlacedError(
                ("name",),
                f"it is {profile.name}, and the file is {found.name}. In a folder of profiles the two agree: "
                f"call the file {profile.name}.yaml, or the profile {found.stem}",
            )
        for problem in problems_of(profile):
            mark = document.mark(problem.path)
            if problem.byte is not None:
                mark = document.byte_mark(problem.path, problem.byte - WRITTEN_FROM)
            raise _bad(path, mark, _placed(problem.path, problem.message))
    except ValidationError as error:
        first = error.errors()[0]
        place = tuple(step for step in first["loc"] if step not in (KEY, PROOF_TAG, TLS_TAG))
        raise _bad(path, document.mark(place), _placed(place, in_words(first))) from error
    except _PlacedError as error:
        raise _bad(path, document.mark(error.path), _placed(error.path, error.message)) from error
    return ProfileFile(profile, path, document)


def _shipped() -> Iterator[Path]:
    return resource_path("profiles").glob("*.yaml")


def _own() -> Iterator[Path]:
    folder = profiles_folder()
    return folder.glob("*.yaml") if os.access(folder, os.R_OK | os.X_OK) else iter(())


def _placed(path: YamlPath, message: str) -> str:
    where = ".".join(str(step) for step in path)
    return f"{where}: {message}" if where else message


def _bad(path: Path, mark: Mark, message: str) -> InputError:
    return InputError(
        "bad-profile",
        f"{path}, {mark}: {message.rstrip('.')}.",
        "Correct the file; `atecc-bench profile show trustcustom-tls` shows one that is right.",
    )


def _resolved(content: Any, folder: Path) -> Any:
    """Put the files and the configuration that a document names in place."""
    if not isinstance(content, dict):
        raise _PlacedError((), "it holds no mapping of name, parts, configuration, keys and so on")
    document = dict(cast("dict[Any, Any]", content))
    if isinstance(document.get("configuration"), dict):
        document["configuration"] = _configuration(document["configuration"], document.get("parts"))
    if isinstance(document.get("also"), list):
        names = cast("list[object]", document["also"])
        document["also"] = [_base(name, ("also", number))[WRITTEN_FROM:] for number, name in enumerate(names)]
    certificates: Any = document.get("certificates")
    templates: Any = cast("dict[Any, Any]", certificates).get("templates") if isinstance(certificates, dict) else None
    if isinstance(templates, dict):
        texts = {
            key: _file_text(folder, name, ("certificates", "templates", str(key)))
            for key, name in cast("dict[Any, Any]", templates).items()
        }
        document["certificates"] = {**certificates, "templates": texts}
    if isinstance(document.get("proofs"), list):
        entries = cast("list[object]", document["proofs"])
        document["proofs"] = [_with_ca(entry, folder, number) for number, entry in enumerate(entries)]
    return document


def _with_ca(entry: object, folder: Path, number: int) -> object:
    """An entry of the proofs with the text of its CA file."""
    server: object = cast("dict[Any, Any]", entry).get("tls") if isinstance(entry, dict) else None
    if not isinstance(server, dict) or "ca_file" not in server:
        return cast("object", entry)
    told = cast("dict[Any, Any]", server)
    text = _file_text(folder, told["ca_file"], ("proofs", number, "tls", "ca_file"))
    return {**cast("dict[Any, Any]", entry), "tls": {**told, "ca_file": text}}


def _file_text(folder: Path, name: object, path: YamlPath) -> str:
    try:
        return read_bounded_text(folder / str(name), LARGEST_TEXT)
    except (OSError, ValueError) as error:  # no UTF-8, or a name that no file can have
        raise _PlacedError(path, f"the file {name!r} beside the profile cannot be read") from error


def _configuration(source: dict[Any, Any], parts: object) -> bytes:
    """Fields on top of a known configuration.

    Their form is `{base, fields: {NAME: value}, slots: {N: {NAME: value}}}`.
    """
    unknown = [key for key in source if key not in ("base", "fields", "slots")]
    if unknown:
        raise _PlacedError(("configuration", str(unknown[0])), "a configuration has base, fields and slots")
    config = _base(source.get("base"))
    try:
        part = Part(cast("list[Any]", parts)[0])
    except (ValueError, TypeError, IndexError, KeyError):
        part = Part.ATECC608A  # the parts themselves are complained about elsewhere
    fields = {field.name: field for field in bit_fields(part)}
    for path, names, value in _assignments(source):
        found = next((fields[name] for name in names if name in fields), None)
        if found is None:
            raise _PlacedError(path, f"an {part.value} has no field {path[-1]} there")
        config = _changed(config, found, value, path)
    return config[WRITTEN_FROM:]


def _base(name: object, path: YamlPath = ("configuration", "base")) -> bytes:
    known = {file.stem: file for file in resource_path("configurations").glob("*.yaml")}
    if name is None:
        raise _PlacedError(path, f"no known configuration is named; there are {', '.join(sorted(known))}")
    if not isinstance(name, str) or name not in known:
        raise _PlacedError(path, f"there is no configuration {name!r}; there are {', '.join(sorted(known))}")
    text = known[name].read_text(encoding="utf-8")
    return bytes(WRITTEN_FROM) + bytes.fromhex(load_plain(text)["configuration"])


def _assignments(source: dict[Any, Any]) -> Iterator[tuple[YamlPath, tuple[str, ...], object]]:
    for name, value in _mapping(source, ("configuration", "fields")).items():
        yield ("configuration", "fields", str(name)), (str(name),), value
    for slot, values in _mapping(source, ("configuration", "slots")).items():
        path: YamlPath = ("configuration", "slots", str(slot))
        if slot not in range(SLOT_COUNT) or isinstance(slot, bool):
            raise _PlacedError(path, f"a slot is a number from 0 to {SLOT_COUNT - 1}")
        if not isinstance(values, dict):
            raise _PlacedError(path, "a slot has fields such as WriteConfig: 0")
        for name, value in cast("dict[Any, Any]", values).items():
            yield (*path, str(name)), tuple(prefix.format(slot) + str(name) for prefix in _PREFIXES), value


def _mapping(source: dict[Any, Any], path: YamlPath) -> dict[Any, Any]:
    value = source.get(path[-1], {})
    if not isinstance(value, dict):
        raise _PlacedError(path, "it is no mapping")
    return cast("dict[Any, Any]", value)


def _changed(config: bytes, field: BitField, value: object, path: YamlPath) -> bytes:
    writable = all(any(byte in part for part in WRITABLE_CONFIG) for byte in range(field.start, field.last + 1))
    if field.name.startswith("SlotLocked"):
        raise _PlacedError(path, f"{field.name} is not a configuration's: keys and locks say which slots are locked")
    if not writable:
        raise _PlacedError(path, f"no Write reaches {field.name}; locks and UserExtra are not a configuration's")
    if isinstance(value, bool):
        value = int(value)
    if not isinstance(value, int) or not 0 <= value < 1 << field.width:
        last = (1 << field.width) - 1
        raise _PlacedError(path, f"it should be a number from 0 to {last}: {field.name} has {field.width} bits")
    return field.changed(config, value)
