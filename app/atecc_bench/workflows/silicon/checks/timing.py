"""Checks of execution times, the watchdog, idle and sleep.

They change nothing that lasts.
"""

from dataclasses import dataclass

from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.commands import CounterMode, InfoMode, NonceMode, Opcode, ShaMode, ShaTarget
from atecc_bench.chip.protocol.packet import CommandPacket
from atecc_bench.chip.protocol.timing import WATCHDOG_LONG_608_S, WATCHDOG_MIN_S, WATCHDOG_TYPICAL_S, execution_time_ms
from atecc_bench.chip.protocol.zones import BLOCK, Zone
from atecc_bench.workflows.silicon.asking import FILLING, Asking
from atecc_bench.workflows.silicon.check import Check
from atecc_bench.workflows.silicon.checks.looking import ALL_ENGINES
from atecc_bench.workflows.silicon.checks.registers import SAMPLE, SAMPLE_KEY, SAMPLE_SIGNATURE
from atecc_bench.workflows.silicon.findings import NotAskedError

ALLOWANCE_MS = 25.0
"""What port, bridge and polling may add to a command."""

_TRIES = 3
_STILL_AWAKE_S = 0.6 * WATCHDOG_MIN_S
_SURELY_ASLEEP_S = 2 * WATCHDOG_TYPICAL_S
_STATE = CommandPacket(Opcode.INFO, InfoMode.STATE)
_AWAKE = bytes.fromhex("04113343")


@dataclass(frozen=True)
class _Timed:
    """A command whose time is measured.

    What is in `before` has to be sent first, so that it is carried out.
    """

    command: CommandPacket
    before: tuple[CommandPacket, ...] = ()


def _timed(asking: Asking) -> tuple[_Timed, ...]:
    start = CommandPacket(Opcode.SHA, ShaMode.START)
    end = ShaMode.END | (ShaTarget.OUTPUT_ONLY if asking.is_608 else 0)
    all_engines = (_Timed(CommandPacket(Opcode.SELF_TEST, ALL_ENGINES)),) if asking.is_608 else ()
    return (
        _Timed(commands.info()),
        _Timed(commands.read_block(Zone.CONFIG, 0, BLOCK)),
        _Timed(commands.nonce_pass_through(FILLING)),
        _Timed(CommandPacket(Opcode.COUNTER, CounterMode.READ)),
        _Timed(CommandPacket(Opcode.RANDOM, NonceMode.RANDOM_NO_SEED_UPDATE)),
        _Timed(CommandPacket(Opcode.SHA, end, 3, b"abc"), (start,)),
        _Timed(commands.verify_external(SAMPLE_SIGNATURE, SAMPLE_KEY), (commands.nonce_pass_through(SAMPLE),)),
        *all_engines,
    )


def _execution_times(asking: Asking) -> None:
    need_time(asking)
    link = _link_ms(asking)
    for timed in _timed(asking):
        longest = _longest_ms(asking, timed.command)
        fastest = max(0.0, asking.fastest_ms(timed.command, _TRIES, timed.before) - link)
        asking.see(
            f"{Opcode(timed.command.opcode).command_name} ends in its longest time",
            agrees=fastest <= longest + ALLOWANCE_MS,
            chip=f"{fastest:.1f} ms",
            twin=f"{longest} ms at most",
        )
    asking.sleep()


def need_time(asking: Asking) -> None:
    """Leave out a chip in software that takes no time.

    Its slowest command would need half of its longest time at least.
    """
    if not asking.virtual:
        return
    slowest = max(_timed(asking), key=lambda timed: _longest_ms(asking, timed.command))
    took = asking.fastest_ms(slowest.command, _TRIES, slowest.before) - _link_ms(asking)
    if took < _longest_ms(asking, slowest.command) / 2:
        raise NotAskedError("This chip is software that takes no time.")


def _link_ms(asking: Asking) -> float:
    """What the way to the chip adds to each command, in milliseconds.

    Info takes next to no time itself; what it takes beyond its longest time is the way: a network, a busy computer.
    """
    info = commands.info()
    return max(0.0, asking.fastest_ms(info, _TRIES) - _longest_ms(asking, info))


def verify_ms(asking: Asking) -> float:
    """Time of Verify External on the chip, in milliseconds.

    It is a computation, and the clock decides how long it takes.
    """
    command = commands.verify_external(SAMPLE_SIGNATURE, SAMPLE_KEY)
    return asking.fastest_ms(command, 2, (commands.nonce_pass_through(SAMPLE),))


def _longest_ms(asking: Asking, command: CommandPacket) -> int:
    return execution_time_ms(asking.config.part, command.opcode, asking.config.clock_divider)


def _wake(asking: Asking) -> None:
    asking.sleep()
    said = asking.wake()
    asking.see("Wake", agrees=said == _AWAKE, chip=said.hex(" "), twin=_AWAKE.hex(" "))


def _idle_and_sleep(asking: Asking) -> None:
    asking.fill_temp_key()
    asking.idle()
    asking.ask("TempKey after idle", _STATE)
    asking.sleep()
    asking.ask("TempKey after sleep", _STATE)


def _watchdog(asking: Asking) -> None:
    need_time(asking)
    if asking.config.long_watchdog:
        raise NotAskedError(f"This chip's watchdog is set to some {WATCHDOG_LONG_608_S:.0f} s.")
    for seconds, lost in ((_STILL_AWAKE_S, False), (_SURELY_ASLEEP_S, True)):
        asking.sleep()
        asking.fill_temp_key()
        filled = asking.send(_STATE)
        asking.wait(seconds)
        kept = asking.send(_STATE) == filled
        asking.see(
            f"TempKey {seconds:.1f} s after the wake", agrees=kept is not lost,
            chip="kept" if kept else "lost", twin="lost" if lost else "kept",
        )  # fmt: skip
    asking.sleep()


TIMING = (
    Check("wake", "Wake", _wake),
    Check("idle-and-sleep", "Idle keeps TempKey, sleep does not", _idle_and_sleep),
    Check("execution-times", "Times of commands", _execution_times, "execution-times"),
    Check("watchdog", "The watchdog", _watchdog),
)
