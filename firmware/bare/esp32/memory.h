/*
 * Where the ESP32's ROM loads the bridge: the first bytes of IRAM, and DRAM that neither the ROM's variables (up to
 * 0x3FFAE6E0 and from 0x3FFE0000, ESP-IDF's bootloader.ld and soc.h) nor its stack use.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define IRAM_START 0x40080000
#define IRAM_SIZE 0x3000
#define DRAM_START 0x3FFB0000
#define DRAM_SIZE 0x1C000
