/*
 * The I2C bus as the bridge needs it, on two GPIOs.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef I2C_H
#define I2C_H

#include "kit_bridge.h"

/* Take the chip's usual pins, at 400 kHz. */
void i2c_init(void);

/* The calls of kit_port_t; there is one bus, so the context is not used. */
kit_i2c_result_t i2c_wake(void *context);
kit_i2c_result_t i2c_probe(void *context, uint8_t address);
kit_i2c_result_t i2c_write(void *context, uint8_t address, const uint8_t *data, size_t size);
kit_i2c_result_t i2c_read(void *context, uint8_t address, uint8_t *data, size_t size);
bool i2c_set_pins(void *context, uint32_t sda, uint32_t scl);
bool i2c_set_clock(void *context, uint32_t hertz);

#endif
