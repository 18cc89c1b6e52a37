/* SPDX-License-Identifier: MIT */
/*
 * Searching a Modbus line: whoever answers is found, however late and with whatever, each address
 * once; in the time that was promised; and what is read afterwards is not taken for something else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include <kwh/map.h>
#include <kwh/modbus_search.h>

#include "hex.h"

/* ------------------------------------------------------------------------------------------------
 * A bus with a clock of its own. Who talks while somebody else does destroys both.
 */

#define ALWAYS 0u

/* Answers every request to this address, from the `from`-th on (counted from 0), so many times. */
struct fake {
    uint8_t address;
    uint32_t delay_us; /* from the end of the request to the first byte */
    const char *answer;
    unsigned from, times;
    unsigned asked;
};

struct sound {
    uint64_t begin_us, end_us;
    uint8_t bytes[16];
    size_t count;
    bool told;
};

static struct {
    struct kwh_line line;
    uint8_t buffer[KWH_MODBUS_TCP_BUFFER];
    uint64_t now_us;
    uint32_t epoch;
    struct fake *fakes;
    size_t fake_count;
    struct sound sounds[64];
    size_t sound_count;
    unsigned requests[256];
    unsigned total;
    bool tcp;
} bus;

static struct kwh_modbus_search search;

static void open_bus(KWH_CONST struct kwh_framing *framing, struct fake *fakes, size_t count)
{
    static const struct kwh_line_settings settings = {9600, 8, 'E', 1};

    memset(&bus, 0, sizeof bus);
    assert_int_equal(kwh_line_init(&bus.line, framing, bus.buffer, sizeof bus.buffer), KWH_OK);
    kwh_line_set_speed(&bus.line, &settings);
    bus.tcp = framing == &kwh_modbus_tcp;
    bus.epoch = UINT32_C(0xFFF00000); /* the clock wraps on the way */
    bus.fakes = fakes;
    bus.fake_count = count;
}

static uint32_t clock_us(void)
{
    return bus.epoch + (uint32_t)bus.now_us;
}

/* 11 bits at 9600 Bd: 1145833 ns a character. */
static uint64_t wire_us(size_t count)
{
    return bus.line.character_ns != 0 ? (1145833u * count + 999u) / 1000u : 0;
}

static void answer(struct fake *fake, const uint8_t *request, uint64_t end_us)
{
    struct sound *sound = &bus.sounds[bus.sound_count];
    uint8_t head[8];

    if (fake->asked++ < fake->from ||
        (fake->times != ALWAYS && fake->asked > fake->from + fake->times))
        return;
    assert_true(bus.sound_count < KWH_COUNT(bus.sounds));
    bus.sound_count++;
    memset(sound, 0, sizeof *sound);
    memcpy(head, request, sizeof head);
    sound->begin_us = end_us + fake->delay_us;
    sound->count = hex(fake->answer, sound->bytes, sizeof sound->bytes);
    if (bus.tcp) { /* its transaction id */
        sound->bytes[0] = head[0];
        sound->bytes[1] = head[1];
    }
    sound->end_us = sound->begin_us + wire_us(sound->count);
}

/* A request meets what is on its way: nobody understands either. */
static bool collides(uint64_t begin_us, uint64_t end_us)
{
    bool met = false;

    for (size_t i = 0; i < bus.sound_count && bus.line.character_ns != 0; i++) {
        struct sound *sound = &bus.sounds[i];
        if (sound->told || sound->end_us <= begin_us || sound->begin_us >= end_us)
            continue;
        sound->bytes[sound->count - 1] ^= 0x5A;
        met = true;
    }
    return met;
}

static void take_request(const struct kwh_step *step)
{
    uint64_t end_us = bus.now_us + wire_us(step->count);
    uint8_t address = step->bytes[bus.tcp ? 6 : 0];

    assert_int_equal(step->count, bus.tcp ? 12 : 8);
    bus.requests[address]++;
    bus.total++;
    if (!collides(bus.now_us, end_us))
        for (size_t i = 0; i < bus.fake_count; i++)
            if (bus.fakes[i].address == address)
                answer(&bus.fakes[i], step->bytes, end_us);
    kwh_line_sent(&bus.line, step->count, clock_us());
}

