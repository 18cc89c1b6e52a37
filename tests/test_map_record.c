/* SPDX-License-Identifier: MIT */
/* Rows of M-Bus records: found, read, written, parsed; by a map made up for it. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <kwh/map_record.h>

#include "hex.h"

/* Profiles. */
enum {
    ONE = 1,
    TWO = 2
};

/* clang-format off */
static KWH_CONST struct kwh_record records[] = {
    KWH_RECORD(1, 1,            ACTIVE_ENERGY_COMBINED, KWH_MANUAL,   0x0C, 0x04),
    KWH_RECORD(2, 1,            VOLTAGE_L1,             KWH_PUBLIC,   0x0B, 0xFD, 0x47),
    KWH_RECORD_AGAIN(3, 2, 1,   VOLTAGE_L2,             KWH_PUBLIC,   0x0B, 0xFD, 0x47),
    KWH_RECORD(4, CENTI,        POWER_FACTOR_MAGNITUDE, KWH_INFERRED, 0x0A, 0xFD, 0x3A),
    KWH_RECORD(5, 1,            CT_RATIO,               KWH_MANUAL,   0x0B, 0xFD, 0x3A),
    KWH_RECORD(6, 1,            SERIAL_NUMBER_1,        KWH_MANUAL,   0x04, 0x78),
    KWH_RECORD(7, 1,            PRODUCT_NAME,           KWH_MANUAL,   0x0D, 0xFD, 0x10),
    KWH_RECORD(8, 1,            DEMAND_TIME,            KWH_MANUAL,   0x04, 0x6D),
    KWH_RECORD(9, 1,            ERROR_CODE,             KWH_MANUAL,   0x02, 0xFD, 0x17),
    KWH_RECORD(10, 1,           COMBINATION_CODE,       KWH_MANUAL,   0x09, 0xFD, 0x3A),
    KWH_RECORD(11, 1,           FREQUENCY,              KWH_MANUAL,   0x05, 0xFB, 0x2F),
    KWH_RECORD(12, KILO,        ACTIVE_POWER,           KWH_MANUAL,   0x03, 0x2B),
    KWH_RECORD(13, 60,          DEMAND_PERIOD,          KWH_MANUAL,   0x02, 0x70),
    KWH_RECORD(14, CENTI,       PULSE_RATE,             KWH_MANUAL,   0x0C, 0xFD, 0x3A),
    KWH_RECORD(15, 1,           DEVICE_ADDRESS,         KWH_MANUAL,   0x01, 0x7A),
    KWH_RECORD(16, 1,           METER_CODE,             KWH_MANUAL,   0x05, 0x78),
    KWH_RECORD(17, 1,           SERIAL_NUMBER_2,        KWH_MANUAL,   0x07, 0x78),
    KWH_RECORD(18, 1,           OPERATING_TIME_T1,      KWH_MANUAL,   0x82, 0x10, 0x26),
    KWH_RECORD(19, 1,           VOLTAGE,                KWH_MANUAL,   0x0D, 0xFD, 0x48),
    KWH_RECORD(20, MEGA,        ACTIVE_ENERGY_GROSS,    KWH_MANUAL,   0x07, 0x07),
    KWH_RECORD(21, 1,   ACTIVE_ENERGY_IMPORT_RESETTABLE, KWH_MANUAL | KWH_WRITE_ONLY, 0x0C, 0x04),
    KWH_RECORD(22, 1,           POWER_DOWN_COUNTER,     KWH_MANUAL,   0x0A, 0xFD, 0x60),
    KWH_RECORD(23, 1,   POWER_DOWN_COUNTER, KWH_MANUAL | KWH_WRITE_ONLY, 0x0A, 0xFD, 0x61),
    KWH_RECORD_BAUD_RATE(24, KWH_MANUAL),
    KWH_RECORD(25, 1,   DISPLAY_CYCLE_TIME, KWH_MANUAL | KWH_RANK_1, 0x01, 0x74),
    KWH_RECORD(26, 1,           DISPLAY_CYCLE_TIME,     KWH_MANUAL,   0x02, 0x74),
    KWH_RECORD(27, 1,           DISPLAY_CYCLE_TIME,     KWH_MANUAL,   0x04, 0x74),
    KWH_RECORD(28, 1,           MBUS_STATUS,            KWH_MANUAL,   0x07, 0xFD, 0x17),
    KWH_RECORD(29, 1,           APPARENT_ENERGY,        KWH_MANUAL,   0x04, 0x03, 0x00),
    KWH_RECORD(30, 1,           REACTIVE_ENERGY,        KWH_MANUAL,   0x00, 0x03),
};
static KWH_CONST struct kwh_record others[] = {
    KWH_RECORD(1, 1,            ACTIVE_ENERGY_IMPORT,   KWH_MANUAL,   0x0C, 0x04),
    KWH_RECORD(2, 1,            TARIFF,                 KWH_MANUAL,   0x09, 0x7C, 0x01, 0x54),
};
/* clang-format on */
static KWH_CONST struct kwh_row registers[] = {
    KWH_HOLDING(0x1000, UINT16, 1, QUADRANT, KWH_MANUAL)};
