/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <kwh/map.h>

/* A map of its own, with a choice of each kind. */
static KWH_CONST struct kwh_choice parities[] = {{.code = 1, .word = KWH_TEXT("even")},
                                                 {.code = 2, .word = KWH_TEXT("none")},
                                                 {.code = 3, .word = KWH_TEXT("odd")}};
static KWH_CONST struct kwh_choice directions[] = {{.code = 'F', .word = KWH_TEXT("forward")},
                                                   {.code = 'R', .word = KWH_TEXT("reverse")}};
static KWH_CONST struct kwh_choice pulse_rates[] = {
    {.code = 1000}, {.code = 1}, {.code = 1, .exponent = -1}, {.code = 1, .exponent = -2}};
static KWH_CONST struct kwh_item items[] = {
    KWH_CHOICE_ITEM(PARITY, 6, parities, KWH_RISK_LINK_CHANGE),
    KWH_CHOICE_ITEM(CURRENT_DIRECTION_L2, 0, directions, 0),
    KWH_CHOICE_ITEM(PULSE_RATE, 16, pulse_rates, 0),
    KWH_RANGE_ITEM(COMBINATION_CODE, 6, 0, 99, 0),
};
#define ITEMS .items = items, .item_count = KWH_COUNT(items)
static KWH_CONST struct kwh_map orders[] = {
    {ITEMS, .order = KWH_ORDER_ABCD},
    {ITEMS, .order = KWH_ORDER_CDAB},
    {ITEMS, .order = KWH_ORDER_BADC},
    {ITEMS, .order = KWH_ORDER_DCBA},
};
static KWH_CONST struct kwh_map top_is_absent = {ITEMS, .top_is_absent = 1};
static KWH_CONST struct kwh_map *map = orders;

/* A constant row where it is named: of its own, since there are many. */
#define ROW_OF(quantity_, type_, scale_)                                                           \
    __extension__({                                                                                \
        static KWH_CONST struct kwh_row row_ = {quantity_, 0,                                      \
                                                KWH_FORMAT(type_, scale_, 0, KWH_PUBLIC)};         \
        &row_;                                                                                     \
    })
#define ROW(type, scale, name) ROW_OF(KWH_##name, KWH_TYPE_##type, KWH_SCALE_##scale)

/* As many bytes as the row has registers, and none behind them that a sanitizer would not see. */
static void decode(KWH_CONST struct kwh_row *row, const char *bytes, struct kwh_reading *reading)
{
    uint8_t exact[32];
    size_t size = 2 * kwh_row_words(row);
    uint8_t *end = exact + sizeof exact;
    memcpy(end - size, bytes, size);
    memset(reading, 0xA5, sizeof *reading);
    kwh_row_decode(map, row, end - size, reading);
    assert_int_equal(reading->quantity, row->quantity);
    assert_int_equal(reading->certainty, KWH_CERTAINTY_PUBLIC);
}

/* The bytes read as the text, and the reading is stored as the same bytes. */
static void reads(KWH_CONST struct kwh_row *row, const char *bytes, const char *expected)
{
    struct kwh_reading reading;
    char text[KWH_READING_TEXT];
    uint8_t stored[33];
    size_t size = 2 * kwh_row_words(row);
    decode(row, bytes, &reading);
    assert_string_equal(kwh_status_name((enum kwh_status)reading.status), "ok");
    assert_int_equal(kwh_reading_print(&reading, text, sizeof text), KWH_OK);
    assert_string_equal(text, expected);
    memset(stored, 0xA5, sizeof stored);
    assert_int_equal(kwh_row_encode(map, row, &reading, stored, size), KWH_OK);
    assert_memory_equal(stored, bytes, size);
    assert_int_equal(stored[size], 0xA5);
}

static void status_is(KWH_CONST struct kwh_row *row, const char *bytes, enum kwh_status status)
{
    struct kwh_reading reading;
    uint8_t stored[32] = {0xA5};
    decode(row, bytes, &reading);
    assert_string_equal(kwh_status_name((enum kwh_status)reading.status), kwh_status_name(status));
    assert_int_equal(kwh_row_encode(map, row, &reading, stored, sizeof stored),
                     kwh_row_words(row) == 0 ? KWH_ERROR_ARGUMENT : KWH_ERROR_NO_VALUE);
    assert_int_equal(stored[0], 0xA5);
}

/* Text is stored as the bytes; what is stored reads as the text again unless said otherwise. */
static void parses_as(KWH_CONST struct kwh_row *row, const char *text, const char *bytes,
                      const char *again)
{
    struct kwh_reading reading;
    uint8_t stored[32];
    char printed[KWH_READING_TEXT];
    assert_int_equal(kwh_row_parse(map, row, text, &reading), KWH_OK);
    assert_int_equal(kwh_row_encode(map, row, &reading, stored, sizeof stored), KWH_OK);
    assert_memory_equal(stored, bytes, 2 * kwh_row_words(row));
    kwh_row_decode(map, row, stored, &reading);
    assert_int_equal(kwh_reading_print(&reading, printed, sizeof printed), KWH_OK);
    assert_string_equal(printed, again);
}

static void parses(KWH_CONST struct kwh_row *row, const char *text, const char *bytes)
{
    parses_as(row, text, bytes, text);
}

static void parse_fails(KWH_CONST struct kwh_row *row, const char *text, enum kwh_error error)
{
    struct kwh_reading reading;
    assert_string_equal(kwh_error_name(kwh_row_parse(map, row, text, &reading)),
                        kwh_error_name(error));
    assert_false(kwh_reading_has_value(&reading));
    assert_int_equal(reading.quantity, row->quantity);
}

static int plain_order(void **state)
{
    (void)state;
    map = &orders[KWH_ORDER_ABCD];
    return 0;
}

