/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chip.h"
#include "systimer.h"

#define LATCH_TURNS 16

uint32_t systimer_counts(void)
{
    REG(SYSTIMER_UNIT0_OP) = SYSTIMER_UNIT0_UPDATE;
    for (unsigned i = 0; i < LATCH_TURNS && (REG(SYSTIMER_UNIT0_OP) & SYSTIMER_UNIT0_VALUE_VALID) == 0; i++) {
    }
    return REG(SYSTIMER_UNIT0_VALUE_LO);
}
