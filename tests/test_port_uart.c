/* SPDX-License-Identifier: MIT */
/*
 * A UART of which everything is known: 9600 8E1, a transmit buffer, a line driver, and a clock that
 * shows as little as the test wants. Behind it a meter that answers 5 ms after the request.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <kwh/modbus.h>
#include <kwh/map.h>
#include <kwh/port_uart.h>

#define CHARACTER_US  1146u
#define TURNAROUND_US 5000u

static const uint8_t request[] = {0x01, 0x03, 0x50, 0x00, 0x00, 0x02, 0xD5, 0x0B};
static const uint8_t answer[] = {0x01, 0x03, 0x04, 0x00, 0x03, 0x82, 0xE8, 0x6A, 0xDD};

struct fake {
    uint64_t now_us;  /* true time */
    uint32_t tick_us; /* what the clock shows */
    uint32_t step_us; /* how long a look at the clock takes */
    unsigned buffer;  /* transmit buffer */
    uint64_t held_us; /* up to then it takes nothing */
    uint64_t free_us; /* when the transmitter has sent all */
    uint8_t sent[32];
    size_t sent_count;
    const uint8_t *comes; /* what is received */
    size_t comes_size;
    size_t got_count;   /* of that */
    uint64_t answer_us; /* when its first byte is there; 0: never */
    size_t damaged;     /* so many bytes of it, the last with a parity error; 0: none */
    bool mute, stuck, stalled, sending; /* stalled: the last byte never leaves */
    unsigned early;                     /* driver turned off before the last stop bit had left */
    uint64_t late_us;                   /* how long it stayed on after that */
    unsigned undriven;                  /* bytes sent while it was off */
    unsigned waits, turns;
    struct kwh_line_settings settings;
    unsigned set; /* how often */
};

static void pass(struct fake *fake, uint32_t us)
{
    fake->now_us += us;
}

static bool fake_put(void *context, uint8_t byte)
{
    struct fake *fake = context;
    uint64_t begin_us = fake->free_us > fake->now_us ? fake->free_us : fake->now_us;

    pass(fake, 1);
    if (fake->stuck || fake->now_us < fake->held_us ||
        begin_us - fake->now_us + 1 > (uint64_t)fake->buffer * CHARACTER_US)
        return false;
    fake->undriven += fake->sending ? 0 : 1;
    fake->free_us = begin_us + CHARACTER_US;
    if (fake->sent_count < sizeof fake->sent)
        fake->sent[fake->sent_count++] = byte;
    if (fake->sent_count == sizeof request && !fake->mute)
        fake->answer_us = fake->free_us + TURNAROUND_US + CHARACTER_US;
    return true;
}

static int fake_get(void *context)
{
    struct fake *fake = context;

    pass(fake, 1);
    if (fake->answer_us == 0 || fake->got_count == fake->comes_size ||
        fake->now_us < fake->answer_us + fake->got_count * CHARACTER_US)
        return -1;
    fake->got_count++;
    return fake->comes[fake->got_count - 1] |
           (fake->got_count == fake->damaged ? KWH_UART_DAMAGED : 0);
}

static uint32_t fake_now(void *context)
{
    struct fake *fake = context;

    pass(fake, fake->step_us);
    return (uint32_t)(fake->now_us / fake->tick_us * fake->tick_us);
}

static bool fake_drained(void *context)
{
    struct fake *fake = context;

    pass(fake, 1);
    return !fake->stuck && !fake->stalled && fake->now_us >= fake->free_us;
}

static void fake_direction(void *context, bool sending)
{
    struct fake *fake = context;

    fake->turns++;
    if (fake->sending && !sending) {
        fake->early += fake->now_us < fake->free_us ? 1 : 0;
        fake->late_us = fake->now_us - fake->free_us;
    }
    fake->sending = sending;
}

static void fake_wait(void *context, uint32_t until_us)
{
    struct fake *fake = context;

    (void)until_us;
    fake->waits++;
    pass(fake, 200); /* another interrupt wakes it earlier */
}

static enum kwh_error fake_set_line(void *context, const struct kwh_line_settings *settings)
{
    struct fake *fake = context;

    assert_true(fake->now_us >= fake->free_us);
    fake->settings = *settings;
    fake->set++;
    return settings->baud > 115200 ? KWH_ERROR_ARGUMENT : KWH_OK;
}