static KWH_CONST struct kwh_block blocks[] = {
    {.rows = registers, .count = KWH_COUNT(registers)},
    {.records = records, .count = KWH_COUNT(records)},
    {.records = others, .count = KWH_COUNT(others), .profiles = TWO, .telegram = 0xB4},
};

static KWH_CONST struct kwh_choice codes[] = {
    {.code = 1, .word = KWH_TEXT("forward")},
    {.code = 10, .word = KWH_TEXT("vector")},
};
static KWH_CONST struct kwh_choice rates[] = {
    {.code = 1000},
    {.code = 1, .exponent = -2},
};
static KWH_CONST struct kwh_choice bauds[] = {{.code = 2400}};
static KWH_CONST struct kwh_item items[] = {
    KWH_CHOICE_ITEM(COMBINATION_CODE, 0x51, codes, 0),
    KWH_CHOICE_ITEM(PULSE_RATE, 0x51, rates, 0),
    KWH_RANGE_ITEM(DEVICE_ADDRESS, 0x51, 0, 250, 0),
    KWH_RANGE_ITEM(ACTIVE_ENERGY_IMPORT_RESETTABLE, 0x51, 0, 0, 0),
    KWH_RANGE_ITEM(POWER_DOWN_COUNTER, 0x51, 0, 0, 0),
    KWH_RANGE_ITEM(ACTIVE_POWER, 0, 0, 0, 0),
    KWH_RANGE_ITEM(TARIFF, 0x51, 1, 4, 0),
    KWH_RANGE_ITEM(DISPLAY_CYCLE_TIME, 0x51, 1, 30, 0),
    KWH_CHOICE_ITEM(BAUD_RATE, 0xB8, bauds, 0),
};
static KWH_CONST struct kwh_map map = {
    .name = KWH_TEXT("made_up"),
    .blocks = blocks,
    .block_count = KWH_COUNT(blocks),
    .items = items,
    .item_count = KWH_COUNT(items),
    .protocol = KWH_PROTOCOL_MBUS,
};

/* The record with this number. */
static KWH_CONST struct kwh_record *numbered(unsigned number)
{
    assert_true(number >= 1 && number <= KWH_COUNT(records));
    assert_int_equal(records[number - 1].row.address, number);
    return &records[number - 1];
}

/* ------------------------------------------------------------------------------------------------
 * Finding
 */

static KWH_CONST struct kwh_record *find(uint16_t profiles, uint8_t telegram, const char *header,
                                         unsigned occurrence)
{
    uint8_t bytes[32];
    size_t length = hex(header, bytes, sizeof bytes);
    return kwh_map_record(&map, profiles, telegram, bytes, length, occurrence);
}

static void records_are_found_by_all_of_their_header(void **state)
{
    (void)state;
    assert_ptr_equal(find(ONE, 0, "0C 04", 1), numbered(1));
    assert_ptr_equal(find(0, 0, "0C 04", 1), numbered(1));
    assert_ptr_equal(find(ONE, 0, "02 FD 17", 1), numbered(9));
    assert_null(find(ONE, 0, "0C", 1));
    assert_null(find(ONE, 0, "0C 05", 1));
    assert_null(find(ONE, 0, "0C 04 00", 1));
    assert_null(find(ONE, 0, "", 1)); /* that of the speed is none */
    assert_null(find(ONE, 0, "0C 04 00 00 00 00 00 00 00 00 00", 1));
}

