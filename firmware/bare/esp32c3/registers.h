/*
 * Registers of the ESP32-C3 by the names of Espressif's "ESP32-C3 Technical Reference Manual". Behind each block are
 * the chapter and the header of ESP-IDF (components/soc/esp32c3) that tell its addresses and fields.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#define REG(address) (*(volatile uint32_t *)(address))

#define CHIP_NAME "ESP32C3"
#define CHIP_FIRST_SDA 4
#define CHIP_FIRST_SCL 5
#define CHIP_FASTEST_MHZ 160u

/* UART Controller; uart_reg.h. */
#define UART_FIFO 0x60000000u
#define UART_SEND_FIFO UART_FIFO
#define UART_INT_ENA 0x6000000Cu
#define UART_CLKDIV 0x60000014u
#define UART_CLKDIV_BITS 12
#define UART_CLKDIV_FRAG_S 20
#define UART_CLKDIV_FRAG_BITS 4
#define UART_STATUS 0x6000001Cu
#define UART_RXFIFO_CNT_BITS 10
#define UART_TXFIFO_CNT_S 16
#define UART_TXFIFO_CNT_BITS 10
#define UART_FSM_STATUS 0x6000006Cu
#define UART_ST_UTX_OUT_S 4
#define UART_ST_UTX_OUT_BITS 4
#define UART_CLK_CONF 0x60000078u
#define UART_SCLK_DIV_NUM_S 12
#define UART_SCLK_DIV_NUM_BITS 8
#define UART_SCLK_SEL_S 20
#define UART_SCLK_SEL_BITS 2
#define UART_SCLK_SEL_XTAL 3u
#define UART_ID 0x60000080u
#define UART_UPDATE (1u << 31)
#define UART_FIFO_SIZE 128u /* SOC_UART_FIFO_LEN in soc_caps.h */

/* IO MUX and GPIO Matrix; gpio_reg.h, io_mux_reg.h, gpio_sig_map.h. */
#define GPIO_OUT_W1TC 0x6000400Cu
#define GPIO_ENABLE_W1TS 0x60004024u
#define GPIO_ENABLE_W1TC 0x60004028u
#define GPIO_IN 0x6000403Cu
#define GPIO_FUNC_OUT_SEL_CFG(pin) (0x60004554u + 4u * (pin))
#define SIG_GPIO_OUT 128u
#define GPIO_FUNC_OEN_SEL (1u << 9)
#define IO_MUX_GPIO(pin) (0x60009004u + 4u * (pin))
#define IO_MUX_FUN_WPU (1u << 8)
#define IO_MUX_FUN_IE (1u << 9)
#define IO_MUX_FUN_DRV_S 10
#define IO_MUX_MCU_SEL_S 12
#define IO_MUX_FUNCTION_GPIO 1u

/* Low-power watchdogs ("Watchdog Timers", "Low-power Management"); rtc_cntl_reg.h, esptool's targets/esp32c3.py. */
#define RTC_CNTL_WDTCONFIG0 0x60008090u
#define RTC_CNTL_WDTWPROTECT 0x600080A8u
#define RTC_CNTL_SWD_CONF 0x600080ACu
#define RTC_CNTL_SWD_AUTO_FEED_EN (1u << 31)
#define RTC_CNTL_SWD_WPROTECT 0x600080B0u
#define SWD_WKEY 0x8F1D312Au

/* Timer Group 0, the main watchdog; timer_group_reg.h. */
#define TIMG0_WDTCONFIG0 0x6001F048u
#define TIMG_WDT_CONF_UPDATE_EN (1u << 22) /* mwdt_ll.h sets it behind each change */
#define TIMG0_WDTWPROTECT 0x6001F064u
#define WDT_WKEY 0x50D83AA1u

/* System Timer, 16 MHz from the crystal whatever the CPU does; systimer_reg.h. */
#define SYSTIMER_UNIT0_OP 0x60023004u
#define SYSTIMER_UNIT0_UPDATE (1u << 30)
#define SYSTIMER_UNIT0_VALUE_VALID (1u << 29)
#define SYSTIMER_UNIT0_VALUE_LO 0x60023044u
#define SYSTIMER_MHZ 16u

/* Reset and Clock; system_reg.h. */
#define SYSTEM_SYSCLK_CONF 0x600C0058u
#define SYSTEM_PRE_DIV_CNT_BITS 10
#define SYSTEM_SOC_CLK_SEL_S 10
#define SYSTEM_SOC_CLK_SEL_BITS 2
#define SOC_CLK_SEL_PLL 1u
#define XTAL_HERTZ 40000000u /* SOC_XTAL_FREQ_40M: no other crystal goes with this chip */

/* USB Serial/JTAG Controller; usb_serial_jtag_reg.h. */
#define USB_SERIAL_JTAG_EP1 0x60043000u
#define USB_SERIAL_JTAG_EP1_CONF 0x60043004u
#define USB_SERIAL_JTAG_WR_DONE (1u << 0)
#define USB_SERIAL_JTAG_SERIAL_IN_EP_DATA_FREE (1u << 1)
#define USB_SERIAL_JTAG_SERIAL_OUT_EP_DATA_AVAIL (1u << 2)

#endif
