/* SPDX-License-Identifier: MIT */
/* From the judgement of the first byte to that of all received bytes. */
#ifndef KWHI_JUDGE_H
#define KWHI_JUDGE_H

#include <kwh/exchange.h>

/* Judges the frame that begins at the first byte. */
typedef struct kwh_match kwhi_judge(const uint8_t *bytes, size_t length,
                                    struct kwh_exchange *exchanges);

/* Where an answer stands at the very end of the bytes, but not at their beginning; 0: nowhere. */
static inline size_t kwhi_answer_at_end(kwhi_judge *judge, const uint8_t *bytes, size_t length,
                                        struct kwh_exchange *exchanges)
{
    for (size_t at = 1; at < length; at++) {
        struct kwh_match later = judge(bytes + at, length - at, exchanges);
        if (later.verdict == KWH_VERDICT_FRAME && at + later.count == length)
            return at;
    }
    return 0;
}

/*
 * What begins at the first byte decides; silence alone ends nothing. But when nothing more comes
 * and a whole answer stands at the very end, then what precedes it was no frame.
 */
static inline struct kwh_match kwhi_judge_through(kwhi_judge *judge, const uint8_t *bytes,
                                                  size_t length, bool idle,
                                                  struct kwh_exchange *exchanges)
{
    size_t noise = 0;
    struct kwh_match match = judge(bytes, length, exchanges);
    if (idle && match.verdict == KWH_VERDICT_MORE)
        noise = kwhi_answer_at_end(judge, bytes, length, exchanges);
    if (noise != 0) {
        match.verdict = KWH_VERDICT_SLIDE;
        match.reason = KWH_REASON_NOISE;
        match.count = (uint16_t)noise;
    }
    return match;
}

#endif