static void records_are_found_by_their_place(void **state)
{
    (void)state;
    assert_ptr_equal(find(ONE, 0, "0B FD 47", 1), numbered(2));
    assert_ptr_equal(find(ONE, 0, "0B FD 47", 2), numbered(3));
    assert_null(find(ONE, 0, "0B FD 47", 3));
    assert_null(find(ONE, 0, "0B FD 47", 0));
    assert_null(find(ONE, 0, "0C 04", 2)); /* the second one is only written */
    assert_null(find(ONE, 0, "0A FD 61", 1));
}

static void records_are_found_by_profile_and_telegram(void **state)
{
    (void)state;
    assert_ptr_equal(find(TWO, 0xB4, "0C 04", 1), &others[0]);
    assert_ptr_equal(find(ONE | TWO, 0xB4, "09 7C 01 54", 1), &others[1]);
    assert_null(find(ONE, 0xB4, "0C 04", 1));
    assert_null(find(TWO, 0, "09 7C 01 54", 1));
    assert_null(find(TWO, 0xB1, "0C 04", 1));
    assert_null(find(TWO, 0xB4, "0B FD 47", 1));
    assert_int_equal(kwh_record_telegram(&map, &others[1]), 0xB4);
    assert_int_equal(kwh_record_telegram(&map, numbered(1)), 0);
}

static void rows_of_a_map_are_its_records(void **state)
{
    static KWH_CONST struct kwh_record foreign = KWH_RECORD(1, 1, VOLTAGE, KWH_MANUAL, 0x0C, 0x04);
    struct kwh_map_iterator iterator = {&map, KWH_ALL_PROFILES, 0, 0};
    (void)state;
    assert_null(kwh_record_of(&map, kwh_map_next(&iterator))); /* a register */
    for (size_t i = 0; i < KWH_COUNT(records); i++)
        assert_ptr_equal(kwh_record_of(&map, kwh_map_next(&iterator)), &records[i]);
    for (size_t i = 0; i < KWH_COUNT(others); i++)
        assert_ptr_equal(kwh_record_of(&map, kwh_map_next(&iterator)), &others[i]);
    assert_null(kwh_map_next(&iterator));
    assert_ptr_equal(kwh_map_find(&map, TWO, KWH_TARIFF), &others[1].row);
    assert_null(kwh_map_find(&map, TWO, KWH_BAUD_RATE));
    assert_null(kwh_record_of(&map, &foreign.row));
    assert_int_equal(kwh_record_telegram(&map, &foreign), 0);
}

static KWH_CONST struct kwh_record *find_written(uint16_t profiles, const char *header)
{
    uint8_t bytes[32];
    size_t length = hex(header, bytes, sizeof bytes);
    return kwh_map_written_record(&map, profiles, bytes, length);
}

static void settings_are_found_by_the_header_that_writes_them(void **state)
{
    (void)state;
    assert_ptr_equal(find_written(ONE, "0C 04"), numbered(21)); /* 1 is read alone */
    assert_ptr_equal(find_written(ONE, "09 FD 3A"), numbered(10));
    assert_ptr_equal(find_written(ONE, "0C FD 3A"), numbered(14));
    assert_ptr_equal(find_written(ONE, "0A FD 61"), numbered(23));
    assert_null(find_written(ONE, "0A FD 60")); /* it is written by another one */
    assert_null(find_written(ONE, "0B FD 3A"));
    assert_null(find_written(ONE, "03 2B"));
    assert_null(find_written(ONE, "09 7C 01 54"));
    assert_ptr_equal(find_written(TWO, "09 7C 01 54"), &others[1]);
    assert_null(find_written(ONE, ""));
    assert_null(find_written(ONE, "01 74")); /* of rank 1 */
    assert_ptr_equal(find_written(ONE, "02 74"), numbered(26));
    assert_null(find_written(ONE, "04 74")); /* the second one */
}

/* ------------------------------------------------------------------------------------------------
 * Reading
 */

static struct kwh_reading reading;
static uint8_t data[KWH_MBUS_DATA_MAX + 8];

