"""Transport interface.

What operations on a chip need, whatever lies between the computer and the chip.
"""

from abc import ABC, abstractmethod


class Transport(ABC):
    """A way to one chip.

    Raises:
        DeviceError: From any method, when nothing usable comes back.
    """

    @abstractmethod
    def talk(self, packet: bytes) -> bytes:
        """Send a command packet and return the raw answer packet.

        A sleeping chip is woken first. The chip is left awake.
        """

    def talk_secret(self, packet: bytes) -> bytes:
        """Send a packet that holds a key, as `talk` does.

        Whoever keeps a trace must not keep its data.
        """
        return self.talk(packet)

    @abstractmethod
    def wake(self) -> bytes:
        """Wake the chip and return its four bytes.

        04 11 33 43, or 04 07 C4 40 after a failed self test.
        """

    @abstractmethod
    def idle(self) -> None:
        """Stop the watchdog and keep TempKey."""

    @abstractmethod
    def sleep(self) -> None:
        """Lowest power; TempKey is lost."""

    @abstractmethod
    def select(self, address: int) -> None:
        """Talk to the chip at this 8-bit I2C address from now on."""

    @property
    @abstractmethod
    def wire_seconds(self) -> float:
        """Seconds that all bytes so far needed on the wire."""
