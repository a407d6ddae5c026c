/*
 * Fields of registers.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FIELDS_H
#define FIELDS_H

#define FIELD(value, shift, bits) (((value) >> (shift)) & ((1u << (bits)) - 1u))

#endif
