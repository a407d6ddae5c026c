/*
 * What is called too often for a call.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CHIP_INLINE_H
#define CHIP_INLINE_H

#include "fields.h"

static inline uint32_t chip_cycles(void)
{
    uint32_t cycles;
    __asm__ volatile("rsr %0, ccount" : "=a"(cycles));
    return cycles;
}

static inline uint32_t chip_uart_waiting(void)
{
    /* The count of the FIFO may be one too small ("ESP32 Series SoC Errata", UART-1); its addresses are right. */
    const uint32_t memory = REG(UART_MEM_RX_STATUS);
    const uint32_t read = FIELD(memory, UART_MEM_RX_RD_ADDR_S, UART_MEM_RX_ADDR_BITS);
    const uint32_t written = FIELD(memory, UART_MEM_RX_WR_ADDR_S, UART_MEM_RX_ADDR_BITS);
    if (written != read) {
        return (written - read) & (UART_FIFO_SIZE - 1);
    }
    return FIELD(REG(UART_STATUS), 0, UART_RXFIFO_CNT_BITS) > 0 ? UART_FIFO_SIZE : 0;
}

static inline uint32_t chip_uart_unsent(void)
{
    return FIELD(REG(UART_STATUS), UART_TXFIFO_CNT_S, UART_TXFIFO_CNT_BITS);
}

static inline bool chip_uart_sends(void)
{
    return FIELD(REG(UART_STATUS), UART_ST_UTX_OUT_S, UART_ST_UTX_OUT_BITS) != 0;
}

#include "no_usb.h"

#endif
