/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "serial_port.h"

#include "driver/uart.h"
#include "freertos/FreeRTOS.h"
#include "kit_bridge.h"
#include "sdkconfig.h"
#include "soc/soc_caps.h"
#if SOC_USB_SERIAL_JTAG_SUPPORTED
#include "driver/usb_serial_jtag.h"
#endif

#define BUFFER_SIZE 1024
#define WAIT_TICKS 1
#define SEND_TICKS pdMS_TO_TICKS(200) /* a host that has gone must not hold the bridge */
#define FLOOR_TICKS pdMS_TO_TICKS(1000)

typedef enum {
    CHANNEL_UART,
    CHANNEL_USB,
} channel_t;

static struct {
    channel_t channel; /* where the last bytes came from */
    bool line_begun;
    uint32_t quiet_ticks;
} state;

uint32_t serial_port_init(void)
{
    /* Also when loaded into RAM: ESP-IDF has changed the clocks by now, so no register tells the loader's rate. */
    const uart_config_t config = {
        .baud_rate = KIT_FIRST_BAUD,
        .data_bits = UART_DATA_8_BITS,
        .parity = UART_PARITY_DISABLE,
        .stop_bits = UART_STOP_BITS_1,
        .flow_ctrl = UART_HW_FLOWCTRL_DISABLE,
        .source_clk = UART_SCLK_DEFAULT,
    };
    ESP_ERROR_CHECK(uart_driver_install(UART_NUM_0, BUFFER_SIZE, BUFFER_SIZE, 0, NULL, 0));
    ESP_ERROR_CHECK(uart_param_config(UART_NUM_0, &config));
#if SOC_USB_SERIAL_JTAG_SUPPORTED
    usb_serial_jtag_driver_config_t usb = {.tx_buffer_size = BUFFER_SIZE, .rx_buffer_size = BUFFER_SIZE};
    ESP_ERROR_CHECK(usb_serial_jtag_driver_install(&usb));
#endif
    return KIT_FIRST_BAUD;
}

static int read_channel(channel_t channel, uint8_t *data, size_t room)
{
#if SOC_USB_SERIAL_JTAG_SUPPORTED
    if (channel == CHANNEL_USB) {
        return usb_serial_jtag_read_bytes(data, (uint32_t)room, WAIT_TICKS);
    }
#else
    (void)channel;
#endif
    size_t waiting = 0;
    (void)uart_get_buffered_data_len(UART_NUM_0, &waiting);
    const size_t size = waiting == 0 ? 1 : waiting < room ? waiting : room;
    return uart_read_bytes(UART_NUM_0, data, (uint32_t)size, WAIT_TICKS);
}

static size_t hear(channel_t channel, uint8_t *data, size_t room)
{
    const int size = read_channel(channel, data, room);
    if (size <= 0) {
        return 0;
    }
    state.channel = channel;
    state.line_begun = data[size - 1] != '\n';
    state.quiet_ticks = 0;
    return (size_t)size;
}

size_t serial_port_read(uint8_t *data, size_t room)
{
    if (state.line_begun) {
        const size_t size = hear(state.channel, data, room);
        state.quiet_ticks += size == 0 ? WAIT_TICKS : 0;
        state.line_begun = state.line_begun && state.quiet_ticks < FLOOR_TICKS;
        return size;
    }
    const size_t size = hear(CHANNEL_UART, data, room);
#if SOC_USB_SERIAL_JTAG_SUPPORTED
    return size > 0 ? size : hear(CHANNEL_USB, data, room);
#else
    return size;
#endif
}

void serial_port_send(void *context, const char *text, size_t size)
{
    (void)context;
#if SOC_USB_SERIAL_JTAG_SUPPORTED
    if (state.channel == CHANNEL_USB) {
        (void)usb_serial_jtag_write_bytes(text, size, SEND_TICKS);
        return;
    }
#endif
    (void)uart_write_bytes(UART_NUM_0, text, size);
}

bool serial_port_has_baud(void *context, uint32_t rate)
{
    (void)context;
    return rate <= SOC_UART_BITRATE_MAX;
}

void serial_port_set_baud(void *context, uint32_t rate)
{
    (void)context;
    (void)uart_wait_tx_done(UART_NUM_0, SEND_TICKS);
    (void)uart_set_baudrate(UART_NUM_0, rate);
}