static void integers(void **state)
{
    (void)state;
    reads(ROW(UINT16, 1, POWER_DOWN_COUNTER), "\xFF\xFE", "65534");
    reads(ROW(INT16, 1, POWER_DOWN_COUNTER), "\xFF\xFE", "-2");
    reads(ROW(INT16, 1, POWER_DOWN_COUNTER), "\x80\x00", "-32768");
    reads(ROW(UINT32, 1, VOLTAGE_L1), "\x12\x34\x56\x78", "305419896");
    reads(ROW(INT32, 1, VOLTAGE_L1), "\xFF\xFF\xFF\xFE", "-2");
    reads(ROW(INT32, 1, VOLTAGE_L1), "\x80\x00\x00\x00", "-2147483648");
    reads(ROW(UINT48, 1, VOLTAGE_L1), "\x01\x02\x03\x04\x05\x06", "1108152157446");
    reads(ROW(UINT48, 1, VOLTAGE_L1), "\xFF\xFF\xFF\xFF\xFF\xFF", "281474976710655");
    reads(ROW(INT48, 1, VOLTAGE_L1), "\xFF\xFF\xFF\xFF\xFF\xFF", "-1");
    reads(ROW(UINT64, 1, VOLTAGE_L1), "\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "9223372036854775807");
    reads(ROW(INT64, 1, VOLTAGE_L1), "\x80\0\0\0\0\0\0\0", "-9223372036854775808");
    status_is(ROW(UINT64, 1, VOLTAGE_L1), "\x80\0\0\0\0\0\0\0", KWH_STATUS_OVERFLOW);
}

static void scales(void **state)
{
    (void)state;
    reads(ROW(UINT16, MILLI, FREQUENCY), "\xC3\x50", "50.000");
    reads(ROW(INT16, CENTI, FREQUENCY), "\x13\x88", "50.00");
    reads(ROW(INT16, DECI, VOLTAGE_L1), "\x09\x00", "230.4");
    reads(ROW(INT16, DECI, VOLTAGE_L1), "\x00\x00", "0.0");
    reads(ROW(INT16, DECI, VOLTAGE_L1), "\xFF\xFB", "-0.5");
    reads(ROW(INT16, 10, ACTIVE_POWER), "\xFF\xFF", "-10");
    reads(ROW(INT16, 100, ACTIVE_POWER), "\x00\x07", "700");
    reads(ROW(INT16, KILO, ACTIVE_POWER), "\x00\x07", "7000");
    reads(ROW(INT16, KILO, ACTIVE_POWER), "\x00\x00", "0");
    reads(ROW(UINT32, 10K, ACTIVE_ENERGY_IMPORT), "\0\0\0\x02", "20000");
    reads(ROW(UINT32, 100K, ACTIVE_ENERGY_IMPORT), "\0\0\0\x02", "200000");
    reads(ROW(UINT32, MEGA, ACTIVE_ENERGY_IMPORT), "\xFF\xFF\xFF\xFF", "4294967295000000");
    reads(ROW(UINT32, 36, OPERATING_TIME_T1), "\0\0\0\x65", "3636"); /* 1.01 h */
    reads(ROW(UINT16, 60, DEMAND_PERIOD), "\0\x0F", "900");          /* 15 min */
    status_is(ROW(INT64, 36, OPERATING_TIME_T1), "\x04\0\0\0\0\0\0\0", KWH_STATUS_OVERFLOW);
    status_is(ROW(INT64, 36, OPERATING_TIME_T1), "\x84\0\0\0\0\0\0\0", KWH_STATUS_OVERFLOW);
    status_is(ROW_OF(KWH_VOLTAGE_L1, KWH_TYPE_INT16, 12), "\0\x01", KWH_STATUS_NOT_AVAILABLE);
}

/* Registers of a real PRO380; patterns of IEEE 754. */
static void floats(void **state)
{
    (void)state;
    reads(ROW(FLOAT32, 1, VOLTAGE_L1), "\x43\x6A\x4C\xCD", "234.3");
    reads(ROW(FLOAT32, KILO, ACTIVE_POWER), "\x3E\x33\x33\x33", "175");
    reads(ROW(FLOAT32, KILO, ACTIVE_POWER_L2), "\xBE\x6D\x91\x68", "-232");
    reads(ROW(FLOAT32, KILO, ACTIVE_ENERGY_IMPORT), "\x46\x6B\x58\x1F", "15062030");
    reads(ROW(FLOAT32, KILO, ACTIVE_ENERGY_IMPORT), "\0\0\0\0", "0");
    reads(ROW(FLOAT32, 1, PROTOCOL_VERSION), "\x40\x4C\xCC\xCD", "3.2");
    reads(ROW(FLOAT32, MILLI, FREQUENCY), "\x47\x43\x50\x00", "50");
    status_is(ROW(FLOAT32, 1, VOLTAGE_L1), "\x7F\xC0\x00\x00", KWH_STATUS_NAN);
    status_is(ROW(FLOAT32, 1, VOLTAGE_L1), "\xFF\xFF\xFF\xFF", KWH_STATUS_NAN);
    status_is(ROW(FLOAT32, 1, VOLTAGE_L1), "\x7F\x80\x00\x00", KWH_STATUS_INFINITE);
    status_is(ROW(FLOAT32, 1, VOLTAGE_L1), "\xFF\x80\x00\x00", KWH_STATUS_INFINITE);
}

/* -0.0 is 0, and 0 is stored without a sign. */
static void minus_zero_is_zero(void **state)
{
    struct kwh_reading reading;
    (void)state;
    decode(ROW(FLOAT32, KILO, ACTIVE_POWER), "\x80\0\0\0", &reading);
    assert_int_equal(reading.status, KWH_STATUS_OK);
    assert_int_equal(reading.decimal.mantissa, 0);
    parses(ROW(FLOAT32, KILO, ACTIVE_POWER), "0", "\0\0\0\0");
}

static void decimal_digits(void **state)
{
    (void)state;
    reads(ROW(BCD16, 1, DISPLAY_CYCLE_TIME), "\x00\x25", "25");
    reads(ROW(BCD32, CENTI, ACTIVE_POWER), "\x12\x34\x56\x78", "123456.78");
    reads(ROW(BCD64, 1, ACTIVE_ENERGY_IMPORT), "\x99\x99\x99\x99\x99\x99\x99\x99",
          "9999999999999999");
    status_is(ROW(BCD16, 1, DISPLAY_CYCLE_TIME), "\x00\x2A", KWH_STATUS_BAD_DIGITS);
    status_is(ROW(BCD64, 1, ACTIVE_ENERGY_IMPORT), "\xA0\0\0\0\0\0\0\0", KWH_STATUS_BAD_DIGITS);
    reads(ROW(HEX32, 1, SERIAL_NUMBER), "\x09\x43\x01\x02", "09430102");
    reads(ROW(HEX16, 1, METER_CODE), "\x00\x0A", "000A");
    reads(ROW(HEX48, 1, SERIAL_NUMBER), "\0\x01\xAB\xCD\xEF\x09", "0001ABCDEF09");
    reads(ROW(HEX64, 1, SERIAL_NUMBER), "\0\0\0\0\0\0\0\x01", "0000000000000001");
    reads(ROW(BCD32, 1, SERIAL_NUMBER), "\x00\x43\x01\x02", "00430102");
    status_is(ROW(BCD32, 1, SERIAL_NUMBER), "\x00\x43\x0F\x02", KWH_STATUS_BAD_DIGITS);
    reads(ROW(UINT32, 1, SERIAL_NUMBER), "\x01\x28\x95\xA6", "19436966");
    reads(ROW(UINT16, 1, SERIAL_NUMBER), "\x00\x00", "0");
    reads(ROW(UINT64, 1, SERIAL_NUMBER), "\x00\x23\x86\xF2\x6F\xC0\xFF\xFF", "9999999999999999");
    status_is(ROW(UINT64, 1, SERIAL_NUMBER), "\x00\x23\x86\xF2\x6F\xC1\0\0", KWH_STATUS_OVERFLOW);
}

static void word_orders(void **state)
{
    static const struct {
        uint8_t order;
        const char *two, *three, *four, *text;
    } cases[] = {
        {KWH_ORDER_ABCD, "\x43\x6A\x4C\xCD", "\1\2\3\4\5\6", "\1\2\3\4\5\6\7\x08", "Ab1C"},
        {KWH_ORDER_CDAB, "\x4C\xCD\x43\x6A", "\5\6\3\4\1\2", "\7\x08\5\6\3\4\1\2", "Ab1C"},
        {KWH_ORDER_BADC, "\x6A\x43\xCD\x4C", "\2\1\4\3\6\5", "\2\1\4\3\6\5\x08\7", "bAC1"},
        {KWH_ORDER_DCBA, "\xCD\x4C\x6A\x43", "\6\5\4\3\2\1", "\x08\7\6\5\4\3\2\1", "bAC1"},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        map = &orders[cases[i].order];
        bool swapped = i >= 2;
        reads(ROW(FLOAT32, 1, VOLTAGE_L1), cases[i].two, "234.3");
        reads(ROW(UINT32, 1, VOLTAGE_L1), cases[i].two, "1131039949");
        reads(ROW(HEX32, 1, SERIAL_NUMBER), cases[i].two, "436A4CCD");
        reads(ROW(UINT48, 1, VOLTAGE_L1), cases[i].three, "1108152157446");
        reads(ROW(UINT64, 1, VOLTAGE_L1), cases[i].four, "72623859790382856");
        reads(ROW(UINT16, DECI, VOLTAGE_L1), swapped ? "\x00\x09" : "\x09\x00", "230.4");
        reads(ROW(ASCII16, 1, CURRENT_DIRECTION_L2), swapped ? "R2" : "2R", "reverse");
        reads(ROW_OF(KWH_PRODUCT_NAME, KWH_TYPE_TEXT, 1), cases[i].text, "Ab1C");
    }
    map = &orders[KWH_ORDER_ABCD];
}

static void bits(void **state)
{
    (void)state;
    reads(ROW(INT16, 1, ERROR_CODE), "\x80\x05", "0x8005");
    reads(ROW(UINT32, 1, ERROR_CODE), "\x00\x11\x01\x11", "0x00110111");
    reads(ROW(UINT64, 1, ERROR_CODE), "\x80\0\0\0\0\0\0\x01", "0x8000000000000001");
}

static void choices(void **state)
{
    struct kwh_reading reading;
    (void)state;
    reads(ROW(INT16, 1, PARITY), "\x00\x02", "none");
    reads(ROW(INT16, 1, PARITY), "\x00\x07", "7");           /* not listed */
    reads(ROW(INT16, 1, PARITY), "\xFF\xFF", "-1");          /* not listed */
    reads(ROW(INT16, 1, BAUD_RATE), "\x25\x80", "9600");     /* no item */
    reads(ROW(INT16, 1, COMBINATION_CODE), "\x00\x09", "9"); /* an item without a list */
    reads(ROW(FLOAT32, 1, PULSE_RATE), "\x44\x7A\0\0", "1000");
    reads(ROW(FLOAT32, 1, PULSE_RATE), "\x3C\x23\xD7\x0A", "0.01");
    reads(ROW(FLOAT32, 1, PULSE_RATE), "\x41\x20\0\0", "10"); /* not listed */
    status_is(ROW(FLOAT32, 1, PULSE_RATE), "\x7F\xC0\0\0", KWH_STATUS_NAN);
    status_is(ROW(BCD16, 1, PARITY), "\0\x0B", KWH_STATUS_BAD_DIGITS);
    reads(ROW(ASCII16, 1, CURRENT_DIRECTION_L2), "2R", "reverse");
    reads(ROW(ASCII16, 1, CURRENT_DIRECTION_L2), " F", "forward");
    reads(ROW(ASCII16, 1, CURRENT_DIRECTION_L2), "2X", "88"); /* not listed */
    decode(ROW(INT16, 1, PARITY), "\x00\x02", &reading);
    assert_int_equal(reading.digits, 2);
    assert_int_equal(reading.decimal.mantissa, 2);
    decode(ROW(ASCII16, 1, CURRENT_DIRECTION_L2), "2R", &reading);
    assert_int_equal(reading.digits, 0x3252);
    assert_int_equal(reading.decimal.mantissa, 'R');
}

/* One meter shown as another: the word counts, and it may have another code there. */
static void choices_are_stored_by_their_words(void **state)
{
    struct kwh_reading reading;
    KWH_CONST struct kwh_row *row = ROW(INT16, 1, PARITY);
    static KWH_CONST char odd[] = "odd", mark[] = "mark", eve[] = "eve";
    uint8_t bytes[2];
    (void)state;
    kwh_reading_init(&reading, KWH_PARITY, KWH_STATUS_OK);
    reading.word = odd;
    reading.decimal = kwh_decimal(1, 0);
    reading.digits = 1;
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, sizeof bytes), KWH_OK);
    assert_memory_equal(bytes, "\0\x03", 2);
    reading.word = mark;
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, sizeof bytes),
                     KWH_ERROR_UNKNOWN_NAME);
    reading.word = eve;
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, sizeof bytes),
                     KWH_ERROR_UNKNOWN_NAME);
}

