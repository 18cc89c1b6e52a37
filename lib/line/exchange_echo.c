/* SPDX-License-Identifier: MIT */
#include <kwh/exchange.h>

#include "shift.h"

/* What stood before the echo answers nothing. */
static void drop(struct kwh_exchange *exchange, size_t count)
{
    if (exchange->error == KWH_ERROR_TIMEOUT)
        exchange->error = count == 0 ? KWH_ERROR_ONLY_ECHO : KWH_ERROR_NO_FRAME;
    if (exchange->statistics != NULL)
        exchange->statistics->skipped_bytes += (uint32_t)count;
    exchange->answer_size = 0;
    exchange->echoed = true;
}

/* The request is looked for behind noise, too, and before anything else is looked at: where the
 * answer is the same, an echo that stays would be one. */
bool kwh_exchange_take_echo(struct kwh_exchange *exchange, uint8_t *frame, size_t sent,
                            size_t *count)
{
    size_t received = exchange->answer_size + *count, at = 0, same = 0;
    if (exchange->echoed || *count == 0)
        return true;
    while (same < sent) {
        if (at + same == received) {
            if (at == 0)
                exchange->answer_size = (uint16_t)received;
            return at != 0;
        }
        if (frame[sent + at + same] == frame[same]) {
            same++;
        } else {
            same = 0;
            at++;
        }
    }
    drop(exchange, at);
    *count = kwhi_shift(frame + sent, at + sent, received);
    return *count != 0;
}
