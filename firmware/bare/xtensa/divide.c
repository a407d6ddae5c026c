/*
 * Division, which the lx106 compiler's libgcc does not have.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdint.h>

uint32_t __udivsi3(uint32_t dividend, uint32_t divisor);
uint32_t __umodsi3(uint32_t dividend, uint32_t divisor);

uint32_t __udivsi3(uint32_t dividend, uint32_t divisor)
{
    uint32_t quotient = 0;
    uint32_t rest = 0;
    for (uint32_t bit = 1u << 31; bit != 0; bit >>= 1) {
        const uint32_t carry = rest >> 31;
        rest = rest << 1 | ((dividend & bit) != 0);
        if (carry != 0 || rest >= divisor) {
            rest -= divisor;
            quotient |= bit;
        }
    }
    return quotient;
}

uint32_t __umodsi3(uint32_t dividend, uint32_t divisor)
{
    return dividend - __udivsi3(dividend, divisor) * divisor;
}
