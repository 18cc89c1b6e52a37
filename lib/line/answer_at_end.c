/* SPDX-License-Identifier: MIT */
#include "answer_at_end.h"

size_t kwhi_answer_at_end(const struct kwh_framing *framing, const uint8_t *bytes, size_t length,
                          struct kwh_exchange *exchanges)
{
    for (size_t at = 1; at < length; at++) {
        struct kwh_match match = framing->match(bytes + at, length - at, exchanges);
        if (match.verdict == KWH_VERDICT_FRAME && match.count == length - at)
            return at;
    }
    return 0;
}
