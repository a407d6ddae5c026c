"""The vendor's own library, unmodified, drives the served board."""

from collections.abc import Callable
from pathlib import Path

from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.twin.ports.presets import open_board, parse_virtual_url
from atecc_bench.twin.state.p256_slots import public_key
from tests.support.external.cryptoauthlib_runner import Answers, needs_cryptoauthlib

pytestmark = needs_cryptoauthlib


def test_it_reads_revision_serial_number_and_configuration(
    served_board: Callable[[str], str],
    run_cryptoauthlib: Callable[[str, str], Answers],
) -> None:
    url = "virtual://configured?seed=11"
    twin = open_board(parse_virtual_url(url)).element
    assert twin is not None
    answers = run_cryptoauthlib(
        served_board(url),
        "call('revision', cal.atcab_info, size=4)\n"
        "call('serial', cal.atcab_read_serial_number, size=9)\n"
        "call('config', cal.atcab_read_config_zone, size=128)\n",
    )
    assert answers == {
        "init": 0,
        "revision": [0, "00006002"],
        "serial": [0, twin.memory.config.serial_number.hex()],
        "config": [0, twin.memory.contents(Zone.CONFIG).hex()],
    }


def test_it_makes_a_key_signs_and_verifies(
    served_board: Callable[[str], str],
    run_cryptoauthlib: Callable[[str, str], Answers],
    tmp_path: Path,
) -> None:
    state = tmp_path / "state.json"
    answers = run_cryptoauthlib(
        served_board(f"virtual://configured?seed=12&state={state}"),
        "key = call('made', cal.atcab_genkey, 0, size=64)\n"
        "call('public', cal.atcab_get_pubkey, 0, size=64)\n"
        "signature = call('signature', cal.atcab_sign, 0, bytes(range(32)), size=64)\n"
        "verified = cal.AtcaReference(0)\n"
        "call('verify', cal.atcab_verify_extern, bytes(range(32)), signature, key, verified)\n"
        "out['genuine'] = int(verified)\n"
        "call('random', cal.atcab_random, size=32)\n",
    )
    twin = open_board(parse_virtual_url(f"virtual://configured?state={state}")).element
    assert twin is not None
    in_the_chip = public_key(twin.memory, 0).hex()
    assert answers["made"] == answers["public"] == [0, in_the_chip]
    assert answers["verify"] == [0, ""]
    assert answers["genuine"] == 1


def test_without_a_chip_its_search_ends_with_an_error(
    served_board: Callable[[str], str],
    run_cryptoauthlib: Callable[[str, str], Answers],
) -> None:
    assert run_cryptoauthlib(served_board("virtual://no-chip"), "")["init"] != 0
