/*
 * The clock of UART0 of an ESP32, which is the APB clock.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "chip.h"

#define PLL_APB_HERTZ 80000000u /* APB_CLK_FREQ in soc.h: the APB clock while the CPU runs from the PLL */
#define SIXTEENTHS 16u
#define TOLERANCE 50u

/* The divider of UART0, in sixteenths of its clock. */
static uint32_t uart_divider(void)
{
    const uint32_t divider = REG(UART_CLKDIV);
    return FIELD(divider, 0, UART_CLKDIV_BITS) << UART_CLKDIV_FRAG_BITS |
           FIELD(divider, UART_CLKDIV_FRAG_S, UART_CLKDIV_FRAG_BITS);
}

/*
 * The crystal is not written down anywhere, but the ROM has set the UART's divider by it: exactly for the rate that a
 * loader uses (esptool: 115200 at first, 460800 here), and when it starts what is in flash for 115200 by its estimate of
 * the crystal, which is off by a few parts in a hundred. The two crystals of this chip are further apart than that.
 */
static uint32_t crystal_hertz(uint32_t pre_divider)
{
    static const uint32_t crystals[] = {40000000, 26000000};
    static const uint32_t rates[] = {115200, 460800, 921600, 230400};
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        for (size_t c = 0; c < sizeof crystals / sizeof crystals[0]; c++) {
            const uint32_t rate = crystals[c] / pre_divider * SIXTEENTHS / uart_divider();
            const uint32_t difference = rate > rates[r] ? rate - rates[r] : rates[r] - rate;
            if (difference < rates[r] / TOLERANCE) {
                return crystals[c];
            }
        }
    }
    const uint32_t estimate = rates[0] / SIXTEENTHS * uart_divider() * pre_divider;
    return estimate > (crystals[0] + crystals[1]) / 2 ? crystals[0] : crystals[1];
}

uint32_t chip_uart_hertz(void)
{
    if (FIELD(REG(RTC_CNTL_CLK_CONF), RTC_CNTL_SOC_CLK_SEL_S, RTC_CNTL_SOC_CLK_SEL_BITS) == SOC_CLK_SEL_PLL) {
        return PLL_APB_HERTZ;
    }
    const uint32_t pre_divider = FIELD(REG(SYSCON_SYSCLK_CONF), 0, SYSCON_PRE_DIV_CNT_BITS) + 1;
    return crystal_hertz(pre_divider) / pre_divider;
}
