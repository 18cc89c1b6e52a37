/* SPDX-License-Identifier: MIT */
/* Being an M-Bus meter: what the manuals and EN 13757-2 say that it answers, byte by byte. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <kwh/maps.h>
#include <kwh/mbus_readout.h>
#include <kwh/mbus_server.h>
#include <kwh/port_memory.h>

#include "hex.h"

#define SLAVES_MAX 3

/* The manual's readout of a PRO1-Mb. */
#define PRO1_RECORDS                                                                               \
    "0C 04 14 48 60 01 8C 10 04 23 80 35 00 8C 20 04 91 67 24 01"                                  \
    "1C 04 46 13 69 00 9C 10 04 56 34 12 00 9C 20 04 90 78 56 00"                                  \
    "2C 04 68 34 91 00 AC 10 04 67 45 23 00 AC 20 04 01 89 67 00"
#define PRO1 "68 4B 4B 68 08 00 72 00 00 00 00 CD 25 01 02 02 00 00 00" PRO1_RECORDS "7C 16"

/* What a test meter is, and what was written to it. */
struct meter {
    uint32_t serial;
    unsigned writes;
    uint32_t written;
    struct kwh_decimal value;
    enum kwh_error verdict;
};

static const struct {
    uint32_t quantity;
    int64_t value;
} values[] = {
    {KWH_ACTIVE_ENERGY_COMBINED, 16048140},    {KWH_ACTIVE_ENERGY_COMBINED_T1, 3580230},
    {KWH_ACTIVE_ENERGY_COMBINED_T2, 12467910}, {KWH_ACTIVE_ENERGY_IMPORT, 6913460},
    {KWH_ACTIVE_ENERGY_IMPORT_T1, 1234560},    {KWH_ACTIVE_ENERGY_IMPORT_T2, 5678900},
    {KWH_ACTIVE_ENERGY_EXPORT, 9134680},       {KWH_ACTIVE_ENERGY_EXPORT_T1, 2345670},
    {KWH_ACTIVE_ENERGY_EXPORT_T2, 6789010},    {KWH_VOLTAGE_L1, 230},
};

static enum kwh_error value_of(void *context, KWH_CONST struct kwh_row *row,
                               struct kwh_reading *reading)
{
    const struct meter *meter = context;
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    if (row->quantity == KWH_SERIAL_NUMBER) {
        reading->digits = meter->serial;
        reading->length = 8;
        return KWH_OK;
    }
    for (size_t i = 0; i < KWH_COUNT(values); i++) {
        if (values[i].quantity == row->quantity) {
            reading->decimal = kwh_decimal(values[i].value, 0);
            return KWH_OK;
        }
    }
    return KWH_ERROR_NOT_IN_MAP;
}

static enum kwh_error take(void *context, KWH_CONST struct kwh_row *row,
                           const struct kwh_reading *reading)
{
    struct meter *meter = context;
    meter->writes++;
    meter->written = row->quantity;
    meter->value = reading->decimal;
    return meter->verdict;
}

static struct meter meters[SLAVES_MAX];
static struct kwh_slave slaves[SLAVES_MAX];
static struct kwh_mbus_slave mbus[SLAVES_MAX];
static struct kwh_mbus_server server;
static uint8_t buffer[KWH_RESPONDER_BUFFER];
static uint32_t now_us;
static uint32_t baud; /* that the port was set to, 0 = not */

static const struct kwh_line_settings settings = {2400, 8, 'E', 1};

static void be(KWH_CONST struct kwh_map *map, size_t count, const uint8_t *addresses)
{
    memset(meters, 0, sizeof meters);
    for (size_t i = 0; i < count; i++) {
        meters[i].serial = (uint32_t)(0x12345670u + i);
        slaves[i] = (struct kwh_slave){.map = map,
                                       .profiles = KWH_ALL_PROFILES,
                                       .address = addresses[i],
                                       .value = value_of,
                                       .write = take,
                                       .context = &meters[i]};
        assert_int_equal(kwh_mbus_slave_init(&mbus[i], &slaves[i]), KWH_OK);
    }
    assert_int_equal(kwh_mbus_server_init(&server, &kwh_mbus_serial_server, buffer, sizeof buffer,
                                          &settings, mbus, count),
                     KWH_OK);
    now_us = 0;
    baud = 0;
}

static void be_pro1(uint8_t address)
{
    be(&kwh_map_inepro_pro1_mbus, 1, &address);
}