static KWH_CONST struct kwh_uart half_duplex = {.put = fake_put,
                                                .get = fake_get,
                                                .now_us = fake_now,
                                                .drained = fake_drained,
                                                .direction = fake_direction,
                                                .wait = fake_wait,
                                                .set_line = fake_set_line};
static KWH_CONST struct kwh_uart plain = {.put = fake_put, .get = fake_get, .now_us = fake_now};

static const uint32_t ticks[] = {1, 1000, 10000};

static void prepare(struct fake *fake, uint32_t tick_us, struct kwh_line *line, uint8_t *buffer)
{
    static const struct kwh_line_settings settings = {9600, 8, 'E', 1};

    memset(fake, 0, sizeof *fake);
    fake->tick_us = tick_us;
    fake->step_us = 7;
    fake->buffer = 1;
    fake->comes = answer;
    fake->comes_size = sizeof answer;
    fake->now_us = UINT32_C(0xFFFFFFFF) - 2000; /* wraps during the request */
    assert_int_equal(kwh_line_init(line, &kwh_modbus_rtu, buffer, KWH_MODBUS_RTU_BUFFER), KWH_OK);
    kwh_line_set_speed(line, &settings);
    line->timing.tick_us = tick_us;
}

static void assert_read(const struct kwh_line *line, const struct kwh_exchange *exchange,
                        const struct fake *fake)
{
    const uint8_t *bytes;
    size_t count;

    assert_int_equal(exchange->error, KWH_OK);
    bytes = kwh_modbus_registers(line, exchange, &count);
    assert_int_equal(count, 2);
    assert_memory_equal(bytes, "\x00\x03\x82\xE8", 4);
    assert_int_equal(fake->sent_count, sizeof request);
    assert_memory_equal(fake->sent, request, sizeof request);
}

/* The meter's 5 ms and the 9 characters of its answer are what a read takes from the end of the
 * request, 15.314 ms, however long the driver kept it. */
static void test_blocking(void **context)
{
    static const unsigned buffers[] = {1, 4, 64};
    struct kwh_line line;
    uint8_t buffer[KWH_MODBUS_RTU_BUFFER];

    (void)context;
    for (size_t t = 0; t < KWH_COUNT(ticks); t++) {
        for (size_t b = 0; b < KWH_COUNT(buffers); b++) {
            struct kwh_port_uart port;
            struct kwh_exchange exchange;
            struct fake fake;

            prepare(&fake, ticks[t], &line, buffer);
            fake.buffer = buffers[b];
            fake.held_us = fake.now_us + (b == 0 ? 0 : 500000);
            assert_int_equal(kwh_port_uart_init(&port, &half_duplex, &fake), KWH_OK);
            line.backend = &port.backend;
            assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0x5000, 2), KWH_OK);
            assert_int_equal(kwh_line_run(&line, &exchange), KWH_OK);
            assert_read(&line, &exchange, &fake);
            assert_int_equal(fake.early, 0);
            assert_int_equal(fake.undriven, 0);
            assert_true(fake.late_us < 100);
            assert_int_equal(fake.turns, 3); /* at the beginning, on, off */
            assert_true(fake.waits > 0);
            if (ticks[t] == 1)
                assert_in_range(exchange.latency_us, 15300, 15600);
        }
    }
}

static void test_blocking_plain(void **context)
{
    struct kwh_line line;
    uint8_t buffer[KWH_MODBUS_RTU_BUFFER];

    (void)context;
    for (size_t t = 0; t < KWH_COUNT(ticks); t++) {
        struct kwh_port_uart port;
        struct kwh_exchange exchange;
        struct fake fake;

        prepare(&fake, ticks[t], &line, buffer);
        assert_int_equal(kwh_port_uart_init(&port, &plain, &fake), KWH_OK);
        assert_null(port.backend.set_line);
        line.backend = &port.backend;
        assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0x5000, 2), KWH_OK);
        assert_int_equal(kwh_line_run(&line, &exchange), KWH_OK);
        assert_read(&line, &exchange, &fake);
    }
}

