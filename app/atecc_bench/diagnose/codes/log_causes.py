"""Causes that codes and logs lead to, each with its step."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class LogCauseId(StrEnum):
    """Every such cause.

    The values are stable: the table of codes and other programs name them.
    """

    NOTHING_ON_BUS = "nothing-on-bus"
    WAKE_FAILED = "wake-failed"
    ADDRESS_FORM = "address-form"
    ADDRESS_MOVED = "address-moved"
    SINGLE_WIRE = "single-wire"
    HAL_NOT_READY = "hal-not-ready"
    BUS_SHARED = "bus-shared"
    PORT_ACCESS = "port-access"
    LINE_DAMAGED = "line-damaged"
    WAKE_FRAME_READ = "wake-frame-read"
    WATCHDOG = "watchdog"
    OTHER_VARIANT = "other-variant"
    WRONG_PART = "wrong-part"
    ZONES_OPEN = "zones-open"
    ZONES_LOCKED = "zones-locked"
    REFUSED = "refused"
    ILLEGAL_COMMAND = "illegal-command"
    WRONG_PROOF = "wrong-proof"
    ECC_FAULT = "ecc-fault"
    USED_UP = "used-up"
    NO_RANDOM = "no-random"
    CHIP_DEFECT = "chip-defect"
    WRONG_ARGUMENT = "wrong-argument"
    NOT_BUILT_IN = "not-built-in"
    MEMORY = "memory"
    SERVER_CA = "server-ca"
    CLOCK_NOT_SET = "clock-not-set"
    CLIENT_REJECTED = "client-rejected"
    CERTIFICATE_UNREADABLE = "certificate-unreadable"
    NETWORK = "network"
    READ_TOO_EARLY = "read-too-early"
    AES_OFF = "aes-off"
    SECRETS_DIFFER = "secrets-differ"
    KEY_FORM = "key-form"
    MODULE_UNUSABLE = "module-unusable"
    CLOUD_PERMISSION = "cloud-permission"
    PROGRAM_CRASHED = "program-crashed"
    SUPPLY_LOW = "supply-low"

    @property
    def summary(self) -> str:
        """What is the matter, in a sentence."""
        return _SAID[self][0]

    @property
    def fix(self) -> str:
        """What to do about it."""
        return _SAID[self][1]


NOT_THE_CHIP = frozenset({
    LogCauseId.SERVER_CA, LogCauseId.CLOCK_NOT_SET, LogCauseId.NETWORK, LogCauseId.MEMORY, LogCauseId.CLIENT_REJECTED,
    LogCauseId.CLOUD_PERMISSION, LogCauseId.PROGRAM_CRASHED,
})  # fmt: skip
"""Causes that lie in host, network or server."""

ON_THE_BUS = frozenset({
    LogCauseId.NOTHING_ON_BUS, LogCauseId.WAKE_FAILED, LogCauseId.ADDRESS_FORM, LogCauseId.ADDRESS_MOVED,
    LogCauseId.HAL_NOT_READY,
})  # fmt: skip
"""Causes under which nothing of the chip is ever heard."""

_SAID: Mapping[LogCauseId, tuple[str, str]] = MappingProxyType({
    LogCauseId.NOTHING_ON_BUS: (
        "Nothing answers on the I2C bus.",
        "Measure supply, SDA and SCL at rest (all high), look at pull-ups, pins and bus number. A sleeping chip shows "
        "in no scan: wake it right before.",
    ),
    LogCauseId.WAKE_FAILED: (
        "The wake pulse does not wake the chip: SDA is low for less than 60 µs, or the bus is faster than 100 kHz "
        "there.",
        "Send the byte 00 at 100 kHz or less (ignore that nothing acknowledges), wait 1.5 ms, then read 04 11 33 43.",
    ),
    LogCauseId.ADDRESS_FORM: (
        "The address is given in the other form: CryptoAuthLib wants 8 bits (C0), Linux, Arduino and Python 7 bits "
        "(60).",
        "Give C0 where 60 is shown (6A for 35, 6C for 36) to CryptoAuthLib, and the halves everywhere else.",
    ),
    LogCauseId.ADDRESS_MOVED: (
        "The chip answers at another address: byte 16 of its configuration says which.",
        "Take the address of the scan: Trust&GO has 35 (6A), TrustFLEX 36 (6C), others 60 (C0) unless byte 16 was "
        "written. Byte 16 counts from the next wake on.",
    ),
    LogCauseId.SINGLE_WIRE: (
        "This part has no I2C: bit 0 of byte 14 (I2C_Enable) is 0, so it talks over its single wire.",
        "Use a HAL for SWI, or a part with I2C (…-SSHDA and -MAHDA, not -SSHCZ).",
    ),
    LogCauseId.HAL_NOT_READY: (
        "The interface was not opened: the chip was not even asked.",
        "Look at bus number and device file in the configuration of the interface, whether the HAL for it was "
        "built in, "
        "and at the return value of atcab_init.",
    ),
    LogCauseId.BUS_SHARED: (
        "Somebody else holds the chip or the bus: another driver, task or master.",
        "Let one driver alone talk to it; in Linux unbind the kernel's (atmel-ecc, atmel-sha204a) or use that.",
    ),
    LogCauseId.PORT_ACCESS: (
        "The device file or port cannot be opened: it is not there, this user may not, or a program holds it.",
        "Look at `ls -l /dev/i2c-*`; load i2c-dev, name the right bus, or add the user to its group. A serial port: "
        "close the monitor that has it open.",
    ),
    LogCauseId.LINE_DAMAGED: (
        "Bytes are damaged on the way: pull-ups, bus speed, cable, or an answer that was read too early.",
        "Add pull-ups of 2 to 10 kΩ, try 100 kHz, and wait for the execution time before reading.",
    ),
    LogCauseId.WAKE_FRAME_READ: (
        "What was read is the answer to the wake (04 11 33 43): the chip has executed nothing.",
        "Send the word address 03 in front of each command, in one transfer with it, at a speed that the wiring "
        "can do, and look whether that transfer was acknowledged. If only GenKey, Sign or ECDH do it, the supply "
        "breaks down under their current and the chip starts anew: measure it.",
    ),
    LogCauseId.WATCHDOG: (
        "The chip went to sleep in between: its watchdog ends every wake after 0.7 to 1.7 s, and TempKey is lost.",
        "Wake it right before each sequence, and idle and wake it before a long command.",
    ),
    LogCauseId.OTHER_VARIANT: (
        "The firmware expects another variant of the chip: its certificates or slots are not those of this one.",
        "Choose the type of the chip in the firmware (Trust&GO, TrustFLEX, TrustCUSTOM), or provision a blank one "
        "first: "
        "`atecc-bench info --port URL` says which it is.",
    ),
    LogCauseId.WRONG_PART: (
        "The chip is another part than the program was told.",
        "Compare devtype in the code with what `atecc-bench info --port URL` finds.",
    ),
    LogCauseId.ZONES_OPEN: (
        "The chip is not locked yet: configuration or data zone is open.",
        "Configure it, then lock both zones; that can never be undone. `atecc-bench config lint FILE` looks at it "
        "first.",
    ),
    LogCauseId.ZONES_LOCKED: (
        "A zone is locked for ever, and what is wanted needs it open.",
        "Work with what the configuration says, or take a new chip: `atecc-bench config decode FILE` says what it "
        "allows.",
    ),
    LogCauseId.REFUSED: (
        "The chip refuses the command, by its configuration or its present state.",
        "Ask which rule it is, with the words of the command that was refused, such as these for GenKey: "
        '`atecc-bench explain --config FILE --command "genkey key=private slot=0" --answered 0F`.',
    ),
    LogCauseId.ILLEGAL_COMMAND: (
        "The chip does not know this command, mode or length.",
        "Compare it with `atecc-bench command --list`.",
    ),
    LogCauseId.WRONG_PROOF: (
        "A signature or MAC does not fit the key or the message.",
        "Look at key, digest and byte order; `atecc-bench cert verify` checks a chain.",
    ),
    LogCauseId.ECC_FAULT: (
        "A computation on the curve failed.",
        "Send the command again; if it happens each time, the key or point is not one of P-256.",
    ),
    LogCauseId.USED_UP: (
        "The uses of the key are spent for ever.",
        "Use another key; `atecc-bench config decode FILE` says which are limited.",
    ),
    LogCauseId.NO_RANDOM: (
        "The random numbers are FF FF 00 00 over and over: the chip makes none before the configuration lock.",
        "Lock the configuration zone first; that can never be undone.",
    ),
    LogCauseId.CHIP_DEFECT: (
        "A self test of the chip failed.",
        "Switch the supply off and on and run SelfTest; a chip that keeps failing is broken.",
    ),
    LogCauseId.WRONG_ARGUMENT: (
        "The program calls the library with an argument that it does not take; the chip was not asked.",
        "Look at slot, sizes and pointers in the call.",
    ),
    LogCauseId.NOT_BUILT_IN: (
        "This build does not have what is asked for.",
        "Look at the options of the build: parts, interfaces, cipher suites.",
    ),
    LogCauseId.MEMORY: ("There is not enough memory.", "Give heap, task stack or TLS buffers more room."),
    LogCauseId.SERVER_CA: (
        "The server's certificate is not accepted by this device; the chip has nothing to do with it.",
        "Give the root of the *server's* chain to TLS (for AWS: Amazon Root CA 1 or 3), and the server's right name.",
    ),
    LogCauseId.CLOCK_NOT_SET: (
        "The clock of this device is wrong, so a certificate seems not yet valid or expired.",
        "Set the time (SNTP) before the first connection.",
    ),
    LogCauseId.CLIENT_REJECTED: (
        "The server does not accept this device: its certificate, the signer above it, or what its policy allows.",
        "Look at what the server knows: is the signer registered, the certificate active, and is it the one for "
        "the key "
        "in the chip (`atecc-bench cert verify --port URL`)?",
    ),
    LogCauseId.CERTIFICATE_UNREADABLE: (
        "A certificate or key cannot be read in the form it was given.",
        "Look at it with `atecc-bench cert show FILE`; a PEM in C needs its closing zero byte counted.",
    ),
    LogCauseId.NETWORK: (
        "The server was not reached, or did not answer in time; the chip has nothing to do with it.",
        "Look at name, port and network.",
    ),
    LogCauseId.READ_TOO_EARLY: (
        "The answer is read before the chip has it: the command still runs, or only a part of the answer was taken.",
        "Wait the whole execution time (GenKey, Sign and ECDH take over 100 ms, on some ATECC608 more), then ask until "
        "the address is acknowledged, and read as many bytes as the count byte says: a buffer of 32 bytes cuts answers "
        "off.",
    ),
    LogCauseId.AES_OFF: (
        "This chip cannot do AES with this slot: AES_Enable (byte 13, bit 0) is 0, KeyType of the slot is not 6, "
        "or its zones are still open; an ATECC508A has no AES at all.",
        "Look at byte 13, KeyConfig of the slot and the locks: `atecc-bench config decode FILE`. None of them can be "
        "changed after the configuration lock; the command is judged by "
        '`atecc-bench explain --config FILE --command "aes slot=9" --answered 03`.',
    ),
    LogCauseId.SECRETS_DIFFER: (
        "Both sides computed another secret: a key, a digest or a byte order is not the one that the other side takes.",
        "Compare the public key of the slot (GenKey in mode public) with the one that the other side has; ECDH takes "
        "X and Y, 64 bytes, big-endian, and where its result is encrypted the protecting key has to be the chip's.",
    ),
    LogCauseId.KEY_FORM: (
        "The key in this slot works for the chip, but is not one in the form that the program asks for.",
        "Let the program make a key of its own in that slot (it tries until one fits), or name the slot that has one. "
        "A slot that is locked keeps its key for ever.",
    ),
    LogCauseId.MODULE_UNUSABLE: (
        "The file that is loaded as PKCS #11 module cannot be used as one: another path, built without PKCS #11, or "
        "without what the caller asks of it (threads, locks).",
        "Look whether the path is that of libcryptoauth.so and it exports C_GetFunctionList (`nm -D`), build "
        "CryptoAuthLib with ATCA_PKCS11=ON in a recent version, and let the caller open it with "
        "CKF_OS_LOCKING_OK or without locks.",
    ),
    LogCauseId.CLOUD_PERMISSION: (
        "The account that asks the cloud may not do this; neither chip nor certificate is the matter.",
        "Give this user or role the named right (for AWS: a policy of IAM), or use an account that has it.",
    ),
    LogCauseId.PROGRAM_CRASHED: (
        "The program itself crashed, in its own memory: whatever the chip answered, that is a fault of the software.",
        "Build CryptoAuthLib and all that calls it in one version and with the same options (atca_config.h), give the "
        "task a larger stack, and look where its backtrace leads; with OpenSSL 3 take the provider, not the engine.",
    ),
    LogCauseId.SUPPLY_LOW: (
        "The supply breaks down, and board or chip start anew.",
        "Measure 3.3 V while it happens; take another cable or supply, and a capacitor of 100 nF at the chip.",
    ),
})  # fmt: skip