/* Sends a request and lets time pass; the answer is exactly this, "" for silence. */
static void ask(const char *request, const char *answer)
{
    uint8_t bytes[300], expected[300], sent[300];
    size_t length = hex(request, bytes, sizeof bytes), count = 0;
    struct kwh_step step;
    bool told = false;

    for (unsigned i = 0; i < 200; i++) {
        kwh_mbus_server_next(&server, now_us, &step);
        if (step.action == KWH_ACTION_RECEIVE && !told) {
            assert_true(step.capacity >= length);
            memcpy(step.room, bytes, length);
            kwh_responder_got(&server.responder, length, now_us);
            told = true;
        } else if (step.action == KWH_ACTION_SEND) {
            memcpy(sent + count, step.bytes, step.count);
            count += step.count;
            kwh_responder_sent(&server.responder, step.count, now_us);
        } else if (step.action == KWH_ACTION_SETTINGS) {
            baud = step.settings->baud;
        }
        now_us += 5000;
    }
    length = hex(answer, expected, sizeof expected);
    assert_int_equal(count, length);
    assert_memory_equal(sent, expected, length);
}

static void the_telegram_of_the_manual(void **state)
{
    (void)state;
    be_pro1(0);
    mbus[0].secondary.id = 0;
    mbus[0].access = 2;
    ask("10 5B 00 5B 16", PRO1);
}

static void requests_are_repeated_and_turned(void **state)
{
    (void)state;
    be_pro1(0);
    mbus[0].secondary.id = 0;
    mbus[0].access = 2;
    ask("10 40 00 40 16", "E5");
    ask("10 7B 00 7B 16", PRO1); /* the first after SND_NKE is new */
    ask("10 7B 00 7B 16", PRO1); /* the same: repeated */
    ask("10 5B 00 5B 16",
        "68 4B 4B 68 08 00 72 00 00 00 00 CD 25 01 02 03 00 00 00" PRO1_RECORDS "7D 16");
    ask("10 7A 00 7A 16", "E5"); /* no alarms */
    ask("10 4B 00 4B 16", "68 4B 4B 68 08 00 72 00 00 00 00 CD 25 01 02 04 00 00 00" PRO1_RECORDS
                          "7E 16"); /* no frame count bit: new */
}

static void what_is_not_for_it_gets_no_answer(void **state)
{
    (void)state;
    be_pro1(5);
    ask("10 40 06 46 16", ""); /* another address */
    ask("10 40 05 46 16", ""); /* checksum */
    ask("10 40 FD 3D 16", ""); /* not selected */
    ask("10 40 FF 3F 16", ""); /* done, but never answered */
    ask("E5", "");
    ask("68 03 03 68 08 05 72 7F 16", ""); /* another slave's answer */
    ask("10 40 05 45 16", "E5");
    ask("10 40 FE 3E 16", "E5"); /* all */
}

/* E5 proves reception, not execution: whatever it does not know gets it, too. */
static void what_it_does_not_know_is_acknowledged(void **state)
{
    (void)state;
    be_pro1(5);
    ask("68 03 03 68 53 05 B7 0F 16", "E5");
    ask("68 06 06 68 73 05 51 01 13 08 E5 16", "E5"); /* no such record */
    ask("10 49 05 4E 16", "E5");
    assert_int_equal(meters[0].writes, 0);
    ask("68 03 03 68 43 05 51 99 16", "A2"); /* SND_UD2 wants an answer at once */
}

static void it_is_selected_by_its_secondary_address(void **state)
{
    (void)state;
    be_pro1(5);
    ask("68 0B 0B 68 73 FD 52 70 56 34 12 CD 25 01 02 C3 16", "E5");
    ask("10 40 FD 3D 16", "E5"); /* deselects */
    ask("10 40 FD 3D 16", "");
    ask("68 0B 0B 68 73 FD 52 FF FF FF 1F FF FF FF FF DA 16", "E5"); /* 1xxxxxxx */
    ask("10 7B FD 78 16",
        "68 4B 4B 68 08 05 72 70 56 34 12 CD 25 01 02 00 00 00 00" PRO1_RECORDS "8B 16");
    ask("68 0B 0B 68 73 FD 52 FF FF FF 2F FF FF FF FF EA 16", ""); /* another one */
    ask("10 5B FD 58 16", "");
    ask("68 0B 0B 68 53 FD 52 70 56 34 12 CD 25 01 07 A8 16", ""); /* another medium */
    ask("68 0B 0B 68 53 FD 52 70 56 34 12 CD 25 FF FF 9E 16", "E5");
}

