/* SPDX-License-Identifier: MIT */
/* TARGET strings: every key, the offset of every mistake, and there and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <kwh/host.h>

static struct kwh_target parse(const char *text)
{
    struct kwh_target target;

    memset(&target, 0xA5, sizeof target);
    assert_int_equal(kwh_target_parse(text, &target, NULL), KWH_OK);
    return target;
}

static void test_serial(void **context)
{
    struct kwh_target target = parse("rtu:/dev/ttyUSB0,baud=19200,line=8E1@17");

    (void)context;
    assert_int_equal(target.scheme, KWH_SCHEME_RTU);
    assert_string_equal(target.place, "/dev/ttyUSB0");
    assert_int_equal(target.settings.baud, 19200);
    assert_int_equal(target.settings.data_bits, 8);
    assert_int_equal(target.settings.parity, 'E');
    assert_int_equal(target.settings.stop_bits, 1);
    assert_true(target.has_address);
    assert_int_equal(target.address, 17);
    assert_int_equal(target.retries, -1);
    assert_int_equal(target.echo, KWH_ECHO_LEARN);
}

static void test_nothing_given(void **context)
{
    struct kwh_target target = parse("rtu:pty");

    (void)context;
    assert_string_equal(target.place, "pty");
    assert_string_equal(target.map, "");
    assert_int_equal(target.port, 0);
    assert_int_equal(target.settings.baud, 0);
    assert_int_equal(target.settings.parity, 0);
    assert_int_equal(target.timeout_ms, 0);
    assert_int_equal(target.gap_ms, 0);
    assert_int_equal(target.seed, 0);
    assert_int_equal(target.retries, -1);
    assert_false(target.has_address);
}

static void test_network(void **context)
{
    static const struct {
        const char *text, *place;
        enum kwh_scheme scheme;
        uint16_t port;
    } cases[] = {
        {"tcp:meter.example", "meter.example", KWH_SCHEME_TCP, 502},
        {"tcp:10.0.0.7:1502", "10.0.0.7", KWH_SCHEME_TCP, 1502},
        {"tcp:[::1]", "::1", KWH_SCHEME_TCP, 502},
        {"tcp:[fe80::1%eth0]:1502", "fe80::1%eth0", KWH_SCHEME_TCP, 1502},
        {"tcp::0", "", KWH_SCHEME_TCP, 0},
        {"rtutcp:moxa_1:4001", "moxa_1", KWH_SCHEME_RTUTCP, 4001},
        {"rtutcp:[2001:db8::7]:65535", "2001:db8::7", KWH_SCHEME_RTUTCP, 65535},
    };

    (void)context;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        struct kwh_target target = parse(cases[i].text);

        assert_int_equal(target.scheme, cases[i].scheme);
        assert_string_equal(target.place, cases[i].place);
        assert_int_equal(target.port, cases[i].port);
    }
}

static void test_mbus(void **context)
{
    struct kwh_target target = parse("mbus:/dev/ttyUSB1,baud=9600,allowance_ms=60000,echo=on@250");

    (void)context;
    assert_int_equal(target.scheme, KWH_SCHEME_MBUS);
    assert_string_equal(target.place, "/dev/ttyUSB1");
    assert_int_equal(target.settings.baud, 9600);
    assert_int_equal(target.settings.parity, 0);
    assert_int_equal(target.allowance_ms, 60000);
    assert_int_equal(target.echo, KWH_ECHO_ALWAYS);
    assert_int_equal(target.address, 250);
    assert_true(target.has_address);
    assert_false(target.has_secondary);
    target = parse("mbustcp:[::1]:10001,baud=300,line=8E1,timeout_ms=900");
    assert_int_equal(target.scheme, KWH_SCHEME_MBUSTCP);
    assert_string_equal(target.place, "::1");
    assert_int_equal(target.port, 10001);
    assert_int_equal(target.settings.baud, 300);
    assert_int_equal(target.settings.parity, 'E');
    assert_int_equal(target.timeout_ms, 900);
    assert_int_equal(target.allowance_ms, 0);
    assert_false(target.has_address);
    assert_int_equal(parse("mbus:pty@0").address, 0);
    assert_true(parse("mbus:pty@0").has_address);
    assert_int_equal(parse("mbus:pty@254").address, 254);
    assert_int_equal(parse("mbustcp:h:1@255").address, 255);
    assert_int_equal(kwh_scheme_protocol(KWH_SCHEME_MBUS), KWH_PROTOCOL_MBUS);
    assert_int_equal(kwh_scheme_protocol(KWH_SCHEME_MBUSTCP), KWH_PROTOCOL_MBUS);
    assert_int_equal(kwh_scheme_protocol(KWH_SCHEME_SIM), KWH_PROTOCOL_MODBUS);
    assert_int_equal(kwh_scheme_protocol(KWH_SCHEME_RTU), KWH_PROTOCOL_MODBUS);
}

static void test_secondary_address(void **context)
{
    struct kwh_target target = parse("mbus:/dev/ttyUSB1@s12345678");

    (void)context;
    assert_true(target.has_secondary);
    assert_false(target.has_address);
    assert_true(target.secondary.id == UINT32_C(0x12345678));
    assert_int_equal(target.secondary.manufacturer, 0xFFFF);
    assert_int_equal(target.secondary.version, 0xFF);
    assert_int_equal(target.secondary.medium, 0xFF);
    target = parse("mbustcp:host:10001@s1fffffffCD2501fF");
    assert_true(target.secondary.id == UINT32_C(0x1FFFFFFF));
    assert_int_equal(target.secondary.manufacturer, 0x25CD); /* the lower byte is sent first */
    assert_int_equal(target.secondary.version, 1);
    assert_int_equal(target.secondary.medium, 0xFF);
}

