#pragma once
#include "esp_err.h"
#include "hal/gpio_types.h"
int gpio_get_level(gpio_num_t gpio_num);
