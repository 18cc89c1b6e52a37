/* SPDX-License-Identifier: MIT */
/* The same without a line. */
#include "exchange.h"
#include "pro380.h"

static void read_request(KWH_CONST struct kwh_plan_request *request)
{
    const uint8_t *answer;
    if (kwh_modbus_read(&exchange, 1, request->function, request->address, request->count) ==
            KWH_OK &&
        (answer = ask()) != NULL)
        show_values(request, answer + 2);
}

int main(void)
{
    read_all(read_request);
}
