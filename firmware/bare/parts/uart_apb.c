/*
 * The divider of UART0 on the chips on which the APB clock drives it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "chip.h"

void chip_set_uart_divider(uint32_t sixteenths)
{
    REG(UART_CLKDIV) = sixteenths >> UART_CLKDIV_FRAG_BITS | FIELD(sixteenths, 0, UART_CLKDIV_FRAG_BITS) << UART_CLKDIV_FRAG_S;
}
