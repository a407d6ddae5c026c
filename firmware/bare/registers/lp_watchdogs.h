/*
 * The low-power watchdogs of the chips from the ESP32-C6 on (lp_wdt_reg.h, lpwdt_ll.h; esptool's targets).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef LP_WATCHDOGS_H
#define LP_WATCHDOGS_H

#ifndef LP_WDT_WPROTECT_AT
#define LP_WDT_WPROTECT_AT 0x18u
#endif
#define RTC_CNTL_WDTCONFIG0 LP_WDT_BASE
#define RTC_CNTL_WDTWPROTECT (LP_WDT_BASE + LP_WDT_WPROTECT_AT)
#define RTC_CNTL_SWD_CONF (LP_WDT_BASE + LP_WDT_WPROTECT_AT + 4u)
#define RTC_CNTL_SWD_AUTO_FEED_EN (1u << 18)
#define RTC_CNTL_SWD_WPROTECT (LP_WDT_BASE + LP_WDT_WPROTECT_AT + 8u)
#define SWD_WKEY 0x50D83AA1u

#endif
