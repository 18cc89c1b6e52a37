/* SPDX-License-Identifier: MIT */
/* A meter in this process, behind the same target, line and dialogues as any other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <kwh/host.h>
#include <kwh/maps.h>

static void read_text(struct kwh_host *host, uint8_t address, uint32_t quantity, char *text)
{
    struct kwh_meter meter;
    struct kwh_reading reading;

    assert_int_equal(
        kwh_meter_init(&meter, kwh_host_line(host), &kwh_map_inepro_pro380_modbus, address),
        KWH_OK);
    assert_int_equal(kwh_meter_read_one(&meter, quantity, &reading), KWH_OK);
    assert_int_equal(kwh_reading_print(&reading, text, KWH_READING_TEXT), KWH_OK);
}

static void test_same_seed_same_meter(void **context)
{
    char first[KWH_READING_TEXT], again[KWH_READING_TEXT], other[KWH_READING_TEXT];
    struct kwh_host host;

    (void)context;
    assert_int_equal(kwh_host_open(&host, "sim:inepro_pro380,seed=7@17"), KWH_OK);
    assert_int_equal(kwh_host_address(&host, NULL), 17);
    assert_int_equal(kwh_host_fd(&host), -1);
    read_text(&host, 17, KWH_VOLTAGE_L1, first);
    assert_int_equal(kwh_host_reopen(&host), KWH_OK);
    read_text(&host, 17, KWH_VOLTAGE_L1, again);
    assert_string_equal(first, again);
    kwh_host_close(&host);
    assert_int_equal(kwh_host_open(&host, "sim:inepro_pro380,seed=8"), KWH_OK);
    read_text(&host, 1, KWH_VOLTAGE_L1, other);
    assert_string_not_equal(first, other);
    kwh_host_close(&host);
    /* The link speaks Modbus, whatever an alias stands for. */
    assert_int_equal(kwh_host_open(&host, "sim:PRO380-Mb,seed=7"), KWH_OK);
    read_text(&host, 1, KWH_VOLTAGE_L1, other);
    assert_string_equal(first, other);
    kwh_host_close(&host);
}

static void test_meter_code(void **context)
{
    struct kwh_exchange exchange;
    struct kwh_host host;
    const uint8_t *bytes;
    size_t count;

    (void)context;
    assert_int_equal(kwh_host_open(&host, "sim:inepro_pro380"), KWH_OK);
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0x4002, 1), KWH_OK);
    assert_int_equal(kwh_line_run(kwh_host_line(&host), &exchange), KWH_OK);
    bytes = kwh_modbus_registers(kwh_host_line(&host), &exchange, &count);
    assert_int_equal(count, 1);
    assert_memory_equal(bytes, "\x01\x02", 2);
    /* Bus time as on a real line, 9600 8E1: silence, 20 ms, 7 characters. */
    assert_in_range(exchange.latency_us, 20000 + 7 * 1145, 100000);
    kwh_host_close(&host);
}

/* Twenty minutes of silence on the line pass in no time. */
static void test_nothing_is_waited_for(void **context)
{
    struct kwh_exchange exchange;
    struct kwh_host host;
    uint32_t begin_us;

    (void)context;
    assert_int_equal(kwh_host_open(&host, "sim:inepro_pro380,timeout_ms=600000@1"), KWH_OK);
    begin_us = kwh_host_now_us();
    for (int i = 0; i < 2; i++) {
        assert_int_equal(kwh_modbus_read(&exchange, 2, 3, 0x4002, 1), KWH_OK);
        assert_int_equal(kwh_line_run(kwh_host_line(&host), &exchange), KWH_ERROR_TIMEOUT);
    }
    assert_true(kwh_host_now_us() - begin_us < 60000000);
    kwh_host_close(&host);
}

