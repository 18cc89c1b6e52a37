/* SPDX-License-Identifier: MIT */
/*
 * All values of a PRO380, one by one as exact decimals. The requests were decided at build time:
 * `kwh plan inepro_pro380` prints them.
 */
#include "client.h"

KWH_MAP_DECLARE(inepro_pro380_modbus);

static const struct span {
    uint16_t address, count;
} spans[] = {
    {0x4000, 51},
    {0x5000, 72},
    {0x6000, 74},
};

static void show(const struct kwh_reading *reading)
{
    board_result = reading->quantity;
    board_result = reading->status;
    board_result = (uint32_t)reading->decimal.mantissa;
    board_result = (uint32_t)reading->decimal.exponent;
}

/* The rows whose registers the answer holds. */
static void read_span(const struct span *span)
{
    struct kwh_map_iterator rows = {&kwh_map_inepro_pro380_modbus, KWH_ALL_PROFILES, 0, 0};
    const struct kwh_row *row;
    struct kwh_reading reading;
    size_t count = 0;
    const uint8_t *registers;
    if (kwh_modbus_read(&exchange, 1, 3, span->address, span->count) != KWH_OK ||
        client_run(NULL) != KWH_OK)
        return;
    registers = kwh_modbus_registers(&line, &exchange, &count);
    while ((row = kwh_map_next(&rows)) != NULL) {
        size_t at = (size_t)row->address - span->address;
        if (row->address < span->address || at + kwh_row_words(row) > count)
            continue;
        kwh_row_decode(&kwh_map_inepro_pro380_modbus, row, registers + 2 * at, &reading);
        show(&reading);
    }
}

int main(void)
{
    if (!client_begin(KWH_ECHO_NEVER))
        return 1;
    for (;;)
        for (size_t i = 0; i < KWH_COUNT(spans); i++)
            read_span(&spans[i]);
}
