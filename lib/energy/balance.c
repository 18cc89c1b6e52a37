/* SPDX-License-Identifier: MIT */
#include <kwh/balance.h>

enum kwh_error kwh_balance(const struct kwh_flow *tariffs, size_t count,
                           struct kwh_decimal *balance)
{
    struct kwh_flow sum;
    enum kwh_error error;

    *balance = kwh_decimal(0, 0);
    if (count > KWH_BALANCE_TARIFFS_MAX)
        return KWH_ERROR_ARGUMENT;
    error = kwh_flow_sum(tariffs, count, &sum);
    return error == KWH_OK ? kwh_flow_net(&sum, balance) : error;
}
