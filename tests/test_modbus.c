/* SPDX-License-Identifier: MIT */
/* Requests as bytes, and the judgement of answers of every function. */
#include "wire.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct wire wire;

/* Sends the exchange, answers with a frame, and gives its error. */
static enum kwh_error converse(struct kwh_exchange *exchange, const char *request,
                               const char *answer)
{
    uint8_t expected[300];
    size_t count = hex(request, expected, sizeof expected);
    enum kwh_error error;
    wire_reply(&wire, wire.requests, 20000, answer);
    error = wire_run(&wire, exchange);
    assert_int_equal(wire.sent_count[wire.requests - 1], count);
    assert_memory_equal(wire.sent[wire.requests - 1], expected, count);
    return error;
}

static int open_rtu(void **state)
{
    (void)state;
    wire_open(&wire, &kwh_modbus_rtu, KWH_MODBUS_RTU_BUFFER, 1, 0);
    return 0;
}

static int close_rtu(void **state)
{
    (void)state;
    wire_close(&wire);
    return 0;
}

/* Frames that were read from a real PRO380 and published, CRC included. */
static void registers_are_read(void **state)
{
    struct kwh_exchange exchange;
    const uint8_t *registers;
    size_t count;
    uint8_t expected[12];
    (void)state;
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0x5002, 6), KWH_OK);
    assert_int_equal(converse(&exchange, "01 03 50 02 00 06 75 08",
                              "01 03 0C 43 6A 4C CD 43 69 66 66 43 6A 66 66 A1 13"),
                     KWH_OK);
    registers = kwh_modbus_registers(&wire.line, &exchange, &count);
    assert_int_equal(count, 6);
    assert_int_equal(hex("43 6A 4C CD 43 69 66 66 43 6A 66 66", expected, 12), 12);
    assert_memory_equal(registers, expected, 12);

    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0x5012, 2), KWH_OK);
    assert_int_equal(converse(&exchange, "01 03 50 12 00 02 75 0E", "01 03 04 3E 33 33 33 53 31"),
                     KWH_OK);
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0x4003, 1), KWH_OK);
    assert_int_equal(converse(&exchange, "01 03 40 03 00 01 61 CA", "01 03 02 00 0A 38 43"),
                     KWH_OK);
    registers = kwh_modbus_registers(&wire.line, &exchange, &count);
    assert_int_equal(count, 1);
    assert_memory_equal(registers, "\x00\x0A", 2);
    assert_int_equal(kwh_modbus_read(&exchange, 1, 4, 0, 2), KWH_OK);
    assert_int_equal(converse(&exchange, "01 04 00 00 00 02 71 CB", "01 84 02 C2 C1"),
                     KWH_ERROR_ILLEGAL_DATA_ADDRESS);
    (void)kwh_modbus_registers(&wire.line, &exchange, &count);
    assert_int_equal(count, 0);
}

static void limits_are_enforced_at_the_entry(void **state)
{
    static const struct {
        uint8_t function;
        uint16_t address, count;
        enum kwh_error error;
    } reads[] = {
        {3, 0, 1, KWH_OK},
        {4, 0, 125, KWH_OK},
        {3, 0, 0, KWH_ERROR_ARGUMENT},
        {3, 0, 126, KWH_ERROR_ARGUMENT},
        {3, 0xFFFF, 1, KWH_OK},
        {3, 0xFFFF, 2, KWH_ERROR_ARGUMENT},
        {3, 0xFF84, 124, KWH_OK},
        {3, 0xFF84, 125, KWH_ERROR_ARGUMENT},
        {1, 0, 1, KWH_ERROR_ARGUMENT},
        {6, 0, 1, KWH_ERROR_ARGUMENT},
    };
    static const uint8_t bytes[250];
    struct kwh_exchange exchange;
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(reads); i++) {
        assert_int_equal(
            kwh_modbus_read(&exchange, 1, reads[i].function, reads[i].address, reads[i].count),
            reads[i].error);
        if (reads[i].error != KWH_OK)
            assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_ARGUMENT);
    }
    assert_int_equal(kwh_modbus_write_multiple(&exchange, 1, 0, 123, bytes), KWH_OK);
    assert_int_equal(kwh_modbus_write_multiple(&exchange, 1, 0, 124, bytes), KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_modbus_write_multiple(&exchange, 1, 0, 0, bytes), KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_modbus_write_multiple(&exchange, 1, 0xFFFF, 2, bytes), KWH_ERROR_ARGUMENT);
    assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_modbus_read_device_id(&exchange, 1, 0, 0), KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_modbus_read_device_id(&exchange, 1, 5, 0), KWH_ERROR_ARGUMENT);
}

