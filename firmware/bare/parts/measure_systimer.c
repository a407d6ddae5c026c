/*
 * The clock of the CPU, held against the System Timer.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "chip.h"
#include "systimer.h"

#define COUNTS 4096u /* 256 us, long enough that reading the two counters does not matter */
#define KHZ_IN_A_MHZ 1000u
#define HALF_A_MHZ 500u
#define TIMER_STANDS_STILL 100000u

uint32_t chip_measure_mhz(void)
{
    const uint32_t first = systimer_counts();
    const uint32_t begun = chip_cycles();
    uint32_t passed = 0;
    uint32_t cycles = 0;
    while (passed < COUNTS && cycles < TIMER_STANDS_STILL) {
        passed = systimer_counts() - first;
        cycles = chip_cycles() - begun;
    }
    const uint32_t mhz = passed > 0 ? (cycles * SYSTIMER_KHZ / passed + HALF_A_MHZ) / KHZ_IN_A_MHZ : CHIP_FASTEST_MHZ;
    return mhz > 0 && mhz <= CHIP_FASTEST_MHZ ? mhz : CHIP_FASTEST_MHZ;
}
