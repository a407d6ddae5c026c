"""A tray of chips for one socket.

A handler takes the finished chip out of the socket and puts the next one in.
"""

from collections.abc import Callable

from atecc_bench.twin.board.i2c_bus import Bus, BusChip


class Tray:
    """`left` more chips for the one socket on a bus.

    They are made by `make` as they are needed.
    """

    def __init__(self, bus: Bus, make: Callable[[], BusChip], left: int) -> None:
        self._bus = bus
        self._make = make
        self._left = left

    def change(self) -> None:
        """Put the next chip in when the present one is done.

        That is when the host has sent it to sleep and its data zone is locked: so a program leaves a chip that it is
        done with, well or not. When the tray is empty the last chip stays.
        """
        if self._left and all(c.told_to_sleep and c.element.memory.config.data_locked for c in self._bus.chips):
            self._bus.replace((self._make(),))
            self._left -= 1
