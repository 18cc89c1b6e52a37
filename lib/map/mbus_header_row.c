/* SPDX-License-Identifier: MIT */
/* Rows of what the header of a telegram tells, which every M-Bus map has without naming it. */
#include "row.h"

#define HEADER_ROW(name_)                                                                          \
    {                                                                                              \
        .quantity = KWH_##name_, .format = KWH_FORMAT(KWH_TYPE_RECORD, KWH_SCALE_1, 0, KWH_MANUAL) \
    }

static KWH_CONST struct kwh_row rows[] = {
    HEADER_ROW(SERIAL_NUMBER),  HEADER_ROW(MBUS_MANUFACTURER),  HEADER_ROW(MBUS_VERSION),
    HEADER_ROW(MBUS_MEDIUM),    HEADER_ROW(MBUS_ACCESS_NUMBER), HEADER_ROW(MBUS_STATUS),
    HEADER_ROW(MBUS_SIGNATURE),
};

KWH_CONST struct kwh_row *kwhi_mbus_header_row(uint32_t quantity)
{
    for (size_t i = 0; i < KWH_COUNT(rows); i++)
        if (rows[i].quantity == quantity)
            return &rows[i];
    return NULL;
}
