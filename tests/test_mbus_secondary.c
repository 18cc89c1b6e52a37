/* SPDX-License-Identifier: MIT */
/* Secondary addresses of M-Bus: on the wire, as text, and whom they select. */
#include "hex.h"

#include <kwh/map.h>
#include <kwh/mbus.h>
#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void secondary_addresses_on_the_wire(void **state)
{
    static const struct {
        struct kwh_mbus_secondary secondary;
        uint8_t bytes[8];
        const char *text;
    } cases[] = {
        {{0x12345678, 0x25CD, 1, 2},
         {0x78, 0x56, 0x34, 0x12, 0xCD, 0x25, 0x01, 0x02},
         "12345678CD250102"},
        {{0x13070001, 0x25CD, 0xFF, 2},
         {0x01, 0x00, 0x07, 0x13, 0xCD, 0x25, 0xFF, 0x02},
         "13070001CD25FF02"},
        {{0x1FFFFFFF, 0xFFFF, 0xFF, 0xFF},
         {0xFF, 0xFF, 0xFF, 0x1F, 0xFF, 0xFF, 0xFF, 0xFF},
         "1FFFFFFF"},
        {{0x01020304, 0x4024, 1, 4},
         {0x04, 0x03, 0x02, 0x01, 0x24, 0x40, 0x01, 0x04},
         "0102030424400104"},
        {{0xFFFFFFFF, 0xFFFF, 0xFF, 0xFE},
         {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE},
         "FFFFFFFFFFFFFFFE"},
        {{0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0, 0}, "0000000000000000"},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        struct kwh_mbus_secondary secondary;
        char text[KWH_MBUS_SECONDARY_TEXT + 1];
        uint8_t bytes[9];
        memset(bytes, 0xEE, sizeof bytes);
        kwh_mbus_secondary_encode(&cases[i].secondary, bytes);
        assert_memory_equal(bytes, cases[i].bytes, 8);
        assert_int_equal(bytes[8], 0xEE);
        memset(&secondary, 0xEE, sizeof secondary);
        kwh_mbus_secondary_decode(cases[i].bytes, &secondary);
        assert_int_equal(secondary.id, cases[i].secondary.id);
        assert_int_equal(secondary.manufacturer, cases[i].secondary.manufacturer);
        assert_int_equal(secondary.version, cases[i].secondary.version);
        assert_int_equal(secondary.medium, cases[i].secondary.medium);
        memset(text, '#', sizeof text);
        kwh_mbus_secondary_print(&secondary, text);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(text[KWH_MBUS_SECONDARY_TEXT], '#');
        memset(&secondary, 0xEE, sizeof secondary);
        assert_int_equal(kwh_mbus_secondary_parse(cases[i].text, &secondary), KWH_OK);
        assert_int_equal(secondary.id, cases[i].secondary.id);
        assert_int_equal(secondary.manufacturer, cases[i].secondary.manufacturer);
        assert_int_equal(secondary.version, cases[i].secondary.version);
        assert_int_equal(secondary.medium, cases[i].secondary.medium);
    }
}

