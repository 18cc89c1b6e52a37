/* SPDX-License-Identifier: MIT */
#include <kwh/pulse.h>

#define WH_PER_KWH 1000u

enum kwh_error kwh_pulse_rate_of_weight(uint32_t weight_wh, struct kwh_decimal *rate)
{
    uint32_t pulses = WH_PER_KWH; /* in 1, 10, 100 and 1000 kWh */

    *rate = kwh_decimal(0, 0);
    if (weight_wh == 0 || weight_wh > 1000000)
        return KWH_ERROR_ARGUMENT;
    for (int8_t decimals = 0; decimals <= 3; decimals++, pulses *= 10) {
        if (pulses % weight_wh == 0) {
            *rate = kwh_decimal(pulses / weight_wh, (int8_t)-decimals);
            return KWH_OK;
        }
    }
    return KWH_ERROR_INEXACT;
}

enum kwh_error kwh_countis_pulse_weight(uint32_t ct, uint32_t *weight_wh)
{
    static KWH_CONST struct {
        uint16_t from, weight_wh;
    } rows[] = {{1, 1}, {5, 5}, {25, 25}, {125, 125}, {625, 1000}, {3125, 10000}};
    const uint32_t ct_max = 12000;

    *weight_wh = 0;
    if (ct == 0 || ct > ct_max)
        return KWH_ERROR_ARGUMENT;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (ct >= rows[i].from)
            *weight_wh = rows[i].weight_wh;
    return KWH_OK;
}
