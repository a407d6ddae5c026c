/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chip.h"

#define STRONGEST_DRIVE_BUT_ONE 2u
#define PINS_IN_A_BANK 32u

#ifdef GPIO_IN1
#define BANKS 2u
#define OF_BANK(pin, first, second) ((pin) < PINS_IN_A_BANK ? (first) : (second))
#else
#define BANKS 1u
#define OF_BANK(pin, first, second) (first)
#endif

bool chip_has_pin(uint32_t pin)
{
    return pin < BANKS * PINS_IN_A_BANK && (OF_BANK(pin, CHIP_PINS, CHIP_PINS1) >> pin % PINS_IN_A_BANK & 1u) != 0;
}

line_t chip_open_line(uint32_t pin)
{
    const line_t line = {
        .drive = &REG(OF_BANK(pin, GPIO_ENABLE_W1TS, GPIO_ENABLE1_W1TS)),
        .release = &REG(OF_BANK(pin, GPIO_ENABLE_W1TC, GPIO_ENABLE1_W1TC)),
        .level = &REG(OF_BANK(pin, GPIO_IN, GPIO_IN1)),
        .mask = 1u << pin % PINS_IN_A_BANK,
    };
    *line.release = line.mask;
    REG(OF_BANK(pin, GPIO_OUT_W1TC, GPIO_OUT1_W1TC)) = line.mask;
    REG(GPIO_FUNC_OUT_SEL_CFG(pin)) = SIG_GPIO_OUT | GPIO_FUNC_OEN_SEL;
    REG(IO_MUX_GPIO(pin)) = IO_MUX_FUNCTION_GPIO << IO_MUX_MCU_SEL_S | STRONGEST_DRIVE_BUT_ONE << IO_MUX_FUN_DRV_S |
                            IO_MUX_FUN_IE | IO_MUX_FUN_WPU;
    return line;
}
