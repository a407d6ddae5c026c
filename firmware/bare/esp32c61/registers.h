/*
 * The ESP32-C61, by its technical reference manual and the headers of ESP-IDF (components/soc/esp32c61): reg_base.h,
 * uart_reg.h, pcr_reg.h, gpio_struct.h, io_mux_struct.h, lp_wdt_reg.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#define CHIP_NAME "ESP32C61"
#define CHIP_FIRST_SDA 5
#define CHIP_FIRST_SCL 6
#define CHIP_FASTEST_MHZ 160u
#define CHIP_PINS 0x3FC003FFu /* not UART0 (10, 11), USB (12, 13) and the flash (14 to 21) (io_mux_reg.h) */
#define XTAL_HERTZ 40000000u  /* SOC_XTAL_SUPPORT_40M: no other crystal goes with this chip */
#define UART_SCLK_SEL_XTAL 0u

#include "blocks_of_c6.h"
#include "gpio_matrix_256.h"

#endif
