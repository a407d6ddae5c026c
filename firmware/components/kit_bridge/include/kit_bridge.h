/*
 * Microchip's Kit Protocol on a serial line, an ATECC chip on an I2C bus, and a bridge between them.
 *
 * Portable C11: no operating system, no heap, no global state. The port gives it time, the bus and the line.
 * Requests and replies are lines of ASCII text ended by a line feed; every line gets exactly one reply.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef KIT_BRIDGE_H
#define KIT_BRIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KIT_LINE_MAX 512      /* characters of a request, without its end */
#define KIT_PACKET_MAX 255    /* bytes of a packet, counted by its first byte */
#define KIT_DEVICES_MAX 16    /* chips on one bus */
#define KIT_FIRST_BAUD 115200 /* the rate at start, whatever started the bridge */

typedef enum {
    KIT_I2C_OK,
    KIT_I2C_NACK,  /* nobody acknowledged: asleep, busy or not there */
    KIT_I2C_STUCK, /* SDA or SCL is held low */
} kit_i2c_result_t;

/* What the bridge needs of the board. Addresses are 8-bit, as Microchip writes them (C0). */
typedef struct {
    void *context;
    uint64_t (*now_us)(void *context);
    void (*wait_us)(void *context, uint32_t microseconds);
    kit_i2c_result_t (*wake)(void *context); /* SDA low for at least 60 us */
    kit_i2c_result_t (*probe)(void *context, uint8_t address);
    kit_i2c_result_t (*write)(void *context, uint8_t address, const uint8_t *data, size_t size);
    kit_i2c_result_t (*read)(void *context, uint8_t address, uint8_t *data, size_t size);
    bool (*set_pins)(void *context, uint32_t sda, uint32_t scl); /* false: not these pins */
    bool (*set_clock)(void *context, uint32_t hertz);            /* false: not this clock */
    bool (*has_baud)(void *context, uint32_t rate);              /* whether set_baud can do it */
    void (*set_baud)(void *context, uint32_t rate);              /* after all that was sent has left */
    void (*send)(void *context, const char *text, size_t size);
} kit_port_t;

/* What the bridge says about itself; the texts must outlive it. */
typedef struct {
    const char *name;    /* name, version and board chip, for board:version() */
    const char *version; /* version alone, for board:bridge:caps() */
    bool is_virtual;     /* a bridge in software says so */
} kit_identity_t;

/* All of a bridge's state; its members are the bridge's own business. */
typedef struct {
    kit_port_t port;
    kit_identity_t identity;
    uint32_t baud;
    uint32_t next_baud; /* 0: stays */

    uint64_t awake_since;
    bool awake;
    uint32_t fell_asleep;
    uint8_t found[KIT_DEVICES_MAX];
    size_t found_count;
    uint8_t selected; /* 0: none */

    char line[KIT_LINE_MAX + 1];
    size_t line_length;  /* may count beyond the buffer: then the line is too long */
    size_t line_ignored; /* carriage returns and NULs at its end so far */

    uint8_t packet[KIT_PACKET_MAX + 1];
    char reply[2 * KIT_PACKET_MAX + 8];
} kit_bridge_t;

/* Start a bridge whose line runs at `baud`, look which chips are there, and leave them asleep. */
void kit_bridge_init(kit_bridge_t *bridge, const kit_port_t *port, const kit_identity_t *identity, uint32_t baud);

/* Take bytes from the line; every line feed among them gets its reply before this returns. */
void kit_bridge_receive(kit_bridge_t *bridge, const uint8_t *data, size_t size);

#ifdef __cplusplus
}
#endif

#endif
