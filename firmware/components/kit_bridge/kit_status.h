/*
 * The two digits in front of a reply: CryptoAuthLib's ATCA_STATUS values.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef KIT_STATUS_H
#define KIT_STATUS_H

typedef enum {
    KIT_SUCCESS = 0x00,
    KIT_BAD_PARAM = 0xE2,
    KIT_INVALID_SIZE = 0xE4,
    KIT_RX_FAIL = 0xE6,
    KIT_RX_NO_RESPONSE = 0xE7,
    KIT_COMM_FAIL = 0xF0,
    KIT_TIMEOUT = 0xF1,
    KIT_BAD_OPCODE = 0xF2,
    KIT_UNIMPLEMENTED = 0xF5,
    KIT_NO_DEVICES = 0xF9,
} kit_status_t;

#endif
