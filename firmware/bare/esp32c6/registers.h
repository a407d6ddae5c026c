/*
 * The ESP32-C6, by its technical reference manual and the headers of ESP-IDF (components/soc/esp32c6): reg_base.h,
 * uart_reg.h, pcr_reg.h, gpio_sig_map.h, gpio_struct.h, io_mux_reg.h, lp_wdt_reg.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#define CHIP_NAME "ESP32C6"
#define CHIP_FIRST_SDA 6
#define CHIP_FIRST_SCL 7
#define CHIP_FASTEST_MHZ 160u
#define CHIP_PINS 0x00FCCFFFu /* not USB (12, 13), UART0 (16, 17), and from 24 on the flash (io_mux_reg.h) */
#define XTAL_HERTZ 40000000u  /* PCR_CLK_XTAL_FREQ: no other crystal goes with this chip */
#define SYSTIMER_MHZ 16u

#define UART_BASE 0x60000000u
#define TIMG0_BASE 0x60008000u
#define SYSTIMER_BASE 0x6000A000u
#define USB_SERIAL_JTAG_BASE 0x6000F000u
#define IO_MUX_BASE 0x60090000u
#define GPIO_BASE 0x60091000u
#define PCR_BASE 0x60096000u
#define LP_WDT_BASE 0x600B1C00u
#define LP_WDT_WPROTECT_AT 0x18u

#define UART_FSM_STATUS (UART_BASE + 0x70u)
#define UART_SCLK_CONF (PCR_BASE + 0x04u) /* PCR_UART0_SCLK_CONF_REG */
#define UART_UPDATE_AT (UART_BASE + 0x98u) /* UART_REG_UPDATE_REG */
#define UART_UPDATE (1u << 0)

#include "blocks.h"
#include "gpio_matrix_128.h"
#include "lp_watchdogs.h"

#endif
