/* SPDX-License-Identifier: MIT */
/* Dialogues: any sequence of wishes is carried out; retries only where they change nothing. */
#include "wire.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* A dialogue that follows a list of wishes and notes the outcomes. */
struct list {
    struct kwh_dialogue dialogue; /* first */
    const enum kwh_wish *wishes;
    enum kwh_error outcomes[8];
    unsigned at, outcome_count;
    bool write;
};

static const struct kwh_line_settings slow = {1200, 8, 'N', 1};

static enum kwh_wish next(struct kwh_dialogue *dialogue)
{
    struct list *list = (struct list *)dialogue;
    if (list->write)
        kwh_modbus_write_single(&dialogue->exchange, 1, 0x4003, 10);
    else
        assert_int_equal(kwh_modbus_read(&dialogue->exchange, 1, 3, 0, 2), KWH_OK);
    dialogue->wait_us = 70000;
    dialogue->settings = &slow;
    dialogue->error = KWH_ERROR_UNKNOWN_METER;
    return list->wishes[list->at++];
}

static void outcome(struct kwh_dialogue *dialogue, const struct kwh_line *line)
{
    struct list *list = (struct list *)dialogue;
    (void)line;
    list->outcomes[list->outcome_count++] = dialogue->exchange.error;
}

static void begin(struct list *list, const enum kwh_wish *wishes)
{
    memset(list, 0, sizeof *list);
    list->wishes = wishes;
    kwh_dialogue_init(&list->dialogue, next, outcome);
}

/* The wire as a backend, for blocking calls. */
static struct wire wire;
static enum kwh_error port_error;
static unsigned settings_count;

static uint32_t port_now(void *context)
{
    (void)context;
    return wire_clock(&wire);
}

static enum kwh_error port_send(void *context, const uint8_t *bytes, size_t count, size_t *sent)
{
    uint64_t end = wire.now_us + (uint64_t)wire.line.character_ns * count / 1000u;
    (void)context;
    *sent = 0;
    if (port_error != KWH_OK)
        return port_error;
    memcpy(wire.sent[wire.requests], bytes, count);
    for (size_t i = 0; i < wire.reply_count; i++)
        if (wire.replies[i].request == wire.requests)
            wire_deliver(&wire, end + wire.replies[i].delay_us, wire.replies[i].bytes,
                         wire.replies[i].count);
    wire.requests++;
    *sent = count;
    return KWH_OK;
}

static enum kwh_error port_receive(void *context, uint8_t *room, size_t capacity, uint32_t until_us,
                                   size_t *got)
{
    struct delivery *delivery = wire_earliest(&wire);
    int32_t wait = (int32_t)(until_us - wire_clock(&wire));
    uint64_t until = wire.now_us + (wait > 0 ? (uint64_t)wait : 0u);
    (void)context;
    *got = 0;
    if (delivery == NULL || delivery->at_us > until) {
        wire.now_us = until + 1;
        return KWH_OK;
    }
    if (delivery->at_us > wire.now_us)
        wire.now_us = delivery->at_us;
    *got = delivery->count < capacity ? delivery->count : capacity;
    memcpy(room, delivery->bytes, *got);
    delivery->count = 0;
    return KWH_OK;
}

static enum kwh_error port_set_line(void *context, const struct kwh_line_settings *settings)
{
    (void)context;
    assert_int_equal(settings->baud, 1200);
    settings_count++;
    return port_error;
}

static int port_errno(void *context)
{
    (void)context;
    return 5;
}

static struct kwh_backend port = {.now_us = port_now,
                                  .send = port_send,
                                  .receive = port_receive,
                                  .set_line = port_set_line,
                                  .last_errno = port_errno};

static int open_wire(void **state)
{
    (void)state;
    wire_open(&wire, &kwh_modbus_rtu, KWH_MODBUS_RTU_BUFFER, 1, 0);
    wire.line.backend = &port;
    port_error = KWH_OK;
    settings_count = 0;
    return 0;
}

static int close_wire(void **state)
{
    (void)state;
    wire_close(&wire);
    return 0;
}

