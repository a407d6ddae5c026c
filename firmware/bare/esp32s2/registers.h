/*
 * The ESP32-S2, by its technical reference manual and the headers of ESP-IDF (components/soc/esp32s2): reg_base.h,
 * uart_reg.h, uart_ll.h, gpio_struct.h, io_mux_reg.h, rtc_cntl_reg.h, system_reg.h, timer_group_reg.h. Its USB is that of
 * the ROM alone: UART0 is the line to the host.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#define CHIP_NAME "ESP32S2"
#define CHIP_FIRST_SDA 8
#define CHIP_FIRST_SCL 9
#define CHIP_FASTEST_MHZ 240u
#define CHIP_PINS 0x0027FFFFu  /* not USB (19, 20) and the flash (26 to 32); there are no GPIOs 22 to 25 (io_mux_reg.h) */
#define CHIP_PINS1 0x000027FEu /* from 32 on: not UART0 (43, 44); 46 is an input alone */
#define XTAL_HERTZ 40000000u   /* SOC_XTAL_FREQ_40M: no other crystal goes with this chip */

#define UART_BASE 0x3F400000u
#define UART_FIFO 0x60000000u /* UART_FIFO_AHB_REG: the FIFO is reached over AHB, both ways (uart_ll.h) */
#define UART_CLKDIV_BITS 20
#define GPIO_BASE 0x3F404000u
#define RTC_CNTL_BASE 0x3F408000u
#define IO_MUX_BASE 0x3F409000u
#define TIMG0_BASE 0x3F41F000u
#define SYSTEM_BASE 0x3F4C0000u

#define UART_CONF0 (UART_BASE + 0x20u)
#define UART_TICK_REF_ALWAYS_ON (1u << 27) /* 1: the APB clock drives UART0 */
#define UART_FSM_STATUS (UART_BASE + 0x68u)
#define GPIO_FUNC_OUT_SEL_CFG_AT 0x554u
#define RTC_CNTL_WDTCONFIG0_AT 0x94u
#define TIMG_WDT_CONF_UPDATE_EN 0u /* this chip takes a change over at once */
#define SYSTEM_SYSCLK_CONF (SYSTEM_BASE + 0x8Cu)
#define SYSTEM_SOC_CLK_SEL_S 10
#define SYSTEM_SOC_CLK_SEL_BITS 2
#define SYSTEM_PRE_DIV_CNT_BITS 10
#define SOC_CLK_SEL_PLL 1u

#include "blocks.h"
#include "gpio_two_banks.h"
#include "rtc_watchdogs.h"
#include "timer_group.h"

#endif
