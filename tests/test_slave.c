/* SPDX-License-Identifier: MIT */
/*
 * A slave as MODBUS Application Protocol V1.1b3 wants it, request and answer as literal bytes. The
 * registers are those of a PRO380-Mod as seen on a real one, and some that make corners.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <kwh/server.h>

#include "hex.h"

/* clang-format off */
static KWH_CONST struct kwh_choice baud_rates[] = {
    {.code = 2400}, {.code = 4800}, {.code = 9600},
};
static KWH_CONST struct kwh_choice pulse_rates[] = {
    {.code = 1000}, {.code = 10}, {.code = 1, .exponent = -2},
};
static KWH_CONST struct kwh_item items[] = {
    {.quantity = KWH_DEVICE_ADDRESS, .write_function = 6, .minimum = 1, .maximum = 247},
    {.quantity = KWH_BAUD_RATE, .write_function = 6, .choices = baud_rates, .choice_count = 3},
    {.quantity = KWH_PULSE_RATE, .write_function = 16, .choices = pulse_rates, .choice_count = 3},
    {.quantity = KWH_DISPLAY_CYCLE_TIME, .write_function = 6, .minimum = 1, .maximum = 30},
    {.quantity = KWH_PASSWORD, .write_function = 16, .maximum = 9999},
    {.quantity = KWH_COMBINATION_CODE, .minimum = 1, .maximum = 11}, /* cannot be written */
};
static KWH_CONST struct kwh_row rows[] = {
    KWH_HOLDING(0x4000, HEX32,   1,    SERIAL_NUMBER,        KWH_MANUAL),
    KWH_HOLDING(0x4002, HEX16,   1,    METER_CODE,           KWH_MANUAL),
    KWH_HOLDING(0x4003, INT16,   1,    DEVICE_ADDRESS,       KWH_MANUAL),
    KWH_HOLDING(0x4004, INT16,   1,    BAUD_RATE,            KWH_MANUAL),
    KWH_HOLDING(0x4005, FLOAT32, 1,    PULSE_RATE,           KWH_MANUAL),
    KWH_HOLDING(0x400F, INT16,   1,    COMBINATION_CODE,     KWH_MANUAL),
    KWH_HOLDING(0x4010, BCD16,   1,    DISPLAY_CYCLE_TIME,   KWH_MANUAL),
    KWH_HOLDING(0x4013, BCD16,   1,    PASSWORD,             KWH_MANUAL | KWH_WRITE_ONLY),
    KWH_HOLDING(0x5002, FLOAT32, 1,    VOLTAGE_L1,           KWH_MANUAL),
    KWH_HOLDING(0x5004, FLOAT32, 1,    VOLTAGE_L2,           KWH_MANUAL),
    KWH_HOLDING(0x5012, FLOAT32, KILO, ACTIVE_POWER,         KWH_MANUAL),
    KWH_HOLDING(0x6000, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT, KWH_MANUAL),
    KWH_HOLDING(0xFFFF, UINT16,  1,    FREQUENCY,            KWH_MANUAL),
    KWH_INPUT(  0x0000, FLOAT32, 1,    VOLTAGE_L3,           KWH_MANUAL),
};
static KWH_CONST struct kwh_row extra_rows[] = {
    KWH_HOLDING(0x7000, UINT16,  1,    CURRENT_L1,           KWH_MANUAL),
};
static KWH_CONST struct kwh_block blocks[] = {
    {.rows = rows, .count = KWH_COUNT(rows)}, {.rows = extra_rows, .count = KWH_COUNT(extra_rows), .profiles = 2},
};
#define CONTENT                                                                                    \
    .name = KWH_TEXT("test_meter"),                                                                \
    .blocks = blocks, .block_count = KWH_COUNT(blocks),                                            \
    .items = items, .item_count = KWH_COUNT(items)
static KWH_CONST struct kwh_map map = {CONTENT, .title = KWH_TEXT("Test meter")};
static KWH_CONST struct kwh_map untitled = {CONTENT};
static KWH_CONST struct kwh_map long_title = {
    CONTENT,
    .title = KWH_TEXT("0123456789012345678901234567890123456789012345678901234567890123456789"),
};
static KWH_CONST struct kwh_map with_holes = {CONTENT, .holes_read_zero = 1};