static void text(void **state)
{
    (void)state;
    reads(ROW_OF(KWH_PRODUCT_NAME, KWH_TYPE_TEXT, 3), "COUNTIS\0", "COUNTIS");
    reads(ROW_OF(KWH_PRODUCT_NAME, KWH_TYPE_TEXT, 1), "E43x", "E43x");
    reads(ROW_OF(KWH_PRODUCT_NAME, KWH_TYPE_TEXT, 1), "\0\0\0\0", "");
    reads(ROW_OF(KWH_PRODUCT_NAME, KWH_TYPE_TEXT, 15), "0123456789abcdefghijklmnopqrst~!",
          "0123456789abcdefghijklmnopqrst~!");
    reads(ROW(ASCII16, 1, PRODUCT_NAME), "2R", "2R");
    status_is(ROW_OF(KWH_PRODUCT_NAME, KWH_TYPE_TEXT, 1),
              "E\x7F"
              "3x",
              KWH_STATUS_BAD_DIGITS);
    status_is(ROW_OF(KWH_PRODUCT_NAME, KWH_TYPE_TEXT, 1),
              "E\x1F"
              "3x",
              KWH_STATUS_BAD_DIGITS);
    status_is(ROW_OF(KWH_PRODUCT_NAME, KWH_TYPE_TEXT, 1),
              "E\0"
              "3x",
              KWH_STATUS_BAD_DIGITS);
    parses(ROW_OF(KWH_PRODUCT_NAME, KWH_TYPE_TEXT, 1), "E43", "E43\0");
    parses_as(ROW_OF(KWH_PRODUCT_NAME, KWH_TYPE_TEXT, 1), "E4  ", "E4  ", "E4");
    parse_fails(ROW_OF(KWH_PRODUCT_NAME, KWH_TYPE_TEXT, 1), "E4321", KWH_ERROR_OVERFLOW);
    parse_fails(ROW_OF(KWH_PRODUCT_NAME, KWH_TYPE_TEXT, 15), "0123456789abcdefghijklmnopqrstuvw",
                KWH_ERROR_OVERFLOW);
    parse_fails(ROW_OF(KWH_PRODUCT_NAME, KWH_TYPE_TEXT, 1), "\xE9", KWH_ERROR_SYNTAX);
}

