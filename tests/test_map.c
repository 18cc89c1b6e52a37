/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <kwh/map.h>

/* A meter with a block for all, and one for each of two models. */
static KWH_CONST struct kwh_row common[] = {
    KWH_HOLDING(0x10, UINT32, 1, SERIAL_NUMBER, KWH_MANUAL),
    KWH_HOLDING(0x12, INT16, 1, TARIFF, KWH_PUBLIC),
    KWH_HOLDING(0x13, INT16, 1, QUADRANT, KWH_PUBLIC),
    KWH_INPUT(0x10, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT, KWH_MANUAL | KWH_RANK_1),
    KWH_INPUT(0x20, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT, KWH_MANUAL),
    KWH_INPUT(0x22, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT_H1, KWH_MANUAL),
    KWH_INPUT(0x24, FLOAT32, 1, VOLTAGE_L1, KWH_MANUAL | KWH_HIDDEN),
    KWH_INPUT(0x26, FLOAT32, 1, POWER_FACTOR_MAGNITUDE, KWH_INFERRED),
};
static KWH_CONST struct kwh_row first_model[] = {
    KWH_HOLDING(0x30, UINT16, DECI, VOLTAGE_L2, KWH_HARDWARE),
    KWH_HOLDING(0x31, UINT16, DECI, CURRENT_L2, KWH_WRITE_ONLY),
};
static KWH_CONST struct kwh_row second_model[] = {
    KWH_HOLDING(0x30, UINT16, CENTI, VOLTAGE_L2, KWH_MANUAL),
    KWH_HOLDING_TEXT(0x40, 16, PRODUCT_NAME, KWH_MANUAL),
    KWH_INPUT_TEXT(0x40, 1, VENDOR_NAME, KWH_MANUAL),
};
static KWH_CONST struct kwh_block blocks[] = {
    {.rows = common, .count = KWH_COUNT(common), .profiles = 0},
    {.rows = first_model, .count = KWH_COUNT(first_model), .profiles = 1},
    {.rows = second_model, .count = KWH_COUNT(second_model), .profiles = 2},
};
static KWH_CONST struct kwh_choice tariffs[] = {
    {.code = 1}, {.code = 2}, {.code = 5, .exponent = -1}};
static KWH_CONST struct kwh_item items[] = {
    KWH_CHOICE_ITEM(TARIFF, 6, tariffs, 0),
    KWH_RANGE_ITEM(QUADRANT, 6, 1, 4, 0),
};
#define CONTENT                                                                                    \
    .blocks = blocks, .block_count = KWH_COUNT(blocks), .items = items,                            \
    .item_count = KWH_COUNT(items)
static KWH_CONST struct kwh_map map = {CONTENT};
static KWH_CONST struct kwh_map empty = {.block_count = 0};

static void rows_are_walked_by_profile(void **state)
{
    struct kwh_map_iterator iterator = {&map, 2, 0, 0};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(common); i++)
        assert_ptr_equal(kwh_map_next(&iterator), &common[i]);
    for (size_t i = 0; i < KWH_COUNT(second_model); i++)
        assert_ptr_equal(kwh_map_next(&iterator), &second_model[i]);
    assert_null(kwh_map_next(&iterator));
    assert_null(kwh_map_next(&iterator));
    iterator = (struct kwh_map_iterator){&empty, KWH_ALL_PROFILES, 0, 0};
    assert_null(kwh_map_next(&iterator));
}