static void test_every_key(void **context)
{
    struct kwh_target target = parse(
        "rtu:/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0,gap_ms=20,echo=on,"
        "retries=0,timeout_ms=600000,map=solar-log_pro380,line=7O2,baud=4000000@247");

    (void)context;
    assert_string_equal(target.place, "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0");
    assert_int_equal(target.gap_ms, 20);
    assert_int_equal(target.echo, KWH_ECHO_ALWAYS);
    assert_int_equal(target.retries, 0);
    assert_int_equal(target.timeout_ms, 600000);
    assert_string_equal(target.map, "solar-log_pro380");
    assert_int_equal(target.settings.data_bits, 7);
    assert_int_equal(target.settings.parity, 'O');
    assert_int_equal(target.settings.stop_bits, 2);
    assert_int_equal(target.settings.baud, 4000000);
    assert_int_equal(target.address, 247);
    assert_int_equal(parse("rtu:x,echo=off").echo, KWH_ECHO_NEVER);
    assert_int_equal(parse("rtu:x,echo=auto").echo, KWH_ECHO_LEARN);
    assert_true(parse("sim:inepro_pro380,seed=4294967295").seed == UINT32_C(4294967295));
}

/* What cannot be, and where. */
static void test_refused(void **context)
{
    static const struct {
        const char *text;
        size_t where;
    } cases[] = {
        {"", 0},
        {"rtu", 0},
        {"mbus", 0},
        {"mbus2:/dev/ttyUSB0", 0},
        {"RTU:/dev/ttyUSB0", 0},
        {"/dev/ttyUSB0", 0},
        {"rtu:", 4},
        {"rtu:@1", 4},
        {"rtu:/dev/tty USB0", 12},
        {"rtu:/dev/ttyUSB*", 15},
        {"rtu:/dev/ttyUSB0;", 16},
        {"rtu:/dev/ttyUSB0@0", 17},
        {"rtu:/dev/ttyUSB0@248", 19},
        {"rtu:/dev/ttyUSB0@", 17},
        {"rtu:/dev/ttyUSB0@x", 17},
        {"rtu:/dev/ttyUSB0@-1", 17},
        {"rtu:/dev/ttyUSB0@1 ", 18},
        {"rtu:/dev/ttyUSB0@1,baud=9600", 18},
        {"rtu:/dev/ttyUSB0,", 17},
        {"rtu:/dev/ttyUSB0,@1", 17},
        {"rtu:/dev/ttyUSB0,speed=9600", 17},
        {"rtu:/dev/ttyUSB0,baud", 21},
        {"rtu:/dev/ttyUSB0,baud=", 22},
        {"rtu:/dev/ttyUSB0,baud=0", 22},
        {"rtu:/dev/ttyUSB0,baud=4000001", 28},
        {"rtu:/dev/ttyUSB0,baud=99999999999", 28},
        {"rtu:/dev/ttyUSB0,baud=9600,baud=9600", 27},
        {"rtu:/dev/ttyUSB0,baud=9600x", 26},
        {"rtu:/dev/ttyUSB0,line=9E1", 22},
        {"rtu:/dev/ttyUSB0,line=8e1", 23},
        {"rtu:/dev/ttyUSB0,line=8E3", 24},
        {"rtu:/dev/ttyUSB0,line=8E1.5", 25},
        {"rtu:/dev/ttyUSB0,line=8", 23},
        {"rtu:/dev/ttyUSB0,map=", 21},
        {"rtu:/dev/ttyUSB0,map=a/b", 22},
        {"rtu:/dev/ttyUSB0,timeout_ms=0", 28},
        {"rtu:/dev/ttyUSB0,timeout_ms=600001", 33},
        {"rtu:/dev/ttyUSB0,retries=256", 27},
        {"rtu:/dev/ttyUSB0,retries=-1", 25},
        {"rtu:/dev/ttyUSB0,gap_ms=60001", 28},
        {"rtu:/dev/ttyUSB0,echo=yes", 22},
        {"rtu:/dev/ttyUSB0,seed=1", 17},
        {"sim:inepro_pro380,baud=9600", 18},
        {"sim:inepro_pro380,seed=4294967296", 32},
        {"sim:inepro/pro380", 10},
        {"tcp:", 4},
        {"tcp:host:", 9},
        {"tcp:host:65536", 13},
        {"tcp:host:1,line=8E1", 11},
        {"tcp:host:1,echo=on", 11},
        {"tcp:host@256", 11},
        {"tcp:::1", 5},
        {"tcp:fe80::1", 9},
        {"tcp:[::1", 8},
        {"tcp:[::1/64]", 8},
        {"tcp:[host]", 9},
        {"tcp:user@host", 9},
        {"rtutcp:host", 11},
        {"rtutcp:host@1", 11},
        {"rtutcp:host:4001@0", 17},
        {"mbus:", 5},
        {"mbus:x@251", 7},
        {"mbus:x@252", 7},
        {"mbus:x@253", 7},
        {"mbus:x@256", 9},
        {"mbus:x@-1", 7},
        {"mbus:x@s", 8},
        {"mbus:x@s1234567", 15},
        {"mbus:x@s123456789", 17},
        {"mbus:x@s1234567G", 15},
        {"mbus:x@s123456781234567", 23},
        {"mbus:x@s12345678123456781", 24},
        {"mbus:x@s12345678@1", 16},
        {"mbus:x@S12345678", 7},
        {"mbus:x,allowance_ms=0", 20},
        {"mbus:x,allowance_ms=60001", 24},
        {"mbus:x,seed=1", 7},
        {"rtu:x,allowance_ms=1", 6},
        {"rtu:x@s12345678", 6},
        {"mbustcp:host", 12},
        {"mbustcp:host:1,echo=on", 15},
        {"mbustcp:host:65536", 17},
    };

    (void)context;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        struct kwh_target target;
        size_t where = 999;

        memset(&target, 0xA5, sizeof target);
        if (kwh_target_parse(cases[i].text, &target, &where) != KWH_ERROR_SYNTAX ||
            where != cases[i].where)
            fail_msg("%s: at %zu, not %zu", cases[i].text, where, cases[i].where);
        assert_string_equal(target.place, "");
        assert_false(target.has_address);
    }
}

