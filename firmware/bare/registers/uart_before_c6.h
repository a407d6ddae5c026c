/*
 * UART0 of ESP32-C2, C3 and S3: what chooses its clock is its own, and a bit of its ID register takes changes over
 * (uart_reg.h).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef UART_BEFORE_C6_H
#define UART_BEFORE_C6_H

#define UART_FSM_STATUS (UART_BASE + 0x6Cu)
#define UART_SCLK_CONF (UART_BASE + 0x78u) /* UART_CLK_CONF_REG */
#define UART_UPDATE_AT (UART_BASE + 0x80u) /* UART_ID_REG */
#define UART_UPDATE (1u << 31)

#include "uart_crystal.h"

#endif
