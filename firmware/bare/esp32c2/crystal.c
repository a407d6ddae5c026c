/*
 * Which crystal an ESP32-C2 has. Nothing tells: its ROM takes it for 40 MHz, and where it is 26 MHz says its log at 74880.
 * So the timer that it drives is held against the slow clock of the chip, an RC oscillator that is off by some parts in
 * a hundred; the two crystals are further apart than that.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "chip.h"
#include "systimer.h"

#define SLOW_COUNTS 64u
#define BETWEEN 6212u /* System Timer in so many periods of 136 kHz: 4894 with 26 MHz, 7529 with 40 MHz */
#define STANDS_STILL 200000u
#define SLOWER 26000000u
#define FASTER 40000000u

static uint32_t slow_counts(void)
{
    REG(RTC_CNTL_TIME_UPDATE) |= RTC_CNTL_TIME_UPDATE_NOW;
    return REG(RTC_CNTL_TIME_LOW0);
}

/* Wait for the next count of the slow clock; a clock that stands still ends the wait. */
static uint32_t next_count(uint32_t from, uint32_t counts)
{
    uint32_t now = slow_counts();
    for (unsigned i = 0; i < STANDS_STILL && now - from < counts; i++) {
        now = slow_counts();
    }
    return now;
}

uint32_t crystal_hertz(void)
{
    static uint32_t crystal;
    if (crystal == 0) {
        const uint32_t first = next_count(slow_counts(), 1);
        const uint32_t begun = systimer_counts();
        const uint32_t passed = next_count(first, SLOW_COUNTS) - first;
        const uint32_t counted = systimer_counts() - begun;
        crystal = passed >= SLOW_COUNTS && counted * SLOW_COUNTS / passed < BETWEEN ? SLOWER : FASTER;
    }
    return crystal;
}
