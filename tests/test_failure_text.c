/* SPDX-License-Identifier: MIT */
/* The text of each failure, whole: it is what a person in front of a silent meter gets. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <kwh/host.h>

static const struct {
    struct kwh_failure failure;
    const char *text;
} cases[] = {
    {{.error = KWH_ERROR_TIMEOUT,
      .address = 1,
      .function = 3,
      .attempt = 3,
      .span_address = 0x5000,
      .span_count = 8,
      .elapsed_us = 1003400},
     "Nothing came before the deadline: address 1, function 03, 8 registers at 0x5000, attempt 3, "
     "after 1003 ms.\n"
     "Is the meter powered, is this its address, and are A and B not swapped?"},
    {{.error = KWH_ERROR_NO_FRAME,
      .address = 247,
      .function = 4,
      .attempt = 1,
      .span_address = 0,
      .span_count = 1,
      .bytes_seen = 13,
      .elapsed_us = 999},
     "Bytes came, but no valid frame among them: address 247, function 04, 1 register at 0x0000, "
     "after 0 ms, 13 bytes came.\n"
     "Check speed, parity and stop bits, and the termination at both ends of the line."},
    {{.error = KWH_ERROR_BAD_CRC, .address = 1, .function = 17, .attempt = 1, .bytes_seen = 1},
     "An answer came, but its CRC does not hold: address 1, function 11, after 0 ms, 1 byte came.\n"
     "Check speed and parity, the termination at both ends of the line, and that no two meters "
     "have this address."},
    {{.error = KWH_ERROR_ONLY_ECHO,
      .address = 1,
      .function = 3,
      .attempt = 2,
      .span_address = 0x4002,
      .span_count = 1,
      .bytes_seen = 8,
      .elapsed_us = 1000000},
     "Only our own request came back: address 1, function 03, 1 register at 0x4002, attempt 2, "
     "after 1000 ms, 8 bytes came.\n"
     "The adapter hears itself, but no meter: check its power, its address, and A and B."},
    {{.error = KWH_ERROR_OTHER_ADDRESS,
      .address = 5,
      .other_address = 1,
      .function = 3,
      .attempt = 1,
      .bytes_seen = 7,
      .elapsed_us = 40000},
     "A valid frame came, but from another address: address 5, function 03, after 40 ms, 7 bytes "
     "came.\n"
     "Address 1 answered instead: is 5 right, or is another master on this line?"},
    {{.error = KWH_ERROR_ILLEGAL_DATA_ADDRESS,
      .address = 1,
      .function = 3,
      .attempt = 1,
      .span_address = 0x602A,
      .span_count = 2,
      .bytes_seen = 5,
      .elapsed_us = 31999},
     "The meter has no such register (exception 2): address 1, function 03, 2 registers at 0x602A, "
     "after 31 ms.\n"
     "Is the map the right one for this meter and its model?"},
    {{.error = KWH_ERROR_REFUSED, /* in an earlier readout: not asked again */
      .address = 1,
      .function = 4,
      .span_address = 0x602A,
      .span_count = 2},
     "The meter refused with a code that has no meaning: address 1, function 04, 2 registers at "
     "0x602A."},
    {{.error = KWH_ERROR_DISCONNECTED,
      .address = 1,
      .function = 3,
      .attempt = 1,
      .elapsed_us = 2000,
      .host_errno = EIO},
     "The other side closed the port or connection: address 1, function 03, after 2 ms "
     "(Input/output error).\n"
     "Is the adapter still plugged in?"},
    {{.error = KWH_ERROR_PORT_OPEN, .host_errno = ENOENT},
     "The port or connection cannot be opened (No such file or directory)\n"
     "Check the name, and that the adapter is plugged in."},
    {{.error = KWH_ERROR_PORT_FORBIDDEN, .host_errno = EACCES},
     "No permission to use the port (Permission denied)\n"
     "Your user needs the group that owns the device, dialout on most systems."},
    {{.error = KWH_ERROR_PORT_LOCKED, .host_errno = EBUSY},
     "Another program has the port (Device or resource busy)\n"
     "End the other program, or read through it."},
    {{.error = KWH_ERROR_PORT_SPEED},
     "The port does not take this speed or character format\n"
     "Choose a speed and a character format that the adapter can do."},
    {{.error = KWH_ERROR_SERVER_DEVICE_FAILURE, .address = 1, .function = 16, .attempt = 1},
     "The meter failed while answering (exception 4): address 1, function 10, after 0 ms."},
    {{.error = KWH_ERROR_ARGUMENT}, "An argument is outside its range"},
    {{.error = KWH_OK}, "Success"},
};

