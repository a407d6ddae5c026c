/*
 * Where the blocks of the ESP32-C6 lie, and those of the chips that were made after it (reg_base.h of ESP32-C5, C6, C61
 * and H2).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BLOCKS_OF_C6_H
#define BLOCKS_OF_C6_H

#define UART_BASE 0x60000000u
#ifndef TIMG0_BASE
#define TIMG0_BASE 0x60008000u
#endif
#ifndef SYSTIMER_BASE
#define SYSTIMER_BASE 0x6000A000u
#endif
#define USB_SERIAL_JTAG_BASE 0x6000F000u
#define IO_MUX_BASE 0x60090000u
#define GPIO_BASE 0x60091000u
#define PCR_BASE 0x60096000u
#define LP_WDT_BASE 0x600B1C00u

#define SYSTIMER_MHZ 16u
#define UART_SCLK_CONF (PCR_BASE + 0x04u) /* PCR_UART0_SCLK_CONF_REG */

#include "uart_from_c6.h"
#include "blocks.h"
#include "lp_watchdogs.h"

#endif