#define ANSWER "01 03 04 11 22 33 44 4B C6"

static void every_wish_is_carried_out(void **state)
{
    static const enum kwh_wish wishes[] = {KWH_WISH_EXCHANGE, KWH_WISH_RESULT,   KWH_WISH_WAIT,
                                           KWH_WISH_SETTINGS, KWH_WISH_EXCHANGE, KWH_WISH_DONE};
    struct list list;
    bool result;
    (void)state;
    begin(&list, wishes);
    wire_reply(&wire, 0, 20000, ANSWER);
    wire_reply(&wire, 1, 20000, "01 83 02 C0 F1");
    assert_int_equal(kwh_dialogue_run(&list.dialogue, &wire.line, &result), KWH_OK);
    assert_true(result);
    assert_int_equal(list.outcomes[0], KWH_OK);
    uint64_t before = wire.now_us;
    assert_int_equal(kwh_dialogue_run(&list.dialogue, &wire.line, &result), KWH_OK);
    assert_false(result);
    assert_true(wire.now_us >= before + 70000);
    assert_int_equal(settings_count, 1);
    assert_in_range(wire.line.character_ns, 8333333, 8333334);
    assert_int_equal(list.outcomes[1], KWH_ERROR_ILLEGAL_DATA_ADDRESS);
    assert_int_equal(list.dialogue.error, KWH_OK);
    /* Over is over. */
    assert_int_equal(kwh_dialogue_run(&list.dialogue, &wire.line, &result), KWH_OK);
    assert_false(result);
}

static void a_failed_dialogue_says_why(void **state)
{
    static const enum kwh_wish wishes[] = {KWH_WISH_FAILED};
    struct list list;
    bool result;
    (void)state;
    begin(&list, wishes);
    assert_int_equal(kwh_dialogue_run(&list.dialogue, &wire.line, &result),
                     KWH_ERROR_UNKNOWN_METER);
    assert_int_equal(kwh_dialogue_run(&list.dialogue, &wire.line, &result),
                     KWH_ERROR_UNKNOWN_METER);
}

static void reads_are_retried(void **state)
{
    static const enum kwh_wish wishes[] = {KWH_WISH_EXCHANGE, KWH_WISH_EXCHANGE, KWH_WISH_DONE};
    struct list list;
    bool result;
    (void)state;
    begin(&list, wishes);
    wire_reply(&wire, 2, 20000, ANSWER); /* the third attempt of the first */
    assert_int_equal(kwh_dialogue_run(&list.dialogue, &wire.line, &result), KWH_OK);
    assert_int_equal(list.outcome_count, 2);
    assert_int_equal(list.outcomes[0], KWH_OK);
    assert_int_equal(list.outcomes[1], KWH_ERROR_TIMEOUT);
    assert_int_equal(wire.requests, 6); /* three attempts each */
}

static void refusals_are_not_retried(void **state)
{
    static const enum kwh_wish wishes[] = {KWH_WISH_EXCHANGE, KWH_WISH_DONE};
    struct list list;
    bool result;
    (void)state;
    begin(&list, wishes);
    wire_reply(&wire, 0, 20000, "01 83 02 C0 F1");
    assert_int_equal(kwh_dialogue_run(&list.dialogue, &wire.line, &result), KWH_OK);
    assert_int_equal(wire.requests, 1);
}

/* Not at once: it said why. */
static void a_busy_meter_is_asked_again_a_little_later(void **state)
{
    static const enum kwh_wish wishes[] = {KWH_WISH_EXCHANGE, KWH_WISH_DONE};
    struct list list;
    bool result;
    (void)state;
    begin(&list, wishes);
    wire_reply(&wire, 0, 20000, "01 83 06 C1 32");
    wire_reply(&wire, 1, 20000, "01 83 05 81 33");
    wire_reply(&wire, 2, 20000, ANSWER);
    for (unsigned i = 3; i < 6; i++)
        wire_reply(&wire, i, 20000, "01 83 06 C1 32");
    assert_int_equal(kwh_dialogue_run(&list.dialogue, &wire.line, &result), KWH_OK);
    assert_int_equal(list.outcomes[0], KWH_OK);
    assert_int_equal(wire.requests, 3);
    assert_in_range(wire.now_us, 2 * 120000 + 20000, 2 * 120000 + 20000 + 60000);
    begin(&list, wishes);
    assert_int_equal(kwh_dialogue_run(&list.dialogue, &wire.line, &result), KWH_OK);
    assert_int_equal(list.outcome_count, 1);
    assert_int_equal(list.outcomes[0], KWH_ERROR_SERVER_DEVICE_BUSY);
    assert_int_equal(wire.requests, 6);
}

