/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=0,2,4,6,8,32 OPTIONS=-eva-precision,0,-eva-slevel,2000
// proof: SOURCES=lib/map/row.c,lib/map/row_decode.c,lib/map/choice.c,lib/map/reading.c
// proof: SOURCES=lib/map/map.c,lib/map/row_time.c,lib/base/calendar.c
// proof: SOURCES=lib/base/registers.c,lib/base/decimal.c,lib/base/decimal_times.c,lib/base/quantity.c
#include <kwh/map.h>

#include "proof.h"

static const struct kwh_choice parities[] = {{.code = 1, .word = "even"}, {.code = 2}};
static const struct kwh_choice rates[] = {{.code = 1, .exponent = -2}};
static const struct kwh_item items[] = {
    KWH_CHOICE_ITEM(PARITY, 6, parities, 0),
    KWH_CHOICE_ITEM(PULSE_RATE, 16, rates, 0),
};
static struct kwh_map map = {.items = items, .item_count = KWH_COUNT(items)};

static uint8_t bytes[PROOF_BYTES(LEN)];

/* In place of lib/base/decimal_binary32.c, all that it may give; tried there with all 2^32 inputs.
 */
enum kwh_error kwh_decimal_from_binary32(uint32_t bits, struct kwh_decimal *value)
{
    bool finite = kwh_binary32_classify(bits) == KWH_BINARY32_FINITE;
    *value = kwh_decimal(Frama_C_long_long_interval(INT64_MIN, INT64_MAX), (int8_t)ANY_BYTE());
    return finite ? KWH_OK : KWH_ERROR_NO_VALUE;
}

/* Any row whose registers are LEN bytes, with any word order and any bytes. */
int main(void)
{
    struct kwh_reading reading;
    struct kwh_row row;
    unsigned type, scale;
    type = (unsigned)ANY_OF(0, 31);
    //@ split type;
    scale = (unsigned)ANY_OF(0, 15);
    //@ split scale;
    MAKE_ANY(bytes);
    map.order = ANY_BYTE();
    map.top_is_absent = (uint16_t)ANY_OF(0, 1);
    row.quantity = ANY_UINT32();
    row.address = ANY_WORD();
    row.format = KWH_FORMAT(type, scale, 0, KWH_MANUAL);
    if (2 * kwh_row_words(&row) != LEN)
        return 0;
    kwh_row_decode(&map, &row, PROOF_START(bytes), &reading);
    return reading.status | reading.form | reading.length;
}
