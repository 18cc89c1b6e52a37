/* SPDX-License-Identifier: MIT */
/*
 * Many meters on many lines in one thread: each gets its turn, a dead one costs one timeout in a
 * pause, and what was lost comes back.
 */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <kwh/poll.h>

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "host_meter.h"

#define METERS_MAX  8
#define PATIENCE_MS 30000u

/* What the events of a while came to. */
struct tally {
    unsigned readings[METERS_MAX], good[METERS_MAX], bad[METERS_MAX], settings;
    enum kwh_error last_error[METERS_MAX];
    uint32_t again_ms[METERS_MAX], longest_ms[METERS_MAX];
    uint64_t longest_gap_ms[METERS_MAX], at_ms[METERS_MAX]; /* between good readouts */
    struct kwh_reading last[METERS_MAX];
};

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

static void note(struct tally *tally, const struct kwh_poll_event *event)
{
    size_t i = event->meter;

    assert_in_range(i, 0, METERS_MAX - 1);
    tally->settings += event->kind == KWH_POLL_SETTINGS;
    if (event->kind == KWH_POLL_READING) {
        tally->readings[i]++;
        tally->last[i] = event->reading;
    }
    if (event->kind != KWH_POLL_READOUT)
        return;
    tally->again_ms[i] = event->again_ms;
    if (event->duration_ms > tally->longest_ms[i])
        tally->longest_ms[i] = event->duration_ms;
    if (event->error == KWH_OK) {
        if (tally->at_ms[i] != 0 && now_ms() - tally->at_ms[i] > tally->longest_gap_ms[i])
            tally->longest_gap_ms[i] = now_ms() - tally->at_ms[i];
        tally->at_ms[i] = now_ms();
        tally->good[i]++;
    } else {
        tally->bad[i]++;
        tally->last_error[i] = event->error;
        assert_int_equal(event->failure.error, event->error);
    }
}

static void run_for(struct kwh_poll *poll, uint32_t time_ms, struct tally *tally)
{
    uint64_t until_ms = now_ms() + time_ms;
    struct kwh_poll_event event;

    memset(tally, 0, sizeof *tally);
    while (now_ms() < until_ms) {
        assert_int_equal(kwh_poll_next(poll, (uint32_t)(until_ms - now_ms()), &event), KWH_OK);
        note(tally, &event);
    }
}

static bool all_have(const struct tally *tally, size_t meters, unsigned good)
{
    for (size_t i = 0; i < meters; i++)
        if (tally->good[i] < good)
            return false;
    return true;
}

/* Until each of the first meters has so many good readouts, for at most 30 s: the longest pause is
 * longer. Returns the milliseconds that it took. */
static uint32_t run_until(struct kwh_poll *poll, size_t meters, unsigned good, struct tally *tally)
{
    uint64_t since_ms = now_ms();
    struct kwh_poll_event event;

    memset(tally, 0, sizeof *tally);
    while (!all_have(tally, meters, good) && now_ms() - since_ms < PATIENCE_MS) {
        assert_int_equal(kwh_poll_next(poll, 100, &event), KWH_OK);
        note(tally, &event);
    }
    assert_true(all_have(tally, meters, good));
    return (uint32_t)(now_ms() - since_ms);
}

static struct kwh_poll *new_list(uint32_t pause_ms)
{
    struct kwh_poll *poll;

    assert_int_equal(kwh_poll_new(&poll, &(struct kwh_poll_limits){.pause_ms = pause_ms}), KWH_OK);
    return poll;
}

static void add(struct kwh_poll *poll, const struct kwh_target *link, const char *keys,
                const struct kwh_map *map, uint32_t period_ms)
{
    struct kwh_poll_meter meter = {.map = map, .period_ms = period_ms};
    if (map != NULL && map->model_count > 0)
        meter.profiles = map->models[0].profiles;
    char text[2 * KWH_TARGET_TEXT];

    assert_int_equal(kwh_target_print(link, text, KWH_TARGET_TEXT), KWH_OK);
    strcat(text, keys);
    assert_int_equal(kwh_target_parse(text, &meter.target, NULL), KWH_OK);
    assert_int_equal(kwh_poll_add(poll, &meter, NULL), KWH_OK);
}

