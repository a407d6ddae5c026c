"""Every register and field that the bare images touch, by chip, with the header of ESP-IDF that it was read in.

The emulated chips list these and no others, and a test holds the C headers of `firmware/bare` against them. Paths are
below `components/soc/CHIP/register/soc` (`include/soc` before ESP-IDF 5.4).
"""

from collections.abc import Mapping

_UART, _GPIO, _MUX, _TIMER = "uart_reg.h", "gpio_reg.h", "io_mux_reg.h", "timer_group_reg.h"
_SYSTIMER, _USB, _RTC, _LP, _PCR = (
    "systimer_reg.h",
    "usb_serial_jtag_reg.h",
    "rtc_cntl_reg.h",
    "lp_wdt_reg.h",
    "pcr_reg.h",
)
_CLKRST = "hp_sys_clkrst_struct.h"
Table = Mapping[str, tuple[int, str]]


def _two_banks(base: int, select_at: int) -> Table:
    """The GPIO matrix with a second bank from GPIO 32 on."""
    return {
        "GPIO_OUT_W1TC": (base + 0x0C, "gpio_struct.h"),
        "GPIO_OUT1_W1TC": (base + 0x18, "gpio_struct.h"),
        "GPIO_ENABLE_W1TS": (base + 0x24, "gpio_struct.h"),
        "GPIO_ENABLE_W1TC": (base + 0x28, "gpio_struct.h"),
        "GPIO_ENABLE1_W1TS": (base + 0x30, "gpio_struct.h"),
        "GPIO_ENABLE1_W1TC": (base + 0x34, "gpio_struct.h"),
        "GPIO_IN": (base + 0x3C, "gpio_struct.h"),
        "GPIO_IN1": (base + 0x40, "gpio_struct.h"),
        "GPIO_FUNC_OUT_SEL_CFG(0)": (base + select_at, "gpio_struct.h"),
        "SIG_GPIO_OUT": (256, "gpio_sig_map.h"),
        "GPIO_FUNC_OEN_SEL": (1 << 10, "gpio_struct.h"),
    }


# The same on each chip with a System Timer.
_FIELDS: Table = {
    "UART_CLKDIV_BITS": (12, _UART),
    "UART_CLKDIV_FRAG_S": (20, _UART),
    "UART_CLKDIV_FRAG_BITS": (4, _UART),
    "UART_RXFIFO_CNT_BITS": (8, _UART),
    "UART_TXFIFO_CNT_S": (16, _UART),
    "UART_TXFIFO_CNT_BITS": (8, _UART),
    "UART_ST_UTX_OUT_S": (4, _UART),
    "UART_ST_UTX_OUT_BITS": (4, _UART),
    "UART_SCLK_DIV_NUM_S": (12, _UART),
    "UART_SCLK_DIV_NUM_BITS": (8, _UART),
    "UART_SCLK_SEL_S": (20, _UART),
    "UART_SCLK_SEL_XTAL": (3, _UART),
    "UART_FIFO_SIZE": (128, "soc_caps.h"),
    "IO_MUX_FUN_WPU": (0x100, _MUX),
    "IO_MUX_FUN_IE": (0x200, _MUX),
    "IO_MUX_FUN_DRV_S": (10, _MUX),
    "IO_MUX_MCU_SEL_S": (12, _MUX),
    "IO_MUX_FUNCTION_GPIO": (1, _MUX),
    "TIMG_WDT_CONF_UPDATE_EN": (1 << 22, _TIMER),
    "WDT_WKEY": (0x50D83AA1, "esptool, targets"),
    "SYSTIMER_UNIT0_UPDATE": (1 << 30, _SYSTIMER),
    "SYSTIMER_UNIT0_VALUE_VALID": (1 << 29, _SYSTIMER),
    "USB_SERIAL_JTAG_WR_DONE": (1, _USB),
    "USB_SERIAL_JTAG_SERIAL_IN_EP_DATA_FREE": (2, _USB),
    "USB_SERIAL_JTAG_SERIAL_OUT_EP_DATA_AVAIL": (4, _USB),
}

