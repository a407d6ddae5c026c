/*
 * The bridge on an ESP32: the portable core between the serial line and the I2C bus.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "esp_app_desc.h"
#include "esp_rom_sys.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "i2c_port.h"
#include "kit_bridge.h"
#include "sdkconfig.h"
#include "serial_port.h"

#define TICK_US (1000000u / configTICK_RATE_HZ)
#define NAME_SIZE 128 /* name, version and chip, " image " and the 64 digits of a digest */

static uint64_t now_us(void *context)
{
    (void)context;
    return (uint64_t)esp_timer_get_time();
}

static void wait_us(void *context, uint32_t microseconds)
{
    (void)context;
    /* A delay of n ticks lasts between n - 1 and n of them, and the bridge counts on its waits. */
    const int64_t end = esp_timer_get_time() + microseconds;
    if (microseconds > 2 * TICK_US) {
        vTaskDelay(microseconds / TICK_US);
    }
    const int64_t left = end - esp_timer_get_time();
    if (left > 0) {
        esp_rom_delay_us((uint32_t)left);
    }
}

/* The SHA-256 of the ELF file, which the build puts into the image; nothing where it is left at zero. */
static void append_image(char *name, const uint8_t digest[32])
{
    bool known = false;
    for (size_t i = 0; i < 32; i++) {
        known = known || digest[i] != 0;
    }
    size_t length = strlen(name);
    if (!known || length + sizeof " image " + 64 > NAME_SIZE) {
        return;
    }
    length += (size_t)snprintf(name + length, NAME_SIZE - length, " image ");
    for (size_t i = 0; i < 32; i++) {
        length += (size_t)snprintf(name + length, NAME_SIZE - length, "%02x", digest[i]);
    }
}

void app_main(void)
{
    static kit_bridge_t bridge;
    static char name[NAME_SIZE];
    static uint8_t received[256];

    const esp_app_desc_t *built = esp_app_get_description();
    const char *version = built->version;
    snprintf(name, sizeof name, "ATECC Bench bridge %s " CONFIG_IDF_TARGET, version);
    for (char *c = strrchr(name, ' '); *c != '\0'; c++) {
        *c = (char)toupper((unsigned char)*c); /* esp32c3 is the build's name, ESP32C3 the chip's */
    }
    append_image(name, built->app_elf_sha256);
    const kit_identity_t identity = {.name = name, .version = version};
    const kit_port_t port = {
        .now_us = now_us,
        .wait_us = wait_us,
        .wake = i2c_port_wake,
        .probe = i2c_port_probe,
        .write = i2c_port_write,
        .read = i2c_port_read,
        .set_pins = i2c_port_set_pins,
        .set_clock = i2c_port_set_clock,
        .has_baud = serial_port_has_baud,
        .set_baud = serial_port_set_baud,
        .send = serial_port_send,
    };
    const uint32_t baud = serial_port_init();
    i2c_port_init(CONFIG_BRIDGE_SDA_PIN, CONFIG_BRIDGE_SCL_PIN);
    kit_bridge_init(&bridge, &port, &identity, baud);
    for (;;) {
        kit_bridge_receive(&bridge, received, serial_port_read(received, sizeof received));
    }
}
