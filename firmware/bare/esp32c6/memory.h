/*
 * Where the ROM of the ESP32-C6 loads the bridge. Instructions and data have the same addresses. From 0x4086AD08 on lie
 * the buffers of the ROM's download mode, its stack and its variables (bootloader.ld.in of the esp32c6).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define IRAM_START 0x40810000
#define IRAM_SIZE 0x4000
#define DRAM_START 0x40814000
#define DRAM_SIZE 0x1C000
#define ALIAS_OFFSET 0
