/*
 * libFuzzer target: any bytes on the serial line, and a bus that does whatever the input says.
 *
 * The first part of the input scripts the bus, the rest is what the host sends. Every line feed must get exactly
 * one reply line, made of the characters of the protocol.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "kit_bridge.h"

typedef struct {
    const uint8_t *script;
    size_t script_size;
    size_t at;
    uint64_t now;
    size_t replies;
} world_t;

static uint8_t next(world_t *world)
{
    if (world->script_size == 0) {
        return 0;
    }
    const uint8_t value = world->script[world->at % world->script_size];
    world->at++;
    return value;
}

static uint64_t now_us(void *context)
{
    return ((world_t *)context)->now;
}

static void wait_us(void *context, uint32_t microseconds)
{
    ((world_t *)context)->now += microseconds + 1u;
}

static kit_i2c_result_t result(world_t *world)
{
    const uint8_t value = next(world);
    world->now += 100u + value;
    return value < 160 ? KIT_I2C_OK : value < 250 ? KIT_I2C_NACK : KIT_I2C_STUCK;
}

static kit_i2c_result_t wake_bus(void *context)
{
    return result(context);
}

static kit_i2c_result_t probe(void *context, uint8_t address)
{
    (void)address;
    return next(context) > 250 ? KIT_I2C_OK : KIT_I2C_NACK;
}

static kit_i2c_result_t write_bus(void *context, uint8_t address, const uint8_t *data, size_t size)
{
    (void)address;
    uint8_t sum = 0;
    for (size_t i = 0; i < size; i++) {
        sum = (uint8_t)(sum + data[i]); /* every byte must be there to be read */
    }
    ((world_t *)context)->now += sum;
    return result(context);
}

static kit_i2c_result_t read_bus(void *context, uint8_t address, uint8_t *data, size_t size)
{
    (void)address;
    const kit_i2c_result_t outcome = result(context);
    if (outcome == KIT_I2C_OK) {
        for (size_t i = 0; i < size; i++) {
            data[i] = next(context);
        }
    }
    return outcome;
}

static bool set_pins(void *context, uint32_t sda, uint32_t scl)
{
    (void)context;
    return sda < 40 && scl < 40;
}

static bool set_rate(void *context, uint32_t rate)
{
    (void)context;
    return rate != 0;
}

static void set_baud(void *context, uint32_t rate)
{
    (void)context;
    (void)rate;
}

static void send_text(void *context, const char *text, size_t size)
{
    if (size < 2 || text[size - 1] != '\n') {
        abort();
    }
    for (size_t i = 0; i + 1 < size; i++) {
        const char c = text[i];
        if (c < ' ' || c > '~') {
            abort();
        }
    }
    ((world_t *)context)->replies++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    const size_t script_size = data[0] % 64 < size - 1 ? data[0] % 64 : size - 1;
    world_t world = {.script = data + 1, .script_size = script_size};
    const kit_port_t port = {
        .context = &world,
        .now_us = now_us,
        .wait_us = wait_us,
        .wake = wake_bus,
        .probe = probe,
        .write = write_bus,
        .read = read_bus,
        .set_pins = set_pins,
        .set_clock = set_rate,
        .has_baud = set_rate,
        .set_baud = set_baud,
        .send = send_text,
    };
    const kit_identity_t identity = {.name = "fuzz 0.0.0 host", .version = "0.0.0"};
    static kit_bridge_t bridge;
    kit_bridge_init(&bridge, &port, &identity, KIT_FIRST_BAUD);

    const uint8_t *line = data + 1 + script_size;
    const size_t line_size = size - 1 - script_size;
    size_t expected = 0;
    for (size_t i = 0; i < line_size; i++) {
        expected += line[i] == '\n';
    }
    const size_t half = line_size / 2; /* in two parts, as a driver hands them over */
    kit_bridge_receive(&bridge, line, half);
    kit_bridge_receive(&bridge, line + half, line_size - half);
    if (world.replies != expected) {
        abort();
    }
    return 0;
}
