/*
 * What is called too often for a call.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CHIP_INLINE_H
#define CHIP_INLINE_H

#include "fields.h"

/*
 * mpccr, a performance counter of these chips' own, or mcycle on those that have none (SOC_CPU_HAS_CSR_PC; rv_utils.h).
 * The Makefile says which, for start.S has to know as well.
 */
#ifdef CYCLES_IN_MCYCLE
#define CYCLES "0xB00"
#else
#define CYCLES "0x7E2"
#endif

static inline uint32_t chip_cycles(void)
{
    uint32_t cycles;
    __asm__ volatile("csrr %0, " CYCLES : "=r"(cycles));
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
