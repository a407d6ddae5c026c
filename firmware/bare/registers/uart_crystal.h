/*
 * What chooses the clock of a UART that can run from the crystal (uart_reg.h, pcr_reg.h, hp_sys_clkrst_reg.h).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef UART_CRYSTAL_H
#define UART_CRYSTAL_H

#ifndef UART_SCLK_DIV_CONF
#define UART_SCLK_DIV_CONF UART_SCLK_CONF
#endif
#ifndef UART_SCLK_DIV_NUM_S
#define UART_SCLK_DIV_NUM_S 12
#endif
#define UART_SCLK_DIV_NUM_BITS 8
#ifndef UART_SCLK_SEL_S
#define UART_SCLK_SEL_S 20
#endif
#define UART_SCLK_SEL_BITS 2
#ifndef UART_SCLK_SEL_XTAL
#define UART_SCLK_SEL_XTAL 3u
#endif

#endif
