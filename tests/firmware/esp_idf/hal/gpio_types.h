#pragma once
/* The check compares its argument with 0, as in driver/gpio.h of 5.2 and 5.5 and in hal/gpio_types.h of 6.0. */
#include <stdint.h>
#include "soc/gpio_num.h"
#include "soc/soc_caps.h"
#define GPIO_IS_VALID_OUTPUT_GPIO(gpio_num) \
    ((gpio_num >= 0) && (((1ULL << (gpio_num)) & SOC_GPIO_VALID_OUTPUT_GPIO_MASK) != 0))
