/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clock.h"

#include "chip.h"
#include "inbox.h"

static struct {
    uint32_t mhz;
    uint32_t counted_to; /* the cycle at which `now` was reached */
    uint64_t now;
} time;

void clock_init(void)
{
    time.mhz = chip_measure_mhz();
    time.counted_to = chip_cycles();
}

uint64_t clock_now_us(void *context)
{
    (void)context;
    const uint32_t passed = (chip_cycles() - time.counted_to) / time.mhz;
    time.counted_to += passed * time.mhz;
    time.now += passed;
    return time.now;
}

void clock_wait_us(void *context, uint32_t microseconds)
{
    (void)context;
    const uint32_t begun = chip_cycles();
    const uint32_t cycles = microseconds * time.mhz;
    while (chip_cycles() - begun < cycles) {
        inbox_pump();
    }
}

uint32_t clock_cycles_of(uint32_t hertz)
{
    const uint32_t cycles = time.mhz * 1000000u / hertz;
    return cycles > 0 ? cycles : 1;
}

uint32_t clock_mhz(void)
{
    return time.mhz;
}
