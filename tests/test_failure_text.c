/* SPDX-License-Identifier: MIT */
/* The text of each failure, whole: it is what a person in front of a silent meter gets. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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
    {{.error = KWH_OK}, "Nothing failed on the line"},
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

        for (int scheme = KWH_SCHEME_RTU; scheme <= KWH_SCHEME_MBUSTCP; scheme++) {
            assert_int_equal(
                kwh_failure_print(&failure, (enum kwh_scheme)scheme, text, sizeof text), KWH_OK);
            assert_non_null(strchr(text, '\n'));
        }
    }
}

static const struct {
    struct kwh_failure failure;
    const char *text;
} mbus_cases[] = {
    {{.error = KWH_ERROR_TIMEOUT,
      .address = 5,
      .function = 0x7B,
      .attempt = 3,
      .elapsed_us = 337999},
     "Nothing came before the deadline: address 5, REQ_UD2, attempt 3, after 337 ms.\n"
     "Does the level converter feed the bus, and are address and speed those of the meter? As "
     "delivered inepro PRO meters have 9600 Bd, 2PU 2400."},
    {{.error = KWH_ERROR_TIMEOUT, .address = 253, .function = 0x53, .attempt = 1},
     "Nothing came before the deadline: address 253 (the selected meter), SND_UD, after 0 ms.\n"
     "Has a meter on this bus this secondary address? Does the level converter feed the bus, and "
     "is this the meter's speed? As delivered inepro PRO meters have 9600 Bd, 2PU 2400."},
    {{.error = KWH_ERROR_BAD_CHECKSUM,
      .address = 0,
      .function = 0x5B,
      .attempt = 1,
      .bytes_seen = 41},
     "The checksum of the frame does not hold: address 0, REQ_UD2, after 0 ms, 41 bytes came.\n"
     "Check the speed, that parity is even, and that no two meters have this address."},
    {{.error = KWH_ERROR_CUT_FRAME,
      .address = 1,
      .function = 0x5A,
      .attempt = 1,
      .bytes_seen = 5,
      .elapsed_us = 70000},
     "The frame ends before its length: address 1, REQ_UD1, after 70 ms, 5 bytes came.\n"
     "Does the converter pause inside an answer? A longer allowance_ms= bridges that. Else check "
     "that no two meters have this address."},
    {{.error = KWH_ERROR_COLLISION, .address = 1, .function = 0x40, .attempt = 1, .bytes_seen = 9},
     "Several devices answered at once: address 1, SND_NKE, after 0 ms, 9 bytes came.\n"
     "Do two meters have the same address? A search finds their secondary addresses: read them by "
     "these, as in @s12345678."},
    {{.error = KWH_ERROR_CUT_FRAME,
      .address = 254,
      .function = 0x7B,
      .attempt = 1,
      .bytes_seen = 9},
     "The frame ends before its length: address 254 (any meter), REQ_UD2, after 0 ms, 9 bytes "
     "came.\n"
     "Address 254 is for a bus with one meter: give the meter's own, or its secondary address, as "
     "in @s12345678. With one meter, check speed and parity."},
    {{.error = KWH_ERROR_BAD_STOP, .address = 253, .function = 0x73, .attempt = 1, .bytes_seen = 9},
     "The frame does not end with 16: address 253 (the selected meter), SND_UD, after 0 ms, 9 "
     "bytes came.\n"
     "Do several meters have a secondary address that fits? Give more of its digits."},
    {{.error = KWH_ERROR_NO_FRAME, .address = 1, .function = 0x44, .attempt = 1, .bytes_seen = 1},
     "Bytes came, but no valid frame among them: address 1, C field 44, after 0 ms, 1 byte came.\n"
     "Check speed and parity, and that no two meters have this address."},
    {{.error = KWH_ERROR_MBUS_BUSY, .address = 1, .function = 0x7B, .attempt = 1, .bytes_seen = 10},
     "The meter is too busy to answer (error 8): address 1, REQ_UD2, after 0 ms.\n"
     "Ask again later."},
};

static void test_texts_of_mbus(void **context)
{
    char text[512];

    (void)context;
    for (size_t i = 0; i < KWH_COUNT(mbus_cases); i++) {
        assert_int_equal(
            kwh_failure_print(&mbus_cases[i].failure, KWH_SCHEME_MBUS, text, sizeof text), KWH_OK);
        assert_string_equal(text, mbus_cases[i].text);
    }
}

/* Frames that do not hold have one cause, whatever is wrong with them. */
static void test_every_damaged_frame_has_a_hint(void **context)
{
    char text[512];

    (void)context;
    for (int error = KWH_ERROR_BAD_START; error <= KWH_ERROR_BAD_STOP; error++) {
        struct kwh_failure failure = {.error = (enum kwh_error)error, .address = 7, .attempt = 1};

        for (int scheme = KWH_SCHEME_MBUS; scheme <= KWH_SCHEME_MBUSTCP; scheme++) {
            assert_int_equal(
                kwh_failure_print(&failure, (enum kwh_scheme)scheme, text, sizeof text), KWH_OK);
            assert_non_null(strstr(text, "that no two meters have this address"));
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
        {KWH_ERROR_TIMEOUT, KWH_SCHEME_MBUSTCP,
         "Behind the converter: is the bus fed, and are address and speed those of the meter? A "
         "slow converter needs a longer allowance_ms=."},
        {KWH_ERROR_NO_FRAME, KWH_SCHEME_MBUSTCP,
         "Check the converter's speed and parity, and that its port passes M-Bus frames as they "
         "are."},
        {KWH_ERROR_ONLY_ECHO, KWH_SCHEME_MBUS,
         "The level converter returns what it gets, and no meter answers: check the bus, the "
         "address and the speed."},
        {KWH_ERROR_PORT_OPEN, KWH_SCHEME_MBUS,
         "Check the name, and that the adapter is plugged in."},
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

/* Who looks up a message finds what to do: those with a hint are in docs/troubleshooting.md. */
static void test_the_docs_know_every_message_with_a_hint(void **context)
{
    static char page[65536];
    FILE *file = fopen(KWH_SOURCE_ROOT "/docs/troubleshooting.md", "r");
    unsigned found = 0;

    (void)context;
    assert_non_null(file);
    assert_in_range(fread(page, 1, sizeof page - 1, file), 1, sizeof page - 2);
    fclose(file);
    for (int error = 1; error <= UINT8_MAX; error++) {
        struct kwh_failure failure = {.error = (enum kwh_error)error, .address = 7, .attempt = 1};
        char text[512], quoted[160];
        bool hint = false;

        for (int scheme = KWH_SCHEME_RTU; scheme <= KWH_SCHEME_MBUSTCP; scheme++) {
            assert_int_equal(
                kwh_failure_print(&failure, (enum kwh_scheme)scheme, text, sizeof text), KWH_OK);
            hint = hint || strchr(text, '\n') != NULL;
        }
        if (!hint)
            continue;
        snprintf(quoted, sizeof quoted, "\n> %s\n", kwh_error_text(failure.error));
        if (strstr(page, quoted) == NULL)
            fail_msg("docs/troubleshooting.md says nothing of:%s", quoted);
        found++;
    }
    assert_in_range(found, 20, UINT8_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_texts_of_mbus),
        cmocka_unit_test(test_every_damaged_frame_has_a_hint),
        cmocka_unit_test(test_every_failure_of_a_line_has_a_hint),
        cmocka_unit_test(test_advice_fits_the_link),
        cmocka_unit_test(test_the_docs_know_every_message_with_a_hint),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
