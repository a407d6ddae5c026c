/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kit_packet.h"

#define SHORTEST 4 /* count, status, CRC */

static uint16_t crc16(const uint8_t *data, size_t size)
{
    uint16_t crc = 0;
    for (size_t i = 0; i < size; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            const unsigned differs = (((unsigned)data[i] >> bit) & 1u) ^ ((unsigned)crc >> 15);
            crc = (uint16_t)(((unsigned)crc << 1) ^ (differs ? 0x8005u : 0u));
        }
    }
    return crc;
}

void kit_packet_seal(uint8_t *packet, size_t size)
{
    const uint16_t crc = crc16(packet, size);
    packet[size] = (uint8_t)(crc & 0xFF);
    packet[size + 1] = (uint8_t)(crc >> 8);
}

bool kit_packet_is_whole(const uint8_t *packet, size_t size)
{
    if (size < SHORTEST || packet[0] != size) {
        return false;
    }
    const uint16_t crc = crc16(packet, size - 2);
    return packet[size - 2] == (crc & 0xFF) && packet[size - 1] == crc >> 8;
}

uint32_t kit_packet_longest_us(uint8_t opcode)
{
    /* The ATECC608 at clock divider M2; the ATECC508A is faster in all of these. */
    static const struct {
        uint8_t opcode;
        uint16_t milliseconds;
    } times[] = {
        {0x08, 55},  /* MAC */
        {0x12, 45},  /* Write */
        {0x15, 35},  /* GenDig */
        {0x16, 20},  /* Nonce */
        {0x17, 35},  /* Lock */
        {0x1B, 23},  /* Random */
        {0x1C, 50},  /* DeriveKey */
        {0x20, 10},  /* UpdateExtra */
        {0x24, 25},  /* Counter */
        {0x28, 40},  /* CheckMac */
        {0x40, 653}, /* GenKey */
        {0x41, 665}, /* Sign */
        {0x43, 531}, /* ECDH */
        {0x45, 1085}, /* Verify */
        {0x46, 50},  /* PrivWrite */
        {0x47, 75},  /* SHA */
        {0x51, 27},  /* AES */
        {0x56, 165}, /* KDF */
        {0x77, 2324}, /* SelfTest */
        {0x80, 480}, /* SecureBoot */
    };
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        if (times[i].opcode == opcode) {
            return times[i].milliseconds * 1000u;
        }
    }
    return 5000; /* Info, Read, and what the chip does not know */
}
