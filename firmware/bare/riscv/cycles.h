/*
 * The cycle counter of a RISC-V chip: mpccr, a performance counter of Espressif's own, or mcycle on those that have none
 * (SOC_CPU_HAS_CSR_PC; rv_utils.h). The Makefile says which, for start.S has to know as well.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CYCLES_H
#define CYCLES_H

#ifdef CYCLES_IN_MCYCLE
#define CYCLES "0xB00"
#else
#define CYCLES "0x7E2"
#endif

static inline uint32_t chip_cycles(void)
{
    uint32_t cycles;
    __asm__ volatile("csrr %0, " CYCLES : "=r"(cycles));
    return cycles;
}

#endif
