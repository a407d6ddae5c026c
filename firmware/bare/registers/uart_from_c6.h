/*
 * UART0 of the chips from the ESP32-C6 on: a register of its own takes changes over (uart_reg.h). What chooses its clock
 * lies with the other clocks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef UART_FROM_C6_H
#define UART_FROM_C6_H

#define UART_FSM_STATUS (UART_BASE + 0x70u)
#define UART_UPDATE_AT (UART_BASE + 0x98u) /* UART_REG_UPDATE_REG */
#define UART_UPDATE (1u << 0)

#include "uart_crystal.h"

#endif
