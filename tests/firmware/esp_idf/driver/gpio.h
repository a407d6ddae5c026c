#pragma once
#include "esp_err.h"
typedef enum { GPIO_NUM_NC = -1, GPIO_NUM_0 = 0, GPIO_NUM_MAX = 40 } gpio_num_t;
#define GPIO_IS_VALID_OUTPUT_GPIO(gpio_num) ((gpio_num) < 34)
int gpio_get_level(gpio_num_t gpio_num);
