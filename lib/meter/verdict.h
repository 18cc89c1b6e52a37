/* SPDX-License-Identifier: MIT */
/* What the end of an exchange says about the meter, for every dialogue with one. */
#ifndef KWHI_VERDICT_H
#define KWHI_VERDICT_H

#include <kwh/line.h>
#include <kwh/map.h>

enum kwhi_verdict {
    KWHI_ANSWERED,   /* what was asked */
    KWHI_TOO_MUCH,   /* refused, but a part may be had */
    KWHI_REFUSED,    /* by another exception */
    KWHI_UNANSWERED, /* the line gave nothing, or the gateway did not reach the meter */
    KWHI_IMPOSSIBLE  /* no further exchange makes sense */
};

enum kwhi_verdict kwhi_verdict(enum kwh_error error);

/* Gives an exchange the times that a map asks for, as far as the line leaves them to it. */
void kwhi_take_times(struct kwh_exchange *exchange, const struct kwh_line *line,
                     KWH_CONST struct kwh_map *map);

#endif
