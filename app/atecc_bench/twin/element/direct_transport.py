"""A transport to a twin without a board around it.

The shortest way from an operation to a secure element in software.
"""

from atecc_bench.chip.protocol.packet import ResponsePacket
from atecc_bench.chip.protocol.status import Status
from atecc_bench.chip.protocol.transport import Transport
from atecc_bench.errors import DeviceError
from atecc_bench.twin.element.secure_element import SecureElement


class DirectTransport(Transport):
    """Hands packets straight to a secure element.

    No wire, no watchdog, no time.
    """

    def __init__(self, element: SecureElement) -> None:
        self._element = element

    def talk(self, packet: bytes) -> bytes:
        """Execute a packet."""
        return self._element.execute(packet).response

    def wake(self) -> bytes:
        """Wake the chip and return a healthy chip's answer."""
        return ResponsePacket.of_status(Status.AFTER_WAKE).to_bytes()

    def idle(self) -> None:
        """Idle keeps everything."""

    def sleep(self) -> None:
        """TempKey is lost."""
        self._element.lose_registers()

    def select(self, address: int) -> None:
        """Do nothing: there is one chip.

        It answers at the address its configuration says.
        """
        if address != self._element.memory.config.i2c_address:
            raise DeviceError(
                "no-chip",
                f"No chip answers at the I2C address {address:02X}.",
                "Compare it with the byte of the configuration that decides.",
            )

    @property
    def wire_seconds(self) -> float:
        """No wire, no time."""
        return 0.0
