/*
 * The I2C bus as the bridge needs it, on ESP-IDF's i2c_master driver.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef I2C_PORT_H
#define I2C_PORT_H

#include "kit_bridge.h"

/* Set the bus up on these pins. A bus that cannot be set up answers KIT_I2C_STUCK until other pins are chosen. */
void i2c_port_init(uint32_t sda, uint32_t scl);

/* The calls of kit_port_t; there is one bus, so the context is not used. */
kit_i2c_result_t i2c_port_wake(void *context);
kit_i2c_result_t i2c_port_probe(void *context, uint8_t address);
kit_i2c_result_t i2c_port_write(void *context, uint8_t address, const uint8_t *data, size_t size);
kit_i2c_result_t i2c_port_read(void *context, uint8_t address, uint8_t *data, size_t size);
bool i2c_port_set_pins(void *context, uint32_t sda, uint32_t scl);
bool i2c_port_set_clock(void *context, uint32_t hertz);

#endif
