/* SPDX-License-Identifier: MIT */
/* Any telegram by rows, and by the standard alone: what decodes prints, and is written as itself.
 */
#include <kwh/map_record.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct kwh_choice codes[] = {
    {.code = 1, .word = "forward"}, {.code = 10, .word = "vector"}, {.code = 5}};
static const struct kwh_item items[] = {
    KWH_CHOICE_ITEM(COMBINATION_CODE, 0x51, codes, KWH_RISK_IRREVERSIBLE),
    KWH_RANGE_ITEM(DEVICE_ADDRESS, 0x51, 0, 250, KWH_RISK_LINK_CHANGE),
    KWH_RANGE_ITEM(SERIAL_NUMBER, 0x51, 0, 99999999, KWH_RISK_LINK_CHANGE),
    KWH_RANGE_ITEM(ERROR_CODE, 0x51, 0, 255, 0),
};

/* One of each form, in the order of enum kwh_form; then those that may be written. */
static const uint32_t quantities[] = {
    KWH_ACTIVE_ENERGY_IMPORT, KWH_SERIAL_NUMBER,    KWH_PRODUCT_NAME,   KWH_DEMAND_TIME,
    KWH_ERROR_CODE,           KWH_COMBINATION_CODE, KWH_DEVICE_ADDRESS, KWH_TARIFF,
};

static void check(int holds)
{
    if (!holds)
        abort();
}

static bool is_same(const struct kwh_reading *x, const struct kwh_reading *y)
{
    /* a choice may have been written as -0 */
    return x->form == y->form && kwh_decimal_compare(x->decimal, y->decimal) == 0 &&
           (x->digits == y->digits || x->form == KWH_FORM_CHOICE) && x->word == y->word &&
           memcmp(x->text, y->text, sizeof x->text) == 0 && x->time.minute == y->time.minute &&
           x->time.day == y->time.day && x->time.year == y->time.year;
}

/* A value that was told to a meter is the one that it was told. */
static void check_write(const struct kwh_map *map, const struct kwh_reading *reading)
{
    static const struct kwh_record_write nothing;
    struct kwh_record_write write;
    const struct kwh_item *item = kwh_map_item(map, reading->quantity);
    enum kwh_error error = kwh_record_write(map, reading->quantity, reading, 0, &write);
    if (error != KWH_OK) {
        check(memcmp(&write, &nothing, sizeof write) == 0);
        check((error == KWH_ERROR_NOT_IN_MAP) == (item == NULL));
        return;
    }
    check(item != NULL && item->risk == 0 && write.ci == 0x51 && write.size > 0);
}

/* The record that a reading becomes reads as the reading again. */
static void check_again(const struct kwh_map *map, const struct kwh_record *row,
                        const struct kwh_reading *reading)
{
    const struct kwh_mbus_telegram telegram = {.content = KWH_MBUS_COMMAND};
    struct kwh_mbus_records walk;
    struct kwh_mbus_record record;
    struct kwh_reading again;
    uint8_t written[KWH_MBUS_DATA_MAX];
    size_t size = 0;
    enum kwh_error error = kwh_record_encode(map, row, reading, written, sizeof written, &size);
    check(error == KWH_OK || size == 0);
    if (error != KWH_OK) {
        check(reading->form == KWH_FORM_TIME); /* of a year beyond 2080, or of digits */
        return;
    }
    kwh_mbus_records_init(&walk, &telegram);
    check(kwh_mbus_next(&walk, written, size, &record));
    kwh_record_decode(map, row, written, size, &record, &again);
    check(again.status == reading->status && is_same(&again, reading));
}

static void check_text(const struct kwh_map *map, const struct kwh_record *row,
                       const struct kwh_reading *reading)
{
    struct kwh_reading parsed;
    char text[KWH_READING_TEXT];
    check(kwh_reading_print(reading, text, sizeof text) == KWH_OK);
    check(reading->form == KWH_FORM_TEXT || text[0] != '\0');
    if (kwh_record_parse(map, row, text, &parsed) != KWH_OK) {
        check(!kwh_reading_has_value(&parsed));
        return;
    }
    check(kwh_reading_has_value(&parsed));
    check(reading->form != KWH_FORM_DIGITS || parsed.digits == reading->digits);
    check(reading->form != KWH_FORM_DECIMAL ||
          kwh_decimal_compare(parsed.decimal, reading->decimal) == 0);
}