/* A quantity, its number in the base unit or its digits. */
static const struct { uint32_t quantity; struct kwh_decimal number; uint64_t digits; } values[] = {
    {KWH_SERIAL_NUMBER,      {0, 0},     0x19430102},
    {KWH_METER_CODE,         {0, 0},     0x0102},
    {KWH_DEVICE_ADDRESS,     {1, 0},     0},
    {KWH_BAUD_RATE,          {9600, 0},  9600},
    {KWH_PULSE_RATE,         {1000, 0},  1000},
    {KWH_COMBINATION_CODE,   {5, 0},     5},
    {KWH_DISPLAY_CYCLE_TIME, {25, 0},    0},
    {KWH_VOLTAGE_L1,         {2343, -1}, 0},
    {KWH_VOLTAGE_L2,         {2334, -1}, 0},
    {KWH_VOLTAGE_L3,         {2344, -1}, 0},
    {KWH_ACTIVE_POWER,       {175, 0},   0},
    {KWH_CURRENT_L1,         {7, 0},     0},
};
/* clang-format on */

/* What the meter was told, in order. */
struct meter {
    unsigned calls, writes;
    enum kwh_error write_error, value_error;
    struct kwh_reading written[4];
};

static enum kwh_error value(void *context, KWH_CONST struct kwh_row *row,
                            struct kwh_reading *reading)
{
    struct meter *meter = context;
    meter->calls++;
    for (size_t i = 0; i < KWH_COUNT(values); i++) {
        if (values[i].quantity == row->quantity) {
            kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
            reading->decimal = values[i].number;
            reading->digits = values[i].digits;
            return KWH_OK;
        }
    }
    if (row->quantity == KWH_ACTIVE_ENERGY_IMPORT) {
        kwh_reading_init(reading, row->quantity, KWH_STATUS_NOT_AVAILABLE);
        return KWH_OK;
    }
    return meter->value_error;
}

static enum kwh_error write_value(void *context, KWH_CONST struct kwh_row *row,
                                  const struct kwh_reading *reading)
{
    struct meter *meter = context;
    assert_int_equal(row->quantity, reading->quantity);
    if (meter->writes < KWH_COUNT(meter->written))
        meter->written[meter->writes] = *reading;
    meter->writes++;
    return meter->write_error;
}

static struct meter meter;
static struct kwh_slave slave;

static int start(void **state)
{
    (void)state;
    memset(&meter, 0, sizeof meter);
    meter.value_error = KWH_ERROR_IO;
    memset(&slave, 0, sizeof slave);
    slave.map = &map;
    slave.profiles = 1;
    slave.address = 1;
    slave.value = value;
    slave.write = write_value;
    slave.context = &meter;
    return 0;
}

/* Request and answer as hexadecimal digits; the room behind an answer must stay untouched. */
static void expect(const char *request, const char *answer)
{
    uint8_t asked[300], wanted[300], got[300];
    size_t asked_length = hex(request, asked, sizeof asked);
    size_t wanted_length = hex(answer, wanted, sizeof wanted);
    memset(got, 0xA5, sizeof got);
    size_t got_length = kwh_slave_answer(&slave, asked, asked_length, got);
    assert_int_equal(got_length, wanted_length);
    assert_memory_equal(got, wanted, wanted_length);
    for (size_t i = KWH_MODBUS_PDU_MAX; i < sizeof got; i++)
        assert_int_equal(got[i], 0xA5);
}

static void reads_values(void **state)
{
    (void)state;
    expect("03 5002 0002", "03 04 436A4CCD");
    expect("03 5002 0004", "03 08 436A4CCD 43696666");
    expect("03 5012 0002", "03 04 3E333333");
    expect("03 4000 0007", "03 0E 19430102 0102 0001 2580 447A0000");
    expect("03 4010 0001", "03 02 0025");
    expect("04 0000 0002", "04 04 436A6666");
    expect("03 FFFF 0001", "83 04"); /* the last register there is; its value fails */
}

