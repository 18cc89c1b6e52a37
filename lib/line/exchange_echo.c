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
    size_t received = exchange->answer_size + *count;
    if (exchange->echoed || *count == 0)
        return true;
    for (size_t at = 0; at < received; at++) {
        const uint8_t *bytes = frame + sent + at;
        size_t same = 0, left = received - at;
        while (same < sent && same < left && bytes[same] == frame[same])
            same++;
        if (same == sent) {
            drop(exchange, at);
            *count = kwhi_shift(frame + sent, at + sent, received);
            return *count != 0;
        }
        if (same == received) {
            exchange->answer_size = (uint16_t)received;
            return false;
        }
    }
    return true;
}
