"""The question of UseLock.

A blank ATECC608 of its own is used up for it. Were it asked together with others, every later answer would hang on this
one.
"""

from atecc_bench.chip.protocol.commands import MacMode
from atecc_bench.workflows.silicon import trial_chip as trial
from atecc_bench.workflows.silicon.asking import Asking
from atecc_bench.workflows.silicon.check import Check
from atecc_bench.workflows.silicon.checks.open_zone import write_configuration
from atecc_bench.workflows.silicon.checks.permissions import check_mac, mac_with, prove
from atecc_bench.workflows.silicon.findings import WalkEndedError


def _configure(asking: Asking) -> None:
    if not asking.is_608:
        raise WalkEndedError("Only an ATECC608 has UseLock.")
    write_configuration(asking, trial.use_lock_configuration(asking.config.to_bytes()))


def _use_lock(asking: Asking) -> None:
    asking.sleep()
    asking.ask("MAC with another key than the one that UseLock names", mac_with(trial.COUNTED))
    asking.ask("MAC with the key that it names", mac_with(trial.KEY))
    asking.ask("CheckMac over a challenge from outside", check_mac(asking, trial.KEY, MacMode.CHALLENGE))
    asking.ask("MAC with the other key after it", mac_with(trial.COUNTED))
    prove(asking, trial.KEY)
    asking.ask("MAC with the other key after a proof over a random nonce", mac_with(trial.COUNTED))
    asking.sleep()
    asking.ask("MAC with the other key after a sleep", mac_with(trial.COUNTED))


USE_LOCK_CONFIGURATION = Check("use-lock-configuration", "The trial configuration with UseLock", _configure)
USE_LOCK = Check("use-lock", "UseLock", _use_lock, "use-lock")
