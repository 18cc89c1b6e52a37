/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <kwh/mbus_record.h>

#include "hex.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

#define LONG_HEADER  "78 56 34 12 CD 25 01 02 2A 18 "

static struct kwh_mbus_telegram telegram;

static enum kwh_error decode(uint8_t ci, const char *bytes)
{
    uint8_t memory[KWH_MBUS_DATA_MAX + 1];
    uint8_t copy[KWH_MBUS_DATA_MAX + 1];
    size_t size = hex(bytes, copy, sizeof copy);

    memcpy(memory + sizeof memory - size, copy, size);
    memset(&telegram, 0xA5, sizeof telegram);
    return kwh_mbus_telegram_decode(ci, memory + sizeof memory - size, size, &telegram);
}

/* What is decoded is written as the same bytes again. */
static void is(uint8_t ci, const char *bytes, enum kwh_mbus_content content, uint8_t header_length)
{
    uint8_t expected[32], written[32];
    size_t length = hex(bytes, expected, sizeof expected);
    size_t size;

    assert_int_equal(decode(ci, bytes), KWH_OK);
    assert_int_equal(telegram.ci, ci);
    assert_int_equal(telegram.content, content);
    assert_int_equal(telegram.header_length, header_length);
    if (content == KWH_MBUS_FIXED)
        return;
    memset(written, 0xA5, sizeof written);
    assert_int_equal(kwh_mbus_telegram_encode(&telegram, written, length, &size), KWH_OK);
    assert_int_equal(size, length);
    assert_memory_equal(written, expected, size);
    assert_int_equal(written[size], 0xA5);
    if (length == 0)
        return;
    memset(written, 0xA5, sizeof written);
    assert_int_equal(kwh_mbus_telegram_encode(&telegram, written, length - 1, &size),
                     KWH_ERROR_CAPACITY);
    assert_int_equal(size, 0);
    assert_int_equal(written[0], 0xA5);
}

static void address_is(uint32_t id, uint16_t manufacturer, uint8_t version, uint8_t medium)
{
    assert_int_equal(telegram.id, id);
    assert_int_equal(telegram.manufacturer, manufacturer);
    assert_int_equal(telegram.version, version);
    assert_int_equal(telegram.medium, medium);
}

static void state_is(uint8_t access, uint8_t status, uint16_t signature)
{
    assert_int_equal(telegram.access, access);
    assert_int_equal(telegram.status, status);
    assert_int_equal(telegram.signature, signature);
}

static void headers(void **state)
{
    (void)state;
    is(0x72, LONG_HEADER "00 00", KWH_MBUS_DATA, 12);
    address_is(0x12345678, 0x25CD, 1, 2);
    state_is(0x2A, 0x18, 0);
    assert_false(telegram.msb_first);
    is(0x76, "12 34 56 78 25 CD 01 02 2A 18 12 34", KWH_MBUS_DATA, 12);
    address_is(0x12345678, 0x25CD, 1, 2);
    state_is(0x2A, 0x18, 0x1234);
    assert_true(telegram.msb_first);
    is(0x78, "", KWH_MBUS_DATA, 0);
    address_is(0, 0, 0, 0);
    state_is(0, 0, 0);
    is(0x7A, "2A 18 34 12", KWH_MBUS_DATA, 4);
    address_is(0, 0, 0, 0);
    state_is(0x2A, 0x18, 0x1234);
    is(0x51, "", KWH_MBUS_COMMAND, 0);
    is(0x5A, "2A 18 00 00", KWH_MBUS_COMMAND, 4);
    is(0x5B, LONG_HEADER "00 00", KWH_MBUS_COMMAND, 12);
    is(0x52, "FF FF FF 1F FF FF FF FF", KWH_MBUS_SELECTION, 8);
    address_is(0x1FFFFFFF, 0xFFFF, 0xFF, 0xFF);
    state_is(0, 0, 0);
}

