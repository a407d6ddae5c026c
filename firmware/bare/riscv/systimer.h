/*
 * The System Timer, which the crystal drives whatever the CPU does.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SYSTIMER_H
#define SYSTIMER_H

#ifndef SYSTIMER_KHZ
#define SYSTIMER_KHZ (SYSTIMER_MHZ * 1000u)
#endif
#define SYSTIMER_LATCH_TURNS 16

static inline uint32_t systimer_counts(void)
{
    REG(SYSTIMER_UNIT0_OP) = SYSTIMER_UNIT0_UPDATE;
    for (unsigned i = 0; i < SYSTIMER_LATCH_TURNS && (REG(SYSTIMER_UNIT0_OP) & SYSTIMER_UNIT0_VALUE_VALID) == 0; i++) {
    }
    return REG(SYSTIMER_UNIT0_VALUE_LO);
}

#endif