static struct sound *earliest(void)
{
    struct sound *first = NULL;

    for (size_t i = 0; i < bus.sound_count; i++)
        if (!bus.sounds[i].told && (first == NULL || bus.sounds[i].end_us < first->end_us))
            first = &bus.sounds[i];
    return first;
}

/* Bytes come when they are all there, but the line learns in time that they have begun. */
static void receive(const struct kwh_step *step)
{
    struct sound *sound = earliest();
    int32_t wait = (int32_t)(step->until_us - clock_us());
    uint64_t until_us = bus.now_us + (wait > 0 ? (uint64_t)wait : 0);

    if (sound != NULL && sound->begin_us + wire_us(1) <= until_us) {
        bus.now_us = sound->end_us > bus.now_us ? sound->end_us : bus.now_us;
        assert_true(sound->count <= step->capacity);
        memcpy(step->room, sound->bytes, sound->count);
        sound->told = true;
        kwh_line_got(&bus.line, sound->count, clock_us());
        return;
    }
    bus.now_us = until_us;
    kwh_line_got(&bus.line, 0, clock_us());
}

static void carry_out(const struct kwh_step *step)
{
    if (step->action == KWH_ACTION_SEND)
        take_request(step);
    else if (step->action == KWH_ACTION_RECEIVE)
        receive(step);
}

/* The finds of one pass as text: "5 illegal_data_address, 17 ok". */
static char finds[2000];

static size_t add_find(size_t length)
{
    KWH_CONST char *name = kwh_error_name(search.found.error);

    length += (size_t)snprintf(finds + length, sizeof finds - length, "%s%u ",
                               length > 0 ? ", " : "", search.found.address);
    while (*name != '\0' && length < sizeof finds - 1)
        finds[length++] = *name++;
    finds[length] = '\0';
    return length;
}

static enum kwh_error run(void)
{
    struct kwh_step step = {.action = KWH_ACTION_IDLE};
    size_t length = 0;
    unsigned done = 0;

    finds[0] = '\0';
    while (step.action != KWH_ACTION_FINISHED) {
        kwh_dialogue_step(&search.dialogue, &bus.line, clock_us(), &step);
        assert_true(search.done >= done && search.done <= search.total);
        done = search.done;
        if (step.action == KWH_ACTION_RESULT)
            length = add_find(length);
        carry_out(&step);
    }
    if (search.dialogue.error == KWH_OK)
        assert_int_equal(search.done, search.total);
    return search.dialogue.error;
}

static void begin(uint8_t first, uint8_t last)
{
    assert_int_equal(kwh_modbus_search_init(&search, &bus.line, first, last), KWH_OK);
}

/* ------------------------------------------------------------------------------------------------
 * The tests
 */

static void an_empty_line_is_searched_in_half_a_minute(void **state)
{
    (void)state;
    open_bus(&kwh_modbus_rtu, NULL, 0);
    begin(1, 247);
    assert_int_equal(search.total, 247);
    assert_int_equal(run(), KWH_OK);
    assert_string_equal(finds, "");
    print_message("# 247 silent addresses at 9600 8E1: %u ms\n", (unsigned)(bus.now_us / 1000));
    assert_in_range(bus.now_us, 26900000, 30000000); /* 247 x (8 characters + 100 ms) */
    assert_int_equal(bus.total, 247);
    for (unsigned address = 1; address <= 247; address++)
        assert_int_equal(bus.requests[address], 1);
    assert_int_equal(bus.requests[0], 0);
    assert_int_equal(search.silent, 247);
}

/* A clock that ticks every 10 ms keeps the promise, too. */
static void a_coarse_clock_is_in_time(void **state)
{
    (void)state;
    open_bus(&kwh_modbus_rtu, NULL, 0);
    bus.line.timing.tick_us = 10000;
    begin(1, 247);
    assert_int_equal(run(), KWH_OK);
    assert_in_range(bus.now_us, 26900000, 30400000);
}

