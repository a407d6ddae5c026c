/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kit_text.h"

#include <string.h>

#define MOST_DIGITS 9

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_name(char c)
{
    return is_digit(c) || c == ':' || (lower(c) >= 'a' && lower(c) <= 'z');
}

bool kit_text_parse(const char *line, size_t length, kit_request_t *request)
{
    size_t names = 0;
    while (names < length && is_name(line[names])) {
        names++;
    }
    if (names == 0) {
        return false;
    }
    *request = (kit_request_t){.names = line, .names_length = names, .argument = line + names, .argument_length = 0};
    if (names == length) {
        return true;
    }
    if (line[names] != '(' || length < names + 2 || line[length - 1] != ')') {
        return false;
    }
    request->argument = line + names + 1;
    request->argument_length = length - names - 2;
    return memchr(request->argument, '(', request->argument_length) == NULL &&
           memchr(request->argument, ')', request->argument_length) == NULL;
}

bool kit_text_fits(const kit_request_t *request, const char *path)
{
    const char *at = path;
    bool begun = false; /* a name needs one character at least */
    for (size_t i = 0; i < request->names_length; i++) {
        const char c = lower(request->names[i]);
        if (c == ':') {
            at = strchr(at, ':');
            if (!begun || at == NULL) {
                return false;
            }
            at++;
            begun = false;
        } else {
            if (*at == '\0' || *at == ':' || *at != c) {
                return false;
            }
            at++;
            begun = true;
        }
    }
    return begun && strchr(at, ':') == NULL;
}

static int hex_value(char c)
{
    if (is_digit(c)) {
        return c - '0';
    }
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool kit_text_hex(const kit_request_t *request, uint8_t *data, size_t room, size_t *size)
{
    if (request->argument_length % 2 != 0 || request->argument_length / 2 > room) {
        return false;
    }
    for (size_t i = 0; i < request->argument_length / 2; i++) {
        const int high = hex_value(request->argument[2 * i]);
        const int low = hex_value(request->argument[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        data[i] = (uint8_t)(high << 4 | low);
    }
    *size = request->argument_length / 2;
    return true;
}

bool kit_text_numbers(const kit_request_t *request, uint32_t *numbers, size_t count)
{
    size_t position = 0;
    for (size_t n = 0; n < count; n++) {
        size_t digits = 0;
        numbers[n] = 0;
        while (position < request->argument_length && is_digit(request->argument[position])) {
            if (++digits > MOST_DIGITS) {
                return false;
            }
            numbers[n] = numbers[n] * 10 + (uint32_t)(request->argument[position++] - '0');
        }
        if (digits == 0) {
            return false;
        }
        if (n + 1 < count) {
            if (position >= request->argument_length || request->argument[position++] != ',') {
                return false;
            }
        }
    }
    return position == request->argument_length;
}

size_t kit_text_put_hex(char *text, const uint8_t *data, size_t size)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[data[i] >> 4];
        text[2 * i + 1] = digits[data[i] & 0xF];
    }
    return 2 * size;
}
