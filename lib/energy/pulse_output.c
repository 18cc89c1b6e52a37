/* SPDX-License-Identifier: MIT */
#include <kwh/pulse.h>

/* A set of rates: bits in the order of this list. */
static KWH_CONST struct kwh_decimal rates[] = {
    {10000, 0}, {2000, 0}, {1000, 0}, {200, 0}, {100, 0}, {40, 0},
    {10, 0},    {8, 0},    {1, 0},    {1, -1},  {1, -2},
};
#define RATES   (sizeof rates / sizeof rates[0])

#define R_10000 0x001u
#define R_2000  0x002u
#define R_1000  0x004u
#define R_200   0x008u
#define R_100   0x010u
#define R_40    0x020u
#define R_10    0x040u
#define R_8     0x080u
#define R_1     0x100u
#define R_0_1   0x200u
#define R_0_01  0x400u

#define HIGH    (R_10000 | R_2000 | R_1000)
#define LOW     (R_10 | R_1 | R_0_1 | R_0_01)
#define INEPRO  (HIGH | R_100 | LOW)

/* The rates of each meter. */
static KWH_CONST uint16_t offers[] = {
    [KWH_PULSE_PRO1] = INEPRO,
    [KWH_PULSE_PRO380] = INEPRO,
    [KWH_PULSE_PRO380_V1_19] = INEPRO,
    [KWH_PULSE_2PU] = INEPRO,
    [KWH_PULSE_SDM72] = R_1000 | R_100 | R_10 | R_1,
    [KWH_PULSE_COUNTIS] = R_1000 | R_200 | R_40 | R_8 | R_1 | R_0_1,
};
#define METERS (sizeof offers / sizeof offers[0])

/* Widths from a power on, up to that of the next row; rows of the same power are alternatives. */
/* clang-format off */
static KWH_CONST struct row {
    uint8_t meter;
    uint16_t rates, from_w;
    uint32_t shortest_us, longest_us;
} rows[] = {
    {KWH_PULSE_PRO1,         INEPRO,           0,  32000,  32000},
    {KWH_PULSE_PRO1,         INEPRO,        5626,  11200,  11200},
    {KWH_PULSE_PRO380,       HIGH,             0,  40000,  40000},
    {KWH_PULSE_PRO380,       HIGH,          5000,  20000,  20000},
    {KWH_PULSE_PRO380,       HIGH,         10000,  10000,  10000},
    {KWH_PULSE_PRO380,       HIGH,         20000,   5000,   5000},
    {KWH_PULSE_PRO380,       HIGH,         40000,   2500,   2500},
    {KWH_PULSE_PRO380,       R_100,            0,  40000,  40000},
    {KWH_PULSE_PRO380,       R_100,        50000,  20000,  20000},
    {KWH_PULSE_PRO380,       LOW,              0,  40000,  40000},
    {KWH_PULSE_PRO380_V1_19, R_1000,           0,  30000,  30000},
    {KWH_PULSE_PRO380_V1_19, R_2000,           0,  20000,  20000},
    {KWH_PULSE_PRO380_V1_19, R_2000,       46800,  15000,  15000},
    {KWH_PULSE_2PU,          INEPRO,           0,   2000,  99000},
    {KWH_PULSE_SDM72,        R_1000,           0,  35000,  35000},
    {KWH_PULSE_SDM72, R_100 | R_10 | R_1,      0,  60000,  60000},
    {KWH_PULSE_SDM72, R_100 | R_10 | R_1,      0, 100000, 100000},
    {KWH_PULSE_SDM72, R_100 | R_10 | R_1,      0, 200000, 200000},
};
/* clang-format on */
#define ROWS (sizeof rows / sizeof rows[0])

/* The bit of a rate that the meter has, or 0. */
static unsigned bit_of(enum kwh_pulse_meter meter, struct kwh_decimal rate)
{
    unsigned found = 0;

    for (size_t i = 0; i < RATES; i++)
        if (kwh_decimal_compare(rates[i], rate) == 0)
            found = 1u << i;
    return meter < METERS ? found & offers[meter] : 0;
}

bool kwh_pulse_rate_exists(enum kwh_pulse_meter meter, struct kwh_decimal rate)
{
    return bit_of(meter, rate) != 0;
}

static bool applies(KWH_CONST struct row *row, enum kwh_pulse_meter meter, unsigned rate)
{
    return row->meter == meter && (row->rates & rate) != 0;
}

/* The first row for a meter, rate and power, ROWS when there is none. */
static size_t first_row(enum kwh_pulse_meter meter, unsigned rate, uint32_t power_w)
{
    size_t first = ROWS;

    for (size_t i = 0; i < ROWS; i++)
        if (applies(&rows[i], meter, rate) && rows[i].from_w <= power_w &&
            (first == ROWS || rows[i].from_w > rows[first].from_w))
            first = i;
    return first;
}

/* The widths of the alternatives that begin at a row; `fits` when width_us is one of them. */
static struct kwh_pulse_width widths_from(size_t first, uint32_t width_us, bool *fits)
{
    struct kwh_pulse_width width = {rows[first].shortest_us, 0};

    *fits = false;
    for (size_t i = first;
         i < ROWS && rows[i].meter == rows[first].meter && rows[i].rates == rows[first].rates &&
         rows[i].from_w == rows[first].from_w;
         i++) {
        width.longest_us = rows[i].longest_us;
        *fits = *fits || (width_us >= rows[i].shortest_us && width_us <= rows[i].longest_us);
    }
    return width;
}

static enum kwh_error find(enum kwh_pulse_meter meter, struct kwh_decimal rate, uint32_t power_w,
                           size_t *first)
{
    unsigned bit = bit_of(meter, rate);

    if (bit == 0)
        return KWH_ERROR_UNSUPPORTED;
    *first = first_row(meter, bit, power_w);
    return *first < ROWS ? KWH_OK : KWH_ERROR_NO_VALUE;
}

enum kwh_error kwh_pulse_widths(enum kwh_pulse_meter meter, struct kwh_decimal rate,
                                uint32_t power_w, struct kwh_pulse_width *width)
{
    size_t first = 0;
    enum kwh_error error = find(meter, rate, power_w, &first);
    bool fits;

    width->shortest_us = 0;
    width->longest_us = 0;
    if (error == KWH_OK)
        *width = widths_from(first, 0, &fits);
    return error;
}

enum kwh_error kwh_pulse_check_width(enum kwh_pulse_meter meter, struct kwh_decimal rate,
                                     uint32_t power_w, uint32_t width_us)
{
    size_t first = 0;
    enum kwh_error error = find(meter, rate, power_w, &first);
    bool fits = false;

    if (error == KWH_OK)
        (void)widths_from(first, width_us, &fits);
    return error == KWH_OK && !fits ? KWH_ERROR_ARGUMENT : error;
}
