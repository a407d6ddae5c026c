/*
 * Reading a request line: names cut to prefixes, letter case, the argument as hex digits or numbers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef KIT_TEXT_H
#define KIT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A request taken apart; both texts point into its line. */
typedef struct {
    const char *names;
    size_t names_length;
    const char *argument;
    size_t argument_length;
} kit_request_t;

/* Take a line apart: letters, digits and colons, then perhaps one pair of parentheses. False: it is something else. */
bool kit_text_parse(const char *line, size_t length, kit_request_t *request);

/* Whether each name is a prefix of the name at its place in `path`, which is lower case. */
bool kit_text_fits(const kit_request_t *request, const char *path);

/* The argument as bytes. False: not pairs of hex digits, or more than `room` bytes. */
bool kit_text_hex(const kit_request_t *request, uint8_t *data, size_t room, size_t *size);

/* The argument as `count` decimal numbers of 1 to 9 digits with commas between them. */
bool kit_text_numbers(const kit_request_t *request, uint32_t *numbers, size_t count);

/* Write bytes as upper-case hex digits; returns the characters written. */
size_t kit_text_put_hex(char *text, const uint8_t *data, size_t size);

#endif
