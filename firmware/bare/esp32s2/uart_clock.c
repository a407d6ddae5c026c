/*
 * The clock of UART0 of an ESP32-S2: the APB clock, which is the CPU's while that runs from the crystal.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "chip.h"

#define PLL_APB_HERTZ 80000000u /* APB_CLK_FREQ in soc.h: the APB clock while the CPU runs from the PLL */

uint32_t chip_uart_hertz(void)
{
    REG(UART_CONF0) |= UART_TICK_REF_ALWAYS_ON;
    const uint32_t clock = REG(SYSTEM_SYSCLK_CONF);
    if (FIELD(clock, SYSTEM_SOC_CLK_SEL_S, SYSTEM_SOC_CLK_SEL_BITS) == SOC_CLK_SEL_PLL) {
        return PLL_APB_HERTZ;
    }
    return XTAL_HERTZ / (FIELD(clock, 0, SYSTEM_PRE_DIV_CNT_BITS) + 1);
}
