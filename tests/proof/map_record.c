/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=0,1,8,252 OPTIONS=-eva-precision,1,-eva-auto-loop-unroll,20
// proof: SOURCES=lib/map/map_record_decode.c,lib/map/record_text_reading.c,lib/map/mbus_quantity.c
// proof: SOURCES=lib/map/choice.c,lib/map/map.c,lib/map/reading.c,lib/map/row.c
// proof: SOURCES=lib/mbus/record_value.c,lib/mbus/record_time.c,lib/base/calendar.c
// proof: SOURCES=lib/base/registers.c,lib/base/decimal.c,lib/base/decimal_times.c,lib/base/quantity.c
#include <kwh/map_record.h>

#include "proof.h"

static const struct kwh_choice parities[] = {{.code = 1, .word = "even"}, {.code = 2}};
static const struct kwh_choice rates[] = {{.code = 1, .exponent = -2}};
static const struct kwh_item items[] = {
    KWH_CHOICE_ITEM(PARITY, 0x51, parities, 0),
    KWH_CHOICE_ITEM(PULSE_RATE, 0x51, rates, 0),
};
static const struct kwh_map map = {.items = items, .item_count = KWH_COUNT(items)};

static uint8_t data[PROOF_BYTES(LEN)];

/* In place of lib/mbus/record_text.c: any text with its NUL, or none. */
enum kwh_error kwh_mbus_text(const uint8_t *bytes, size_t size,
                             const struct kwh_mbus_record *record, char *text, size_t capacity)
{
    (void)bytes;
    (void)record;
    MUST(size == LEN && capacity == KWH_READING_TEXT_MAX + 1);
    Frama_C_make_unknown(text, KWH_READING_TEXT_MAX + 1);
    text[KWH_READING_TEXT_MAX] = '\0';
    if (ANY_OF(0, 1) != 0)
        return KWH_ERROR_CAPACITY;
    return ANY_OF(0, 1) != 0 ? KWH_ERROR_NO_VALUE : KWH_OK;
}

/* Any record, proven or not, in any LEN bytes, by any row and by the standard alone. */
int main(void)
{
    struct kwh_mbus_record record;
    struct kwh_record row;
    struct kwh_reading reading;
    MAKE_ANY(data);
    MAKE_ANY(record);
    record.manufacturer = ANY_OF(0, 1) != 0;
    record.modified = ANY_OF(0, 1) != 0;
    record.msb_first = ANY_OF(0, 1) != 0;
    record.summer_time = ANY_OF(0, 1) != 0;
    record.is_number = ANY_OF(0, 1) != 0;
    MAKE_ANY(row);
    kwh_record_decode(&map, &row, PROOF_START(data), LEN, &record, &reading);
    int seen = reading.status | reading.form | reading.length;
    kwh_mbus_reading(PROOF_START(data), LEN, &record, &reading);
    return seen | reading.status | reading.form | reading.length;
}
