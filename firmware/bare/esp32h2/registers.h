/*
 * The ESP32-H2, by its technical reference manual and the headers of ESP-IDF (components/soc/esp32h2): reg_base.h,
 * uart_reg.h, pcr_reg.h, gpio_sig_map.h, gpio_struct.h, io_mux_reg.h, lp_wdt_reg.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#define CHIP_NAME "ESP32H2"
#define CHIP_FIRST_SDA 10
#define CHIP_FIRST_SCL 11
#define CHIP_FASTEST_MHZ 96u
#define CHIP_PINS 0x02407FFFu /* not the flash (15 to 21), UART0 (23, 24), USB (26, 27) (io_mux_reg.h) */
#define XTAL_HERTZ 32000000u  /* SOC_XTAL_FREQ_32M: no other crystal goes with this chip */

#define TIMG0_BASE 0x60009000u
#define SYSTIMER_BASE 0x6000B000u
#define LP_WDT_WPROTECT_AT 0x1Cu

#include "blocks_of_c6.h"
#include "gpio_matrix_128.h"

#endif
