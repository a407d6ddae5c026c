/*
 * USB-Serial-JTAG, on the chips that have it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef USB_SERIAL_JTAG_H
#define USB_SERIAL_JTAG_H

static inline size_t chip_usb_read(uint8_t *data, size_t room)
{
    size_t size = 0;
    while (size < room && (REG(USB_SERIAL_JTAG_EP1_CONF) & USB_SERIAL_JTAG_SERIAL_OUT_EP_DATA_AVAIL) != 0) {
        data[size++] = (uint8_t)REG(USB_SERIAL_JTAG_EP1);
    }
    return size;
}

static inline bool chip_usb_has_room(void)
{
    return (REG(USB_SERIAL_JTAG_EP1_CONF) & USB_SERIAL_JTAG_SERIAL_IN_EP_DATA_FREE) != 0;
}

static inline void chip_usb_put(uint8_t byte)
{
    REG(USB_SERIAL_JTAG_EP1) = byte;
}

static inline void chip_usb_flush(void)
{
    REG(USB_SERIAL_JTAG_EP1_CONF) = USB_SERIAL_JTAG_WR_DONE;
}

#endif
