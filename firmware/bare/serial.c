/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "serial.h"

#include "chip.h"
#include "clock.h"
#include "inbox.h"
#include "kit_bridge.h"

#define FLOOR_US 1000000u
#define SIXTEENTHS 16u
/* The core takes up to 20 000 cycles for a line before it waits for anything; so long the FIFO has to last. */
#define FASTEST_BAUD_PER_MHZ 46080u
#define USB_PATIENCE_US 200000u /* a host that has gone must not hold the bridge */

typedef enum {
    CHANNEL_UART,
    CHANNEL_USB,
} channel_t;

static struct {
    uint32_t hertz;
    channel_t channel; /* where the last bytes came from */
    bool line_begun;
    uint64_t heard_at;
} line;

static void drain(void)
{
    while (chip_uart_unsent() > 0 || chip_uart_sends()) {
        inbox_pump();
    }
}

void serial_init(void)
{
    REG(UART_INT_ENA) = 0;
    drain();
    line.hertz = chip_uart_hertz();
    serial_set_baud(NULL, KIT_FIRST_BAUD);
}

static size_t hear(channel_t channel, uint8_t *data, size_t room)
{
    const size_t size = channel == CHANNEL_UART ? inbox_take(data, room) : chip_usb_read(data, room);
    if (size > 0) {
        line.channel = channel;
        line.line_begun = data[size - 1] != '\n';
        line.heard_at = clock_now_us(NULL);
    }
    return size;
}

size_t serial_read(uint8_t *data, size_t room)
{
    const uint64_t now = clock_now_us(NULL);
    if (line.line_begun && now - line.heard_at < FLOOR_US) {
        return hear(line.channel, data, room);
    }
    line.line_begun = false;
    const size_t size = hear(CHANNEL_UART, data, room);
    return size > 0 ? size : hear(CHANNEL_USB, data, room);
}

/* False: the host takes nothing. */
static bool wait_for_usb(void)
{
    const uint32_t begun = chip_cycles();
    while (!chip_usb_has_room()) {
        inbox_pump();
        if (chip_cycles() - begun > USB_PATIENCE_US * clock_mhz()) {
            return false;
        }
    }
    return true;
}

static void send_usb(const char *text, size_t size)
{
    for (size_t i = 0; i < size && wait_for_usb(); i++) {
        chip_usb_put((uint8_t)text[i]);
        if (!chip_usb_has_room() || i + 1 == size) {
            chip_usb_flush();
        }
    }
}

void serial_send(void *context, const char *text, size_t size)
{
    (void)context;
    if (line.channel == CHANNEL_USB) {
        send_usb(text, size);
        return;
    }
    for (size_t i = 0; i < size; i++) {
        do {
            inbox_pump();
        } while (chip_uart_unsent() >= UART_FIFO_SIZE - 1);
        REG(UART_SEND_FIFO) = (uint8_t)text[i];
    }
}

bool serial_has_baud(void *context, uint32_t rate)
{
    (void)context;
    return rate <= FASTEST_BAUD_PER_MHZ * clock_mhz();
}

void serial_set_baud(void *context, uint32_t rate)
{
    (void)context;
    drain();
    chip_set_uart_divider((line.hertz * SIXTEENTHS + rate / 2) / rate);
}
