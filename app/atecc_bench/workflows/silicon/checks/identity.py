"""Checks of what Microchip put on a chip.

They change nothing.
"""

from atecc_bench.chip.config.config_zone import differing_bytes
from atecc_bench.chip.config.slot_policy import Access, slot_policy
from atecc_bench.chip.protocol import commands
from atecc_bench.chip.protocol.identity import Variant, variant_of_address
from atecc_bench.chip.protocol.zones import SLOT_COUNT, Zone
from atecc_bench.diagnose.config.known_configurations import known_configurations
from atecc_bench.workflows.silicon.asking import Asking, Shown
from atecc_bench.workflows.silicon.check import Check
from atecc_bench.workflows.silicon.checks.open_zone import factory_differences
from atecc_bench.workflows.silicon.findings import NotAskedError

_BOUGHT_CONFIGURED = (Variant.TRUST_FLEX, Variant.TRUST_AND_GO)
_ERASED = 0xFF


def _need_trust_chip(asking: Asking) -> None:
    if variant_of_address(asking.config.i2c_address) not in _BOUGHT_CONFIGURED or not asking.config.data_locked:
        raise NotAskedError("This is no TrustFLEX or Trust&GO.")


def _configuration(asking: Asking) -> None:
    _need_trust_chip(asking)
    raw, address = asking.config.to_bytes(), asking.config.i2c_address & 0xFE
    published = [
        known
        for known in known_configurations()
        if asking.config.part in known.parts and known.configuration[0] & 0xFE == address
    ]
    differing = min((differing_bytes(raw, known.config_of(raw)) for known in published), key=len)
    asking.see(
        f"The configuration is one of those published: {', '.join(known.name for known in published)}",
        agrees=not differing,
        chip=f"differs at {', '.join(map(str, differing))}" if differing else "the same",
        twin="the same",
    )


def _open_slots(asking: Asking) -> None:
    _need_trust_chip(asking)
    for slot in range(SLOT_COUNT):
        policy = slot_policy(asking.config, slot)
        if policy.read is not Access.CLEAR or policy.write is not Access.CLEAR:
            continue
        command = commands.read_block(Zone.DATA, slot, 0)
        contents = asking.ask(f"Read of slot {slot}", command, shown=Shown.COMMAND)
        if len(contents) > 1 and len(set(contents)) == 1:  # else the owner has filled it
            erased = contents[0] == _ERASED
            asking.see(
                f"Slot {slot}, which nobody seems to have written", agrees=erased, chip=f"{contents[:1].hex()}…",
                twin="ff…",
            )  # fmt: skip
            return
    asking.take()
    raise NotAskedError("The owner has filled every slot that he can fill.")


def _unused(asking: Asking) -> None:
    if asking.config.config_locked or factory_differences(asking):
        raise NotAskedError("Somebody has written this chip's configuration.")
    asking.see("Bytes 16 to 127 are those of an unused chip", agrees=True, chip="the same", twin="the same")


IDENTITY = (
    Check("unused", "Configuration of a chip that looks unused", _unused, "factory-configuration"),
    Check("trust-configuration", "Configuration of a TrustFLEX or Trust&GO", _configuration, "trust-configurations"),
    Check("trust-slots", "Slots of a TrustFLEX or Trust&GO that were never filled", _open_slots, "trust-open-slots"),
)
