/*
 * The watchdogs of the RTC on ESP32-C2, C3, S2 and S3 (rtc_cntl_reg.h; esptool's targets).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef RTC_WATCHDOGS_H
#define RTC_WATCHDOGS_H

#define RTC_CNTL_WDTCONFIG0 (RTC_CNTL_BASE + RTC_CNTL_WDTCONFIG0_AT)
#define RTC_CNTL_WDTWPROTECT (RTC_CNTL_WDTCONFIG0 + 0x18u)
#define RTC_CNTL_SWD_CONF (RTC_CNTL_WDTCONFIG0 + 0x1Cu)
#define RTC_CNTL_SWD_AUTO_FEED_EN (1u << 31)
#define RTC_CNTL_SWD_WPROTECT (RTC_CNTL_WDTCONFIG0 + 0x20u)
#define SWD_WKEY 0x8F1D312Au

#endif
