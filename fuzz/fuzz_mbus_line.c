/* SPDX-License-Identifier: MIT */
/*
 * A line of M-Bus, and calls in any order with any bytes at any time. Whatever happens: an exchange
 * ends; it ends well only if its right answer came after its request, E5 alone between two
 * silences; what is sent is the request; nothing outside the buffer is touched.
 *
 * Input: request (2 bytes, see mbus_ask.h), framing and echo, capacity; then calls, see
 * line_calls.h.
 */
#include "mbus_ask.h"

#include "line_calls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    HEAD = MBUS_ASK_BYTES + 2
};

static struct model_ask request;
static uint8_t sent[FRAME_ROOM];
static size_t sent_length;

/* A telegram, of another address where others answer too, or a single character. */
static void build_right(bool other)
{
    static const uint8_t data[] = {0x78, 0x56, 0x34, 0x12, 0xCD, 0x25, 0x01, 0x02};
    uint8_t pdu[3 + sizeof data] = {0x08, 0, 0x72};
    pdu[1] = other || request.address > 250 ? 5 : request.address;
    memcpy(pdu + 3, data, sizeof data);
    right_length = 1;
    right[0] = other && request.c == 0x43 ? 0xA2 : 0xE5;
    if (!request.ack_only && (!other || request.address >= 253))
        right_length = model_seal(pdu, sizeof pdu, right);
    right_done = 0;
}

/* Bytes `at` and `at + 1` came with silence between them, or one of them is not there. */
static bool silence_behind(size_t at)
{
    return at + 1 >= heard_count ||
           heard_us[at + 1] - heard_us[at] >= line.timing.character_us + line.timing.tick_us;
}

static bool stands_alone(size_t at)
{
    if (!silence_behind(at))
        return false;
    return at == 0 || silence_behind(at - 1) ||
           (at >= sent_length && memcmp(heard + at - sent_length, sent, sent_length) == 0);
}

/* A character. In a buffer that was full its burst may have been longer than can be told; at the
 * very end of its time no silence is waited for. */
static void check_character(uint8_t character)
{
    bool excused = filled || (int32_t)(now_us - exchange.limit_us) >= 0;
    must(model_is_character(&request, character));
    must((exchange.error == KWH_ERROR_NOT_ACKNOWLEDGED) == (character == 0xA2));
    for (size_t at = 0; at < heard_count; at++)
        if (heard[at] == character && (excused || stands_alone(at)))
            return;
    abort();
}

/* The answer that was handed out came, whole, after the request. */
static void check_answer(void)
{
    size_t length;
    uint8_t frame[FRAME_ROOM];
    struct kwh_mbus_frame taken;
    const uint8_t *pdu = kwh_line_answer(&line, &exchange, &length);
    must(pdu >= buffer && pdu + length <= buffer + capacity);
    if (length == 1) {
        check_character(pdu[0]);
        return;
    }
    must(length >= 3 && length <= 255);
    length = model_seal(pdu, length, frame);
    must(model_answers(&request, frame, length));
    must(memcmp(kwh_mbus_answer(&line, &exchange, &taken), frame, length) == 0);
    must(taken.length == length && taken.c == frame[4]);
    for (size_t at = 0; at + length <= heard_count; at++)
        if (memcmp(heard + at, frame, length) == 0)
            return;
    abort();
}

static void check_result(void)
{
    if (exchange.error == KWH_OK && request.address == 255)
        must(exchange.writes && exchange.proven);
    else if (exchange.error == KWH_OK || kwh_error_class(exchange.error) == KWH_ERROR_CLASS_METER)
        check_answer();
    else
        must(exchange.error != KWH_ERROR_BAD_CRC && exchange.error != KWH_ERROR_EXCESS_BYTES);
}

static void check_send(void)
{
    size_t at = request.short_frame ? 1 : 4;
    must(step.count >= 1 && step.bytes >= buffer && step.bytes + step.count <= buffer + capacity);
    if (line.sent_done != 0)
        return;
    must(model_frame_at(step.bytes, step.count) == step.count);
    must(step.bytes[at] == request.c && step.bytes[at + 1] == request.address);
    sent_length = step.count;
    memcpy(sent, step.bytes, sent_length);
    heard_count = 0;
}

static bool begin(const uint8_t *data)
{
    static const struct kwh_line_settings settings = {9600, 8, 'E', 1};
    static const uint8_t echoes[] = {KWH_ECHO_LEARN, KWH_ECHO_ALWAYS};
    unsigned options = data[MBUS_ASK_BYTES];
    const struct kwh_framing *framing = (options & 1u) != 0 ? &kwh_mbus_over_tcp : &kwh_mbus_serial;
    size_t size = 16 + data[MBUS_ASK_BYTES + 1] * 2u;
    if (!open_line(framing, size, echoes[options >> 1 & 1u], options << 24))
        return false;
    kwh_mbus_set_speed(&line, &settings, (options & 4u) != 0 ? KWH_MBUS_ALLOWANCE_US : 0);
    line.timing.latest_us += (options & 8u) != 0 ? 300000 : 0;
    mbus_ask(data, &exchange, &request);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > HEAD && begin(data))
        play(data + HEAD, size - HEAD);
    return 0;
}
