/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <kwh/modbus.h>
#include <kwh/plan.h>

KWH_MAP_DECLARE(inepro_pro380_modbus);
static const struct kwh_map *const pro380 = &kwh_map_inepro_pro380_modbus;

static struct kwh_plan_entry entries[128];
static struct kwh_plan plan;

struct expected {
    uint16_t address, count;
};

static void asks(const struct expected *expected, size_t count)
{
    struct kwh_plan_request request = {0, 0, 0, 0, 0};
    for (size_t i = 0; i < count; i++) {
        uint16_t next = (uint16_t)(request.first + request.values);
        assert_true(kwh_plan_request(&plan, next, &request));
        assert_int_equal(request.address, expected[i].address);
        assert_int_equal(request.count, expected[i].count);
    }
    assert_false(kwh_plan_request(&plan, (uint16_t)(request.first + request.values), &request));
}

#define ASKS(...)                                                                                  \
    asks((const struct expected[]){__VA_ARGS__},                                                   \
         sizeof((const struct expected[]){__VA_ARGS__}) / sizeof(struct expected))

/* In tenths of a millisecond, as the worked examples are given. */
static unsigned long tenths(uint64_t ns)
{
    return (unsigned long)((ns + 50000) / 100000);
}

static void the_readout_of_a_pro380_is_two_requests(void **state)
{
    uint32_t bytes = 0;
    (void)state;
    kwh_plan_init(&plan, pro380, KWH_ALL_PROFILES, entries, KWH_COUNT(entries));
    assert_int_equal(kwh_plan_add_readout(&plan), KWH_OK);
    assert_int_equal(plan.count, 61);
    kwh_plan_make(&plan, NULL);
    ASKS({0x5002, 48}, {0x6000, 75});
    assert_int_equal(tenths(kwh_plan_total_ns(&plan, &bytes)), 3597);
    assert_int_equal(bytes, 272);
    assert_int_equal(tenths(kwh_plan_total_ns(&plan, NULL)), 3597);
}

static void a_few_values_are_read_through_their_holes(void **state)
{
    struct kwh_plan_request request;
    (void)state;
    kwh_plan_init(&plan, pro380, KWH_ALL_PROFILES, entries, KWH_COUNT(entries));
    assert_int_equal(kwh_plan_add(&plan, KWH_ACTIVE_ENERGY_IMPORT), KWH_OK);
    assert_int_equal(kwh_plan_add(&plan, KWH_VOLTAGE_L1), KWH_OK);
    assert_int_equal(kwh_plan_add(&plan, KWH_ACTIVE_POWER), KWH_OK);
    assert_int_equal(kwh_plan_add(&plan, KWH_VOLTAGE_L1), KWH_OK);
    assert_int_equal(plan.count, 3);
    kwh_plan_make(&plan, NULL);
    ASKS({0x5002, 18}, {0x600C, 2});
    assert_true(kwh_plan_request(&plan, 0, &request));
    assert_int_equal(request.function, 3);
    assert_int_equal(request.values, 2);
    assert_int_equal(kwh_plan_row(&plan, 0)->quantity, KWH_VOLTAGE_L1);
    assert_int_equal(kwh_plan_row(&plan, 1)->quantity, KWH_ACTIVE_POWER);
    assert_int_equal(kwh_plan_row(&plan, 2)->quantity, KWH_ACTIVE_ENERGY_IMPORT);
}

