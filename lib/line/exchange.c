/* SPDX-License-Identifier: MIT */
/* An exchange by itself: the answer is looked for in what the caller collects. */
#include <kwh/exchange.h>

#include "shift.h"

size_t kwh_exchange_begin(struct kwh_exchange *exchange, KWH_CONST struct kwh_framing *framing,
                          uint8_t *frame, size_t capacity)
{
    exchange->state = KWH_EXCHANGE_WAITING;
    exchange->sendings = 1;
    exchange->error = KWH_ERROR_TIMEOUT;
    exchange->answer_size = 0;
    exchange->echoed = false;
    return exchange->head_length != 0 ? framing->wrap(exchange, frame, capacity) : 0;
}

/* Should no answer come, what says most of the bytes that are given up is the failure. */
static void give_up(struct kwh_exchange *exchange, const struct kwh_match *match)
{
    static KWH_CONST uint8_t errors[] = {KWH_ERROR_NO_FRAME, KWH_ERROR_BAD_CRC,
                                         KWH_ERROR_OTHER_ADDRESS, KWH_ERROR_OTHER_ANSWER};
    struct kwh_statistics *statistics = exchange->statistics;
    enum kwh_error known = exchange->error, error = match->error;
    if (error == KWH_OK)
        error = (enum kwh_error)errors[match->reason];
    if (known != KWH_ERROR_BAD_CRC &&
        (error > known || error == KWH_ERROR_BAD_CRC || known == KWH_ERROR_ONLY_ECHO))
        exchange->error = error;
    if (statistics == NULL)
        return;
    statistics->skipped_bytes += match->count;
    if (match->reason == KWH_REASON_BAD_CRC)
        statistics->bad_crc++;
}

bool kwh_exchange_look(struct kwh_exchange *exchange, KWH_CONST struct kwh_framing *framing,
                       uint8_t *bytes, size_t count)
{
    bool over = count == 0;
    exchange->idle = over;
    exchange->answer_size = (uint16_t)(exchange->answer_size + count);
    while (exchange->answer_size != 0) {
        struct kwh_match match = framing->match(bytes, exchange->answer_size, exchange);
        if (match.verdict == KWH_VERDICT_FRAME) {
            exchange->error = match.error;
            exchange->answer_at = match.body_at;
            exchange->answer_size = match.body_length;
            over = true;
            break;
        }
        if (match.verdict == KWH_VERDICT_MORE && !over)
            return false;
        if (match.count == 0) { /* it will not become a frame, but one may stand behind */
            match.count = 1;
            match.reason = KWH_REASON_NOISE;
        }
        give_up(exchange, &match);
        exchange->answer_size = kwhi_shift(bytes, match.count, exchange->answer_size);
    }
    if (over)
        exchange->state = KWH_EXCHANGE_OVER;
    return over;
}