ESP32C3: Table = {
    **_FIELDS,
    "XTAL_HERTZ": (40_000_000, "clk_tree_defs.h"),
    "SYSTIMER_MHZ": (16, _SYSTIMER),
    "UART_FIFO": (0x60000000, _UART),
    "UART_INT_ENA": (0x6000000C, _UART),
    "UART_CLKDIV": (0x60000014, _UART),
    "UART_STATUS": (0x6000001C, _UART),
    "UART_FSM_STATUS": (0x6000006C, _UART),
    "UART_SCLK_CONF": (0x60000078, _UART),
    "UART_UPDATE_AT": (0x60000080, _UART),
    "UART_UPDATE": (1 << 31, _UART),
    "GPIO_OUT_W1TC": (0x6000400C, _GPIO),
    "GPIO_ENABLE_W1TS": (0x60004024, _GPIO),
    "GPIO_ENABLE_W1TC": (0x60004028, _GPIO),
    "GPIO_IN": (0x6000403C, _GPIO),
    "GPIO_FUNC_OUT_SEL_CFG(0)": (0x60004554, _GPIO),
    "SIG_GPIO_OUT": (128, "gpio_sig_map.h"),
    "GPIO_FUNC_OEN_SEL": (1 << 9, _GPIO),
    "IO_MUX_GPIO(0)": (0x60009004, _MUX),
    "RTC_CNTL_WDTCONFIG0": (0x60008090, _RTC),
    "RTC_CNTL_WDTWPROTECT": (0x600080A8, _RTC),
    "RTC_CNTL_SWD_CONF": (0x600080AC, _RTC),
    "RTC_CNTL_SWD_AUTO_FEED_EN": (1 << 31, _RTC),
    "RTC_CNTL_SWD_WPROTECT": (0x600080B0, _RTC),
    "SWD_WKEY": (0x8F1D312A, "esptool, targets"),
    "TIMG0_WDTCONFIG0": (0x6001F048, _TIMER),
    "TIMG0_WDTWPROTECT": (0x6001F064, _TIMER),
    "SYSTIMER_UNIT0_OP": (0x60023004, _SYSTIMER),
    "SYSTIMER_UNIT0_VALUE_LO": (0x60023044, _SYSTIMER),
    "USB_SERIAL_JTAG_EP1": (0x60043000, _USB),
    "USB_SERIAL_JTAG_EP1_CONF": (0x60043004, _USB),
}

ESP32C6: Table = {
    **_FIELDS,
    "XTAL_HERTZ": (40_000_000, _PCR),
    "SYSTIMER_MHZ": (16, _SYSTIMER),
    "UART_FIFO": (0x60000000, _UART),
    "UART_INT_ENA": (0x6000000C, _UART),
    "UART_CLKDIV": (0x60000014, _UART),
    "UART_STATUS": (0x6000001C, _UART),
    "UART_FSM_STATUS": (0x60000070, _UART),
    "UART_SCLK_CONF": (0x60096004, _PCR),
    "UART_UPDATE_AT": (0x60000098, _UART),
    "UART_UPDATE": (1, _UART),
    "GPIO_OUT_W1TC": (0x6009100C, _GPIO),
    "GPIO_ENABLE_W1TS": (0x60091024, _GPIO),
    "GPIO_ENABLE_W1TC": (0x60091028, _GPIO),
    "GPIO_IN": (0x6009103C, _GPIO),
    "GPIO_FUNC_OUT_SEL_CFG(0)": (0x60091554, "gpio_struct.h"),
    "SIG_GPIO_OUT": (128, "gpio_sig_map.h"),
    "GPIO_FUNC_OEN_SEL": (1 << 9, "gpio_struct.h"),
    "IO_MUX_GPIO(0)": (0x60090004, _MUX),
    "RTC_CNTL_WDTCONFIG0": (0x600B1C00, _LP),
    "RTC_CNTL_WDTWPROTECT": (0x600B1C18, _LP),
    "RTC_CNTL_SWD_CONF": (0x600B1C1C, _LP),
    "RTC_CNTL_SWD_AUTO_FEED_EN": (1 << 18, _LP),
    "RTC_CNTL_SWD_WPROTECT": (0x600B1C20, _LP),
    "SWD_WKEY": (0x50D83AA1, "esptool, targets"),
    "TIMG0_WDTCONFIG0": (0x60008048, _TIMER),
    "TIMG0_WDTWPROTECT": (0x60008064, _TIMER),
    "SYSTIMER_UNIT0_OP": (0x6000A004, _SYSTIMER),
    "SYSTIMER_UNIT0_VALUE_LO": (0x6000A044, _SYSTIMER),
    "USB_SERIAL_JTAG_EP1": (0x6000F000, _USB),
    "USB_SERIAL_JTAG_EP1_CONF": (0x6000F004, _USB),
}