/* Digits A to F in an identification are no reason to refuse a meter. */
static void odd_identification(void **state)
{
    (void)state;
    is(0x72, "0A BC DE F0 CD 25 01 02 2A 18 00 00", KWH_MBUS_DATA, 12);
    assert_int_equal(telegram.id, 0xF0DEBC0A);
}

static void reports_and_alarms(void **state)
{
    (void)state;
    is(0x70, "08", KWH_MBUS_REPORT, 0);
    assert_int_equal(telegram.code, 8);
    assert_int_equal(kwh_error_from_mbus(telegram.code), KWH_ERROR_MBUS_BUSY);
    is(0x71, "81", KWH_MBUS_ALARM, 0);
    assert_int_equal(telegram.code, 0x81);
    is(0x6E, "2A 18 00 00 05", KWH_MBUS_REPORT, 4);
    assert_int_equal(telegram.code, 5);
    is(0x6F, LONG_HEADER "00 00 09", KWH_MBUS_REPORT, 12);
    assert_int_equal(telegram.code, 9);
    is(0x74, "2A 18 00 00 05", KWH_MBUS_ALARM, 4);
    is(0x75, LONG_HEADER "00 00 07", KWH_MBUS_ALARM, 12);
    assert_int_equal(telegram.code, 7);
    assert_int_equal(decode(0x70, ""), KWH_OK); /* no byte is error 0 */
    assert_int_equal(telegram.content, KWH_MBUS_REPORT);
    assert_int_equal(telegram.code, 0);
}

/* Error codes of CI 70, in the order of the standard. */
static void report_codes(void **state)
{
    static const enum kwh_error errors[] = {KWH_ERROR_MBUS_UNSPECIFIED,
                                            KWH_ERROR_MBUS_UNKNOWN_CI,
                                            KWH_ERROR_MBUS_BUFFER_TOO_LONG,
                                            KWH_ERROR_MBUS_TOO_MANY_RECORDS,
                                            KWH_ERROR_MBUS_PREMATURE_END,
                                            KWH_ERROR_MBUS_TOO_MANY_DIFE,
                                            KWH_ERROR_MBUS_TOO_MANY_VIFE,
                                            KWH_ERROR_MBUS_RESERVED,
                                            KWH_ERROR_MBUS_BUSY,
                                            KWH_ERROR_MBUS_TOO_MANY_READOUTS,
                                            KWH_ERROR_REFUSED};

    (void)state;
    for (uint8_t code = 0; code < COUNT(errors); code++)
        assert_int_equal(kwh_error_from_mbus(code), errors[code]);
}

static void fixed_structure(void **state)
{
    (void)state;
    is(0x73, "78 56 34 12 0A 01 E9 7E 01 00 00 00 35 01 00 00", KWH_MBUS_FIXED, 16);
    address_is(0x12345678, 0, 0, 7); /* water */
    state_is(0x0A, 1, 0);
    assert_false(telegram.msb_first);
    is(0x73, "12 34 56 78 0A 01 85 CE 01 00 00 00 35 01 00 00", KWH_MBUS_FIXED, 16);
    address_is(0x12345678, 0, 0, 8); /* heat cost allocator, high byte first */
    assert_true(telegram.msb_first);
    is(0x73, "78 56 34 12 0A 01 40 80 01 00 00 00 35 01 00 00", KWH_MBUS_FIXED, 16);
    address_is(0x12345678, 0, 0, 15); /* medium 9 is reserved */
    is(0x73, "12 34 56 78 0A 01 80 80 01 00 00 00 35 01 00 00", KWH_MBUS_FIXED, 16);
    address_is(0x12345678, 0, 0, 3); /* gas */
    is(0x73, "78 56 34 12 0A 01 C0 C0 01 00 00 00 35 01 00 00", KWH_MBUS_FIXED, 16);
    address_is(0x12345678, 0, 0, 15);
    assert_false(telegram.msb_first);
}

