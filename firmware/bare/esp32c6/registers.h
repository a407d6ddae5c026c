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

#include "blocks_of_c6.h"
#include "gpio_matrix_128.h"

#endif
