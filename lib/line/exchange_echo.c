/* SPDX-License-Identifier: MIT */
#include <kwh/exchange.h>

#include "shift.h"

bool kwh_exchange_take_echo(struct kwh_exchange *exchange, uint8_t *frame, size_t sent,
                            size_t *count)
{
    size_t received = exchange->answer_size + *count;
    if (exchange->echoed || *count == 0)
        return true;
    for (size_t i = 0; i < sent; i++) {
        if (i == received) {
            exchange->answer_size = (uint16_t)received;
            return false;
        }
        if (frame[i] != frame[sent + i])
            return true;
    }
    exchange->echoed = true;
    exchange->error = KWH_ERROR_ONLY_ECHO;
    exchange->answer_size = 0;
    *count = kwhi_shift(frame + sent, sent, received);
    return *count != 0;
}