static void the_request_is_two_registers_of_function_three(void **state)
{
    static const uint8_t expected[] = {0x2C, 0x03, 0x40, 0x00, 0x00, 0x02, 0xD7, 0xB6};
    struct kwh_step step;
    (void)state;
    open_bus(&kwh_modbus_rtu, NULL, 0);
    begin(0x2C, 0x2C);
    do {
        kwh_dialogue_step(&search.dialogue, &bus.line, clock_us(), &step);
        if (step.action == KWH_ACTION_RECEIVE)
            receive(&step);
    } while (step.action != KWH_ACTION_SEND);
    assert_int_equal(step.count, sizeof expected);
    assert_memory_equal(step.bytes, expected, sizeof expected);
}

static void any_valid_answer_is_a_find(void **state)
{
    struct fake fakes[] = {
        {.address = 1, .delay_us = 20000, .answer = "01 03 04 00 00 00 00 FA 33"},
        {.address = 2, .delay_us = 20000, .answer = "02 03 02 00 01 3D 84"}, /* too short */
        {.address = 5, .delay_us = 20000, .answer = "05 83 02 81 30"},
        {.address = 10, .delay_us = 90000, .answer = "0A 83 06 B0 F0"},
        {.address = 17, .delay_us = 3000, .answer = "11 83 01 81 35"},
        {.address = 18, .delay_us = 3000, .answer = "12 83 0C B0 F0"}, /* it has no name */
        {.address = 33, .delay_us = 3000, .answer = "21 84 04 43 09"}, /* to another function */
        {.address = 247, .delay_us = 95000, .answer = "F7 03 04 00 00 00 00 6C 3C"},
    };
    (void)state;
    open_bus(&kwh_modbus_rtu, fakes, KWH_COUNT(fakes));
    begin(1, 247);
    assert_int_equal(run(), KWH_OK);
    assert_string_equal(finds, "1 ok, 2 ok, 5 illegal_data_address, 10 server_device_busy, "
                               "17 illegal_function, 18 refused, 247 ok");
    assert_int_equal(search.silent, 240);
    assert_in_range(bus.now_us, 26000000, 30000000);
}

static void a_late_answer_is_a_find_of_the_address_that_it_carries(void **state)
{
    struct fake fakes[] = {
        {.address = 5, .delay_us = 180000, .answer = "05 83 02 81 30"}, /* while 6 is asked */
        {.address = 71, .delay_us = 390000, .answer = "47 03 04 00 00 00 00 DD F7"},
        {.address = 72, .delay_us = 20000, .answer = "48 03 04 00 00 00 00 22 F7"},
        {.address = 247, .delay_us = 150000, .answer = "F7 83 02 20 C3"}, /* after the end */
    };
    (void)state;
    open_bus(&kwh_modbus_rtu, fakes, KWH_COUNT(fakes));
    begin(1, 247);
    assert_int_equal(run(), KWH_OK);
    assert_string_equal(finds, "5 illegal_data_address, 72 ok, 71 ok");
    assert_int_equal(bus.requests[5], 1);
    assert_int_equal(bus.requests[6], 2); /* it was not listened to to the end */
    assert_int_equal(bus.requests[71], 1);
    assert_in_range(bus.now_us, 26000000, 29000000); /* the second request does not wait */

    /* With more patience the last one is found, and none of the others a second time. */
    kwh_modbus_search_again(&search, 200000);
    assert_int_equal(search.total, 244);
    assert_int_equal(run(), KWH_OK);
    assert_string_equal(finds, "247 illegal_data_address");
    assert_int_equal(bus.requests[5], 1);
    assert_int_equal(bus.requests[72], 1);
    assert_int_equal(bus.requests[8], 2);
}

/* Of a late answer that meets the next request nothing is heard: that is what the next pass is
 * for, and the request that it destroyed is one that nobody heard. */
