/* SPDX-License-Identifier: MIT */
/*
 * A line, and calls in any order with any bytes at any time. Whatever happens: an exchange ends; it
 * ends well only if its right answer came after its request; what is sent is the request; nothing
 * outside the buffer is touched.
 *
 * Input: request (8 bytes, see modbus_ask.h), framing and echo, capacity; then calls, one byte that
 * says which, its high half or the next bytes how much.
 */
#include "modbus_ask.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    HEAD = ASK_BYTES + 2,
    CANARY = 16,
    HEARD_MAX = 4096
};

static const struct kwh_framing *const framings[] = {&kwh_modbus_rtu, &kwh_modbus_rtu_over_tcp,
                                                     &kwh_modbus_tcp};

static struct kwh_line line;
static struct kwh_exchange exchange;
static struct kwh_step step;
static struct model_request request;
static bool under_way, tcp;
static uint32_t now_us;
static uint8_t memory[CANARY + KWH_MODBUS_TCP_BUFFER + CANARY];
static uint8_t *const buffer = memory + CANARY;
static size_t capacity;
static uint8_t heard[HEARD_MAX]; /* since the request began to leave */
static size_t heard_count;
static uint8_t right[260];
static size_t right_length, right_done;

static void check_canaries(void)
{
    for (size_t i = 0; i < CANARY; i++)
        must(memory[i] == 0xC5 && buffer[capacity + i] == 0xC5);
}

/* The right answer, good or an exception, in full. */
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

static void check_done(void)
{
    bool broadcast = !tcp && request.unit == 0;
    must(step.exchange == &exchange && under_way);
    under_way = false;
    if (exchange.error == KWH_OK && broadcast)
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

static void next(void)
{
    kwh_line_next(&line, now_us, &step);
    check_canaries();
    switch (step.action) {
    case KWH_ACTION_SEND:
        check_send();
        return;
    case KWH_ACTION_DONE:
        check_done();
        return;
    case KWH_ACTION_IDLE:
        must(!under_way);
        break;
    case KWH_ACTION_RECEIVE:
        break;
    case KWH_ACTION_REQUEST:
    case KWH_ACTION_SETTINGS:
    case KWH_ACTION_RESULT:
    case KWH_ACTION_FINISHED:
    case KWH_ACTION_CLOSE:
        abort();
    }
    must(step.capacity >= 1 && step.room >= buffer);
    must(step.room + step.capacity == buffer + capacity);
}

/* Bytes as a driver hands them over, as many as fit. */
static size_t deliver(const uint8_t *bytes, size_t count, bool damaged)
{
    next();
    if (step.room == NULL)
        return 0;
    if (count > step.capacity)
        count = step.capacity;
    if (count > HEARD_MAX - heard_count)
        count = HEARD_MAX - heard_count;
    memcpy(step.room, bytes, count);
    memcpy(heard + heard_count, bytes, count);
    heard_count += count;
    if (damaged)
        kwh_line_got_damaged(&line, count, now_us);
    else
        kwh_line_got(&line, count, now_us);
    return count;
}

static void start(void)
{
    enum kwh_error error;
    if (under_way)
        return;
    error = exchange.attempt == 0 && exchange.error != KWH_OK && !exchange.writes
                ? kwh_line_retry(&line, &exchange, now_us)
                : kwh_line_start(&line, &exchange, now_us);
    under_way = error == KWH_OK;
    right_length = right_done = 0;
}

static void deliver_right(size_t count, bool exception)
{
    if (right_done == right_length)
        build_right(exception);
    if (count > right_length - right_done)
        count = right_length - right_done;
    right_done += deliver(right + right_done, count, false);
}

/* One call; returns how many bytes of the input it used. */
static size_t call(const uint8_t *data, size_t size)
{
    size_t amount = data[0] >> 4;
    size_t count = amount < size - 1 ? amount : size - 1;
    switch (data[0] & 15) {
    case 0:
        start();
        return 1;
    case 1:
    case 2:
        return 1 + deliver(data + 1, count, (data[0] & 15) == 2);
    case 3:
        deliver_right(amount + 1, (data[0] & 0x10) != 0);
        return 1;
    case 4:
        deliver_right(260, (data[0] & 0x10) != 0);
        return 1;
    case 5:
        next();
        if (step.action == KWH_ACTION_SEND)
            kwh_line_sent(&line, amount + 1, now_us);
        return 1;
    case 6:
        next();
        if (step.action == KWH_ACTION_SEND)
            kwh_line_sent(&line, SIZE_MAX, now_us);
        return 1;
    case 7:
        now_us += UINT32_C(1) << (amount + 8);
        return 1;
    case 8:
        now_us += (uint32_t)amount * 200;
        return 1;
    case 9:
        if (step.action == KWH_ACTION_RECEIVE && (int32_t)(step.until_us - now_us) > 0)
            now_us = step.until_us;
        return 1;
    case 10:
        if (amount == 0)
            kwh_line_cancel(&line, now_us);
        else if (amount == 1)
            kwh_line_failed(&line, KWH_ERROR_IO, 5, now_us);
        return 1;
    case 11: /* more than was lent, and without a question before */
        kwh_line_got(&line, 0, now_us);
        kwh_line_sent(&line, amount, now_us);
        return 1;
    case 12: /* our own request comes back */
        deliver(buffer, line.sent_length, false);
        return 1;
    default:
        next();
        return 1;
    }
}

/* With nothing more to come, the exchange ends. */
static void finish(void)
{
    for (unsigned steps = 0; under_way; steps++) {
        must(steps < 1000);
        next();
        if (step.action == KWH_ACTION_SEND)
            kwh_line_sent(&line, step.count, now_us);
        else if (step.action == KWH_ACTION_RECEIVE && (int32_t)(step.until_us - now_us) > 0)
            now_us = step.until_us;
    }
}

static bool begin(const uint8_t *data)
{
    static const struct kwh_line_settings settings = {9600, 8, 'E', 1};
    const struct kwh_framing *framing = framings[data[ASK_BYTES] % 3];
    memset(memory, 0xC5, sizeof memory);
    memset(&step, 0, sizeof step);
    tcp = framing == &kwh_modbus_tcp;
    capacity = 16 + data[ASK_BYTES + 1] * 2u;
    if (capacity > KWH_MODBUS_TCP_BUFFER)
        capacity = KWH_MODBUS_TCP_BUFFER;
    heard_count = right_length = right_done = 0;
    under_way = false;
    now_us = (uint32_t)data[ASK_BYTES] << 24;
    if (kwh_line_init(&line, framing, buffer, capacity) != KWH_OK)
        return false;
    kwh_line_set_speed(&line, &settings);
    line.echo = data[ASK_BYTES] >> 4 & 4u ? KWH_ECHO_ALWAYS : KWH_ECHO_LEARN;
    memset(buffer + capacity, 0xC5, CANARY);
    return ask(data, &exchange, &request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size <= HEAD || !begin(data))
        return 0;
    start();
    for (size_t at = HEAD; at < size;)
        at += call(data + at, size - at);
    finish();
    return 0;
}
