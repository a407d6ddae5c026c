/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kit_bridge.h"

#include <string.h>

#include "kit_chip.h"
#include "kit_packet.h"
#include "kit_status.h"
#include "kit_text.h"

#define SLOWEST_CLOCK 10000u
#define FASTEST_CLOCK 1000000u
#define SLOWEST_BAUD 9600u
#define FASTEST_BAUD 2000000u
#define READ 0x02
#define REVISION_WORD 1 /* bytes 4 to 7 of the configuration zone */
#define REVISION_ANSWER 7 /* count, four bytes, CRC */

/* --- replies */

static void send_reply(kit_bridge_t *bridge, size_t length)
{
    bridge->reply[length] = '\n';
    bridge->port.send(bridge->port.context, bridge->reply, length + 1);
}

static void answer_bytes(kit_bridge_t *bridge, kit_status_t status, const uint8_t *data, size_t size)
{
    const uint8_t digits = (uint8_t)status;
    size_t length = kit_text_put_hex(bridge->reply, &digits, 1);
    bridge->reply[length++] = '(';
    length += kit_text_put_hex(bridge->reply + length, data, size);
    bridge->reply[length++] = ')';
    send_reply(bridge, length);
}

static void answer(kit_bridge_t *bridge, kit_status_t status)
{
    answer_bytes(bridge, status, NULL, 0);
}

static size_t append(char *text, size_t length, const char *more)
{
    const size_t size = strlen(more);
    memcpy(text + length, more, size);
    return length + size;
}

static size_t append_number(char *text, size_t length, uint32_t number)
{
    char digits[10];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0) {
        text[length++] = digits[--count];
    }
    return length;
}

/* --- requests */

static void version(kit_bridge_t *bridge, const kit_request_t *request)
{
    (void)request;
    const size_t length = strlen(bridge->identity.name);
    answer_bytes(bridge, KIT_SUCCESS, (const uint8_t *)bridge->identity.name,
                 length < KIT_PACKET_MAX ? length : KIT_PACKET_MAX);
}

static bool one_byte(kit_bridge_t *bridge, const kit_request_t *request, uint8_t *value)
{
    size_t size = 0;
    if (kit_text_hex(request, value, 1, &size) && size == 1) {
        return true;
    }
    answer(bridge, KIT_BAD_PARAM);
    return false;
}

static void device(kit_bridge_t *bridge, const kit_request_t *request)
{
    uint8_t number;
    if (!one_byte(bridge, request, &number)) {
        return;
    }
    kit_status_t status = kit_chip_look(bridge);
    if (status == KIT_SUCCESS && number >= bridge->found_count) {
        /* CryptoAuthLib goes on to the next number as long as it can read an address here. */
        send_reply(bridge, append(bridge->reply, 0, "no_device TWI 00(00)"));
        return;
    }
    size_t size = 0;
    if (status == KIT_SUCCESS) {
        /* Info would do, but a chip whose self test failed only lets its configuration be read. */
        static const uint8_t read_revision[] = {7, READ, 0, REVISION_WORD, 0};
        memcpy(bridge->packet, read_revision, sizeof read_revision);
        kit_packet_seal(bridge->packet, sizeof read_revision);
        status = kit_chip_exchange(bridge, bridge->found[number], &size);
    }
    if (status == KIT_SUCCESS && (size != REVISION_ANSWER || !kit_packet_is_whole(bridge->packet, size))) {
        status = KIT_RX_FAIL;
    }
    if (status != KIT_SUCCESS) {
        answer(bridge, status);
        return;
    }
    const bool is_608 = bridge->packet[3] >= 0x60; /* revision 00 00 60 xx */
    size_t length = append(bridge->reply, 0, is_608 ? "ECC608 TWI 00(" : "ECC508 TWI 00(");
    length += kit_text_put_hex(bridge->reply + length, &bridge->found[number], 1);
    bridge->reply[length++] = ')';
    send_reply(bridge, length);
}

static void accept(kit_bridge_t *bridge, const kit_request_t *request)
{
    (void)request;
    answer(bridge, KIT_SUCCESS);
}

static void no_such_wiring(kit_bridge_t *bridge, const kit_request_t *request)
{
    (void)request;
    answer(bridge, KIT_UNIMPLEMENTED);
}

