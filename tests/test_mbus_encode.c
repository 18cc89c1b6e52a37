/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <kwh/mbus_record.h>

#include "hex.h"

static uint8_t data[KWH_MBUS_DATA_MAX + 8];
static size_t size;

/* The record that a call appended behind three bytes; nothing else was touched. */
static void appended(enum kwh_error error, const char *expected)
{
    uint8_t bytes[KWH_MBUS_DATA_MAX];
    size_t length = hex(expected, bytes, sizeof bytes);

    assert_string_equal(kwh_error_name(error), "ok");
    assert_int_equal(size, 3 + length);
    assert_memory_equal(data + 3, bytes, length);
    assert_memory_equal(data, "\xA5\xA5\xA5", 3);
    assert_int_equal(data[size], 0xA5);
}

static void refused(enum kwh_error error, enum kwh_error expected)
{
    assert_string_equal(kwh_error_name(error), kwh_error_name(expected));
    assert_int_equal(size, 3);
    assert_memory_equal(data, "\xA5\xA5\xA5", 3);
}

static enum kwh_error number(const char *header, const char *text, size_t capacity)
{
    uint8_t bytes[64];
    size_t length = hex(header, bytes, sizeof bytes);
    struct kwh_decimal value;

    assert_int_equal(kwh_decimal_parse(text, &value), KWH_OK);
    memset(data, 0xA5, sizeof data);
    size = 3;
    return kwh_mbus_put_number(bytes, length, value, data, capacity, &size);
}

/* A value as the record it must become, with just the room it needs; and with a byte less. */
static void number_is(const char *header, const char *text, const char *expected)
{
    uint8_t bytes[64];
    size_t length = hex(expected, bytes, sizeof bytes);

    appended(number(header, text, 3 + length), expected);
    refused(number(header, text, 2 + length), KWH_ERROR_CAPACITY);
    assert_int_equal(data[2 + length], 0xA5);
}

static void number_fails(const char *header, const char *text, enum kwh_error error)
{
    refused(number(header, text, sizeof data), error);
}

/* Examples of manuals: PRO1 and 2PU. */
static void numbers_of_manuals(void **state)
{
    (void)state;
    number_is("0C 04", "16048140", "0C 04 14 48 60 01");
    number_is("8C 10 04", "3580230", "8C 10 04 23 80 35 00");
    number_is("AC 20 04", "6789010", "AC 20 04 01 89 67 00");
    number_is("04 83 3C", "123456789", "04 83 3C 15 CD 5B 07");
    number_is("04 FB 82 F3 3C", "123456789", "04 FB 82 F3 3C 15 CD 5B 07");
    number_is("02 FD C7 FC 01", "230.12", "02 FD C7 FC 01 E4 59");
    number_is("03 FD D9 FC 01", "100.123", "03 FD D9 FC 01 1B 87 01");
    number_is("03 AB FC 03", "-1234567", "03 AB FC 03 79 29 ED");
    number_is("03 FB 2C", "50.999", "03 FB 2C 37 C7 00");
    number_is("09 7C 01 54", "1", "09 7C 01 54 01");
    number_is("0B FD 3A", "999505", "0B FD 3A 05 95 99");
    number_is("01 7A", "8", "01 7A 08");
    number_is("0C FD 3A", "10000", "0C FD 3A 00 00 01 00");
    number_is("02 FD BA 73", "0.988", "02 FD BA 73 DC 03");
    number_is("04 FB 97 72", "-32.4", "04 FB 97 72 BC FE FF FF");
    number_is("04 DB 7B", "101", "04 DB 7B 64 00 00 00");
    number_is("02 FC 03 48 52 25 74", "3", "02 FC 03 48 52 25 74 2C 01");
    number_is("02 FC 74 03 48 52 25", "3", "02 FC 74 03 48 52 25 2C 01");
    number_is("05 2B", "50.25", "05 2B 00 00 49 42");
    number_is("05 2E", "50250", "05 2E 00 00 49 42");
    number_is("0C 04", "-1234560", "0C 04 56 34 12 F0");
    number_is("0A 5A", "-32.1", "0A 5A 21 F3");
}

