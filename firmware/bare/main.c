/*
 * The bridge without an operating system: the portable core between the serial line and the I2C bus.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "chip.h"
#include "clock.h"
#include "i2c.h"
#include "kit_bridge.h"
#include "serial.h"

/*
 * What the bridge calls itself, with the SHA-256 of the bytes that the ROM loads, these zeros among them: the build puts
 * its digits in their place, as ESP-IDF puts the digest of an ELF file into its images.
 */
#define NO_DIGEST "0000000000000000000000000000000000000000000000000000000000000000"
static const char own_name[] __attribute__((section(".name"), used)) =
    "ATECC Bench bridge " BRIDGE_VERSION " " CHIP_NAME " image " NO_DIGEST;

/* Called by start.S, once the stack is there and the variables are zero. */
_Noreturn void bridge_main(void);

void bridge_main(void)
{
    static kit_bridge_t bridge;
    static uint8_t received[64];
    static const kit_identity_t identity = {
        .name = own_name,
        .version = BRIDGE_VERSION,
    };
    static const kit_port_t port = {
        .now_us = clock_now_us,
        .wait_us = clock_wait_us,
        .wake = i2c_wake,
        .probe = i2c_probe,
        .write = i2c_write,
        .read = i2c_read,
        .set_pins = i2c_set_pins,
        .set_clock = i2c_set_clock,
        .has_baud = serial_has_baud,
        .set_baud = serial_set_baud,
        .send = serial_send,
    };
    chip_stop_watchdogs();
    serial_init();
    clock_init();
    i2c_init();
    kit_bridge_init(&bridge, &port, &identity, KIT_FIRST_BAUD);
    for (;;) {
        kit_bridge_receive(&bridge, received, serial_read(received, sizeof received));
    }
}