/* Reads the first record of a telegram without header by the row with this number. */
static void read_by(unsigned number, const char *bytes)
{
    const struct kwh_mbus_telegram telegram = {.ci = 0x78, .content = KWH_MBUS_DATA};
    struct kwh_mbus_records walk;
    struct kwh_mbus_record record;
    size_t size = hex(bytes, data, sizeof data);
    kwh_mbus_records_init(&walk, &telegram);
    assert_true(kwh_mbus_next(&walk, data, size, &record));
    memset(&reading, 0xA5, sizeof reading);
    kwh_record_decode(&map, numbered(number), data, size, &record, &reading);
    assert_int_equal(reading.quantity, numbered(number)->row.quantity);
    assert_int_equal(reading.form, kwh_quantity_form(reading.quantity));
    assert_int_equal(reading.certainty, kwh_row_certainty(&numbered(number)->row));
}

static void fails(unsigned number, const char *bytes, enum kwh_status status)
{
    read_by(number, bytes);
    assert_string_equal(kwh_status_name((enum kwh_status)reading.status), kwh_status_name(status));
}

/* Reads as the text; and is written as the same bytes again, with just the room for them. */
static void reads(unsigned number, const char *bytes, const char *text)
{
    char printed[KWH_READING_TEXT];
    uint8_t expected[64];
    size_t length = hex(bytes, expected, sizeof expected);
    size_t size = 3;
    read_by(number, bytes);
    assert_int_equal(reading.status, KWH_STATUS_OK);
    assert_int_equal(kwh_reading_print(&reading, printed, sizeof printed), KWH_OK);
    assert_string_equal(printed, text);
    memset(data, 0xA5, sizeof data);
    assert_int_equal(kwh_record_encode(&map, numbered(number), &reading, data, 2 + length, &size),
                     KWH_ERROR_CAPACITY);
    assert_int_equal(size, 3);
    assert_int_equal(data[2 + length], 0xA5);
    assert_int_equal(kwh_record_encode(&map, numbered(number), &reading, data, 3 + length, &size),
                     KWH_OK);
    assert_int_equal(size, 3 + length);
    assert_memory_equal(data + 3, expected, length);
    assert_memory_equal(data, "\xA5\xA5\xA5", 3);
}

static void numbers_read(void **state)
{
    (void)state;
    reads(1, "0C 04 14 48 60 01", "16048140");
    reads(1, "0C 04 56 34 12 F0", "-1234560");
    reads(2, "0B FD 47 12 30 02", "230.12");
    reads(4, "0A FD 3A 00 01", "1.00");
    reads(12, "03 2B 79 29 ED", "-1234567000");
    reads(15, "01 7A FA", "250"); /* without a sign */
    reads(11, "05 FB 2F 00 00 48 42", "50");
    reads(18, "82 10 26 02 00", "7200"); /* hours */
}

static void digits_read(void **state)
{
    (void)state;
    reads(5, "0B FD 3A 05 95 99", "9995/5");
    reads(5, "0B FD 3A 05 05 00", "5/5");
    reads(6, "04 78 15 CD 5B 07", "123456789");
    reads(6, "04 78 00 00 00 00", "0");
    reads(17, "07 78 FF FF C0 6F F2 86 23 00", "9999999999999999");
}

static void texts_times_and_flags_read(void **state)
{
    (void)state;
    reads(7, "0D FD 10 03 43 42 41", "ABC");
    reads(7, "0D FD 10 00", "");
    reads(7,
          "0D FD 10 20 32 31 30 39 38 37 36 35 34 33 32 31 30 39 38 37"
          " 36 35 34 33 32 31 30 39 38 37 36 35 34 33 32 31",
          "12345678901234567890123456789012");
    reads(8, "04 6D 1E 2A 54 3B", "2026-11-20T10:30");
    reads(9, "02 FD 17 05 80", "0x8005");
    assert_int_equal(reading.length, 16);
    reads(28, "07 FD 17 05 00 00 00 00 00 00 40", "0x4000000000000005");
}