static void the_longest_frames_fit(void **state)
{
    static uint8_t bytes[246], frame[256];
    struct kwh_exchange exchange;
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    assert_int_equal(kwh_modbus_write_multiple(&exchange, 1, 0, 123, bytes), KWH_OK);
    wire_reply(&wire, 0, 20000, "01 10 00 00 00 7B 80 2A");
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    assert_int_equal(wire.sent_count[0], 255);
    assert_memory_equal(wire.sent[0] + 7, bytes, 246);
    /* 125 registers of 5A5A; the CRC is from another implementation. */
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0, 125), KWH_OK);
    memset(frame, 0x5A, sizeof frame);
    frame[0] = 1, frame[1] = 3, frame[2] = 0xFA, frame[253] = 0xD2, frame[254] = 0x13;
    wire_reply_bytes(&wire, 1, 20000, frame, 255);
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
}

static void registers_are_written(void **state)
{
    static const uint8_t ten[] = {0x41, 0x20, 0x00, 0x00};
    struct kwh_exchange exchange;
    size_t count;
    (void)state;
    /* The manual's frames: address 10, and pulse rate 10 imp/kWh. */
    kwh_modbus_write_single(&exchange, 1, 0x4003, 10);
    assert_int_equal(converse(&exchange, "01 06 40 03 00 0A EC 0D", "01 06 40 03 00 0A EC 0D"),
                     KWH_OK);
    assert_int_equal(kwh_modbus_write_multiple(&exchange, 1, 0x400D, 2, ten), KWH_OK);
    assert_int_equal(
        converse(&exchange, "01 10 40 0D 00 02 04 41 20 00 00 16 03", "01 10 40 0D 00 02 C5 CB"),
        KWH_OK);
    (void)kwh_modbus_registers(&wire.line, &exchange, &count);
    assert_int_equal(count, 0); /* nothing was read */
    /* An answer with another value is not the answer. */
    kwh_modbus_write_single(&exchange, 1, 0x4003, 11);
    assert_int_equal(converse(&exchange, "01 06 40 03 00 0B 2D CD", "01 06 40 03 00 0A EC 0D"),
                     KWH_ERROR_OTHER_ANSWER);
}

static void diagnostics_are_asked(void **state)
{
    struct kwh_exchange exchange;
    (void)state;
    kwh_modbus_diagnostics(&exchange, 1, 0, 0xA537);
    assert_false(exchange.writes);
    assert_int_equal(converse(&exchange, "01 08 00 00 A5 37 DA 8D", "01 08 00 00 A5 37 DA 8D"),
                     KWH_OK);
    kwh_modbus_diagnostics(&exchange, 1, 11, 0);
    assert_false(exchange.writes);
    assert_int_equal(converse(&exchange, "01 08 00 0B 00 00 91 C9", "01 08 00 0B 00 2A 10 16"),
                     KWH_OK);
    assert_true(wire_answered(&wire, &exchange, "08 00 0B 00 2A"));
    for (uint16_t sub_function = 0; sub_function < 30; sub_function++) {
        bool harmless = sub_function == 0 || sub_function == 2 ||
                        (sub_function >= 11 && sub_function <= 18);
        kwh_modbus_diagnostics(&exchange, 1, sub_function, 0);
        assert_int_equal(exchange.writes, !harmless);
    }
}

