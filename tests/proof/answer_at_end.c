/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=1,2,9,17
// proof: SOURCES=lib/line/answer_at_end.c
// proof: OPTIONS=-eva-auto-loop-unroll,32
#include "line/answer_at_end.h"

#include "proof.h"

/* In place of match(), all that it may give. */
static struct kwh_match any_match(const uint8_t *bytes, size_t length,
                                  struct kwh_exchange *exchanges)
{
    struct kwh_match match = {.count = ANY_WORD(), .exchange = exchanges};
    MUST(bytes[0] + bytes[length - 1] >= 0);
    match.verdict = (enum kwh_verdict)ANY_OF(KWH_VERDICT_MORE, KWH_VERDICT_BROKEN);
    return match;
}

static uint8_t bytes[LEN];

int main(void)
{
    static const struct kwh_framing framing = {.match = any_match};
    static struct kwh_exchange exchange;
    size_t at;
    MAKE_ANY(bytes);
    at = kwhi_answer_at_end(&framing, bytes, LEN, &exchange);
    MUST(at < LEN);
    return 0;
}
