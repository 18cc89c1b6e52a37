/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <ctype.h>
#include <cmocka.h>

#include <kwh/error.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Every error, with its frozen name and number. */
static const struct {
    enum kwh_error error;
    int number;
    const char *name;
} errors[] = {
    {KWH_OK, 0, "ok"},
    {KWH_ERROR_TIMEOUT, 1, "timeout"},
    {KWH_ERROR_BAD_CRC, 2, "bad_crc"},
    {KWH_ERROR_NO_FRAME, 3, "no_frame"},
    {KWH_ERROR_ONLY_ECHO, 4, "only_echo"},
    {KWH_ERROR_OTHER_ADDRESS, 5, "other_address"},
    {KWH_ERROR_OTHER_ANSWER, 6, "other_answer"},
    {KWH_ERROR_COLLISION, 7, "collision"},
    {KWH_ERROR_DISCONNECTED, 8, "disconnected"},
    {KWH_ERROR_IO, 9, "io"},
    {KWH_ERROR_BAD_START, 10, "bad_start"},
    {KWH_ERROR_BAD_LENGTH, 11, "bad_length"},
    {KWH_ERROR_CUT_FRAME, 12, "cut_frame"},
    {KWH_ERROR_EXCESS_BYTES, 13, "excess_bytes"},
    {KWH_ERROR_BAD_CHECKSUM, 14, "bad_checksum"},
    {KWH_ERROR_BAD_STOP, 15, "bad_stop"},
    {KWH_ERROR_REFUSED, 32, "refused"},
    {KWH_ERROR_BAD_ANSWER, 33, "bad_answer"},
    {KWH_ERROR_UNKNOWN_METER, 34, "unknown_meter"},
    {KWH_ERROR_OTHER_FAMILY, 35, "other_family"},
    {KWH_ERROR_NOT_IDENTIFIED, 36, "not_identified"},
    {KWH_ERROR_NO_VALUE, 37, "no_value"},
    {KWH_ERROR_NO_DATA, 38, "no_data"},
    {KWH_ERROR_NOT_ACKNOWLEDGED, 39, "not_acknowledged"},
    {KWH_ERROR_ENDLESS, 40, "endless"},
    {KWH_ERROR_DATA_TYPE, 41, "data_type"},
    {KWH_ERROR_OTHER_ENCODING, 42, "other_encoding"},
    {KWH_ERROR_LOCKED, 43, "locked"},
    {KWH_ERROR_NOT_TAKEN, 44, "not_taken"},
    {KWH_ERROR_SHORT_HEADER, 48, "short_header"},
    {KWH_ERROR_UNKNOWN_CI, 49, "unknown_ci"},
    {KWH_ERROR_ENCRYPTED, 50, "encrypted"},
    {KWH_ERROR_CUT_DIF, 51, "cut_dif"},
    {KWH_ERROR_CUT_VIF, 52, "cut_vif"},
    {KWH_ERROR_CUT_DATA, 53, "cut_data"},
    {KWH_ERROR_TOO_MANY_DIFE, 54, "too_many_dife"},
    {KWH_ERROR_TOO_MANY_VIFE, 55, "too_many_vife"},
    {KWH_ERROR_RESERVED_DIF, 56, "reserved_dif"},
    {KWH_ERROR_RESERVED_LVAR, 57, "reserved_lvar"},
    {KWH_ERROR_ILLEGAL_FUNCTION, 65, "illegal_function"},
    {KWH_ERROR_ILLEGAL_DATA_ADDRESS, 66, "illegal_data_address"},
    {KWH_ERROR_ILLEGAL_DATA_VALUE, 67, "illegal_data_value"},
    {KWH_ERROR_SERVER_DEVICE_FAILURE, 68, "server_device_failure"},
    {KWH_ERROR_ACKNOWLEDGE, 69, "acknowledge"},
    {KWH_ERROR_SERVER_DEVICE_BUSY, 70, "server_device_busy"},
    {KWH_ERROR_NEGATIVE_ACKNOWLEDGE, 71, "negative_acknowledge"},
    {KWH_ERROR_MEMORY_PARITY, 72, "memory_parity"},
    {KWH_ERROR_EXCEPTION_09, 73, "exception_09"},
    {KWH_ERROR_GATEWAY_PATH, 74, "gateway_path"},
    {KWH_ERROR_GATEWAY_TARGET, 75, "gateway_target"},
    {KWH_ERROR_MBUS_UNSPECIFIED, 80, "mbus_unspecified"},
    {KWH_ERROR_MBUS_UNKNOWN_CI, 81, "mbus_unknown_ci"},
    {KWH_ERROR_MBUS_BUFFER_TOO_LONG, 82, "mbus_buffer_too_long"},
    {KWH_ERROR_MBUS_TOO_MANY_RECORDS, 83, "mbus_too_many_records"},
    {KWH_ERROR_MBUS_PREMATURE_END, 84, "mbus_premature_end"},
    {KWH_ERROR_MBUS_TOO_MANY_DIFE, 85, "mbus_too_many_dife"},
    {KWH_ERROR_MBUS_TOO_MANY_VIFE, 86, "mbus_too_many_vife"},
    {KWH_ERROR_MBUS_RESERVED, 87, "mbus_reserved"},
    {KWH_ERROR_MBUS_BUSY, 88, "mbus_busy"},
    {KWH_ERROR_MBUS_TOO_MANY_READOUTS, 89, "mbus_too_many_readouts"},
    {KWH_ERROR_ARGUMENT, 96, "argument"},
    {KWH_ERROR_CAPACITY, 97, "capacity"},
    {KWH_ERROR_BUSY, 98, "busy"},
    {KWH_ERROR_BROADCAST_READ, 99, "broadcast_read"},
    {KWH_ERROR_OVERFLOW, 100, "overflow"},
    {KWH_ERROR_SYNTAX, 101, "syntax"},
    {KWH_ERROR_UNKNOWN_NAME, 102, "unknown_name"},
    {KWH_ERROR_NOT_IN_MAP, 103, "not_in_map"},
    {KWH_ERROR_NO_CODE, 104, "no_code"},
    {KWH_ERROR_INEXACT, 105, "inexact"},
    {KWH_ERROR_NO_BACKEND, 106, "no_backend"},
    {KWH_ERROR_PORT_OPEN, 107, "port_open"},
    {KWH_ERROR_PORT_LOCKED, 108, "port_locked"},
    {KWH_ERROR_PORT_FORBIDDEN, 109, "port_forbidden"},
    {KWH_ERROR_PORT_SPEED, 110, "port_speed"},
    {KWH_ERROR_INTERRUPTED, 111, "interrupted"},
    {KWH_ERROR_UNSUPPORTED, 112, "unsupported"},
    {KWH_ERROR_PORT_NAME, 113, "port_name"},
    {KWH_ERROR_RISK, 114, "risk"},
    {KWH_ERROR_UNDETERMINED, 115, "undetermined"},
    {KWH_ERROR_CANNOT_FOLLOW, 116, "cannot_follow"},
    {KWH_ERROR_ADDRESS_TAKEN, 117, "address_taken"},
};