static void secondary_addresses_as_people_write_them(void **state)
{
    static const char *const wrong[] = {"",
                                        "1",
                                        "1234567",
                                        "123456789",
                                        "1234567G",
                                        " 2345678",
                                        "12345678 ",
                                        "-2345678",
                                        "0x345678",
                                        "12345678CD25010",
                                        "12345678CD250102F",
                                        "12345678CD25010/",
                                        "12345678:D250102",
                                        "1234567`CD250102",
                                        "1234567@CD250102"};
    struct kwh_mbus_secondary secondary;
    (void)state;
    assert_int_equal(kwh_mbus_secondary_parse("1fffffffcd25ff02", &secondary), KWH_OK);
    assert_int_equal(secondary.id, 0x1FFFFFFF);
    assert_int_equal(secondary.manufacturer, 0x25CD);
    assert_int_equal(secondary.version, 0xFF);
    assert_int_equal(secondary.medium, 0x02);
    assert_int_equal(kwh_mbus_secondary_parse("90ABCDEFabcdef09", &secondary), KWH_OK);
    assert_int_equal(secondary.id, 0x90ABCDEF);
    assert_int_equal(secondary.manufacturer, 0xCDAB);
    assert_int_equal(secondary.version, 0xEF);
    assert_int_equal(secondary.medium, 0x09);
    assert_int_equal(kwh_mbus_secondary_parse("12345678", &secondary), KWH_OK);
    assert_int_equal(secondary.id, 0x12345678);
    assert_int_equal(secondary.manufacturer, 0xFFFF);
    assert_int_equal(secondary.version, 0xFF);
    assert_int_equal(secondary.medium, 0xFF);
    for (size_t i = 0; i < KWH_COUNT(wrong); i++) {
        size_t size = strlen(wrong[i]) + 1;
        char *text = malloc(size); /* of exactly its length */
        assert_non_null(text);
        memcpy(text, wrong[i], size);
        memset(&secondary, 0xEE, sizeof secondary);
        assert_int_equal(kwh_mbus_secondary_parse(text, &secondary), KWH_ERROR_SYNTAX);
        assert_int_equal(secondary.id, 0);
        assert_int_equal(secondary.manufacturer | secondary.version | secondary.medium, 0);
        free(text);
    }
}

static void wildcards_select(void **state)
{
    static const struct {
        const char *pattern;
        bool fits; /* 12345678 INM, version 1, electricity */
    } cases[] = {
        {"12345678CD250102", true},  {"12345678", true},          {"FFFFFFFF", true},
        {"1FFFFFFF", true},          {"2FFFFFFF", false},         {"F2345678", true},
        {"F3345678", false},         {"FFFF5FFF", true},          {"FFFF6FFF", false},
        {"FFFFFFF8", true},          {"FFFFFFF7", false},         {"FFFFFF7F", true},
        {"12345679CD250102", false}, {"12345678CE250102", false}, {"12345678CD260102", false},
        {"12345678CD250202", false}, {"12345678CD250103", false}, {"12345678FF250102", true},
        {"12345678CDFF0102", true},  {"12345678FFFFFF02", true},  {"12345678CD2501FF", true},
        {"12345678CDF50102", false}, {"12345678CD2501F2", false}, {"12345678CD25F102", false},
        {"12345678FF260102", false}, {"12345678CEFF0102", false}, {"1234567ECD250102", false},
    };
    const struct kwh_mbus_secondary own = {0x12345678, 0x25CD, 1, 2};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        struct kwh_mbus_secondary pattern;
        assert_int_equal(kwh_mbus_secondary_parse(cases[i].pattern, &pattern), KWH_OK);
        if (kwh_mbus_secondary_fits(&pattern, &own) != cases[i].fits)
            fail_msg("%s", cases[i].pattern);
    }
    /* Digits A to E stand in some meters: they are themselves and no wildcards. */
    assert_true(kwh_mbus_secondary_fits(&(struct kwh_mbus_secondary){0x1234ABCD, 0xFFFF, 255, 255},
                                        &(struct kwh_mbus_secondary){0x1234ABCD, 0x25CD, 1, 2}));
    assert_false(kwh_mbus_secondary_fits(&(struct kwh_mbus_secondary){0x1234EEEE, 0xFFFF, 255, 255},
                                         &(struct kwh_mbus_secondary){0x1234ABCD, 0x25CD, 1, 2}));
}

static void the_address_of_a_telegram(void **state)
{
    struct kwh_mbus_telegram telegram;
    struct kwh_mbus_secondary secondary;
    uint8_t header[12];
    char text[KWH_MBUS_SECONDARY_TEXT];
    (void)state;
    hex("78 56 34 12 CD 25 01 02 05 00 00 00", header, sizeof header);
    assert_int_equal(kwh_mbus_telegram_decode(0x72, header, sizeof header, &telegram), KWH_OK);
    secondary = kwh_mbus_secondary_of(&telegram);
    kwh_mbus_secondary_print(&secondary, text);
    assert_string_equal(text, "12345678CD250102");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(secondary_addresses_on_the_wire),
        cmocka_unit_test(secondary_addresses_as_people_write_them),
        cmocka_unit_test(wildcards_select),
        cmocka_unit_test(the_address_of_a_telegram),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