static void reads_parts_of_values(void **state)
{
    (void)state;
    expect("03 5002 0001", "03 02 436A");
    expect("03 5003 0001", "03 02 4CCD");
    expect("03 5003 0002", "03 04 4CCD 4369");
    expect("03 4001 0003", "03 06 0102 0102 0001");
}

static void asks_for_each_value_once(void **state)
{
    (void)state;
    expect("03 4000 0007", "03 0E 19430102 0102 0001 2580 447A0000");
    assert_int_equal(meter.calls, 5);
}

static void refuses_registers_the_map_lacks(void **state)
{
    (void)state;
    expect("03 5000 0002", "83 02");
    expect("03 5004 0003", "83 02");
    expect("04 5002 0002", "84 02"); /* the other table */
    expect("03 0000 0002", "83 02");
    expect("03 4013 0001", "83 02"); /* write-only */
    expect("03 7000 0001", "83 02"); /* of another profile */
    slave.profiles = 2;
    expect("03 7000 0001", "03 02 0007");
}

static void answers_holes_with_zero_if_the_map_says_so(void **state)
{
    (void)state;
    slave.map = &with_holes;
    expect("03 5004 0004", "03 08 43696666 0000 0000");
    expect("03 5005 0002", "03 04 6666 0000");
    expect("03 5006 000E", "03 1C 000000000000 000000000000 000000000000 000000000000 3E333333");
    expect("03 3FFF 0001", "83 02");
    expect("04 0000 0003", "84 02"); /* nothing behind it */
}

static void refuses_impossible_reads(void **state)
{
    (void)state;
    expect("03 5002 0000", "83 03");
    expect("03 5002 007E", "83 03");
    expect("03 5002 FFFF", "83 03");
    expect("03 5002 007D", "83 02"); /* 125 are possible, but not there */
    expect("03 FFFF 0002", "83 02"); /* beyond the last address */
    expect("03 5002 00", "83 03");
    expect("03 5002 0002 00", "83 03");
    expect("03", "83 03");
    slave.request_limit = 2;
    expect("03 5002 0002", "03 04 436A4CCD");
    expect("03 5002 0003", "83 03");
    slave.request_limit = 200; /* more than the standard allows changes nothing */
    expect("03 5002 007E", "83 03");
}

static void fails_where_no_value_is(void **state)
{
    (void)state;
    expect("03 6000 0002", "83 04"); /* a status in place of a value */
    expect("03 400F 0001", "03 02 0005");
    expect("03 FFFF 0001", "83 04"); /* the callback fails */
    meter.value_error = KWH_ERROR_ILLEGAL_DATA_ADDRESS;
    expect("03 FFFF 0001", "83 02"); /* this meter lacks the row */
}

static void writes_a_register(void **state)
{
    (void)state;
    expect("06 4003 002A", "06 4003 002A");
    assert_int_equal(meter.writes, 1);
    assert_int_equal(meter.written[0].quantity, KWH_DEVICE_ADDRESS);
    assert_int_equal(meter.written[0].decimal.mantissa, 42);
    expect("06 4004 12C0", "06 4004 12C0");
    assert_int_equal(meter.written[1].quantity, KWH_BAUD_RATE);
    assert_int_equal(meter.written[1].decimal.mantissa, 4800);
    expect("06 4010 0030", "06 4010 0030"); /* BCD: 30 s */
    assert_int_equal(meter.written[2].decimal.mantissa, 30);
}

static void writes_registers(void **state)
{
    (void)state;
    expect("10 4005 0002 04 3C23D70A", "10 4005 0002"); /* 0.01 */
    assert_int_equal(meter.writes, 1);
    assert_int_equal(meter.written[0].quantity, KWH_PULSE_RATE);
    assert_int_equal(meter.written[0].decimal.mantissa, 1);
    assert_int_equal(meter.written[0].decimal.exponent, -2);
    expect("10 4003 0004 08 0007 0960 41200000", "10 4003 0004");
    assert_int_equal(meter.writes, 4);
    assert_int_equal(meter.written[1].decimal.mantissa, 7);
    assert_int_equal(meter.written[2].decimal.mantissa, 2400);
    assert_int_equal(meter.written[3].decimal.mantissa, 1);
    assert_int_equal(meter.written[3].decimal.exponent, 1); /* 10, out of a float */
}

