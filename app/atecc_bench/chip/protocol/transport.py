"""What an operation on the chip needs of the way to it."""

from abc import ABC, abstractmethod


class Transport(ABC):
    """A way to one chip. Implementations raise DeviceError when nothing usable comes back."""

    @abstractmethod
    def talk(self, packet: bytes) -> bytes:
        """Send a command packet, waking the chip when it sleeps, and return the raw answer packet.

        The chip is left awake.
        """

    def talk_secret(self, packet: bytes) -> bytes:
        """Do as `talk` does with a packet that holds a key: whoever keeps a trace must not keep its data."""
        return self.talk(packet)

    @abstractmethod
    def wake(self) -> bytes:
        """Wake the chip and return its four bytes: 04 11 33 43, or 04 07 C4 40 after a failed self test."""

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
        """Time the bytes of all exchanges so far needed on the wire, in seconds."""
