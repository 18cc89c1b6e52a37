/* SPDX-License-Identifier: MIT */
#include "statistics.h"

void kwhi_count_answer(struct kwh_statistics *statistics, bool refused, uint32_t latency_us)
{
    if (refused)
        statistics->exceptions++;
    else
        statistics->ok++;
    statistics->latency_last_us = latency_us;
    if (statistics->latency_min_us == 0 || latency_us < statistics->latency_min_us)
        statistics->latency_min_us = latency_us;
    if (latency_us > statistics->latency_max_us)
        statistics->latency_max_us = latency_us;
}

void kwh_exchange_count(const struct kwh_exchange *exchange, uint32_t latency_us)
{
    struct kwh_statistics *statistics = exchange->statistics;
    if (statistics == NULL)
        return;
    statistics->sent++;
    if (exchange->attempt != 0)
        statistics->retries++;
    if (exchange->answer_size != 0)
        kwhi_count_answer(statistics, exchange->error != KWH_OK, latency_us);
    else
        statistics->timeouts++;
}
