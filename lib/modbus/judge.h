/* SPDX-License-Identifier: MIT */
/* From the judgement of the first byte to that of all received bytes. */
#ifndef KWHI_JUDGE_H
#define KWHI_JUDGE_H

#include <kwh/line.h>

/* Judges the frame that begins at the first byte. */
typedef struct kwh_match kwhi_judge(const uint8_t *bytes, size_t length,
                                    struct kwh_exchange *exchanges);

/*
 * What begins at the first byte decides; silence alone ends nothing. But when nothing more comes
 * and a whole answer stands at the very end, then what precedes it was no frame.
 */
static inline struct kwh_match kwhi_judge_through(kwhi_judge *judge, const uint8_t *bytes,
                                                  size_t length, bool idle,
                                                  struct kwh_exchange *exchanges)
{
    struct kwh_match match = judge(bytes, length, exchanges);
    for (size_t at = 1; idle && at < length && match.verdict == KWH_VERDICT_MORE; at++) {
        struct kwh_match later = judge(bytes + at, length - at, exchanges);
        if (later.verdict == KWH_VERDICT_FRAME && at + later.count == length)
            match = kwh_match_slide(at, KWH_REASON_NOISE, 0);
    }
    return match;
}

#endif