static void padding_with_blanks_is_no_text(void **state)
{
    struct kwh_reading reading;
    char printed[KWH_READING_TEXT];
    (void)state;
    decode(ROW_OF(KWH_PRODUCT_NAME, KWH_TYPE_TEXT, 2), "A B \0 ", &reading);
    assert_int_equal(kwh_reading_print(&reading, printed, sizeof printed), KWH_OK);
    assert_string_equal(printed, "A B");
    assert_int_equal(reading.length, 3);
}

/* "SOCO" of a COUNTIS: the high bytes are nothing. */
static void text_of_one_character_a_word(void **state)
{
    KWH_CONST struct kwh_row *row = ROW_OF(KWH_VENDOR_SIGNATURE, KWH_TYPE_TEXT16, 3);
    (void)state;
    assert_int_equal(kwh_row_words(row), 4);
    reads(row, "\0S\0O\0C\0O", "SOCO");
    parses(row, "SO", "\0S\0O\0\0\0\0");
    parse_fails(row, "SOCOM", KWH_ERROR_OVERFLOW);
    reads(ROW_OF(KWH_VENDOR_SIGNATURE, KWH_TYPE_TEXT16, 15),
          "\0a\0b\0c\0d\0e\0f\0g\0h"
          "\0i\0j\0k\0l\0m\0n\0o\0p",
          "abcdefghijklmnop");
    map = &orders[KWH_ORDER_DCBA];
    reads(row, "S\0O\0C\0O\0", "SOCO");
    map = &orders[KWH_ORDER_ABCD];
}

/* A password as Eastron stores it. */
static void digits_in_a_float(void **state)
{
    (void)state;
    reads(ROW(FLOAT32, 1, PASSWORD), "\x44\x7A\0\0", "1000");
    reads(ROW(FLOAT32, 1, PASSWORD), "\0\0\0\0", "0");
    parses_as(ROW(FLOAT32, 1, PASSWORD), "0042", "\x42\x28\0\0", "42");
    status_is(ROW(FLOAT32, 1, PASSWORD), "\x3F\0\0\0", KWH_STATUS_BAD_DIGITS);
    status_is(ROW(FLOAT32, 1, PASSWORD), "\xBF\x80\0\0", KWH_STATUS_BAD_DIGITS);
    status_is(ROW(FLOAT32, 1, PASSWORD), "\x7F\xC0\0\0", KWH_STATUS_NAN);
    status_is(ROW(FLOAT32, 1, PASSWORD), "\x7F\0\0\0", KWH_STATUS_BAD_DIGITS); /* 1.7e38 */
    parse_fails(ROW(FLOAT32, 1, PASSWORD), "1A", KWH_ERROR_SYNTAX);
}

static void minutes_in_a_float(void **state)
{
    (void)state;
    reads(ROW(FLOAT32, 60, BACKLIGHT_TIME), "\x42\x70\0\0", "3600");
    reads(ROW(FLOAT32, 60, BACKLIGHT_TIME), "\0\0\0\0", "0");
    parses(ROW(FLOAT32, 60, BACKLIGHT_TIME), "7260", "\x42\xF2\0\0"); /* 121 */
}

