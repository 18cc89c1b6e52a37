/* SPDX-License-Identifier: MIT */
/* All values of a PRO380, one by one as exact decimals. The requests were decided at build time. */
#include "client.h"
#include "pro380.h"

static void read_request(KWH_CONST struct kwh_plan_request *request)
{
    size_t count;
    if (kwh_modbus_read(&exchange, 1, request->function, request->address, request->count) ==
            KWH_OK &&
        client_run(NULL) == KWH_OK)
        show_values(request, kwh_modbus_registers(&line, &exchange, &count));
}

int main(void)
{
    if (!client_begin(KWH_ECHO_NEVER))
        return 1;
    read_all(read_request);
}
