/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "serial.h"

#include "chip.h"
#include "clock.h"

#define ROOM 0x10000u /* a power of two */
#define FLOOR_US 1000000u
#define SIXTEENTHS 16u
#define TOLERANCE 50u /* a rate that is off by less than one of so many parts is the usual one it is near to */
#define BAD_CHARACTER '!'
/* The core takes up to 20 000 cycles for a line before it waits for anything; so long the FIFO has to last. */
#define FASTEST_BAUD_PER_MHZ 46080u

typedef enum {
    CHANNEL_UART,
    CHANNEL_USB,
} channel_t;

static uint8_t received[ROOM] __attribute__((section(".uninitialized")));

static struct {
    uint32_t taken;
    uint32_t put;
    bool overflows;         /* and everything is dropped until what was received before is taken */
    bool dropped_last_end;  /* the last byte that was dropped was a line feed */
    uint32_t dropped_lines; /* each of them is owed a reply */
    uint32_t hertz;
    channel_t channel; /* where the last bytes came from */
    bool line_begun;
    uint64_t heard_at;
} line;

/* The rates that a loader uses, of which UART dividers are only near to. */
static uint32_t usual_rate(uint32_t rate)
{
    static const uint32_t usual[] = {115200, 230400, 460800, 921600, 1500000, 2000000};
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        const uint32_t difference = rate > usual[i] ? rate - usual[i] : usual[i] - rate;
        if (difference < usual[i] / TOLERANCE) {
            return usual[i];
        }
    }
    return rate;
}

uint32_t serial_init(void)
{
    REG(UART_INT_ENA) = 0;
    line.hertz = chip_uart_hertz();
    return usual_rate(line.hertz * SIXTEENTHS / chip_uart_divider());
}

void serial_pump(void)
{
    while (chip_uart_waiting() > 0) {
        const uint8_t byte = (uint8_t)REG(UART_FIFO);
        if (line.put - line.taken == ROOM) {
            line.overflows = true;
        }
        if (line.overflows) {
            line.dropped_last_end = byte == '\n';
            line.dropped_lines += line.dropped_last_end;
        } else {
            received[line.put++ & (ROOM - 1)] = byte;
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
    for (; line.dropped_lines > 0 && size < room - 1; line.dropped_lines--) {
        data[size++] = '\n';
    }
    if (line.dropped_lines == 0) {
        if (size > 1 && !line.dropped_last_end) {
            data[size++] = BAD_CHARACTER;
        }
        line.overflows = false;
    }
    return size;
}

static size_t read_uart(uint8_t *data, size_t room)
{
    serial_pump();
    size_t size = 0;
    while (size < room && line.taken != line.put) {
        data[size++] = received[line.taken++ & (ROOM - 1)];
    }
    return size == 0 && line.overflows ? make_up(data, room) : size;
}

static size_t hear(channel_t channel, uint8_t *data, size_t room)
{
    const size_t size = channel == CHANNEL_UART ? read_uart(data, room) : chip_usb_read(data, room);
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

void serial_send(void *context, const char *text, size_t size)
{
    (void)context;
    if (line.channel == CHANNEL_USB) {
        chip_usb_send(text, size);
        return;
    }
    for (size_t i = 0; i < size; i++) {
        do {
            serial_pump();
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
    while (chip_uart_unsent() > 0 || chip_uart_sends()) {
        serial_pump();
    }
    chip_set_uart_divider((line.hertz * SIXTEENTHS + rate / 2) / rate);
}