static void test_load_moves(void **context)
{
    char before[KWH_READING_TEXT], after[KWH_READING_TEXT];
    struct kwh_exchange exchange;
    struct kwh_host host;

    (void)context;
    assert_int_equal(kwh_host_open(&host, "sim:inepro_pro380,timeout_ms=600000@1"), KWH_OK);
    read_text(&host, 1, KWH_ACTIVE_ENERGY_IMPORT, before);
    assert_int_equal(kwh_modbus_read(&exchange, 2, 3, 0x4002, 1), KWH_OK);
    assert_int_equal(kwh_line_run(kwh_host_line(&host), &exchange), KWH_ERROR_TIMEOUT);
    read_text(&host, 1, KWH_ACTIVE_ENERGY_IMPORT, after);
    assert_string_not_equal(before, after);
    kwh_host_close(&host);
}

static void test_unknown_map(void **context)
{
    struct kwh_host host;

    (void)context;
    assert_int_equal(kwh_host_open(&host, "sim:no_such_meter"), KWH_ERROR_UNKNOWN_NAME);
    assert_int_equal(kwh_line_failure(kwh_host_line(&host))->error, KWH_ERROR_UNKNOWN_NAME);
    kwh_host_close(&host);
    assert_null(kwh_host_find_map("no_such_meter"));
    assert_ptr_equal(kwh_host_find_map("inepro_pro380"), &kwh_map_inepro_pro380_modbus);
    assert_ptr_equal(kwh_host_find_map("Inepro PRO-380"), &kwh_map_inepro_pro380_modbus);
    assert_ptr_equal(kwh_host_find_map("solar-log pro380"), &kwh_map_inepro_pro380_modbus);
    assert_ptr_equal(kwh_host_find_map("pro380"), &kwh_map_inepro_pro380_modbus);
    assert_ptr_equal(kwh_host_find_map("pro1_mod"), &kwh_map_inepro_pro1_modbus);
    assert_null(kwh_host_find_map("pro3800"));
    assert_null(kwh_host_find_map("pro38"));
    assert_null(kwh_host_find_map(""));
}

/* A family has a side for each protocol, and an alias of one names both. */
static void test_maps_of_a_protocol(void **context)
{
    (void)context;
    assert_ptr_equal(kwh_host_find_map("PRO1"), &kwh_map_inepro_pro1_modbus);
    assert_ptr_equal(kwh_host_find_map("PRO1-Mb"), &kwh_map_inepro_pro1_mbus);
    assert_ptr_equal(kwh_host_find_protocol_map("inepro_pro1", KWH_PROTOCOL_MODBUS),
                     &kwh_map_inepro_pro1_modbus);
    assert_ptr_equal(kwh_host_find_protocol_map("inepro_pro1", KWH_PROTOCOL_MBUS),
                     &kwh_map_inepro_pro1_mbus);
    assert_ptr_equal(kwh_host_find_protocol_map("Inepro PRO-380", KWH_PROTOCOL_MBUS),
                     &kwh_map_inepro_pro380_mbus);
    assert_ptr_equal(kwh_host_find_protocol_map("pro380", KWH_PROTOCOL_MBUS),
                     &kwh_map_inepro_pro380_mbus);
    assert_ptr_equal(kwh_host_find_protocol_map("PRO2", KWH_PROTOCOL_MBUS),
                     &kwh_map_inepro_pro1_mbus);
    assert_ptr_equal(kwh_host_find_protocol_map("PRO380-Mb", KWH_PROTOCOL_MODBUS),
                     &kwh_map_inepro_pro380_modbus);
    assert_ptr_equal(kwh_host_find_protocol_map("4PS", KWH_PROTOCOL_MBUS),
                     &kwh_map_inepro_2pu_mbus);
    assert_null(kwh_host_find_protocol_map("no_such_meter", KWH_PROTOCOL_MBUS));
    assert_null(kwh_host_find_protocol_map("", KWH_PROTOCOL_MBUS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_seed_same_meter),  cmocka_unit_test(test_meter_code),
        cmocka_unit_test(test_nothing_is_waited_for), cmocka_unit_test(test_load_moves),
        cmocka_unit_test(test_unknown_map),           cmocka_unit_test(test_maps_of_a_protocol),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