static void refused(uint8_t ci, const char *bytes, enum kwh_error error)
{
    struct kwh_mbus_records records;
    struct kwh_mbus_record record;
    uint8_t data[32];
    size_t size = hex(bytes, data, sizeof data);

    assert_string_equal(kwh_error_name(decode(ci, bytes)), kwh_error_name(error));
    kwh_mbus_records_init(&records, &telegram);
    assert_false(kwh_mbus_next(&records, data, size, &record));
}

static void refusals(void **state)
{
    static const uint8_t data[KWH_MBUS_DATA_MAX + 1] = {0x2F};
    uint8_t written[32];
    size_t size = 1;

    (void)state;
    refused(0x72, LONG_HEADER "00", KWH_ERROR_SHORT_HEADER);
    refused(0x72, "", KWH_ERROR_SHORT_HEADER);
    refused(0x7A, "2A 18 00", KWH_ERROR_SHORT_HEADER);
    refused(0x52, "FF FF FF 1F FF FF FF", KWH_ERROR_SHORT_HEADER);
    refused(0x6E, "2A 18 00", KWH_ERROR_SHORT_HEADER);
    refused(0x73, "78 56 34 12 0A 01 E9 7E 01 00 00 00 35 01 00", KWH_ERROR_SHORT_HEADER);
    refused(0x73, "78 56 34 12 0A 01 E9 7E 01 00 00 00 35 01 00 00 00", KWH_ERROR_UNKNOWN_CI);
    refused(0x77, "78 56 34 12 0A 01 E9 7E 01 00 00 00 35 01 00 00", KWH_ERROR_UNKNOWN_CI);
    refused(0x79, "01 03 05", KWH_ERROR_UNKNOWN_CI);
    refused(0xB7, "01 03 05", KWH_ERROR_UNKNOWN_CI);
    refused(0x00, "", KWH_ERROR_UNKNOWN_CI);
    assert_int_equal(kwh_mbus_telegram_decode(0x78, data, sizeof data, &telegram),
                     KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_mbus_telegram_decode(0x78, data, sizeof data - 1, &telegram), KWH_OK);
    telegram.ci = 0x73;
    assert_int_equal(kwh_mbus_telegram_encode(&telegram, written, sizeof written, &size),
                     KWH_ERROR_UNKNOWN_CI);
    assert_int_equal(size, 0);
    telegram.ci = 0x79;
    assert_int_equal(kwh_mbus_telegram_encode(&telegram, written, sizeof written, &size),
                     KWH_ERROR_UNKNOWN_CI);
}

#define SIXTEEN "01 03 05 01 03 05 01 03 05 01 03 05 01 03 05 2F "

static uint8_t mode_of(const char *bytes)
{
    assert_int_equal(decode(0x72, bytes), KWH_OK);
    return telegram.encryption;
}

