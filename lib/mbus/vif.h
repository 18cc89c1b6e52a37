/* SPDX-License-Identifier: MIT */
/* What VIF codes mean: EN 13757-3:2018, with the codes it withdrew or that only practice knows. */
#ifndef KWHI_MBUS_VIF_H
#define KWHI_MBUS_VIF_H

#include <kwh/mbus_record.h>

/* Marks of a row. */
enum {
    KWHI_TIMES = 0x01,         /* codes of a row count s, min, h, d; else powers of ten */
    KWHI_UNSIGNED_DATA = 0x02, /* integers are addresses, counters or flags: types C and D */
    KWHI_DATE = 0x04,          /* the data are a date or time */
    KWHI_DOUBTFUL = 0x08,      /* withdrawn from the standard, or known from one source only */
    KWHI_CONTAINER = 0x10,     /* data of variable length are no text */
    KWHI_FLAT = 0x20           /* all codes of the row count alike */
};

/* Codes that stand together. */
struct kwhi_vif {
    uint8_t first, last;
    uint8_t kind; /* enum kwh_mbus_kind */
    uint8_t unit; /* enum kwh_unit */
    int8_t scale; /* of the first code: a power of ten; of KWHI_TIMES 0 s, 1 min, 2 h, 3 d */
    uint8_t marks;
};

/* How a count becomes a value: (count * 10^exponent + offset / 1000) * factor. */
struct kwhi_mbus_scale {
    int32_t factor; /* units of the VIF to base units: 3600 for hours */
    int32_t offset;
    int16_t exponent;
    uint8_t marks;
};

/* The row of a code; of a code that has none, one that knows nothing. */
KWH_CONST struct kwhi_vif *kwhi_vif(enum kwh_mbus_table table, uint8_t code);

/* The row of a unit code of the fixed structure. */
KWH_CONST struct kwhi_vif *kwhi_fixed_unit(uint8_t code);

/* Kind, unit and scale of a code by its row. */
void kwhi_vif_apply(KWH_CONST struct kwhi_vif *row, uint8_t code, struct kwh_mbus_record *record,
                    struct kwhi_mbus_scale *scale);

#endif
