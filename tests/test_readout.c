/* SPDX-License-Identifier: MIT */
/*
 * Every map with a proof image, read from end to end: a meter that holds the image and nothing
 * else, Modbus RTU on a wire in memory, and the readings that the image must give: each by name,
 * and all of them in one readout.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <kwh/meter.h>
#include <kwh/modbus.h>
#include <kwh/port_memory.h>

#include "map_proofs.h"

#define ROWS_MAX 1000

static const struct kwh_map *map;
static const struct kwh_map_proof *proof;
static struct kwh_responder responder;
static struct kwh_port_memory wire;
static struct kwh_line line;
static uint8_t room[KWH_RESPONDER_BUFFER], buffer[KWH_MODBUS_RTU_BUFFER];

static const uint16_t *words_at(unsigned space, unsigned address, unsigned count)
{
    for (size_t i = 0; i < proof->span_count; i++) {
        const struct kwh_proof_span *span = &proof->spans[i];
        if (span->space == space && address >= span->address &&
            address + count <= (unsigned)span->address + span->count)
            return &span->words[address - span->address];
    }
    return NULL;
}

/* Reads within a span are answered, all else is exception 02. */
static void answer(void *context, struct kwh_responder *asked)
{
    size_t length;
    const uint8_t *request = kwh_responder_request(asked, &length);
    uint8_t pdu[KWH_MODBUS_PDU_MAX] = {(uint8_t)(request[0] | 0x80u), 2};
    unsigned count = request[4];
    const uint16_t *words = words_at(request[0] == 4 ? KWH_SPACE_INPUT : KWH_SPACE_HOLDING,
                                     (unsigned)request[1] << 8 | request[2], count);
    (void)context;
    assert_int_equal(length, 5);
    if (words != NULL) {
        pdu[0] = request[0];
        pdu[1] = (uint8_t)(2 * count);
        for (unsigned i = 0; i < count; i++) {
            pdu[2 + 2 * i] = (uint8_t)(words[i] >> 8);
            pdu[3 + 2 * i] = (uint8_t)words[i];
        }
    }
    assert_int_equal(kwh_responder_answer(asked, pdu, words != NULL ? 2 + 2 * count : 2), KWH_OK);
}

static void connect_meter(const struct kwh_map *of, const struct kwh_map_proof *image)
{
    map = of;
    proof = image;
    assert_int_equal(kwh_responder_init(&responder, &kwh_modbus_rtu_server, room, sizeof room),
                     KWH_OK);
    kwh_responder_serve(&responder, 1, true);
    assert_int_equal(kwh_line_init(&line, &kwh_modbus_rtu, buffer, sizeof buffer), KWH_OK);
    kwh_port_memory_responder(&wire, &responder, answer, NULL);
    line.backend = &wire.backend;
}

static uint32_t quantity_of(const struct kwh_proof_value *value)
{
    uint32_t quantity;
    assert_int_equal(kwh_quantity_parse(value->name, &quantity), KWH_OK);
    return quantity;
}

static void check_reading(const struct kwh_reading *reading, const struct kwh_proof_value *value)
{
    char text[KWH_READING_TEXT];
    assert_int_equal(kwh_reading_print(reading, text, sizeof text), KWH_OK);
    if (strcmp(text, value->value) != 0)
        fail_msg("%s: %s is %s, not %s", map->name, value->name, text, value->value);
}

/* A new meter each time: each is a request of its own. */
static void read_each(void)
{
    struct kwh_meter meter;
    struct kwh_reading reading;
    size_t read = 0;
    for (size_t i = 0; i < proof->value_count; i++) {
        uint32_t quantity = quantity_of(&proof->values[i]);
        if (kwh_map_find(map, KWH_ALL_PROFILES, quantity) == NULL)
            continue;
        assert_int_equal(kwh_meter_init(&meter, &line, map, 1), KWH_OK);
        assert_int_equal(kwh_meter_select(&meter), KWH_OK);
        uint32_t sent = meter.statistics.sent;
        assert_int_equal(kwh_meter_read_one(&meter, quantity, &reading), KWH_OK);
        check_reading(&reading, &proof->values[i]);
        assert_int_equal(meter.statistics.sent, sent + 1);
        read++;
    }
    assert_true(read > 0);
}

static const struct kwh_proof_value *value_of(uint32_t quantity)
{
    for (size_t i = 0; i < proof->value_count; i++)
        if (quantity_of(&proof->values[i]) == quantity)
            return &proof->values[i];
    return NULL;
}

/* All that a readout reads. What the image lacks is refused, without loss of what it has; the
 * second time nothing is refused any more. */
static void read_all(void)
{
    static struct kwh_plan_entry entries[ROWS_MAX];
    struct kwh_plan plan;
    struct kwh_meter meter;
    struct kwh_reading reading;
    assert_int_equal(kwh_meter_init(&meter, &line, map, 1), KWH_OK);
    assert_int_equal(kwh_meter_select(&meter), KWH_OK);
    kwh_plan_init(&plan, map, meter.profiles, entries, ROWS_MAX);
    assert_int_equal(kwh_plan_add_readout(&plan), KWH_OK);
    kwh_plan_make(&plan, NULL);
    for (int readout = 0; readout < 2; readout++) {
        size_t results = 0;
        memset(&meter.statistics, 0, sizeof meter.statistics);
        kwh_meter_begin(&meter, &plan);
        while (kwh_meter_next(&meter, &reading)) {
            const struct kwh_proof_value *value = value_of(reading.quantity);
            const struct kwh_row *row = kwh_plan_row(&plan, (uint16_t)results++);
            bool there = words_at(kwh_row_space(row), row->address, (unsigned)kwh_row_words(row)) !=
                         NULL;
            assert_int_equal(reading.quantity, row->quantity);
            if (!there)
                assert_int_equal(reading.status, KWH_STATUS_REFUSED);
            else if (value != NULL)
                check_reading(&reading, value);
        }
        assert_int_equal(results, plan.count);
        assert_int_equal(meter.statistics.timeouts, 0);
        if (readout == 1)
            assert_int_equal(meter.statistics.exceptions, 0);
    }
}

static void reads_every_proof_image(void **state)
{
    (void)state;
    size_t proven = 0;
    for (size_t i = 0; i < kwh_maps_count; i++) {
        if (map_proofs[i] == NULL || kwh_maps[i].map->protocol != KWH_PROTOCOL_MODBUS)
            continue;
        connect_meter(kwh_maps[i].map, map_proofs[i]);
        read_each();
        read_all();
        proven++;
    }
    assert_true(proven > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_proof_image),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
