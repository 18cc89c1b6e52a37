/* SPDX-License-Identifier: MIT */
/* M-Bus links: what a level converter and the meters behind it say is played, byte by byte, on the
 * other end of a pseudo-terminal or a socket. */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <kwh/host.h>

enum {
    PATIENCE_MS = 20000, /* for what must come; a busy machine may take its time */
    PAUSE_US = 10000     /* between the pieces of an answer, as converters make them */
};

/* What is expected of the line, and what it gets for it. */
struct scene {
    const char *request; /* hexadecimal */
    const char *answer;  /* pieces, split by '|' */
};

struct stage {
    int descriptor; /* played on */
    int listening;  /* where it is to be accepted from, or -1 */
    int held;       /* the other side of a pseudo-terminal, or -1 */
    const struct scene *scenes;
    size_t count;
    pthread_t thread;
};

/* Bytes of hexadecimal text up to its end or a '|'. */
static size_t from_hex(const char *text, uint8_t *bytes)
{
    size_t count = 0;

    for (; *text != '\0' && *text != '|'; text++) {
        unsigned byte;

        if (*text == ' ')
            continue;
        if (sscanf(text, "%2x", &byte) != 1)
            return 0;
        bytes[count++] = (uint8_t)byte;
        text++;
    }
    return count;
}

static bool expect(int descriptor, const char *request)
{
    uint8_t bytes[600], wanted[600];
    size_t got = 0, count = from_hex(request, wanted);

    while (got < count) {
        struct pollfd wait = {.fd = descriptor, .events = POLLIN};
        ssize_t part;

        if (poll(&wait, 1, PATIENCE_MS) != 1)
            return false;
        part = read(descriptor, bytes + got, sizeof bytes - got);
        if (part <= 0)
            return false;
        got += (size_t)part;
    }
    return got == count && memcmp(bytes, wanted, count) == 0;
}

static void *play(void *context)
{
    struct stage *stage = context;

    if (stage->listening >= 0)
        stage->descriptor = accept(stage->listening, NULL, NULL);
    for (size_t i = 0; i < stage->count; i++) {
        const char *answer = stage->scenes[i].answer;

        if (!expect(stage->descriptor, stage->scenes[i].request))
            return context;
        for (; answer != NULL; answer = strchr(answer, '|')) {
            uint8_t bytes[600];
            size_t count;

            if (*answer == '|') {
                usleep(PAUSE_US);
                answer++;
            }
            count = from_hex(answer, bytes);
            if (write(stage->descriptor, bytes, count) != (ssize_t)count)
                return context;
        }
    }
    return NULL;
}

static void begin_play(struct stage *stage, const struct scene *scenes, size_t count)
{
    stage->scenes = scenes;
    stage->count = count;
    assert_int_equal(pthread_create(&stage->thread, NULL, play, stage), 0);
}

/* On a new pseudo-terminal; its TARGET begins with @p target. */
static void open_stage(struct stage *stage, const struct scene *scenes, size_t count, char *target)
{
    *stage = (struct stage){.descriptor = posix_openpt(O_RDWR | O_NOCTTY), .listening = -1};
    assert_true(stage->descriptor >= 0);
    assert_int_equal(grantpt(stage->descriptor), 0);
    assert_int_equal(unlockpt(stage->descriptor), 0);
    stage->held = open(ptsname(stage->descriptor), O_RDWR | O_NOCTTY);
    assert_true(stage->held >= 0);
    (void)sprintf(target, "mbus:%s", ptsname(stage->descriptor));
    begin_play(stage, scenes, count);
}

/* Behind a TCP port of this machine. */
static void open_tcp_stage(struct stage *stage, const struct scene *scenes, size_t count,
                           char *target)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
    } address = {.v4 = {.sin_family = AF_INET}};
    socklen_t length = sizeof address.v4;

    *stage = (struct stage){.descriptor = -1, .held = -1};
    stage->listening = socket(AF_INET, SOCK_STREAM, 0);
    address.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(stage->listening, &address.any, length), 0);
    assert_int_equal(listen(stage->listening, 1), 0);
    assert_int_equal(getsockname(stage->listening, &address.any, &length), 0);
    (void)sprintf(target, "mbustcp:127.0.0.1:%u", (unsigned)ntohs(address.v4.sin_port));
    begin_play(stage, scenes, count);
}

/* The play was seen as it was written. */
static void close_stage(struct stage *stage)
{
    void *wrong;

    assert_int_equal(pthread_join(stage->thread, &wrong), 0);
    assert_null(wrong);
    close(stage->descriptor);
    if (stage->held >= 0)
        close(stage->held);
    if (stage->listening >= 0)
        close(stage->listening);
}

static enum kwh_error ask_for_data(struct kwh_host *host, struct kwh_exchange *exchange,
                                   uint8_t address)
{
    kwh_mbus_req_ud2(exchange, address, true);
    return kwh_line_run(kwh_host_line(host), exchange);
}

