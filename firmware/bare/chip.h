/*
 * What differs between the chips. Each folder beside this file implements it for one of them, and its registers.h
 * holds the addresses. It calls nothing of the rest of the bridge.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef CHIP_H
#define CHIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registers.h"

/* One I2C line: an open drain that is made by switching the output driver, which drives low, on and off. */
typedef struct {
    volatile uint32_t *drive;   /* write `mask`: the line is low */
    volatile uint32_t *release; /* write `mask`: the pull-up has it */
    volatile uint32_t *level;
    uint32_t mask;
} line_t;

/* The ROM leaves its watchdogs running, and nobody here would feed them. */
void chip_stop_watchdogs(void);

/* CPU cycles in a microsecond, measured against a timer. 1 to CHIP_FASTEST_MHZ; that, if the timer stands still. */
uint32_t chip_measure_mhz(void);

/* The clock of UART0 in hertz, before its divider; nothing may be on the line, for the clock may be changed. */
uint32_t chip_uart_hertz(void);

/* Set the divider of UART0, in sixteenths of its clock. */
void chip_set_uart_divider(uint32_t sixteenths);

/* Whether a GPIO can be an I2C line here: not those of the flash and of the serial lines. */
bool chip_has_pin(uint32_t pin);

/* Make a GPIO a released I2C line; IO_MUX's weak pull-up is on, which the ESP32's RTC pads do not listen to. */
line_t chip_open_line(uint32_t pin);

/* Bytes that wait in the receive FIFO of UART0. */
static inline uint32_t chip_uart_waiting(void);

/* Bytes in the transmit FIFO of UART0, which has room for UART_FIFO_SIZE. */
static inline uint32_t chip_uart_unsent(void);

/* Whether a byte is on the line right now. */
static inline bool chip_uart_sends(void);

/* Take what has come in over USB-Serial-JTAG, at most `room` bytes. */
static inline size_t chip_usb_read(uint8_t *data, size_t room);

/* Whether USB-Serial-JTAG takes another byte. */
static inline bool chip_usb_has_room(void);

/* Give USB-Serial-JTAG a byte; it has to have room. */
static inline void chip_usb_put(uint8_t byte);

/* Hand the host what USB-Serial-JTAG was given. */
static inline void chip_usb_flush(void);

/* The cycle counter of the CPU. */
static inline uint32_t chip_cycles(void);

#include "chip_inline.h"

#endif
