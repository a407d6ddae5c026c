/*
 * Where IO_MUX of the ESP32 has the register of each GPIO that can be driven and that neither the flash nor UART0 takes
 * (io_mux_reg.h).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef IO_MUX_H
#define IO_MUX_H

#include <stdint.h>

static const uint8_t io_mux_at[] = {
    [0] = 0x44, [2] = 0x40, [4] = 0x48, [5] = 0x6C, [12] = 0x34, [13] = 0x38, [14] = 0x30, [15] = 0x3C, [16] = 0x4C,
    [17] = 0x50, [18] = 0x70, [19] = 0x74, [21] = 0x7C, [22] = 0x80, [23] = 0x8C, [25] = 0x24, [26] = 0x28,
    [27] = 0x2C, [32] = 0x1C, [33] = 0x20,
};

#endif