static void writes_what_cannot_be_read(void **state)
{
    (void)state;
    expect("06 4013 1234", "06 4013 1234");
    assert_int_equal(meter.written[0].digits, 0x1234);
    expect("06 4013 00AB", "86 03"); /* no digits */
    assert_int_equal(meter.writes, 1);
}

static void writes_whole_writable_values_only(void **state)
{
    (void)state;
    expect("06 4005 447A", "86 02");              /* half a float */
    expect("10 4006 0002 04 0000 0102", "90 02"); /* its other half and what follows */
    expect("10 4006 0001 02 0000", "90 02");      /* its other half */
    expect("10 4004 0002 04 2580 447A", "90 02"); /* one and a half values */
    expect("06 5002 436A", "86 02");              /* a measurement */
    expect("06 400F 0005", "86 02");              /* the map says that it cannot be written */
    expect("06 4002 0102", "86 02");              /* nor of this */
    expect("06 8000 0001", "86 02");              /* no such register */
    expect("10 FFFF 0002 04 0001 0001", "90 02"); /* beyond the last address */
    assert_int_equal(meter.writes, 0);
}

static void writes_allowed_values_only(void **state)
{
    (void)state;
    expect("06 4003 0000", "86 03");
    expect("06 4003 00F8", "86 03"); /* 248 */
    expect("06 4003 FFFF", "86 03");
    expect("06 4003 00F7", "06 4003 00F7");
    expect("06 4003 0001", "06 4003 0001");
    expect("06 4004 2581", "86 03");                   /* 9601 Bd */
    expect("06 4010 0031", "86 03");                   /* 31 s */
    expect("06 4010 001A", "86 03");                   /* no BCD */
    expect("10 4005 0002 04 7FC00000", "90 03");       /* NaN */
    expect("10 4005 0002 04 42C80000", "90 03");       /* 100 is not in the list */
    expect("10 4003 0002 04 0007 2581", "90 03");      /* the second is bad: */
    expect("10 4003 0003 06 0007 2580 0000", "90 02"); /* the third is half: */
    assert_int_equal(meter.writes, 2);                 /* so the first is not written */
}

static void refuses_impossible_writes(void **state)
{
    (void)state;
    expect("06 4003 00", "86 03");
    expect("06 4003 0001 00", "86 03");
    expect("10 4003 0000 00", "90 03");
    expect("10 4003 0001 02 00", "90 03");
    expect("10 4003 0001 02 0001 00", "90 03");
    expect("10 4003 0001 04 0001 0001", "90 03");
    expect("10 4003 0001 04 0007", "90 03");
    expect("10 4003 0001 03 0007 00", "90 03");
    expect("10 4003 0002 02 0001", "90 03");
    expect("10 4003", "90 03");
    expect("10 4003 0101 02 0001", "90 03"); /* 257 registers, and 2 * 257 is 2 in a byte */
    assert_int_equal(meter.writes, 0);
}

/* 123 registers fit a write, 124 do not; both are longer than what the map has. */
static void knows_the_longest_write(void **state)
{
    (void)state;
    uint8_t answer[KWH_MODBUS_PDU_MAX];
    uint8_t request[300] = {0x10, 0x40, 0x03, 0x00, 123, 246, 0x00, 0x07};
    assert_int_equal(kwh_slave_answer(&slave, request, 252, answer), 2);
    assert_int_equal(answer[1], 3); /* address 7, then baud rate 0 */
    request[4] = 124;
    request[5] = 248;
    assert_int_equal(kwh_slave_answer(&slave, request, 254, answer), 2);
    assert_int_equal(answer[0], 0x80); /* longer than any PDU: not even looked at */
    assert_int_equal(meter.writes, 0);
}

static void reports_what_the_program_says(void **state)
{
    (void)state;
    meter.write_error = KWH_ERROR_ARGUMENT;
    expect("06 4003 0007", "86 03");
    meter.write_error = KWH_ERROR_IO;
    expect("06 4003 0007", "86 04");
    slave.write = NULL;
    expect("06 4003 0007", "86 02");
}

