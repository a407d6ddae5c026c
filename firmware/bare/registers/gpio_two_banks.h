/*
 * The GPIO matrix with 256 signals and a second bank from GPIO 32 on (gpio_reg.h, gpio_struct.h, gpio_sig_map.h of ESP32,
 * S2, S3 and P4).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef GPIO_TWO_BANKS_H
#define GPIO_TWO_BANKS_H

#define GPIO_OUT_W1TC (GPIO_BASE + 0x0Cu)
#define GPIO_OUT1_W1TC (GPIO_BASE + 0x18u)
#define GPIO_ENABLE_W1TS (GPIO_BASE + 0x24u)
#define GPIO_ENABLE_W1TC (GPIO_BASE + 0x28u)
#define GPIO_ENABLE1_W1TS (GPIO_BASE + 0x30u)
#define GPIO_ENABLE1_W1TC (GPIO_BASE + 0x34u)
#define GPIO_IN (GPIO_BASE + 0x3Cu)
#define GPIO_IN1 (GPIO_BASE + 0x40u)
#define GPIO_FUNC_OUT_SEL_CFG(pin) (GPIO_BASE + GPIO_FUNC_OUT_SEL_CFG_AT + 4u * (pin))
#ifndef IO_MUX_GPIO
#define IO_MUX_GPIO(pin) (IO_MUX_BASE + 4u + 4u * (pin))
#endif
#define SIG_GPIO_OUT 256u
#define GPIO_FUNC_OEN_SEL (1u << 10)

#endif
