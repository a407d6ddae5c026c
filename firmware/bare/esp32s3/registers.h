/*
 * The ESP32-S3, by its technical reference manual and the headers of ESP-IDF (components/soc/esp32s3): reg_base.h,
 * uart_struct.h, gpio_struct.h, io_mux_reg.h, rtc_cntl_reg.h, timer_group_struct.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#define CHIP_NAME "ESP32S3"
#define CHIP_FIRST_SDA 8
#define CHIP_FIRST_SCL 9
#define CHIP_FASTEST_MHZ 240u
#define CHIP_PINS 0x0027FFFFu  /* not USB (19, 20) and the flash (26 to 32); there are no GPIOs 22 to 25 (io_mux_reg.h) */
#define CHIP_PINS1 0x0001E7C0u /* from 32 on: not what an octal flash takes (33 to 37) and UART0 (43, 44) */
#define XTAL_HERTZ 40000000u   /* SOC_XTAL_FREQ_40M: no other crystal goes with this chip */
#define SYSTIMER_MHZ 16u

#define UART_BASE 0x60000000u
#define GPIO_BASE 0x60004000u
#define RTC_CNTL_BASE 0x60008000u
#define IO_MUX_BASE 0x60009000u
#define TIMG0_BASE 0x6001F000u
#define SYSTIMER_BASE 0x60023000u
#define USB_SERIAL_JTAG_BASE 0x60038000u

#define GPIO_FUNC_OUT_SEL_CFG_AT 0x554u
#define RTC_CNTL_WDTCONFIG0_AT 0x98u
#define TIMG_WDT_CONF_UPDATE_EN 0u /* this chip takes a change over at once */

#include "blocks.h"
#include "gpio_two_banks.h"
#include "rtc_watchdogs.h"
#include "uart_before_c6.h"

#endif
