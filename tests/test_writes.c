/* SPDX-License-Identifier: MIT */
/*
 * Frames that write to meters, whole, as manuals print them or say them: a simulated meter of the
 * map takes each, answers as printed, and has the value then.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <kwh/host.h>

#include "hex.h"

struct write {
    const char *map;
    const char *request, *reply; /* with unit and CRC */
    const char *name, *value;    /* what is had then; "" when it is nothing to be read */
};

/* The PDU of a frame; its CRC must hold. */
static size_t pdu_of(const char *frame, uint8_t *pdu, size_t capacity)
{
    uint8_t bytes[KWH_MODBUS_PDU_MAX + 3];
    size_t length = hex(frame, bytes, sizeof bytes);
    assert_in_range(length, 4, capacity + 3);
    uint16_t crc = kwh_crc16(0xFFFF, bytes, length - 2);
    assert_int_equal(bytes[length - 2], crc & 0xFF);
    assert_int_equal(bytes[length - 1], crc >> 8);
    memcpy(pdu, bytes + 1, length - 3);
    return length - 3;
}

static const struct kwh_map *map_named(const char *name)
{
    for (size_t i = 0; i < kwh_maps_count; i++)
        if (kwh_maps[i].map->protocol == KWH_PROTOCOL_MODBUS &&
            strcmp(kwh_maps[i].map->name, name) == 0)
            return kwh_maps[i].map;
    fail_msg("no map %s", name);
    return NULL;
}

static void check_write(const struct write *write)
{
    struct kwh_simulation *simulation = NULL;
    struct kwh_reading reading;
    struct kwh_slave slave;
    uint32_t quantity;
    char text[KWH_READING_TEXT];
    uint8_t request[KWH_MODBUS_PDU_MAX], answer[KWH_MODBUS_PDU_MAX], expected[KWH_MODBUS_PDU_MAX];
    size_t length = pdu_of(write->request, request, sizeof request);
    size_t expected_size = pdu_of(write->reply, expected, sizeof expected);
    assert_int_equal(kwh_simulation_new(&simulation, map_named(write->map), 1), KWH_OK);
    kwh_simulation_slave(simulation, 1, &slave);
    size_t size = kwh_slave_answer(&slave, request, length, answer);
    if (size != expected_size || memcmp(answer, expected, size) != 0)
        fail_msg("%s: %s is answered otherwise", write->map, write->request);
    if (write->value[0] != '\0') {
        assert_int_equal(kwh_quantity_parse(write->name, &quantity), KWH_OK);
        assert_int_equal(kwh_simulation_value(simulation, quantity, &reading), KWH_OK);
        assert_int_equal(kwh_reading_print(&reading, text, sizeof text), KWH_OK);
        if (strcmp(text, write->value) != 0)
            fail_msg("%s: %s is %s, not %s", write->request, write->name, text, write->value);
    }
    kwh_simulation_free(simulation);
}

static void frames_of_inepro(void **state)
{
    char line[512];
    size_t count = 0;
    FILE *file = fopen(KWH_SOURCE_ROOT "/tests/data/inepro_modbus_writes.csv", "r");
    (void)state;
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "map,name,value,request,reply\n");
    while (fgets(line, sizeof line, file) != NULL) {
        char *column[5] = {line};
        line[strcspn(line, "\n")] = '\0';
        for (int i = 1; i < 5; i++) {
            column[i] = strchr(column[i - 1], ',');
            assert_non_null(column[i]);
            *column[i]++ = '\0';
        }
        const struct write write = {column[0], column[3], column[4], column[1], column[2]};
        check_write(&write);
        count++;
    }
    fclose(file);
    assert_int_equal(count, 110);
}

#define SDM72 "eastron_sdm72d_m2"
#define E4X   "socomec_countis_e4x"

