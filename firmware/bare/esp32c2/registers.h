/*
 * The ESP32-C2, by its technical reference manual and the headers of ESP-IDF (components/soc/esp32c2): reg_base.h,
 * uart_reg.h, gpio_sig_map.h, gpio_reg.h, rtc_cntl_reg.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdint.h>

#define CHIP_NAME "ESP32C2"
#define CHIP_FIRST_SDA 4
#define CHIP_FIRST_SCL 5
#define CHIP_FASTEST_MHZ 120u
#define CHIP_PINS 0x000407FFu /* not VDD_SPI and flash (11 to 17), UART0 (19, 20) (io_mux_reg.h) */
#define XTAL_HERTZ crystal_hertz()
#define SYSTIMER_KHZ (crystal_hertz() / 2500u) /* 16 MHz from 40 MHz */

#define UART_BASE 0x60000000u
#define GPIO_BASE 0x60004000u
#define RTC_CNTL_BASE 0x60008000u
#define IO_MUX_BASE 0x60009000u
#define TIMG0_BASE 0x6001F000u
#define SYSTIMER_BASE 0x60023000u

#define RTC_CNTL_WDTCONFIG0_AT 0x84u
#define RTC_CNTL_TIME_UPDATE (RTC_CNTL_BASE + 0x0Cu)
#define RTC_CNTL_TIME_UPDATE_NOW (1u << 31)
#define RTC_CNTL_TIME_LOW0 (RTC_CNTL_BASE + 0x10u)

#include "blocks.h"
#include "gpio_matrix_128.h"
#include "rtc_watchdogs.h"
#include "uart_before_c6.h"

/* The crystal, 26 or 40 MHz, measured at the first call. */
uint32_t crystal_hertz(void);

#endif
