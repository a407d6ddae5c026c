/*
 * A timer of Timer Group 0 on ESP32 and ESP32-S2 (timer_group_reg.h). The APB clock drives it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TIMER_GROUP_H
#define TIMER_GROUP_H

#define TIMG0_T0CONFIG TIMG0_BASE
#define TIMG_T0_EN (1u << 31)
#define TIMG_T0_INCREASE (1u << 30)
#define TIMG_T0_DIVIDER_S 13
#define TIMG0_T0LO (TIMG0_BASE + 0x04u)
#define TIMG0_T0UPDATE (TIMG0_BASE + 0x0Cu)

#endif