static void what_the_map_does_not_have_is_refused(void **state)
{
    (void)state;
    kwh_plan_init(&plan, pro380, KWH_ALL_PROFILES, entries, 2);
    assert_int_equal(kwh_plan_add(&plan, KWH_VOLTAGE), KWH_ERROR_NOT_IN_MAP); /* hidden */
    assert_int_equal(kwh_plan_add(&plan, KWH_VOLTAGE_L1_L2), KWH_ERROR_NOT_IN_MAP);
    assert_int_equal(plan.count, 0);
    asks(NULL, 0);
    assert_int_equal(kwh_plan_add_row(&plan, kwh_map_at(pro380, 0, KWH_SPACE_HOLDING, 0x5000)),
                     KWH_OK);
    assert_int_equal(kwh_plan_add(&plan, KWH_VOLTAGE_L1), KWH_OK);
    assert_int_equal(kwh_plan_add(&plan, KWH_VOLTAGE_L2), KWH_ERROR_CAPACITY);
    assert_int_equal(kwh_plan_add_readout(&plan), KWH_ERROR_CAPACITY);
    assert_int_equal(kwh_plan_add(&plan, KWH_VOLTAGE_L1), KWH_OK); /* is there already */
    ASKS({0x5000, 2}, {0x5002, 2});                                /* not made yet */
    kwh_plan_make(&plan, NULL);
    ASKS({0x5000, 4});
}

/* The 42 values of an SDM72D-M-2, where a fixed rule for holes is never right. */
static struct kwh_row sdm72[42];
static struct kwh_map sdm72_map;

static void plan_sdm72(uint32_t baud, uint16_t limit)
{
    static const struct expected groups[] = {
        {0x0000, 36}, {0x002A, 2}, {0x002E, 4}, {0x0034, 2}, {0x0038, 2}, {0x003C, 4}, {0x0046, 6},
        {0x00C8, 8},  {0x00E0, 2}, {0x0156, 4}, {0x0180, 8}, {0x018C, 2}, {0x0500, 4},
    };
    const struct kwh_line_settings settings = {baud, 8, 'E', 1};
    struct kwh_bus_cost cost = kwh_bus_cost_serial(&settings, 20000);
    size_t count = 0;
    cost.limit = limit;
    memset(&sdm72_map, 0, sizeof sdm72_map);
    kwh_plan_init(&plan, &sdm72_map, KWH_ALL_PROFILES, entries, KWH_COUNT(entries));
    for (size_t i = 0; i < KWH_COUNT(groups); i++) {
        for (uint16_t j = 0; j < groups[i].count; j = (uint16_t)(j + 2)) {
            sdm72[count].quantity = KWH_VOLTAGE_L1;
            sdm72[count].address = (uint16_t)(groups[i].address + j);
            sdm72[count].format = KWH_FORMAT(KWH_TYPE_FLOAT32, 0, KWH_SPACE_INPUT, 0);
            count++;
        }
    }
    assert_int_equal(count, 42);
    for (size_t i = 0; i < count; i++) /* in any order */
        assert_int_equal(kwh_plan_add_row(&plan, &sdm72[i * 11 % 42]), KWH_OK);
    kwh_plan_make(&plan, &cost);
}

static void a_map_full_of_holes_is_read_in_the_least_time(void **state)
{
    struct kwh_plan_request request;
    uint32_t bytes;
    (void)state;
    plan_sdm72(9600, 60);
    ASKS({0x000, 36}, {0x02A, 34}, {0x0C8, 26}, {0x156, 4}, {0x180, 14}, {0x500, 4});
    assert_int_equal(tenths(kwh_plan_total_ns(&plan, &bytes)), 5039);
    assert_int_equal(bytes, 314);
    assert_true(kwh_plan_request(&plan, 0, &request));
    assert_int_equal(request.function, 4);

    plan_sdm72(9600, 76);
    ASKS({0x000, 76}, {0x0C8, 26}, {0x156, 4}, {0x180, 14}, {0x500, 4});
    assert_int_equal(tenths(kwh_plan_total_ns(&plan, &bytes)), 4787);
    assert_int_equal(bytes, 313);

    plan_sdm72(2400, 125);
    assert_int_equal(tenths(kwh_plan_total_ns(&plan, &bytes)), 15638);
    assert_int_equal(bytes, 6 * 13 + 2 * 108);

    plan_sdm72(38400, 125);
    assert_int_equal(tenths(kwh_plan_total_ns(&plan, &bytes)), 1947);
    assert_int_equal(bytes, 4 * 13 + 2 * 162);
}

