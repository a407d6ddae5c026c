/*
 * The peripherals that Espressif's chips have in common, by the names of their technical reference manuals.
 *
 * The registers.h of a chip says where each block begins and what differs, and includes this file behind that. Offsets
 * and fields are those of ESP-IDF's headers (components/soc): uart_reg.h, gpio_reg.h, io_mux_reg.h, timer_group_reg.h,
 * systimer_reg.h, usb_serial_jtag_reg.h.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef BLOCKS_H
#define BLOCKS_H

#define REG(address) (*(volatile uint32_t *)(address))

#ifndef UART_FIFO
#define UART_FIFO UART_BASE
#endif
#ifndef UART_SEND_FIFO
#define UART_SEND_FIFO UART_FIFO
#endif
#define UART_INT_ENA (UART_BASE + 0x0Cu)
#define UART_CLKDIV (UART_BASE + 0x14u)
#ifndef UART_CLKDIV_BITS
#define UART_CLKDIV_BITS 12
#endif
#define UART_CLKDIV_FRAG_S 20
#define UART_CLKDIV_FRAG_BITS 4
#define UART_STATUS (UART_BASE + 0x1Cu)
#define UART_RXFIFO_CNT_BITS 8
#define UART_TXFIFO_CNT_S 16
#define UART_TXFIFO_CNT_BITS 8
#ifndef UART_ST_UTX_OUT_S
#define UART_ST_UTX_OUT_S 4
#endif
#define UART_ST_UTX_OUT_BITS 4
#define UART_FIFO_SIZE 128u /* SOC_UART_FIFO_LEN in soc_caps.h */

#define IO_MUX_FUN_WPU (1u << 8)
#define IO_MUX_FUN_IE (1u << 9)
#define IO_MUX_FUN_DRV_S 10
#define IO_MUX_MCU_SEL_S 12
#ifndef IO_MUX_FUNCTION_GPIO
#define IO_MUX_FUNCTION_GPIO 1u
#endif

#define TIMG0_WDTCONFIG0 (TIMG0_BASE + 0x48u)
#ifndef TIMG_WDT_CONF_UPDATE_EN
#define TIMG_WDT_CONF_UPDATE_EN (1u << 22) /* mwdt_ll.h sets it behind each change */
#endif
#define TIMG0_WDTWPROTECT (TIMG0_BASE + 0x64u)
#define WDT_WKEY 0x50D83AA1u

#ifdef SYSTIMER_BASE
/* System Timer, from the crystal whatever the CPU does. */
#define SYSTIMER_UNIT0_OP (SYSTIMER_BASE + 0x04u)
#define SYSTIMER_UNIT0_UPDATE (1u << 30)
#define SYSTIMER_UNIT0_VALUE_VALID (1u << 29)
#define SYSTIMER_UNIT0_VALUE_LO (SYSTIMER_BASE + 0x44u)
#endif

#ifdef USB_SERIAL_JTAG_BASE
#define USB_SERIAL_JTAG_EP1 USB_SERIAL_JTAG_BASE
#define USB_SERIAL_JTAG_EP1_CONF (USB_SERIAL_JTAG_BASE + 0x04u)
#define USB_SERIAL_JTAG_WR_DONE (1u << 0)
#define USB_SERIAL_JTAG_SERIAL_IN_EP_DATA_FREE (1u << 1)
#define USB_SERIAL_JTAG_SERIAL_OUT_EP_DATA_AVAIL (1u << 2)
#endif

#endif
