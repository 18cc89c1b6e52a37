/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=1,7
// proof: SOURCES=lib/line/exchange.c,lib/line/exchange_echo.c,lib/line/statistics.c
// proof: SOURCES=tests/proof/stub/shift.c
// proof: OPTIONS=-eva-precision,0,-eva-auto-loop-unroll,16,-eva-interprocedural-splits
// proof: OPTIONS=-eva-slevel-function,kwh_exchange_take_echo:100
#include <kwh/exchange.h>

#include "proof.h"

/* An exchange by itself in a buffer of LEN bytes, behind a request of some of them: whatever
 * comes, in any pieces. */
static uint8_t frame[LEN];
static struct kwh_exchange exchange;
static struct kwh_statistics statistics;

/* All that a framing may say, as rtu_match.c, tcp_match.c and mbus_match.c prove. */
static struct kwh_match any_match(const uint8_t *bytes, size_t length, struct kwh_exchange *waiting)
{
    struct kwh_match match = {.count = ANY_WORD(), .exchange = waiting};
    MUST(bytes[0] + bytes[length - 1] >= 0);
    match.verdict = (enum kwh_verdict)ANY_OF(KWH_VERDICT_MORE, KWH_VERDICT_BROKEN);
    match.reason = (enum kwh_reason)ANY_OF(0, 3);
    match.error = (enum kwh_error)ANY_OF(0, KWH_ERROR_RISK);
    match.body_at = ANY_WORD();
    match.body_length = ANY_WORD();
    if (match.count > length || match.body_at > length || match.body_length > length)
        match.verdict = KWH_VERDICT_MORE;
    if (match.body_at > length || match.body_length > length - match.body_at)
        match.body_at = match.body_length = 0;
    return match;
}

static size_t any_wrap(const struct kwh_exchange *asked, uint8_t *bytes, size_t capacity)
{
    (void)asked;
    bytes[0] = ANY_BYTE();
    return capacity != 0 && ANY_OF(0, 1) ? 1 : 0;
}

static KWH_CONST struct kwh_framing framing = {.wrap = any_wrap, .match = any_match};

/* `count` more bytes behind those that are there, whatever has been before. */
static void receive(size_t sent, size_t received, size_t count)
{
    bool looks;
    MAKE_ANY(frame);
    exchange.answer_size = (uint16_t)received;
    exchange.echoed = ANY_OF(0, 1) != 0;
    //@ split exchange.echoed;
    exchange.error = (enum kwh_error)ANY_OF(0, KWH_ERROR_RISK);
    looks = kwh_exchange_take_echo(&exchange, frame, sent, &count);
    //@ split exchange.answer_size;
    if (looks && kwh_exchange_look(&exchange, &framing, frame + sent, count))
        kwh_exchange_count(&exchange, ANY_UINT32());
    MUST(exchange.answer_size <= LEN - sent);
}

int main(void)
{
    exchange.statistics = ANY_OF(0, 1) ? &statistics : NULL;
    exchange.head_length = ANY_BYTE();
    MUST(kwh_exchange_begin(&exchange, &framing, frame, LEN) <= LEN);
    for (size_t sent = 0; sent <= 4 && sent <= LEN; sent++)
        for (size_t received = 0; received <= LEN - sent; received++)
            for (size_t count = 0; count <= LEN - sent - received; count++)
                receive(sent, received, count);
    return 0;
}