static void a_row_says_what_it_is(void **state)
{
    (void)state;
    assert_int_equal(kwh_row_type(&common[3]), KWH_TYPE_FLOAT32);
    assert_int_equal(kwh_row_scale(&common[3]), KWH_SCALE_KILO);
    assert_int_equal(kwh_row_space(&common[3]), KWH_SPACE_INPUT);
    assert_int_equal(kwh_row_space(&common[0]), KWH_SPACE_HOLDING);
    assert_int_equal(kwh_row_certainty(&common[3]), KWH_CERTAINTY_MANUAL);
    assert_int_equal(kwh_row_certainty(&common[1]), KWH_CERTAINTY_PUBLIC);
    assert_int_equal(kwh_row_certainty(&common[7]), KWH_CERTAINTY_INFERRED);
    assert_int_equal(kwh_row_certainty(&first_model[0]), KWH_CERTAINTY_HARDWARE);
    assert_int_equal(kwh_row_rank(&common[3]), 1);
    assert_int_equal(kwh_row_rank(&common[4]), 0);
    assert_true(kwh_row_hidden(&common[6]));
    assert_false(kwh_row_hidden(&common[5]));
    assert_true(kwh_row_write_only(&first_model[1]));
    assert_false(kwh_row_write_only(&first_model[0]));
    assert_int_equal(kwh_row_words(&common[0]), 2);
    assert_int_equal(kwh_row_words(&second_model[1]), 16);
    assert_int_equal(kwh_row_words(&second_model[2]), 1);
}

static void a_quantity_is_found_once(void **state)
{
    (void)state;
    assert_ptr_equal(kwh_map_find(&map, 0, KWH_ACTIVE_ENERGY_IMPORT), &common[4]);
    assert_ptr_equal(kwh_map_find(&map, 1, KWH_VOLTAGE_L2), &first_model[0]);
    assert_ptr_equal(kwh_map_find(&map, 2, KWH_VOLTAGE_L2), &second_model[0]);
    assert_ptr_equal(kwh_map_find(&map, KWH_ALL_PROFILES, KWH_VOLTAGE_L2), &first_model[0]);
    assert_null(kwh_map_find(&map, 0, KWH_VOLTAGE_L2));
    assert_null(kwh_map_find(&map, 4, KWH_VOLTAGE_L2));
    assert_null(kwh_map_find(&map, 1, KWH_VOLTAGE_L1)); /* hidden */
    assert_null(kwh_map_find(&map, 1, KWH_CURRENT_L2)); /* write-only */
    assert_null(kwh_map_find(&map, 1, KWH_VOLTAGE_L3));
}

static void a_register_belongs_to_a_row(void **state)
{
    (void)state;
    assert_null(kwh_map_at(&map, 0, KWH_SPACE_HOLDING, 0x0F));
    assert_ptr_equal(kwh_map_at(&map, 0, KWH_SPACE_HOLDING, 0x10), &common[0]);
    assert_ptr_equal(kwh_map_at(&map, 0, KWH_SPACE_HOLDING, 0x11), &common[0]);
    assert_ptr_equal(kwh_map_at(&map, 0, KWH_SPACE_HOLDING, 0x12), &common[1]);
    assert_ptr_equal(kwh_map_at(&map, 0, KWH_SPACE_INPUT, 0x11), &common[3]);
    assert_null(kwh_map_at(&map, 0, KWH_SPACE_INPUT, 0x12));
    assert_ptr_equal(kwh_map_at(&map, 0, KWH_SPACE_INPUT, 0x25), &common[6]); /* hidden, too */
    assert_ptr_equal(kwh_map_at(&map, 1, KWH_SPACE_HOLDING, 0x31), &first_model[1]);
    assert_null(kwh_map_at(&map, 2, KWH_SPACE_HOLDING, 0x31));
    assert_ptr_equal(kwh_map_at(&map, 2, KWH_SPACE_HOLDING, 0x4F), &second_model[1]);
    assert_null(kwh_map_at(&map, 2, KWH_SPACE_HOLDING, 0x50));
}

