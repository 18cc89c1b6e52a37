/* SPDX-License-Identifier: MIT */
// proof: OPTIONS=-eva-precision,2
// proof: LENGTHS=0,1,3,4
// proof: SOURCES=lib/energy/combination.c,lib/energy/flows.c,lib/energy/flow.c
// proof: SOURCES=lib/energy/integrator.c,lib/energy/balance.c,lib/energy/power_factor.c
// proof: SOURCES=lib/energy/ct_ratio.c,lib/energy/ratio.c,lib/energy/diagnostics.c
// proof: SOURCES=lib/base/decimal.c
#include <kwh/balance.h>
#include <kwh/combination.h>
#include <kwh/ct_ratio.h>
#include <kwh/diagnostics.h>
#include <kwh/power_factor.h>

#include "proof.h"

static struct kwh_decimal any_decimal(void)
{
    return kwh_decimal(Frama_C_long_long_interval(INT64_MIN, INT64_MAX), (int8_t)ANY_BYTE());
}

static struct kwh_flow any_flow(void)
{
    struct kwh_flow flow;
    flow.forward = any_decimal();
    flow.reverse = any_decimal();
    return flow;
}

static struct kwh_flow flows[PROOF_BYTES(LEN)];

/* Any energies of LEN phases or tariffs, any combination of them, and what else takes decimals. */
int main(void)
{
    struct kwh_integrator integrator;
    struct kwh_flows combined;
    struct kwh_ct_ratio ratio;
    struct kwh_decimal value;
    enum kwh_combination combination;
    uint32_t flags;
    uint8_t code;
    int sum = 0;

    for (int i = 0; i < PROOF_BYTES(LEN); i++)
        flows[i] = any_flow();
    sum += (int)kwh_flows_init(&combined, PROOF_START(flows), LEN);
    sum += (int)kwh_balance(PROOF_START(flows), LEN, &value);
    combined.phases = any_flow();
    if (ANY_OF(0, 1) != 0)
        kwh_flows_set_vector(&combined, any_flow());
    combination = (enum kwh_combination)ANY_OF(0, 20);
    sum += (int)kwh_combine(combination, (enum kwh_combined)ANY_OF(0, 9), &combined, &value);
    sum += (int)kwh_combination_code((enum kwh_combination_family)ANY_OF(0, 9), combination, &code);
    sum += (int)kwh_combination_from_code((enum kwh_combination_family)ANY_OF(0, 9), ANY_UINT32(),
                                          &combination);

    MAKE_ANY(integrator);
    sum += (int)kwh_integrator_add(&integrator, Frama_C_long_long_interval(INT64_MIN, INT64_MAX),
                                   ANY_UINT32());
    ratio.primary = ANY_WORD();
    ratio.secondary = ANY_WORD();
    sum += (int)kwh_ct_to_primary(ratio, (enum kwh_ct_side)ANY_OF(0, 9), any_decimal(), &value);
    sum += (int)kwh_power_factor_convert(any_decimal(), (enum kwh_power_factor_sign)ANY_OF(0, 9),
                                         (enum kwh_power_factor_sign)ANY_OF(0, 9),
                                         (enum kwh_quadrant)ANY_OF(0, 9), &value);
    sum += (int)kwh_diagnostics_pro380(ANY_UINT32(), &flags);
    return sum;
}