/* A shell takes none of these for its own, so a target may hold none of them. */
static void test_no_character_needs_quotes(void **context)
{
    static const char special[] = " \t\n\"'`$&|;<>()*?!#~\\{}^=,@\r\x01\x7f\xc3";
    static const char *const places[] = {"rtu:/dev/tty%c0",  "tcp:ho%cst",      "sim:ine%cpro",
                                         "tcp:[::%c1]",      "mbus:/dev/%ctty", "mbustcp:ho%cst:1",
                                         "mbus:x@s1234567%c"};

    (void)context;
    for (size_t p = 0; p < KWH_COUNT(places); p++) {
        const char *gap = strchr(places[p], '%');
        size_t before = (size_t)(gap - places[p]);

        for (const char *c = special; *c != '\0'; c++) {
            struct kwh_target target;
            char text[32];

            memcpy(text, places[p], before);
            text[before] = *c;
            strcpy(text + before + 1, gap + 2);
            if (kwh_target_parse(text, &target, NULL) == KWH_OK)
                fail_msg("accepted: %s", text);
        }
    }
}

static void test_round_trip(void **context)
{
    static const char *const texts[] = {
        "rtu:/dev/ttyUSB0",
        "rtu:/dev/ttyUSB0@1",
        "rtu:/dev/cu.usbserial-1410,baud=9600,line=8N1@1",
        "rtu:/dev/ttyS0,line=8O2,map=inepro_pro1,timeout_ms=250,retries=0,echo=off,gap_ms=5@247",
        "rtu:/dev/ttyS0,echo=on",
        "tcp:meter.example@255",
        "tcp:meter.example:1502@0",
        "tcp:meter.example:0",
        "tcp::502",
        "tcp:[::1]",
        "tcp:[fe80::1%eth0]:1502,timeout_ms=3000@1",
        "rtutcp:host:502@1",
        "rtutcp:[::1]:4001",
        "sim:inepro_pro380,seed=7@1",
        "mbus:/dev/ttyUSB1,baud=300,line=8E1@0",
        "mbus:pty,timeout_ms=1,echo=on,gap_ms=2,allowance_ms=3@254",
        "mbustcp:host:502@255",
        "mbustcp::10001,baud=9600",
        "mbustcp:[::1]:0@s12345678",
        "mbus:x@s1FFFFFF8CD25FF02",
    };
    char text[KWH_TARGET_TEXT];

    (void)context;
    for (size_t i = 0; i < KWH_COUNT(texts); i++) {
        struct kwh_target target = parse(texts[i]);

        assert_int_equal(kwh_target_print(&target, text, sizeof text), KWH_OK);
        assert_string_equal(text, texts[i]);
    }
    /* Shorter spellings of the same. */
    assert_int_equal(kwh_target_print(
                         &(struct kwh_target){
                             .scheme = KWH_SCHEME_TCP, .place = "h", .port = 502, .retries = -1},
                         text, sizeof text),
                     KWH_OK);
    assert_string_equal(text, "tcp:h");
}

