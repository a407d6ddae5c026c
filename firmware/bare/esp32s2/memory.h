/*
 * Where the ROM of the ESP32-S2 loads the bridge. IRAM and DRAM are the same bytes: DRAM begins where IRAM ends. Below
 * them lie the caches, from 0x3FFEAB00 on the buffers of the ROM, its stack and its variables (bootloader.ld of the
 * esp32s2).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define IRAM_START 0x40028000
#define IRAM_SIZE 0x4000
#define DRAM_START 0x3FFBC000
#define DRAM_SIZE 0x1C000
