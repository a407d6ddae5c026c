/*
 * The bridge's C core as a process: lines come in and the port's calls go out over the standard streams.
 *
 * Frames from the parent: 'L', 16-bit size (little-endian), bytes from the serial line. The port's calls are frames
 * to the parent, each answered before the next: see port_* below. '.' says that all bytes have been taken.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit_bridge.h"

static void take(void *data, size_t size)
{
    if (fread(data, 1, size, stdin) != size) {
        exit(0); /* the parent has gone */
    }
}

static void put(const void *data, size_t size)
{
    fwrite(data, 1, size, stdout);
}

static void put_number(uint32_t number)
{
    const uint8_t bytes[4] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16), (uint8_t)(number >> 24)};
    put(bytes, sizeof bytes);
}

static void call(char name)
{
    put(&name, 1);
}

static uint8_t answer(void)
{
    uint8_t value;
    fflush(stdout);
    take(&value, 1);
    return value;
}

static uint64_t port_now(void *context)
{
    (void)context;
    uint8_t bytes[8];
    call('n');
    fflush(stdout);
    take(bytes, sizeof bytes);
    uint64_t now = 0;
    for (int i = 7; i >= 0; i--) {
        now = now << 8 | bytes[i];
    }
    return now;
}

static void port_wait(void *context, uint32_t microseconds)
{
    (void)context;
    call('d');
    put_number(microseconds);
}

static kit_i2c_result_t port_wake(void *context)
{
    (void)context;
    call('w');
    return answer();
}

static kit_i2c_result_t port_probe(void *context, uint8_t address)
{
    (void)context;
    call('p');
    put(&address, 1);
    return answer();
}

static kit_i2c_result_t port_write(void *context, uint8_t address, const uint8_t *data, size_t size)
{
    (void)context;
    call('W');
    put(&address, 1);
    put_number((uint32_t)size);
    put(data, size);
    return answer();
}

static kit_i2c_result_t port_read(void *context, uint8_t address, uint8_t *data, size_t size)
{
    (void)context;
    call('R');
    put(&address, 1);
    put_number((uint32_t)size);
    const kit_i2c_result_t result = answer();
    if (result == KIT_I2C_OK) {
        take(data, size);
    }
    return result;
}

static bool port_set_pins(void *context, uint32_t sda, uint32_t scl)
{
    (void)context;
    call('s');
    put_number(sda);
    put_number(scl);
    return answer();
}

static bool port_set_clock(void *context, uint32_t hertz)
{
    (void)context;
    call('c');
    put_number(hertz);
    return answer();
}

static bool port_has_baud(void *context, uint32_t rate)
{
    (void)context;
    call('b');
    put_number(rate);
    return answer();
}

static void port_set_baud(void *context, uint32_t rate)
{
    (void)context;
    call('B');
    put_number(rate);
}

static void port_send(void *context, const char *text, size_t size)
{
    (void)context;
    call('t');
    put_number((uint32_t)size);
    put(text, size);
}

int main(int argc, char **argv)
{
    const kit_port_t port = {
        .now_us = port_now,
        .wait_us = port_wait,
        .wake = port_wake,
        .probe = port_probe,
        .write = port_write,
        .read = port_read,
        .set_pins = port_set_pins,
        .set_clock = port_set_clock,
        .has_baud = port_has_baud,
        .set_baud = port_set_baud,
        .send = port_send,
    };
    if (argc != 3) {
        return 2;
    }
    const kit_identity_t identity = {.name = argv[1], .version = argv[2], .is_virtual = true};
    /* On the heap, so that the sanitizer watches both ends of it. */
    kit_bridge_t *bridge = malloc(sizeof *bridge);
    if (bridge == NULL) {
        return 2;
    }
    kit_bridge_init(bridge, &port, &identity, KIT_FIRST_BAUD);
    for (;;) {
        call('.');
        fflush(stdout);
        uint8_t header[3];
        if (fread(header, 1, sizeof header, stdin) != sizeof header || header[0] != 'L') {
            break;
        }
        const size_t size = (size_t)(header[1] | header[2] << 8);
        /* A copy of its exact size: reading one byte too many is found. */
        uint8_t *data = malloc(size > 0 ? size : 1);
        if (data == NULL) {
            return 2;
        }
        take(data, size);
        kit_bridge_receive(bridge, data, size);
        free(data);
    }
    free(bridge);
    return 0;
}