static void without_character_time_the_number_of_requests_counts(void **state)
{
    static const struct kwh_bus_cost tcp = {0, 20000, 0, 125};
    static const struct kwh_bus_cost nothing = {0, 0, 0, 125};
    (void)state;
    plan_sdm72(9600, 125);
    kwh_plan_make(&plan, &tcp);
    ASKS({0x000, 76}, {0x0C8, 26}, {0x156, 56}, {0x500, 4});
    kwh_plan_make(&plan, &nothing); /* then the fewest registers, in the fewest requests */
    ASKS({0x000, 36}, {0x02A, 2}, {0x02E, 4}, {0x034, 2}, {0x038, 2}, {0x03C, 4}, {0x046, 6},
         {0x0C8, 8}, {0x0E0, 2}, {0x156, 4}, {0x180, 8}, {0x18C, 2}, {0x500, 4});
}

static void serial_lines_cost_what_the_standard_says(void **state)
{
    static const struct kwh_line_settings even_9600 = {9600, 8, 'E', 1};
    static const struct kwh_line_settings none_19200 = {19200, 8, 'N', 1};
    static const struct kwh_line_settings two_38400 = {38400, 8, 'N', 2};
    static const struct kwh_line_settings no_speed = {0, 8, 'N', 1};
    struct kwh_bus_cost cost = kwh_bus_cost_serial(&even_9600, 20000);
    (void)state;
    assert_int_equal(cost.character_ns, 1145833); /* 11 bits */
    assert_in_range(cost.quiet_us, 4010, 4011);   /* 3.5 characters */
    assert_int_equal(cost.turnaround_us, 20000);
    assert_int_equal(kwh_plan_request_ns(&cost, 48),
                     UINT64_C(109) * 1145833 + UINT64_C(1000) * (20000 + cost.quiet_us));
    cost = kwh_bus_cost_serial(&none_19200, 0);
    assert_int_equal(cost.character_ns, 520833); /* 10 bits */
    assert_in_range(cost.quiet_us, 1822, 1823);
    cost = kwh_bus_cost_serial(&two_38400, 0);
    assert_int_equal(cost.character_ns, 286458); /* 11 bits */
    assert_int_equal(cost.quiet_us, 1750);
    cost = kwh_bus_cost_serial(&no_speed, 7);
    assert_int_equal(cost.character_ns, 0);
    assert_int_equal(cost.turnaround_us, 7);
}

static void the_map_sets_pause_turnaround_and_limit(void **state)
{
    static const struct kwh_row rows[] = {
        KWH_HOLDING(0, UINT64, 1, VOLTAGE_L1, 0),
        KWH_HOLDING(4, UINT64, 1, VOLTAGE_L2, 0),
        KWH_HOLDING(8, UINT64, 1, VOLTAGE_L3, 0),
    };
    static const struct kwh_block blocks[] = {{.rows = rows, .count = 3}};
    struct kwh_map map = {.blocks = blocks, .block_count = 1, .request_safe = 8};
    struct kwh_bus_cost cost = {1000, 0, 5, 0};
    (void)state;
    kwh_plan_init(&plan, &map, 0, entries, KWH_COUNT(entries));
    assert_int_equal(kwh_plan_add_readout(&plan), KWH_OK);
    kwh_plan_make(&plan, NULL);
    ASKS({0, 8}, {8, 4});
    assert_int_equal(plan.cost.turnaround_us, 20000);
    map.turnaround_ms = 150;
    map.quiet_ms = 30;
    kwh_plan_make(&plan, NULL);
    assert_int_equal(plan.cost.turnaround_us, 150000);
    assert_int_equal(plan.cost.quiet_us, 30000);
    kwh_plan_make(&plan, &cost);
    assert_int_equal(plan.cost.quiet_us, 30000);
    cost.quiet_us = 40000;
    kwh_plan_make(&plan, &cost);
    assert_int_equal(plan.cost.quiet_us, 40000);
    cost.limit = 12;
    kwh_plan_make(&plan, &cost);
    ASKS({0, 12});
    cost.limit = 2; /* a value is never torn */
    kwh_plan_make(&plan, &cost);
    ASKS({0, 4}, {4, 4}, {8, 4});
    cost.limit = 500;
    kwh_plan_make(&plan, &cost);
    assert_int_equal(plan.cost.limit, 125);
}

