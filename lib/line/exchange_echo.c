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
    size_t received = exchange->answer_size + *count, at = 0, same = 0;
    uint8_t *bytes = frame + sent;
    if (exchange->echoed || *count == 0)
        return true;
    while (same < sent) {
        if (at + same == received) {
            if (at == 0)
                exchange->answer_size = (uint16_t)received;
            return at != 0;
        }
        if (bytes[same] == frame[same]) {
            same++;
        } else {
            same = 0;
            at++;
            bytes++;
        }
    }
    exchange->echoed = true;
    exchange->answer_size = 0;
    if (exchange->error == KWH_ERROR_TIMEOUT)
        exchange->error = KWH_ERROR_ONLY_ECHO;
    *count = at + kwhi_shift(bytes, sent, received - at);
    return *count != 0;
}
