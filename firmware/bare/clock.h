/*
 * Time from the cycle counter.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

/* Measure how fast the CPU runs. */
void clock_init(void);

/* Microseconds since the start. It has to be asked once before the cycle counter wraps, 10 s at the fastest clock (400 MHz). */
uint64_t clock_now_us(void *context);

/* Wait, and take what comes in over the serial line meanwhile. */
void clock_wait_us(void *context, uint32_t microseconds);

/* CPU cycles in a period of a frequency in hertz, at least 1. */
uint32_t clock_cycles_of(uint32_t hertz);

/* CPU cycles in a microsecond. */
uint32_t clock_mhz(void);

#endif
