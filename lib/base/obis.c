/* SPDX-License-Identifier: MIT */
#include <kwh/obis.h>

#include <string.h>

#define NO_PERIOD  255u /* F: the present value. */
#define ELECTRICAL 1u   /* A */
#define INTEGRAL   8u   /* D: from the start of measurement to now; E is the tariff. */
#define PHASE_STEP 20u  /* C 1 to 20 is the sum of the phases, + 20 is L1, + 40 L2, + 60 L3. */
#define TARIFFS    8u

/* A measurement without phase and tariff, from kind, nature and direction. */
#define OF(kind, nature, direction)                                                                \
    KWH_MEASUREMENT(KWH_KIND_##kind, KWH_NATURE_##nature, KWH_DIRECTION_##direction, 0, 0, 0, 0,   \
                    0, 0)

#define VOLTAGE_N KWH_MEASUREMENT(KWH_KIND_VOLTAGE, 0, 0, KWH_PHASE_N, 0, 0, 0, 0, 0)

/*
 * One line a code, phases and tariffs apart. Of quantities that share a code, the one that the code
 * stands for comes first. What has no line has no code: combined values depend on a setting, signed
 * reactive power and inductive or capacitive energy fall into no single code, means, processes,
 * history pages and values before the transformers are not what the standard's codes say.
 */
/* clang-format off */
static KWH_CONST struct row {
    uint32_t quantity;
    uint8_t a, c, d, e;
} rows[] = {
    {OF(ACTIVE_ENERGY,   NONE, IMPORT), 1,   1,  8, 0},
    {OF(ACTIVE_ENERGY,   NONE, EXPORT), 1,   2,  8, 0},
    {OF(REACTIVE_ENERGY, NONE, IMPORT), 1,   3,  8, 0},
    {OF(REACTIVE_ENERGY, NONE, EXPORT), 1,   4,  8, 0},
    {OF(REACTIVE_ENERGY, Q1,   NONE),   1,   5,  8, 0},
    {OF(REACTIVE_ENERGY, Q2,   NONE),   1,   6,  8, 0},
    {OF(REACTIVE_ENERGY, Q3,   NONE),   1,   7,  8, 0},
    {OF(REACTIVE_ENERGY, Q4,   NONE),   1,   8,  8, 0},
    {OF(APPARENT_ENERGY, NONE, NONE),   1,   9,  8, 0},
    {OF(ACTIVE_ENERGY,   NONE, GROSS),  1,  15,  8, 0},
    {OF(ACTIVE_ENERGY,   NONE, NET),    1,  16,  8, 0},
    {OF(ACTIVE_ENERGY,   Q1,   NONE),   1,  17,  8, 0},
    {OF(ACTIVE_ENERGY,   Q2,   NONE),   1,  18,  8, 0},
    {OF(ACTIVE_ENERGY,   Q3,   NONE),   1,  19,  8, 0},
    {OF(ACTIVE_ENERGY,   Q4,   NONE),   1,  20,  8, 0},

    {OF(ACTIVE_POWER,    NONE, IMPORT), 1,   1,  7, 0},
    {OF(ACTIVE_POWER,    NONE, EXPORT), 1,   2,  7, 0},
    {OF(REACTIVE_POWER,  NONE, IMPORT), 1,   3,  7, 0},
    {OF(REACTIVE_POWER,  NONE, EXPORT), 1,   4,  7, 0},
    {OF(APPARENT_POWER,  NONE, NONE),   1,   9,  7, 0},
    {KWH_CURRENT,                       1,  11,  7, 0},
    {KWH_VOLTAGE,                       1,  12,  7, 0},
    {KWH_POWER_FACTOR,                  1,  13,  7, 0},
    {KWH_POWER_FACTOR_LEAD_LAG,         1,  13,  7, 0},
    {KWH_POWER_FACTOR_MAGNITUDE,        1,  13,  7, 0},
    {KWH_FREQUENCY,                     1,  14,  7, 0},
    {OF(ACTIVE_POWER,    NONE, GROSS),  1,  15,  7, 0},
    {OF(ACTIVE_POWER,    NONE, NONE),   1,  16,  7, 0},

    {KWH_CURRENT_SUM,                   1,  90,  7, 0},
    {KWH_CURRENT_N,                     1,  91,  7, 0},
    {VOLTAGE_N,                         1,  92,  7, 0},
    {KWH_VOLTAGE_L1_L2,                 1, 124,  7, 0},
    {KWH_VOLTAGE_L2_L3,                 1, 125,  7, 0},
    {KWH_VOLTAGE_L3_L1,                 1, 126,  7, 0},

    {KWH_SOFTWARE_VERSION,              1,   0,  2, 0},
    {KWH_PULSE_RATE,                    1,   0,  3, 3},
    {KWH_CT_PRIMARY,                    1,   0,  4, 2},
    {KWH_CT_SECONDARY,                  1,   0,  4, 5},
    {KWH_RATED_CURRENT,                 1,   0,  6, 3},
    {KWH_PULSE_WIDTH,                   1,   0,  9, 8},

    {KWH_SERIAL_NUMBER,                 0,  96,  1, 0},
    {KWH_POWER_DOWN_COUNTER,            0,  96,  7, 0},
    {OF(OPERATING_TIME,  NONE, NONE),   0,  96,  8, 0},
    {KWH_TARIFF,                        0,  96, 14, 0},
    {KWH_ERROR_CODE,                    0,  97, 97, 0},
};
/* clang-format on */
#define ROWS        (sizeof rows / sizeof rows[0])