static void identities_are_asked(void **state)
{
    struct kwh_exchange exchange;
    struct kwh_device_id_object object;
    const uint8_t *pdu;
    size_t length;
    (void)state;
    kwh_modbus_report_server_id(&exchange, 1);
    assert_int_equal(converse(&exchange, "01 11 C0 2C", "01 11 05 6B 77 68 00 FF 7F 72"), KWH_OK);
    assert_true(wire_answered(&wire, &exchange, "11 05 6B 77 68 00 FF"));

    assert_int_equal(kwh_modbus_read_device_id(&exchange, 1, 1, 0), KWH_OK);
    assert_int_equal(converse(&exchange, "01 2B 0E 01 00 70 77",
                              "01 2B 0E 01 01 00 00 02 00 03 6B 77 68 01 02 76 31 E4 94"),
                     KWH_OK);
    pdu = kwh_line_answer(&wire.line, &exchange, &length);
    assert_true(kwh_modbus_device_id_object(pdu, length, 0, &object));
    assert_int_equal(object.id, 0);
    assert_int_equal(object.length, 3);
    assert_memory_equal(pdu + object.at, "kwh", 3);
    assert_true(kwh_modbus_device_id_object(pdu, length, 1, &object));
    assert_memory_equal(pdu + object.at, "v1", 2);
    assert_false(kwh_modbus_device_id_object(pdu, length, 2, &object));
    for (size_t cut = 0; cut < length; cut++)
        assert_false(kwh_modbus_device_id_object(pdu, cut, 1, &object));
}

static void any_pdu_can_be_asked(void **state)
{
    static const uint8_t pdu[254] = {0x41, 0x07};
    static const uint8_t bad[] = {0x80};
    struct kwh_exchange exchange;
    (void)state;
    assert_int_equal(kwh_modbus_raw(&exchange, 1, pdu, 2, kwh_modbus_length_counted, false),
                     KWH_OK);
    assert_int_equal(converse(&exchange, "01 41 07 51 92", "01 41 02 99 98 C7 C6"), KWH_OK);
    assert_true(wire_answered(&wire, &exchange, "41 02 99 98"));
    assert_int_equal(kwh_modbus_raw(&exchange, 1, pdu, 0, kwh_modbus_length_counted, false),
                     KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_modbus_raw(&exchange, 1, pdu, 254, kwh_modbus_length_counted, false),
                     KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_modbus_raw(&exchange, 1, pdu + 2, 1, kwh_modbus_length_counted, false),
                     KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_modbus_raw(&exchange, 1, bad, 1, kwh_modbus_length_counted, false),
                     KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_modbus_raw(&exchange, 1, pdu, 2, NULL, false), KWH_ERROR_ARGUMENT);
    assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_ARGUMENT);
}

static void lengths_of_raw_answers(void **state)
{
    static const uint8_t counted[] = {0x11, 5};
    static const uint8_t endless[8] = {0x2B, 0x0E, 1, 1, 0, 0, 255, 0};
    uint8_t objects[300] = {0x2B, 0x0E, 1, 1, 0, 0, 2, 0, 250};
    (void)state;
    assert_int_equal(kwh_modbus_length_counted(counted, 1), 0);
    assert_int_equal(kwh_modbus_length_counted(counted, 2), 7);
    assert_int_equal(kwh_modbus_length_five(counted, 1), 5);
    assert_int_equal(kwh_modbus_length_device_id(endless, 6), 0);
    assert_int_equal(kwh_modbus_length_device_id(endless, 8), 0);
    assert_true(kwh_modbus_length_device_id(objects, 260) == SIZE_MAX);
    objects[6] = 1;
    assert_true(kwh_modbus_length_device_id(objects, 260) == SIZE_MAX);
    objects[8] = 240;
    assert_int_equal(kwh_modbus_length_device_id(objects, 9), 249);
}