static void frames_of_eastron_and_socomec(void **state)
{
    static const struct write writes[] = {
        {SDM72, "01 10 00 0E 00 02 04 44 7A 00 00 47 0A", "01 10 00 0E 00 02 20 0B",
         "action_unlock_settings", ""},
        {SDM72, "01 10 00 14 00 02 04 40 00 00 00 E6 90", "01 10 00 14 00 02 01 CC",
         "device_address", "2"},
        {SDM72, "01 10 F0 10 00 01 02 00 03 14 CE", "01 10 F0 10 00 01 33 0C",
         "active_energy_import_resettable", "0.000"},
        {SDM72, "01 10 F0 10 00 01 02 00 00 54 CF", "01 10 F0 10 00 01 33 0C", "", ""},
        {SDM72, "01 03 00 0E 00 02 A5 C8", "01 03 04 00 00 00 00 FA 33", "", ""}, /* locked */
        {SDM72, "01 04 03 E8 00 02 F1 BB", "01 84 02 C2 C1", "", ""}, /* no such register */
        {E4X, "01 06 9E 21 00 02 77 E9", "01 06 9E 21 00 02 77 E9", "tariff", "2"},
        {E4X, "01 06 9E 40 00 20 A6 2E", "01 06 9E 40 00 20 A6 2E",
         "active_energy_import_resettable", "0.000"},
        {E4X, "01 06 E2 22 00 01 DE 78", "01 06 E2 22 00 01 DE 78",
         "active_energy_import_resettable", "0.000"},
        {E4X, "01 06 E2 00 00 A1 7E 0A", "01 06 E2 00 00 A1 7E 0A", "", ""},
        {E4X, "01 06 E2 00 00 B2 3F C7", "01 06 E2 00 00 B2 3F C7", "", ""},
        {E4X, "01 03 C3 50 00 04 78 5C", "01 03 08 00 53 00 4F 00 43 00 4F 13 3C", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(writes); i++)
        check_write(&writes[i]);
}

/* The same with one register of function 16, whose answers are address and count. */
static void settings_of_an_sdm72(void **state)
{
    static const struct {
        const char *request, *name, *value;
    } writes[] = {
        {"01 10 00 1C 00 02 04 40 00 00 00 E7 36", "baud_rate", "9600"},
        {"01 10 00 1C 00 02 04 40 40 00 00 E6 E2", "baud_rate", "19200"},
        {"01 10 00 12 00 02 04 00 00 00 00 73 7A", "parity_stop_bits", "none_1"},
        {"01 10 00 12 00 02 04 3F 80 00 00 7E 86", "parity_stop_bits", "even_1"},
        {"01 10 00 0A 00 02 04 40 40 00 00 67 C4", "network_type", "3p4w"},
        {"01 10 00 16 00 02 04 3F 80 00 00 7F 75", "pulse_rate", "100"},
        {"01 10 00 0C 00 02 04 42 70 00 00 E6 59", "pulse_width", "0.06"},
        {"01 10 00 56 00 02 04 40 00 00 00 63 79", "pulse_output_mode", "gross"},
        {"01 10 00 3A 00 02 04 00 00 00 00 70 C4", "display_cycle_time", "0"},
        {"01 10 00 3C 00 02 04 42 70 00 00 E5 4D", "backlight_time", "3600"},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(writes); i++) {
        uint8_t bytes[32];
        char reply[64];
        assert_true(hex(writes[i].request, bytes, sizeof bytes) > 8);
        uint16_t crc = kwh_crc16(0xFFFF, bytes, 6);
        snprintf(reply, sizeof reply, "%.17s %02X %02X", writes[i].request, crc & 0xFFu,
                 (unsigned)crc >> 8);
        const struct write write = {SDM72, writes[i].request, reply, writes[i].name,
                                    writes[i].value};
        check_write(&write);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_of_inepro),
        cmocka_unit_test(frames_of_eastron_and_socomec),
        cmocka_unit_test(settings_of_an_sdm72),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