static void ct_ratios(void **state)
{
    (void)state;
    reads(ROW(BCD32, 1, CT_RATIO), "\x99\x95\0\5", "9995/5");
    reads(ROW(BCD32, 1, CT_RATIO), "\0\0\0\0", "0/0");
    reads(ROW(HEX16, 1, CT_RATIO), "\2\x50", "0250");
    parses(ROW(BCD32, 1, CT_RATIO), "40/5", "\0\x40\0\5");
    parses_as(ROW(BCD32, 1, CT_RATIO), "400005", "\0\x40\0\5", "40/5");
    parse_fails(ROW(BCD32, 1, CT_RATIO), "40/", KWH_ERROR_SYNTAX);
    parse_fails(ROW(BCD32, 1, CT_RATIO), "/5", KWH_ERROR_SYNTAX);
    parse_fails(ROW(BCD32, 1, CT_RATIO), "40/5/1", KWH_ERROR_SYNTAX);
    parse_fails(ROW(BCD32, 1, CT_RATIO), "40/A", KWH_ERROR_SYNTAX);
    parse_fails(ROW(BCD32, 1, CT_RATIO), "10000/5", KWH_ERROR_SYNTAX);
    parse_fails(ROW(BCD32, 1, CT_RATIO), "1/10000", KWH_ERROR_SYNTAX);
}

static void seconds_since_2000(void **state)
{
    struct kwh_reading reading;
    KWH_CONST struct kwh_row *row = ROW(TIME32, 1, DEMAND_TIME);
    uint8_t bytes[4];
    (void)state;
    reads(row, "\0\0\0\0", "2000-01-01T00:00:00");
    reads(row, "\x00\x4F\x19\xFF", "2000-02-29T23:59:59");
    reads(row, "\x01\xE1\x33\x80", "2000-12-31T00:00:00");
    reads(row, "\x31\x10\xB3\x70", "2026-01-31T12:34:56");
    reads(row, "\xB4\xE0\xCB\x0B", "2096-02-29T01:02:03");
    reads(row, "\xBC\x65\x8A\x80", "2100-02-28T00:00:00");
    reads(row, "\xBC\x66\xDC\x00", "2100-03-01T00:00:00"); /* 2100 is no leap year */
    decode(row, "\xFF\xFF\xFF\xFE", &reading);
    assert_int_equal(reading.time.year, 2136);
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, 4), KWH_ERROR_OVERFLOW);
    reading.time.year = 1999;
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, 4), KWH_ERROR_OVERFLOW);
    reading.time.year = 2023;
    reading.time.month = 2;
    reading.time.day = 29;
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, 4), KWH_ERROR_ARGUMENT);
    reading.time.day = 28;
    reading.time.second = 60;
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, 4), KWH_ERROR_ARGUMENT);
    reading.time.second = -1; /* not known */
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, 4), KWH_ERROR_ARGUMENT);
}

/* kWh, and tenths of a Wh in a register of its own. */
static void numbers_with_a_rest(void **state)
{
    KWH_CONST struct kwh_row *row = ROW(INT32_REST, DECI, ACTIVE_ENERGY_NET_BALANCE);
    struct kwh_reading reading;
    (void)state;
    reads(ROW(UINT32_REST, DECI, ACTIVE_ENERGY_IMPORT), "\0\1\x86\xA0\x27\x0F", "100000999.9");
    reads(ROW(UINT32_REST, DECI, ACTIVE_ENERGY_IMPORT), "\0\0\0\0\0\1", "0.1");
    reads(ROW(UINT32_REST, DECI, ACTIVE_ENERGY_IMPORT), "\xFF\xFF\xFF\xFF\0\0", "4294967295000.0");
    parse_fails(ROW(UINT32_REST, DECI, ACTIVE_ENERGY_IMPORT), "4294967296000", KWH_ERROR_OVERFLOW);
    parse_fails(ROW(UINT32_REST, DECI, ACTIVE_ENERGY_IMPORT), "-1", KWH_ERROR_OVERFLOW);
    reads(row, "\x7F\xFF\xFF\xFF\0\0", "2147483647000.0");
    parse_fails(row, "2147483648000", KWH_ERROR_OVERFLOW);
    parse_fails(row, "-2147483648000.1", KWH_ERROR_OVERFLOW);
    parses_as(row, "-2500", "\xFF\xFF\xFF\xFD\x13\x88", "-2500.0");
    decode(row, "\xFF\xFF\xFF\xFD\x13\x88", &reading);
    assert_int_equal(reading.status, KWH_STATUS_DOUBTFUL);
    decode(row, "\0\0\0\1\x27\x10", &reading); /* more than there can be */
    assert_int_equal(reading.status, KWH_STATUS_DOUBTFUL);
    map = &orders[KWH_ORDER_CDAB];
    reads(ROW(UINT32_REST, DECI, ACTIVE_ENERGY_IMPORT), "\x86\xA0\0\1\x27\x0F", "100000999.9");
    map = &orders[KWH_ORDER_ABCD];
}

/* The reading has no value, and is stored as the bytes. */
static void is_absent(KWH_CONST struct kwh_row *row, const char *bytes)
{
    struct kwh_reading reading;
    uint8_t stored[8];
    decode(row, bytes, &reading);
    assert_int_equal(reading.status, KWH_STATUS_NOT_AVAILABLE);
    assert_int_equal(kwh_row_encode(map, row, &reading, stored, sizeof stored), KWH_OK);
    assert_memory_equal(stored, bytes, 2 * kwh_row_words(row));
}