static void ranges(void **state)
{
    (void)state;
    number_is("01 03", "127", "01 03 7F");
    number_fails("01 03", "128", KWH_ERROR_OVERFLOW);
    number_is("01 03", "-128", "01 03 80");
    number_fails("01 03", "-129", KWH_ERROR_OVERFLOW);
    number_is("01 7A", "255", "01 7A FF");
    number_fails("01 7A", "256", KWH_ERROR_OVERFLOW);
    number_fails("01 7A", "-1", KWH_ERROR_OVERFLOW);
    number_is("06 03", "140737488355327", "06 03 FF FF FF FF FF 7F");
    number_fails("06 03", "140737488355328", KWH_ERROR_OVERFLOW);
    number_is("07 03", "9223372036854775807", "07 03 FF FF FF FF FF FF FF 7F");
    number_is("07 03", "-9223372036854775808", "07 03 00 00 00 00 00 00 00 80");
    number_fails("07 00", "9223372036854775807", KWH_ERROR_OVERFLOW);
    number_is("07 79", "9223372036854775807", "07 79 FF FF FF FF FF FF FF 7F");
    number_fails("07 79", "-1", KWH_ERROR_OVERFLOW);
    number_is("09 03", "99", "09 03 99");
    number_fails("09 03", "100", KWH_ERROR_OVERFLOW);
    number_is("09 03", "-9", "09 03 F9");
    number_fails("09 03", "-10", KWH_ERROR_OVERFLOW);
    number_is("0E 03", "999999999999", "0E 03 99 99 99 99 99 99");
    number_fails("0E 03", "1000000000000", KWH_ERROR_OVERFLOW);
    number_fails("0E 03", "-9223372036854775808", KWH_ERROR_OVERFLOW);
    number_fails("05 03", "1e39", KWH_ERROR_OVERFLOW);
    number_fails("05 07", "1e-128", KWH_ERROR_OVERFLOW); /* no exponent below is left */
    number_fails("01 DB 7B", "-9223372036854775808e100", KWH_ERROR_OVERFLOW);
}

static void rounding(void **state)
{
    (void)state;
    number_is("02 FD 47", "230.125", "02 FD 47 E4 59");
    number_is("02 FD 47", "230.135", "02 FD 47 E6 59");
    number_is("02 FD 47", "230.126", "02 FD 47 E5 59");
    number_is("01 21", "120", "01 21 02");
    number_is("01 21", "90", "01 21 02"); /* 1.5 min to even */
    number_is("01 21", "150", "01 21 02");
    number_is("01 21", "151", "01 21 03");
    number_is("01 21", "150.1", "01 21 03"); /* what was cut off decides */
    number_is("01 21", "-90", "01 21 FE");
    number_is("01 21", "-89", "01 21 FF");
    number_is("01 22", "3600", "01 22 01");
    number_is("01 23", "86400", "01 23 01");
    number_is("01 A1 7B", "120", "01 A1 7B 01"); /* 1 min + 1 min */
    number_fails("07 21", "1e40", KWH_ERROR_OVERFLOW);
    number_fails("05 21", "60", KWH_ERROR_UNSUPPORTED);
}

static void headers_that_are_none(void **state)
{
    (void)state;
    number_fails("", "1", KWH_ERROR_ARGUMENT);
    number_fails("04", "1", KWH_ERROR_ARGUMENT);       /* the data would be taken for a VIF */
    number_fails("04 83", "1", KWH_ERROR_ARGUMENT);    /* or for a VIFE */
    number_fails("04 03 03", "1", KWH_ERROR_ARGUMENT); /* more than one */
    number_fails("84 80 80 80 80 80 80 80 80 80 80 00 03", "1", KWH_ERROR_ARGUMENT);
    number_fails("00 03", "1", KWH_ERROR_ARGUMENT); /* no data field */
    number_fails("0D 03", "1", KWH_ERROR_ARGUMENT); /* not one for numbers */
    number_fails("0F 03", "1", KWH_ERROR_ARGUMENT);
    number_fails("2F 03", "1", KWH_ERROR_ARGUMENT);
}

static enum kwh_error time_of(const char *header, struct kwh_time time)
{
    uint8_t bytes[64];
    size_t length = hex(header, bytes, sizeof bytes);

    memset(data, 0xA5, sizeof data);
    size = 3;
    return kwh_mbus_put_time(bytes, length, &time, data, sizeof data, &size);
}

static struct kwh_time at(int16_t year, int8_t month, int8_t day, int8_t hour, int8_t minute,
                          int8_t second)
{
    struct kwh_time time = {year, month, day, hour, minute, second};

    return time;
}