static void choices_read(void **state)
{
    (void)state;
    reads(10, "09 FD 3A 10", "vector");
    assert_int_equal(reading.digits, 0x10);
    assert_int_equal(kwh_decimal_compare(reading.decimal, kwh_decimal(10, 0)), 0);
    reads(10, "09 FD 3A 07", "7");
    assert_null(reading.word);
    reads(14, "0C FD 3A 00 00 10 00", "1000.00");
    reads(14, "0C FD 3A 01 00 00 00", "0.01");
}

static void what_a_record_cannot_tell_is_its_status(void **state)
{
    (void)state;
    fails(1, "0C 84 15 00 00 00 00", KWH_STATUS_RECORD_ERROR);
    fails(1, "0C 04 FF FF FF FF", KWH_STATUS_NOT_AVAILABLE);
    fails(1, "0C 04 00 00 00 A0", KWH_STATUS_BAD_DIGITS);
    fails(5, "0B FD 3A 00 00 F0", KWH_STATUS_BAD_DIGITS); /* no minus among digits */
    fails(6, "0C 78 00 00 00 F1", KWH_STATUS_BAD_DIGITS);
    fails(6, "01 2B FF", KWH_STATUS_BAD_DIGITS); /* nor below zero */
    fails(17, "07 78 00 00 C1 6F F2 86 23 00", KWH_STATUS_OVERFLOW);
    fails(11, "05 FB 2F 00 00 C0 7F", KWH_STATUS_NAN);
    fails(11, "05 FB 2F 00 00 80 7F", KWH_STATUS_INFINITE);
    fails(8, "04 6D 80 00 00 00", KWH_STATUS_INVALID_DATE);
    fails(7, "0D FD 10 01 E4", KWH_STATUS_BAD_DIGITS); /* no ASCII */
    fails(7,
          "0D FD 10 21 31 32 33 34 35 36 37 38 39 30 31 32 33 34 35 36 37 38 39 30 31 32 33 34 35 "
          "36 37 38 39 30 31 32 33",
          KWH_STATUS_OVERFLOW); /* 33 characters */
    fails(1, "00 04", KWH_STATUS_NOT_AVAILABLE);
}

/* A row that expects another form than the record has; and doubt that stays. */
static void forms_must_fit(void **state)
{
    (void)state;
    fails(1, "0D 04 01 41", KWH_STATUS_NOT_AVAILABLE);
    fails(1, "02 6C 54 3B", KWH_STATUS_NOT_AVAILABLE);
    fails(5, "0D 78 01 41", KWH_STATUS_NOT_AVAILABLE);
    fails(16, "05 78 00 00 48 42", KWH_STATUS_NOT_AVAILABLE); /* digits of a real number */
    fails(6, "02 FD 47 01 00", KWH_STATUS_NOT_AVAILABLE);     /* digits behind the point */
    fails(7, "0C 04 14 48 60 01", KWH_STATUS_NOT_AVAILABLE);
    fails(8, "0C 04 14 48 60 01", KWH_STATUS_NOT_AVAILABLE);
    fails(9, "0D 04 01 41", KWH_STATUS_NOT_AVAILABLE);
    fails(10, "0D 04 01 41", KWH_STATUS_NOT_AVAILABLE);
    fails(13, "02 70 01 00", KWH_STATUS_NOT_AVAILABLE); /* a scale that is no power of ten */
    fails(1, "02 FB 2B 84 03", KWH_STATUS_DOUBTFUL);
    assert_int_equal(kwh_decimal_compare(reading.decimal, kwh_decimal(90, 0)), 0);
}

/* ------------------------------------------------------------------------------------------------
 * Writing
 */

static enum kwh_error encode(unsigned number)
{
    size_t size = 0;
    memset(data, 0xA5, sizeof data);
    enum kwh_error error = kwh_record_encode(&map, numbered(number), &reading, data, sizeof data,
                                             &size);
    assert_true(error == KWH_OK || size == 0);
    return error;
}

static void begin_reading(uint32_t quantity)
{
    kwh_reading_init(&reading, quantity, KWH_STATUS_OK);
}

