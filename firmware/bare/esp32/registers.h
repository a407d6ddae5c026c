/*
 * Registers of the ESP32 by the names of Espressif's "ESP32 Technical Reference Manual". Behind each block are the
 * chapter and the header of ESP-IDF (components/soc/esp32) that tell its addresses and fields.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REGISTERS_H
#define REGISTERS_H

#define REG(address) (*(volatile uint32_t *)(address))

#define CHIP_NAME "ESP32"
#define CHIP_FIRST_SDA 21
#define CHIP_FIRST_SCL 22
#define CHIP_FASTEST_MHZ 240u

/* UART Controller; uart_reg.h. */
#define UART_FIFO 0x3FF40000u
#define UART_SEND_FIFO 0x60000000u /* UART_FIFO_AHB_REG: writes to the FIFO go over AHB (uart_ll.h) */
#define UART_INT_ENA 0x3FF4000Cu
#define UART_CLKDIV 0x3FF40014u
#define UART_CLKDIV_BITS 20
#define UART_CLKDIV_FRAG_S 20
#define UART_CLKDIV_FRAG_BITS 4
#define UART_STATUS 0x3FF4001Cu
#define UART_RXFIFO_CNT_BITS 8
#define UART_TXFIFO_CNT_S 16
#define UART_TXFIFO_CNT_BITS 8
#define UART_ST_UTX_OUT_S 24
#define UART_ST_UTX_OUT_BITS 4
#define UART_MEM_RX_STATUS 0x3FF40060u
#define UART_MEM_RX_RD_ADDR_S 2
#define UART_MEM_RX_WR_ADDR_S 13
#define UART_MEM_RX_ADDR_BITS 11
#define UART_FIFO_SIZE 128u /* SOC_UART_FIFO_LEN in soc_caps.h */

/* IO_MUX and GPIO Matrix; gpio_reg.h, io_mux_reg.h, gpio_sig_map.h. */
#define GPIO_OUT_W1TC 0x3FF4400Cu
#define GPIO_OUT1_W1TC 0x3FF44018u
#define GPIO_ENABLE_W1TS 0x3FF44024u
#define GPIO_ENABLE_W1TC 0x3FF44028u
#define GPIO_ENABLE1_W1TS 0x3FF44030u
#define GPIO_ENABLE1_W1TC 0x3FF44034u
#define GPIO_IN 0x3FF4403Cu
#define GPIO_IN1 0x3FF44040u
#define GPIO_FUNC_OUT_SEL_CFG(pin) (0x3FF44530u + 4u * (pin))
#define SIG_GPIO_OUT 256u
#define GPIO_FUNC_OEN_SEL (1u << 10)
#define IO_MUX 0x3FF49000u
#define IO_MUX_FUN_WPU (1u << 8)
#define IO_MUX_FUN_IE (1u << 9)
#define IO_MUX_FUN_DRV_S 10
#define IO_MUX_MCU_SEL_S 12
#define IO_MUX_FUNCTION_GPIO 2u

/* RTC clock tree and watchdogs ("Reset and Clock", "Watchdog Timers"); rtc_cntl_reg.h, syscon_reg.h. */
#define RTC_CNTL_CLK_CONF 0x3FF48070u
#define RTC_CNTL_SOC_CLK_SEL_S 27
#define RTC_CNTL_SOC_CLK_SEL_BITS 2
#define SOC_CLK_SEL_PLL 1u
#define RTC_CNTL_WDTCONFIG0 0x3FF4808Cu
#define RTC_CNTL_WDTWPROTECT 0x3FF480A4u
#define SYSCON_SYSCLK_CONF 0x3FF66000u
#define SYSCON_PRE_DIV_CNT_BITS 10

/* Timer Group 0, a timer and the main watchdog ("Timer Group", "Watchdog Timers"); timer_group_reg.h. */
#define TIMG0_T0CONFIG 0x3FF5F000u
#define TIMG_T0_EN (1u << 31)
#define TIMG_T0_INCREASE (1u << 30)
#define TIMG_T0_DIVIDER_S 13
#define TIMG0_T0LO 0x3FF5F004u
#define TIMG0_T0UPDATE 0x3FF5F00Cu
#define TIMG0_WDTCONFIG0 0x3FF5F048u
#define TIMG0_WDTWPROTECT 0x3FF5F064u
#define WDT_WKEY 0x50D83AA1u

#endif