static void test_texts(void **context)
{
    char text[512];

    (void)context;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        assert_int_equal(kwh_failure_print(&cases[i].failure, KWH_SCHEME_RTU, text, sizeof text),
                         KWH_OK);
        assert_string_equal(text, cases[i].text);
    }
}

static void test_cut(void **context)
{
    size_t whole = strlen(cases[0].text);
    char text[512];

    (void)context;
    for (size_t capacity = 0; capacity <= whole + 1; capacity++) {
        memset(text, '#', sizeof text);
        assert_int_equal(kwh_failure_print(&cases[0].failure, KWH_SCHEME_RTU, text, capacity),
                         capacity > whole ? KWH_OK : KWH_ERROR_CAPACITY);
        if (capacity > 0) {
            assert_int_equal(strlen(text), capacity - 1);
            assert_memory_equal(text, cases[0].text, capacity - 1);
        }
        assert_int_equal(text[capacity], '#');
    }
}

/* Each of these asks a person to look at something. */
static void test_every_failure_of_a_line_has_a_hint(void **context)
{
    char text[512];

    (void)context;
    for (int error = KWH_ERROR_TIMEOUT; error < KWH_ERROR_IO; error++) {
        struct kwh_failure failure = {.error = (enum kwh_error)error, .attempt = 1};

        for (int scheme = KWH_SCHEME_RTU; scheme <= KWH_SCHEME_SIM; scheme++) {
            assert_int_equal(
                kwh_failure_print(&failure, (enum kwh_scheme)scheme, text, sizeof text), KWH_OK);
            assert_non_null(strchr(text, '\n'));
        }
    }
}

/* Who reads through a network has no wires to look at, or they are not his. */
static void test_advice_fits_the_link(void **context)
{
    static const struct {
        enum kwh_error error;
        enum kwh_scheme scheme;
        const char *advice;
    } links[] = {
        {KWH_ERROR_TIMEOUT, KWH_SCHEME_TCP,
         "Is this the unit of the meter? Behind a gateway: is the meter powered, and does the "
         "gateway wait long enough for it?"},
        {KWH_ERROR_TIMEOUT, KWH_SCHEME_RTUTCP,
         "Behind the converter: is the meter powered, is this its address, are A and B not "
         "swapped, and do speed and parity fit?"},
        {KWH_ERROR_TIMEOUT, KWH_SCHEME_SIM, "Is this its address?"},
        {KWH_ERROR_NO_FRAME, KWH_SCHEME_TCP,
         "Does this port speak Modbus TCP? For RTU frames through TCP write rtutcp: instead of "
         "tcp:."},
        {KWH_ERROR_NO_FRAME, KWH_SCHEME_RTUTCP,
         "Check the converter's speed, parity and stop bits. If this port speaks Modbus TCP, "
         "write tcp: instead of rtutcp:."},
        {KWH_ERROR_DISCONNECTED, KWH_SCHEME_TCP,
         "Is the other side still running? Gateways drop connections that they find idle."},
        {KWH_ERROR_PORT_OPEN, KWH_SCHEME_TCP,
         "Check host and port, and that the other side is up."},
        {KWH_ERROR_PORT_NAME, KWH_SCHEME_TCP,
         "Check how it is spelled, or give the number of its address."},
    };
    char text[512];

    (void)context;
    for (size_t i = 0; i < KWH_COUNT(links); i++) {
        struct kwh_failure failure = {.error = links[i].error};

        assert_int_equal(kwh_failure_print(&failure, links[i].scheme, text, sizeof text), KWH_OK);
        assert_non_null(strchr(text, '\n'));
        assert_string_equal(strchr(text, '\n') + 1, links[i].advice);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_every_failure_of_a_line_has_a_hint),
        cmocka_unit_test(test_advice_fits_the_link),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
