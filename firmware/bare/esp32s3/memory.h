/*
 * Where the ROM of the ESP32-S3 loads the bridge. IRAM and DRAM are the same bytes: DRAM begins where IRAM ends. From
 * 0x3FCD7E00 on lie the buffers of the ROM's download mode, its stacks and its variables (bootloader.ld.in of the esp32s3).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define IRAM_START 0x40378000
#define IRAM_SIZE 0x4000
#define DRAM_START 0x3FC8C000
#define DRAM_SIZE 0x1C000
