"""Status codes of the chip and of the Kit Protocol.

What the chip answers, and what CryptoAuthLib's Kit Protocol says in front of a reply.
"""

from enum import IntEnum


class Status(IntEnum):
    """The one-byte answers of the chip (ATECC608A datasheet, "Status/Error codes")."""

    SUCCESS = 0x00
    CHECKMAC_OR_VERIFY_MISCOMPARE = 0x01
    PARSE_ERROR = 0x03
    ECC_FAULT = 0x05
    SELF_TEST_ERROR = 0x07
    HEALTH_TEST_ERROR = 0x08
    EXECUTION_ERROR = 0x0F
    AFTER_WAKE = 0x11
    WATCHDOG_ABOUT_TO_EXPIRE = 0xEE
    COMMUNICATION_ERROR = 0xFF

    @property
    def meaning(self) -> str:
        """One plain sentence."""
        return _MEANINGS[self]


_MEANINGS = {
    Status.SUCCESS: "The command was carried out.",
    Status.CHECKMAC_OR_VERIFY_MISCOMPARE: "The signature or MAC does not match.",
    Status.PARSE_ERROR: "The chip does not know this command, mode or length.",
    Status.ECC_FAULT: "A computation on the curve failed; the command can be repeated.",
    Status.SELF_TEST_ERROR: "A self test failed and the chip is in its failure state.",
    Status.HEALTH_TEST_ERROR: "The random number generator's health test failed.",
    Status.EXECUTION_ERROR: "The chip refuses this command in its present state or by its configuration.",
    Status.AFTER_WAKE: "The chip has just woken up and has received no command yet.",
    Status.WATCHDOG_ABOUT_TO_EXPIRE: "The watchdog would put the chip to sleep before the command ends.",
    Status.COMMUNICATION_ERROR: "The chip received a packet with a wrong CRC or length.",
}


class KitStatus(IntEnum):
    """Status in front of a Kit Protocol reply.

    Two digits: CryptoAuthLib's `ATCA_STATUS` values.
    """

    SUCCESS = 0x00
    WAKE_FAILED = 0xD0
    BAD_PARAM = 0xE2
    INVALID_SIZE = 0xE4
    RX_FAIL = 0xE6
    RX_NO_RESPONSE = 0xE7
    COMM_FAIL = 0xF0
    TIMEOUT = 0xF1
    BAD_OPCODE = 0xF2
    UNIMPLEMENTED = 0xF5
    TX_FAIL = 0xF7
    NO_DEVICES = 0xF9

    @property
    def meaning(self) -> str:
        """One plain sentence."""
        return _KIT_MEANINGS[self]


_KIT_MEANINGS = {
    KitStatus.SUCCESS: "The bridge did what was asked.",
    KitStatus.WAKE_FAILED: "The chip did not answer the wake pulse.",
    KitStatus.BAD_PARAM: "The bridge could not read a parameter.",
    KitStatus.INVALID_SIZE: "The line or the packet has a wrong length.",
    KitStatus.RX_FAIL: "The chip's answer was damaged on the I2C bus.",
    KitStatus.RX_NO_RESPONSE: "The chip did not answer within its longest execution time.",
    KitStatus.TX_FAIL: "The chip did not acknowledge the packet.",
    KitStatus.COMM_FAIL: "Nothing on the I2C bus answers.",
    KitStatus.TIMEOUT: "The I2C bus did not become free in time.",
    KitStatus.BAD_OPCODE: "The bridge does not know this request.",
    KitStatus.UNIMPLEMENTED: "The bridge does not offer this request.",
    KitStatus.NO_DEVICES: "No chip was found on the I2C bus.",
}