#define PHASE_BITS  KWH_MEASUREMENT(0, 0, 0, 15, 0, 0, 0, 0, 0)
#define TARIFF_BITS KWH_MEASUREMENT(0, 0, 0, 0, 15, 0, 0, 0, 0)

/* The fields of the quantity that the code of a row can say. */
static uint32_t open_fields(KWH_CONST struct row *row)
{
    uint32_t bits = 0;

    if (row->c >= 1 && row->c <= PHASE_STEP)
        bits |= PHASE_BITS;
    if (row->d == INTEGRAL)
        bits |= TARIFF_BITS;
    return bits;
}

enum kwh_error kwh_quantity_obis(uint32_t quantity, struct kwh_obis *code)
{
    size_t i;

    memset(code, 0, sizeof *code);
    for (i = 0; i < ROWS; i++) {
        KWH_CONST struct row *row = &rows[i];
        uint32_t open = quantity & open_fields(row);
        uint32_t phase = KWH_QUANTITY_PHASE(open);
        uint32_t tariff = KWH_QUANTITY_TARIFF(open);

        if (quantity - open == row->quantity && phase <= KWH_PHASE_L3 && tariff <= TARIFFS) {
            code->a = row->a;
            code->c = (uint8_t)(row->c + PHASE_STEP * phase);
            code->d = row->d;
            code->e = (uint8_t)(row->e + tariff);
            code->f = NO_PERIOD;
            return KWH_OK;
        }
    }
    return KWH_ERROR_NO_CODE;
}

enum kwh_error kwh_obis_quantity(struct kwh_obis code, uint32_t *quantity)
{
    /* Some meters write E 255 where they mean 0. */
    uint32_t e = code.e == 255u ? 0 : code.e;
    size_t i;

    *quantity = 0;
    if (code.b != 0 || code.f != NO_PERIOD)
        return KWH_ERROR_NO_CODE;
    for (i = 0; i < ROWS; i++) {
        KWH_CONST struct row *row = &rows[i];
        uint32_t open = open_fields(row);
        uint32_t phase = 0;
        uint32_t tariff = 0;

        if ((open & PHASE_BITS) != 0 && code.c > PHASE_STEP)
            phase = (code.c - 1u) / PHASE_STEP;
        if ((open & TARIFF_BITS) != 0)
            tariff = e;
        if (row->a == code.a && row->c + PHASE_STEP * phase == code.c && row->d == code.d &&
            row->e + tariff == e && phase <= KWH_PHASE_L3 && tariff <= TARIFFS) {
            *quantity = row->quantity | KWH_MEASUREMENT(0, 0, 0, phase, tariff, 0, 0, 0, 0);
            return KWH_OK;
        }
    }
    return KWH_ERROR_NO_CODE;
}

/* Puts a number of one to three digits and the mark behind it; returns the place behind both. */
static char *put(char *at, uint8_t value, char mark)
{
    if (value >= 100)
        *at++ = (char)('0' + value / 100);
    if (value >= 10)
        *at++ = (char)('0' + value / 10 % 10);
    *at++ = (char)('0' + value % 10);
    *at++ = mark;
    return at;
}

enum kwh_error kwh_obis_print(struct kwh_obis code, char *text, size_t capacity)
{
    char full[KWH_OBIS_TEXT];
    char *end = full;
    size_t size;

    if (capacity == 0)
        return KWH_ERROR_CAPACITY;
    text[0] = '\0';
    end = put(end, code.a, '-');
    end = put(end, code.b, ':');
    end = put(end, code.c, '.');
    end = put(end, code.d, '.');
    if (code.f == NO_PERIOD) {
        end = put(end, code.e, '\0');
    } else {
        end = put(end, code.e, '*');
        end = put(end, code.f, '\0');
    }
    size = (size_t)(end - full);
    if (size > capacity)
        return KWH_ERROR_CAPACITY;
    memcpy(text, full, size);
    return KWH_OK;
}

/* Takes a number of 0 to 255 without leading zeros. */
static bool take_number(const char **text, uint8_t *number)
{
    const char *at = *text;
    unsigned int value = 0;

    while (*at >= '0' && *at <= '9' && value <= 255u) {
        value = value * 10u + (unsigned int)(*at - '0');
        at++;
        if (value == 0)
            break;
    }
    if (at == *text || value > 255u)
        return false;
    *text = at;
    *number = (uint8_t)value;
    return true;
}

static bool take_mark(const char **text, char mark)
{
    if (**text != mark)
        return false;
    (*text)++;
    return true;
}

static bool parse_groups(const char *at, struct kwh_obis *code)
{
    bool ok = take_number(&at, &code->c);

    if (ok && take_mark(&at, '-')) {
        code->a = code->c;
        ok = take_number(&at, &code->b) && take_mark(&at, ':') && take_number(&at, &code->c);
    }
    ok = ok && take_mark(&at, '.') && take_number(&at, &code->d);
    if (ok && take_mark(&at, '.'))
        ok = take_number(&at, &code->e);
    if (ok && (take_mark(&at, '*') || take_mark(&at, '&')))
        ok = take_number(&at, &code->f);
    return ok && *at == '\0';
}

enum kwh_error kwh_obis_parse(const char *text, struct kwh_obis *code)
{
    static KWH_CONST struct kwh_obis defaults = {ELECTRICAL, 0, 0, 0, 0, NO_PERIOD};

    *code = defaults;
    if (!parse_groups(text, code)) {
        memset(code, 0, sizeof *code);
        return KWH_ERROR_SYNTAX;
    }
    return KWH_OK;
}