/* "The M-Bus: A Documentation", rev. 4.8, 6.4.2: three records of a water meter. */
#define TELEGRAM                                                                                   \
    "68 1F 1F 68 08 02 72 78 56 34 12 24 40 01 07 55 00 00 00 03 13 15 31 00 DA 02 3B 13 01 8B "   \
    "60 04 37 18 02 18 16"

/* The same in the pieces of a slow converter. */
#define TELEGRAM_IN_PIECES                                                                         \
    "68 1F 1F | 68 08 02 72 78 56 34 12 24 | 40 01 07 55 00 00 00 03 13 15 31 00 DA 02 3B | 13 "   \
    "01 "                                                                                          \
    "8B 60 04 37 18 02 18 | 16"

/* For a machine that is busy: with the pauses between them the pieces may come later than the 50 ms
 * that bridge those of a converter. */
#define PATIENT ",allowance_ms=1500"

static const struct scene readout[] = {
    {"10 40 02 42 16", "E5"},
    {"10 7B 02 7D 16", TELEGRAM_IN_PIECES},
};

static void assert_readout(struct kwh_host *host)
{
    struct kwh_exchange exchange;
    struct kwh_mbus_frame frame;
    const uint8_t *bytes;

    assert_int_equal(kwh_host_address(host, NULL), 2);
    kwh_mbus_snd_nke(&exchange, 2);
    assert_int_equal(kwh_line_run(kwh_host_line(host), &exchange), KWH_OK);
    assert_non_null(kwh_mbus_answer(kwh_host_line(host), &exchange, &frame));
    assert_int_equal(frame.kind, KWH_MBUS_ACK);
    assert_int_equal(ask_for_data(host, &exchange, 2), KWH_OK);
    bytes = kwh_mbus_answer(kwh_host_line(host), &exchange, &frame);
    assert_non_null(bytes);
    assert_int_equal(frame.kind, KWH_MBUS_LONG);
    assert_int_equal(frame.address, 2);
    assert_int_equal(frame.ci, 0x72);
    assert_int_equal(frame.data_length, 28);
    assert_int_equal(bytes[frame.data_at + 3], 0x12);
}

static void test_read(void **context)
{
    struct stage stage;
    struct kwh_host host;
    char target[80];

    (void)context;
    open_stage(&stage, readout, KWH_COUNT(readout), target);
    strcat(target, PATIENT "@2");
    assert_int_equal(kwh_host_open(&host, target), KWH_OK);
    assert_int_equal(kwh_host_scheme(&host), KWH_SCHEME_MBUS);
    assert_readout(&host);
    kwh_host_close(&host);
    close_stage(&stage);
}

static void test_read_over_tcp(void **context)
{
    struct stage stage;
    struct kwh_host host;
    char target[80];

    (void)context;
    open_tcp_stage(&stage, readout, KWH_COUNT(readout), target);
    strcat(target, PATIENT "@2");
    assert_int_equal(kwh_host_open(&host, target), KWH_OK);
    assert_int_equal(kwh_host_scheme(&host), KWH_SCHEME_MBUSTCP);
    assert_readout(&host);
    assert_int_equal(kwh_host_set_line(&host, &host.settings), KWH_ERROR_UNSUPPORTED);
    kwh_host_close(&host);
    close_stage(&stage);
}

/* A converter that returns what it gets is found out, and then known. */
static void test_echo(void **context)
{
    static const struct scene scenes[] = {
        {"10 7B 02 7D 16", "10 7B 02 7D 16 |" TELEGRAM},
        {"10 7B 02 7D 16", "10 7B 02 7D 16"},
    };
    struct kwh_exchange exchange;
    struct stage stage;
    struct kwh_host host;
    char target[80];

    (void)context;
    open_stage(&stage, scenes, KWH_COUNT(scenes), target);
    assert_int_equal(kwh_host_open(&host, target), KWH_OK);
    assert_int_equal(ask_for_data(&host, &exchange, 2), KWH_OK);
    assert_int_equal(host.line.echo, KWH_ECHO_ON);
    assert_int_equal(ask_for_data(&host, &exchange, 2), KWH_ERROR_ONLY_ECHO);
    kwh_host_close(&host);
    close_stage(&stage);
}