static void returns_query_data(void **state)
{
    (void)state;
    expect("08 0000 A537", "08 0000 A537");
    expect("08 0000 A537 0001", "08 0000 A537 0001");
    expect("08 0001 0000", "88 01");
    expect("08 000B 0000", "88 01");
    expect("08 0000", "88 03");
    expect("08 0000 A5", "88 03");
    expect("08 0000 A537 00", "88 03");
}

static void reports_its_server_id(void **state)
{
    (void)state;
    expect("11", "11 0C 6B FF 54657374 206D6574 6572");
    expect("11 00", "91 03");
}

/* "libkwh", "Test meter", "0.1.0" */
#define VENDOR   "00 06 6C69626B7768"
#define PRODUCT  "01 0A 54657374206D65746572"
#define REVISION "02 05 302E312E30"

static void identifies_itself(void **state)
{
    (void)state;
    expect("2B 0E 01 00", "2B 0E 01 81 00 00 03" VENDOR PRODUCT REVISION);
    expect("2B 0E 01 01", "2B 0E 01 81 00 00 02" PRODUCT REVISION);
    expect("2B 0E 01 03", "2B 0E 01 81 00 00 03" VENDOR PRODUCT REVISION);
    expect("2B 0E 02 00", "2B 0E 02 81 00 00 03" VENDOR PRODUCT REVISION);
    expect("2B 0E 03 80", "2B 0E 03 81 00 00 03" VENDOR PRODUCT REVISION);
    expect("2B 0E 04 01", "2B 0E 04 81 00 00 01" PRODUCT);
    expect("2B 0E 04 03", "AB 02");
    expect("2B 0E 00 00", "AB 03");
    expect("2B 0E 05 00", "AB 03");
    expect("2B 0E 01", "AB 03");
    expect("2B 0D 01 00", "AB 01");
    expect("2B", "AB 01");
}

static void cuts_long_titles(void **state)
{
    (void)state;
    uint8_t answer[300];
    static const uint8_t request[] = {0x2B, 0x0E, 0x04, 0x01};
    slave.map = &long_title;
    assert_int_equal(kwh_slave_answer(&slave, request, 4, answer), 7 + 2 + 64);
    assert_int_equal(answer[8], 64);
    slave.map = &untitled;
    expect("11", "11 02 6B FF");
}

static void refuses_other_functions(void **state)
{
    (void)state;
    expect("01 0000 0001", "81 01");
    expect("05 0000 FF00", "85 01");
    expect("17 0000 0001 0000 0001 02 0000", "97 01");
    expect("83 02", "83 01");
    expect("00", "80 01");
    expect("", "80 01");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(reads_values, start),
        cmocka_unit_test_setup(reads_parts_of_values, start),
        cmocka_unit_test_setup(asks_for_each_value_once, start),
        cmocka_unit_test_setup(refuses_registers_the_map_lacks, start),
        cmocka_unit_test_setup(answers_holes_with_zero_if_the_map_says_so, start),
        cmocka_unit_test_setup(refuses_impossible_reads, start),
        cmocka_unit_test_setup(fails_where_no_value_is, start),
        cmocka_unit_test_setup(writes_a_register, start),
        cmocka_unit_test_setup(writes_registers, start),
        cmocka_unit_test_setup(writes_what_cannot_be_read, start),
        cmocka_unit_test_setup(writes_whole_writable_values_only, start),
        cmocka_unit_test_setup(writes_allowed_values_only, start),
        cmocka_unit_test_setup(refuses_impossible_writes, start),
        cmocka_unit_test_setup(knows_the_longest_write, start),
        cmocka_unit_test_setup(reports_what_the_program_says, start),
        cmocka_unit_test_setup(returns_query_data, start),
        cmocka_unit_test_setup(reports_its_server_id, start),
        cmocka_unit_test_setup(identifies_itself, start),
        cmocka_unit_test_setup(cuts_long_titles, start),
        cmocka_unit_test_setup(refuses_other_functions, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