static void the_largest_number_may_be_none(void **state)
{
    struct kwh_reading reading;
    KWH_CONST struct kwh_row *row = ROW(UINT16, 1, POWER_DOWN_COUNTER);
    uint8_t bytes[8];
    (void)state;
    map = &top_is_absent;
    is_absent(row, "\xFF\xFF");
    is_absent(ROW(INT16, 1, POWER_DOWN_COUNTER), "\x7F\xFF");
    is_absent(ROW(UINT32, CENTI, VOLTAGE_L1), "\xFF\xFF\xFF\xFF");
    is_absent(ROW(INT32, 10, ACTIVE_POWER), "\x7F\xFF\xFF\xFF");
    is_absent(ROW(UINT16, 1, PARITY), "\xFF\xFF");
    is_absent(ROW(TIME32, 1, DEMAND_TIME), "\xFF\xFF\xFF\xFF");
    is_absent(ROW(HEX48, 1, COM_BOARD_BUILD_DATE), "\xFF\xFF\xFF\xFF\xFF\xFF");
    is_absent(ROW(UINT32_REST, DECI, ACTIVE_ENERGY_IMPORT), "\xFF\xFF\xFF\xFF\xFF\xFF");
    is_absent(ROW(INT32_REST, DECI, ACTIVE_ENERGY_NET), "\x7F\xFF\xFF\xFF\xFF\xFF");
    decode(ROW(UINT32_REST, DECI, ACTIVE_ENERGY_IMPORT), "\xFF\xFF\xFF\xFF\0\0", &reading);
    assert_int_equal(reading.status, KWH_STATUS_NOT_AVAILABLE);
    reads(ROW(INT16, 1, POWER_DOWN_COUNTER), "\xFF\xFF", "-1");
    reads(ROW(UINT16, 1, SERIAL_NUMBER), "\xFF\xFF", "65535"); /* a name */
    reads(ROW(UINT16, 1, ERROR_CODE), "\xFF\xFF", "0xFFFF");
    status_is(ROW(FLOAT32, 1, VOLTAGE_L1), "\xFF\xFF\xFF\xFF", KWH_STATUS_NAN);
    kwh_reading_init(&reading, row->quantity, KWH_STATUS_NO_ANSWER);
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, 8), KWH_ERROR_NO_VALUE);
    kwh_reading_init(&reading, row->quantity, KWH_STATUS_NOT_AVAILABLE);
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, 1), KWH_ERROR_CAPACITY);
    row = ROW(FLOAT32, 1, VOLTAGE_L1);
    kwh_reading_init(&reading, row->quantity, KWH_STATUS_NOT_AVAILABLE);
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, 8), KWH_ERROR_NO_VALUE);
    map = orders;
    reads(ROW(UINT16, 1, POWER_DOWN_COUNTER), "\xFF\xFF", "65535");
}

/* Neither a crash nor a guess: a row that a newer library may know. */
static void what_cannot_be_taken_is_not_available(void **state)
{
    struct kwh_reading reading;
    KWH_CONST struct kwh_row *row = ROW_OF(KWH_VOLTAGE_L1, 31, 0);
    uint8_t bytes[8];
    (void)state;
    assert_int_equal(kwh_row_words(row), 0);
    status_is(row, "", KWH_STATUS_NOT_AVAILABLE);
    status_is(ROW_OF(KWH_PRODUCT_NAME, 18, 0), "", KWH_STATUS_NOT_AVAILABLE);
    status_is(ROW(TEXT, 1, VOLTAGE_L1), "AB", KWH_STATUS_NOT_AVAILABLE);
    status_is(ROW(ASCII16, 1, VOLTAGE_L1), "AB", KWH_STATUS_NOT_AVAILABLE);
    status_is(ROW(TEXT, 1, PARITY), "AB", KWH_STATUS_NOT_AVAILABLE);
    status_is(ROW(INT16, 1, SERIAL_NUMBER), "\0\1", KWH_STATUS_NOT_AVAILABLE);
    status_is(ROW(INT16, 1, PRODUCT_NAME), "AB", KWH_STATUS_NOT_AVAILABLE);
    status_is(ROW(HEX48, 1, COM_BOARD_BUILD_DATE), "\0\0\0\0\0\0", KWH_STATUS_NOT_AVAILABLE);
    row = ROW(HEX48, 1, COM_BOARD_BUILD_DATE);
    kwh_reading_init(&reading, row->quantity, KWH_STATUS_OK);
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, 8), KWH_ERROR_ARGUMENT);
    row = ROW_OF(KWH_DEMAND_PERIOD, KWH_TYPE_INT16, 13);
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, 8), KWH_ERROR_ARGUMENT);
    row = ROW(INT16, 1, SERIAL_NUMBER);
    kwh_reading_init(&reading, row->quantity, KWH_STATUS_OK);
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, 8), KWH_ERROR_ARGUMENT);
    row = ROW(TEXT, 1, PARITY);
    kwh_reading_init(&reading, row->quantity, KWH_STATUS_OK);
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, 8), KWH_ERROR_ARGUMENT);
    row = ROW(ASCII16, 1, VOLTAGE_L1);
    kwh_reading_init(&reading, row->quantity, KWH_STATUS_OK);
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, 8), KWH_ERROR_ARGUMENT);
}

static void numbers_are_rounded_to_what_the_register_holds(void **state)
{
    (void)state;
    parses(ROW(INT16, DECI, VOLTAGE_L1), "230.4", "\x09\x00");
    parses_as(ROW(INT16, DECI, VOLTAGE_L1), "230.45", "\x09\x00", "230.4"); /* half to even */
    parses_as(ROW(INT16, DECI, VOLTAGE_L1), "230.35", "\x09\x00", "230.4");
    parses_as(ROW(INT16, DECI, VOLTAGE_L1), "-0.06", "\xFF\xFF", "-0.1");
    parses_as(ROW(INT16, KILO, ACTIVE_POWER), "1500.1", "\0\x02", "2000");
    parses_as(ROW(UINT32, 36, OPERATING_TIME_T1), "54", "\0\0\0\x02", "72"); /* 1.5 */
    parses_as(ROW(UINT32, 36, OPERATING_TIME_T1), "90", "\0\0\0\x02", "72"); /* 2.5 */
    parses_as(ROW(UINT32, 36, OPERATING_TIME_T1), "90.1", "\0\0\0\x03", "108");
    parses_as(ROW(UINT32, 36, OPERATING_TIME_T1), "89.9", "\0\0\0\x02", "72");
    parses_as(ROW(INT32, 36, OPERATING_TIME_T1), "-90.1", "\xFF\xFF\xFF\xFD", "-108");
    parses_as(ROW(INT32, 36, OPERATING_TIME_T1), "-90", "\xFF\xFF\xFF\xFE", "-72");
    parses_as(ROW(UINT16, 60, DEMAND_PERIOD), "930", "\0\x10", "960"); /* 15.5 */
    parses_as(ROW(FLOAT32, 60, BACKLIGHT_TIME), "3620", "\x42\x70\0\0", "3600");
    parses_as(ROW(FLOAT32, 1, VOLTAGE_L1), "234.300011", "\x43\x6A\x4C\xCE", "234.30002");
    parses_as(ROW(FLOAT32, KILO, ACTIVE_POWER), "175", "\x3E\x33\x33\x33", "175");
    parses_as(ROW(BCD16, 1, DISPLAY_CYCLE_TIME), "24.5", "\x00\x24", "24");
}