static void test_nobody_answers(void **context)
{
    static const struct scene scenes[] = {{"10 7B 07 82 16", NULL}};
    const struct kwh_failure *failure;
    struct kwh_exchange exchange;
    struct stage stage;
    struct kwh_host host;
    char target[80];
    char text[400];

    (void)context;
    open_stage(&stage, scenes, KWH_COUNT(scenes), target);
    assert_int_equal(kwh_host_open(&host, target), KWH_OK);
    assert_int_equal(ask_for_data(&host, &exchange, 7), KWH_ERROR_TIMEOUT);
    failure = kwh_line_failure(kwh_host_line(&host));
    /* 330 bits at 2400 Bd, 50 ms, and 150 ms for the converter. */
    assert_true(failure->elapsed_us >= 337500);
    assert_int_equal(kwh_failure_print(failure, kwh_host_scheme(&host), text, sizeof text), KWH_OK);
    assert_ptr_equal(strstr(text, "Nothing came before the deadline: address 7, REQ_UD2, after "),
                     text);
    kwh_host_close(&host);
    close_stage(&stage);
}

/* Two meters at once, bit over bit: known from the silence behind it, long before the deadline. */
static void test_collision(void **context)
{
    static const struct scene scenes[] = {
        {"10 7B FE 79 16", "68 1F 1F 68 08 00 72 70 54 14 | 10 04 40 01 07 16"}};
    const struct kwh_failure *failure;
    struct kwh_exchange exchange;
    struct stage stage;
    struct kwh_host host;
    char target[80];

    (void)context;
    open_stage(&stage, scenes, KWH_COUNT(scenes), target);
    strcat(target, ",timeout_ms=20000,allowance_ms=3000");
    assert_int_equal(kwh_host_open(&host, target), KWH_OK);
    assert_int_equal(kwh_host_address(&host, NULL), KWH_MBUS_ANY);
    assert_int_equal(ask_for_data(&host, &exchange, KWH_MBUS_ANY), KWH_ERROR_CUT_FRAME);
    failure = kwh_line_failure(kwh_host_line(&host));
    assert_int_equal(failure->bytes_seen, 16);
    assert_true(failure->elapsed_us < 10000000);
    kwh_host_close(&host);
    close_stage(&stage);
}

/* The longest request and the longest answer, through one host. */
static void test_longest_frames(void **context)
{
    struct kwh_exchange exchange;
    struct kwh_mbus_frame frame;
    struct scene scene;
    struct stage stage;
    struct kwh_host host;
    uint8_t data[252] = {0};
    char target[80], request[600], answer[600];

    (void)context;
    (void)sprintf(request, "68 FF FF 68 53 01 51 %0504d A5 16", 0);
    (void)sprintf(answer, "68 FF FF 68 08 01 72 %0504d 7B 16", 0);
    scene = (struct scene){request, answer};
    open_stage(&stage, &scene, 1, target);
    assert_int_equal(kwh_host_open(&host, target), KWH_OK);
    assert_int_equal(kwh_mbus_snd_ud(&exchange, 1, false, 0x51, data, sizeof data), KWH_OK);
    assert_int_equal(kwh_line_run(kwh_host_line(&host), &exchange), KWH_OK);
    assert_non_null(kwh_mbus_answer(kwh_host_line(&host), &exchange, &frame));
    assert_int_equal(frame.length, 261);
    kwh_host_close(&host);
    close_stage(&stage);
}

/* Within a quarter of a millisecond: rounding is not looked at here. */
static void assert_us(uint32_t got, uint32_t wanted)
{
    assert_in_range(got, wanted - 250, wanted + 250);
}

static void test_times(void **context)
{
    /* EN 13757-2: an answer begins within 330 bits + 50 ms, and 11 bits later its first byte is
     * there; 33 bits of silence end a frame. */
    static const struct {
        const char *keys;
        uint32_t answer_us, character_us, latest_us;
    } rows[] = {
        {"", 342083, 63750, 342083},
        {",baud=9600", 235521, 53438, 235521},
        {",baud=300,allowance_ms=30", 1216667, 120000, 1216667},
        {",timeout_ms=100", 100000, 63750, 342083},
        {",timeout_ms=3000", 3000000, 63750, 3000000},
    };
    struct stage stage;
    char target[80];

    (void)context;
    open_stage(&stage, NULL, 0, target);
    for (size_t i = 0; i < KWH_COUNT(rows); i++) {
        struct kwh_host host;
        char text[120];

        (void)snprintf(text, sizeof text, "%s%s", target, rows[i].keys);
        assert_int_equal(kwh_host_open(&host, text), KWH_OK);
        assert_us(host.line.timing.answer_us, rows[i].answer_us);
        assert_us(host.line.timing.character_us, rows[i].character_us);
        assert_us(host.line.timing.latest_us, rows[i].latest_us);
        assert_int_equal(host.line.timeout_given, strstr(text, "timeout_ms") != NULL);
        kwh_host_close(&host);
    }
    close_stage(&stage);
}

