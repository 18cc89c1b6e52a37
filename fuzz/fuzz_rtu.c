/* SPDX-License-Identifier: MIT */
/*
 * Any bytes on an RTU line while a request waits, and while a server listens: verdicts stay within
 * the bytes; what is taken for the answer or for a request is one.
 *
 * Input: request (8 bytes, see modbus_ask.h), idle, then the bytes.
 */
#include "modbus_ask.h"

#include <kwh/responder.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    HEAD = ASK_BYTES + 1
};

/* A right answer at the very front, however much follows, must be seen. */
static size_t right_answer(const struct model_request *request, const uint8_t *bytes, size_t size)
{
    for (size_t length = 5; length <= size && length <= 256; length++)
        if (model_rtu_answer(request, bytes, length))
            return length;
    return 0;
}

/* By itself the exchange ends, and never beyond its bytes; the right answer at the front is taken.
 */
static void check_exchange(struct kwh_exchange *exchange, const uint8_t *bytes, size_t size,
                           size_t right)
{
    uint8_t request[256], *copy;
    bool over;
    if (size == 0 || size > 600)
        return;
    copy = malloc(size);
    must(copy != NULL);
    memcpy(copy, bytes, size);
    must(kwh_exchange_begin(exchange, &kwh_modbus_rtu, request, sizeof request) != 0);
    over = kwh_exchange_look(exchange, &kwh_modbus_rtu, copy, size);
    must(over || right == 0);
    if (!over)
        must(kwh_exchange_look(exchange, &kwh_modbus_rtu, copy, 0));
    must((size_t)exchange->answer_at + exchange->answer_size <= size);
    must(exchange->answer_size != 0 || kwh_error_class(exchange->error) == KWH_ERROR_CLASS_LINE);
    must(right == 0 || (exchange->answer_at == 1 && exchange->answer_size == right - 3));
    free(copy);
}

static void check_client(const uint8_t *data, const uint8_t *bytes, size_t size)
{
    struct model_request request;
    struct kwh_exchange exchange;
    struct kwh_match match;
    size_t right;
    if (!ask(data, &exchange, &request))
        return;
    exchange.state = KWH_EXCHANGE_WAITING;
    match = kwh_modbus_rtu.match(bytes, size, &exchange);
    right = right_answer(&request, bytes, size);
    must((match.verdict == KWH_VERDICT_FRAME) == (right != 0));
    switch (match.verdict) {
    case KWH_VERDICT_MORE:
        must(size < 256);
        break;
    case KWH_VERDICT_SLIDE:
        must(match.count >= 1 && match.count <= size);
        break;
    case KWH_VERDICT_FRAME:
        must(match.count == right && match.exchange == &exchange);
        must(match.body_at == 1 && match.body_length == right - 3);
        break;
    case KWH_VERDICT_COLLISION:
    case KWH_VERDICT_BROKEN:
        abort();
    }
    check_exchange(&exchange, bytes, size, right);
}

static void check_server(const uint8_t *data, const uint8_t *bytes, size_t size)
{
    uint8_t served[32] = {0};
    struct kwh_request_match match;
    served[data[0] >> 3] = (uint8_t)(1u << (data[0] & 7u));
    match = kwh_modbus_rtu_server.match(bytes, size, (data[ASK_BYTES] & 1) != 0, served);
    must(match.count <= size);
    must(match.verdict != KWH_VERDICT_SLIDE || match.count != 0);
    must(match.verdict != KWH_VERDICT_COLLISION && match.verdict != KWH_VERDICT_BROKEN);
    if (match.verdict != KWH_VERDICT_FRAME)
        return;
    must(match.count >= 4 && match.count <= 256 && model_crc_holds(bytes, match.count));
    must(match.body_at == 1 && match.body_length == match.count - 3);
    must(match.address == bytes[0] && (bytes[0] == data[0] || bytes[0] == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *bytes;
    if (size <= HEAD)
        return 0;
    bytes = malloc(size - HEAD); /* of exactly their length, so that a read past them is seen */
    if (bytes == NULL)
        return 0;
    memcpy(bytes, data + HEAD, size - HEAD);
    check_client(data, bytes, size - HEAD);
    check_server(data, bytes, size - HEAD);
    free(bytes);
    return 0;
}
