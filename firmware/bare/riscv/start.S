/*
 * The first instructions on a RISC-V chip, after the ROM's call.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define MSTATUS_MIE 8
#define MPCER 0x7E0 /* which event is counted, and the counter's mode (ESP-IDF's rv_utils.h) */
#define MPCMR 0x7E1
#define COUNT_CYCLES 1
#define COUNT 1

    .section .start, "ax"
    .global _start
_start:
    csrci   mstatus, MSTATUS_MIE
#ifndef CYCLES_IN_MCYCLE
    li      t0, COUNT_CYCLES
    csrw    MPCER, t0
    li      t0, COUNT
    csrw    MPCMR, t0
#endif
    la      sp, stack_top
    la      t0, bss_start
    la      t1, bss_end
1:  sw      zero, 0(t0)
    addi    t0, t0, 4
    bltu    t0, t1, 1b
    call    bridge_main
