/* SPDX-License-Identifier: MIT */
/* In place of lib/line/answer_at_end.c, which answer_at_end.c proves: touches the first and the
 * last byte. */
#include "line/answer_at_end.h"

#include "../proof.h"

size_t kwhi_answer_at_end(const struct kwh_framing *framing, const uint8_t *bytes, size_t length,
                          struct kwh_exchange *exchanges)
{
    size_t at = ANY_WORD();
    (void)framing;
    (void)exchanges;
    MUST(bytes[0] + bytes[length - 1] >= 0);
    return at < length ? at : 0;
}