static bool is_listed(int number)
{
    size_t i;

    for (i = 0; i < COUNT(errors); i++)
        if (errors[i].number == number)
            return true;
    return false;
}

static void test_names(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(errors); i++) {
        assert_int_equal(errors[i].error, errors[i].number);
        assert_string_equal(kwh_error_name(errors[i].error), errors[i].name);
    }
}

static void test_texts_are_distinct_sentences(void **state)
{
    size_t i;
    size_t k;

    (void)state;
    for (i = 0; i < COUNT(errors); i++) {
        const char *text = kwh_error_text(errors[i].error);
        size_t length = strlen(text);

        assert_in_range(length, 5, 79);
        assert_true(isupper((unsigned char)text[0]));
        assert_null(strchr(text, '\n'));
        assert_int_not_equal(text[length - 1], '.');
        assert_string_not_equal(text, "Unknown error");
        for (k = 0; k < i; k++)
            assert_string_not_equal(text, kwh_error_text(errors[k].error));
    }
}

/* One text of each list, first and last of them. */
static void test_texts(void **state)
{
    (void)state;
    assert_string_equal(kwh_error_text(KWH_OK), "Success");
    assert_string_equal(kwh_error_text(KWH_ERROR_IO), "The port or connection failed");
    assert_string_equal(kwh_error_text(KWH_ERROR_REFUSED),
                        "The meter refused with a code that has no meaning");
    assert_string_equal(kwh_error_text(KWH_ERROR_NO_VALUE),
                        "The meter gave no value for this quantity");
    assert_string_equal(kwh_error_text(KWH_ERROR_ILLEGAL_FUNCTION),
                        "The meter does not know this function (exception 1)");
    assert_string_equal(kwh_error_text(KWH_ERROR_GATEWAY_TARGET),
                        "The meter behind the gateway did not answer (exception 11)");
    assert_string_equal(kwh_error_text(KWH_ERROR_ARGUMENT), "An argument is outside its range");
    assert_string_equal(kwh_error_text(KWH_ERROR_UNSUPPORTED),
                        "Not possible with this port, map or build");
}