static void add_text(struct kwh_poll *poll, const char *text, const struct kwh_map *map,
                     uint32_t period_ms)
{
    struct kwh_target target;

    assert_int_equal(kwh_target_parse(text, &target, NULL), KWH_OK);
    add(poll, &target, "", map, period_ms);
}

/* ------------------------------------------------------------------------------------------------
 * The tests
 */

/* Modbus on a serial line, RTU frames and Modbus through TCP, and M-Bus, with different maps. */
static void meters_of_many_lines_are_read_in_turn(void **state)
{
    static const char *const links[] = {"rtu:pty", "tcp:127.0.0.1:0", "rtutcp:127.0.0.1:0"};
    const struct kwh_map *map = kwh_host_find_protocol_map("inepro_pro1", KWH_PROTOCOL_MBUS);
    struct kwh_poll *poll = new_list(0);
    struct kwh_simulation *simulation;
    struct served served[4];
    struct kwh_slave slave;
    struct tally tally;
    uint32_t took_ms;
    (void)state;

    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(served_open(&served[i], links[i], NULL), KWH_OK);
        add(poll, kwh_listener_target(served[i].listener), "", &meter_map, 100);
    }
    assert_int_equal(kwh_simulation_new(&simulation, map, 1), KWH_OK);
    kwh_simulation_slave(simulation, 5, &slave);
    assert_int_equal(served_open_slaves(&served[3], "mbustcp:127.0.0.1:0", &slave, 1, NULL),
                     KWH_OK);
    add(poll, kwh_listener_target(served[3].listener), ",baud=38400,allowance_ms=2000@5", map, 200);
    add(poll, kwh_listener_target(served[3].listener), ",baud=38400,allowance_ms=2000@5", NULL,
        200);

    took_ms = run_until(poll, 5, 8, &tally);
    for (size_t i = 0; i < 3; i++) {
        assert_in_range(tally.good[i], 8, took_ms / 100 + 2);
        assert_in_range(tally.readings[i], 3 * tally.good[i], 3 * tally.good[i] + 2);
        assert_int_equal(tally.bad[i], 0);
        assert_int_equal(tally.last[i].quantity, KWH_ACTIVE_ENERGY_IMPORT);
        assert_int_equal(tally.last[i].decimal.mantissa, 0x0D0A1113);
        assert_int_equal(kwh_poll_statistics(poll, i)->timeouts, 0);
    }
    assert_in_range(tally.good[3], 8, took_ms / 200 + 2);
    assert_int_equal(tally.bad[3] + tally.bad[4], 0);
    assert_true(tally.readings[3] >= 9 * tally.good[3]);
    assert_true(tally.readings[4] >= 5 * tally.good[4]);
    assert_int_equal(tally.settings, 0);
    kwh_poll_free(poll);
    for (size_t i = 0; i < 4; i++)
        served_close(&served[i]);
    kwh_simulation_free(simulation);
}

/* One request, one timeout, in pauses of 2 s; the others go on between. */
static void a_dead_meter_costs_one_timeout_in_a_pause(void **state)
{
    struct kwh_poll *poll = new_list(2000);
    struct served served;
    struct tally tally;
    uint32_t took_ms;
    (void)state;

    assert_int_equal(served_open(&served, "rtu:pty", NULL), KWH_OK);
    add(poll, kwh_listener_target(served.listener), ",timeout_ms=1000@1", &meter_map, 50);
    add(poll, kwh_listener_target(served.listener), "@9", &meter_map, 50);
    took_ms = run_until(poll, 1, 50, &tally);
    assert_in_range(tally.bad[1], 2, took_ms / 3000 + 1); /* at 1, 4 s... */
    assert_int_equal(tally.last_error[1], KWH_ERROR_TIMEOUT);
    assert_in_range(kwh_poll_statistics(poll, 1)->sent, tally.bad[1], tally.bad[1] + 1);
    assert_int_equal(tally.readings[1], 0);
    assert_int_equal(tally.again_ms[1], 2000);
    assert_in_range(tally.longest_ms[1], 990, 1900);
    assert_int_equal(tally.bad[0], 0);
    assert_in_range(tally.longest_gap_ms[0], 990, 1900);
    kwh_poll_free(poll);
    served_close(&served);
}

