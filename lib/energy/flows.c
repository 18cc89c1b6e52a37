/* SPDX-License-Identifier: MIT */
#include <kwh/combination.h>

static bool has_flowed(const struct kwh_flow *flow)
{
    return flow->forward.mantissa != 0 || flow->reverse.mantissa != 0;
}

enum kwh_error kwh_flows_init(struct kwh_flows *flows, const struct kwh_flow *phases, size_t count)
{
    enum kwh_error error = kwh_flow_sum(phases, count, &flows->phases);
    size_t busy = 0;

    for (size_t i = 0; i < count; i++)
        busy += has_flowed(&phases[i]);
    flows->vector_known = error == KWH_OK && (busy <= 1 || flows->phases.forward.mantissa == 0 ||
                                              flows->phases.reverse.mantissa == 0);
    flows->vector.forward = flows->vector_known ? flows->phases.forward : kwh_decimal(0, 0);
    flows->vector.reverse = flows->vector_known ? flows->phases.reverse : kwh_decimal(0, 0);
    return error;
}
