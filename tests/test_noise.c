/* SPDX-License-Identifier: MIT */
/*
 * Full reads of a PRO380 at 9600 8E1 over a line that loses bytes and turns bits over, both ways.
 * Ten thousand each. Whatever the line does, no value is ever wrong; and as soon as it is clean the
 * next read is whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <host/faulty_line.h>
#include <kwh/maps.h>
#include <kwh/port_memory.h>

#define READS  10000
#define VALUES 61

static const struct kwh_line_settings settings = {9600, 8, 'E', 1};

static struct kwh_simulation *simulation;
static struct kwh_slave slave;
static struct kwh_server server;
static struct kwh_port_memory port;
static struct kwhi_faulty_line faulty;
static struct kwh_backend backend;
static struct kwh_line line;
static struct kwh_meter meter;
static struct kwh_plan plan;
static struct kwh_plan_entry entries[VALUES];
static uint8_t line_buffer[KWH_MODBUS_RTU_BUFFER], server_buffer[KWH_RESPONDER_BUFFER];

static uint32_t wire_now(void *context)
{
    (void)context;
    return kwh_port_memory_now(&port);
}

static enum kwh_error wire_send(void *context, const uint8_t *bytes, size_t count, size_t *sent)
{
    uint8_t arriving[KWH_MODBUS_RTU_BUFFER];
    size_t passed, taken;
    (void)context;
    assert_in_range(count, 1, sizeof arriving);
    memcpy(arriving, bytes, count);
    passed = kwhi_faulty_line_pass(&faulty, arriving, count);
    *sent = count;
    return passed > 0 ? port.backend.send(&port, arriving, passed, &taken) : KWH_OK;
}

static enum kwh_error wire_receive(void *context, uint8_t *room, size_t capacity, uint32_t until_us,
                                   size_t *got)
{
    enum kwh_error error = port.backend.receive(&port, room, capacity, until_us, got);
    (void)context;
    *got = kwhi_faulty_line_pass(&faulty, room, *got);
    return error;
}

/* A new plan has forgotten what was refused: one in 65536 damaged requests passes for another, and
 * the meter may refuse that. */
static void make_plan(void)
{
    kwh_plan_init(&plan, &kwh_map_inepro_pro380_modbus, KWH_ALL_PROFILES, entries, VALUES);
    assert_int_equal(kwh_plan_add_readout(&plan), KWH_OK);
    kwh_plan_make(&plan, NULL);
}

static void open_line(void)
{
    assert_int_equal(kwh_simulation_new(&simulation, &kwh_map_inepro_pro380_modbus, 7), KWH_OK);
    kwh_simulation_advance(simulation, 3600000);
    kwh_simulation_slave(simulation, 1, &slave);
    assert_int_equal(kwh_server_init(&server, &kwh_modbus_rtu_server, server_buffer,
                                     sizeof server_buffer, &slave, 1),
                     KWH_OK);
    kwh_responder_set_speed(&server.responder, &settings);
    kwh_port_memory_server(&port, &server, NULL, NULL);
    port.character_ns = server.responder.character_ns;
    port.turnaround_us = 20000;
    backend = (struct kwh_backend){.now_us = wire_now, .send = wire_send, .receive = wire_receive};
    assert_int_equal(kwh_line_init(&line, &kwh_modbus_rtu, line_buffer, sizeof line_buffer),
                     KWH_OK);
    kwh_line_set_speed(&line, &settings);
    line.backend = &backend;
    assert_int_equal(kwh_meter_init(&meter, &line, &kwh_map_inepro_pro380_modbus, 1), KWH_OK);
    make_plan();
}

/* As registers, for that is what the meter has sent. */
static void assert_right(const struct kwh_reading *reading)
{
    const struct kwh_map *map = &kwh_map_inepro_pro380_modbus;
    const struct kwh_row *row = kwh_map_find(map, KWH_ALL_PROFILES, reading->quantity);
    struct kwh_reading right;
    uint8_t got[8] = {0}, wanted[8] = {0};
    assert_non_null(row);
    assert_int_equal(kwh_simulation_value(simulation, reading->quantity, &right), KWH_OK);
    assert_int_equal(kwh_row_encode(map, row, reading, got, sizeof got), KWH_OK);
    assert_int_equal(kwh_row_encode(map, row, &right, wanted, sizeof wanted), KWH_OK);
    assert_memory_equal(got, wanted, sizeof got);
}

/* How many values came; each is what the meter has. */
static unsigned read_once(void)
{
    struct kwh_reading reading;
    unsigned values = 0;
    kwh_meter_begin(&meter, &plan);
    while (kwh_meter_next(&meter, &reading)) {
        if (!kwh_reading_has_value(&reading))
            continue;
        assert_right(&reading);
        values++;
    }
    return values;
}

/* How many of READS reads were whole. */
static unsigned read_often(uint32_t drop, uint32_t flip, uint32_t seed)
{
    const struct kwh_faults faults = {.drop = drop, .flip = flip}, none = {0};
    unsigned whole = 0, all = 0;
    open_line();
    kwhi_faulty_line_init(&faulty, &faults, seed);
    for (unsigned i = 0; i < READS; i++) {
        unsigned values = read_once();
        whole += values == VALUES ? 1 : 0;
        all += values;
    }
    print_message("# %u of %u reads whole, %u values; %u requests, %u answers, %u CRC errors\n",
                  whole, READS, all, (unsigned)meter.statistics.sent, (unsigned)meter.statistics.ok,
                  (unsigned)meter.statistics.bad_crc);
    kwhi_faulty_line_init(&faulty, &none, seed);
    make_plan();
    assert_int_equal(read_once(), VALUES);
    kwh_simulation_free(simulation);
    return whole;
}

static void one_percent_of_the_bytes_lost(void **state)
{
    (void)state;
    (void)read_often(KWH_FAULTS_ALL / 100, KWH_FAULTS_ALL / 1000, 1);
}

static void a_hundredth_of_that(void **state)
{
    (void)state;
    assert_in_range(read_often(KWH_FAULTS_ALL / 10000, KWH_FAULTS_ALL / 100000, 2),
                    READS * 99 / 100, READS);
}

static void a_clean_line(void **state)
{
    (void)state;
    assert_int_equal(read_often(0, 0, 3), READS);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_percent_of_the_bytes_lost),
        cmocka_unit_test(a_hundredth_of_that),
        cmocka_unit_test(a_clean_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