/* Reads two registers in a loop that comes round after so long. */
static void read_in_steps(KWH_CONST struct kwh_uart *uart, struct fake *fake, struct kwh_line *line,
                          struct kwh_exchange *exchange, uint32_t round_us)
{
    struct kwh_port_uart port;
    struct kwh_step step;

    assert_int_equal(kwh_port_uart_init(&port, uart, fake), KWH_OK);
    assert_int_equal(kwh_modbus_read(exchange, 1, 3, 0x5000, 2), KWH_OK);
    assert_int_equal(kwh_line_start(line, exchange, fake_now(fake)), KWH_OK);
    do {
        kwh_line_next(line, fake_now(fake), &step);
        kwh_port_uart_step(&port, line, &step);
        pass(fake, round_us);
        assert_true(fake->now_us < UINT64_C(0xFFFFFFFF) + 2000000);
    } while (step.action != KWH_ACTION_DONE);
}

/* A main loop with other things to do, 300 us a round. */
static void test_steps(void **context)
{
    struct kwh_line line;
    uint8_t buffer[KWH_MODBUS_RTU_BUFFER];

    (void)context;
    for (size_t t = 0; t < KWH_COUNT(ticks); t++) {
        struct kwh_exchange exchange;
        struct fake fake;

        prepare(&fake, ticks[t], &line, buffer);
        read_in_steps(&half_duplex, &fake, &line, &exchange, 300);
        assert_read(&line, &exchange, &fake);
        if (ticks[t] == 1)
            assert_in_range(exchange.latency_us, 15300, 16000);
        assert_int_equal(fake.early, 0);
        assert_int_equal(fake.undriven, 0);
        assert_true(fake.late_us < 2 * 400); /* two rounds, long before the answer */
        assert_int_equal(fake.waits, 0);
    }
}

/* A loop that is late for every other byte: the transmitter rests in between, but the driver of the
 * line stays on. */
static void test_steps_that_are_late(void **context)
{
    struct kwh_line line;
    uint8_t buffer[KWH_MODBUS_RTU_BUFFER];
    struct kwh_exchange exchange;
    struct fake fake;

    (void)context;
    prepare(&fake, 1, &line, buffer);
    read_in_steps(&half_duplex, &fake, &line, &exchange, 3000);
    assert_read(&line, &exchange, &fake);
    assert_int_equal(fake.undriven, 0);
    assert_int_equal(fake.turns, 3); /* at the beginning, on, off */
}

static void test_respond(void **context)
{
    static const uint8_t pdu[] = {0x83, 0x02};
    static const uint8_t frame[] = {0x01, 0x83, 0x02, 0xC0, 0xF1};
    struct kwh_responder responder;
    struct kwh_port_uart port;
    struct kwh_step step;
    struct kwh_line line;
    struct fake fake;
    uint8_t line_buffer[KWH_MODBUS_RTU_BUFFER];
    uint8_t buffer[KWH_RESPONDER_BUFFER];

    (void)context;
    prepare(&fake, 1000, &line, line_buffer);
    assert_int_equal(kwh_responder_init(&responder, &kwh_modbus_rtu_server, buffer, sizeof buffer),
                     KWH_OK);
    responder.timing.tick_us = 1000;
    kwh_responder_serve(&responder, 1, true);
    assert_int_equal(kwh_port_uart_init(&port, &half_duplex, &fake), KWH_OK);
    kwh_responder_next(&responder, fake_now(&fake), &step);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    memcpy(step.room, request, sizeof request);
    kwh_responder_got(&responder, sizeof request, fake_now(&fake));
    for (int i = 0; i < 1000 && fake.turns < 3; i++) {
        kwh_responder_next(&responder, fake_now(&fake), &step);
        if (step.action == KWH_ACTION_REQUEST)
            assert_int_equal(kwh_responder_answer(&responder, pdu, sizeof pdu), KWH_OK);
        else
            kwh_port_uart_respond(&port, &responder, &step);
        pass(&fake, 300);
    }
    assert_int_equal(fake.sent_count, sizeof frame);
    assert_memory_equal(fake.sent, frame, sizeof frame);
    assert_int_equal(fake.early, 0);
    assert_int_equal(fake.undriven, 0);
    assert_false(fake.sending);
}

