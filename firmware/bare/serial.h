/*
 * The serial line to the host: UART0, and USB-Serial-JTAG where the chip has it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SERIAL_H
#define SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Set the line to KIT_FIRST_BAUD, once what the ROM still says has left. */
void serial_init(void);

/* Take bytes that have come in, perhaps none. A line that was begun on one channel is finished there first. */
size_t serial_read(uint8_t *data, size_t room);

/* The calls of kit_port_t; replies go where the request came from, and a USB host that takes nothing loses them. */
void serial_send(void *context, const char *text, size_t size);
bool serial_has_baud(void *context, uint32_t rate);
void serial_set_baud(void *context, uint32_t rate);

#endif
