/*
 * UART0 on the chips on which it can run from the crystal.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "chip.h"

#define UPDATE_TURNS 1000u /* the registers are taken over within a few cycles of the UART's clock */

/* The crystal serves UART0 whatever the rest of the chip runs from. */
uint32_t chip_uart_hertz(void)
{
    const uint32_t mask = ((1u << UART_SCLK_SEL_BITS) - 1u) << UART_SCLK_SEL_S;
    REG(UART_SCLK_CONF) = (REG(UART_SCLK_CONF) & ~mask) | UART_SCLK_SEL_XTAL << UART_SCLK_SEL_S;
    return XTAL_HERTZ;
}

/* The divider has 12 bits; below 10 kBd at 40 MHz the clock in front of it is divided as well. */
void chip_set_uart_divider(uint32_t sixteenths)
{
    uint32_t before = 1;
    while (sixteenths / before >= 1u << (UART_CLKDIV_BITS + UART_CLKDIV_FRAG_BITS)) {
        before++;
    }
    const uint32_t rest = sixteenths / before;
    const uint32_t mask = ((1u << UART_SCLK_DIV_NUM_BITS) - 1u) << UART_SCLK_DIV_NUM_S;
    REG(UART_SCLK_DIV_CONF) = (REG(UART_SCLK_DIV_CONF) & ~mask) | (before - 1) << UART_SCLK_DIV_NUM_S;
    REG(UART_CLKDIV) = rest >> UART_CLKDIV_FRAG_BITS | FIELD(rest, 0, UART_CLKDIV_FRAG_BITS) << UART_CLKDIV_FRAG_S;
    REG(UART_UPDATE_AT) |= UART_UPDATE;
    for (unsigned i = 0; i < UPDATE_TURNS && (REG(UART_UPDATE_AT) & UART_UPDATE) != 0; i++) {
    }
}