static void what_met_a_request_is_found_by_the_next_pass(void **state)
{
    struct fake fakes[] = {
        {.address = 5, .delay_us = 102000, .answer = "05 83 02 81 30"},
        {.address = 10, .delay_us = 600000, .answer = "0A 83 06 B0 F0"},
    };
    (void)state;
    open_bus(&kwh_modbus_rtu, fakes, 1);
    begin(4, 6);
    assert_int_equal(run(), KWH_OK);
    assert_string_equal(finds, "");
    kwh_modbus_search_again(&search, 0); /* as long as the line waits: 1 s */
    assert_int_equal(run(), KWH_OK);
    assert_string_equal(finds, "5 illegal_data_address");

    open_bus(&kwh_modbus_rtu, fakes, KWH_COUNT(fakes));
    begin(10, 10);
    assert_int_equal(run(), KWH_OK);
    assert_string_equal(finds, "");
    bus.now_us += 5000000;
    bus.sound_count = 0;
    kwh_modbus_search_again(&search, 500000);
    assert_int_equal(run(), KWH_OK);
    assert_string_equal(finds, "");
    bus.now_us += 5000000;
    bus.sound_count = 0;
    kwh_modbus_search_again(&search, 1000000);
    assert_int_equal(run(), KWH_OK);
    assert_string_equal(finds, "10 server_device_busy");
}

/* Two of one address: bytes, but no frame. Told by the second pass, and only if it stays so. */
static void what_never_becomes_a_frame_is_told_as_such(void **state)
{
    struct fake fakes[] = {
        {.address = 3, .delay_us = 20000, .answer = "03 83 FF FF FF FF"},
        {.address = 5, .delay_us = 20000, .answer = "05 83 02 00 00", .times = 2},
        {.address = 5, .delay_us = 20000, .answer = "05 83 02 81 30", .from = 2},
    };
    (void)state;
    open_bus(&kwh_modbus_rtu, fakes, KWH_COUNT(fakes));
    begin(1, 10);
    assert_int_equal(run(), KWH_OK);
    assert_string_equal(finds, "");
    kwh_modbus_search_again(&search, 0);
    assert_int_equal(run(), KWH_OK);
    assert_string_equal(finds, "3 bad_crc, 5 illegal_data_address");
    assert_int_equal(bus.requests[3], 4); /* once, then three times */
    kwh_modbus_search_again(&search, 0);
    assert_int_equal(run(), KWH_OK);
    assert_string_equal(finds, "");
}

static void a_line_that_is_disturbed_everywhere_is_given_up(void **state)
{
    static const char noise[] = "FE FE FE FE";
    struct fake fakes[20];
    (void)state;
    for (unsigned i = 0; i < KWH_COUNT(fakes); i++)
        fakes[i] = (struct fake){.address = (uint8_t)(i + 1), .delay_us = 9000, .answer = noise};
    open_bus(&kwh_modbus_rtu, fakes, KWH_COUNT(fakes));
    begin(1, 20);
    assert_int_equal(run(), KWH_OK);
    bus.sound_count = 0;
    kwh_modbus_search_again(&search, 0);
    assert_int_equal(run(), KWH_ERROR_NO_FRAME);
    assert_string_equal(finds, "1 no_frame, 2 no_frame, 3 no_frame, 4 no_frame, 5 no_frame, "
                               "6 no_frame, 7 no_frame");
}