static void a_refused_request_is_split_and_remembered(void **state)
{
    (void)state;
    kwh_plan_init(&plan, pro380, KWH_ALL_PROFILES, entries, KWH_COUNT(entries));
    assert_int_equal(kwh_plan_add_readout(&plan), KWH_OK);
    kwh_plan_make(&plan, NULL);
    assert_true(kwh_plan_refused(&plan, 23)); /* no hole: in the middle */
    ASKS({0x5002, 48}, {0x6000, 38}, {0x6026, 37});
    kwh_plan_make(&plan, NULL);
    ASKS({0x5002, 48}, {0x6000, 38}, {0x6026, 37});
    assert_true(kwh_plan_refused(&plan, 0)); /* the hole of the hidden current at 0x500A */
    ASKS({0x5002, 8}, {0x500C, 38}, {0x6000, 38}, {0x6026, 37});

    plan_sdm72(9600, 60);
    assert_true(kwh_plan_refused(&plan, 35)); /* 0x180 to 0x18D with a hole of four */
    ASKS({0x000, 36}, {0x02A, 34}, {0x0C8, 26}, {0x156, 4}, {0x180, 8}, {0x18C, 2}, {0x500, 4});
    plan_sdm72(9600, 76);
    assert_true(kwh_plan_refused(&plan, 0)); /* holes of 6, 2, 2, 2, 2 and 6 */
    ASKS({0x000, 36}, {0x02A, 34}, {0x0C8, 26}, {0x156, 4}, {0x180, 14}, {0x500, 4});
}

static void a_value_refused_alone_is_not_read_again_nor_across(void **state)
{
    struct kwh_plan_request request;
    (void)state;
    kwh_plan_init(&plan, pro380, KWH_ALL_PROFILES, entries, KWH_COUNT(entries));
    assert_int_equal(kwh_plan_add(&plan, KWH_VOLTAGE_L1), KWH_OK);
    assert_int_equal(kwh_plan_add(&plan, KWH_VOLTAGE_L2), KWH_OK);
    assert_int_equal(kwh_plan_add(&plan, KWH_VOLTAGE_L3), KWH_OK);
    kwh_plan_make(&plan, NULL);
    ASKS({0x5002, 6});
    assert_true(kwh_plan_refused(&plan, 0));
    ASKS({0x5002, 2}, {0x5004, 4});
    assert_true(kwh_plan_refused(&plan, 1));
    ASKS({0x5002, 2}, {0x5004, 2}, {0x5006, 2});
    assert_false(kwh_plan_refused(&plan, 1));
    assert_false(kwh_plan_is_refused(&plan, 0));
    assert_true(kwh_plan_is_refused(&plan, 1));
    assert_false(kwh_plan_is_refused(&plan, 2));
    ASKS({0x5002, 2}, {0x5006, 2});
    assert_true(kwh_plan_request(&plan, 1, &request));
    assert_int_equal(request.first, 2);
    kwh_plan_make(&plan, NULL);
    ASKS({0x5002, 2}, {0x5006, 2});
    assert_false(kwh_plan_refused(&plan, 0));
    assert_false(kwh_plan_refused(&plan, 2));
    asks(NULL, 0);
    assert_false(kwh_plan_refused(&plan, 0));
    kwh_plan_make(&plan, NULL);
    asks(NULL, 0);
    assert_int_equal(kwh_plan_total_ns(&plan, NULL), 0);
    assert_int_equal(kwh_plan_add(&plan, KWH_FREQUENCY), KWH_OK);
    kwh_plan_make(&plan, NULL);
    ASKS({0x5008, 2});
}

