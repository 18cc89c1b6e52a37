/* SPDX-License-Identifier: MIT */
/* What maps know of the counters behind energies, and simulated counters that begin again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <kwh/host.h>

static const struct kwh_map *map_named(const char *name, enum kwh_protocol protocol)
{
    for (size_t i = 0; i < kwh_maps_count; i++)
        if (kwh_maps[i].map->protocol == (uint8_t)protocol &&
            strcmp(kwh_maps[i].map->name, name) == 0)
            return kwh_maps[i].map;
    fail_msg("no map %s", name);
    return NULL;
}

static void assert_decimal(struct kwh_decimal value, int64_t number)
{
    int64_t whole;
    assert_int_equal(kwh_decimal_to_int64(value, 0, KWH_ROUND_HALF_EVEN, &whole), KWH_OK);
    assert_true(whole == number);
}

static void counters_of_the_families(void **state)
{
    static const struct {
        const char *map;
        enum kwh_protocol protocol;
        int64_t modulus_wh, resolution_wh;
        uint32_t power_max_w;
    } facts[] = {
        {"inepro_pro1", KWH_PROTOCOL_MODBUS, 1000000000, 10, 27600},
        {"inepro_pro1", KWH_PROTOCOL_MBUS, 1000000000, 10, 27600},
        {"inepro_pro380", KWH_PROTOCOL_MODBUS, 1000000000, 10, 8300000},
        {"inepro_pro380", KWH_PROTOCOL_MBUS, 1000000000, 10, 8300000},
        {"inepro_2pu", KWH_PROTOCOL_MODBUS, 1000000000, 1, 8300000},
        {"inepro_2pu", KWH_PROTOCOL_MBUS, 1000000000, 1, 8300000},
        {"eastron_sdm72d_m2", KWH_PROTOCOL_MODBUS, 0, 0, 83000},
        {"socomec_countis_e4x", KWH_PROTOCOL_MODBUS, 10000000000, 10, 10000000},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(facts); i++) {
        struct kwh_counter counter;
        assert_true(kwh_map_counter(map_named(facts[i].map, facts[i].protocol),
                                    KWH_ACTIVE_ENERGY_IMPORT, &counter));
        assert_decimal(counter.modulus, facts[i].modulus_wh);
        assert_decimal(counter.resolution, facts[i].resolution_wh);
        assert_int_equal(counter.power_max_w, facts[i].power_max_w);
        assert_false(counter.both_ways);
    }
}

/* A difference may fall, and nobody says where it begins again. */
static void what_is_a_counter(void **state)
{
    static const struct {
        uint32_t quantity;
        bool is_counter, both_ways;
    } facts[] = {
        {KWH_ACTIVE_ENERGY_IMPORT, true, false},
        {KWH_ACTIVE_ENERGY_EXPORT_T2, true, false},
        {KWH_REACTIVE_ENERGY_Q1, true, false},
        {KWH_APPARENT_ENERGY, true, false},
        {KWH_ACTIVE_ENERGY_IMPORT_RESETTABLE, true, false},
        {KWH_ACTIVE_ENERGY_COMBINED, true, true},
        {KWH_ACTIVE_ENERGY_NET, true, true},
        {KWH_ACTIVE_ENERGY_IMPORT_ROLLOVERS, false, false},
        {KWH_ACTIVE_POWER, false, false},
        {KWH_VOLTAGE_L1, false, false},
        {KWH_SERIAL_NUMBER, false, false},
    };
    const struct kwh_map *map = map_named("inepro_pro380", KWH_PROTOCOL_MODBUS);
    static const struct kwh_counter none;
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(facts); i++) {
        struct kwh_counter counter;
        assert_int_equal(kwh_map_counter(map, facts[i].quantity, &counter), facts[i].is_counter);
        assert_int_equal(counter.both_ways, facts[i].both_ways);
        if (facts[i].both_ways)
            assert_decimal(counter.modulus, 0);
        if (!facts[i].is_counter)
            assert_memory_equal(&counter, &none, sizeof none);
    }
    struct kwh_map unknown = *map;
    struct kwh_counter counter;
    unknown.counter = NULL;
    assert_false(kwh_map_counter(&unknown, KWH_ACTIVE_ENERGY_IMPORT, &counter));
}