static void writes_are_sent_once(void **state)
{
    static const enum kwh_wish wishes[] = {KWH_WISH_EXCHANGE, KWH_WISH_DONE};
    struct list list;
    bool result;
    (void)state;
    begin(&list, wishes);
    list.write = true;
    assert_int_equal(kwh_dialogue_run(&list.dialogue, &wire.line, &result), KWH_OK);
    assert_int_equal(list.outcomes[0], KWH_ERROR_TIMEOUT);
    assert_int_equal(wire.requests, 1);
}

static void a_lost_port_is_not_asked_again(void **state)
{
    static const enum kwh_wish wishes[] = {KWH_WISH_EXCHANGE, KWH_WISH_SETTINGS, KWH_WISH_DONE};
    struct list list;
    bool result;
    (void)state;
    begin(&list, wishes);
    port_error = KWH_ERROR_DISCONNECTED;
    assert_int_equal(kwh_dialogue_run(&list.dialogue, &wire.line, &result), KWH_ERROR_DISCONNECTED);
    assert_int_equal(list.outcome_count, 1);
    assert_int_equal(list.outcomes[0], KWH_ERROR_DISCONNECTED);
    assert_int_equal(kwh_line_failure(&wire.line)->host_errno, 5);
}

static void without_a_backend_nothing_blocks(void **state)
{
    static const enum kwh_wish wishes[] = {KWH_WISH_SETTINGS, KWH_WISH_DONE};
    struct list list;
    struct kwh_exchange exchange;
    bool result = true;
    (void)state;
    begin(&list, wishes);
    port.set_line = NULL;
    assert_int_equal(kwh_dialogue_run(&list.dialogue, &wire.line, &result), KWH_ERROR_UNSUPPORTED);
    port.set_line = port_set_line;
    wire.line.backend = NULL;
    assert_int_equal(kwh_dialogue_run(&list.dialogue, &wire.line, &result), KWH_ERROR_NO_BACKEND);
    assert_false(result);
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0, 2), KWH_OK);
    assert_int_equal(kwh_line_run(&wire.line, &exchange), KWH_ERROR_NO_BACKEND);
}

static void an_exchange_runs_blocking(void **state)
{
    struct kwh_exchange exchange;
    (void)state;
    wire_reply(&wire, 0, 20000, ANSWER);
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0, 2), KWH_OK);
    assert_int_equal(kwh_line_run(&wire.line, &exchange), KWH_OK);
    assert_true(wire_answered(&wire, &exchange, "03 04 11 22 33 44"));
    assert_int_equal(kwh_modbus_read(&exchange, 0, 3, 0, 2), KWH_OK);
    assert_int_equal(kwh_line_run(&wire.line, &exchange), KWH_ERROR_BROADCAST_READ);
}

