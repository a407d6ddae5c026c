/*
 * The GPIO matrix with 128 signals (gpio_reg.h, gpio_sig_map.h, io_mux_reg.h of ESP32-C2, C3, C6 and H2).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef GPIO_MATRIX_128_H
#define GPIO_MATRIX_128_H

#define GPIO_OUT_W1TC (GPIO_BASE + 0x0Cu)
#define GPIO_ENABLE_W1TS (GPIO_BASE + 0x24u)
#define GPIO_ENABLE_W1TC (GPIO_BASE + 0x28u)
#define GPIO_IN (GPIO_BASE + 0x3Cu)
#define GPIO_FUNC_OUT_SEL_CFG(pin) (GPIO_BASE + 0x554u + 4u * (pin))
#define IO_MUX_GPIO(pin) (IO_MUX_BASE + 4u + 4u * (pin))
#define SIG_GPIO_OUT 128u
#define GPIO_FUNC_OEN_SEL (1u << 9)

#endif
