/*
 * The cycle counter of an Xtensa chip.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CYCLES_H
#define CYCLES_H

static inline uint32_t chip_cycles(void)
{
    uint32_t cycles;
    __asm__ volatile("rsr %0, ccount" : "=a"(cycles));
    return cycles;
}

#endif
