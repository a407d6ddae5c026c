"""New files: whole or not there, and of several writers the first has the name."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from atecc_bench.records.durable_files import have_folder, write_new

WRITERS = 16


def test_of_many_writers_one_has_the_name(tmp_path: Path):
    at_once = Barrier(WRITERS)

    def write(number: int) -> int | None:
        at_once.wait()
        try:
            write_new(tmp_path / "file", str(number).encode())
        except FileExistsError:
            return None
        return number

    with ThreadPoolExecutor(WRITERS) as writers:
        winners = [one for one in writers.map(write, range(WRITERS)) if one is not None]
    assert [(tmp_path / "file").read_text(encoding="ascii")] == [str(one) for one in winners]
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_of_many_who_need_a_folder_none_fails(tmp_path: Path):
    at_once = Barrier(WRITERS)

    def need(_: int) -> bool:
        at_once.wait()
        have_folder(tmp_path / "above" / "folder")
        return True

    with ThreadPoolExecutor(WRITERS) as needing:
        assert all(needing.map(need, range(WRITERS)))
    assert (tmp_path / "above" / "folder").is_dir()


def test_a_file_system_without_hard_links_takes_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def no_links(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", no_links)
    write_new(tmp_path / "file", b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_bytes() == b"content"
