/* SPDX-License-Identifier: MIT */
/* Dates and times of EN 13757-3 as numbers, first byte lowest. */
#ifndef KWHI_MBUS_RECORD_TIME_H
#define KWHI_MBUS_RECORD_TIME_H

#include <kwh/mbus_record.h>

#include "../base/calendar.h"

/* Types G, J, F and I, by their length of 2, 3, 4 or 6 bytes; false when there is no such time. */
bool kwhi_time_decode(uint64_t raw, size_t length, struct kwh_time *time, bool *summer_time);

/* Twelve BCD digits YYMMDDhhmmss, as some meters send them. */
bool kwhi_time_decode_digits(uint64_t raw, struct kwh_time *time);

/* The reverse of kwhi_time_decode(); false when the type does not hold the time. */
bool kwhi_time_encode(const struct kwh_time *time, size_t length, uint64_t *raw);

#endif
