/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=0
// proof: SOURCES=lib/energy/pulse.c,lib/energy/pulse_output.c,lib/energy/pulse_weight.c
// proof: SOURCES=lib/energy/ratio.c,lib/energy/edge_counter.c,lib/base/decimal.c
#include <kwh/edge_counter.h>
#include <kwh/pulse.h>

#include "proof.h"

static struct kwh_decimal any_decimal(void)
{
    return kwh_decimal(Frama_C_long_long_interval(INT64_MIN, INT64_MAX), (int8_t)ANY_BYTE());
}

/* Any rate, number and time; any state of a pin, in any call. */
int main(void)
{
    struct kwh_decimal rate = any_decimal();
    enum kwh_pulse_meter meter = (enum kwh_pulse_meter)ANY_OF(0, 7);
    struct kwh_edge_counter counter;
    struct kwh_pulse_width width;
    struct kwh_decimal value;
    uint32_t weight_wh;
    uint64_t us;
    int sum = 0;

    sum += (int)kwh_pulse_energy(ANY_UINT64(), rate, &value);
    MUST(value.mantissa >= 0);
    sum += (int)kwh_pulse_power(ANY_UINT64(), ANY_UINT64(), rate, &value);
    MUST(value.mantissa >= 0);
    sum += (int)kwh_pulse_power_max(ANY_UINT32(), ANY_UINT32(), rate, &value);
    sum += (int)kwh_pulse_period(ANY_UINT32(), rate, &us);
    sum += (int)kwh_pulse_off_time(ANY_UINT32(), rate, ANY_UINT32(), &us);
    sum += (int)kwh_pulse_rate_of_weight(ANY_UINT32(), &value);
    sum += (int)kwh_countis_pulse_weight(ANY_UINT32(), &weight_wh);
    sum += kwh_pulse_rate_exists(meter, rate);
    sum += (int)kwh_pulse_widths(meter, rate, ANY_UINT32(), &width);
    sum += (int)kwh_pulse_check_width(meter, rate, ANY_UINT32(), ANY_UINT32());

    MAKE_ANY(counter);
    counter.raw = ANY_OF(0, 1) != 0;
    counter.on = ANY_OF(0, 1) != 0;
    counter.pending = ANY_OF(0, 1) != 0;
    sum += kwh_edge_counter_input(&counter, ANY_OF(0, 1) != 0, ANY_UINT32());
    sum += (int)kwh_edge_counter_interval(&counter, &us);
    return sum;
}
