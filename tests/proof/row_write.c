/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=0 OPTIONS=-eva-slevel,500
// proof: SOURCES=lib/map/row_write.c,lib/map/write_guard.c,lib/map/choice.c,lib/map/map.c
// proof: SOURCES=lib/map/row.c,lib/base/registers.c,lib/base/decimal_times.c
#include <kwh/map.h>

#include "proof.h"

/* Any value of anything to a map with an item of every kind: what comes out has no risk that was
 * not allowed. Row codecs are proven by themselves: here they touch the bytes that they may. */
static const struct kwh_row rows[] = {
    KWH_HOLDING(0x0010, UINT16, 1, DEVICE_ADDRESS, KWH_MANUAL),
    KWH_HOLDING(0x0011, FLOAT32, 1, PULSE_RATE, KWH_MANUAL),
    KWH_HOLDING(0x0013, BCD32, 1, CT_RATIO, KWH_MANUAL | KWH_WRITE_ONLY),
    {.quantity = KWH_SERIAL_NUMBER,
     .address = 0x0017,
     .format = KWH_FORMAT(KWH_TYPE_TEXT, 15, KWH_SPACE_HOLDING, 0)},
};
static const struct kwh_block blocks[] = {{.rows = rows, .count = KWH_COUNT(rows)}};
static const struct kwh_choice choices[] = {
    {.code = 10, .word = "ten", .risk = KWH_RISK_IRREVERSIBLE}, {.code = 1, .exponent = -2}};
static const struct kwh_item items[] = {
    KWH_RANGE_ITEM(DEVICE_ADDRESS, 6, 1, 247, KWH_RISK_LINK_CHANGE),
    KWH_CHOICE_ITEM(PULSE_RATE, 16, choices, KWH_RISK_COUNTER_RESET),
    KWH_RANGE_ITEM(CT_RATIO, 16, 10001, 99999999, 0),
    KWH_RANGE_ITEM(SERIAL_NUMBER, 16, 0, 0, 0),
};
static const struct kwh_map map = {
    .blocks = blocks, .block_count = 1, .items = items, .item_count = KWH_COUNT(items)};

enum kwh_form kwh_quantity_form(uint32_t quantity)
{
    (void)quantity;
    return (enum kwh_form)ANY_OF(0, 5);
}

enum kwh_error kwh_row_encode(const struct kwh_map *of, const struct kwh_row *row,
                              const struct kwh_reading *reading, uint8_t *bytes, size_t capacity)
{
    (void)of;
    if (reading->status != 0 || capacity < 2 * kwh_row_words(row))
        return KWH_ERROR_NO_VALUE;
    for (size_t i = 0; i < 2 * kwh_row_words(row); i++)
        bytes[i] = ANY_BYTE();
    return KWH_OK;
}

void kwh_row_decode(const struct kwh_map *of, const struct kwh_row *row, const uint8_t *bytes,
                    struct kwh_reading *reading)
{
    unsigned sum = 0;
    (void)of;
    for (size_t i = 0; i < 2 * kwh_row_words(row); i++)
        sum += bytes[i];
    MAKE_ANY(*reading);
    reading->quantity = row->quantity;
    reading->status = (uint8_t)sum;
    reading->word = NULL;
}

int kwh_decimal_compare(struct kwh_decimal a, struct kwh_decimal b)
{
    (void)a;
    (void)b;
    return ANY_OF(-1, 1);
}

int main(void)
{
    struct kwh_row_write write;
    struct kwh_reading value;
    unsigned allowed = (unsigned)ANY_OF(0, 7);
    enum kwh_error error;

    MAKE_ANY(value);
    value.word = ANY_OF(0, 1) != 0 ? "ten" : NULL;
    error = kwh_row_write(&map, 0xFFFF, &value, allowed, &write);
    if (error != KWH_OK)
        return 0;
    /*@ assert write.function == 6 || write.function == 16; */
    return (int)(write.bytes[0] + kwh_item_risk(&map, &value));
}
