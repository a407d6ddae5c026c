/*
 * The ESP32, by its technical reference manual and the headers of ESP-IDF (components/soc/esp32): reg_base.h, uart_reg.h,
 * uart_ll.h, gpio_reg.h, io_mux_reg.h, rtc_cntl_reg.h, syscon_reg.h, timer_group_reg.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#define CHIP_NAME "ESP32"
#define CHIP_FIRST_SDA 21
#define CHIP_FIRST_SCL 22
#define CHIP_FASTEST_MHZ 240u
#define CHIP_PINS 0x0EEFF035u  /* not UART0 (1, 3) and the flash (6 to 11); there are no GPIOs 20 and 24 (io_mux_reg.h) */
#define CHIP_PINS1 0x00000003u /* from 32 on: 34 to 39 are inputs alone */

#define UART_BASE 0x3FF40000u
#define UART_SEND_FIFO 0x60000000u /* UART_FIFO_AHB_REG: writes to the FIFO go over AHB (uart_ll.h) */
#define UART_CLKDIV_BITS 20
#define GPIO_BASE 0x3FF44000u
#define RTC_CNTL_BASE 0x3FF48000u
#define IO_MUX_BASE 0x3FF49000u
#define TIMG0_BASE 0x3FF5F000u
#define SYSCON_BASE 0x3FF66000u

#define UART_FSM_STATUS UART_STATUS
#define UART_ST_UTX_OUT_S 24
#define UART_MEM_RX_STATUS (UART_BASE + 0x60u)
#define UART_MEM_RX_RD_ADDR_S 2
#define UART_MEM_RX_WR_ADDR_S 13
#define UART_MEM_RX_ADDR_BITS 11
#define GPIO_FUNC_OUT_SEL_CFG_AT 0x530u
#define IO_MUX_FUNCTION_GPIO 2u
#define IO_MUX_GPIO(pin) (IO_MUX_BASE + io_mux_at[pin])
#define RTC_CNTL_CLK_CONF (RTC_CNTL_BASE + 0x70u)
#define RTC_CNTL_SOC_CLK_SEL_S 27
#define RTC_CNTL_SOC_CLK_SEL_BITS 2
#define RTC_CNTL_WDTCONFIG0 (RTC_CNTL_BASE + 0x8Cu)
#define RTC_CNTL_WDTWPROTECT (RTC_CNTL_BASE + 0xA4u)
#define SOC_CLK_SEL_PLL 1u
#define SYSCON_SYSCLK_CONF SYSCON_BASE
#define SYSCON_PRE_DIV_CNT_BITS 10
#define TIMG_WDT_CONF_UPDATE_EN 0u /* this chip takes a change over at once */

#include "blocks.h"
#include "gpio_two_banks.h"
#include "io_mux.h"
#include "timer_group.h"

#endif