static void what_a_record_cannot_hold_is_refused(void **state)
{
    (void)state;
    begin_reading(KWH_ACTIVE_ENERGY_COMBINED);
    reading.status = KWH_STATUS_NAN;
    assert_int_equal(encode(1), KWH_ERROR_ARGUMENT);
    reading.status = KWH_STATUS_DOUBTFUL;
    assert_int_equal(encode(1), KWH_OK);
    reading.decimal = kwh_decimal(100000000, 1);
    assert_int_equal(encode(1), KWH_ERROR_OVERFLOW);
    reading.form = KWH_FORM_DIGITS;
    assert_int_equal(encode(1), KWH_ERROR_ARGUMENT);
    begin_reading(KWH_ACTIVE_POWER);
    reading.decimal = kwh_decimal(INT64_C(8388607500), 0);
    assert_int_equal(encode(12), KWH_ERROR_OVERFLOW);
    begin_reading(KWH_DEMAND_PERIOD);
    assert_int_equal(encode(13), KWH_ERROR_ARGUMENT);
    begin_reading(KWH_BAUD_RATE);
    assert_int_equal(encode(24), KWH_ERROR_ARGUMENT);
    begin_reading(KWH_VOLTAGE); /* of variable length */
    assert_int_equal(encode(19), KWH_ERROR_ARGUMENT);
}

static void digits_and_flags_must_fit(void **state)
{
    (void)state;
    begin_reading(KWH_CT_RATIO);
    reading.digits = 0x1000000;
    assert_int_equal(encode(5), KWH_ERROR_OVERFLOW);
    reading.digits = 0xA;
    assert_int_equal(encode(5), KWH_ERROR_ARGUMENT);
    begin_reading(KWH_SERIAL_NUMBER_1);
    reading.digits = 0x4294967296;
    assert_int_equal(encode(6), KWH_ERROR_OVERFLOW);
    begin_reading(KWH_METER_CODE);
    assert_int_equal(encode(16), KWH_ERROR_ARGUMENT);
    begin_reading(KWH_ERROR_CODE);
    reading.digits = 0x10000;
    assert_int_equal(encode(9), KWH_ERROR_OVERFLOW);
}

static void texts_times_and_words_must_fit(void **state)
{
    static KWH_CONST char reverse[] = "reverse", vector[] = "vector";
    (void)state;
    begin_reading(KWH_PRODUCT_NAME);
    reading.length = KWH_READING_TEXT_MAX + 1;
    assert_int_equal(encode(7), KWH_ERROR_ARGUMENT);
    begin_reading(KWH_DEMAND_TIME); /* no time at all */
    assert_int_equal(encode(8), KWH_ERROR_ARGUMENT);
    begin_reading(KWH_COMBINATION_CODE);
    reading.word = reverse;
    assert_int_equal(encode(10), KWH_ERROR_UNKNOWN_NAME);
    reading.word = vector;
    assert_int_equal(encode(10), KWH_OK);
    assert_memory_equal(data, "\x09\xFD\x3A\x10\xA5", 5);
}

static void finer_values_are_rounded_to_even(void **state)
{
    (void)state;
    begin_reading(KWH_ACTIVE_ENERGY_COMBINED);
    reading.decimal = kwh_decimal(25, 0);
    assert_int_equal(encode(1), KWH_OK);
    assert_memory_equal(data, "\x0C\x04\x02\x00\x00\x00", 6);
    reading.decimal = kwh_decimal(35, 0);
    assert_int_equal(encode(1), KWH_OK);
    assert_memory_equal(data, "\x0C\x04\x04\x00\x00\x00", 6);
}

/* ------------------------------------------------------------------------------------------------
 * Text
 */

static enum kwh_error parse(unsigned number, const char *text)
{
    memset(&reading, 0xA5, sizeof reading);
    enum kwh_error error = kwh_record_parse(&map, numbered(number), text, &reading);
    assert_int_equal(reading.quantity, numbered(number)->row.quantity);
    assert_int_equal(kwh_reading_has_value(&reading), error == KWH_OK);
    return error;
}

/* Text that parses prints as @p printed. */
static void parses(unsigned number, const char *text, const char *printed)
{
    char again[KWH_READING_TEXT];
    assert_int_equal(parse(number, text), KWH_OK);
    assert_int_equal(reading.certainty, kwh_row_certainty(&numbered(number)->row));
    assert_int_equal(kwh_reading_print(&reading, again, sizeof again), KWH_OK);
    assert_string_equal(again, printed);
}