static void numbers_beyond_the_register_are_refused(void **state)
{
    (void)state;
    parses(ROW(INT16, 1, DEVICE_ADDRESS), "32767", "\x7F\xFF");
    parse_fails(ROW(INT16, 1, DEVICE_ADDRESS), "32768", KWH_ERROR_OVERFLOW);
    parses(ROW(INT16, 1, DEVICE_ADDRESS), "-32768", "\x80\x00");
    parse_fails(ROW(INT16, 1, DEVICE_ADDRESS), "-32769", KWH_ERROR_OVERFLOW);
    parses(ROW(UINT16, 1, DEVICE_ADDRESS), "65535", "\xFF\xFF");
    parse_fails(ROW(UINT16, 1, DEVICE_ADDRESS), "65536", KWH_ERROR_OVERFLOW);
    parse_fails(ROW(UINT16, 1, DEVICE_ADDRESS), "-1", KWH_ERROR_OVERFLOW);
    parse_fails(ROW(UINT64, 1, DEVICE_ADDRESS), "-1", KWH_ERROR_OVERFLOW);
    parse_fails(ROW(UINT48, 1, DEVICE_ADDRESS), "281474976710656", KWH_ERROR_OVERFLOW);
    parse_fails(ROW(INT48, 1, DEVICE_ADDRESS), "140737488355328", KWH_ERROR_OVERFLOW);
    parses(ROW(INT64, 1, DEVICE_ADDRESS), "9223372036854775807",
           "\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF");
    parse_fails(ROW(BCD16, 1, DISPLAY_CYCLE_TIME), "10000", KWH_ERROR_OVERFLOW);
    parse_fails(ROW(BCD16, 1, DISPLAY_CYCLE_TIME), "-1", KWH_ERROR_OVERFLOW);
    parse_fails(ROW(FLOAT32, 1, VOLTAGE_L1), "1e39", KWH_ERROR_OVERFLOW);
    parse_fails(ROW(FLOAT32, MEGA, VOLTAGE_L1), "1e-127", KWH_ERROR_OVERFLOW);
    parse_fails(ROW(INT16, 1, DEVICE_ADDRESS), "", KWH_ERROR_SYNTAX);
    parse_fails(ROW(INT16, 1, DEVICE_ADDRESS), "1 ", KWH_ERROR_SYNTAX);
}

static void digits_bits_and_choices_from_text(void **state)
{
    struct kwh_reading reading;
    KWH_CONST struct kwh_row *row = ROW(ASCII16, 1, CURRENT_DIRECTION_L2);
    (void)state;
    parses(ROW(HEX32, 1, SERIAL_NUMBER), "19430102", "\x19\x43\x01\x02");
    parses_as(ROW(HEX16, 1, METER_CODE), "1ab", "\x01\xAB", "01AB");
    parses_as(ROW(BCD16, 1, METER_CODE), "102", "\x01\x02", "0102");
    parses(ROW(UINT32, 1, SERIAL_NUMBER), "19436966", "\x01\x28\x95\xA6");
    parses_as(ROW(UINT16, 1, SERIAL_NUMBER), "0007", "\0\7", "7");
    parse_fails(ROW(HEX16, 1, METER_CODE), "12345", KWH_ERROR_OVERFLOW);
    parse_fails(ROW(HEX64, 1, SERIAL_NUMBER), "12345678901234567", KWH_ERROR_OVERFLOW);
    parse_fails(ROW(HEX64, 1, SERIAL_NUMBER), "00000000000000001", KWH_ERROR_OVERFLOW);
    parse_fails(ROW(HEX16, 1, METER_CODE), "12G", KWH_ERROR_SYNTAX);
    parse_fails(ROW(HEX16, 1, METER_CODE), "", KWH_ERROR_SYNTAX);
    parse_fails(ROW(BCD16, 1, METER_CODE), "1A", KWH_ERROR_SYNTAX);
    parse_fails(ROW(UINT16, 1, SERIAL_NUMBER), "65536", KWH_ERROR_OVERFLOW);
    parses(ROW(UINT16, 1, ERROR_CODE), "0x0005", "\0\5");
    parses_as(ROW(UINT16, 1, ERROR_CODE), "0Xa", "\0\x0A", "0x000A");
    parses_as(ROW(UINT16, 1, ERROR_CODE), "5", "\0\5", "0x0005");
    parse_fails(ROW(UINT16, 1, ERROR_CODE), "0x10000", KWH_ERROR_OVERFLOW);
    parse_fails(ROW(UINT64, 1, ERROR_CODE), "0x10000000000000000", KWH_ERROR_OVERFLOW);
    parse_fails(ROW(UINT16, 1, ERROR_CODE), "0x", KWH_ERROR_SYNTAX);
    parse_fails(ROW(UINT16, 1, ERROR_CODE), "-1", KWH_ERROR_SYNTAX);
    parse_fails(ROW(UINT16, 1, ERROR_CODE), "1.5", KWH_ERROR_INEXACT);
    parses(ROW(INT16, 1, PARITY), "odd", "\0\3");
    parse_fails(ROW(INT16, 1, PARITY), "Odd", KWH_ERROR_UNKNOWN_NAME);
    parse_fails(ROW(INT16, 1, PARITY), "od", KWH_ERROR_UNKNOWN_NAME);
    parse_fails(ROW(INT16, 1, PARITY), "3", KWH_ERROR_UNKNOWN_NAME); /* the word is the value */
    parse_fails(ROW(INT16, 1, PARITY), "", KWH_ERROR_UNKNOWN_NAME);
    parses(ROW(FLOAT32, 1, PULSE_RATE), "0.1", "\x3D\xCC\xCC\xCD");
    parses_as(ROW(FLOAT32, 1, PULSE_RATE), "1e3", "\x44\x7A\0\0", "1000");
    parse_fails(ROW(FLOAT32, 1, PULSE_RATE), "500", KWH_ERROR_UNKNOWN_NAME);
    parses(ROW(INT16, 1, BAUD_RATE), "9600", "\x25\x80"); /* no item: any number */
    parse_fails(ROW(INT16, 1, BAUD_RATE), "fast", KWH_ERROR_SYNTAX);
    parses(row, "reverse", "2R"); /* the phase in front, as a PRO380 has it */
    assert_int_equal(kwh_row_parse(map, row, "forward", &reading), KWH_OK);
    assert_int_equal(reading.digits, 0x3246);
    assert_string_equal(reading.word, "forward");
}

