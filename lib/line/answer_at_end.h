/* SPDX-License-Identifier: MIT */
#ifndef KWHI_ANSWER_AT_END_H
#define KWHI_ANSWER_AT_END_H

#include <kwh/exchange.h>

/* Where an answer stands at the very end of the bytes, but not at their beginning; 0: nowhere. */
size_t kwhi_answer_at_end(const struct kwh_framing *framing, const uint8_t *bytes, size_t length,
                          struct kwh_exchange *exchanges);

#endif
