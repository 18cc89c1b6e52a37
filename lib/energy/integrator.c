/* SPDX-License-Identifier: MIT */
#include <kwh/flow.h>

#include "../base/decimal_magnitude.h"
#include "ratio.h"

#define MW_MS_PER_UWH 3600u
#define UWH           (-6) /* exponent of Wh */

void kwh_integrator_init(struct kwh_integrator *integrator)
{
    integrator->forward_uwh = 0;
    integrator->reverse_uwh = 0;
    integrator->forward_rest = 0;
    integrator->reverse_rest = 0;
}

static enum kwh_error add(uint64_t *uwh, uint16_t *rest, uint64_t power_mw, uint32_t duration_ms)
{
    uint64_t room = (uint64_t)INT64_MAX - *uwh;
    uint64_t more, rest_more;
    bool carry;

    if (!kwhi_ratio(power_mw, duration_ms, MW_MS_PER_UWH, &more, &rest_more))
        return KWH_ERROR_OVERFLOW;
    rest_more += *rest;
    carry = rest_more >= MW_MS_PER_UWH;
    if (more > room || (carry && more == room))
        return KWH_ERROR_OVERFLOW;
    *uwh += more + carry;
    *rest = (uint16_t)(carry ? rest_more - MW_MS_PER_UWH : rest_more);
    return KWH_OK;
}

enum kwh_error kwh_integrator_add(struct kwh_integrator *integrator, int64_t power_mw,
                                  uint32_t duration_ms)
{
    uint64_t power = kwhi_magnitude(power_mw);

    return power_mw < 0
               ? add(&integrator->reverse_uwh, &integrator->reverse_rest, power, duration_ms)
               : add(&integrator->forward_uwh, &integrator->forward_rest, power, duration_ms);
}

struct kwh_flow kwh_integrator_flow(const struct kwh_integrator *integrator)
{
    struct kwh_flow flow;

    flow.forward = kwh_decimal((int64_t)integrator->forward_uwh, UWH);
    flow.reverse = kwh_decimal((int64_t)integrator->reverse_uwh, UWH);
    return flow;
}
