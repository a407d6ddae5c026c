/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "i2c.h"

#include "chip.h"
#include "clock.h"
#include "inbox.h"

#define WAKE_HERTZ 100000u /* address 0 at this clock holds SDA low for 80 us */
#define FIRST_HERTZ 400000u
#define STRETCH_US 5000u /* how long a line may take to rise; this family of chips never stretches the clock */
#define RECOVERY_CLOCKS 9
#define READ_BIT 1u

/* How a bit is cut in two: I2C wants 1.3 us low of 2.5 us at 400 kHz, the chips 0.4 us of either at 1 MHz. */
#define LOW_PARTS 13u
#define ALL_PARTS 24u

static struct {
    line_t sda;
    line_t scl;
    uint32_t low;  /* CPU cycles that SCL is low at least */
    uint32_t high; /* and high */
    uint32_t edge; /* the cycle of the last edge that something has to be waited for from */
    uint32_t hertz;
} bus;

static void drive(const line_t *line)
{
    *line->drive = line->mask;
    bus.edge = chip_cycles();
}

static void release(const line_t *line)
{
    *line->release = line->mask;
    bus.edge = chip_cycles();
}

static bool is_high(const line_t *line)
{
    return (*line->level & line->mask) != 0;
}

static void hold(uint32_t cycles)
{
    while (chip_cycles() - bus.edge < cycles) {
    }
}

static void use_clock(uint32_t hertz)
{
    const uint32_t cycles = clock_cycles_of(hertz);
    bus.low = (cycles * LOW_PARTS + ALL_PARTS - 1) / ALL_PARTS;
    bus.high = cycles - bus.low;
}

static bool wait_for(const line_t *line)
{
    const uint32_t begun = bus.edge;
    const uint32_t limit = STRETCH_US * clock_mhz();
    do {
        inbox_pump();
        if (chip_cycles() - begun > limit) {
            return false;
        }
    } while (!is_high(line));
    bus.edge = chip_cycles();
    return true;
}

/* Let go of a line until it is high. False: somebody holds it low, or nothing pulls it up. */
static inline bool raise(const line_t *line)
{
    release(line);
    return is_high(line) || wait_for(line);
}

/* One clock, with SDA driven for a 0 and released for a 1. False: SCL is stuck. */
static bool clock_bit(bool bit, bool *seen)
{
    if (bit) {
        *bus.sda.release = bus.sda.mask;
    } else {
        *bus.sda.drive = bus.sda.mask;
    }
    inbox_pump();
    hold(bus.low);
    if (!raise(&bus.scl)) {
        return false;
    }
    hold(bus.high);
    *seen = is_high(&bus.sda);
    drive(&bus.scl);
    return true;
}

/* From SCL low. False: a line is stuck. */
static bool stop(void)
{
    *bus.sda.drive = bus.sda.mask;
    hold(bus.low);
    if (!raise(&bus.scl)) {
        *bus.sda.release = bus.sda.mask;
        return false;
    }
    hold(bus.high);
    return raise(&bus.sda);
}

/* A chip that was cut off while it sent a 0 lets go of SDA when it is clocked on. */
static bool recover(void)
{
    for (unsigned i = 0; i < RECOVERY_CLOCKS && !is_high(&bus.sda); i++) {
        drive(&bus.scl);
        hold(bus.low);
        if (!raise(&bus.scl)) {
            return false;
        }
        hold(bus.high);
    }
    if (!is_high(&bus.sda)) {
        return false;
    }
    drive(&bus.scl);
    return stop();
}

static bool start(void)
{
    hold(bus.low); /* since the last stop */
    if (!is_high(&bus.scl) || (!is_high(&bus.sda) && !recover())) {
        return false;
    }
    hold(bus.low);
    drive(&bus.sda);
    hold(bus.high);
    drive(&bus.scl);
    return true;
}

static kit_i2c_result_t put(uint8_t byte)
{
    bool seen;
    for (unsigned i = 0; i < 8; i++) {
        const bool bit = (byte & 0x80u) != 0;
        if (!clock_bit(bit, &seen) || (bit && !seen)) {
            return KIT_I2C_STUCK;
        }
        byte = (uint8_t)(byte << 1);
    }
    if (!clock_bit(true, &seen)) {
        return KIT_I2C_STUCK;
    }
    return seen ? KIT_I2C_NACK : KIT_I2C_OK;
}

static bool get(uint8_t *byte, bool is_last)
{
    bool seen = false;
    uint8_t value = 0;
    for (unsigned i = 0; i < 8; i++) {
        if (!clock_bit(true, &seen)) {
            return false;
        }
        value = (uint8_t)(value << 1 | seen);
    }
    *byte = value;
    return clock_bit(is_last, &seen);
}

static kit_i2c_result_t end(kit_i2c_result_t result)
{
    return stop() ? result : KIT_I2C_STUCK;
}

static void set_lines(uint32_t sda, uint32_t scl)
{
    bus.sda = chip_open_line(sda);
    bus.scl = chip_open_line(scl);
    bus.edge = chip_cycles();
}

void i2c_init(void)
{
    bus.hertz = FIRST_HERTZ;
    use_clock(bus.hertz);
    set_lines(CHIP_FIRST_SDA, CHIP_FIRST_SCL);
}

kit_i2c_result_t i2c_wake(void *context)
{
    (void)context;
    use_clock(WAKE_HERTZ);
    kit_i2c_result_t result = KIT_I2C_STUCK;
    if (start()) {
        /* Nobody has address 0: that it is not acknowledged is no failure. */
        result = put(0);
        result = end(result == KIT_I2C_STUCK ? KIT_I2C_STUCK : KIT_I2C_OK);
    }
    use_clock(bus.hertz);
    return result;
}

kit_i2c_result_t i2c_probe(void *context, uint8_t address)
{
    return i2c_write(context, address, NULL, 0);
}

kit_i2c_result_t i2c_write(void *context, uint8_t address, const uint8_t *data, size_t size)
{
    (void)context;
    if (!start()) {
        return KIT_I2C_STUCK;
    }
    kit_i2c_result_t result = put(address);
    for (size_t i = 0; i < size && result == KIT_I2C_OK; i++) {
        result = put(data[i]);
    }
    return end(result);
}

kit_i2c_result_t i2c_read(void *context, uint8_t address, uint8_t *data, size_t size)
{
    (void)context;
    if (!start()) {
        return KIT_I2C_STUCK;
    }
    kit_i2c_result_t result = put((uint8_t)(address | READ_BIT));
    for (size_t i = 0; i < size && result == KIT_I2C_OK; i++) {
        result = get(&data[i], i + 1 == size) ? KIT_I2C_OK : KIT_I2C_STUCK;
    }
    return end(result);
}

bool i2c_set_pins(void *context, uint32_t sda, uint32_t scl)
{
    (void)context;
    if (!chip_has_pin(sda) || !chip_has_pin(scl)) {
        return false;
    }
    *bus.sda.release = bus.sda.mask;
    *bus.scl.release = bus.scl.mask;
    set_lines(sda, scl);
    return true;
}

bool i2c_set_clock(void *context, uint32_t hertz)
{
    (void)context;
    bus.hertz = hertz;
    use_clock(hertz);
    return true;
}