static void encryption(void **state)
{
    (void)state;
    /* mode 5, one block; two blocks; a plain rest behind them */
    assert_int_equal(mode_of(LONG_HEADER "10 05" SIXTEEN), KWH_MBUS_AES_CBC);
    assert_int_equal(telegram.signature, 0x0510);
    assert_int_equal(telegram.header_length, 12);
    assert_int_equal(mode_of(LONG_HEADER "20 85" SIXTEEN SIXTEEN), KWH_MBUS_AES_CBC);
    assert_int_equal(mode_of(LONG_HEADER "10 05" SIXTEEN "01 03 05"), KWH_MBUS_AES_CBC);
    assert_int_equal(mode_of(LONG_HEADER "10 07 10" SIXTEEN), KWH_MBUS_AES_CBC_DERIVED);
    /* not as many bytes as the blocks need, no blocks, or decrypted: plain */
    assert_int_equal(mode_of(LONG_HEADER "20 05" SIXTEEN), KWH_MBUS_PLAIN);
    assert_int_equal(mode_of(LONG_HEADER "0F 05" SIXTEEN), KWH_MBUS_PLAIN);
    assert_int_equal(mode_of(LONG_HEADER "10 05 2F 2F" SIXTEEN), KWH_MBUS_PLAIN);
    assert_int_equal(mode_of(LONG_HEADER "10 05 2F 01 03" SIXTEEN), KWH_MBUS_AES_CBC);
    assert_int_equal(mode_of(LONG_HEADER "10 05"), KWH_MBUS_PLAIN);
    /* words of old meters: modes 22 and 31 do not exist */
    assert_int_equal(mode_of(LONG_HEADER "27 B6 3F 00 00 00"), KWH_MBUS_PLAIN);
    assert_int_equal(mode_of(LONG_HEADER "FF FF 3F 00 00 00"), KWH_MBUS_PLAIN);
    assert_int_equal(mode_of(LONG_HEADER "00 10 3F 00 00 00"), KWH_MBUS_PLAIN);
    /* other modes: plain when all of it are records */
    assert_int_equal(mode_of(LONG_HEADER "00 02 01 03 05"), KWH_MBUS_PLAIN);
    assert_int_equal(mode_of(LONG_HEADER "00 02 01 03 05 04"), 2);
    assert_int_equal(mode_of(LONG_HEADER "00 0F 3F 00 00 00"), 15);
    /* the short header and a command have the word, too */
    assert_int_equal(decode(0x7A, "2A 18 10 05" SIXTEEN), KWH_OK);
    assert_int_equal(telegram.encryption, KWH_MBUS_AES_CBC);
    assert_int_equal(decode(0x5B, LONG_HEADER "10 05" SIXTEEN), KWH_OK);
    assert_int_equal(telegram.encryption, KWH_MBUS_AES_CBC);
}

static void manufacturers(void **state)
{
    static const struct {
        uint16_t number;
        const char *text;
    } known[] = {{0x25CD, "INM"},  {0x0442, "ABB"},  {0x1C36, "GAV"},  {0x4CA3, "SEC"},
                 {0x4DE3, "SOC"},  {0x1DA3, "GMC"},  {0x192E, "FIN"},  {0x25A5, "IME"},
                 {0x15B5, "EMU"},  {0x4C43, "SBC"},  {0x2C2D, "KAM"},  {0x3B52, "NZR"},
                 {0x1594, "ELT"},  {0x4024, "PAD"},  {0x6B5A, "ZZZ"},  {0x0421, "AAA"},
                 {0x0000, "0000"}, {0x0020, "0020"}, {0xFFFF, "FFFF"}, {0x041B, "041B"}};
    static const char *const wrong[] = {"", "IN", "INMX", "inm", "I M", "25CG", "25C", "25CD0"};
    char text[KWH_MBUS_MANUFACTURER_TEXT];
    uint16_t number;

    (void)state;
    for (size_t i = 0; i < COUNT(known); i++) {
        kwh_mbus_manufacturer_print(known[i].number, text);
        assert_string_equal(text, known[i].text);
        assert_int_equal(kwh_mbus_manufacturer_parse(known[i].text, &number), KWH_OK);
        assert_int_equal(number, known[i].number);
    }
    kwh_mbus_manufacturer_print(0xA5CD, text); /* bit 15 is no part of the letters */
    assert_string_equal(text, "INM");
    assert_int_equal(kwh_mbus_manufacturer_parse("25cd", &number), KWH_OK);
    assert_int_equal(number, 0x25CD);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        number = 1;
        assert_int_equal(kwh_mbus_manufacturer_parse(wrong[i], &number), KWH_ERROR_SYNTAX);
        assert_int_equal(number, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers),
        cmocka_unit_test(odd_identification),
        cmocka_unit_test(reports_and_alarms),
        cmocka_unit_test(report_codes),
        cmocka_unit_test(fixed_structure),
        cmocka_unit_test(refusals),
        cmocka_unit_test(encryption),
        cmocka_unit_test(manufacturers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
