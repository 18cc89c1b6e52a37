/* SPDX-License-Identifier: MIT */
/* One simulated meter, read over Modbus and over M-Bus: the same names, units and, to the
 * resolution of its telegrams, values. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <kwh/host.h>
#include <kwh/port_memory.h>

#define VALUES_MAX 128

/* The two sides of a meter of ours, each with a wire to it. */
struct sides {
    struct kwh_slave modbus, mbus;
    struct kwh_mbus_slave slave;
    struct kwh_server modbus_server;
    struct kwh_mbus_server mbus_server;
    struct kwh_port_memory modbus_port, mbus_port;
    struct kwh_line modbus_line, mbus_line;
    uint8_t rooms[2][KWH_RESPONDER_BUFFER], buffers[2][KWH_MBUS_BUFFER];
};

static struct sides sides;
static const struct kwh_line_settings settings = {9600, 8, 'E', 1};

static void connect(struct kwh_simulation *simulation, const struct kwh_map *mbus_map)
{
    kwh_simulation_slave(simulation, 5, &sides.modbus);
    sides.mbus = sides.modbus;
    sides.mbus.map = mbus_map;
    assert_int_equal(kwh_server_init(&sides.modbus_server, &kwh_modbus_rtu_server, sides.rooms[0],
                                     KWH_RESPONDER_BUFFER, &sides.modbus, 1),
                     KWH_OK);
    assert_int_equal(kwh_mbus_slave_init(&sides.slave, &sides.mbus), KWH_OK);
    assert_int_equal(kwh_mbus_server_init(&sides.mbus_server, &kwh_mbus_serial_server,
                                          sides.rooms[1], KWH_RESPONDER_BUFFER, &settings,
                                          &sides.slave, 1),
                     KWH_OK);
    kwh_port_memory_server(&sides.modbus_port, &sides.modbus_server, NULL, NULL);
    kwh_port_memory_mbus(&sides.mbus_port, &sides.mbus_server, NULL, NULL);
    assert_int_equal(
        kwh_line_init(&sides.modbus_line, &kwh_modbus_rtu, sides.buffers[0], KWH_MBUS_BUFFER),
        KWH_OK);
    assert_int_equal(
        kwh_line_init(&sides.mbus_line, &kwh_mbus_serial, sides.buffers[1], KWH_MBUS_BUFFER),
        KWH_OK);
    kwh_line_set_speed(&sides.modbus_line, &settings);
    kwh_mbus_set_speed(&sides.mbus_line, &settings, 0);
    sides.modbus_line.backend = &sides.modbus_port.backend;
    sides.mbus_line.backend = &sides.mbus_port.backend;
}

/* What a record tells is no further from the register than the record can tell. */
static void assert_close(const struct kwh_reading *modbus, const struct kwh_reading *mbus)
{
    struct kwh_decimal minus = mbus->decimal, apart;
    struct kwh_decimal step = kwh_decimal(1, mbus->decimal.exponent);
    minus.mantissa = -minus.mantissa;
    assert_int_equal(kwh_decimal_add(modbus->decimal, minus, &apart), KWH_OK);
    if (apart.mantissa < 0)
        apart.mantissa = -apart.mantissa;
    assert_true(kwh_decimal_compare(apart, step) <= 0);
}

/* Returns how many values both sides have. */
static unsigned compare(const struct kwh_map *modbus_map, const struct kwh_map *mbus_map)
{
    struct kwh_plan_entry entries[VALUES_MAX];
    struct kwh_simulation *simulation;
    struct kwh_mbus_meter mbus;
    struct kwh_meter modbus;
    struct kwh_reading reading, other;
    struct kwh_plan plan;
    unsigned both = 0;

    assert_int_equal(kwh_simulation_new(&simulation, modbus_map, 7), KWH_OK);
    kwh_simulation_advance(simulation, 12345678);
    connect(simulation, mbus_map);
    assert_int_equal(kwh_meter_init(&modbus, &sides.modbus_line, modbus_map, 5), KWH_OK);
    assert_int_equal(kwh_mbus_meter_init(&mbus, &sides.mbus_line, mbus_map, 5), KWH_OK);
    kwh_plan_init(&plan, mbus_map, KWH_ALL_PROFILES, entries, VALUES_MAX);
    assert_int_equal(kwh_plan_add_readout(&plan), KWH_OK);
    assert_int_equal(kwh_plan_add(&plan, KWH_SERIAL_NUMBER), KWH_OK);
    kwh_meter_begin(&mbus.meter, &plan);
    while (kwh_meter_next(&mbus.meter, &reading)) {
        assert_int_equal(reading.status, KWH_STATUS_OK);
        if (kwh_map_find(modbus_map, KWH_ALL_PROFILES, reading.quantity) == NULL)
            continue;
        assert_int_equal(kwh_meter_read_one(&modbus, reading.quantity, &other), KWH_OK);
        assert_int_equal(other.quantity, reading.quantity);
        if (reading.form == KWH_FORM_DIGITS)
            assert_int_equal(other.digits, reading.digits);
        else
            assert_close(&other, &reading);
        both++;
    }
    assert_int_equal(mbus.meter.dialogue.error, KWH_OK);
    kwh_simulation_free(simulation);
    return both;
}

static void the_same_meter_over_both_buses(void **state)
{
    (void)state;
    assert_int_equal(compare(&kwh_map_inepro_pro1_modbus, &kwh_map_inepro_pro1_mbus), 10);
    assert_int_equal(compare(&kwh_map_inepro_pro380_modbus, &kwh_map_inepro_pro380_mbus), 26);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(the_same_meter_over_both_buses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
