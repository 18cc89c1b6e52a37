/* SPDX-License-Identifier: MIT */
#include <kwh/flow.h>

static bool is_amounts(const struct kwh_flow *flow)
{
    return flow->forward.mantissa >= 0 && flow->reverse.mantissa >= 0;
}

static KWH_CONST struct kwh_flow nothing = {{0, 0}, {0, 0}};

enum kwh_error kwh_flow_sum(const struct kwh_flow *flows, size_t count, struct kwh_flow *sum)
{
    struct kwh_flow total = nothing;
    enum kwh_error error = count != 0 ? KWH_OK : KWH_ERROR_ARGUMENT;

    *sum = nothing;
    for (size_t i = 0; i < count && error == KWH_OK; i++) {
        if (!is_amounts(&flows[i]))
            return KWH_ERROR_ARGUMENT;
        error = kwh_decimal_add(total.forward, flows[i].forward, &total.forward);
        if (error == KWH_OK)
            error = kwh_decimal_add(total.reverse, flows[i].reverse, &total.reverse);
    }
    if (error == KWH_OK)
        *sum = total;
    return error;
}

enum kwh_error kwh_flow_net(const struct kwh_flow *flow, struct kwh_decimal *net)
{
    *net = kwh_decimal(0, 0);
    if (!is_amounts(flow))
        return KWH_ERROR_ARGUMENT;
    return kwh_decimal_subtract(flow->forward, flow->reverse, net);
}
