/*
 * Where the ROM of the ESP32-C2 loads the bridge. IRAM and DRAM are the same bytes: DRAM begins where IRAM ends. From
 * 0x3FCCB264 on lie the buffers of the ROM's download mode, its stack and its variables (bootloader.ld.in of the esp32c2).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define IRAM_START 0x40380000
#define IRAM_SIZE 0x4000
#define DRAM_START 0x3FCA4000
#define DRAM_SIZE 0x1C000
#define ALIAS_OFFSET (0x40380000 - 0x3FCA0000)
