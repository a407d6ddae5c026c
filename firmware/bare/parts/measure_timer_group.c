/*
 * The clock of the CPU, held against a timer that the APB clock drives.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "chip.h"
#include "timer_group.h"

#define SLOWEST_DIVIDER 2u /* the smallest that the timer takes: one count is two APB cycles */
#define COUNTS 4096u       /* long enough that reading the two counters does not matter */
#define TIMER_STANDS_STILL 100000u

static uint32_t counts(void)
{
    REG(TIMG0_T0UPDATE) = 0; /* any value latches the counter */
    return REG(TIMG0_T0LO);
}

uint32_t chip_measure_mhz(void)
{
    const uint32_t before = REG(TIMG0_T0CONFIG);
    REG(TIMG0_T0CONFIG) = TIMG_T0_EN | TIMG_T0_INCREASE | SLOWEST_DIVIDER << TIMG_T0_DIVIDER_S;
    const uint32_t first = counts();
    const uint32_t begun = chip_cycles();
    uint32_t passed = 0;
    uint32_t cycles = 0;
    while (passed < COUNTS && cycles < TIMER_STANDS_STILL) {
        passed = counts() - first;
        cycles = chip_cycles() - begun;
    }
    REG(TIMG0_T0CONFIG) = before;
    const uint32_t apb_mhz = chip_uart_hertz() / 1000000u;
    const uint32_t apb_cycles = passed * SLOWEST_DIVIDER;
    const uint32_t mhz = apb_cycles > 0 ? (cycles * apb_mhz + apb_cycles / 2) / apb_cycles : CHIP_FASTEST_MHZ;
    return mhz > 0 && mhz <= CHIP_FASTEST_MHZ ? mhz : CHIP_FASTEST_MHZ;
}
