/* SPDX-License-Identifier: MIT */
/*
 * A line of Modbus, and calls in any order with any bytes at any time. Whatever happens: an
 * exchange ends; it ends well only if its right answer came after its request; what is sent is the
 * request; nothing outside the buffer is touched.
 *
 * Input: request (8 bytes, see modbus_ask.h), framing and echo, capacity; then calls, see
 * line_calls.h.
 */
#include "modbus_ask.h"

#include "line_calls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    HEAD = ASK_BYTES + 2
};

static const struct kwh_framing *const framings[] = {&kwh_modbus_rtu, &kwh_modbus_rtu_over_tcp,
                                                     &kwh_modbus_tcp};

static struct model_request request;
static bool tcp;

static void build_right(bool exception)
{
    uint8_t *pdu = right + (tcp ? 7 : 1);
    size_t length = exception ? 2 : model_answer_length(&request);
    memset(right, 0x5A, sizeof right);
    pdu[0] = (uint8_t)(request.function | (exception ? 0x80 : 0));
    pdu[1] = exception ? 2 : (uint8_t)(length - 2);
    if (!exception && request.function >= 6) {
        model_word(pdu + 1, request.address);
        model_word(pdu + 3, request.function == 6 ? request.value : request.count);
    }
    right[0] = request.unit;
    if (tcp)
        model_mbap(right, exchange.id, request.unit, length);
    right_length = tcp ? 7 + length : model_rtu_seal(right, 1 + length);
    right_done = 0;
}

static bool stands_at(size_t at, size_t pdu_length)
{
    size_t length = pdu_length + (tcp ? 7 : 3);
    if (at + length > heard_count)
        return false;
    return tcp ? model_tcp_answer(&request, heard + at, length)
               : model_rtu_answer(&request, heard + at, length);
}

/* The answer that was handed out came, whole, after the request. */
static void check_answer(void)
{
    size_t length;
    const uint8_t *pdu = kwh_line_answer(&line, &exchange, &length);
    must(pdu >= buffer && pdu + length <= buffer + capacity);
    request.id = exchange.id;
    for (size_t at = 0; at < heard_count; at++)
        if (stands_at(at, length) && memcmp(heard + at + (tcp ? 7 : 1), pdu, length) == 0)
            return;
    abort();
}

static void check_result(void)
{
    if (exchange.error == KWH_OK && !tcp && request.unit == 0)
        must(exchange.writes && exchange.proven);
    else if (exchange.error == KWH_OK || kwh_error_is_busy(exchange.error) ||
             kwh_error_class(exchange.error) == KWH_ERROR_CLASS_METER)
        check_answer();
}

static void check_send(void)
{
    must(step.count >= 1 && step.bytes >= buffer && step.bytes + step.count <= buffer + capacity);
    if (line.sent_done == 0) {
        const uint8_t *frame = step.bytes;
        heard_count = tcp ? heard_count : 0;
        must(frame[tcp ? 6 : 0] == request.unit && frame[tcp ? 7 : 1] == request.function);
        must(load_word(frame + (tcp ? 8 : 2)) == request.address);
        must(tcp ? load_word(frame + 4) == step.count - 6 : model_crc_holds(frame, step.count));
    }
}

static bool begin(const uint8_t *data)
{
    static const struct kwh_line_settings settings = {9600, 8, 'E', 1};
    const struct kwh_framing *framing = framings[data[ASK_BYTES] % 3];
    size_t size = 16 + data[ASK_BYTES + 1] * 2u;
    uint8_t echo = data[ASK_BYTES] >> 4 & 4u ? KWH_ECHO_ALWAYS : KWH_ECHO_LEARN;
    tcp = framing == &kwh_modbus_tcp;
    if (size > KWH_MODBUS_TCP_BUFFER)
        size = KWH_MODBUS_TCP_BUFFER;
    if (!open_line(framing, size, echo, (uint32_t)data[ASK_BYTES] << 24))
        return false;
    kwh_line_set_speed(&line, &settings);
    return ask(data, &exchange, &request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > HEAD && begin(data))
        play(data + HEAD, size - HEAD);
    return 0;
}
