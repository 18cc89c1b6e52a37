/* SPDX-License-Identifier: MIT */
/* A meter that libkwh does not know: ACME X1, from pages 12 and 13 of its manual. Your program
 * reads it as it is; the kwh command knows only the maps it was built with, the files in maps/. */
#include <kwh/map.h>

/* clang-format off */
static KWH_CONST struct kwh_row rows[] = {
    KWH_HOLDING(0x0000, UINT16,  1,     METER_CODE,           KWH_MANUAL),
    KWH_INPUT(  0x0100, UINT16,  DECI,  VOLTAGE_L1,           KWH_MANUAL),
    KWH_INPUT(  0x0101, INT32,   1,     ACTIVE_POWER,         KWH_MANUAL), /* negative = export */
    KWH_INPUT(  0x0103, UINT32,  10,    ACTIVE_ENERGY_IMPORT, KWH_MANUAL), /* 0.01 kWh */
};
/* clang-format on */

static KWH_CONST struct kwh_block blocks[] = {{.rows = rows, .count = KWH_COUNT(rows)}};
static KWH_CONST struct kwh_line_settings lines[] = {{19200, 8, 'N', 1}};

KWH_MAP_DECLARE(acme_x1);
KWH_CONST struct kwh_map kwh_map_acme_x1 = {
    .name = KWH_TEXT("acme_x1"),
    .title = KWH_TEXT("ACME X1"),
    .blocks = blocks,
    .block_count = KWH_COUNT(blocks),
    .lines = lines,
    .line_count = KWH_COUNT(lines),
    .order = KWH_ORDER_CDAB,
    .request_safe = 32,
    .quiet_ms = 20,
};
