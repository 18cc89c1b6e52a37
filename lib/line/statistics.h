/* SPDX-License-Identifier: MIT */
#ifndef KWHI_STATISTICS_H
#define KWHI_STATISTICS_H

#include <kwh/exchange.h>

/* Counts a proven answer. */
void kwhi_count_answer(struct kwh_statistics *statistics, bool refused, uint32_t latency_us);

#endif