/* The promise of the line holds behind a search: a late answer to it is nobody else's. */
static void a_late_answer_is_not_taken_for_that_to_another_request(void **state)
{
    struct fake fakes[] = {
        {.address = 4, .delay_us = 900000, .answer = "04 03 04 AA AA AA AA 50 14", .times = 1},
        {.address = 4, .delay_us = 20000, .answer = "04 03 04 00 01 00 02 7F 32", .from = 1},
        {.address = 9, .delay_us = 20000, .answer = "09 03 04 00 01 00 02 A3 F2"},
    };
    struct kwh_exchange exchange;
    struct kwh_step step;
    size_t count;
    (void)state;
    for (uint8_t address = 4; address <= 9; address = (uint8_t)(address + 5)) {
        for (size_t i = 0; i < KWH_COUNT(fakes); i++)
            fakes[i].asked = 0;
        open_bus(&kwh_modbus_rtu, fakes, KWH_COUNT(fakes));
        begin(1, 6);
        assert_int_equal(run(), KWH_OK);
        uint64_t begun_us = bus.now_us;
        assert_int_equal(kwh_modbus_read(&exchange, address, KWH_MODBUS_READ_HOLDING, 0x4000, 2),
                         KWH_OK);
        assert_int_equal(kwh_line_start(&bus.line, &exchange, clock_us()), KWH_OK);
        do {
            kwh_line_next(&bus.line, clock_us(), &step);
            carry_out(&step);
        } while (step.action != KWH_ACTION_DONE);
        assert_int_equal(exchange.error, KWH_OK);
        const uint8_t *bytes = kwh_modbus_registers(&bus.line, &exchange, &count);
        assert_int_equal(count, 2);
        assert_int_equal(bytes[3], 2);
        if (address == 9)
            assert_true(bus.now_us - begun_us < 100000); /* nothing is owed by this one */
        else
            assert_true(bus.now_us - begun_us > 1500000);
    }
}

/* Whoever answered, the one that was asked may still do so. */
static void another_answer_leaves_the_one_that_was_asked_owed(void **state)
{
    struct fake fakes[] = {
        {.address = 4, .delay_us = 20000, .answer = "09 83 01 01 32", .times = 1},
        {.address = 4, .delay_us = 20000, .answer = "04 03 04 00 01 00 02 7F 32", .from = 1},
    };
    struct kwh_exchange exchange;
    struct kwh_step step;
    (void)state;
    open_bus(&kwh_modbus_rtu, fakes, KWH_COUNT(fakes));
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(kwh_modbus_read(&exchange, 4, KWH_MODBUS_READ_HOLDING, 0x4000, 2), KWH_OK);
        exchange.anyone = i == 0;
        assert_int_equal(kwh_line_start(&bus.line, &exchange, clock_us()), KWH_OK);
        do {
            kwh_line_next(&bus.line, clock_us(), &step);
            carry_out(&step);
        } while (step.action != KWH_ACTION_DONE);
        assert_int_equal(exchange.error, i == 0 ? KWH_ERROR_ILLEGAL_FUNCTION : KWH_OK);
        assert_int_equal(exchange.from, i == 0 ? 9 : 4);
    }
    assert_true(bus.now_us > 2000000);
}

static void an_echo_is_no_find(void **state)
{
    struct fake fakes[] = {
        {.address = 1, .delay_us = 0, .answer = "01 03 40 00 00 02 D1 CB"},
        {.address = 2, .delay_us = 0, .answer = "02 03 40 00 00 02 D1 F8"},
        {.address = 2, .delay_us = 30000, .answer = "02 03 02 00 01 3D 84"},
        {.address = 3, .delay_us = 0, .answer = "03 03 40 00 00 02 D0 29"},
    };
    (void)state;
    open_bus(&kwh_modbus_rtu, fakes, KWH_COUNT(fakes));
    begin(1, 3);
    assert_int_equal(run(), KWH_OK);
    assert_string_equal(finds, "2 ok");
    kwh_modbus_search_again(&search, 0);
    assert_int_equal(run(), KWH_OK);
    assert_string_equal(finds, "");
}

