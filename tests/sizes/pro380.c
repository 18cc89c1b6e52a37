/* SPDX-License-Identifier: MIT */
/*
 * All values of a PRO380, one by one as exact decimals. The requests were decided at build time, as
 * `kwh plan` decides them.
 */
#include "client.h"
#include "pro380.h"

static void read_span(KWH_CONST struct span *span)
{
    size_t count = 0;
    const uint8_t *registers;
    if (kwh_modbus_read(&exchange, 1, 3, span->address, span->count) != KWH_OK ||
        client_run(NULL) != KWH_OK)
        return;
    registers = kwh_modbus_registers(&line, &exchange, &count);
    show_span(span, registers, count);
}

int main(void)
{
    if (!client_begin(KWH_ECHO_NEVER))
        return 1;
    for (;;)
        for (size_t i = 0; i < KWH_COUNT(spans); i++)
            read_span(&spans[i]);
}