/* Two meters as delivered: the same address, other parity. */
static void a_port_is_set_to_what_each_meter_has(void **state)
{
    const struct kwh_map *maps[] = {kwh_host_find_map("inepro_pro380"),
                                    kwh_host_find_map("eastron_sdm72d_m2")};
    static const char *const keys[] = {",baud=9600,line=8E1@1", ",baud=9600,line=8N1@1"};
    struct kwh_simulation *simulations[2];
    struct kwh_slave slaves[2];
    struct kwh_poll *poll = new_list(0);
    struct served served;
    struct tally tally;
    (void)state;

    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(kwh_simulation_new(&simulations[i], maps[i], 1), KWH_OK);
        kwh_simulation_slave(simulations[i], 1, &slaves[i]);
        slaves[i].line = maps[i]->lines[0];
    }
    assert_int_equal(served_open_slaves(&served, "rtu:pty", slaves, 2, NULL), KWH_OK);
    struct kwh_target target = *kwh_listener_target(served.listener);
    target.settings = (struct kwh_line_settings){0};
    add(poll, &target, keys[0], maps[0], 300);
    add(poll, &target, keys[1], maps[1], 300);
    add(poll, &target, "@1", maps[1], 300); /* what the map says */
    run_until(poll, 3, 4, &tally);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(tally.bad[i], 0);
        assert_true(tally.readings[i] > 40 * tally.good[i]);
    }
    assert_int_equal(tally.settings, 1);
    kwh_poll_free(poll);
    served_close(&served);
    kwh_simulation_free(simulations[0]);
    kwh_simulation_free(simulations[1]);
}

/* A peer that closes idle connections costs no readout. */
static void a_closed_connection_is_made_anew(void **state)
{
    static const struct kwh_listener_limits impatient = {.idle_ms = 400};
    struct kwh_poll *poll = new_list(0);
    struct served served;
    struct tally tally;
    char text[40];
    (void)state;

    assert_int_equal(served_open(&served, own_link(text, "tcp"), &impatient), KWH_OK);
    add(poll, kwh_listener_target(served.listener), "@1", &meter_map, 1000);
    run_until(poll, 1, 4, &tally);
    assert_int_equal(tally.bad[0], 0);

    /* One that is away is tried again after pauses, and its meter is read as soon as it is back. */
    served_close(&served);
    run_for(poll, 1500, &tally);
    assert_int_equal(tally.good[0], 0);
    assert_in_range(tally.bad[0], 1, 2);
    assert_int_equal(tally.last_error[0], KWH_ERROR_PORT_OPEN);
    assert_int_equal(served_open(&served, text, NULL), KWH_OK);
    run_until(poll, 1, 3, &tally);
    assert_int_equal(tally.bad[0], 0);
    kwh_poll_free(poll);
    served_close(&served);
}

