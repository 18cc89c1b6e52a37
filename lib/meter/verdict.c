/* SPDX-License-Identifier: MIT */
#include "verdict.h"

enum kwhi_verdict kwhi_verdict(enum kwh_error error)
{
    if (error == KWH_OK)
        return KWHI_ANSWERED;
    if (error == KWH_ERROR_ILLEGAL_DATA_ADDRESS || error == KWH_ERROR_ILLEGAL_DATA_VALUE ||
        error == KWH_ERROR_CAPACITY)
        return KWHI_TOO_MUCH; /* the line's own buffer may be the one that is too small */
    if (error == KWH_ERROR_GATEWAY_PATH || error == KWH_ERROR_GATEWAY_TARGET)
        return KWHI_UNANSWERED;
    if (error == KWH_ERROR_DISCONNECTED || error == KWH_ERROR_IO)
        return KWHI_IMPOSSIBLE;
    if (kwh_error_exception(error) == 0 && kwh_error_class(error) == KWH_ERROR_CLASS_LINE)
        return KWHI_UNANSWERED;
    return kwh_error_class(error) == KWH_ERROR_CLASS_CALLER ? KWHI_IMPOSSIBLE : KWHI_REFUSED;
}

void kwhi_take_times(struct kwh_exchange *exchange, const struct kwh_line *line,
                     KWH_CONST struct kwh_map *map)
{
    exchange->answer_us = line->timeout_given ? 0 : UINT32_C(1000) * map->answer_ms;
    exchange->quiet_us = UINT32_C(1000) * map->quiet_ms;
}
