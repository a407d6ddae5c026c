/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chip.h"

void chip_stop_watchdogs(void)
{
    REG(RTC_CNTL_WDTWPROTECT) = WDT_WKEY;
    REG(RTC_CNTL_WDTCONFIG0) = 0;
    REG(RTC_CNTL_WDTWPROTECT) = 0;
#ifdef RTC_CNTL_SWD_CONF /* a super watchdog, which feeds itself from here on */
    REG(RTC_CNTL_SWD_WPROTECT) = SWD_WKEY;
    REG(RTC_CNTL_SWD_CONF) |= RTC_CNTL_SWD_AUTO_FEED_EN;
    REG(RTC_CNTL_SWD_WPROTECT) = 0;
#endif
    REG(TIMG0_WDTWPROTECT) = WDT_WKEY;
    REG(TIMG0_WDTCONFIG0) = TIMG_WDT_CONF_UPDATE_EN; /* all else 0; where it exists, no change is taken over without it */
    REG(TIMG0_WDTWPROTECT) = 0;
}