/* Nobody takes its connections: others do not wait for that. */
static void a_host_that_does_not_answer_holds_up_no_other(void **state)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof name;
    int crowd[4], full = socket(AF_INET, SOCK_STREAM, 0);
    struct kwh_poll *poll = new_list(0);
    struct served served;
    struct tally tally;
    char text[80];
    (void)state;

    assert_int_equal(bind(full, (struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(listen(full, 0), 0);
    assert_int_equal(getsockname(full, (struct sockaddr *)&name, &size), 0);
    for (size_t i = 0; i < 4; i++) {
        crowd[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(crowd[i], (struct sockaddr *)&name, sizeof name);
    }
    snprintf(text, sizeof text, "tcp:127.0.0.1:%u,timeout_ms=1500@1",
             (unsigned)ntohs(name.sin_port));
    assert_int_equal(served_open(&served, "tcp:127.0.0.1:0", NULL), KWH_OK);
    add_text(poll, text, &meter_map, 50);
    add(poll, kwh_listener_target(served.listener), "@1", &meter_map, 50);
    run_for(poll, 4000, &tally);
    assert_int_equal(tally.good[0], 0);
    assert_in_range(tally.bad[0], 1, 3);
    assert_int_equal(tally.last_error[0], KWH_ERROR_PORT_OPEN);
    assert_in_range(tally.longest_ms[0], 1400, 2400);
    assert_true(tally.good[1] > 20);
    assert_in_range(tally.longest_gap_ms[1], 40, 1300);
    kwh_poll_free(poll);
    served_close(&served);
    for (size_t i = 0; i < 4; i++)
        close(crowd[i]);
    close(full);
}

/* A port that is pulled out and plugged in again, under a name that stays. */
static void a_port_that_was_pulled_out_comes_back(void **state)
{
    char folder[] = "/tmp/test_poll.XXXXXX", port[64], text[128];
    struct kwh_poll *poll = new_list(2000);
    struct served served;
    struct tally tally;
    (void)state;

    assert_non_null(mkdtemp(folder));
    snprintf(port, sizeof port, "%s/meter", folder);
    snprintf(text, sizeof text, "rtu:%s,baud=9600,line=8E1,timeout_ms=3000@1", port);
    add_text(poll, text, &meter_map, 100);
    add_text(poll, text, &meter_map, 100);
    run_for(poll, 200, &tally);
    assert_int_equal(tally.last_error[0], KWH_ERROR_PORT_OPEN); /* not plugged in yet */
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(served_open(&served, "rtu:pty", NULL), KWH_OK);
        assert_int_equal(symlink(kwh_listener_target(served.listener)->place, port), 0);
        run_until(poll, 1, 5, &tally);
        assert_in_range(tally.good[1], 4, 6); /* it need not wait for the end of its pause */
        assert_int_equal(unlink(port), 0);
        served_close(&served);
        run_for(poll, 300, &tally);
        assert_int_not_equal(tally.bad[0] + tally.bad[1], 0);
    }
    kwh_poll_free(poll);
    assert_int_equal(rmdir(folder), 0);
}

/* A meter that was dead from the first is read whole as soon as it answers. */
static void a_meter_that_wakes_up_is_read(void **state)
{
    struct kwh_slave slave = meter_slave;
    struct kwh_poll *poll = new_list(0);
    struct served served;
    struct tally tally;
    char text[40];
    (void)state;

    slave.address = 9;
    own_link(text, "rtutcp");
    assert_int_equal(served_open_slaves(&served, text, &slave, 1, NULL), KWH_OK);
    add(poll, kwh_listener_target(served.listener), ",timeout_ms=400@1", &meter_map, 100);
    run_for(poll, 1000, &tally);
    assert_int_equal(tally.bad[0], 1);
    served_close(&served);
    assert_int_equal(served_open(&served, text, NULL), KWH_OK);
    run_until(poll, 1, 2, &tally);
    assert_int_equal(tally.readings[0], 6);
    kwh_poll_free(poll);
    served_close(&served);
}

static void on_alarm(int number)
{
    (void)number;
}

static void a_signal_ends_the_wait_and_a_list_can_be_freed_at_any_time(void **state)
{
    /* Again and again: the first one may come before the waiting. */
    static const struct itimerval often = {{.tv_usec = 100000}, {.tv_usec = 100000}};
    static const struct itimerval never = {{0, 0}, {0, 0}};
    struct sigaction action = {.sa_handler = on_alarm};
    struct kwh_poll *poll = new_list(0);
    struct kwh_poll_event event;
    struct served served;
    sigset_t alarms;
    (void)state;

    /* Not in the listener's thread, which begins with what is blocked here. */
    assert_int_equal(sigemptyset(&alarms), 0);
    assert_int_equal(sigaddset(&alarms, SIGALRM), 0);
    assert_int_equal(pthread_sigmask(SIG_BLOCK, &alarms, NULL), 0);
    assert_int_equal(served_open(&served, "rtu:pty", NULL), KWH_OK);
    assert_int_equal(pthread_sigmask(SIG_UNBLOCK, &alarms, NULL), 0);
    add(poll, kwh_listener_target(served.listener), ",timeout_ms=30000@9", &meter_map, 50);
    assert_int_equal(kwh_poll_next(poll, 0, &event), KWH_OK); /* looks, and does not wait */
    assert_int_equal(event.kind, KWH_POLL_NOTHING);
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
    assert_int_equal(kwh_poll_next(poll, 20000, &event), KWH_ERROR_INTERRUPTED);
    assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
    kwh_poll_free(poll); /* while a request is under way */
    kwh_poll_free(NULL);
    served_close(&served);
}

static void what_cannot_be_read_is_not_added(void **state)
{
    static const uint32_t wrong[] = {KWH_VOLTAGE_L1, KWH_CURRENT_L1};
    static const uint32_t one[] = {KWH_VOLTAGE_L1};
    struct kwh_poll_meter meter = {.period_ms = 10};
    struct kwh_poll_event event;
    struct kwh_poll *poll;
    size_t index = 99;
    (void)state;

    assert_int_equal(kwh_poll_new(&poll, NULL), KWH_OK);
    assert_int_equal(kwh_poll_next(poll, 10, &event), KWH_OK); /* nothing to do */
    assert_int_equal(event.kind, KWH_POLL_NOTHING);
    assert_int_equal(kwh_target_parse("sim:inepro_pro380@1", &meter.target, NULL), KWH_OK);
    assert_int_equal(kwh_poll_add(poll, &meter, &index), KWH_ERROR_UNSUPPORTED);
    meter.map = kwh_host_find_protocol_map("inepro_pro380", KWH_PROTOCOL_MBUS);
    assert_int_equal(kwh_poll_add(poll, &meter, &index), KWH_ERROR_UNSUPPORTED);
    meter.map = kwh_host_find_map("inepro_pro1");
    meter.quantities = wrong;
    meter.count = 2;
    meter.map = &meter_map;
    assert_int_equal(kwh_poll_add(poll, &meter, &index), KWH_ERROR_NOT_IN_MAP);
    assert_int_equal(index, 99);
    meter.map = kwh_host_find_map("inepro_pro380");
    meter.quantities = one;
    meter.count = 1;
    assert_int_equal(kwh_poll_add(poll, &meter, &index), KWH_OK);
    assert_int_equal(index, 0);
    assert_int_equal(kwh_poll_next(poll, 2000, &event), KWH_OK);
    assert_int_equal(event.kind, KWH_POLL_READING);
    assert_int_equal(event.reading.quantity, KWH_VOLTAGE_L1);
    assert_int_equal(kwh_poll_next(poll, 2000, &event), KWH_OK);
    assert_int_equal(event.kind, KWH_POLL_READOUT);
    assert_int_equal(event.error, KWH_OK);
    kwh_poll_free(poll);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(meters_of_many_lines_are_read_in_turn),
        cmocka_unit_test(a_dead_meter_costs_one_timeout_in_a_pause),
        cmocka_unit_test(a_port_is_set_to_what_each_meter_has),
        cmocka_unit_test(a_closed_connection_is_made_anew),
        cmocka_unit_test(a_host_that_does_not_answer_holds_up_no_other),
        cmocka_unit_test(a_port_that_was_pulled_out_comes_back),
        cmocka_unit_test(a_meter_that_wakes_up_is_read),
        cmocka_unit_test(a_signal_ends_the_wait_and_a_list_can_be_freed_at_any_time),
        cmocka_unit_test(what_cannot_be_read_is_not_added),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
