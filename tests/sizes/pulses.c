/* SPDX-License-Identifier: MIT */
/* Energy and power from the pulses at a pin. */
#include "board.h"

#include <kwh/edge_counter.h>
#include <kwh/pulse.h>

static struct kwh_edge_counter counter;

static void show(enum kwh_error error, const struct kwh_decimal *value)
{
    if (error == KWH_OK)
        board_result = (uint32_t)value->mantissa;
}

int main(void)
{
    static const struct kwh_decimal rate = {1000, 0};
    static const struct kwh_edge_settings settings = {
        .debounce_us = 500, .width_min_us = 2000, .interval_min_us = 46957};
    struct kwh_decimal value;
    uint64_t interval_us;

    kwh_edge_counter_init(&counter, &settings, board_argument != 0, board_now_us());
    for (;;) {
        kwh_edge_counter_input(&counter, board_argument != 0, board_now_us());
        show(kwh_pulse_energy(counter.pulses, rate, &value), &value);
        if (kwh_edge_counter_interval(&counter, &interval_us) == KWH_OK)
            show(kwh_pulse_power(1, interval_us, rate, &value), &value);
    }
}
