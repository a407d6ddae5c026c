/*
 * What stands for USB-Serial-JTAG on the chips that have none.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef NO_USB_H
#define NO_USB_H

static inline size_t chip_usb_read(uint8_t *data, size_t room)
{
    (void)data;
    (void)room;
    return 0; /* this chip has no USB, so nothing is ever sent there either */
}

static inline bool chip_usb_has_room(void)
{
    return true;
}

static inline void chip_usb_put(uint8_t byte)
{
    (void)byte;
}

static inline void chip_usb_flush(void)
{
}

#endif
