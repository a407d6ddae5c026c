"""A transport before another one: a test sees each packet before the chip does, and says what becomes of it."""

from collections.abc import Callable

from atecc_bench.chip.protocol.transport import Transport


class PassingTransport(Transport):
    """Gives each packet and the way to the chip to `talk`; all else goes through."""

    def __init__(self, behind: Transport, talk: Callable[[Callable[[bytes], bytes], bytes], bytes]) -> None:
        self._behind, self._talk = behind, talk

    def talk(self, packet: bytes) -> bytes:
        return self._talk(self._behind.talk, packet)

    def wake(self) -> bytes:
        return self._behind.wake()

    def idle(self) -> None:
        self._behind.idle()

    def sleep(self) -> None:
        self._behind.sleep()

    def select(self, address: int) -> None:
        self._behind.select(address)

    @property
    def wire_seconds(self) -> float:
        return self._behind.wire_seconds