/* Registers between two values of one group, and not those behind the last. */
static void holes_may_read_zero(void **state)
{
    static KWH_CONST uint16_t edges[] = {0x20};
    static KWH_CONST struct kwh_map with_holes = {CONTENT, .holes_read_zero = 1};
    static KWH_CONST struct kwh_map with_an_edge = {CONTENT, .holes_read_zero = 1, .edges = edges,
                                                    .edge_count = 1};
    (void)state;
    assert_false(kwh_map_is_hole(&map, 2, KWH_SPACE_HOLDING, 0x14));
    assert_true(kwh_map_is_hole(&with_holes, 2, KWH_SPACE_HOLDING, 0x14));
    assert_true(kwh_map_is_hole(&with_holes, 2, KWH_SPACE_HOLDING, 0x3F));
    assert_false(kwh_map_is_hole(&with_holes, 2, KWH_SPACE_HOLDING, 0x12)); /* a value */
    assert_false(kwh_map_is_hole(&with_holes, 2, KWH_SPACE_HOLDING, 0x0F));
    assert_false(kwh_map_is_hole(&with_holes, 2, KWH_SPACE_HOLDING, 0x50));
    assert_false(kwh_map_is_hole(&with_holes, 0, KWH_SPACE_HOLDING, 0x14)); /* nothing behind it */
    assert_true(kwh_map_is_hole(&with_holes, 0, KWH_SPACE_INPUT, 0x14));
    assert_false(kwh_map_is_hole(&with_an_edge, 0, KWH_SPACE_INPUT, 0x14));
    assert_false(kwh_map_is_hole(&with_an_edge, 0, KWH_SPACE_INPUT, 0x1F));
    assert_false(kwh_map_is_hole(&with_an_edge, 2, KWH_SPACE_HOLDING, 0x20));
    assert_false(kwh_map_is_hole(&with_an_edge, 2, KWH_SPACE_HOLDING, 0x2F));
    assert_true(kwh_map_is_hole(&with_an_edge, 2, KWH_SPACE_HOLDING, 0x3F));
}

static void an_obis_code_names_a_quantity_of_the_map(void **state)
{
    static const struct kwh_obis import = {1, 0, 1, 8, 0, 255};
    static const struct kwh_obis import_t1 = {1, 0, 1, 8, 1, 255};
    static const struct kwh_obis power_factor = {1, 0, 13, 7, 0, 255};
    static const struct kwh_obis voltage_l1 = {1, 0, 32, 7, 0, 255};
    static const struct kwh_obis voltage_l2 = {1, 0, 52, 7, 0, 255};
    static const struct kwh_obis tariff = {0, 0, 96, 14, 0, 255};
    (void)state;
    assert_int_equal(kwh_map_find_obis(&map, 0, import), KWH_ACTIVE_ENERGY_IMPORT);
    assert_int_equal(kwh_map_find_obis(&map, 0, import_t1), 0);
    assert_int_equal(kwh_map_find_obis(&map, 0, power_factor), KWH_POWER_FACTOR_MAGNITUDE);
    assert_int_equal(kwh_map_find_obis(&map, 0, voltage_l1), 0);
    assert_int_equal(kwh_map_find_obis(&map, 0, voltage_l2), 0);
    assert_int_equal(kwh_map_find_obis(&map, 2, voltage_l2), KWH_VOLTAGE_L2);
    assert_int_equal(kwh_map_find_obis(&map, 0, tariff), KWH_TARIFF);
}

static void items_have_choices_or_a_range(void **state)
{
    KWH_CONST struct kwh_item *tariff = kwh_map_item(&map, KWH_TARIFF);
    (void)state;
    assert_ptr_equal(tariff, &items[0]);
    assert_int_equal(tariff->choice_count, 3);
    assert_ptr_equal(kwh_item_choice(tariff, kwh_decimal(2, 0)), &tariffs[1]);
    assert_ptr_equal(kwh_item_choice(tariff, kwh_decimal(20, -1)), &tariffs[1]);
    assert_ptr_equal(kwh_item_choice(tariff, kwh_decimal(5, -1)), &tariffs[2]);
    assert_null(kwh_item_choice(tariff, kwh_decimal(5, 0)));
    assert_ptr_equal(kwh_map_item(&map, KWH_QUADRANT), &items[1]);
    assert_null(kwh_item_choice(&items[1], kwh_decimal(1, 0)));
    assert_null(kwh_map_item(&map, KWH_SERIAL_NUMBER));
    assert_null(kwh_map_item(&empty, KWH_TARIFF));
}

/* May this value, of the form of its quantity, be written? */
static bool allows(KWH_CONST struct kwh_item *item, int64_t mantissa, int8_t exponent,
                   uint64_t digits)
{
    struct kwh_reading reading;
    kwh_reading_init(&reading, item->quantity, KWH_STATUS_OK);
    reading.decimal = kwh_decimal(mantissa, exponent);
    reading.digits = digits;
    return kwh_item_allows(item, &reading);
}