/* Two dialogues on one line are no use, but neither hangs: one is told that the line is shared. */
static void a_shared_line_ends_no_dialogue_in_a_loop(void **state)
{
    static const enum kwh_wish wishes[] = {KWH_WISH_EXCHANGE, KWH_WISH_DONE};
    struct list lists[2];
    struct kwh_exchange other;
    struct kwh_step step;
    bool result;
    (void)state;
    wire_close(&wire);
    wire_open(&wire, &kwh_modbus_tcp, KWH_MODBUS_TCP_BUFFER, 1, 0);
    wire.line.backend = &port;
    wire_reply(&wire, 1, 1000,
               "0002 0000 0007 01 03 04 11 22 33 44 0001 0000 0007 01 03 04 11 22 33 44");
    begin(&lists[0], wishes);
    begin(&lists[1], wishes);
    kwh_dialogue_step(&lists[0].dialogue, &wire.line, wire_clock(&wire), &step);
    assert_int_equal(port_send(NULL, step.bytes, step.count, &step.count), KWH_OK);
    kwh_line_sent(&wire.line, step.count, wire_clock(&wire));
    assert_int_equal(kwh_modbus_read(&other, 1, 3, 0, 2), KWH_OK);
    assert_int_equal(kwh_line_run(&wire.line, &other), KWH_ERROR_BUSY);
    assert_int_equal(kwh_dialogue_run(&lists[1].dialogue, &wire.line, &result), KWH_OK);
    assert_int_equal(lists[1].outcomes[0], KWH_OK);
    assert_int_equal(kwh_dialogue_run(&lists[0].dialogue, &wire.line, &result), KWH_OK);
    assert_int_equal(lists[0].outcomes[0], KWH_OK);

    begin(&lists[0], wishes);
    begin(&lists[1], wishes);
    wire_reply(&wire, 3, 1000,
               "0003 0000 0007 01 03 04 11 22 33 44 0004 0000 0007 01 03 04 11 22 33 44");
    kwh_dialogue_step(&lists[0].dialogue, &wire.line, wire_clock(&wire), &step);
    assert_int_equal(port_send(NULL, step.bytes, step.count, &step.count), KWH_OK);
    kwh_line_sent(&wire.line, step.count, wire_clock(&wire));
    assert_int_equal(kwh_dialogue_run(&lists[1].dialogue, &wire.line, &result), KWH_ERROR_BUSY);
    assert_int_equal(kwh_dialogue_run(&lists[1].dialogue, &wire.line, &result), KWH_OK);
    assert_int_equal(kwh_dialogue_run(&lists[0].dialogue, &wire.line, &result), KWH_OK);
    assert_int_equal(lists[0].outcomes[0], KWH_ERROR_INTERRUPTED);
}

/* An exchange that cannot start is an outcome like any other. */
static void what_cannot_start_is_an_outcome(void **state)
{
    static const enum kwh_wish wishes[] = {KWH_WISH_EXCHANGE, KWH_WISH_DONE};
    struct kwh_exchange other;
    struct kwh_step step;
    struct list list;
    (void)state;
    begin(&list, wishes);
    assert_int_equal(kwh_modbus_read(&other, 2, 3, 0, 2), KWH_OK);
    assert_int_equal(kwh_line_start(&wire.line, &other, 0), KWH_OK);
    kwh_dialogue_step(&list.dialogue, &wire.line, 0, &step);
    assert_int_equal(step.action, KWH_ACTION_FINISHED);
    assert_int_equal(list.outcomes[0], KWH_ERROR_BUSY);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_wish_is_carried_out, open_wire, close_wire),
        cmocka_unit_test_setup_teardown(a_failed_dialogue_says_why, open_wire, close_wire),
        cmocka_unit_test_setup_teardown(reads_are_retried, open_wire, close_wire),
        cmocka_unit_test_setup_teardown(refusals_are_not_retried, open_wire, close_wire),
        cmocka_unit_test_setup_teardown(a_busy_meter_is_asked_again_a_little_later, open_wire,
                                        close_wire),
        cmocka_unit_test_setup_teardown(writes_are_sent_once, open_wire, close_wire),
        cmocka_unit_test_setup_teardown(a_lost_port_is_not_asked_again, open_wire, close_wire),
        cmocka_unit_test_setup_teardown(without_a_backend_nothing_blocks, open_wire, close_wire),
        cmocka_unit_test_setup_teardown(an_exchange_runs_blocking, open_wire, close_wire),
        cmocka_unit_test_setup_teardown(a_shared_line_ends_no_dialogue_in_a_loop, open_wire,
                                        close_wire),
        cmocka_unit_test_setup_teardown(what_cannot_start_is_an_outcome, open_wire, close_wire),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
