/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chip.h"
#include "systimer.h"

#define STRONGEST_DRIVE_BUT_ONE 2u
#define COUNTS 4096u /* 256 us, long enough that reading the two counters does not matter */
#define UPDATE_TURNS 1000u /* the registers are taken over within a few cycles of the UART's clock */
#define KHZ_IN_A_MHZ 1000u
#define HALF_A_MHZ 500u
#define TIMER_STANDS_STILL 100000u

void chip_stop_watchdogs(void)
{
    REG(RTC_CNTL_WDTWPROTECT) = WDT_WKEY;
    REG(RTC_CNTL_WDTCONFIG0) = 0;
    REG(RTC_CNTL_WDTWPROTECT) = 0;
    REG(RTC_CNTL_SWD_WPROTECT) = SWD_WKEY;
    REG(RTC_CNTL_SWD_CONF) |= RTC_CNTL_SWD_AUTO_FEED_EN;
    REG(RTC_CNTL_SWD_WPROTECT) = 0;
    REG(TIMG0_WDTWPROTECT) = WDT_WKEY;
    REG(TIMG0_WDTCONFIG0) = TIMG_WDT_CONF_UPDATE_EN; /* all else 0; without it the change is not taken over */
    REG(TIMG0_WDTWPROTECT) = 0;
}

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
    REG(UART_SCLK_CONF) = (REG(UART_SCLK_CONF) & ~mask) | (before - 1) << UART_SCLK_DIV_NUM_S;
    REG(UART_CLKDIV) = rest >> UART_CLKDIV_FRAG_BITS | FIELD(rest, 0, UART_CLKDIV_FRAG_BITS) << UART_CLKDIV_FRAG_S;
    REG(UART_UPDATE_AT) |= UART_UPDATE;
    for (unsigned i = 0; i < UPDATE_TURNS && (REG(UART_UPDATE_AT) & UART_UPDATE) != 0; i++) {
    }
}

uint32_t chip_measure_mhz(void)
{
    const uint32_t first = systimer_counts();
    const uint32_t begun = chip_cycles();
    uint32_t passed = 0;
    uint32_t cycles = 0;
    while (passed < COUNTS && cycles < TIMER_STANDS_STILL) {
        passed = systimer_counts() - first;
        cycles = chip_cycles() - begun;
    }
    const uint32_t mhz = passed > 0 ? (cycles * SYSTIMER_KHZ / passed + HALF_A_MHZ) / KHZ_IN_A_MHZ : CHIP_FASTEST_MHZ;
    return mhz > 0 && mhz <= CHIP_FASTEST_MHZ ? mhz : CHIP_FASTEST_MHZ;
}

bool chip_has_pin(uint32_t pin)
{
    return pin < 32 && (CHIP_PINS >> pin & 1u) != 0;
}

line_t chip_open_line(uint32_t pin)
{
    const line_t line = {
        .drive = &REG(GPIO_ENABLE_W1TS),
        .release = &REG(GPIO_ENABLE_W1TC),
        .level = &REG(GPIO_IN),
        .mask = 1u << pin,
    };
    *line.release = line.mask;
    REG(GPIO_OUT_W1TC) = line.mask;
    REG(GPIO_FUNC_OUT_SEL_CFG(pin)) = SIG_GPIO_OUT | GPIO_FUNC_OEN_SEL;
    REG(IO_MUX_GPIO(pin)) = IO_MUX_FUNCTION_GPIO << IO_MUX_MCU_SEL_S | STRONGEST_DRIVE_BUT_ONE << IO_MUX_FUN_DRV_S |
                            IO_MUX_FUN_IE | IO_MUX_FUN_WPU;
    return line;
}