static void values_may_be_added_to_a_plan_that_was_made(void **state)
{
    (void)state;
    kwh_plan_init(&plan, pro380, KWH_ALL_PROFILES, entries, KWH_COUNT(entries));
    assert_int_equal(kwh_plan_add(&plan, KWH_VOLTAGE_L1), KWH_OK);
    assert_int_equal(kwh_plan_add(&plan, KWH_VOLTAGE_L3), KWH_OK);
    kwh_plan_make(&plan, NULL);
    ASKS({0x5002, 6});
    assert_int_equal(kwh_plan_add(&plan, KWH_VOLTAGE_L2), KWH_OK);
    ASKS({0x5002, 2}, {0x5004, 2}, {0x5006, 2});
    kwh_plan_make(&plan, NULL);
    ASKS({0x5002, 6});

    kwh_plan_init(&plan, pro380, KWH_ALL_PROFILES, entries, KWH_COUNT(entries));
    assert_int_equal(kwh_plan_add(&plan, KWH_VOLTAGE_L2), KWH_OK);
    kwh_plan_make(&plan, NULL);
    assert_false(kwh_plan_refused(&plan, 0));
    assert_int_equal(kwh_plan_add(&plan, KWH_VOLTAGE_L1), KWH_OK);
    assert_int_equal(kwh_plan_add(&plan, KWH_VOLTAGE_L3), KWH_OK);
    kwh_plan_make(&plan, NULL);
    ASKS({0x5002, 2}, {0x5006, 2});
}

static void the_last_register_is_a_register(void **state)
{
    static const struct kwh_row rows[] = {
        KWH_HOLDING(0xFFFC, UINT16, 1, VOLTAGE_L1, 0),
        KWH_HOLDING(0xFFFE, UINT32, 1, VOLTAGE_L2, 0),
        KWH_INPUT(0, UINT32, 1, VOLTAGE_L3, 0),
    };
    static const struct kwh_block blocks[] = {{.rows = rows, .count = 3}};
    static const struct kwh_map map = {.blocks = blocks, .block_count = 1};
    (void)state;
    kwh_plan_init(&plan, &map, 0, entries, KWH_COUNT(entries));
    assert_int_equal(kwh_plan_add_readout(&plan), KWH_OK);
    kwh_plan_make(&plan, NULL);
    ASKS({0xFFFC, 4}, {0, 2});
}

/* As an SDM72: even start and count among floats, but its meter code is one register. */
static void even_requests_leave_single_registers_as_they_are(void **state)
{
    static const struct kwh_row rows[] = {
        KWH_HOLDING(0x0015, UINT32, 1, VOLTAGE_L3, 0), KWH_HOLDING(0x0018, FLOAT32, 1, CURRENT, 0),
        KWH_HOLDING(0xFC00, UINT32, 1, VOLTAGE_L1, 0), KWH_HOLDING(0xFC02, HEX16, 1, METER_CODE, 0),
        KWH_HOLDING(0xFC03, UINT16, 1, VOLTAGE_L2, 0), KWH_HOLDING(0xFC04, UINT32, 1, VOLTAGE, 0),
    };
    static const struct kwh_block blocks[] = {{.rows = rows, .count = KWH_COUNT(rows)}};
    static const struct kwh_map map = {.blocks = blocks, .block_count = 1, .alignment = 2};
    (void)state;
    kwh_plan_init(&plan, &map, 0, entries, KWH_COUNT(entries));
    for (size_t i = 0; i < KWH_COUNT(rows); i++)
        assert_int_equal(kwh_plan_add_row(&plan, &rows[i]), KWH_OK);
    kwh_plan_make(&plan, NULL);
    ASKS({0x0014, 6}, {0xFC00, 2}, {0xFC02, 1}, {0xFC03, 1}, {0xFC04, 2});
}

/* ------------------------------------------------------------------------------------------------
 * Against exhaustive search, over all ways to group the values.
 */

#define VALUES 9

static uint32_t seed = 1;

static uint32_t up_to(uint32_t limit)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed % (limit + 1);
}

struct trial {
    struct kwh_row rows[VALUES];
    uint16_t edges[2];
    struct kwh_range avoid[2];
    struct kwh_map map;
    struct kwh_bus_cost cost;
};