static void encoding_checks_its_arguments(void **state)
{
    struct kwh_reading reading;
    KWH_CONST struct kwh_row *row = ROW(FLOAT32, 1, VOLTAGE_L1);
    uint8_t bytes[4] = {1, 2, 3, 4};
    (void)state;
    kwh_reading_init(&reading, KWH_VOLTAGE_L1, KWH_STATUS_OK);
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, 3), KWH_ERROR_CAPACITY);
    reading.status = KWH_STATUS_NO_ANSWER;
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, 4), KWH_ERROR_NO_VALUE);
    reading.status = KWH_STATUS_OK;
    reading.form = KWH_FORM_CHOICE;
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, 4), KWH_ERROR_ARGUMENT);
    assert_memory_equal(bytes, "\1\2\3\4", 4);
    reading.form = KWH_FORM_DECIMAL;
    reading.status = KWH_STATUS_DOUBTFUL;
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, 4), KWH_OK);
    assert_memory_equal(bytes, "\0\0\0\0", 4);
    row = ROW(ASCII16, 1, CURRENT_DIRECTION_L2);
    kwh_reading_init(&reading, KWH_CURRENT_DIRECTION_L2, KWH_STATUS_OK);
    reading.decimal = kwh_decimal(0x152, 0); /* no character */
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, 4), KWH_ERROR_OVERFLOW);
    row = ROW(BCD16, 1, SERIAL_NUMBER);
    kwh_reading_init(&reading, KWH_SERIAL_NUMBER, KWH_STATUS_OK);
    reading.digits = 0xA;
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, 4), KWH_ERROR_ARGUMENT);
    row = ROW_OF(KWH_PRODUCT_NAME, KWH_TYPE_TEXT, 1);
    kwh_reading_init(&reading, KWH_PRODUCT_NAME, KWH_STATUS_OK);
    reading.length = KWH_READING_TEXT_MAX + 1;
    assert_int_equal(kwh_row_encode(map, row, &reading, bytes, 4), KWH_ERROR_ARGUMENT);
}

static void types_and_scales_have_names_and_values(void **state)
{
    static const struct {
        const char *name;
        size_t words;
    } types[] = {{"uint16", 1}, {"int16", 1},       {"uint32", 2},    {"int32", 2},   {"uint48", 3},
                 {"int48", 3},  {"uint64", 4},      {"int64", 4},     {"float32", 2}, {"bcd16", 1},
                 {"bcd32", 2},  {"bcd64", 4},       {"hex16", 1},     {"hex32", 2},   {"hex48", 3},
                 {"hex64", 4},  {"ascii16", 1},     {"text", 1},      {"", 0},        {"text16", 1},
                 {"time32", 2}, {"uint32_rest", 3}, {"int32_rest", 3}};
#define OF_TYPE(type_)                                                                             \
    {                                                                                              \
        .quantity = KWH_VOLTAGE_L1, .format = KWH_FORMAT(type_, 0, 0, 0)                           \
    }
    static KWH_CONST struct kwh_row rows[] = {
        OF_TYPE(0),  OF_TYPE(1),  OF_TYPE(2),  OF_TYPE(3),  OF_TYPE(4),  OF_TYPE(5),
        OF_TYPE(6),  OF_TYPE(7),  OF_TYPE(8),  OF_TYPE(9),  OF_TYPE(10), OF_TYPE(11),
        OF_TYPE(12), OF_TYPE(13), OF_TYPE(14), OF_TYPE(15), OF_TYPE(16), OF_TYPE(17),
        OF_TYPE(18), OF_TYPE(19), OF_TYPE(20), OF_TYPE(21), OF_TYPE(22)};
    static const char *const values[] = {"1",    "0.001", "0.01",   "0.1",     "10", "100",
                                         "1000", "10000", "100000", "1000000", "36", "60"};
    char text[KWH_DECIMAL_TEXT];
    (void)state;
    assert_int_equal(KWH_COUNT(rows), KWH_COUNT(types));
    for (unsigned i = 0; i < KWH_COUNT(types); i++) {
        assert_string_equal(kwh_type_name((enum kwh_type)i), types[i].name);
        assert_int_equal(kwh_row_words(&rows[i]), types[i].words);
    }
    assert_string_equal(kwh_type_name((enum kwh_type)KWH_COUNT(types)), "");
    for (unsigned i = 0; i < KWH_COUNT(values); i++) {
        struct kwh_decimal value = kwh_scale_value((enum kwh_scale)i);
        assert_int_equal(kwh_decimal_print(&value, text, sizeof text), KWH_OK);
        assert_string_equal(text, values[i]);
    }
    assert_int_equal(kwh_scale_value((enum kwh_scale)12).mantissa, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),
        cmocka_unit_test(scales),
        cmocka_unit_test(floats),
        cmocka_unit_test(minus_zero_is_zero),
        cmocka_unit_test(decimal_digits),
        cmocka_unit_test_setup(word_orders, plain_order),
        cmocka_unit_test_setup(bits, plain_order),
        cmocka_unit_test(choices),
        cmocka_unit_test(choices_are_stored_by_their_words),
        cmocka_unit_test(text),
        cmocka_unit_test(padding_with_blanks_is_no_text),
        cmocka_unit_test(text_of_one_character_a_word),
        cmocka_unit_test(digits_in_a_float),
        cmocka_unit_test(minutes_in_a_float),
        cmocka_unit_test(ct_ratios),
        cmocka_unit_test(seconds_since_2000),
        cmocka_unit_test(numbers_with_a_rest),
        cmocka_unit_test(the_largest_number_may_be_none),
        cmocka_unit_test(what_cannot_be_taken_is_not_available),
        cmocka_unit_test(numbers_are_rounded_to_what_the_register_holds),
        cmocka_unit_test(numbers_beyond_the_register_are_refused),
        cmocka_unit_test(digits_bits_and_choices_from_text),
        cmocka_unit_test(encoding_checks_its_arguments),
        cmocka_unit_test(types_and_scales_have_names_and_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