static void select_chip(kit_bridge_t *bridge, const kit_request_t *request)
{
    uint8_t address;
    if (!one_byte(bridge, request, &address)) {
        return;
    }
    kit_status_t status = KIT_SUCCESS;
    if (!kit_chip_is_found(bridge, address)) {
        status = kit_chip_look(bridge);
    }
    if (status == KIT_SUCCESS && !kit_chip_is_found(bridge, address)) {
        status = KIT_NO_DEVICES;
    }
    if (status == KIT_SUCCESS) {
        bridge->selected = address;
    }
    answer(bridge, status);
}

static void wake(kit_bridge_t *bridge, const kit_request_t *request)
{
    (void)request;
    uint8_t address = 0;
    uint8_t said[KIT_WAKE_ANSWER];
    kit_status_t status = kit_chip_wake_again(bridge);
    if (status == KIT_SUCCESS) {
        status = kit_chip_target(bridge, &address);
    }
    if (status == KIT_SUCCESS) {
        const kit_i2c_result_t result = bridge->port.read(bridge->port.context, address, said, sizeof said);
        status = result == KIT_I2C_OK ? KIT_SUCCESS : result == KIT_I2C_STUCK ? KIT_TIMEOUT : KIT_COMM_FAIL;
    }
    answer_bytes(bridge, status, said, status == KIT_SUCCESS ? sizeof said : 0);
}

static void idle(kit_bridge_t *bridge, const kit_request_t *request)
{
    (void)request;
    uint8_t address;
    kit_status_t status = kit_chip_target(bridge, &address);
    if (status == KIT_SUCCESS) {
        status = kit_chip_settle(bridge, KIT_WORD_IDLE);
    }
    answer(bridge, status);
}

static void sleep_chip(kit_bridge_t *bridge, const kit_request_t *request)
{
    (void)request;
    uint8_t address;
    kit_status_t status = kit_chip_target(bridge, &address);
    if (status == KIT_SUCCESS && !bridge->awake) {
        status = kit_chip_wake_bus(bridge); /* an idle chip hears nothing but a wake */
    }
    if (status == KIT_SUCCESS) {
        status = kit_chip_settle(bridge, KIT_WORD_SLEEP);
    }
    answer(bridge, status);
}

static void talk(kit_bridge_t *bridge, const kit_request_t *request)
{
    size_t size = 0;
    uint8_t address = 0;
    kit_status_t status = KIT_SUCCESS;
    if (!kit_text_hex(request, bridge->packet, KIT_PACKET_MAX, &size)) {
        status = KIT_BAD_PARAM;
    } else if (size == 0 || bridge->packet[0] != size) {
        status = KIT_INVALID_SIZE;
    }
    if (status == KIT_SUCCESS) {
        status = kit_chip_target(bridge, &address);
    }
    if (status == KIT_SUCCESS) {
        status = kit_chip_exchange(bridge, address, &size);
    }
    answer_bytes(bridge, status, bridge->packet, status == KIT_SUCCESS ? size : 0);
}

static void caps(kit_bridge_t *bridge, const kit_request_t *request)
{
    (void)request;
    char *text = (char *)bridge->packet;
    size_t length = append(text, 0, "version=");
    length = append(text, length, bridge->identity.version);
    length = append(text, length, " chips=");
    length = append_number(text, length, (uint32_t)bridge->found_count);
    length = append(text, length, " baud=");
    length = append_number(text, length, bridge->baud);
    length = append(text, length, " asleep=");
    length = append_number(text, length, bridge->fell_asleep);
    if (bridge->identity.is_virtual) {
        length = append(text, length, " virtual=1");
    }
    answer_bytes(bridge, KIT_SUCCESS, bridge->packet, length);
}

static void pins(kit_bridge_t *bridge, const kit_request_t *request)
{
    uint32_t numbers[2];
    const bool possible = kit_text_numbers(request, numbers, 2) && numbers[0] != numbers[1] &&
                          bridge->port.set_pins(bridge->port.context, numbers[0], numbers[1]);
    if (possible) {
        bridge->found_count = 0; /* other pins are another bus */
        bridge->awake = false;
    }
    answer(bridge, possible ? KIT_SUCCESS : KIT_BAD_PARAM);
}

