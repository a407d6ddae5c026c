/*
 * The ESP32-P4, by its technical reference manual and the headers of ESP-IDF (components/soc/esp32p4, hw_ver1 and hw_ver3,
 * which agree in what is here): reg_base.h, uart_struct.h, hp_sys_clkrst_struct.h, gpio_struct.h, io_mux_reg.h,
 * timer_group_struct.h; watchdogs from esptool's target.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#define CHIP_NAME "ESP32P4"
#define CHIP_FIRST_SDA 7
#define CHIP_FIRST_SCL 8
#define CHIP_FASTEST_MHZ 400u
#define CHIP_PINS 0xF0FFFFFFu  /* not USB (24 to 27); the flash has pins of its own (io_mux_reg.h) */
#define CHIP_PINS1 0x007FFF9Fu /* from 32 on: not UART0 (37, 38) */
#define XTAL_HERTZ 40000000u   /* SOC_XTAL_SUPPORT_40M: no other crystal goes with this chip */
#define SYSTIMER_MHZ 16u

#define UART_BASE 0x500CA000u
#define TIMG0_BASE 0x500C2000u
#define USB_SERIAL_JTAG_BASE 0x500D2000u
#define GPIO_BASE 0x500E0000u
#define IO_MUX_BASE 0x500E1000u
#define SYSTIMER_BASE 0x500E2000u
#define HP_SYS_CLKRST_BASE 0x500E6000u
#define LP_WDT_BASE 0x50116000u

#define GPIO_FUNC_OUT_SEL_CFG_AT 0x558u
#define UART_SCLK_CONF (HP_SYS_CLKRST_BASE + 0x68u) /* HP_SYS_CLKRST_PERI_CLK_CTRL110_REG */
#define UART_SCLK_SEL_S 24
#define UART_SCLK_SEL_XTAL 0u
#define UART_SCLK_DIV_CONF (HP_SYS_CLKRST_BASE + 0x6Cu) /* HP_SYS_CLKRST_PERI_CLK_CTRL111_REG */
#define UART_SCLK_DIV_NUM_S 0

#include "blocks.h"
#include "gpio_two_banks.h"
#include "lp_watchdogs.h"
#include "uart_from_c6.h"

#endif
