/*
 * The ESP32-C5, by its technical reference manual and the headers of ESP-IDF (components/soc/esp32c5): reg_base.h,
 * uart_reg.h, pcr_reg.h, gpio_struct.h, io_mux_struct.h, lp_wdt_reg.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#define CHIP_NAME "ESP32C5"
#define CHIP_FIRST_SDA 8
#define CHIP_FIRST_SCL 9
#define CHIP_FASTEST_MHZ 240u
#define CHIP_PINS 0x1F8007FFu /* not UART0 (11, 12), USB (13, 14) and the flash (15 to 22) (io_mux_reg.h) */
#define XTAL_HERTZ (FIELD(REG(PCR_SYSCLK_CONF), PCR_CLK_XTAL_FREQ_S, PCR_CLK_XTAL_FREQ_BITS) * 1000000u) /* 40 or 48 MHz */
#define UART_SCLK_SEL_XTAL 0u

#include "blocks_of_c6.h"
#include "gpio_matrix_256.h"

#define PCR_SYSCLK_CONF (PCR_BASE + 0x110u)
#define PCR_CLK_XTAL_FREQ_S 24
#define PCR_CLK_XTAL_FREQ_BITS 7

#endif
