/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chip.h"

#define PLL_APB_HERTZ 80000000u /* APB_CLK_FREQ in soc.h: the APB clock while the CPU runs from the PLL */
#define MOST_PINS 34
#define NO_PIN 0
#define STRONGEST_DRIVE_BUT_ONE 2u
#define SLOWEST_DIVIDER 2u    /* the smallest that the timer takes: one count is two APB cycles */
#define COUNTS 4096u          /* long enough that reading the two counters does not matter */
#define TIMER_STANDS_STILL 100000u
#define SIXTEENTHS 16u
#define TOLERANCE 50u

/* Where IO_MUX has the register of each GPIO that can be driven (io_mux_reg.h). Left out: the flash's and UART0's. */
static const uint8_t mux_offset[MOST_PINS] = {
    [0] = 0x44, [2] = 0x40, [4] = 0x48, [5] = 0x6C, [12] = 0x34, [13] = 0x38, [14] = 0x30, [15] = 0x3C, [16] = 0x4C,
    [17] = 0x50, [18] = 0x70, [19] = 0x74, [21] = 0x7C, [22] = 0x80, [23] = 0x8C, [25] = 0x24, [26] = 0x28,
    [27] = 0x2C, [32] = 0x1C, [33] = 0x20,
};

void chip_stop_watchdogs(void)
{
    REG(RTC_CNTL_WDTWPROTECT) = WDT_WKEY;
    REG(RTC_CNTL_WDTCONFIG0) = 0;
    REG(RTC_CNTL_WDTWPROTECT) = 0;
    REG(TIMG0_WDTWPROTECT) = WDT_WKEY;
    REG(TIMG0_WDTCONFIG0) = 0;
    REG(TIMG0_WDTWPROTECT) = 0;
}

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

void chip_set_uart_divider(uint32_t sixteenths)
{
    REG(UART_CLKDIV) = sixteenths >> UART_CLKDIV_FRAG_BITS | FIELD(sixteenths, 0, UART_CLKDIV_FRAG_BITS) << UART_CLKDIV_FRAG_S;
}

static uint32_t counts(void)
{
    REG(TIMG0_T0UPDATE) = 0; /* any value latches the counter */
    return REG(TIMG0_T0LO);
}

uint32_t chip_measure_mhz(void)
{
    const uint32_t before = REG(TIMG0_T0CONFIG);
    REG(TIMG0_T0CONFIG) = TIMG_T0_EN | TIMG_T0_INCREASE | SLOWEST_DIVIDER << TIMG_T0_DIVIDER_S;
    const uint32_t first = counts();
    const uint32_t begun = chip_cycles();
    uint32_t passed = 0;
    uint32_t cycles = 0;
    while (passed < COUNTS && cycles < TIMER_STANDS_STILL) {
        passed = counts() - first;
        cycles = chip_cycles() - begun;
    }
    REG(TIMG0_T0CONFIG) = before;
    const uint32_t apb_mhz = chip_uart_hertz() / 1000000u;
    const uint32_t apb_cycles = passed * SLOWEST_DIVIDER;
    const uint32_t mhz = apb_cycles > 0 ? (cycles * apb_mhz + apb_cycles / 2) / apb_cycles : CHIP_FASTEST_MHZ;
    return mhz > 0 && mhz <= CHIP_FASTEST_MHZ ? mhz : CHIP_FASTEST_MHZ;
}

bool chip_has_pin(uint32_t pin)
{
    return pin < MOST_PINS && mux_offset[pin] != NO_PIN;
}

line_t chip_open_line(uint32_t pin)
{
    const bool is_high_bank = pin >= 32;
    const uint32_t mask = 1u << (pin % 32);
    line_t line = {
        .drive = &REG(is_high_bank ? GPIO_ENABLE1_W1TS : GPIO_ENABLE_W1TS),
        .release = &REG(is_high_bank ? GPIO_ENABLE1_W1TC : GPIO_ENABLE_W1TC),
        .level = &REG(is_high_bank ? GPIO_IN1 : GPIO_IN),
        .mask = mask,
    };
    *line.release = mask;
    REG(is_high_bank ? GPIO_OUT1_W1TC : GPIO_OUT_W1TC) = mask;
    REG(GPIO_FUNC_OUT_SEL_CFG(pin)) = SIG_GPIO_OUT | GPIO_FUNC_OEN_SEL;
    REG(IO_MUX + mux_offset[pin]) = IO_MUX_FUNCTION_GPIO << IO_MUX_MCU_SEL_S |
                                    STRONGEST_DRIVE_BUT_ONE << IO_MUX_FUN_DRV_S | IO_MUX_FUN_IE | IO_MUX_FUN_WPU;
    return line;
}