/* A row that has just this header. */
static void check_record(const uint8_t *data, size_t size, uint8_t choice, bool usual,
                         const struct kwh_mbus_record *record)
{
    struct kwh_record row = {
        .row = {quantities[choice & 7], 1, KWH_FORMAT(KWH_TYPE_RECORD, choice >> 3 & 15, 0, 0)},
        .occurrence = 1,
        .length = record->header_length,
    };
    const struct kwh_block block = {.records = &row, .count = 1, .telegram = choice >> 7};
    const struct kwh_map map = {
        .blocks = &block, .block_count = 1, .items = items, .item_count = KWH_COUNT(items)};
    struct kwh_reading reading;
    if (record->header_length == 0 || record->header_length > KWH_RECORD_HEADER)
        return;
    memcpy(row.header, data + record->header_at, record->header_length);
    check(kwh_map_record(&map, 0, choice >> 7, row.header, row.length, 1) == &row);
    check(kwh_record_of(&map, &row.row) == &row);
    kwh_record_decode(&map, &row, data, size, record, &reading);
    check(reading.quantity == row.row.quantity);
    if (!kwh_reading_has_value(&reading)) {
        size_t at = 0;
        check(kwh_record_encode(&map, &row, &reading, row.header, sizeof row.header, &at) ==
              KWH_ERROR_ARGUMENT);
        return;
    }
    if (usual)
        check_again(&map, &row, &reading);
    check_text(&map, &row, &reading);
    check_write(&map, &reading);
    check(kwh_record_type_name(&row) != NULL);
    (void)kwh_record_scale(&row);
}

static void check_generic(const uint8_t *data, size_t size, const struct kwh_mbus_record *record)
{
    struct kwh_reading reading;
    char text[KWH_READING_TEXT], name[KWH_QUANTITY_TEXT];
    kwh_mbus_reading(data, size, record, &reading);
    check(reading.quantity == kwh_mbus_quantity(record));
    if (reading.quantity != 0) {
        check(kwh_quantity_print(reading.quantity, name, sizeof name) == KWH_OK);
        check(kwh_quantity_form(reading.quantity) == KWH_FORM_DECIMAL);
        check(reading.form == KWH_FORM_DECIMAL);
    }
    check((kwh_reading_print(&reading, text, sizeof text) == KWH_OK) ==
          kwh_reading_has_value(&reading));
}

static void check_header(const struct kwh_mbus_telegram *telegram)
{
    static const uint32_t fields[] = {KWH_SERIAL_NUMBER, KWH_MBUS_MANUFACTURER,  KWH_MBUS_VERSION,
                                      KWH_MBUS_MEDIUM,   KWH_MBUS_ACCESS_NUMBER, KWH_MBUS_STATUS,
                                      KWH_MBUS_SIGNATURE};
    for (size_t i = 0; i < KWH_COUNT(fields); i++) {
        struct kwh_reading reading;
        char text[KWH_READING_TEXT];
        enum kwh_error error = kwh_mbus_header_reading(telegram, fields[i], &reading);
        check(reading.quantity == fields[i]);
        check((error == KWH_OK) == kwh_reading_has_value(&reading));
        check((kwh_reading_print(&reading, text, sizeof text) == KWH_OK) == (error == KWH_OK));
    }
}

/* The first byte chooses quantity and scale of a row, the second is the CI field. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kwh_mbus_telegram telegram;
    struct kwh_mbus_records walk;
    struct kwh_mbus_record record;
    if (size < 2)
        return 0;
    uint8_t choice = data[0], ci = data[1];
    data += 2;
    size -= 2;
    enum kwh_error error = kwh_mbus_telegram_decode(ci, data, size, &telegram);
    check_header(&telegram);
    if (error != KWH_OK)
        return 0;
    kwh_mbus_records_init(&walk, &telegram);
    while (kwh_mbus_next(&walk, data, size, &record)) {
        bool usual = !telegram.msb_first && record.type <= 12 && record.type != 5 &&
                     record.kind != KWH_MBUS_KIND_PLAIN_TEXT && record.report == 0;
        check_record(data, size, choice, usual, &record);
        check_generic(data, size, &record);
    }
    return 0;
}
