"""Files whose size somebody else decides are read up to a bound."""

import ast
import errno
import sys
from pathlib import Path

import pytest

from atecc_bench.bounded_files import read_bounded, read_bounded_text

APP = Path(__file__).parent.parent / "app" / "atecc_bench"
# They read what is part of the product.
OF_THE_BOX = {
    "workflows/shipped_licences.py",
    "diagnose/codes/code_table.py",
    "workflows/comparison/known_certificates.py",
    "provision/chain/microchip_chain.py",
}
OF_THE_BOX |= {"diagnose/config/known_configurations.py", "profiles/files.py", "ui/pages/compare/load_comparison.py"}
OF_THE_BOX |= {"diagnose/printed/as_certificate.py"}
OF_THE_BOX |= {"link/transports/serial_ports.py"}  # names of processes in /proc


def test_a_file_of_the_bound_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"12345")
    assert read_bounded(file, 5) == b"12345"
    assert read_bounded_text(file, 5) == "12345"


def test_a_larger_one_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(bytes(2049))
    with pytest.raises(OSError, match="larger than 2 KiB") as caught:
        read_bounded(file, 2048)
    assert (caught.value.errno, caught.value.strerror) == (errno.EFBIG, "it is larger than 2 KiB")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no /dev/zero")
def test_what_never_ends_is_read_to_the_bound_only() -> None:
    with pytest.raises(OSError, match="larger than 16 MiB"):
        read_bounded(Path("/dev/zero"))


def test_nothing_reads_a_file_of_others_whole() -> None:
    whole = {
        path.relative_to(APP).as_posix()
        for path in APP.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("read_bytes", "read_text")
    }
    assert whole == OF_THE_BOX