ESP32H2: Table = {
    **ESP32C6,
    "XTAL_HERTZ": (32_000_000, "clk_tree_defs.h"),
    "RTC_CNTL_WDTWPROTECT": (0x600B1C1C, _LP),
    "RTC_CNTL_SWD_CONF": (0x600B1C20, _LP),
    "RTC_CNTL_SWD_WPROTECT": (0x600B1C24, _LP),
    "TIMG0_WDTCONFIG0": (0x60009048, _TIMER),
    "TIMG0_WDTWPROTECT": (0x60009064, _TIMER),
    "SYSTIMER_UNIT0_OP": (0x6000B004, _SYSTIMER),
    "SYSTIMER_UNIT0_VALUE_LO": (0x6000B044, _SYSTIMER),
}

ESP32C61: Table = {
    **ESP32C6,
    "XTAL_HERTZ": (40_000_000, "soc_caps.h"),
    "UART_SCLK_SEL_XTAL": (0, _PCR),
    "GPIO_OUT_W1TC": (0x6009100C, "gpio_struct.h"),
    "GPIO_ENABLE_W1TS": (0x60091038, "gpio_struct.h"),
    "GPIO_ENABLE_W1TC": (0x6009103C, "gpio_struct.h"),
    "GPIO_IN": (0x60091064, "gpio_struct.h"),
    "GPIO_FUNC_OUT_SEL_CFG(0)": (0x60091AD4, "gpio_struct.h"),
    "SIG_GPIO_OUT": (256, "gpio_struct.h"),
    "GPIO_FUNC_OEN_SEL": (1 << 10, "gpio_struct.h"),
    "IO_MUX_GPIO(0)": (0x60090000, "io_mux_struct.h"),
}

# The crystal is of 40 or 48 MHz, and a register of the chip says which.
ESP32C5: Table = {
    **{name: entry for name, entry in ESP32C61.items() if name != "XTAL_HERTZ"},
    "PCR_SYSCLK_CONF": (0x60096110, _PCR),
    "PCR_CLK_XTAL_FREQ_S": (24, _PCR),
    "PCR_CLK_XTAL_FREQ_BITS": (7, _PCR),
}

# The same offsets as on the ESP32-C6 at other addresses; what chooses the clock of UART0 lies in two registers.
ESP32P4: Table = {
    **_FIELDS,
    "XTAL_HERTZ": (40_000_000, "soc_caps.h"),
    "SYSTIMER_MHZ": (16, _SYSTIMER),
    "UART_SCLK_SEL_S": (24, _CLKRST),
    "UART_SCLK_SEL_XTAL": (0, "uart_ll.h"),
    "UART_SCLK_DIV_NUM_S": (0, _CLKRST),
    "UART_FIFO": (0x500CA000, "uart_struct.h"),
    "UART_INT_ENA": (0x500CA00C, "uart_struct.h"),
    "UART_CLKDIV": (0x500CA014, "uart_struct.h"),
    "UART_STATUS": (0x500CA01C, "uart_struct.h"),
    "UART_FSM_STATUS": (0x500CA070, "uart_struct.h"),
    "UART_SCLK_CONF": (0x500E6068, _CLKRST),
    "UART_SCLK_DIV_CONF": (0x500E606C, _CLKRST),
    "UART_UPDATE_AT": (0x500CA098, "uart_struct.h"),
    "UART_UPDATE": (1, "uart_struct.h"),
    **_two_banks(0x500E0000, 0x558),
    "IO_MUX_GPIO(0)": (0x500E1004, _MUX),
    "RTC_CNTL_WDTCONFIG0": (0x50116000, _LP),
    "RTC_CNTL_WDTWPROTECT": (0x50116018, _LP),
    "RTC_CNTL_SWD_CONF": (0x5011601C, _LP),
    "RTC_CNTL_SWD_AUTO_FEED_EN": (1 << 18, _LP),
    "RTC_CNTL_SWD_WPROTECT": (0x50116020, _LP),
    "SWD_WKEY": (0x50D83AA1, "esptool, targets"),
    "TIMG0_WDTCONFIG0": (0x500C2048, _TIMER),
    "TIMG0_WDTWPROTECT": (0x500C2064, _TIMER),
    "SYSTIMER_UNIT0_OP": (0x500E2004, _SYSTIMER),
    "SYSTIMER_UNIT0_VALUE_LO": (0x500E2044, _SYSTIMER),
    "USB_SERIAL_JTAG_EP1": (0x500D2000, _USB),
    "USB_SERIAL_JTAG_EP1_CONF": (0x500D2004, _USB),
}

