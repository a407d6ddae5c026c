/*
 * What is called too often for a call.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CHIP_INLINE_H
#define CHIP_INLINE_H

#include "fields.h"

/* mpccr, a performance counter of these chips' own ("ESP-RISC-V CPU"; ESP-IDF's rv_utils.h). */
static inline uint32_t chip_cycles(void)
{
    uint32_t cycles;
    __asm__ volatile("csrr %0, 0x7E2" : "=r"(cycles));
    return cycles;
}

static inline uint32_t chip_uart_waiting(void)
{
    return FIELD(REG(UART_STATUS), 0, UART_RXFIFO_CNT_BITS);
}

static inline uint32_t chip_uart_unsent(void)
{
    return FIELD(REG(UART_STATUS), UART_TXFIFO_CNT_S, UART_TXFIFO_CNT_BITS);
}

static inline bool chip_uart_sends(void)
{
    return FIELD(REG(UART_FSM_STATUS), UART_ST_UTX_OUT_S, UART_ST_UTX_OUT_BITS) != 0;
}

#ifdef USB_SERIAL_JTAG_BASE
#include "usb_serial_jtag.h"
#else
#include "no_usb.h"
#endif

#endif