/* Through a connection the converter may keep a whole frame back: 266 characters of 11 bits. */
static void test_times_over_tcp(void **context)
{
    struct stage stage;
    struct kwh_host host;
    char target[80];

    (void)context;
    open_tcp_stage(&stage, NULL, 0, target);
    strcat(target, ",baud=9600,allowance_ms=90,retries=7,gap_ms=5");
    assert_int_equal(kwh_host_open(&host, target), KWH_OK);
    assert_us(host.line.timing.answer_us, 35521 + 50000 + 90000);
    assert_us(host.line.timing.frame_us, 304792);
    assert_us(host.line.timing.character_us, 3438 + 30000);
    assert_int_equal(host.line.character_ns, 0);
    assert_int_equal(host.line.retries, 7);
    assert_int_equal(host.line.timing.quiet_us, 5000);
    kwh_host_close(&host);
    close_stage(&stage);
}

static void test_set_line(void **context)
{
    struct kwh_line_settings settings = {300, 8, 'E', 1};
    struct termios now;
    struct stage stage;
    struct kwh_host host;
    char target[80];

    (void)context;
    open_stage(&stage, NULL, 0, target);
    strcat(target, ",allowance_ms=60");
    assert_int_equal(kwh_host_open(&host, target), KWH_OK);
    assert_int_equal(tcgetattr(kwh_host_fd(&host), &now), 0);
    assert_int_equal(cfgetospeed(&now), B2400);
    assert_us(host.line.timing.answer_us, 142083 + 50000 + 60000);
    assert_int_equal(host.line.backend->set_line(host.line.backend->context, &settings), KWH_OK);
    assert_int_equal(tcgetattr(kwh_host_fd(&host), &now), 0);
    assert_int_equal(cfgetospeed(&now), B300);
    assert_us(host.line.timing.answer_us, 1136667 + 50000 + 60000);
    assert_us(host.line.timing.character_us, 110000 + 20000);
    kwh_host_close(&host);
    close_stage(&stage);
}

static void test_addresses(void **context)
{
    static const struct {
        const char *address;
        uint8_t asked;
    } rows[] = {
        {"", 254}, {"@0", 0}, {"@17", 17}, {"@254", 254}, {"@255", 255}, {"@s12345678", 253},
    };
    static const struct kwh_map map = {.default_address = 3};
    struct stage stage;
    char target[80];

    (void)context;
    open_stage(&stage, NULL, 0, target);
    for (size_t i = 0; i < KWH_COUNT(rows); i++) {
        struct kwh_host host;
        char text[120];

        (void)snprintf(text, sizeof text, "%s%s", target, rows[i].address);
        assert_int_equal(kwh_host_open(&host, text), KWH_OK);
        assert_int_equal(kwh_host_address(&host, &map), rows[i].asked);
        kwh_host_close(&host);
    }
    close_stage(&stage);
}

static void test_refused(void **context)
{
    struct kwh_exchange exchange;
    struct stage stage;
    struct kwh_host host;
    char target[80];

    (void)context;
    assert_int_equal(kwh_host_open(&host, "mbus:pty"), KWH_ERROR_UNSUPPORTED);
    assert_int_equal(kwh_host_open(&host, "mbus:/dev/no-such-port"), KWH_ERROR_PORT_OPEN);
    open_stage(&stage, NULL, 0, target);
    assert_int_equal(kwh_host_open(&host, target), KWH_OK);
    assert_int_equal(ask_for_data(&host, &exchange, KWH_MBUS_ALL), KWH_ERROR_BROADCAST_READ);
    kwh_host_close(&host);
    close_stage(&stage);
}

/* A descriptor of the application tells its scheme by the framing, for the hints of failures. */
static void test_descriptor(void **context)
{
    static const struct {
        const struct kwh_framing *framing;
        enum kwh_scheme scheme;
        uint32_t baud;
    } rows[] = {
        {&kwh_modbus_rtu, KWH_SCHEME_RTU, 9600},
        {&kwh_modbus_tcp, KWH_SCHEME_TCP, 9600},
        {&kwh_modbus_rtu_over_tcp, KWH_SCHEME_RTUTCP, 9600},
        {&kwh_mbus_serial, KWH_SCHEME_MBUS, 2400},
        {&kwh_mbus_over_tcp, KWH_SCHEME_MBUSTCP, 2400},
    };
    struct kwh_host host;

    (void)context;
    for (size_t i = 0; i < KWH_COUNT(rows); i++) {
        assert_int_equal(kwh_host_descriptor(&host, 0, rows[i].framing), KWH_OK);
        assert_int_equal(kwh_host_scheme(&host), rows[i].scheme);
        assert_int_equal(host.settings.baud, rows[i].baud);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),      cmocka_unit_test(test_read_over_tcp),
        cmocka_unit_test(test_echo),      cmocka_unit_test(test_nobody_answers),
        cmocka_unit_test(test_collision), cmocka_unit_test(test_longest_frames),
        cmocka_unit_test(test_times),     cmocka_unit_test(test_times_over_tcp),
        cmocka_unit_test(test_set_line),  cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_descriptor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