static void make_trial(struct trial *trial)
{
    static const uint8_t types[] = {KWH_TYPE_UINT16, KWH_TYPE_FLOAT32, KWH_TYPE_UINT64};
    uint32_t address = up_to(5);
    unsigned turn = (unsigned)up_to(VALUES);
    memset(trial, 0, sizeof *trial);
    for (unsigned i = 0; i < VALUES; i++) {
        struct kwh_row *row = &trial->rows[i];
        unsigned space = i < turn ? KWH_SPACE_HOLDING : KWH_SPACE_INPUT;
        row->quantity = KWH_VOLTAGE_L1;
        row->address = (uint16_t)address;
        row->format = KWH_FORMAT(types[up_to(2)], 0, space, 0);
        address += (uint32_t)kwh_row_words(row) + (up_to(2) == 0 ? up_to(40) : up_to(3));
    }
    for (unsigned i = 0; i < 2; i++) {
        trial->edges[i] = (uint16_t)up_to(100);
        trial->avoid[i].space = (uint8_t)up_to(1);
        trial->avoid[i].first = (uint16_t)up_to(100);
        trial->avoid[i].last = (uint16_t)(trial->avoid[i].first + up_to(2));
    }
    trial->map.edges = trial->edges;
    trial->map.edge_count = (uint16_t)up_to(2);
    trial->map.avoid = trial->avoid;
    trial->map.avoid_count = (uint16_t)up_to(2);
    trial->map.alignment = (uint8_t)up_to(2);
    trial->cost.character_ns = up_to(5000);
    trial->cost.turnaround_us = up_to(60);
    trial->cost.quiet_us = up_to(5);
    trial->cost.limit = (uint16_t)(1 + up_to(60));
}

/* Even requests, and a value of an odd number of registers. */
static bool stands_alone(const struct trial *trial, unsigned value)
{
    return trial->map.alignment == 2 && kwh_row_words(&trial->rows[value]) % 2 != 0;
}

/* Registers of one request for the values from `first` to `last`, 0 when it must not be asked. */
static uint32_t request_size(const struct trial *trial, unsigned first, unsigned last)
{
    const struct kwh_row *rows = trial->rows;
    uint32_t from = rows[first].address;
    uint32_t to = rows[last].address + (uint32_t)kwh_row_words(&rows[last]) - 1;
    enum kwh_space space = kwh_row_space(&rows[first]);
    if (stands_alone(trial, first) || stands_alone(trial, last))
        return first == last ? to - from + 1 : 0;
    for (unsigned i = first; i <= last; i++)
        if (stands_alone(trial, i))
            return 0;
    if (trial->map.alignment == 2) {
        from -= from % 2;
        to += 1 - to % 2;
    }
    if (first == last)
        return to - from + 1;
    if (kwh_row_space(&rows[last]) != space || to - from + 1 > trial->cost.limit)
        return 0;
    for (uint32_t r = from; r <= to; r++) {
        for (unsigned i = 0; i < trial->map.edge_count; i++)
            if (r > from && trial->edges[i] == r)
                return 0;
        for (unsigned i = 0; i < trial->map.avoid_count; i++)
            if (trial->avoid[i].space == space && trial->avoid[i].first <= r &&
                r <= trial->avoid[i].last)
                return 0;
    }
    return to - from + 1;
}

/* The least cost of all groupings, and among those the fewest registers. */
static uint64_t search(const struct trial *trial, uint32_t *fewest)
{
    uint64_t least = UINT64_MAX;
    *fewest = UINT32_MAX;
    for (unsigned cuts = 0; cuts < 1u << (VALUES - 1); cuts++) {
        uint64_t cost = 0;
        uint32_t registers = 0;
        unsigned first = 0;
        for (unsigned i = 0; i < VALUES && registers != UINT32_MAX; i++) {
            if (i + 1 < VALUES && (cuts >> i & 1) == 0)
                continue;
            uint32_t size = request_size(trial, first, i);
            cost += (13 + UINT64_C(2) * size) * trial->cost.character_ns +
                    UINT64_C(1000) * (trial->cost.turnaround_us + trial->cost.quiet_us);
            registers = size == 0 ? UINT32_MAX : registers + size;
            first = i + 1;
        }
        if (registers != UINT32_MAX && (cost < least || (cost == least && registers < *fewest))) {
            least = cost;
            *fewest = registers;
        }
    }
    return least;
}

