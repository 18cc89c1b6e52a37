/* SPDX-License-Identifier: MIT */
/* What programs do that read a PRO380. */
#ifndef PRO380_H
#define PRO380_H

#include "board.h"

#include <kwh.h>

KWH_MAP_DECLARE(inepro_pro380_modbus);

static KWH_CONST struct span {
    uint16_t address, count;
} spans[] = {
    {0x4000, 32},
    {0x5000, 50},
    {0x6000, 75},
};

static void show(const struct kwh_reading *reading)
{
    board_result = reading->quantity;
    board_result = reading->status;
    board_result = (uint32_t)reading->decimal.mantissa;
    board_result = (uint32_t)reading->decimal.exponent;
}

/* The rows whose registers the answer holds. */
static void show_span(KWH_CONST struct span *span, const uint8_t *registers, size_t count)
{
    struct kwh_map_iterator rows = {&kwh_map_inepro_pro380_modbus, KWH_ALL_PROFILES, 0, 0};
    KWH_CONST struct kwh_row *row;
    struct kwh_reading reading;
    while ((row = kwh_map_next(&rows)) != NULL) {
        size_t at = (size_t)row->address - span->address;
        if (row->address < span->address || kwh_row_write_only(row) ||
            at + kwh_row_words(row) > count)
            continue;
        kwh_row_decode(&kwh_map_inepro_pro380_modbus, row, registers + 2 * at, &reading);
        show(&reading);
    }
}

#endif
