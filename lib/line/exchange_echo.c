/* SPDX-License-Identifier: MIT */
#include <kwh/exchange.h>

#include "shift.h"

/*
 * The request is looked for behind noise, too, which stays to be looked at: where the answer is the
 * same, an echo that stays would be one.
 */
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
            exchange->echoed = true;
            exchange->answer_size = 0;
            if (exchange->error == KWH_ERROR_TIMEOUT)
                exchange->error = KWH_ERROR_ONLY_ECHO;
            *count = at + kwhi_shift(frame + sent + at, sent, left);
            return *count != 0;
        }
        if (same == received) {
            exchange->answer_size = (uint16_t)received;
            return false;
        }
    }
    return true;
}