/* Units of a gateway: it says itself that nobody is there, and late answers have a new id. */
static void units_of_a_gateway_are_found(void **state)
{
    struct fake fakes[] = {
        {.address = 1, .delay_us = 20000, .answer = "00 00 00 00 00 03 01 83 0B"},
        {.address = 2, .delay_us = 20000, .answer = "00 00 00 00 00 07 02 03 04 00 00 00 00"},
        {.address = 3, .delay_us = 450000, .answer = "00 00 00 00 00 03 03 83 02"},
        {.address = 4, .delay_us = 20000, .answer = "00 00 00 00 00 03 04 83 0A"},
        {.address = 6, .delay_us = 20000, .answer = "00 00 00 00 00 03 00 83 02"}, /* unit 0 */
    };
    (void)state;
    open_bus(&kwh_modbus_tcp, fakes, KWH_COUNT(fakes));
    begin(1, 8);
    assert_int_equal(search.answer_us, 300000);
    assert_int_equal(run(), KWH_OK);
    assert_string_equal(finds, "2 ok, 3 illegal_data_address");
    assert_int_equal(search.silent, 4); /* 1 and 4 are settled: they need not be asked again */
    kwh_modbus_search_again(&search, 0);
    assert_int_equal(run(), KWH_OK);
    assert_int_equal(bus.requests[1], 1);
    assert_int_equal(bus.requests[5], 2 + 1); /* once more because of the late one */
}

static void a_search_can_be_stopped(void **state)
{
    struct fake fakes[] = {
        {.address = 1, .delay_us = 20000, .answer = "01 03 04 00 00 00 00 FA 33"}};
    struct kwh_step step = {.action = KWH_ACTION_IDLE};
    (void)state;
    open_bus(&kwh_modbus_rtu, fakes, 1);
    begin(1, 247);
    while (step.action != KWH_ACTION_RESULT) {
        kwh_dialogue_step(&search.dialogue, &bus.line, clock_us(), &step);
        carry_out(&step);
    }
    kwh_modbus_search_stop(&search, clock_us());
    assert_int_equal(run(), KWH_ERROR_INTERRUPTED);
    assert_string_equal(finds, "");

    begin(1, 247);
    while (bus.requests[2] == 0) {
        kwh_dialogue_step(&search.dialogue, &bus.line, clock_us(), &step);
        carry_out(&step);
    }
    kwh_modbus_search_stop(&search, clock_us()); /* while a request is under way */
    assert_int_equal(run(), KWH_ERROR_INTERRUPTED);

    begin(1, 247);
    while (bus.requests[3] == 0) {
        kwh_dialogue_step(&search.dialogue, &bus.line, clock_us(), &step);
        carry_out(&step);
    }
    kwh_line_failed(&bus.line, KWH_ERROR_DISCONNECTED, 5, clock_us());
    assert_int_equal(run(), KWH_ERROR_DISCONNECTED);
}

static void what_cannot_be_searched_is_refused(void **state)
{
    (void)state;
    open_bus(&kwh_modbus_rtu, NULL, 0);
    assert_int_equal(kwh_modbus_search_init(&search, &bus.line, 0, 5), KWH_ERROR_ARGUMENT);
    assert_int_equal(run(), KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_modbus_search_init(&search, &bus.line, 6, 5), KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_modbus_search_init(&search, &bus.line, 1, 248), KWH_ERROR_ARGUMENT);
    kwh_modbus_search_again(&search, 0);
    assert_int_equal(run(), KWH_ERROR_ARGUMENT);
    assert_int_equal(bus.total, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_line_is_searched_in_half_a_minute),
        cmocka_unit_test(a_coarse_clock_is_in_time),
        cmocka_unit_test(the_request_is_two_registers_of_function_three),
        cmocka_unit_test(any_valid_answer_is_a_find),
        cmocka_unit_test(a_late_answer_is_a_find_of_the_address_that_it_carries),
        cmocka_unit_test(what_met_a_request_is_found_by_the_next_pass),
        cmocka_unit_test(what_never_becomes_a_frame_is_told_as_such),
        cmocka_unit_test(a_line_that_is_disturbed_everywhere_is_given_up),
        cmocka_unit_test(a_late_answer_is_not_taken_for_that_to_another_request),
        cmocka_unit_test(another_answer_leaves_the_one_that_was_asked_owed),
        cmocka_unit_test(an_echo_is_no_find),
        cmocka_unit_test(units_of_a_gateway_are_found),
        cmocka_unit_test(a_search_can_be_stopped),
        cmocka_unit_test(what_cannot_be_searched_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
