/*
 * The serial line to the host: UART0, and USB-Serial-JTAG where the chip has it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SERIAL_PORT_H
#define SERIAL_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Set the line up and return its rate, KIT_FIRST_BAUD however the application was started. */
uint32_t serial_port_init(void);

/* Wait a little for bytes. A line that was begun on one channel is finished there before the other is heard. */
size_t serial_port_read(uint8_t *data, size_t room);

/* The calls of kit_port_t; replies go where the request came from. */
void serial_port_send(void *context, const char *text, size_t size);
bool serial_port_has_baud(void *context, uint32_t rate);
void serial_port_set_baud(void *context, uint32_t rate);

#endif