static void plans_are_as_good_as_the_best_of_all_groupings(void **state)
{
    struct trial trial;
    (void)state;
    for (unsigned n = 0; n < 3000; n++) {
        uint32_t registers = 0, fewest, bytes;
        unsigned values = 0;
        struct kwh_plan_request request = {0, 0, 0, 0, 0};
        make_trial(&trial);
        kwh_plan_init(&plan, &trial.map, 0, entries, KWH_COUNT(entries));
        for (unsigned i = 0; i < VALUES; i++)
            assert_int_equal(kwh_plan_add_row(&plan, &trial.rows[i * 4 % VALUES]), KWH_OK);
        kwh_plan_make(&plan, &trial.cost);
        assert_int_equal(kwh_plan_total_ns(&plan, &bytes), search(&trial, &fewest));
        while (kwh_plan_request(&plan, (uint16_t)(request.first + request.values), &request)) {
            unsigned last = request.first + request.values - 1u;
            assert_int_equal(request.first, values);
            assert_int_equal(request.count, request_size(&trial, request.first, last));
            bool even = trial.map.alignment == 2 && !stands_alone(&trial, values);
            assert_int_equal(request.address, even ? trial.rows[values].address & 0xFFFEu
                                                   : trial.rows[values].address);
            assert_int_equal(request.function,
                             kwh_row_space(&trial.rows[values]) == KWH_SPACE_INPUT ? 4 : 3);
            values += request.values;
            registers += request.count;
        }
        assert_int_equal(values, VALUES);
        assert_int_equal(registers, fewest);
    }
}

static void a_line_says_what_its_requests_cost(void **state)
{
    const struct kwh_line_settings settings = {9600, 8, 'E', 1};
    struct kwh_map slow_map = {.turnaround_ms = 50};
    uint8_t buffer[64];
    struct kwh_line line;
    struct kwh_bus_cost cost;
    (void)state;
    assert_int_equal(kwh_line_init(&line, &kwh_modbus_rtu, buffer, sizeof buffer), KWH_OK);
    kwh_line_set_speed(&line, &settings);
    cost = kwh_bus_cost_line(&line, pro380);
    assert_int_equal(cost.character_ns, 1145833);
    assert_int_equal(cost.quiet_us, 4011);
    assert_int_equal(cost.turnaround_us, 20000);
    assert_int_equal(cost.limit, 0);
    line.timing.quiet_us = 10000;
    cost = kwh_bus_cost_line(&line, &slow_map);
    assert_int_equal(cost.quiet_us, 10000);
    assert_int_equal(cost.turnaround_us, 50000);

    assert_int_equal(kwh_line_init(&line, &kwh_modbus_tcp, buffer, sizeof buffer), KWH_OK);
    kwh_line_set_speed(&line, &settings); /* of no account */
    cost = kwh_bus_cost_line(&line, pro380);
    assert_int_equal(cost.character_ns, 0);
    assert_int_equal(cost.quiet_us, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_readout_of_a_pro380_is_two_requests),
        cmocka_unit_test(a_few_values_are_read_through_their_holes),
        cmocka_unit_test(what_the_map_does_not_have_is_refused),
        cmocka_unit_test(a_map_full_of_holes_is_read_in_the_least_time),
        cmocka_unit_test(without_character_time_the_number_of_requests_counts),
        cmocka_unit_test(serial_lines_cost_what_the_standard_says),
        cmocka_unit_test(the_map_sets_pause_turnaround_and_limit),
        cmocka_unit_test(a_refused_request_is_split_and_remembered),
        cmocka_unit_test(a_value_refused_alone_is_not_read_again_nor_across),
        cmocka_unit_test(values_may_be_added_to_a_plan_that_was_made),
        cmocka_unit_test(the_last_register_is_a_register),
        cmocka_unit_test(even_requests_leave_single_registers_as_they_are),
        cmocka_unit_test(plans_are_as_good_as_the_best_of_all_groupings),
        cmocka_unit_test(a_line_says_what_its_requests_cost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
