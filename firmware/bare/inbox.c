/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "inbox.h"

#include "chip.h"

#define ROOM 0x10000u /* a power of two */
#define BAD_CHARACTER '!'

static uint8_t received[ROOM] __attribute__((section(".uninitialized")));

static struct {
    uint32_t taken;
    uint32_t put;
    bool overflows;         /* and everything is dropped until what was received before is taken */
    bool dropped_last_end;  /* the last byte that was dropped was a line feed */
    uint32_t dropped_lines; /* each of them is owed a reply */
} inbox;

void inbox_pump(void)
{
    while (chip_uart_waiting() > 0) {
        const uint8_t byte = (uint8_t)REG(UART_FIFO);
        if (inbox.put - inbox.taken == ROOM) {
            inbox.overflows = true;
        }
        if (inbox.overflows) {
            inbox.dropped_last_end = byte == '\n';
            inbox.dropped_lines += inbox.dropped_last_end;
        } else {
            received[inbox.put++ & (ROOM - 1)] = byte;
        }
    }
}

/*
 * What stands for bytes that were dropped: for each of their lines one that is malformed, so that it gets its reply,
 * and a bad character in the line whose beginning they were.
 */
static size_t make_up(uint8_t *data, size_t room)
{
    size_t size = 0;
    data[size++] = BAD_CHARACTER;
    for (; inbox.dropped_lines > 0 && size < room - 1; inbox.dropped_lines--) {
        data[size++] = '\n';
    }
    if (inbox.dropped_lines == 0) {
        if (size > 1 && !inbox.dropped_last_end) {
            data[size++] = BAD_CHARACTER;
        }
        inbox.overflows = false;
    }
    return size;
}

size_t inbox_take(uint8_t *data, size_t room)
{
    inbox_pump();
    size_t size = 0;
    while (size < room && inbox.taken != inbox.put) {
        data[size++] = received[inbox.taken++ & (ROOM - 1)];
    }
    return size == 0 && inbox.overflows ? make_up(data, room) : size;
}