static void settings_are_handed_over_once(void **state)
{
    (void)state;
    be_pro1(1);
    ask("10 40 01 41 16", "E5");
    ask("68 08 08 68 73 01 51 09 7C 01 54 02 A1 16", "E5"); /* tariff 2 */
    assert_int_equal(meters[0].writes, 1);
    assert_int_equal(meters[0].written, KWH_TARIFF);
    assert_int_equal(meters[0].value.mantissa, 2);
    ask("68 08 08 68 73 01 51 09 7C 01 54 02 A1 16", "E5"); /* the same once more */
    assert_int_equal(meters[0].writes, 1);
    ask("68 07 07 68 53 01 51 09 FD 3A 05 EA 16", "E5"); /* combination code 5 */
    assert_int_equal(meters[0].writes, 2);
    assert_int_equal(meters[0].written, KWH_COMBINATION_CODE);
    ask("68 07 07 68 73 01 51 09 FD 3A 07 0C 16", "E5"); /* there is no code 7 */
    assert_int_equal(meters[0].writes, 2);
    ask("68 08 08 68 43 FF 51 09 7C 01 54 01 6E 16", ""); /* all obey, none answers */
    assert_int_equal(meters[0].writes, 3);
}

/* The acknowledgment comes from the old address. One that is taken for good is the callback's. */
static void it_moves_to_another_address(void **state)
{
    (void)state;
    be_pro1(1);
    ask("68 06 06 68 53 01 51 01 7A 08 28 16", "E5");
    assert_int_equal(mbus[0].address, 8);
    ask("10 40 01 41 16", "");
    ask("10 40 08 48 16", "E5");
    meters[0].verdict = KWH_ERROR_ARGUMENT; /* it does not want to */
    ask("68 06 06 68 53 08 51 01 7A 09 30 16", "E5");
    assert_int_equal(mbus[0].address, 8);
    meters[0].verdict = KWH_OK;
    ask("68 09 09 68 73 08 51 0C 79 45 23 01 15 CF 16", "E5"); /* identification 15012345 */
    assert_int_equal(mbus[0].secondary.id, 0x15012345);
}

static void it_takes_another_speed_after_the_acknowledgment(void **state)
{
    (void)state;
    be_pro1(1);
    ask("68 03 03 68 53 01 BD 11 16", "E5"); /* 9600 */
    assert_int_equal(baud, 9600);
    assert_int_equal(server.settings.baud, 9600);
    baud = 0;
    ask("68 03 03 68 73 01 BF 33 16", "E5"); /* 38400: not this meter */
    assert_int_equal(baud, 0);
}

static void a_private_telegram_is_sent_until_the_usual_one_is_asked_for(void **state)
{
    uint8_t address = 0;
    (void)state;
    be(&kwh_map_inepro_pro380_mbus, 1, &address);
    mbus[0].secondary.id = 0;
    mbus[0].access = 2;
    ask("68 03 03 68 53 00 B4 07 16", "E5");
    ask("10 7B 00 7B 16", "68 15 15 68 08 00 72 00 00 00 00 CD 25 01 02 02 00 00 00"
                          "4B FD 47 00 30 02 32 16");
    ask("68 03 03 68 73 00 B1 24 16", "E5");
    ask("10 5B 00 5B 16",
        "68 4B 4B 68 08 00 72 00 00 00 00 CD 25 01 02 03 00 00 00" PRO1_RECORDS "7D 16");
}

/* What they send at once overlaps: equal answers stay whole, others do not. */
static void several_at_once(void **state)
{
    static const uint8_t addresses[] = {1, 2};
    uint8_t frame[300];
    struct kwh_mbus_frame decoded;
    struct kwh_step step = {KWH_ACTION_IDLE, NULL, 0, NULL, 0, 0, NULL, NULL};
    (void)state;
    be(&kwh_map_inepro_pro1_mbus, 2, addresses);
    ask("10 40 FE 3E 16", "E5");
    ask("10 40 02 42 16", "E5");
    ask("68 0B 0B 68 73 FD 52 71 56 34 12 FF FF FF FF CB 16", "E5"); /* the second */
    ask("10 40 FD 3D 16", "E5");
    /* Both telegrams over each other are no frame. */
    for (unsigned i = 0; i < 100 && step.action != KWH_ACTION_SEND; i++) {
        kwh_mbus_server_next(&server, now_us, &step);
        if (i == 0) {
            size_t length = hex("10 7B FE 79 16", step.room, step.capacity);
            kwh_responder_got(&server.responder, length, now_us);
        }
        now_us += 5000;
    }
    assert_int_equal(step.action, KWH_ACTION_SEND);
    memcpy(frame, step.bytes, step.count);
    assert_int_equal(kwh_mbus_frame_decode(frame, step.count, &decoded), KWH_ERROR_BAD_CHECKSUM);
}

