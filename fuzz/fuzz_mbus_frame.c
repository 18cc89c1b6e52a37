/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as an M-Bus frame, on a line while a request waits, and while a slave listens: a frame
 * is taken apart if and only if it is one, and each refusal fits; what a whole burst comes to is
 * what the standard says of it.
 *
 * Input: request (2 bytes, see mbus_ask.h), idle and the address that is served, then the bytes.
 */
#include "mbus_ask.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    HEAD = MBUS_ASK_BYTES + 2
};

/* ---- Taking apart ---- */

/* What is wrong with bytes that are no frame; some of it is never both. */
static bool refusal_fits(enum kwh_error error, const uint8_t *bytes, size_t size)
{
    bool starts_long = size >= 1 && bytes[0] == 0x68;
    size_t length = size >= 1 && bytes[0] == 0x10   ? 5
                    : starts_long && size >= 2      ? bytes[1] + 6u
                    : size >= 1 && bytes[0] != 0x68 ? 1
                                                    : SIZE_MAX;
    bool starts = size == 0 || bytes[0] == 0x10 || bytes[0] == 0x68 || bytes[0] == 0xE5 ||
                  bytes[0] == 0xA2;
    bool lengths_differ = starts_long &&
                          ((size >= 2 && bytes[1] < 3) || (size >= 3 && bytes[1] != bytes[2]));
    switch ((int)error) {
    case KWH_ERROR_BAD_START:
        return !starts || (starts_long && !lengths_differ && size >= 4 && bytes[3] != 0x68);
    case KWH_ERROR_BAD_LENGTH:
        return lengths_differ;
    case KWH_ERROR_CUT_FRAME:
        return starts && !lengths_differ && size < length;
    case KWH_ERROR_EXCESS_BYTES: /* and without them it is one */
        return size > length && (length == 1 || model_frame_at(bytes, length) == length);
    case KWH_ERROR_BAD_CHECKSUM:
        return size >= length && length >= 5 &&
               bytes[length - 2] != model_sum(bytes, length == 5 ? 1 : 4, length - 2);
    case KWH_ERROR_BAD_STOP:
        return size >= length && length >= 5 && bytes[length - 1] != 0x16;
    default:
        return false;
    }
}

static void check_decode(const uint8_t *bytes, size_t size)
{
    struct kwh_mbus_frame frame;
    uint8_t built[261];
    size_t length;
    enum kwh_error error = kwh_mbus_frame_decode(bytes, size, &frame);
    bool character = size == 1 && (bytes[0] == 0xE5 || bytes[0] == 0xA2);
    bool is_short = model_is_short(bytes, size), is_long = model_is_long(bytes, size);

    must((error == KWH_OK) == (character || is_short || is_long));
    if (error != KWH_OK) {
        must(refusal_fits(error, bytes, size));
        must(frame.length == 0 && frame.data_length == 0);
        return;
    }
    must(frame.length == size);
    if (character) {
        must(frame.kind == (bytes[0] == 0xE5 ? KWH_MBUS_ACK : KWH_MBUS_NACK));
        return;
    }
    must(frame.kind == (is_short ? KWH_MBUS_SHORT : size == 9 ? KWH_MBUS_CONTROL : KWH_MBUS_LONG));
    must(frame.c == bytes[is_short ? 1 : 4] && frame.address == bytes[is_short ? 2 : 5]);
    must(kwh_mbus_frame_encode(frame.c, frame.address, is_short ? -1 : frame.ci,
                               bytes + frame.data_at, frame.data_length, built, size,
                               &length) == KWH_OK);
    must(length == size && memcmp(built, bytes, size) == 0);
}

/* ---- Asking ---- */

/* Where in a burst, all of it there, the answer begins; SIZE_MAX: nowhere. */
static size_t model_answer(const struct model_ask *ask, const uint8_t *bytes, size_t size)
{
    size_t at = 0;
    if (size == 1)
        return model_is_character(ask, bytes[0]) ? 0 : SIZE_MAX;
    while (at < size) {
        size_t length = model_frame_at(bytes + at, size - at);
        if (length != 0 && model_answers(ask, bytes + at, length))
            return at;
        if (length != 0) { /* one of others */
            at += length;
            continue;
        }
        do /* no frame: the next telegram that stands whole */
            at++;
        while (at < size && (bytes[at] != 0x68 || model_frame_at(bytes + at, size - at) == 0));
    }
    return SIZE_MAX;
}