/* Where enums are as short as can be, there are no others. */
static bool fits(int number)
{
    return (int)(enum kwh_error)number == number;
}

static void test_numbers_that_are_no_error(void **state)
{
    int number;

    (void)state;
    for (number = -1; number <= 300; number++) {
        if (fits(number) && !is_listed(number)) {
            assert_string_equal(kwh_error_name((enum kwh_error)number), "unknown");
            assert_string_equal(kwh_error_text((enum kwh_error)number), "Unknown error");
        }
    }
}

static void test_classes(void **state)
{
    (void)state;
    assert_int_equal(kwh_error_class(KWH_OK), KWH_ERROR_CLASS_NONE);
    assert_int_equal(kwh_error_class(KWH_ERROR_TIMEOUT), KWH_ERROR_CLASS_LINE);
    assert_int_equal(kwh_error_class(KWH_ERROR_IO), KWH_ERROR_CLASS_LINE);
    assert_int_equal(kwh_error_class((enum kwh_error)31), KWH_ERROR_CLASS_LINE);
    assert_int_equal(kwh_error_class(KWH_ERROR_REFUSED), KWH_ERROR_CLASS_METER);
    assert_int_equal(kwh_error_class(KWH_ERROR_NO_VALUE), KWH_ERROR_CLASS_METER);
    assert_int_equal(kwh_error_class(KWH_ERROR_ILLEGAL_FUNCTION), KWH_ERROR_CLASS_METER);
    assert_int_equal(kwh_error_class(KWH_ERROR_SERVER_DEVICE_FAILURE), KWH_ERROR_CLASS_METER);
    assert_int_equal(kwh_error_class(KWH_ERROR_ACKNOWLEDGE), KWH_ERROR_CLASS_LINE);
    assert_int_equal(kwh_error_class(KWH_ERROR_SERVER_DEVICE_BUSY), KWH_ERROR_CLASS_LINE);
    assert_int_equal(kwh_error_class(KWH_ERROR_NEGATIVE_ACKNOWLEDGE), KWH_ERROR_CLASS_METER);
    assert_int_equal(kwh_error_class(KWH_ERROR_MBUS_BUSY), KWH_ERROR_CLASS_LINE);
    assert_int_equal(kwh_error_class(KWH_ERROR_MBUS_TOO_MANY_READOUTS), KWH_ERROR_CLASS_METER);
    assert_int_equal(kwh_error_class(KWH_ERROR_GATEWAY_TARGET), KWH_ERROR_CLASS_METER);
    assert_int_equal(kwh_error_class((enum kwh_error)95), KWH_ERROR_CLASS_METER);
    assert_int_equal(kwh_error_class(KWH_ERROR_ARGUMENT), KWH_ERROR_CLASS_CALLER);
    assert_int_equal(kwh_error_class(KWH_ERROR_UNSUPPORTED), KWH_ERROR_CLASS_CALLER);
}

