/*
 * The ESP32-C3, by its technical reference manual and the headers of ESP-IDF (components/soc/esp32c3): reg_base.h,
 * uart_reg.h, gpio_sig_map.h, gpio_reg.h, rtc_cntl_reg.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#define CHIP_NAME "ESP32C3"
#define CHIP_FIRST_SDA 4
#define CHIP_FIRST_SCL 5
#define CHIP_FASTEST_MHZ 160u
#define CHIP_PINS 0x000007FFu /* behind GPIO 10 flash, USB and UART0 (datasheet) */
#define XTAL_HERTZ 40000000u  /* SOC_XTAL_FREQ_40M: no other crystal goes with this chip */
#define SYSTIMER_MHZ 16u

#define UART_BASE 0x60000000u
#define GPIO_BASE 0x60004000u
#define RTC_CNTL_BASE 0x60008000u
#define IO_MUX_BASE 0x60009000u
#define TIMG0_BASE 0x6001F000u
#define SYSTIMER_BASE 0x60023000u
#define USB_SERIAL_JTAG_BASE 0x60043000u

#define RTC_CNTL_WDTCONFIG0_AT 0x90u

#include "blocks.h"
#include "gpio_matrix_128.h"
#include "rtc_watchdogs.h"
#include "uart_before_c6.h"

#endif