static void clock_rate(kit_bridge_t *bridge, const kit_request_t *request)
{
    uint32_t hertz;
    const bool possible = kit_text_numbers(request, &hertz, 1) && hertz >= SLOWEST_CLOCK && hertz <= FASTEST_CLOCK &&
                          bridge->port.set_clock(bridge->port.context, hertz);
    answer(bridge, possible ? KIT_SUCCESS : KIT_BAD_PARAM);
}

static void scan(kit_bridge_t *bridge, const kit_request_t *request)
{
    (void)request;
    const kit_status_t status = kit_chip_look(bridge);
    answer_bytes(bridge, status, bridge->found, status == KIT_SUCCESS ? bridge->found_count : 0);
}

static void baud(kit_bridge_t *bridge, const kit_request_t *request)
{
    uint32_t rate;
    const bool possible = kit_text_numbers(request, &rate, 1) && rate >= SLOWEST_BAUD && rate <= FASTEST_BAUD &&
                          bridge->port.has_baud(bridge->port.context, rate);
    if (possible) {
        bridge->next_baud = rate;
    }
    answer(bridge, possible ? KIT_SUCCESS : KIT_BAD_PARAM);
}

static void handle(kit_bridge_t *bridge, const char *line, size_t length)
{
    /* A prefix that fits several means the first. */
    static const struct {
        const char *path;
        void (*handler)(kit_bridge_t *bridge, const kit_request_t *request);
    } requests[] = {
        {"board:version", version},
        {"board:firmware", version},
        {"board:device", device},
        {"ecc:physical:interface:i2c", accept},
        {"ecc:physical:interface:swi", no_such_wiring},
        {"ecc:physical:interface:spi", no_such_wiring},
        {"ecc:physical:select", select_chip},
        {"ecc:wake", wake},
        {"ecc:idle", idle},
        {"ecc:sleep", sleep_chip},
        {"ecc:talk", talk},
        {"board:bridge:caps", caps},
        {"board:bridge:pins", pins},
        {"board:bridge:clock", clock_rate},
        {"board:bridge:scan", scan},
        {"board:bridge:baud", baud},
    };
    kit_request_t request;
    if (!kit_text_parse(line, length, &request)) {
        answer(bridge, KIT_BAD_PARAM);
        return;
    }
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        if (kit_text_fits(&request, requests[i].path)) {
            requests[i].handler(bridge, &request);
            return;
        }
    }
    answer(bridge, KIT_BAD_OPCODE);
}

/* --- lines */

static void end_line(kit_bridge_t *bridge)
{
    const size_t length = bridge->line_length;
    bridge->line_length = bridge->line_ignored = 0;
    if (length > KIT_LINE_MAX) {
        answer(bridge, KIT_INVALID_SIZE);
    } else {
        handle(bridge, bridge->line, length);
    }
    if (bridge->next_baud != 0) {
        bridge->baud = bridge->next_baud;
        bridge->next_baud = 0;
        bridge->port.set_baud(bridge->port.context, bridge->baud);
    }
}

static void put(kit_bridge_t *bridge, char c)
{
    if (bridge->line_length < KIT_LINE_MAX) {
        bridge->line[bridge->line_length] = c;
    }
    if (bridge->line_length <= KIT_LINE_MAX) {
        bridge->line_length++; /* one more than fits says that it is too long */
    }
}

void kit_bridge_receive(kit_bridge_t *bridge, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const char c = (char)data[i];
        if (c == '\n') {
            end_line(bridge);
        } else if (c == '\r' || c == '\0') {
            /* Around a request they are nothing; within it they are bad characters. */
            if (bridge->line_length > 0 && bridge->line_ignored <= KIT_LINE_MAX) {
                bridge->line_ignored++;
            }
        } else {
            for (; bridge->line_ignored > 0; bridge->line_ignored--) {
                put(bridge, '\r');
            }
            put(bridge, c);
        }
    }
}

void kit_bridge_init(kit_bridge_t *bridge, const kit_port_t *port, const kit_identity_t *identity, uint32_t baud_rate)
{
    memset(bridge, 0, sizeof *bridge);
    bridge->port = *port;
    bridge->identity = *identity;
    bridge->baud = baud_rate;
    /* A stuck bus is reported to whoever asks for the chip. */
    if (kit_chip_look(bridge) == KIT_SUCCESS) {
        (void)kit_chip_settle(bridge, KIT_WORD_SLEEP);
    }
}
