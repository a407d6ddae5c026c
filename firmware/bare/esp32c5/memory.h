/*
 * Where the ROM of the ESP32-C5 loads the bridge. Instructions and data have the same addresses. From 0x4084E5A0 on lie
 * the buffers of the ROM's download mode, its stack and its variables (bootloader.ld.in of the esp32c5).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define IRAM_START 0x40800000
#define IRAM_SIZE 0x4000
#define DRAM_START 0x40804000
#define DRAM_SIZE 0x1C000
#define ALIAS_OFFSET 0
