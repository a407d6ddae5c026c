/*
 * The first instructions on an Xtensa chip. The ROM comes here by a windowed call: a4 to a15 may belong to frames of its
 * callers, and touching them while PS.WOE is set raises a window exception (Xtensa ISA, "Windowed Register Option").
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define PS_INTLEVEL_ALL 0xF
#define PS_UM 0x20

    .section .start, "ax"
    .literal_position
    .global _start
    .align 4
_start:
    movi    a0, PS_UM | PS_INTLEVEL_ALL     /* WOE = 0, EXCM = 0 */
    wsr.ps  a0
    rsync
    movi    a0, 0
    wsr.intenable a0
    rsync
    movi    a1, stack_top
    movi    a2, bss_start
    movi    a3, bss_end
1:  s32i    a0, a2, 0
    addi    a2, a2, 4
    bltu    a2, a3, 1b
    call0   bridge_main