static void times(void **state)
{
    (void)state;
    appended(time_of("02 6C", at(2026, 11, 20, -1, -1, -1)), "02 6C 54 3B");
    appended(time_of("02 6C", at(1999, 12, 31, -1, -1, -1)), "02 6C 7F CC");
    appended(time_of("04 6D", at(2026, 11, 20, 10, 30, -1)), "04 6D 1E 2A 54 3B");
    appended(time_of("04 6D", at(2026, 11, 20, 10, 30, 15)), "04 6D 1E 2A 54 3B");
    appended(time_of("04 6D", at(1999, 12, 31, 23, 59, -1)), "04 6D 3B 17 7F CC");
    appended(time_of("06 6D", at(2026, 11, 20, 10, 30, 15)), "06 6D 0F 1E 0A 54 3B 00");
    appended(time_of("06 6D", at(2024, 2, 29, 23, 59, 59)), "06 6D BB 3B 17 1D 32 00");
    appended(time_of("03 6D", at(-1, -1, -1, 10, 30, 15)), "03 6D 0F 1E 0A");
    refused(time_of("02 6C", at(2081, 1, 1, -1, -1, -1)), KWH_ERROR_ARGUMENT);
    refused(time_of("02 6C", at(1980, 1, 1, -1, -1, -1)), KWH_ERROR_ARGUMENT);
    refused(time_of("02 6C", at(2026, 2, 29, -1, -1, -1)), KWH_ERROR_ARGUMENT);
    refused(time_of("02 6C", at(2026, -1, -1, -1, -1, -1)), KWH_ERROR_ARGUMENT);
    refused(time_of("04 6D", at(2026, 11, 20, -1, -1, -1)), KWH_ERROR_ARGUMENT);
    refused(time_of("04 6D", at(2026, 11, 20, 24, 0, 0)), KWH_ERROR_ARGUMENT);
    refused(time_of("04 6D", at(2026, 11, 20, 0, 60, 0)), KWH_ERROR_ARGUMENT);
    refused(time_of("06 6D", at(2026, 11, 20, 10, 30, -1)), KWH_ERROR_ARGUMENT);
    refused(time_of("03 6D", at(-1, -1, -1, 10, 30, 60)), KWH_ERROR_ARGUMENT);
    refused(time_of("01 6D", at(2026, 11, 20, 10, 30, 15)), KWH_ERROR_ARGUMENT);
    refused(time_of("0C 6D", at(2026, 11, 20, 10, 30, 15)), KWH_ERROR_ARGUMENT);
    refused(time_of("0D 6D", at(2026, 11, 20, 10, 30, 15)), KWH_ERROR_ARGUMENT);
    refused(time_of("", at(2026, 11, 20, 10, 30, 15)), KWH_ERROR_ARGUMENT);
    refused(time_of("04", at(2026, 11, 20, 10, 30, 15)), KWH_ERROR_ARGUMENT);
}

static enum kwh_error text_of(const char *header, const char *text, size_t length)
{
    uint8_t bytes[64];
    size_t header_length = hex(header, bytes, sizeof bytes);

    memset(data, 0xA5, sizeof data);
    size = 3;
    return kwh_mbus_put_text(bytes, header_length, text, length, data, sizeof data, &size);
}

static void texts(void **state)
{
    static const char long_text[0xC0] = "";

    (void)state;
    appended(text_of("0D 78", "ABC", 3), "0D 78 03 43 42 41");
    appended(text_of("0D FD 0C", "", 0), "0D FD 0C 00");
    appended(text_of("0D 7C 01 54", "AB", 2), "0D 7C 01 54 02 42 41");
    refused(text_of("0C 78", "ABC", 3), KWH_ERROR_ARGUMENT);
    refused(text_of("", "ABC", 3), KWH_ERROR_ARGUMENT);
    refused(text_of("0D", "\x78\x02", 2), KWH_ERROR_ARGUMENT);
    refused(text_of("0D 78", long_text, 0xC0), KWH_ERROR_ARGUMENT);
    assert_int_equal(text_of("0D 78", long_text, 0xBF), KWH_OK);
    assert_int_equal(size, 3 + 3 + 0xBF);
    assert_int_equal(data[5], 0xBF);
    /* a telegram holds no more than 252 bytes, whatever the memory does */
    size = 252 - 4;
    assert_int_equal(
        kwh_mbus_put_text((const uint8_t *)"\x0D\x78", 2, "A", 1, data, sizeof data, &size),
        KWH_OK);
    assert_int_equal(size, 252);
    size = 252 - 3;
    assert_int_equal(
        kwh_mbus_put_text((const uint8_t *)"\x0D\x78", 2, "A", 1, data, sizeof data, &size),
        KWH_ERROR_CAPACITY);
    assert_int_equal(size, 249);
    size = 300;
    assert_int_equal(
        kwh_mbus_put_text((const uint8_t *)"\x0D\x78", 2, "A", 1, data, sizeof data, &size),
        KWH_ERROR_CAPACITY);
    size = 252;
    assert_int_equal(
        kwh_mbus_put_text((const uint8_t *)"\x0D\x78", 2, "A", 1, data, sizeof data, &size),
        KWH_ERROR_CAPACITY);
}

