/* SPDX-License-Identifier: MIT */
/* What the files of a line share. */
#ifndef KWHI_LINE_STATE_H
#define KWHI_LINE_STATE_H

#include <kwh/line.h>

#include "shift.h"

/* What came besides the answer (kwh_line.saw). */
#define KWHI_SAW_ECHO          1u
#define KWHI_SAW_BAD_CRC       2u
#define KWHI_SAW_OTHER_ADDRESS 4u
#define KWHI_SAW_OTHER_ANSWER  8u
#define KWHI_SAW_NOISE         16u

static inline bool kwhi_has(const struct kwh_line *line, unsigned property)
{
    return (line->framing->properties & property) != 0;
}

/* a - b of two stamps less than 35 minutes apart. */
static inline int32_t kwhi_after(uint32_t a_us, uint32_t b_us)
{
    return (int32_t)(a_us - b_us);
}

static inline bool kwhi_due(uint32_t now_us, uint32_t stamp_us)
{
    return kwhi_after(now_us, stamp_us) >= 0;
}

/* Wire time of so many characters, up to 65535. */
uint32_t kwhi_wire_us(uint32_t character_ns, uint32_t characters);

/* What the answer may take longer for being a whole frame. */
static inline uint32_t kwhi_frame_us(const struct kwh_line *line,
                                     const struct kwh_exchange *exchange)
{
    return exchange->answer_length != 1 ? line->timing.frame_us : 0;
}

/* The first exchange in that state, or NULL. */
struct kwh_exchange *kwhi_find(const struct kwh_line *line, enum kwh_exchange_state state);

/* Where received bytes lie in the buffer. */
size_t kwhi_receive_at(const struct kwh_line *line);

/* Gives up the first `count` received bytes, or all. */
#define KWHI_ALL SIZE_MAX
void kwhi_skip(struct kwh_line *line, size_t count, struct kwh_exchange *exchange, uint32_t now_us);

/* Counts more bytes of a burst that holds a damaged one. */
void kwhi_spoil(struct kwh_line *line, size_t count);

/* Looks for answers in what was received; ends exchanges. */
void kwhi_receive(struct kwh_line *line, uint32_t now_us);

/* Ends an exchange without an answer. */
void kwhi_fail(struct kwh_line *line, struct kwh_exchange *exchange, enum kwh_error error,
               uint32_t now_us);

#endif
