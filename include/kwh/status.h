/* SPDX-License-Identifier: MIT */
/**
 * @file status.h
 * What a value is, or why there is none; and the time of day and year as meters tell it.
 */
#ifndef KWH_STATUS_H
#define KWH_STATUS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Status of a reading. Numbers are frozen. Only KWH_STATUS_OK and _DOUBTFUL come with a value. */
enum kwh_status {
    KWH_STATUS_OK = 0,
    KWH_STATUS_NOT_AVAILABLE = 1, /**< The meter marks the value as absent. */
    KWH_STATUS_NAN = 2,           /**< The register holds a NaN. */
    KWH_STATUS_INFINITE = 3,      /**< The register holds an infinity. */
    KWH_STATUS_OVERFLOW = 4,      /**< Beyond 64 bits. */
    KWH_STATUS_BAD_DIGITS = 5,    /**< A BCD digit above 9, or a character that is none. */
    KWH_STATUS_INVALID_DATE = 6,  /**< No such date or time. */
    KWH_STATUS_NO_ANSWER = 7,     /**< The line gave nothing; see the failure of the line. */
    KWH_STATUS_REFUSED = 8,       /**< The meter refused this value. */
    KWH_STATUS_ENCRYPTED = 9,     /**< The telegram is encrypted. */
    KWH_STATUS_RECORD_ERROR = 10, /**< The meter reports an error in place of the value. */
    KWH_STATUS_DOUBTFUL = 11      /**< A value, but the meter or the map casts doubt on it. */
};

/** Date and time as the meter gave them; a field it does not give is -1. */
struct kwh_time {
    int16_t year;
    int8_t month, day, hour, minute, second;
};

#ifdef __cplusplus
}
#endif

#endif