static void test_longest(void **context)
{
    char text[KWH_TARGET_TEXT + 8] = "rtu:";
    char printed[KWH_TARGET_TEXT];
    struct kwh_target target;
    size_t where;

    (void)context;
    memset(text + 4, 'x', KWH_PLACE_MAX - 1);
    strcpy(text + 4 + KWH_PLACE_MAX - 1,
           ",baud=4000000,line=8E1,map=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
           "abcdefghijk,timeout_ms=600000,retries=255,echo=off,gap_ms=60000@247");
    target = parse(text);
    assert_int_equal(strlen(target.place), KWH_PLACE_MAX - 1);
    assert_int_equal(strlen(target.map), 63);
    assert_int_equal(kwh_target_print(&target, printed, sizeof printed), KWH_OK);
    assert_string_equal(printed, text);

    memset(text + 4, 'x', KWH_PLACE_MAX);
    text[4 + KWH_PLACE_MAX] = '\0';
    assert_int_equal(kwh_target_parse(text, &target, &where), KWH_ERROR_SYNTAX);
    assert_int_equal(where, 4 + KWH_PLACE_MAX - 1);
}

/* With all keys that a link can have. */
static void test_longest_of_mbus(void **context)
{
    char text[KWH_TARGET_TEXT + 8] = "mbus:";
    char printed[KWH_TARGET_TEXT];
    struct kwh_target target;

    (void)context;
    memset(text + 5, 'x', KWH_PLACE_MAX - 1);
    strcpy(text + 5 + KWH_PLACE_MAX - 1,
           ",baud=4000000,line=8E1,map=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
           "abcdefghijk,timeout_ms=600000,retries=255,echo=off,gap_ms=60000,allowance_ms=60000"
           "@s12345678CD250102");
    target = parse(text);
    assert_int_equal(kwh_target_print(&target, printed, sizeof printed), KWH_OK);
    assert_string_equal(printed, text);
}

static void test_capacity(void **context)
{
    struct kwh_target target = parse("rtu:/dev/ttyUSB0,baud=9600@1");
    char text[32];

    (void)context;
    for (size_t capacity = 0; capacity < sizeof text; capacity++) {
        memset(text, '#', sizeof text);
        if (capacity > strlen("rtu:/dev/ttyUSB0,baud=9600@1")) {
            assert_int_equal(kwh_target_print(&target, text, capacity), KWH_OK);
            assert_string_equal(text, "rtu:/dev/ttyUSB0,baud=9600@1");
        } else {
            assert_int_equal(kwh_target_print(&target, text, capacity), KWH_ERROR_CAPACITY);
            assert_int_equal(text[0], capacity > 0 ? '\0' : '#');
        }
        assert_int_equal(text[capacity], '#');
    }
}

