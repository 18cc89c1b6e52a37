/* SPDX-License-Identifier: MIT */
#include "record_parse.h"

/* What a VIFE does to its record, one letter a code. */
enum {
    NOTHING = '.',
    MODIFIES = 'm', /* changes the meaning, or nobody knows */
    REPORTS = 'e',  /* an error in place of the value */
    DATES = 'd',    /* the data are a date */
    IMPORTS = 'i',  /* only positive contributions */
    EXPORTS = 'o',  /* only negative contributions, their absolute value */
    MULTIPLIES = 'x',
    ADDS = '+',
    THOUSANDS = 'k',
    EXTENDS = 'F',   /* the next byte is of the second table */
    PRIVATE = 'P',   /* the maker's, from here on */
    PHASES = 'p',    /* one of L1, L2, L3, N, L1-L2, L2-L3, L3-L1 */
    QUADRANTS = 'q', /* Q1 to Q4 */
    NETS = 'n',      /* difference between import and export */
    GROSSES = 'g',   /* sum of import and export */
    COUNTS = 'u'     /* integers without a sign: types C and D */
};

/* clang-format off */
static KWH_CONST char effects[] =
    ".eeeeeeemmmeeeee" /* 00: record errors; 08 to 0A are reserved */
    "mmmmmeeeemmme.mm" /* 10: average, compact profiles; 15 to 18 and 1C errors; 1D conform */
    "mmmmmmmmmmmmmmmm" /* 20: per time, pulse, liter, m3, kg, K */
    "mmmmmmmmmdmiommm" /* 30: per energy, V, A; 39 start of; 3A uncorrected; forward, backward */
    "mmddmmddmmddmmdd" /* 40: limits, how often and when exceeded */
    "mmmmmmmmmmmmmmmm" /* 50: how long limits were exceeded */
    "mmmmmmmmmmddmmdd" /* 60: duration of the value; 6A date of */
    "xxxxxxxx++++FkmP";/* 70 */

static KWH_CONST char extended_effects[] =
    "mpppppppqqqqnmmm" /* FC 00 */
    "guummm";          /* FC 10: sum; type C, type D; end date, directions */
/* clang-format on */

static char extended_effect(uint8_t code)
{
    return code < sizeof extended_effects - 1 ? extended_effects[code] : (char)MODIFIES;
}

static void apply_extended(uint8_t code, struct kwh_mbus_record *record,
                           struct kwhi_mbus_scale *scale)
{
    switch (extended_effect(code)) {
    case PHASES:
        record->phase = code; /* enum kwh_phase has the same numbers */
        break;
    case QUADRANTS:
        record->nature = (uint8_t)(code - 0x08 + KWH_NATURE_Q1);
        break;
    case NETS:
        record->direction = KWH_DIRECTION_NET;
        break;
    case GROSSES:
        record->direction = KWH_DIRECTION_GROSS;
        break;
    case COUNTS:
        scale->marks |= KWHI_UNSIGNED_DATA;
        break;
    default:
        record->modified = true;
        break;
    }
}

/* Ten VIFE leave a code of the tables far within these limits; nothing else is to be proven. */
static void move_exponent(struct kwhi_mbus_scale *scale, int steps)
{
    int exponent = scale->exponent + steps;

    if (exponent >= -100 && exponent <= 100)
        scale->exponent = (int16_t)exponent;
}

static void add_offset(struct kwhi_mbus_scale *scale, int16_t thousandths)
{
    if (scale->offset < 10000)
        scale->offset += thousandths;
}

static void apply(uint8_t code, bool command, struct kwh_mbus_record *record,
                  struct kwhi_mbus_scale *scale)
{
    static KWH_CONST int16_t thousandths[] = {1, 10, 100, 1000};
    char effect = effects[code & 0x7F];

    /* To the meter the first codes are actions: add, clear, freeze... */
    if (command && code <= 0x0F)
        effect = code == 0 ? NOTHING : REPORTS;
    switch (effect) {
    case NOTHING:
        break;
    case REPORTS:
        record->report = code;
        break;
    case DATES:
        record->modified = true;
        scale->marks |= KWHI_DATE;
        break;
    case IMPORTS:
        record->direction = KWH_DIRECTION_IMPORT;
        break;
    case EXPORTS:
        record->direction = KWH_DIRECTION_EXPORT;
        break;
    case MULTIPLIES:
        move_exponent(scale, (code & 7) - 6);
        break;
    case ADDS:
        add_offset(scale, thousandths[code & 3]);
        break;
    case THOUSANDS:
        move_exponent(scale, 3);
        break;
    case PRIVATE:
        record->manufacturer = true;
        break;
    default:
        record->modified = true;
        break;
    }
}

void kwhi_vife_apply(const uint8_t *data, size_t size, bool command, struct kwh_mbus_record *record,
                     struct kwhi_mbus_scale *scale)
{
    size_t end = (size_t)record->vife_at + record->vife_count;

    for (size_t i = record->vife_at; i < end && i < size && !record->manufacturer; i++) {
        uint8_t code = data[i] & 0x7F;
        if (effects[code] != EXTENDS)
            apply(code, command, record, scale);
        else if (++i < end && i < size)
            apply_extended(data[i] & 0x7F, record, scale);
    }
}

KWH_STATIC_ASSERT(sizeof effects == 129, every_vife_has_an_effect);
