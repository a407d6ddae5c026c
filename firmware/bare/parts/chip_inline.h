/*
 * What is called too often for a call.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CHIP_INLINE_H
#define CHIP_INLINE_H

#include "cycles.h"
#include "fields.h"

#ifdef UART_MEM_RX_STATUS
#include "rx_fifo.h"
#else
static inline uint32_t chip_uart_waiting(void)
{
    return FIELD(REG(UART_STATUS), 0, UART_RXFIFO_CNT_BITS);
}
#endif

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