/* Targets that a program put together and nobody could type. */
static void test_unspeakable(void **context)
{
    static const struct kwh_target targets[] = {
        {.scheme = KWH_SCHEME_RTU, .place = "/dev/my port", .retries = -1},
        {.scheme = KWH_SCHEME_RTU, .place = "/dev/a,b=c", .retries = -1},
        {.scheme = KWH_SCHEME_RTU, .place = "", .retries = -1},
        {.scheme = KWH_SCHEME_RTU, .place = "x", .retries = 256},
        {.scheme = KWH_SCHEME_RTU, .place = "x", .retries = -1, .settings = {9600, 5, 'N', 1}},
        {.scheme = KWH_SCHEME_RTU,
         .place = "x",
         .retries = -1,
         .address = 248,
         .has_address = true},
        {.scheme = KWH_SCHEME_MBUS,
         .place = "x",
         .retries = -1,
         .address = 253,
         .has_address = true},
        {.scheme = KWH_SCHEME_RTU, .place = "x", .retries = -1, .has_secondary = true},
        {.scheme = KWH_SCHEME_TCP, .place = "x", .port = 1, .retries = -1, .allowance_ms = 1},
    };
    char text[KWH_TARGET_TEXT];

    (void)context;
    for (size_t i = 0; i < KWH_COUNT(targets); i++) {
        assert_int_equal(kwh_target_print(&targets[i], text, sizeof text), KWH_ERROR_SYNTAX);
        assert_string_equal(text, "");
    }
}

static void test_line_settings(void **context)
{
    static const char *const refused[] = {"",    "8",   "8E",  "8E1 ", "8E12", "6E1",
                                          "8M1", "8E0", "E81", "8e1",  " 8E1"};
    struct kwh_line_settings settings = {4800, 8, 'E', 1};

    (void)context;
    assert_int_equal(kwh_line_settings_parse("7O2", &settings), KWH_OK);
    assert_int_equal(settings.baud, 4800);
    assert_int_equal(settings.data_bits, 7);
    assert_int_equal(settings.parity, 'O');
    assert_int_equal(settings.stop_bits, 2);
    for (size_t i = 0; i < KWH_COUNT(refused); i++) {
        assert_int_equal(kwh_line_settings_parse(refused[i], &settings), KWH_ERROR_SYNTAX);
        assert_int_equal(settings.data_bits, 7);
        assert_int_equal(settings.parity, 'O');
    }
}

