/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=0,1,16,252,260 OPTIONS=-eva-precision,1,-eva-auto-loop-unroll,20
// proof: SOURCES=lib/map/map_record_encode.c,lib/map/choice.c,lib/map/map.c,lib/map/row.c
// proof: SOURCES=lib/mbus/record_encode.c,lib/mbus/time_encode.c,lib/mbus/record_parse.c
// proof: SOURCES=lib/mbus/record_time.c,lib/base/calendar.c,lib/mbus/vif.c,lib/mbus/vife.c
// proof: SOURCES=lib/base/registers.c,lib/base/decimal.c,lib/base/decimal_times.c,lib/base/quantity.c
#include <kwh/map_record.h>

#include "proof.h"

static const struct kwh_choice parities[] = {{.code = 1, .word = "even"}, {.code = 2}};
static const struct kwh_item items[] = {KWH_CHOICE_ITEM(PARITY, 0x51, parities, 0)};
static const struct kwh_map map = {.items = items, .item_count = KWH_COUNT(items)};

static uint8_t data[PROOF_BYTES(LEN)];

/* In place of lib/base/decimal_binary32.c. */
enum kwh_error kwh_decimal_to_binary32(struct kwh_decimal value, uint32_t *bits)
{
    *bits = ANY_UINT32();
    return value.mantissa != 0 && ANY_OF(0, 1) != 0 ? KWH_ERROR_OVERFLOW : KWH_OK;
}

/* Any reading by any row behind anything in LEN bytes. */
int main(void)
{
    struct kwh_record row;
    struct kwh_reading reading;
    size_t size = ANY_WORD();
    MAKE_ANY(data);
    MAKE_ANY(row);
    MAKE_ANY(reading);
    reading.word = ANY_OF(0, 1) != 0 ? "even" : NULL;
    return (int)kwh_record_encode(&map, &row, &reading, PROOF_START(data), LEN, &size);
}
