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
Table = Mapping[str, tuple[int, str]]

# The same on each RISC-V chip.
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

RISCV: Mapping[str, Table] = {
    "ESP32C2": ESP32C2,
    "ESP32C3": ESP32C3,
    "ESP32C5": ESP32C5,
    "ESP32C6": ESP32C6,
    "ESP32C61": ESP32C61,
    "ESP32H2": ESP32H2,
}