static void test_no_answer(void **context)
{
    struct kwh_port_uart port;
    struct kwh_exchange exchange;
    struct kwh_line line;
    struct fake fake;
    uint8_t buffer[KWH_MODBUS_RTU_BUFFER];

    (void)context;
    prepare(&fake, 10000, &line, buffer);
    fake.step_us = 500; /* a second of it takes no time in an emulator, either */
    fake.mute = true;
    assert_int_equal(kwh_port_uart_init(&port, &half_duplex, &fake), KWH_OK);
    line.backend = &port.backend;
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0x5000, 2), KWH_OK);
    assert_int_equal(kwh_line_run(&line, &exchange), KWH_ERROR_TIMEOUT);
}

/* A transmitter without a clock: it ends, and the line is let go. */
static void test_stuck(void **context)
{
    struct kwh_port_uart port;
    struct kwh_exchange exchange;
    struct kwh_line line;
    struct fake fake;
    uint8_t buffer[KWH_MODBUS_RTU_BUFFER];

    (void)context;
    prepare(&fake, 1000, &line, buffer);
    fake.step_us = 500;
    fake.stuck = true;
    assert_int_equal(kwh_port_uart_init(&port, &half_duplex, &fake), KWH_OK);
    line.backend = &port.backend;
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0x5000, 2), KWH_OK);
    assert_int_equal(kwh_line_run(&line, &exchange), KWH_ERROR_IO);
    assert_false(fake.sending);
}

/* One that stops behind the last byte, and one that is slower than a stuck one is waited for. */
static void test_slow_to_the_end(void **context)
{
    static const uint8_t many[1000] = {0};
    struct kwh_port_uart port;
    struct kwh_exchange exchange;
    struct kwh_line line;
    struct fake fake;
    uint8_t buffer[KWH_MODBUS_RTU_BUFFER];
    size_t sent;

    (void)context;
    prepare(&fake, 1000, &line, buffer);
    fake.step_us = 500;
    fake.stalled = true;
    assert_int_equal(kwh_port_uart_init(&port, &half_duplex, &fake), KWH_OK);
    line.backend = &port.backend;
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0x5000, 2), KWH_OK);
    assert_int_equal(kwh_line_run(&line, &exchange), KWH_ERROR_IO);
    assert_false(fake.sending);

    prepare(&fake, 1000, &line, buffer);
    assert_int_equal(kwh_port_uart_init(&port, &half_duplex, &fake), KWH_OK);
    assert_int_equal(port.backend.send(port.backend.context, many, sizeof many, &sent), KWH_OK);
    assert_int_equal(sent, sizeof many); /* in 1.146 s */
}

static void test_set_line(void **context)
{
    static const struct kwh_line_settings settings = {19200, 8, 'N', 2};
    struct kwh_port_uart port;
    struct kwh_line line;
    struct fake fake;
    uint8_t buffer[KWH_MODBUS_RTU_BUFFER];

    (void)context;
    prepare(&fake, 1, &line, buffer);
    fake.free_us = fake.now_us + 5000;
    assert_int_equal(kwh_port_uart_init(&port, &half_duplex, &fake), KWH_OK);
    assert_int_equal(port.backend.set_line(port.backend.context, &settings), KWH_OK);
    assert_int_equal(fake.settings.baud, 19200);
    assert_int_equal(fake.settings.stop_bits, 2);
}

/* The bytes are right, all of them; but the UART doubts one. */
static void test_damaged(void **context)
{
    struct kwh_line line;
    uint8_t buffer[KWH_MODBUS_RTU_BUFFER];

    (void)context;
    for (size_t damaged = 0; damaged <= sizeof answer; damaged++) {
        struct kwh_port_uart port;
        struct kwh_exchange exchange;
        struct fake fake;
        enum kwh_error expected = damaged == 0 ? KWH_OK : KWH_ERROR_NO_FRAME;

        prepare(&fake, 1000, &line, buffer);
        fake.step_us = 200;
        fake.damaged = damaged;
        assert_int_equal(kwh_port_uart_init(&port, &half_duplex, &fake), KWH_OK);
        line.backend = &port.backend;
        assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0x5000, 2), KWH_OK);
        assert_int_equal(kwh_line_run(&line, &exchange), expected);

        prepare(&fake, 1000, &line, buffer);
        fake.step_us = 200;
        fake.damaged = damaged;
        read_in_steps(&plain, &fake, &line, &exchange, 0);
        assert_int_equal(exchange.error, expected);
    }
}

