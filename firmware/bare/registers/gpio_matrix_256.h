/*
 * The GPIO matrix with 256 signals (gpio_struct.h, io_mux_struct.h of the ESP32-C61).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef GPIO_MATRIX_256_H
#define GPIO_MATRIX_256_H

#define GPIO_OUT_W1TC (GPIO_BASE + 0x0Cu)
#define GPIO_ENABLE_W1TS (GPIO_BASE + 0x38u)
#define GPIO_ENABLE_W1TC (GPIO_BASE + 0x3Cu)
#define GPIO_IN (GPIO_BASE + 0x64u)
#define GPIO_FUNC_OUT_SEL_CFG(pin) (GPIO_BASE + 0xAD4u + 4u * (pin))
#define IO_MUX_GPIO(pin) (IO_MUX_BASE + 4u * (pin))
#define SIG_GPIO_OUT 256u
#define GPIO_FUNC_OEN_SEL (1u << 10) /* 1: the driver follows GPIO_ENABLE */

#endif
