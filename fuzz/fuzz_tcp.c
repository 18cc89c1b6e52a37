/* SPDX-License-Identifier: MIT */
/*
 * Any bytes on a Modbus TCP connection while two requests wait, and while a server listens:
 * verdicts stay within the bytes; what is taken for an answer or for a request is one.
 *
 * Input: two requests (8 bytes each, see modbus_ask.h), two ids, idle, then the bytes.
 */
#include "modbus_ask.h"

#include <kwh/responder.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    HEAD = 2 * ASK_BYTES + 5
};

/* Length of the right answer at the very front; 0: none. */
static size_t right_answer(const struct model_request *request, const uint8_t *bytes, size_t size)
{
    for (size_t length = 9; length <= size && length <= 260; length++)
        if (model_tcp_answer(request, bytes, length))
            return length;
    return 0;
}

static void check_client(const uint8_t *data, const uint8_t *bytes, size_t size)
{
    struct model_request requests[2];
    struct kwh_exchange exchanges[2];
    struct kwh_match match;
    size_t right[2];
    for (size_t i = 0; i < 2; i++) {
        if (!ask(data + ASK_BYTES * i, &exchanges[i], &requests[i]))
            return;
        requests[i].id = exchanges[i].id = load_word(data + 2 * ASK_BYTES + 2 * i);
        exchanges[i].state = KWH_EXCHANGE_WAITING;
        right[i] = right_answer(&requests[i], bytes, size);
    }
    if (requests[0].id == requests[1].id)
        return;
    exchanges[0].next = &exchanges[1];
    match = kwh_modbus_tcp.match(bytes, size, &exchanges[0]);
    must((match.verdict == KWH_VERDICT_FRAME) == (right[0] != 0 || right[1] != 0));
    must(match.verdict != KWH_VERDICT_COLLISION && match.verdict != KWH_VERDICT_BROKEN);
    must(match.verdict != KWH_VERDICT_MORE || size < 260);
    must(match.verdict != KWH_VERDICT_SLIDE || (match.count >= 1 && match.count <= size));
    if (match.verdict == KWH_VERDICT_FRAME) {
        size_t which = right[0] != 0 ? 0 : 1;
        must(match.exchange == &exchanges[which] && match.count == right[which]);
        must(match.body_at == 7 && match.body_length == right[which] - 7);
    }
}

static void check_server(const uint8_t *data, const uint8_t *bytes, size_t size)
{
    static const uint8_t served[32];
    bool protocol = (size < 3 || bytes[2] == 0) && (size < 4 || bytes[3] == 0);
    size_t said = size < 6 ? 2 : (size_t)bytes[4] * 256 + bytes[5];
    bool broken = !protocol || (size > 4 && bytes[4] != 0) || said < 2 || said > 254;
    struct kwh_request_match match = kwh_modbus_tcp_server.match(bytes, size,
                                                                 (data[HEAD - 1] & 1) != 0, served);
    must((match.verdict == KWH_VERDICT_BROKEN) == broken);
    if (broken)
        return;
    must((match.verdict == KWH_VERDICT_FRAME) == (size >= 8 && size >= 6 + said));
    if (match.verdict != KWH_VERDICT_FRAME)
        return;
    must(match.count == 6 + said && match.body_at == 7 && match.body_length == said - 1);
    must(match.id == load_word(bytes) && match.address == bytes[6]);
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