# As the ESP32-C3, with a second bank of GPIOs; the watchdog of the timer group takes changes over at once.
ESP32S3: Table = {
    **ESP32C3,
    "XTAL_HERTZ": (40_000_000, "clk_tree_defs.h"),
    **_two_banks(0x60004000, 0x554),
    "RTC_CNTL_WDTCONFIG0": (0x60008098, _RTC),
    "RTC_CNTL_WDTWPROTECT": (0x600080B0, _RTC),
    "RTC_CNTL_SWD_CONF": (0x600080B4, _RTC),
    "RTC_CNTL_SWD_WPROTECT": (0x600080B8, _RTC),
    "TIMG_WDT_CONF_UPDATE_EN": (0, "timer_group_struct.h"),
    "USB_SERIAL_JTAG_EP1": (0x60038000, _USB),
    "USB_SERIAL_JTAG_EP1_CONF": (0x60038004, _USB),
}

# The APB clock drives the UART of these two and the timer that the CPU is measured by.
_ON_APB: Table = {
    **{name: entry for name, entry in _FIELDS.items() if not name.startswith(("UART_SCLK", "SYSTIMER", "USB"))},
    "UART_CLKDIV_BITS": (20, _UART),
    "TIMG_WDT_CONF_UPDATE_EN": (0, _TIMER),
    "TIMG_T0_EN": (1 << 31, _TIMER),
    "TIMG_T0_INCREASE": (1 << 30, _TIMER),
    "TIMG_T0_DIVIDER_S": (13, _TIMER),
    "SOC_CLK_SEL_PLL": (1, "rtc_cntl_reg.h, dport_reg.h"),
}

ESP32S2: Table = {
    **_ON_APB,
    "XTAL_HERTZ": (40_000_000, "clk_tree_defs.h"),
    "UART_FIFO": (0x60000000, "uart_ll.h"),
    "UART_SEND_FIFO": (0x60000000, "uart_ll.h"),
    "UART_INT_ENA": (0x3F40000C, _UART),
    "UART_CLKDIV": (0x3F400014, _UART),
    "UART_STATUS": (0x3F40001C, _UART),
    "UART_CONF0": (0x3F400020, _UART),
    "UART_TICK_REF_ALWAYS_ON": (1 << 27, _UART),
    "UART_FSM_STATUS": (0x3F400068, _UART),
    **_two_banks(0x3F404000, 0x554),
    "IO_MUX_GPIO(0)": (0x3F409004, _MUX),
    "RTC_CNTL_WDTCONFIG0": (0x3F408094, _RTC),
    "RTC_CNTL_WDTWPROTECT": (0x3F4080AC, _RTC),
    "RTC_CNTL_SWD_CONF": (0x3F4080B0, _RTC),
    "RTC_CNTL_SWD_AUTO_FEED_EN": (1 << 31, _RTC),
    "RTC_CNTL_SWD_WPROTECT": (0x3F4080B4, _RTC),
    "SWD_WKEY": (0x8F1D312A, _RTC),
    "SYSTEM_SYSCLK_CONF": (0x3F4C008C, "system_reg.h"),
    "SYSTEM_SOC_CLK_SEL_S": (10, "system_reg.h"),
    "SYSTEM_SOC_CLK_SEL_BITS": (2, "system_reg.h"),
    "SYSTEM_PRE_DIV_CNT_BITS": (10, "system_reg.h"),
    "TIMG0_T0CONFIG": (0x3F41F000, _TIMER),
    "TIMG0_T0LO": (0x3F41F004, _TIMER),
    "TIMG0_T0UPDATE": (0x3F41F00C, _TIMER),
    "TIMG0_WDTCONFIG0": (0x3F41F048, _TIMER),
    "TIMG0_WDTWPROTECT": (0x3F41F064, _TIMER),
}