/* As a line does when silence has come: judges, gives up, judges again. */
static size_t judged_answer(struct kwh_exchange *exchange, const uint8_t *bytes, size_t size)
{
    exchange->idle = true;
    for (size_t at = 0; at < size;) {
        struct kwh_match match = kwh_mbus_serial.match(bytes + at, size - at, exchange);
        must(match.count >= 1 && match.count <= size - at);
        if (match.verdict == KWH_VERDICT_FRAME) {
            must(match.exchange == exchange && match.body_at + match.body_length <= match.count);
            must((match.error == KWH_ERROR_NOT_ACKNOWLEDGED) ==
                 (match.count == 1 && bytes[at] == 0xA2));
            return at;
        }
        if (match.verdict == KWH_VERDICT_COLLISION) {
            must(match.count == size - at && match.error != KWH_OK);
            must(match.error == KWH_ERROR_COLLISION ||
                 refusal_fits(match.error, bytes + at, size - at));
            return SIZE_MAX;
        }
        must(match.verdict == KWH_VERDICT_SLIDE);
        at += match.count;
    }
    return SIZE_MAX;
}

static void check_master(const uint8_t *data, const uint8_t *bytes, size_t size)
{
    struct kwh_exchange exchange;
    struct kwh_match match;
    struct model_ask ask;
    uint8_t request[261];
    size_t length;

    mbus_ask(data, &exchange, &ask);
    exchange.state = KWH_EXCHANGE_WAITING;
    length = kwh_mbus_serial.wrap(&exchange, request, sizeof request);
    must(model_frame_at(request, sizeof request) == length);
    must(request[ask.short_frame ? 1 : 4] == ask.c);
    must(request[ask.short_frame ? 2 : 5] == ask.address);
    must(judged_answer(&exchange, request, length) == SIZE_MAX); /* an echo is no answer */

    must(judged_answer(&exchange, bytes, size) == model_answer(&ask, bytes, size));
    exchange.idle = false;
    match = kwh_mbus_over_tcp.match(bytes, size, &exchange);
    length = model_frame_at(bytes, size);
    must((match.verdict == KWH_VERDICT_FRAME) ==
         (length != 0 && model_answers(&ask, bytes, length)));
    must(match.verdict != KWH_VERDICT_COLLISION && match.verdict != KWH_VERDICT_BROKEN);
    must(match.count <= size && (match.verdict == KWH_VERDICT_MORE) == (match.count == 0));
}

/* ---- Answering ---- */

static void check_slave(uint8_t address, bool idle, const uint8_t *bytes, size_t size)
{
    uint8_t served[32] = {0};
    struct kwh_request_match match;
    size_t length = model_frame_at(bytes, size);
    size_t at = length == 5 ? 1 : 4;
    bool right;

    served[address >> 3] = (uint8_t)(1u << (address & 7u));
    match = kwh_mbus_serial_server.match(bytes, size, idle, served);
    right = length != 0 && (bytes[at] & 0x40u) != 0 &&
            (bytes[at + 1] == address || bytes[at + 1] >= 253);
    must((match.verdict == KWH_VERDICT_FRAME) == right);
    must(match.verdict != KWH_VERDICT_COLLISION && match.verdict != KWH_VERDICT_BROKEN);
    must(match.count <= size && (match.verdict == KWH_VERDICT_MORE) == (match.count == 0));
    must(match.verdict != KWH_VERDICT_MORE || !idle);
    if (!right)
        return;
    must(match.count == length && match.address == bytes[at + 1]);
    must(match.body_at == at && match.body_length == length - at - 2);
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
    check_decode(bytes, size - HEAD);
    check_master(data, bytes, size - HEAD);
    check_slave(data[3], (data[2] & 1u) != 0, bytes, size - HEAD);
    free(bytes);
    return 0;
}
