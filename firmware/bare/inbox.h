/*
 * What has come in over UART0 and waits to be read.
 *
 * Without interrupts nothing empties the receive FIFO but `inbox_pump`; whatever takes long calls it. Of the rest of the
 * bridge this file knows nothing but the chip, so that everything else may call it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef INBOX_H
#define INBOX_H

#include <stddef.h>
#include <stdint.h>

/* Move what has come in to memory. */
void inbox_pump(void);

/* Take bytes that have come in, at most `room` and perhaps none; for what did not fit, lines that are malformed. */
size_t inbox_take(uint8_t *data, size_t room);

#endif
