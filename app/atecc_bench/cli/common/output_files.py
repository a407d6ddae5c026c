"""Files that a verb writes: always new ones.

They are in folders that are there, and of a form that their name tells.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from atecc_bench.errors import InputError
from atecc_bench.file_checks import exists, is_folder


def check_new(path: Path, *endings: str) -> str:
    """Check that a file can be made; return how its name ends.

    That is before anything is done for it. `endings` are those that tell a form, in small letters with their dot.

    Raises:
        InputError: `ending-unknown`, `no-folder`, `file-exists`.
    """
    ending = path.suffix.lower()
    if endings and ending not in endings:
        wanted = " or ".join(endings)
        said = f"ends in {path.suffix}" if path.suffix else "has no ending"
        raise InputError(
            "ending-unknown",
            f"{path} {said}, and the ending of --out says what is written.",
            f"Give a name that ends in {wanted}.",
        )
    check_folder(path.parent)
    if _is_taken(path):
        raise InputError(
            "file-exists", f"{path} exists already and is not overwritten.", "Give another name with --out."
        )
    return ending


def check_folder(folder: Path) -> None:
    """Check that a folder is there: --out makes none.

    Raises:
        InputError: `no-folder`.
    """
    try:
        there = is_folder(folder)
    except OSError as error:
        raise InputError(
            "no-folder",
            f"The folder {folder} cannot be looked at: {error.strerror}.",
            "Give one that you may write to.",
        ) from error
    if not there:
        raise InputError("no-folder", f"There is no folder {folder}.", "Make it first, or give one that is there.")


def _is_taken(path: Path) -> bool:
    """Whether something stands there, if only a dangling link."""
    return path.is_symlink() or exists(path)


def write_new(path: Path, content: bytes) -> None:
    """Write a file that does not exist yet.

    Raises:
        InputError: `no-folder`, `file-exists`, `not-writable`.

    """
    write_all_new({path: content})


def write_new_lines(path: Path, lines: Iterable[str]) -> int:
    """Write a file that does not exist yet line by line.

    Returns how many there were.

    What is not whole is not left.

    Raises:
        InputError: `no-folder`, `file-exists`, `not-writable`, and what making the lines raises.
    """
    check_new(path)
    count = 0
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            try:
                for count, line in enumerate(lines, 1):  # noqa: B007 - the last number counts them
                    file.write(line)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise InputError(
            "not-writable", f"{path} cannot be written: {error.strerror}.", "Choose another place."
        ) from error
    return count


def write_all_new(files: Mapping[Path, bytes]) -> None:
    """Write files of which none exists yet, into folders that do.

    Raises:
        InputError: `no-folder` and `file-exists` before anything is written, `not-writable`.

    """
    for path in files:
        check_new(path)
    try:
        for path, content in files.items():
            with path.open("xb") as file:
                file.write(content)
    except OSError as error:
        raise InputError(
            "not-writable", f"{error.filename} cannot be written: {error.strerror}.", "Choose another place."
        ) from error
