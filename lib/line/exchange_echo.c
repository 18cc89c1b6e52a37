/* SPDX-License-Identifier: MIT */
#include <kwh/exchange.h>

#include "shift.h"

/* The failure, should nothing follow the echo; it is counted what stood before it. */
static void note_echo(struct kwh_exchange *exchange, size_t noise)
{
    if (exchange->error == KWH_ERROR_TIMEOUT)
        exchange->error = noise == 0 ? KWH_ERROR_ONLY_ECHO : KWH_ERROR_NO_FRAME;
    if (exchange->statistics != NULL)
        exchange->statistics->skipped_bytes += (uint32_t)noise;
}

/*
 * The request is looked for behind noise, too, and before anything else is looked at: where the
 * answer is the same, it would be one.
 */
bool kwh_exchange_take_echo(struct kwh_exchange *exchange, uint8_t *frame, size_t sent,
                            size_t *count)
{
    size_t received = exchange->answer_size + *count;
    if (exchange->echoed || *count == 0)
        return true;
    for (size_t at = 0; at < received; at++) {
        size_t same = 0;
        while (same < sent && at + same < received && frame[same] == frame[sent + at + same])
            same++;
        if (same == sent) {
            note_echo(exchange, at);
            exchange->echoed = true;
            exchange->answer_size = 0;
            *count = kwhi_shift(frame + sent, at + sent, received);
            return *count != 0;
        }
        if (at == 0 && same == received) {
            exchange->answer_size = (uint16_t)received;
            return false;
        }
    }
    return true;
}