/* A loop that comes round so seldom that all of the answer waits in the driver. */
static void test_damaged_in_a_batch(void **context)
{
    struct kwh_line line;
    uint8_t buffer[KWH_MODBUS_RTU_BUFFER];

    (void)context;
    for (size_t damaged = 0; damaged <= sizeof answer; damaged++) {
        struct kwh_exchange exchange;
        struct fake fake;

        prepare(&fake, 1000, &line, buffer);
        fake.buffer = 64;
        fake.damaged = damaged;
        read_in_steps(&half_duplex, &fake, &line, &exchange, 30000);
        assert_int_equal(exchange.error, damaged == 0 ? KWH_OK : KWH_ERROR_NO_FRAME);
        assert_int_equal(fake.got_count, sizeof answer);
    }
}

/* A request of which the UART doubts a byte is not answered. */
static void test_damaged_request(void **context)
{
    struct kwh_responder responder;
    struct kwh_line line;
    uint8_t line_buffer[KWH_MODBUS_RTU_BUFFER];
    uint8_t buffer[KWH_RESPONDER_BUFFER];

    (void)context;
    for (size_t damaged = 0; damaged <= sizeof request; damaged++) {
        struct kwh_port_uart port;
        struct kwh_step step;
        struct fake fake;

        prepare(&fake, 1000, &line, line_buffer);
        fake.comes = request;
        fake.comes_size = sizeof request;
        fake.damaged = damaged;
        fake.answer_us = fake.now_us;
        assert_int_equal(
            kwh_responder_init(&responder, &kwh_modbus_rtu_server, buffer, sizeof buffer), KWH_OK);
        kwh_responder_serve(&responder, 1, true);
        assert_int_equal(kwh_port_uart_init(&port, &plain, &fake), KWH_OK);
        for (int i = 0; i < 100; i++) {
            kwh_responder_next(&responder, fake_now(&fake), &step);
            if (step.action == KWH_ACTION_REQUEST)
                kwh_responder_ignore(&responder);
            else
                kwh_port_uart_respond(&port, &responder, &step);
            pass(&fake, 300);
        }
        assert_int_equal(fake.got_count, sizeof request);
        assert_int_equal(responder.requests, damaged == 0 ? 1 : 0);
    }
}

/* Once the last byte has left, and not before; what comes after goes at the new speed. */
static void test_settings_in_a_step(void **context)
{
    static const struct kwh_line_settings fast = {19200, 8, 'N', 2}, wrong = {230400, 8, 'N', 1};
    struct kwh_step settings = {.action = KWH_ACTION_SETTINGS, .settings = &fast};
    struct kwh_step send = {.action = KWH_ACTION_SEND, .bytes = request, .count = 1};
    struct kwh_port_uart port;
    struct kwh_line line;
    struct fake fake;
    uint8_t buffer[KWH_MODBUS_RTU_BUFFER];

    (void)context;
    prepare(&fake, 1, &line, buffer);
    fake.free_us = fake.now_us + 5000;
    assert_int_equal(kwh_port_uart_init(&port, &half_duplex, &fake), KWH_OK);
    kwh_port_uart_step(&port, &line, &settings);
    assert_int_equal(port.set_line_error, KWH_ERROR_BUSY);
    assert_int_equal(fake.settings.baud, 0);
    kwh_port_uart_step(&port, &line, &send);
    assert_int_equal(fake.sent_count, 0);
    pass(&fake, 5000);
    kwh_port_uart_step(&port, &line, &send);
    assert_int_equal(port.set_line_error, KWH_OK);
    assert_int_equal(fake.settings.baud, 19200);
    assert_int_equal(fake.settings.stop_bits, 2);
    assert_int_equal(fake.sent_count, 1);
    assert_int_equal(line.character_ns, 572917); /* 11 bits of 52.08 us */
    pass(&fake, 5000);
    kwh_port_uart_step(&port, &line, &send);
    assert_int_equal(fake.set, 1);

    settings.settings = &wrong;
    pass(&fake, 5000);
    kwh_port_uart_step(&port, &line, &settings);
    assert_int_equal(port.set_line_error, KWH_ERROR_ARGUMENT);
    assert_int_equal(line.character_ns, 572917); /* it goes on as it is */

    assert_int_equal(kwh_port_uart_init(&port, &plain, &fake), KWH_OK);
    kwh_port_uart_step(&port, &line, &settings);
    assert_int_equal(port.set_line_error, KWH_ERROR_UNSUPPORTED);
}

