"""What surrounds the CPU of an emulated chip, as its ROM leaves it.

UART0, timers, clock tree, watchdogs, USB and GPIOs.

Which of it a chip has, and where, is in its table of `registers`; how its clocks are set is in `specs`.
"""

from tests.support.emulated.i2c_bus import I2cWires
from tests.support.emulated.machine import DelayLoops, EmulationError, Registers, StartedFrom, Time, Watchdog
from tests.support.emulated.pins import PadBits, Pins
from tests.support.emulated.registers import TABLES
from tests.support.emulated.specs import ChipSpec, Clocks
from tests.support.emulated.uart import Uart

_ENABLED = 1 << 31  # WDT_EN
_TIMER_FLASH_BOOT = 1 << 14  # WDT_FLASHBOOT_MOD_EN of the timer group's watchdog
_USB_PACKET = 64  # bytes
_TIMER_RUNS = 3 << 30
_REF_TICK = 1_000_000
_UART_CLOCK_ON = 1 << 22


class UsbSerialJtag:
    """USB-Serial-JTAG and the host behind it, which may listen or not."""

    def __init__(self, loops: DelayLoops) -> None:
        self.to_chip = bytearray()
        self.from_chip = bytearray()
        self.listens = True
        self._loops = loops
        self._packet = bytearray()  # what the host gets once the chip says that it is complete

    def has_room(self) -> bool:
        """Whether EP1 takes another byte."""
        return self.listens and len(self._packet) < _USB_PACKET

    def take(self) -> int:
        """A byte from the host."""
        self._loops.acted()
        return self.to_chip.pop(0)

    def put(self, value: int) -> None:
        """A byte for the host."""
        if not self.has_room():
            raise EmulationError("a byte is written to EP1, which is full")
        self._packet.append(value & 0xFF)

    def flush(self, value: int) -> None:
        """Hand over what was put."""
        if value != 1:
            raise EmulationError(f"{value:#x} is written to EP1_CONF")
        self.from_chip += self._packet
        self._packet.clear()


