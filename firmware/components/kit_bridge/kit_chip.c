/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kit_chip.h"

#include <string.h>

#include "kit_packet.h"

#define WAKE_DELAY_US 1500u
#define WATCHDOG_US 700000u /* the shortest a chip may take to fall asleep, counted from its wake */
#define POLL_US 250u
#define POLL_MARGIN_US 50000u /* beyond the longest execution time */
#define FIRST_ADDRESS 0x08    /* 7-bit: the ones below and above are reserved by the I2C specification */
#define LAST_ADDRESS 0x77

static kit_status_t failed(kit_i2c_result_t result)
{
    return result == KIT_I2C_STUCK ? KIT_TIMEOUT : KIT_COMM_FAIL;
}

bool kit_chip_is_found(const kit_bridge_t *bridge, uint8_t address)
{
    return bridge->found_count > 0 && memchr(bridge->found, address, bridge->found_count) != NULL;
}

kit_status_t kit_chip_wake_bus(kit_bridge_t *bridge)
{
    const kit_port_t *port = &bridge->port;
    if (port->wake(port->context) == KIT_I2C_STUCK) {
        return KIT_TIMEOUT;
    }
    bridge->awake = true;
    bridge->awake_since = port->now_us(port->context);
    port->wait_us(port->context, WAKE_DELAY_US);
    return KIT_SUCCESS;
}

kit_status_t kit_chip_settle(kit_bridge_t *bridge, uint8_t word)
{
    const kit_port_t *port = &bridge->port;
    if (!bridge->awake) {
        return KIT_SUCCESS;
    }
    for (size_t i = 0; i < bridge->found_count; i++) {
        const kit_i2c_result_t result = port->write(port->context, bridge->found[i], &word, 1);
        if (result == KIT_I2C_STUCK) {
            return KIT_TIMEOUT;
        }
        bridge->fell_asleep += result == KIT_I2C_NACK;
    }
    bridge->awake = false;
    return KIT_SUCCESS;
}

kit_status_t kit_chip_wake_again(kit_bridge_t *bridge)
{
    const kit_status_t status = kit_chip_settle(bridge, KIT_WORD_IDLE);
    return status == KIT_SUCCESS ? kit_chip_wake_bus(bridge) : status;
}

kit_status_t kit_chip_look(kit_bridge_t *bridge)
{
    const kit_port_t *port = &bridge->port;
    const kit_status_t status = kit_chip_wake_again(bridge);
    if (status != KIT_SUCCESS) {
        return status;
    }
    uint8_t found[KIT_DEVICES_MAX];
    size_t count = 0;
    for (unsigned address = FIRST_ADDRESS; address <= LAST_ADDRESS && count < KIT_DEVICES_MAX; address++) {
        const uint8_t eight_bit = (uint8_t)(address << 1);
        const kit_i2c_result_t result = port->probe(port->context, eight_bit);
        if (result == KIT_I2C_STUCK) {
            return KIT_TIMEOUT;
        }
        if (result == KIT_I2C_OK) {
            found[count++] = eight_bit;
        }
    }
    memcpy(bridge->found, found, count);
    bridge->found_count = count;
    return KIT_SUCCESS;
}

kit_status_t kit_chip_target(kit_bridge_t *bridge, uint8_t *address)
{
    if (kit_chip_is_found(bridge, bridge->selected)) {
        *address = bridge->selected;
        return KIT_SUCCESS;
    }
    if (bridge->found_count == 0) {
        const kit_status_t status = kit_chip_look(bridge);
        if (status != KIT_SUCCESS) {
            return status;
        }
    }
    if (bridge->found_count == 0) {
        return KIT_COMM_FAIL;
    }
    *address = bridge->found[0];
    return KIT_SUCCESS;
}

static kit_status_t be_awake_for(kit_bridge_t *bridge, uint32_t duration_us)
{
    const kit_port_t *port = &bridge->port;
    if (!bridge->awake) {
        return kit_chip_wake_bus(bridge);
    }
    if (port->now_us(port->context) - bridge->awake_since + duration_us > WATCHDOG_US) {
        return kit_chip_wake_again(bridge);
    }
    return KIT_SUCCESS;
}

static kit_status_t send_command(kit_bridge_t *bridge, uint8_t address)
{
    const kit_port_t *port = &bridge->port;
    const size_t size = bridge->packet[0];
    memmove(bridge->packet + 1, bridge->packet, size);
    bridge->packet[0] = KIT_WORD_COMMAND;
    kit_i2c_result_t result = port->write(port->context, address, bridge->packet, size + 1);
    if (result == KIT_I2C_NACK) {
        const kit_status_t status = kit_chip_wake_bus(bridge);
        if (status != KIT_SUCCESS) {
            return status;
        }
        result = port->write(port->context, address, bridge->packet, size + 1);
        bridge->fell_asleep += result == KIT_I2C_OK;
    }
    return result == KIT_I2C_OK ? KIT_SUCCESS : failed(result);
}

static kit_status_t receive_answer(kit_bridge_t *bridge, uint8_t address, uint32_t longest_us, size_t *size)
{
    const kit_port_t *port = &bridge->port;
    const uint64_t begun = port->now_us(port->context);
    uint8_t count;
    kit_i2c_result_t result;
    while ((result = port->read(port->context, address, &count, 1)) == KIT_I2C_NACK) {
        if (port->now_us(port->context) - begun > (uint64_t)longest_us + POLL_MARGIN_US) {
            return KIT_RX_NO_RESPONSE;
        }
        port->wait_us(port->context, POLL_US);
    }
    if (result == KIT_I2C_OK && count > 1) {
        result = port->read(port->context, address, bridge->packet + 1, count - 1u);
    }
    if (result != KIT_I2C_OK) {
        return result == KIT_I2C_STUCK ? KIT_TIMEOUT : KIT_RX_NO_RESPONSE;
    }
    bridge->packet[0] = count;
    *size = count > 1 ? count : 1;
    return KIT_SUCCESS;
}

kit_status_t kit_chip_exchange(kit_bridge_t *bridge, uint8_t address, size_t *size)
{
    const uint8_t opcode = bridge->packet[0] > 1 ? bridge->packet[1] : 0;
    const uint32_t longest_us = kit_packet_longest_us(opcode);
    kit_status_t status = be_awake_for(bridge, longest_us);
    if (status == KIT_SUCCESS) {
        status = send_command(bridge, address);
    }
    if (status == KIT_SUCCESS) {
        status = receive_answer(bridge, address, longest_us, size);
    }
    return status;
}