static void texts_parse(void **state)
{
    (void)state;
    parses(1, "16048140", "16048140");
    parses(5, "505", "5/5");
    parses(5, "9995/5", "9995/5");
    parses(6, "505", "505");
    parses(7, "Meter", "Meter");
    parses(9, "0x8005", "0x8005");
    parses(10, "vector", "vector");
    assert_int_equal(reading.digits, 0x10);
    parses(14, "0.01", "0.01");
    assert_int_equal(reading.digits, 1);
    parses(24, "2400", "2400");
}

static void texts_that_are_no_value_are_refused(void **state)
{
    (void)state;
    assert_int_equal(parse(1, "x"), KWH_ERROR_SYNTAX);
    assert_int_equal(parse(1, "1000000000"), KWH_ERROR_OVERFLOW);
    assert_int_equal(parse(5, "1000000"), KWH_ERROR_OVERFLOW);
    assert_int_equal(parse(5, "A"), KWH_ERROR_SYNTAX);
    assert_int_equal(parse(5, "9995/100"), KWH_ERROR_SYNTAX); /* two digits of a secondary */
    assert_int_equal(parse(6, "A"), KWH_ERROR_SYNTAX);
    assert_int_equal(parse(9, "65536"), KWH_ERROR_OVERFLOW);
    assert_int_equal(parse(10, "reverse"), KWH_ERROR_UNKNOWN_NAME);
    assert_int_equal(parse(10, "7"), KWH_ERROR_UNKNOWN_NAME);
    assert_int_equal(parse(14, "2"), KWH_ERROR_UNKNOWN_NAME);
    assert_int_equal(parse(24, "9600"), KWH_ERROR_UNKNOWN_NAME);
    assert_int_equal(parse(8, "2026-11-20"), KWH_ERROR_UNSUPPORTED);
}

static void is_stored(unsigned number, const char *type, int64_t mantissa, int exponent)
{
    struct kwh_decimal scale = kwh_record_scale(numbered(number));
    assert_string_equal(kwh_record_type_name(numbered(number)), type);
    assert_int_equal(kwh_decimal_compare(scale, kwh_decimal(mantissa, (int8_t)exponent)), 0);
}

static void records_say_how_they_store(void **state)
{
    (void)state;
    is_stored(1, "bcd8", 10, 0);
    is_stored(2, "bcd6", 1, -2);
    is_stored(4, "bcd4", 1, -2);
    is_stored(10, "bcd2", 1, 0);
    is_stored(7, "variable", 0, 0);
    is_stored(11, "float32", 1, 0);
    is_stored(12, "int24", 1, 3);
    is_stored(13, "int16", 0, 0);
    is_stored(15, "int8", 1, 0);
    is_stored(6, "int32", 1, 0);
    is_stored(17, "int64", 1, 0);
    is_stored(18, "int16", 3600, 0);
    is_stored(20, "int64", 10000, 6);
    is_stored(24, "", 0, 0);
    is_stored(29, "int32", 0, 0); /* more than a header */
    is_stored(30, "", 0, 0);      /* no data */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_found_by_all_of_their_header),
        cmocka_unit_test(records_are_found_by_their_place),
        cmocka_unit_test(records_are_found_by_profile_and_telegram),
        cmocka_unit_test(rows_of_a_map_are_its_records),
        cmocka_unit_test(settings_are_found_by_the_header_that_writes_them),
        cmocka_unit_test(numbers_read),
        cmocka_unit_test(digits_read),
        cmocka_unit_test(texts_times_and_flags_read),
        cmocka_unit_test(choices_read),
        cmocka_unit_test(what_a_record_cannot_tell_is_its_status),
        cmocka_unit_test(forms_must_fit),
        cmocka_unit_test(what_a_record_cannot_hold_is_refused),
        cmocka_unit_test(digits_and_flags_must_fit),
        cmocka_unit_test(texts_times_and_words_must_fit),
        cmocka_unit_test(finer_values_are_rounded_to_even),
        cmocka_unit_test(texts_parse),
        cmocka_unit_test(texts_that_are_no_value_are_refused),
        cmocka_unit_test(records_say_how_they_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
