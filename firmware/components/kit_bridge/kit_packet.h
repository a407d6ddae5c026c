/*
 * Packets of the ATECC family: count, body, CRC-16 (polynomial 0x8005, least significant bit first, little-endian).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef KIT_PACKET_H
#define KIT_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Put the CRC behind `size` bytes. */
void kit_packet_seal(uint8_t *packet, size_t size);

/* Whether the count byte and the CRC fit `size` bytes. */
bool kit_packet_is_whole(const uint8_t *packet, size_t size);

/* Longest execution time of a command in microseconds, at the slowest clock divider of the ATECC608. */
uint32_t kit_packet_longest_us(uint8_t opcode);

#endif