static enum kwh_error bytes_of(const char *header, const char *content)
{
    uint8_t bytes[64], raw[64];
    size_t header_length = hex(header, bytes, sizeof bytes);
    size_t length = hex(content, raw, sizeof raw);

    memset(data, 0xA5, sizeof data);
    size = 3;
    return kwh_mbus_put_bytes(bytes, header_length, raw, length, data, sizeof data, &size);
}

static void raw_bytes(void **state)
{
    static const uint8_t zeros[KWH_MBUS_DATA_MAX + 1];

    (void)state;
    appended(bytes_of("0C 79", "15 01 23 45"), "0C 79 15 01 23 45");
    appended(bytes_of("09 FD 3A", "0A"), "09 FD 3A 0A"); /* a digit that is none */
    appended(bytes_of("0D FD 3B", "02 01 02"), "0D FD 3B 02 01 02");
    appended(bytes_of("0D 13", "C2 78 56"), "0D 13 C2 78 56");
    appended(bytes_of("08 13", ""), "08 13");
    appended(bytes_of("C8 3F 7E", ""), "C8 3F 7E");
    refused(bytes_of("0C 79", "15 01 23"), KWH_ERROR_ARGUMENT);
    refused(bytes_of("0C 79", "15 01 23 45 67"), KWH_ERROR_ARGUMENT);
    refused(bytes_of("0D 13", ""), KWH_ERROR_ARGUMENT);
    refused(bytes_of("0D 13", "C3 78 56"), KWH_ERROR_ARGUMENT);
    refused(bytes_of("0D 13", "F7 78 56"), KWH_ERROR_ARGUMENT);
    refused(bytes_of("", "01"), KWH_ERROR_ARGUMENT);
    refused(bytes_of("7F", ""), KWH_ERROR_ARGUMENT);
    refused(kwh_mbus_put_bytes((const uint8_t *)"\x0C\x79", 2, zeros, sizeof zeros, data,
                               sizeof data, &size),
            KWH_ERROR_ARGUMENT);
}

/* The example telegram of the PRO1 manual, byte for byte from the values it stands for. */
static void telegram_of_a_manual(void **state)
{
    static const struct {
        const char *header;
        int32_t watt_hours;
    } records[] = {{"0C 04", 16048140}, {"8C 10 04", 3580230}, {"8C 20 04", 12467910},
                   {"1C 04", 6913460},  {"9C 10 04", 1234560}, {"9C 20 04", 5678900},
                   {"2C 04", 9134680},  {"AC 10 04", 2345670}, {"AC 20 04", 6789010}};
    static const char expected[] =
        "00 00 00 00 CD 25 01 02 02 00 00 00 0C 04 14 48 60 01 8C 10 04 23 80 35 00 8C 20 04 91 67 "
        "24 01 1C 04 46 13 69 00 9C 10 04 56 34 12 00 9C 20 04 90 78 56 00 2C 04 68 34 91 00 AC 10 "
        "04 67 45 23 00 AC 20 04 01 89 67 00";
    struct kwh_mbus_telegram header = {
        .ci = 0x72, .manufacturer = 0x25CD, .version = 1, .medium = 2, .access = 2};
    uint8_t bytes[128], dif_vif[8];

    (void)state;
    assert_int_equal(kwh_mbus_telegram_encode(&header, data, sizeof data, &size), KWH_OK);
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        size_t length = hex(records[i].header, dif_vif, sizeof dif_vif);
        assert_int_equal(kwh_mbus_put_number(dif_vif, length, kwh_decimal(records[i].watt_hours, 0),
                                             data, sizeof data, &size),
                         KWH_OK);
    }
    assert_int_equal(size, hex(expected, bytes, sizeof bytes));
    assert_int_equal(size, 0x4B - 3);
    assert_memory_equal(data, bytes, size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_manuals),
        cmocka_unit_test(ranges),
        cmocka_unit_test(rounding),
        cmocka_unit_test(headers_that_are_none),
        cmocka_unit_test(times),
        cmocka_unit_test(texts),
        cmocka_unit_test(raw_bytes),
        cmocka_unit_test(telegram_of_a_manual),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
