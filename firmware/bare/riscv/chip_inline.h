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

static inline size_t chip_usb_read(uint8_t *data, size_t room)
{
    size_t size = 0;
    while (size < room && (REG(USB_SERIAL_JTAG_EP1_CONF) & USB_SERIAL_JTAG_SERIAL_OUT_EP_DATA_AVAIL) != 0) {
        data[size++] = (uint8_t)REG(USB_SERIAL_JTAG_EP1);
    }
    return size;
}

static inline bool chip_usb_has_room(void)
{
    return (REG(USB_SERIAL_JTAG_EP1_CONF) & USB_SERIAL_JTAG_SERIAL_IN_EP_DATA_FREE) != 0;
}

static inline void chip_usb_put(uint8_t byte)
{
    REG(USB_SERIAL_JTAG_EP1) = byte;
}

static inline void chip_usb_flush(void)
{
    REG(USB_SERIAL_JTAG_EP1_CONF) = USB_SERIAL_JTAG_WR_DONE;
}

#endif
