/* SPDX-License-Identifier: MIT */
/* Rows of any kind over any registers: what decodes prints, and is stored as what decodes alike. */
#include <kwh/map.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct kwh_choice parities[] = {
    {.code = 1, .word = "even"}, {.code = 2, .word = "none"}, {.code = 'F', .word = "forward"}};
static const struct kwh_item items[] = {KWH_CHOICE_ITEM(PARITY, 6, parities, 0)};

static const uint32_t quantities[] = {
    KWH_ACTIVE_ENERGY_IMPORT,
    KWH_SERIAL_NUMBER,
    KWH_PRODUCT_NAME,
    KWH_ERROR_CODE,
    KWH_PARITY,
    KWH_BAUD_RATE,
    KWH_CLOCK_DAY,
    KWH_DEMAND_TIME,
    KWH_CT_RATIO,
};

static void check(int holds)
{
    if (!holds)
        abort();
}

/* A float of minutes is stored whole. */
static int is_rounded(const struct kwh_row *row)
{
    return kwh_row_type(row) == KWH_TYPE_FLOAT32 &&
           kwh_scale_value(kwh_row_scale(row)).mantissa > 1;
}

/* What a person may write prints as something that reads as the same. */
static void check_text(const struct kwh_map *map, const struct kwh_row *row, const char *text)
{
    struct kwh_reading reading;
    char printed[KWH_READING_TEXT], again[KWH_READING_TEXT];
    if (kwh_row_parse(map, row, text, &reading) != KWH_OK) {
        check(!kwh_reading_has_value(&reading));
        return;
    }
    check(kwh_reading_print(&reading, printed, sizeof printed) == KWH_OK);
    check(kwh_row_parse(map, row, printed, &reading) == KWH_OK);
    check(kwh_reading_print(&reading, again, sizeof again) == KWH_OK);
    check(strcmp(printed, again) == 0);
}

/* The first byte: quantity, whether there are absent values, word order; then the format; then the
 * registers, then a text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kwh_map map = {.items = items, .item_count = KWH_COUNT(items)};
    struct kwh_row row = {0, 0, 0};
    struct kwh_reading reading, again;
    char text[KWH_READING_TEXT];
    uint8_t stored[32];
    if (size < 3)
        return 0;
    row.quantity = quantities[(data[0] & 31) % KWH_COUNT(quantities)];
    map.top_is_absent = data[0] >> 5 & 1;
    map.order = (uint8_t)(data[0] >> 6);
    row.format = (uint16_t)(data[1] << 8 | data[2]);
    size_t words = kwh_row_words(&row);
    check(words <= 16);
    if (row.quantity == KWH_CT_RATIO && kwh_row_type(&row) != KWH_TYPE_BCD32)
        return 0; /* two currents of as many digits each as the row has room for */
    if (size < 3 + 2 * words)
        return 0;
    size_t rest = size - 3 - 2 * words;
    rest = rest < sizeof text ? rest : sizeof text - 1;
    memcpy(text, data + 3 + 2 * words, rest);
    text[rest] = '\0';
    check_text(&map, &row, text);

    kwh_row_decode(&map, &row, data + 3, &reading);
    if (!kwh_reading_has_value(&reading)) {
        check(kwh_reading_print(&reading, text, sizeof text) == KWH_ERROR_NO_VALUE);
        check(map.top_is_absent != 0 ||
              kwh_row_encode(&map, &row, &reading, stored, sizeof stored) != KWH_OK);
        return 0;
    }
    check(kwh_reading_print(&reading, text, sizeof text) == KWH_OK);
    check(reading.form == KWH_FORM_TEXT || text[0] != '\0');
    check_text(&map, &row, text);
    if (kwh_row_encode(&map, &row, &reading, stored, sizeof stored) != KWH_OK) {
        /* a time of the year in which the seconds end, a rest of more than a whole, or more whole
         * minutes than there can be */
        check(reading.form == KWH_FORM_TIME || reading.status == KWH_STATUS_DOUBTFUL ||
              is_rounded(&row));
        return 0;
    }
    kwh_row_decode(&map, &row, stored, &again);
    if (reading.status == KWH_STATUS_DOUBTFUL || is_rounded(&row))
        return 0; /* a rest of more than a whole, a part of a minute */
    check(again.status == reading.status && again.length == reading.length);
    check(kwh_decimal_compare(again.decimal, reading.decimal) == 0);
    check(again.word == reading.word && memcmp(again.text, reading.text, sizeof again.text) == 0);
    return 0;
}
