#pragma once
#include <stdint.h>
typedef int esp_err_t;
#define ESP_OK 0
#define ESP_FAIL -1
/* With CONFIG_COMPILER_OPTIMIZATION_ASSERTIONS_DISABLE, and so NDEBUG, the check only evaluates what it is given. */
void _esp_error_check_failed(esp_err_t rc, const char *file, int line, const char *function, const char *expression);
#ifdef NDEBUG
#define ESP_ERROR_CHECK(x) do { esp_err_t err_rc_ = (x); (void) sizeof(err_rc_); } while(0)
#else
#define ESP_ERROR_CHECK(x) do { \
        esp_err_t err_rc_ = (x); \
        if (__builtin_expect(!!(err_rc_ != ESP_OK), 0)) { \
            _esp_error_check_failed(err_rc_, __FILE__, __LINE__, __func__, #x); \
        } \
    } while(0)
#endif