static void items_allow_their_values(void **state)
{
    static KWH_CONST struct kwh_choice widths[] = {{.code = 60, .exponent = -3}, {.code = 1}};
    static KWH_CONST struct kwh_choice masks[] = {{.code = 1}, {.code = 0xFFFF}};
    static KWH_CONST struct kwh_item address = KWH_RANGE_ITEM(DEVICE_ADDRESS, 6, 1, 247, 0);
    static KWH_CONST struct kwh_item narrow = KWH_MILLI_RANGE_ITEM(PULSE_WIDTH, 6, 2, 99, 0);
    static KWH_CONST struct kwh_item listed = KWH_CHOICE_ITEM(PULSE_WIDTH, 16, widths, 0);
    static KWH_CONST struct kwh_item bits = KWH_RANGE_ITEM(ACTION_RESET_ENERGIES, 6, 1, 0x1F, 0);
    static KWH_CONST struct kwh_item some_bits = KWH_CHOICE_ITEM(ACTION_RESET_TARIFFS, 6, masks, 0);
    static KWH_CONST struct kwh_item digits = KWH_RANGE_ITEM(PASSWORD, 16, 0, 9999, 0);
    static KWH_CONST struct kwh_item text = KWH_RANGE_ITEM(VENDOR_NAME, 16, 0, 0, 0);
    struct kwh_reading reading;
    (void)state;
    assert_true(allows(&address, 1, 0, 0) && allows(&address, 247, 0, 0));
    assert_false(allows(&address, 0, 0, 0) || allows(&address, 248, 0, 0));
    assert_true(allows(&narrow, 2, -3, 0) && allows(&narrow, 99, -3, 0));
    assert_false(allows(&narrow, 1, -3, 0) || allows(&narrow, 1, -1, 0) ||
                 allows(&narrow, 2, 0, 0));
    assert_true(allows(&listed, 6, -2, 0) && allows(&listed, 1, 0, 0));
    assert_false(allows(&listed, 60, 0, 0));
    assert_true(allows(&bits, 0, 0, 1) && allows(&bits, 0, 0, 0x1F));
    assert_false(allows(&bits, 1, 0, 0) || allows(&bits, 1, 0, 0x20));
    assert_false(allows(&bits, 1, 0, UINT64_MAX));
    assert_true(allows(&some_bits, 0, 0, 0xFFFF));
    assert_false(allows(&some_bits, 0, 0, 3));
    assert_true(allows(&digits, 0, 0, 0x9999)); /* a digit in each nibble */
    assert_false(allows(&digits, 0, 0, 0x10000) || allows(&digits, 0, 0, 0xA));
    assert_false(allows(&text, 0, 0, 0));
    kwh_reading_init(&reading, KWH_DEVICE_ADDRESS, KWH_STATUS_NO_ANSWER);
    reading.decimal = kwh_decimal(1, 0);
    assert_false(kwh_item_allows(&address, &reading));
}

static void a_readout_has_the_present_measurements_and_the_tariff(void **state)
{
    static const bool wanted[] = {false, true, false, false, true, false, false, true};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(common); i++)
        assert_int_equal(kwh_row_is_readout(&common[i]), wanted[i]);
    assert_true(kwh_row_is_readout(&first_model[0]));
    assert_false(kwh_row_is_readout(&first_model[1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_walked_by_profile),
        cmocka_unit_test(a_row_says_what_it_is),
        cmocka_unit_test(a_quantity_is_found_once),
        cmocka_unit_test(a_register_belongs_to_a_row),
        cmocka_unit_test(holes_may_read_zero),
        cmocka_unit_test(an_obis_code_names_a_quantity_of_the_map),
        cmocka_unit_test(items_have_choices_or_a_range),
        cmocka_unit_test(items_allow_their_values),
        cmocka_unit_test(a_readout_has_the_present_measurements_and_the_tariff),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
