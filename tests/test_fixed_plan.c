/* SPDX-License-Identifier: MIT */
/* A plan made at build time: that of the firmware whose size is measured. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <kwh/fixed_plan.h>

#include "hex.h"
#include "sizes/pro380_plan.c"

KWH_MAP_DECLARE(inepro_pro380_modbus);
static const struct kwh_map *const pro380 = &kwh_map_inepro_pro380_modbus;
static const struct kwh_fixed_plan *const fixed = &kwh_plan_inepro_pro380;

/* Each value as text, on a line of its own, of an answer with these registers. */
static void tells(const struct kwh_plan_request *request, const char *registers,
                  const char *const *expected, size_t count)
{
    uint8_t bytes[250];
    struct kwh_reading reading;
    assert_int_equal(hex(registers, bytes, sizeof bytes), 2 * request->count);
    for (size_t i = 0; i < count; i++) {
        char text[KWH_READING_TEXT] = "";
        memset(&reading, 0xA5, sizeof reading);
        assert_true(kwh_fixed_plan_reading(fixed, request, i, bytes, &reading));
        assert_int_equal(reading.quantity, fixed->map->blocks[0].rows[request->first + i].quantity);
        assert_int_equal(kwh_reading_print(&reading, text, sizeof text), KWH_OK);
        assert_string_equal(text, expected[i]);
    }
    memset(&reading, 0xA5, sizeof reading);
    assert_false(kwh_fixed_plan_reading(fixed, request, count, bytes, &reading));
    assert_int_equal(reading.status, 0xA5);
}

#define TELLS(request_, registers_, ...)                                                           \
    tells(request_, registers_, (const char *const[]){__VA_ARGS__},                                \
          KWH_COUNT(((const char *const[]){__VA_ARGS__})))

/* The public dump of a real meter that the map has, with a serial number of ours. */
static void its_values_are_told_one_by_one(void **state)
{
    (void)state;
    assert_int_equal(fixed->request_count, 3);
    TELLS(&fixed->requests[0],
          "19430102 0102 0001 2580 404CCCCD 400B851F 3FA8F5C3 0064 0000 447A0000 0001 0010 0001"
          "3146 3252 3352 0000 000C 0004 0004 0003 0003 0D012D35 00110111 0005",
          "19430102", "0102", "1", "9600", "3.2", "2.18", "1.32", "100", "0", "1000", "forward",
          "10", "even", "forward", "reverse", "reverse", "12", "4", "4", "3", "3", "0D012D35",
          "00110111", "5");
    TELLS(&fixed->requests[1],
          "436A4CCD 43696666 436A6666 4247EB85 00000000 4081999A BFCF5C29 C009999A 3E333333"
          "3F666666 BE6D9168 BEFBE76D BF11A9FC BE79DB23 BE841893 BD872B02 3FE374BC 3F6E978D"
          "3EB1A9FC 3EFE76C9 3E947AE1 3F7851EC 3F2B851F 3F7D70A4",
          "234.3", "233.4", "234.4", "49.98", "4.05", "-1.62", "-2.15", "175", "900", "-232",
          "-492", "-569", "-244", "-258", "-66", "1777", "932", "347", "497", "0.29", "0.97",
          "0.67", "0.99");
}

/* The same rows, asked for by a plan that is made while the program runs. */
static void it_is_the_plan_that_would_be_made(void **state)
{
    static struct kwh_plan_entry entries[128];
    struct kwh_plan plan;
    struct kwh_plan_request request = {0, 0, 0, 0, 0};
    const struct kwh_block *block = &fixed->map->blocks[0];
    (void)state;
    assert_int_equal(fixed->map->block_count, 1);
    kwh_plan_init(&plan, pro380, KWH_ALL_PROFILES, entries, KWH_COUNT(entries));
    for (uint16_t i = 0; i < block->count; i++)
        assert_int_equal(kwh_plan_add(&plan, block->rows[i].quantity), KWH_OK);
    assert_int_equal(plan.count, block->count);
    kwh_plan_make(&plan, NULL);
    for (uint16_t i = 0; i < plan.count; i++)
        assert_memory_equal(kwh_plan_row(&plan, i), &block->rows[i], sizeof block->rows[i]);
    for (uint16_t i = 0; i < fixed->request_count; i++) {
        uint16_t next = (uint16_t)(request.first + request.values);
        assert_true(kwh_plan_request(&plan, next, &request));
        assert_int_equal(request.function, fixed->requests[i].function);
        assert_int_equal(request.address, fixed->requests[i].address);
        assert_int_equal(request.count, fixed->requests[i].count);
        assert_int_equal(request.first, fixed->requests[i].first);
        assert_int_equal(request.values, fixed->requests[i].values);
    }
    assert_int_equal(request.first + request.values, plan.count);
}

/* Every word that the map has for a value of the plan, and how numbers are stored. */
static void it_has_what_reading_needs_of_the_map(void **state)
{
    const struct kwh_block *block = &fixed->map->blocks[0];
    size_t words = 0;
    (void)state;
    assert_int_equal(fixed->map->order, pro380->order);
    assert_int_equal(fixed->map->top_is_absent, pro380->top_is_absent);
    for (uint16_t i = 0; i < block->count; i++) {
        uint32_t quantity = block->rows[i].quantity;
        const struct kwh_item *whole = kwh_map_item(pro380, quantity);
        const struct kwh_item *own = kwh_map_item(fixed->map, quantity);
        for (uint8_t n = 0; whole != NULL && n < whole->choice_count; n++) {
            const struct kwh_choice *choice = &whole->choices[n];
            if (choice->word == NULL)
                continue;
            assert_non_null(own);
            const struct kwh_choice *found = kwh_item_choice(
                own, kwh_decimal(choice->code, choice->exponent));
            assert_non_null(found);
            assert_string_equal(found->word, choice->word);
            words++;
        }
    }
    assert_int_equal(words, 7 + 3 + 3 * 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_values_are_told_one_by_one),
        cmocka_unit_test(it_is_the_plan_that_would_be_made),
        cmocka_unit_test(it_has_what_reading_needs_of_the_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