class Peripherals:
    """All registers of one chip; any other access is an error."""

    def __init__(self, spec: ChipSpec, setup: Clocks, rate: int, started: StartedFrom) -> None:
        self.spec = spec
        self.at = {name: value for name, (value, _) in TABLES[spec.name].items()}
        self.time = Time(setup.cpu)
        self.loops = DelayLoops(self.time)
        self.registers = Registers(self.loops)
        self.uart = Uart(self.time, self.loops, self._uart_hertz, self._divider)
        self.uart.host_rate = rate
        self.usb = UsbSerialJtag(self.loops)
        self._setup = setup
        self._crystal = setup.crystal or self.at.get("XTAL_HERTZ", 0)
        self._latched = self._slow_latched = 0
        self._list_uart(rate)
        self._list_timers()
        self._list_clock_tree()
        self._list_watchdogs(started)
        if spec.has_usb:
            self._list_usb()

    def connect(self, wires: I2cWires, wired: dict[int, str]) -> None:
        """Connect GPIOs to the I2C wires."""
        at, add_plain = self.at, self.registers.add_plain
        pins = Pins(PadBits(at["SIG_GPIO_OUT"] | at["GPIO_FUNC_OEN_SEL"], at["IO_MUX_FUNCTION_GPIO"]), wires, wired)
        for number in self.spec.gpios:
            pad = at.get(f"IO_MUX_GPIO({number})", at["IO_MUX_GPIO(0)"] + 4 * number)
            matrix = add_plain(at["GPIO_FUNC_OUT_SEL_CFG(0)"] + 4 * number, at["SIG_GPIO_OUT"])
            pins.add_pin(number, matrix, add_plain(pad))
        for first, bank in ((0, ""), (32, "1")):
            if f"GPIO_IN{bank}" in at:
                enable = (at[f"GPIO_ENABLE{bank}_W1TS"], at[f"GPIO_ENABLE{bank}_W1TC"])
                pins.add_bank(self.registers, first, at[f"GPIO_OUT{bank}_W1TC"], enable, at[f"GPIO_IN{bank}"])

    def watchdogs(self) -> list[str]:
        """Those that still run."""
        return [name for name, watchdog in self._watchdogs.items() if watchdog.runs]

    def _list_uart(self, rate: int) -> None:
        at, uart, add, add_plain = self.at, self.uart, self.registers.add, self.registers.add_plain
        sixteenths = round(self._setup.uart * 16 / rate)
        self._clkdiv = add_plain(at["UART_CLKDIV"], sixteenths >> 4 | (sixteenths & 15) << 20)
        add(at["UART_FIFO"], uart.take)
        add(at.get("UART_SEND_FIFO", at["UART_FIFO"]), write=uart.put)
        add(at["UART_INT_ENA"], lambda: uart.interrupts, self._set_uart_interrupts)
        add(at["UART_FSM_STATUS"], lambda: uart.sends() << at["UART_ST_UTX_OUT_S"])
        sends_in_status = at["UART_FSM_STATUS"] == at["UART_STATUS"]
        add(
            at["UART_STATUS"],
            lambda: (
                uart.waiting()
                | uart.unsent() << at["UART_TXFIFO_CNT_S"]
                | (uart.sends() << at["UART_ST_UTX_OUT_S"] if sends_in_status else 0)
            ),
        )
        if "UART_MEM_RX_STATUS" in at:
            add(at["UART_MEM_RX_STATUS"], self._fifo_addresses)
        if "UART_SCLK_CONF" in at:
            source = self._setup.uart_source << at["UART_SCLK_SEL_S"]
            self._sclk = add_plain(at["UART_SCLK_CONF"], source | _UART_CLOCK_ON)
            divides = at.get("UART_SCLK_DIV_CONF")
            self._sclk_divides = self._sclk if divides is None else add_plain(divides)
            self._updates = add_plain(at["UART_UPDATE_AT"], 0x40000500 & ~at["UART_UPDATE"])
            add(at["UART_UPDATE_AT"], write=lambda value: self._updates.write(value & ~at["UART_UPDATE"]))
        if "UART_CONF0" in at:
            self._conf0 = add_plain(at["UART_CONF0"], 0x1000001C)  # from REF_TICK, which no ROM leaves so

    def _list_timers(self) -> None:
        at, add = self.at, self.registers.add
        if "SYSTIMER_UNIT0_OP" in at:
            add(at["SYSTIMER_UNIT0_OP"], lambda: at["SYSTIMER_UNIT0_VALUE_VALID"], self._latch_systimer)
            add(at["SYSTIMER_UNIT0_VALUE_LO"], lambda: self._latched)
        if "TIMG0_T0CONFIG" in at:
            self._timer = self.registers.add_plain(at["TIMG0_T0CONFIG"])
            add(at["TIMG0_T0LO"], lambda: self._latched)
            add(at["TIMG0_T0UPDATE"], write=self._latch_timer)

    def _list_clock_tree(self) -> None:
        at, add, setup = self.at, self.registers.add, self._setup
        if "PCR_SYSCLK_CONF" in at:
            add(at["PCR_SYSCLK_CONF"], lambda: 1 << 31 | self._crystal // 1_000_000 << at["PCR_CLK_XTAL_FREQ_S"])
        if "RTC_CNTL_TIME_UPDATE" in at:
            add(at["RTC_CNTL_TIME_UPDATE"], lambda: 0, self._latch_slow)
            add(at["RTC_CNTL_TIME_LOW0"], lambda: self._slow_latched)
        if "RTC_CNTL_CLK_CONF" in at:
            add(at["RTC_CNTL_CLK_CONF"], lambda: setup.from_pll << at["RTC_CNTL_SOC_CLK_SEL_S"])
            add(at["SYSCON_SYSCLK_CONF"], lambda: setup.pre_divider - 1)
        if "SYSTEM_SYSCLK_CONF" in at:
            source = setup.from_pll << at["SYSTEM_SOC_CLK_SEL_S"]
            add(at["SYSTEM_SYSCLK_CONF"], lambda: 40 << 12 | source | setup.pre_divider - 1)

    def _list_usb(self) -> None:
        usb, add, at = self.usb, self.registers.add, self.at
        add(at["USB_SERIAL_JTAG_EP1"], usb.take, usb.put)
        free = at["USB_SERIAL_JTAG_SERIAL_IN_EP_DATA_FREE"]
        waits = at["USB_SERIAL_JTAG_SERIAL_OUT_EP_DATA_AVAIL"]
        add(
            at["USB_SERIAL_JTAG_EP1_CONF"],
            lambda: bool(usb.to_chip) * waits | usb.has_room() * free,
            usb.flush,
        )

    def _list_watchdogs(self, started: StartedFrom) -> None:
        """The watchdogs, configured as the ROM has left them."""
        registers, at, flash_boot = self.registers, self.at, self.spec.flash_boot
        from_flash = started is StartedFrom.FLASH
        rtc, timer = _ENABLED | flash_boot, _ENABLED | _TIMER_FLASH_BOOT
        take_over = at["TIMG_WDT_CONF_UPDATE_EN"]  # 0: at once
        self._watchdogs = {
            "RWDT": Watchdog(
                *(registers, at["RTC_CNTL_WDTCONFIG0"], at["RTC_CNTL_WDTWPROTECT"], at["WDT_WKEY"]),
                lambda value: not value & rtc,
                value=flash_boot if from_flash else rtc,
            ),
            # A change of its configuration counts once it is told to take it over.
            "MWDT0": Watchdog(
                *(registers, at["TIMG0_WDTCONFIG0"], at["TIMG0_WDTWPROTECT"], at["WDT_WKEY"]),
                lambda value: value & take_over == take_over and not value & timer,
                value=_TIMER_FLASH_BOOT if from_flash else timer,
            ),
        }
        if "RTC_CNTL_SWD_CONF" in at:
            self._watchdogs["super watchdog"] = Watchdog(
                *(registers, at["RTC_CNTL_SWD_CONF"], at["RTC_CNTL_SWD_WPROTECT"], at["SWD_WKEY"]),
                lambda value: bool(value & at["RTC_CNTL_SWD_AUTO_FEED_EN"]),
            )

    def _divider(self) -> float:
        before = 1
        if "UART_SCLK_CONF" in self.at:
            before += self._sclk_divides.value >> self.at["UART_SCLK_DIV_NUM_S"] & 0xFF
        value = self._clkdiv.value
        whole = value & (1 << self.at["UART_CLKDIV_BITS"]) - 1
        return (whole + (value >> self.at["UART_CLKDIV_FRAG_S"] & 0xF) / 16) * before

    def _uart_hertz(self) -> int:
        """The clock that the image has chosen, or the one that the ROM has left."""
        at = self.at
        if "UART_SCLK_CONF" in at:
            source = self._sclk.value >> at["UART_SCLK_SEL_S"] & 3
            return self._crystal if source == at["UART_SCLK_SEL_XTAL"] else self._setup.uart
        if "UART_CONF0" in at and not self._conf0.value & at["UART_TICK_REF_ALWAYS_ON"]:
            return _REF_TICK
        return self._setup.uart

    def _set_uart_interrupts(self, value: int) -> None:
        self.uart.interrupts = value

    def _fifo_addresses(self) -> int:
        self.uart.waiting()
        read, written = self.uart.read_count % 128, self.uart.written % 128
        return read << self.at["UART_MEM_RX_RD_ADDR_S"] | written << self.at["UART_MEM_RX_WR_ADDR_S"]

    def _latch_systimer(self, value: int) -> None:
        if value == self.at["SYSTIMER_UNIT0_UPDATE"]:
            self._latched = self.time.cycles * self._systimer_hertz() // self.time.hertz & 0xFFFFFFFF

    def _systimer_hertz(self) -> int:
        return self.at["SYSTIMER_MHZ"] * 1_000_000 if "SYSTIMER_MHZ" in self.at else self._crystal * 2 // 5

    def _latch_timer(self, _value: int) -> None:
        divider = self._timer.value >> self.at["TIMG_T0_DIVIDER_S"] & 0xFFFF
        if self._timer.value & _TIMER_RUNS == _TIMER_RUNS and divider >= 2:
            self._latched = self.time.cycles * self._setup.uart // self._setup.cpu // divider & 0xFFFFFFFF

    def _latch_slow(self, value: int) -> None:
        if value & self.at["RTC_CNTL_TIME_UPDATE_NOW"]:
            self._slow_latched = self.time.cycles * self._setup.slow // self.time.hertz
