/*
 * Where the ROM of the ESP32-P4 loads the bridge. Instructions and data have the same addresses. The memory is what is
 * free on every revision: before v3.0 the ROM uses 0x4FF296B8 to 0x4FF40000 and the cache what lies from 0x4FF80000 on,
 * since v3.0 the cache uses up to 0x4FF20000 and the ROM what lies from 0x4FFA96B8 on (bootloader.memory.ld.in and
 * memory.ld.in of the esp32p4).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define IRAM_START 0x4FF50000
#define IRAM_SIZE 0x4000
#define DRAM_START 0x4FF54000
#define DRAM_SIZE 0x1C000
#define ALIAS_OFFSET 0