# Its registers of IO_MUX lie in no order, and there is no super watchdog.
_ESP32_MUX = {
    0: 0x44, 2: 0x40, 4: 0x48, 5: 0x6C, 12: 0x34, 13: 0x38, 14: 0x30, 15: 0x3C, 16: 0x4C, 17: 0x50, 18: 0x70,
    19: 0x74, 21: 0x7C, 22: 0x80, 23: 0x8C, 25: 0x24, 26: 0x28, 27: 0x2C, 32: 0x1C, 33: 0x20,
}  # fmt: skip
ESP32: Table = {
    **_ON_APB,
    "UART_ST_UTX_OUT_S": (24, _UART),
    "UART_FIFO": (0x3FF40000, _UART),
    "UART_SEND_FIFO": (0x60000000, "uart_ll.h"),
    "UART_INT_ENA": (0x3FF4000C, _UART),
    "UART_CLKDIV": (0x3FF40014, _UART),
    "UART_STATUS": (0x3FF4001C, _UART),
    "UART_FSM_STATUS": (0x3FF4001C, _UART),
    "UART_MEM_RX_STATUS": (0x3FF40060, _UART),
    "UART_MEM_RX_RD_ADDR_S": (2, _UART),
    "UART_MEM_RX_WR_ADDR_S": (13, _UART),
    "UART_MEM_RX_ADDR_BITS": (11, _UART),
    **_two_banks(0x3FF44000, 0x530),
    "IO_MUX_FUNCTION_GPIO": (2, _MUX),
    **{f"IO_MUX_GPIO({number})": (0x3FF49000 + at, _MUX) for number, at in _ESP32_MUX.items()},
    "RTC_CNTL_CLK_CONF": (0x3FF48070, _RTC),
    "RTC_CNTL_SOC_CLK_SEL_S": (27, _RTC),
    "RTC_CNTL_SOC_CLK_SEL_BITS": (2, _RTC),
    "RTC_CNTL_WDTCONFIG0": (0x3FF4808C, _RTC),
    "RTC_CNTL_WDTWPROTECT": (0x3FF480A4, _RTC),
    "SYSCON_SYSCLK_CONF": (0x3FF66000, "syscon_reg.h"),
    "SYSCON_PRE_DIV_CNT_BITS": (10, "syscon_reg.h"),
    "TIMG0_T0CONFIG": (0x3FF5F000, _TIMER),
    "TIMG0_T0LO": (0x3FF5F004, _TIMER),
    "TIMG0_T0UPDATE": (0x3FF5F00C, _TIMER),
    "TIMG0_WDTCONFIG0": (0x3FF5F048, _TIMER),
    "TIMG0_WDTWPROTECT": (0x3FF5F064, _TIMER),
}

_USB_NAMES = [name for name in ESP32C3 if name.startswith("USB_")]

# The crystal is one of two, and measured. Where esptool has the super watchdog are other registers of this chip.
ESP32C2: Table = {
    **{name: entry for name, entry in ESP32C3.items() if name not in (*_USB_NAMES, "XTAL_HERTZ", "SYSTIMER_MHZ")},
    "RTC_CNTL_WDTCONFIG0": (0x60008084, _RTC),
    "RTC_CNTL_WDTWPROTECT": (0x6000809C, _RTC),
    "RTC_CNTL_SWD_CONF": (0x600080A0, _RTC),
    "RTC_CNTL_SWD_WPROTECT": (0x600080A4, _RTC),
    "RTC_CNTL_TIME_UPDATE": (0x6000800C, _RTC),
    "RTC_CNTL_TIME_UPDATE_NOW": (1 << 31, _RTC),
    "RTC_CNTL_TIME_LOW0": (0x60008010, _RTC),
}

TABLES: Mapping[str, Table] = {
    "ESP32": ESP32,
    "ESP32S2": ESP32S2,
    "ESP32S3": ESP32S3,
    "ESP32C2": ESP32C2,
    "ESP32C3": ESP32C3,
    "ESP32C5": ESP32C5,
    "ESP32C6": ESP32C6,
    "ESP32C61": ESP32C61,
    "ESP32H2": ESP32H2,
    "ESP32P4": ESP32P4,
}
