"""The chips of the presets, made as real ones are.

The commands that make a real chip make these.
"""

from atecc_bench.chip.protocol.zones import Zone
from atecc_bench.chip.session.chip_session import ChipSession
from atecc_bench.errors import InputError
from atecc_bench.file_checks import exists
from atecc_bench.resources import resource_path
from atecc_bench.twin.element.direct_transport import DirectTransport
from atecc_bench.twin.element.secure_element import SecureElement
from atecc_bench.twin.state.entropy import Entropy
from atecc_bench.twin.state.factory_chips import ATECC508A
from atecc_bench.twin.state.memory import Eeprom
from atecc_bench.twin.state.state_file import load_state

# An address that Microchip's own kits give to a chip, and so do not find it again with default settings.
_OTHER_ADDRESS = 0xB0
_I2C_ADDRESS = 16

# Bytes 16 to 127 that the firmware ECC608-MassProvisioning writes to an ATECC608A.
_MASS_PROVISIONING_ATECC608A = bytes.fromhex(
    "C0000001"
    "8F20C444872087208F0FC4009F0F82200F0FC4440F0F0F0F0F0F0F0F0F0F0F0F"
    "FFFFFFFF00000000FFFFFFFF00000000"
    "00000000000000000000000000000000"
    "0000FFFFFFFF064000000000"
    "33001C00130013007C0018003C0033003C003C003C0030003C003C003C003000"
)


def fresh_chip(entropy: Entropy) -> Eeprom:
    """An unused ATECC608A."""
    return Eeprom.factory(entropy)


def atecc508a_chip(entropy: Entropy) -> Eeprom:
    """An unused ATECC508A."""
    return Eeprom.factory(entropy, ATECC508A)


def configured_chip(entropy: Entropy) -> Eeprom:
    """An ATECC608A with the configuration of ECC608-MassProvisioning, both zones locked, without keys."""
    memory = Eeprom.factory(entropy)
    session = _session(memory, entropy)
    current = memory.contents(Zone.CONFIG)
    session.write_config(current[:_I2C_ADDRESS] + _MASS_PROVISIONING_ATECC608A, current)
    session.lock_config(memory.contents(Zone.CONFIG))
    session.lock_data()
    return memory


def wrong_address_chip(entropy: Entropy) -> Eeprom:
    """An unused ATECC608A but for its I2C address."""
    memory = Eeprom.factory(entropy)
    current = memory.contents(Zone.CONFIG)
    target = current[:_I2C_ADDRESS] + bytes([_OTHER_ADDRESS]) + current[_I2C_ADDRESS + 1 :]
    _session(memory, entropy).write_config(target, current)
    return memory


def scenario_chip(name: str) -> Eeprom:
    """The chip of a scenario.

    Raises:
        InputError: `scenario-missing`, or what `load_state` raises.

    """
    path = resource_path("scenarios", name, "state.json")
    if not exists(path):
        raise InputError(
            "scenario-missing",
            f"The files of the virtual board {name} are not part of this installation ({path}).",
            "Use virtual://fresh or virtual://configured, or install again.",
        )
    return load_state(path)[0]


def _session(memory: Eeprom, entropy: Entropy) -> ChipSession:
    return ChipSession(DirectTransport(SecureElement(memory, entropy)))