/* MODBUS Application Protocol V1.1b3, section 7. */
static void test_exceptions(void **state)
{
    static const enum kwh_error named[] = {
        KWH_ERROR_REFUSED,
        KWH_ERROR_ILLEGAL_FUNCTION,
        KWH_ERROR_ILLEGAL_DATA_ADDRESS,
        KWH_ERROR_ILLEGAL_DATA_VALUE,
        KWH_ERROR_SERVER_DEVICE_FAILURE,
        KWH_ERROR_ACKNOWLEDGE,
        KWH_ERROR_SERVER_DEVICE_BUSY,
        KWH_ERROR_NEGATIVE_ACKNOWLEDGE,
        KWH_ERROR_MEMORY_PARITY,
        KWH_ERROR_EXCEPTION_09,
        KWH_ERROR_GATEWAY_PATH,
        KWH_ERROR_GATEWAY_TARGET,
    };
    unsigned int code;

    (void)state;
    for (code = 0; code <= 255; code++) {
        enum kwh_error error = code < COUNT(named) ? named[code] : KWH_ERROR_REFUSED;

        assert_int_equal(kwh_error_from_exception((uint8_t)code), error);
    }
}

/* EN 13757-3, CI 70: ten codes have a name. */
static void test_mbus_errors(void **state)
{
    unsigned int code;

    (void)state;
    for (code = 0; code <= 255; code++) {
        int number = code <= 9 ? 80 + (int)code : 32;

        assert_int_equal(kwh_error_from_mbus((uint8_t)code), number);
    }
    assert_string_equal(kwh_error_text(KWH_ERROR_MBUS_BUSY),
                        "The meter is too busy to answer (error 8)");
    assert_string_equal(kwh_error_text(KWH_ERROR_RESERVED_LVAR), "A record has a reserved length");
}

static void test_exception_of_an_error(void **state)
{
    int number;

    (void)state;
    for (number = -1; number <= 400; number++) {
        int code = number >= 65 && number <= 75 ? number - 64 : 0;

        if (fits(number))
            assert_int_equal(kwh_error_exception((enum kwh_error)number), code);
    }
}

/* Each enumerator of error.h is in the list above: nobody adds one without a name and a text. */
static void test_enumerators_of_the_header(void **state)
{
    FILE *file = fopen(KWH_SOURCE_ROOT "/include/kwh/error.h", "r");
    char line[256];
    size_t seen = 0;

    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        char enumerator[64];
        char name[64];
        int number;
        size_t i;

        if (sscanf(line, " KWH_%63[A-Z0-9_] = %d", enumerator, &number) != 2)
            continue;
        snprintf(name, sizeof name, "%s",
                 strncmp(enumerator, "ERROR_", 6) == 0 ? enumerator + 6 : enumerator);
        for (i = 0; name[i] != '\0'; i++)
            name[i] = (char)tolower((unsigned char)name[i]);
        if (!is_listed(number))
            fail_msg("%s = %d is not tested", enumerator, number);
        assert_string_equal(kwh_error_name((enum kwh_error)number), name);
        seen++;
    }
    fclose(file);
    assert_int_equal(seen, COUNT(errors));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_texts_are_distinct_sentences),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_numbers_that_are_no_error),
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_exceptions),
        cmocka_unit_test(test_mbus_errors),
        cmocka_unit_test(test_exception_of_an_error),
        cmocka_unit_test(test_enumerators_of_the_header),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