static void test_hints(void **context)
{
    static const char mbus_addresses[] = "address: 0 to 250, 254 for any, 255 for all, or s and a "
                                         "secondary address of 8 or 16 digits";
    static const struct {
        const char *text, *hint;
    } rows[] = {
        {"rtu:/dev/ttyUSB0@1", ""},
        {"/dev/ttyUSB0", "did you mean rtu:/dev/ttyUSB0@1?"},
        {"/dev/ttyUSB0,baud=9600@7", "did you mean rtu:/dev/ttyUSB0,baud=9600@7?"},
        {"192.168.1.5", "did you mean tcp:192.168.1.5@1?"},
        {"[::1]:1502@3", "did you mean tcp:[::1]:1502@3?"},
        {"inepro_pro380", "did you mean sim:inepro_pro380@1?"},
        {"/dev/ttyUSB0@0", "did you mean mbus:/dev/ttyUSB0@0?"},
        {"/dev/ttyUSB0@s12345678", "did you mean mbus:/dev/ttyUSB0@s12345678?"},
        {"/dev/ttyUSB0,allowance_ms=9", "did you mean mbus:/dev/ttyUSB0,allowance_ms=9?"},
        {"10.0.0.7:4001@s12345678", "did you mean mbustcp:10.0.0.7:4001@s12345678?"},
        {"10.0.0.7:4001,baud=300", "did you mean mbustcp:10.0.0.7:4001,baud=300?"},
        {"ttyUSB0", "it begins with rtu:, tcp:, rtutcp:, sim:, mbus: or mbustcp:"},
        {"/dev/tty USB0", "it begins with rtu:, tcp:, rtutcp:, sim:, mbus: or mbustcp:"},
        {"", "it begins with rtu:, tcp:, rtutcp:, sim:, mbus: or mbustcp:"},
        {"rtu:", "it begins like rtu:/dev/ttyUSB0"},
        {"tcp:", "it begins like tcp:host:502"},
        {"rtutcp:host", "it begins like rtutcp:host:port"},
        {"tcp:host:99999", "port: 1 to 65535"},
        {"tcp:host:", "port: 1 to 65535"},
        {"tcp:host:5o2", "port: 1 to 65535"},
        {"rtu:/dev/ttyUSB0@300", "address: 1 to 247"},
        {"rtu:/dev/ttyUSB0@0", "address: 1 to 247"},
        {"rtu:/dev/ttyUSB0@", "address: 1 to 247"},
        {"rtu:/dev/ttyUSB0@1f", "address: 1 to 247"},
        {"tcp:host@256", "address: 0 to 255"},
        {"mbus:", "it begins like mbus:/dev/ttyUSB0"},
        {"mbustcp:host", "it begins like mbustcp:host:port"},
        {"mbus:x@253", mbus_addresses},
        {"mbus:x@256", mbus_addresses},
        {"mbus:x@s1234567", mbus_addresses},
        {"mbustcp:host:1@s123456789", mbus_addresses},
        {"mbus:x,allowance_ms=0", "allowance_ms: 1 to 60000"},
        {"mbus:x,seed=1",
         "keys of mbus: baud, line, map, timeout_ms, retries, echo, gap_ms, allowance_ms"},
        {"mbustcp:x:1,echo=on",
         "keys of mbustcp: baud, line, map, timeout_ms, retries, gap_ms, allowance_ms"},
        {"rtu:/dev/ttyUSB0,speed=9600",
         "keys of rtu: baud, line, map, timeout_ms, retries, echo, gap_ms"},
        {"tcp:host,baud=9600", "keys of tcp: map, timeout_ms, retries, gap_ms"},
        {"sim:inepro_pro380,", "keys of sim: map, timeout_ms, retries, gap_ms, seed"},
        {"rtu:/dev/ttyUSB0,baud=9600,baud=2400", "baud is given twice"},
        {"rtu:/dev/ttyUSB0,baud=4000001", "baud: 1 to 4000000"},
        {"rtu:/dev/ttyUSB0,baud=9k6", "baud: 1 to 4000000"},
        {"rtu:/dev/ttyUSB0,line=9E1",
         "line: 7 or 8 data bits, N, E or O, 1 or 2 stop bits, as in 8E1"},
        {"rtu:/dev/ttyUSB0,map=", "map: a name of letters, digits, '.', '_' and '-'"},
        {"rtu:/dev/ttyUSB0,timeout_ms=600001", "timeout_ms: 1 to 600000"},
        {"rtu:/dev/ttyUSB0,retries=256", "retries: 0 to 255"},
        {"rtu:/dev/ttyUSB0,echo=yes", "echo: auto, on or off"},
        {"rtu:/dev/ttyUSB0,gap_ms=60001", "gap_ms: 0 to 60000"},
        {"sim:inepro_pro380,seed=4294967296", "seed: 0 to 4294967295"},
        {"rtu:/dev/ttyUSB0@1,baud=9600",
         "after the place come ,key=value and, at the end, @ADDRESS"},
        {"tcp:host 502", "after the place come ,key=value and, at the end, @ADDRESS"},
    };

    (void)context;
    for (size_t i = 0; i < KWH_COUNT(rows); i++) {
        char hint[120];

        assert_int_equal(kwh_target_hint(rows[i].text, hint, sizeof hint), KWH_OK);
        assert_string_equal(hint, rows[i].hint);
    }
}

static void test_hint_capacity(void **context)
{
    char hint[8] = "?";

    (void)context;
    assert_int_equal(kwh_target_hint("tcp:host@256", hint, 0), KWH_ERROR_CAPACITY);
    assert_string_equal(hint, "?");
    assert_int_equal(kwh_target_hint("tcp:host@256", hint, sizeof hint), KWH_ERROR_CAPACITY);
    assert_string_equal(hint, "address");
    assert_int_equal(kwh_target_hint("tcp:host", hint, 1), KWH_OK);
    assert_string_equal(hint, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_serial),
        cmocka_unit_test(test_nothing_given),
        cmocka_unit_test(test_network),
        cmocka_unit_test(test_every_key),
        cmocka_unit_test(test_mbus),
        cmocka_unit_test(test_secondary_address),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_character_needs_quotes),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_longest),
        cmocka_unit_test(test_longest_of_mbus),
        cmocka_unit_test(test_capacity),
        cmocka_unit_test(test_unspeakable),
        cmocka_unit_test(test_line_settings),
        cmocka_unit_test(test_hints),
        cmocka_unit_test(test_hint_capacity),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
