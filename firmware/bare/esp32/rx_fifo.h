/*
 * How many bytes wait in the receive FIFO of an ESP32.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RX_FIFO_H
#define RX_FIFO_H

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

#endif
