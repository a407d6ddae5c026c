/*
 * The System Timer, which the crystal drives whatever the CPU does.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SYSTIMER_H
#define SYSTIMER_H

#include <stdint.h>

#ifndef SYSTIMER_KHZ
#define SYSTIMER_KHZ (SYSTIMER_MHZ * 1000u)
#endif

/* The lower half of its counter. */
uint32_t systimer_counts(void);

#endif