/* ------------------------------------------------------------------------------------------------
 * More records than a telegram holds
 */

/* clang-format off */
#define ROW(n) KWH_RECORD(n, 1, ACTIVE_ENERGY_IMPORT, KWH_MANUAL, 0x84, 0x80 + ((n) / 16), ((n) % 16), 0x03)
static KWH_CONST struct kwh_record many_records[] = {
    ROW(1), ROW(2), ROW(3), ROW(4), ROW(5), ROW(6), ROW(7), ROW(8), ROW(9), ROW(10), ROW(11),
    ROW(12), ROW(13), ROW(14), ROW(15), ROW(16), ROW(17), ROW(18), ROW(19), ROW(20), ROW(21),
    ROW(22), ROW(23), ROW(24), ROW(25), ROW(26), ROW(27), ROW(28), ROW(29), ROW(30), ROW(31),
    ROW(32), ROW(33), ROW(34), ROW(35), ROW(36), ROW(37), ROW(38), ROW(39), ROW(40), ROW(41),
    ROW(42), ROW(43), ROW(44), ROW(45), ROW(46), ROW(47), ROW(48), ROW(49), ROW(50), ROW(51),
    ROW(52), ROW(53), ROW(54), ROW(55), ROW(56), ROW(57), ROW(58), ROW(59), ROW(60), ROW(61),
};
/* clang-format on */
static KWH_CONST struct kwh_block many_blocks[] = {
    {.records = many_records, .count = KWH_COUNT(many_records)}};
static KWH_CONST struct kwh_mbus_family acme = {.manufacturer = 0x0442, .version = 3, .medium = 2};
static KWH_CONST struct kwh_map many = {
    .name = KWH_TEXT("acme"),
    .title = KWH_TEXT("Acme"),
    .blocks = many_blocks,
    .block_count = 1,
    .protocol = KWH_PROTOCOL_MBUS,
    .mbus = &acme,
};

static void records_are_split_over_telegrams(void **state)
{
    static struct kwh_port_memory port;
    static uint8_t line_buffer[KWH_MBUS_BUFFER];
    struct kwh_line line;
    struct kwh_mbus_readout readout;
    uint8_t address = 7;
    unsigned records_seen = 0, telegrams = 0;
    bool result = true;
    (void)state;
    be(&many, 1, &address);
    kwh_port_memory_mbus(&port, &server, NULL, NULL);
    assert_int_equal(kwh_line_init(&line, &kwh_mbus_serial, line_buffer, sizeof line_buffer),
                     KWH_OK);
    kwh_mbus_set_speed(&line, &settings, 0);
    line.backend = &port.backend;
    kwh_mbus_readout_init(&readout, 7);
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    while (kwh_dialogue_run(&readout.dialogue, &line, &result) == KWH_OK && result) {
        struct kwh_mbus_records records;
        struct kwh_mbus_record record;
        telegrams++;
        kwh_mbus_records_init(&records, &readout.sequence.telegram);
        while (kwh_mbus_next(&records, readout.sequence.data, readout.sequence.size, &record)) {
            const uint8_t *header = readout.sequence.data + record.header_at;
            records_seen++;
            assert_int_equal(record.value.mantissa, 6913460);
            assert_int_equal((header[1] & 15) * 16 + header[2], records_seen);
        }
    }
    assert_int_equal(readout.dialogue.error, KWH_OK);
    assert_int_equal(records_seen, KWH_COUNT(many_records));
    assert_int_equal(telegrams, 3);
}

static void other_maps_are_refused(void **state)
{
    struct kwh_slave slave = {.map = &kwh_map_inepro_pro1_modbus, .value = value_of};
    (void)state;
    assert_int_equal(kwh_mbus_slave_init(&mbus[0], &slave), KWH_ERROR_UNSUPPORTED);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_telegram_of_the_manual),
        cmocka_unit_test(requests_are_repeated_and_turned),
        cmocka_unit_test(what_is_not_for_it_gets_no_answer),
        cmocka_unit_test(what_it_does_not_know_is_acknowledged),
        cmocka_unit_test(it_is_selected_by_its_secondary_address),
        cmocka_unit_test(settings_are_handed_over_once),
        cmocka_unit_test(it_moves_to_another_address),
        cmocka_unit_test(it_takes_another_speed_after_the_acknowledgment),
        cmocka_unit_test(a_private_telegram_is_sent_until_the_usual_one_is_asked_for),
        cmocka_unit_test(several_at_once),
        cmocka_unit_test(records_are_split_over_telegrams),
        cmocka_unit_test(other_maps_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
