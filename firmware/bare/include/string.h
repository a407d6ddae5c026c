/*
 * The functions of the C library that the bridge uses. The compilers come without a C library.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef STRING_H
#define STRING_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *at, int value, size_t size);
void *memchr(const void *in, int value, size_t size);
size_t strlen(const char *text);
char *strchr(const char *text, int c);

#endif