/* Every exception code by its name (section 7), what has none as refused. */
static void exceptions_have_names(void **state)
{
    static const struct {
        const char *frame;
        enum kwh_error error;
    } cases[] = {
        {"01 83 01 80 F0", KWH_ERROR_ILLEGAL_FUNCTION},
        {"01 83 02 C0 F1", KWH_ERROR_ILLEGAL_DATA_ADDRESS},
        {"01 83 03 01 31", KWH_ERROR_ILLEGAL_DATA_VALUE},
        {"01 83 04 40 F3", KWH_ERROR_SERVER_DEVICE_FAILURE},
        {"01 83 05 81 33", KWH_ERROR_ACKNOWLEDGE},
        {"01 83 06 C1 32", KWH_ERROR_SERVER_DEVICE_BUSY},
        {"01 83 07 00 F2", KWH_ERROR_NEGATIVE_ACKNOWLEDGE},
        {"01 83 08 40 F6", KWH_ERROR_MEMORY_PARITY},
        {"01 83 09 81 36", KWH_ERROR_EXCEPTION_09},
        {"01 83 0A C1 37", KWH_ERROR_GATEWAY_PATH},
        {"01 83 0B 00 F7", KWH_ERROR_GATEWAY_TARGET},
        {"01 83 0C 41 35", KWH_ERROR_REFUSED},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        struct kwh_exchange exchange;
        (void)open_rtu(NULL);
        assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0, 2), KWH_OK);
        assert_int_equal(converse(&exchange, "01 03 00 00 00 02 C4 0B", cases[i].frame),
                         cases[i].error);
        assert_int_equal(kwh_line_failure(&wire.line)->error, cases[i].error);
        (void)close_rtu(NULL);
    }
}

static void lengths_follow_from_the_first_bytes(void **state)
{
    static const uint8_t read[] = {0x03, 0x0C}, write[] = {0x10, 0, 1, 0, 2, 4};
    static const uint8_t refused[] = {0x83}, private_one[] = {0x65, 0, 0, 0, 0, 0};
    (void)state;
    assert_int_equal(kwh_modbus_request_length(read, 1), 5);
    assert_int_equal(kwh_modbus_answer_length(read, 1), 0);
    assert_int_equal(kwh_modbus_answer_length(read, 2), 14);
    assert_int_equal(kwh_modbus_request_length(write, 5), 0);
    assert_int_equal(kwh_modbus_request_length(write, 6), 10);
    assert_int_equal(kwh_modbus_answer_length(write, 1), 5);
    assert_int_equal(kwh_modbus_answer_length(refused, 1), 2);
    assert_int_equal(kwh_modbus_request_length(refused, 1), KWH_MODBUS_LENGTH_UNKNOWN);
    assert_int_equal(kwh_modbus_answer_length(private_one, 6), KWH_MODBUS_LENGTH_UNKNOWN);
    assert_int_equal(kwh_modbus_request_length(private_one, 6), KWH_MODBUS_LENGTH_UNKNOWN);
    assert_int_equal(kwh_modbus_request_length(read, 0), 0);
    assert_int_equal(kwh_modbus_answer_length(read, 0), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(registers_are_read, open_rtu, close_rtu),
        cmocka_unit_test_setup_teardown(limits_are_enforced_at_the_entry, open_rtu, close_rtu),
        cmocka_unit_test_setup_teardown(the_longest_frames_fit, open_rtu, close_rtu),
        cmocka_unit_test_setup_teardown(registers_are_written, open_rtu, close_rtu),
        cmocka_unit_test_setup_teardown(diagnostics_are_asked, open_rtu, close_rtu),
        cmocka_unit_test_setup_teardown(identities_are_asked, open_rtu, close_rtu),
        cmocka_unit_test_setup_teardown(any_pdu_can_be_asked, open_rtu, close_rtu),
        cmocka_unit_test(lengths_of_raw_answers),
        cmocka_unit_test(exceptions_have_names),
        cmocka_unit_test(lengths_follow_from_the_first_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
