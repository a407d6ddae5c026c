/*
 * Waking, finding and talking to chips, with the care that their watchdog needs.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef KIT_CHIP_H
#define KIT_CHIP_H

#include "kit_bridge.h"
#include "kit_status.h"

/* The last byte of the I2C write that says what is meant. */
#define KIT_WORD_SLEEP 0x01
#define KIT_WORD_IDLE 0x02
#define KIT_WORD_COMMAND 0x03

#define KIT_WAKE_ANSWER 4 /* bytes */

/* Wake all chips; those that may be awake go through idle, which keeps TempKey and restarts the watchdog. */
kit_status_t kit_chip_wake_again(kit_bridge_t *bridge);

/* Wake all chips without a word before. */
kit_status_t kit_chip_wake_bus(kit_bridge_t *bridge);

/* Find out which addresses answer, leaving all chips awake. */
kit_status_t kit_chip_look(kit_bridge_t *bridge);

/* Send all chips to idle or to sleep; one that does not hear it has fallen asleep by itself. */
kit_status_t kit_chip_settle(kit_bridge_t *bridge, uint8_t word);

/* The chip that is selected and there, else the first that is there. */
kit_status_t kit_chip_target(kit_bridge_t *bridge, uint8_t *address);

/*
 * Send bridge->packet (its first byte is its size; one byte of room is left behind it) and replace it by the answer.
 * The chip is left awake. `size` is set to the bytes of the answer.
 */
kit_status_t kit_chip_exchange(kit_bridge_t *bridge, uint8_t address, size_t *size);

/* Whether a chip was found at `address`. */
bool kit_chip_is_found(const kit_bridge_t *bridge, uint8_t address);

#endif