static struct kwh_decimal value_of(struct kwh_simulation *meter, uint32_t quantity)
{
    struct kwh_reading reading;
    assert_int_equal(kwh_simulation_value(meter, quantity, &reading), KWH_OK);
    assert_int_equal(reading.status, KWH_STATUS_OK);
    return reading.decimal;
}

/* 10 Wh before the end, at some hundred watts: an hour later it has begun again, and the map knows
 * enough to tell what flowed. */
static void a_simulated_counter_begins_again(void **state)
{
    static const struct {
        const char *map, *start;
        int64_t modulus_wh;
    } cases[] = {
        {"inepro_pro380", "999999990+", 1000000000},
        {"inepro_2pu", "999999990+", 1000000000},
        {"socomec_countis_e4x", "9999999990+", 10000000000},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        const struct kwh_map *map = map_named(cases[i].map, KWH_PROTOCOL_MODBUS);
        struct kwh_simulation *meter, *twin;
        struct kwh_counter counter;
        struct kwh_counter_sample before, after;
        struct kwh_counter_step step;
        struct kwh_decimal flowed;
        assert_true(kwh_map_counter(map, KWH_ACTIVE_ENERGY_IMPORT, &counter));
        assert_int_equal(kwh_simulation_new(&meter, map, 5), KWH_OK);
        assert_int_equal(kwh_simulation_new(&twin, map, 5), KWH_OK);
        assert_int_equal(kwh_simulation_pin(meter, "active_energy_import", cases[i].start), KWH_OK);
        assert_decimal(value_of(meter, KWH_ACTIVE_ENERGY_IMPORT), cases[i].modulus_wh - 10);
        before = kwh_counter_sample(&counter, value_of(meter, KWH_ACTIVE_ENERGY_IMPORT));
        flowed = value_of(twin, KWH_ACTIVE_ENERGY_IMPORT);
        kwh_simulation_advance(meter, 3600000);
        kwh_simulation_advance(twin, 3600000);
        assert_int_equal(
            kwh_decimal_subtract(value_of(twin, KWH_ACTIVE_ENERGY_IMPORT), flowed, &flowed),
            KWH_OK);
        after = kwh_counter_sample(&counter, value_of(meter, KWH_ACTIVE_ENERGY_IMPORT));
        assert_int_equal(kwh_counter_step(&counter, &before, &after, 3600000, &step), KWH_OK);
        assert_int_equal(step.verdict, KWH_COUNTER_ROLLED_OVER);
        assert_int_equal(kwh_decimal_compare(step.difference, flowed), 0);
        kwh_simulation_free(twin);
        kwh_simulation_free(meter);
    }
}

/* A COUNTIS counts how often. */
static void a_countis_counts_how_often(void **state)
{
    const struct kwh_map *map = map_named("socomec_countis_e4x", KWH_PROTOCOL_MODBUS);
    struct kwh_simulation *meter;
    (void)state;
    assert_int_equal(kwh_simulation_new(&meter, map, 5), KWH_OK);
    assert_decimal(value_of(meter, KWH_ACTIVE_ENERGY_IMPORT_ROLLOVERS), 0);
    assert_int_equal(kwh_simulation_pin(meter, "active_energy_import", "9999999990+"), KWH_OK);
    assert_decimal(value_of(meter, KWH_ACTIVE_ENERGY_IMPORT_ROLLOVERS), 0);
    kwh_simulation_advance(meter, 3600000);
    assert_decimal(value_of(meter, KWH_ACTIVE_ENERGY_IMPORT_ROLLOVERS), 1);
    assert_int_equal(kwh_simulation_pin(meter, "active_energy_import", "5"), KWH_OK);
    kwh_simulation_advance(meter, 3600000);
    assert_decimal(value_of(meter, KWH_ACTIVE_ENERGY_IMPORT), 5); /* pinned again */
    assert_int_equal(kwh_simulation_pin(meter, "active_energy_import", "+"), KWH_ERROR_SYNTAX);
    assert_int_equal(kwh_simulation_pin(meter, "voltage_l1", "230+"), KWH_ERROR_SYNTAX);
    kwh_simulation_free(meter);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(counters_of_the_families),
        cmocka_unit_test(what_is_a_counter),
        cmocka_unit_test(a_simulated_counter_begins_again),
        cmocka_unit_test(a_countis_counts_how_often),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
