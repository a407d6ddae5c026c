/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "i2c_port.h"

#include "driver/gpio.h"
#include "driver/i2c_master.h"
#include "sdkconfig.h"

#define WAKE_HERTZ 100000u /* address 0 at this clock holds SDA low for 80 us */
#define FIRST_HERTZ 400000u
#define TIMEOUT_MS 30 /* the longest packet takes 14 ms at 100 kHz */
#define GLITCH_CYCLES 7

/* The driver allocates its handles; they are made at start and when pins, clock or address change. */
static struct {
    i2c_master_bus_handle_t bus;
    i2c_master_dev_handle_t wake;
    i2c_master_dev_handle_t chip;
    uint8_t chip_address; /* 8-bit */
    uint32_t hertz;
    gpio_num_t sda;
    gpio_num_t scl;
} port = {.hertz = FIRST_HERTZ};

static void remove_device(i2c_master_dev_handle_t *device)
{
    if (*device != NULL) {
        i2c_master_bus_rm_device(*device);
        *device = NULL;
    }
}

static bool add_device(uint8_t address, uint32_t hertz, i2c_master_dev_handle_t *device)
{
    const i2c_device_config_t config = {
        .dev_addr_length = I2C_ADDR_BIT_LEN_7,
        .device_address = address >> 1,
        .scl_speed_hz = hertz,
    };
    return i2c_master_bus_add_device(port.bus, &config, device) == ESP_OK;
}

static void tear_down(void)
{
    remove_device(&port.chip);
    remove_device(&port.wake);
    if (port.bus != NULL) {
        i2c_del_master_bus(port.bus);
        port.bus = NULL;
    }
}

static bool set_up(gpio_num_t sda, gpio_num_t scl)
{
    tear_down();
    i2c_master_bus_config_t config = {
        .i2c_port = -1,
        .sda_io_num = sda,
        .scl_io_num = scl,
        .clk_source = I2C_CLK_SRC_DEFAULT,
        .glitch_ignore_cnt = GLITCH_CYCLES,
    };
#if CONFIG_BRIDGE_INTERNAL_PULLUPS
    config.flags.enable_internal_pullup = 1;
#endif
    if (i2c_new_master_bus(&config, &port.bus) != ESP_OK) {
        port.bus = NULL;
        return false;
    }
    port.sda = sda;
    port.scl = scl;
    if (!add_device(0, WAKE_HERTZ, &port.wake)) {
        tear_down();
        return false;
    }
    return true;
}

static bool is_stuck(void)
{
    return port.bus == NULL || gpio_get_level(port.sda) == 0 || gpio_get_level(port.scl) == 0;
}

/* The driver's errors differ between releases; what the lines look like does not. */
static kit_i2c_result_t result_of(esp_err_t error)
{
    if (error == ESP_OK) {
        return KIT_I2C_OK;
    }
    if (is_stuck()) {
        if (port.bus != NULL) {
            i2c_master_bus_reset(port.bus);
        }
        return is_stuck() ? KIT_I2C_STUCK : KIT_I2C_NACK;
    }
    return KIT_I2C_NACK;
}

static bool select_chip(uint8_t address)
{
    if (port.bus == NULL) {
        return false;
    }
    if (port.chip != NULL && port.chip_address == address) {
        return true;
    }
    remove_device(&port.chip);
    port.chip_address = address;
    return add_device(address, port.hertz, &port.chip);
}

void i2c_port_init(uint32_t sda, uint32_t scl)
{
    (void)set_up((gpio_num_t)sda, (gpio_num_t)scl);
}

kit_i2c_result_t i2c_port_wake(void *context)
{
    (void)context;
    if (is_stuck()) {
        return KIT_I2C_STUCK;
    }
    const uint8_t nothing = 0;
    /* Nobody has address 0: that it is not acknowledged is no failure. */
    (void)i2c_master_transmit(port.wake, &nothing, sizeof nothing, TIMEOUT_MS);
    return is_stuck() ? KIT_I2C_STUCK : KIT_I2C_OK;
}

kit_i2c_result_t i2c_port_probe(void *context, uint8_t address)
{
    (void)context;
    if (port.bus == NULL) {
        return KIT_I2C_STUCK;
    }
    return result_of(i2c_master_probe(port.bus, address >> 1, TIMEOUT_MS));
}

kit_i2c_result_t i2c_port_write(void *context, uint8_t address, const uint8_t *data, size_t size)
{
    (void)context;
    if (!select_chip(address)) {
        return KIT_I2C_STUCK;
    }
    return result_of(i2c_master_transmit(port.chip, data, size, TIMEOUT_MS));
}

kit_i2c_result_t i2c_port_read(void *context, uint8_t address, uint8_t *data, size_t size)
{
    (void)context;
    if (!select_chip(address)) {
        return KIT_I2C_STUCK;
    }
    return result_of(i2c_master_receive(port.chip, data, size, TIMEOUT_MS));
}

/* ESP-IDF's check compares its argument with 0, which the compiler refuses of one that is unsigned. */
static bool is_output(uint32_t pin)
{
    return pin < GPIO_NUM_MAX && GPIO_IS_VALID_OUTPUT_GPIO((int)pin);
}

bool i2c_port_set_pins(void *context, uint32_t sda, uint32_t scl)
{
    (void)context;
    if (!is_output(sda) || !is_output(scl)) {
        return false;
    }
    const gpio_num_t old_sda = port.sda;
    const gpio_num_t old_scl = port.scl;
    if (set_up((gpio_num_t)sda, (gpio_num_t)scl)) {
        return true;
    }
    (void)set_up(old_sda, old_scl);
    return false;
}

bool i2c_port_set_clock(void *context, uint32_t hertz)
{
    (void)context;
    port.hertz = hertz;
    remove_device(&port.chip); /* made again, at this clock, for the next transfer */
    return true;
}