/* A meter of software: a write to it changes the speed and nothing else. */
static void test_a_part_of_the_settings(void **context)
{
    static const struct kwh_line_settings odd = {2400, 7, 'O', 2};
    struct kwh_line_settings part = {.baud = 19200};
    struct kwh_step settings = {.action = KWH_ACTION_SETTINGS, .settings = &odd};
    struct kwh_responder responder;
    uint8_t buffer[KWH_RESPONDER_BUFFER];
    struct kwh_port_uart port;
    struct fake fake = {.tick_us = 1};

    (void)context;
    assert_int_equal(kwh_responder_init(&responder, &kwh_modbus_rtu_server, buffer, sizeof buffer),
                     KWH_OK);
    assert_int_equal(kwh_port_uart_init(&port, &half_duplex, &fake), KWH_OK);
    kwh_port_uart_respond(&port, &responder, &settings);
    assert_int_equal(responder.character_ns, 4583333); /* 11 bits of 416.67 us */

    settings.settings = &part;
    fake.free_us = fake.now_us + 1000;
    kwh_port_uart_respond(&port, &responder, &settings);
    memset(&part, 0xAA, sizeof part); /* they need not stay */
    settings.action = KWH_ACTION_IDLE;
    kwh_port_uart_respond(&port, &responder, &settings);
    assert_int_equal(port.set_line_error, KWH_ERROR_BUSY);
    assert_int_equal(responder.character_ns, 4583333);
    pass(&fake, 1000);
    kwh_port_uart_respond(&port, &responder, &settings);
    assert_int_equal(port.set_line_error, KWH_OK);
    assert_int_equal(fake.settings.baud, 19200);
    assert_int_equal(fake.settings.data_bits, 7);
    assert_int_equal(fake.settings.parity, 'O');
    assert_int_equal(fake.settings.stop_bits, 2);
    assert_int_equal(responder.character_ns, 572917);

    /* What could not be set is not what the next one leaves as it is. */
    part = (struct kwh_line_settings){.baud = 230400};
    settings.action = KWH_ACTION_SETTINGS;
    kwh_port_uart_respond(&port, &responder, &settings);
    assert_int_equal(port.set_line_error, KWH_ERROR_ARGUMENT);
    assert_int_equal(responder.character_ns, 572917);
    part = (struct kwh_line_settings){.data_bits = 8, .parity = 'E', .stop_bits = 1};
    kwh_port_uart_respond(&port, &responder, &settings);
    assert_int_equal(fake.settings.baud, 19200);
    assert_int_equal(fake.settings.data_bits, 8);
    assert_int_equal(fake.settings.parity, 'E');
    assert_int_equal(fake.settings.stop_bits, 1);
}

static void test_what_a_driver_must_have(void **context)
{
    static KWH_CONST struct kwh_uart lacking[] = {
        {.put = fake_put, .get = fake_get, .now_us = fake_now, .direction = fake_direction},
        {.get = fake_get, .now_us = fake_now},
        {.put = fake_put, .now_us = fake_now},
        {.put = fake_put, .get = fake_get},
    };
    struct kwh_port_uart port;
    struct fake fake = {.tick_us = 1};

    (void)context;
    for (size_t i = 0; i < sizeof lacking / sizeof lacking[0]; i++)
        assert_int_equal(kwh_port_uart_init(&port, &lacking[i], &fake), KWH_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocking),
        cmocka_unit_test(test_blocking_plain),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_steps_that_are_late),
        cmocka_unit_test(test_respond),
        cmocka_unit_test(test_no_answer),
        cmocka_unit_test(test_stuck),
        cmocka_unit_test(test_slow_to_the_end),
        cmocka_unit_test(test_set_line),
        cmocka_unit_test(test_what_a_driver_must_have),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_damaged_in_a_batch),
        cmocka_unit_test(test_damaged_request),
        cmocka_unit_test(test_settings_in_a_step),
        cmocka_unit_test(test_a_part_of_the_settings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
