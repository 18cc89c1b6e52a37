/* SPDX-License-Identifier: MIT */
/*
 * TARGET strings. Only characters that no shell takes for its own, the brackets of IPv6 excepted:
 * what is refused here would be mangled there.
 */
#include "target.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_TCP_PORT   502
#define DEFAULT_MBUS_BAUD  2400
#define BAUD_MAX           4000000u
#define TIMEOUT_MAX_MS     600000u /* well below the 35 minutes that a wrapping clock can tell */
#define GAP_MAX_MS         60000u
#define ALLOWANCE_MAX_MS   60000u
#define SERIAL_ADDRESS_MAX 247u
#define STREAM_ADDRESS_MAX 255u

/* What stood at the place where the text was given up. */
enum part {
    PART_END, /* nothing that could stand there */
    PART_SCHEME,
    PART_PLACE,
    PART_PORT,
    PART_KEY,
    PART_REPEATED_KEY,
    PART_VALUE,
    PART_ADDRESS
};

struct parser {
    const char *text;
    size_t at;
    enum part part;
    size_t key; /* the last one */
};

/* What stands at the place of a link. */
enum place {
    PLACE_DEVICE,
    PLACE_HOST,
    PLACE_MAP
};

struct scheme {
    const char *name;
    uint8_t place; /* enum place */
    uint8_t address_min, address_max;
    uint16_t port; /* customary; 0: must be given */
    const char *example;
};

/* In the order of enum kwh_scheme. */
static const struct scheme schemes[] = {
    [KWH_SCHEME_RTU] = {"rtu", PLACE_DEVICE, 1, SERIAL_ADDRESS_MAX, 0, "rtu:/dev/ttyUSB0"},
    [KWH_SCHEME_TCP] = {"tcp", PLACE_HOST, 0, STREAM_ADDRESS_MAX, DEFAULT_TCP_PORT, "tcp:host:502"},
    [KWH_SCHEME_RTUTCP] = {"rtutcp", PLACE_HOST, 1, SERIAL_ADDRESS_MAX, 0, "rtutcp:host:port"},
    [KWH_SCHEME_SIM] = {"sim", PLACE_MAP, 1, SERIAL_ADDRESS_MAX, 0, "sim:inepro_pro380"},
    [KWH_SCHEME_MBUS] = {"mbus", PLACE_DEVICE, 0, KWH_MBUS_ALL, 0, "mbus:/dev/ttyUSB0"},
    [KWH_SCHEME_MBUSTCP] = {"mbustcp", PLACE_HOST, 0, KWH_MBUS_ALL, 0, "mbustcp:host:port"},
};

/* Beside letters and digits. */
static const char *const place_characters[] = {
    [PLACE_DEVICE] = "/._:+-",
    [PLACE_HOST] = "._-",
    [PLACE_MAP] = "._-",
};

static const char ipv6_characters[] = ":.%_-";

static bool is_network(const struct kwh_target *target)
{
    return schemes[target->scheme].place == PLACE_HOST;
}

static bool is_mbus(const struct kwh_target *target)
{
    return kwh_scheme_protocol(target->scheme) == KWH_PROTOCOL_MBUS;
}

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_one_of(char c, const char *others)
{
    return is_alphanumeric(c) || (c != '\0' && strchr(others, c) != NULL);
}

static bool accept(struct parser *parser, char c)
{
    if (parser->text[parser->at] != c)
        return false;
    parser->at++;
    return true;
}

/* A word of the text that ends where its characters do. */
static bool take_word(struct parser *parser, const char *characters, char *word, size_t capacity)
{
    size_t length = 0;

    while (is_one_of(parser->text[parser->at], characters)) {
        if (length + 1 >= capacity)
            return false;
        word[length++] = parser->text[parser->at++];
    }
    word[length] = '\0';
    return true;
}

/* A decimal number. Stops at the digit that makes it too large; a number too small is refused as a
 * whole. */
static bool take_number(struct parser *parser, uint32_t minimum, uint32_t maximum, uint32_t *number)
{
    size_t start = parser->at;
    uint32_t value = 0;

    for (;; parser->at++) {
        char c = parser->text[parser->at];
        uint32_t digit;

        if (c < '0' || c > '9')
            break;
        digit = (uint32_t)(c - '0');
        if (value > maximum / 10u || digit > maximum - value * 10u)
            return false;
        value = value * 10u + digit;
    }
    if (parser->at == start)
        return false;
    if (value < minimum) {
        parser->at = start;
        return false;
    }
    *number = value;
    return true;
}

/* ------------------------------------------------------------------------------------------------
 * Keys
 */

static bool take_line(struct parser *parser, struct kwh_line_settings *settings)
{
    const char *text = parser->text + parser->at;

    if (text[0] != '7' && text[0] != '8')
        return false;
    parser->at++;
    if (text[1] != 'N' && text[1] != 'E' && text[1] != 'O')
        return false;
    parser->at++;
    if (text[2] != '1' && text[2] != '2')
        return false;
    parser->at++;
    settings->data_bits = (uint8_t)(text[0] - '0');
    settings->parity = text[1];
    settings->stop_bits = (uint8_t)(text[2] - '0');
    return true;
}

static bool key_line(struct parser *parser, struct kwh_target *target)
{
    return take_line(parser, &target->settings);
}

static bool key_baud(struct parser *parser, struct kwh_target *target)
{
    return take_number(parser, 1, BAUD_MAX, &target->settings.baud);
}

static bool key_map(struct parser *parser, struct kwh_target *target)
{
    return take_word(parser, "._-", target->map, sizeof target->map) && target->map[0] != '\0';
}

static bool key_timeout(struct parser *parser, struct kwh_target *target)
{
    return take_number(parser, 1, TIMEOUT_MAX_MS, &target->timeout_ms);
}

static bool key_gap(struct parser *parser, struct kwh_target *target)
{
    return take_number(parser, 0, GAP_MAX_MS, &target->gap_ms);
}

static bool key_allowance(struct parser *parser, struct kwh_target *target)
{
    return take_number(parser, 1, ALLOWANCE_MAX_MS, &target->allowance_ms);
}

static bool key_retries(struct parser *parser, struct kwh_target *target)
{
    uint32_t retries;

    if (!take_number(parser, 0, UINT8_MAX, &retries))
        return false;
    target->retries = (int)retries;
    return true;
}

static bool key_seed(struct parser *parser, struct kwh_target *target)
{
    return take_number(parser, 0, UINT32_MAX, &target->seed);
}

static const struct {
    const char *word;
    enum kwh_echo echo;
} echoes[] = {
    {"auto", KWH_ECHO_LEARN},
    {"on", KWH_ECHO_ALWAYS},
    {"off", KWH_ECHO_NEVER},
};

static bool key_echo(struct parser *parser, struct kwh_target *target)
{
    size_t start = parser->at;
    char word[8];

    if (take_word(parser, "", word, sizeof word)) {
        for (size_t i = 0; i < KWH_COUNT(echoes); i++) {
            if (strcmp(word, echoes[i].word) == 0) {
                target->echo = echoes[i].echo;
                return true;
            }
        }
    }
    parser->at = start;
    return false;
}

#define ON_RTU    (1u << KWH_SCHEME_RTU)
#define ON_SIM    (1u << KWH_SCHEME_SIM)
#define ON_MBUS   (1u << KWH_SCHEME_MBUS | 1u << KWH_SCHEME_MBUSTCP)
#define ON_SERIAL (ON_RTU | 1u << KWH_SCHEME_MBUS)
#define ON_ALL    (ON_RTU | ON_SIM | ON_MBUS | 1u << KWH_SCHEME_TCP | 1u << KWH_SCHEME_RTUTCP)

static const struct key {
    const char *name;
    unsigned schemes; /* on which it means something */
    bool (*take)(struct parser *parser, struct kwh_target *target);
    const char *values;
} keys[] = {
    /* Of the wire behind a converter, M-Bus reckons how long its bytes take. */
    {"baud", ON_RTU | ON_MBUS, key_baud, "1 to 4000000"},
    {"line", ON_RTU | ON_MBUS, key_line,
     "7 or 8 data bits, N, E or O, 1 or 2 stop bits, as in 8E1"},
    {"map", ON_ALL, key_map, "a name of letters, digits, '.', '_' and '-'"},
    {"timeout_ms", ON_ALL, key_timeout, "1 to 600000"},
    {"retries", ON_ALL, key_retries, "0 to 255"},
    {"echo", ON_SERIAL, key_echo, "auto, on or off"},
    {"gap_ms", ON_ALL, key_gap, "0 to 60000"},
    {"allowance_ms", ON_MBUS, key_allowance, "1 to 60000"},
    {"seed", ON_SIM, key_seed, "0 to 4294967295"},
};

static bool has_key(enum kwh_scheme scheme, size_t key)
{
    return (keys[key].schemes >> scheme & 1u) != 0;
}

/* One key=value; @p seen has a bit for each key that was there before. */
static bool take_key(struct parser *parser, struct kwh_target *target, unsigned *seen)
{
    size_t start = parser->at;
    char name[16];

    parser->part = PART_KEY;
    if (take_word(parser, "_", name, sizeof name)) {
        for (size_t i = 0; i < KWH_COUNT(keys); i++) {
            if (!has_key(target->scheme, i) || strcmp(name, keys[i].name) != 0)
                continue;
            parser->key = i;
            if ((*seen >> i & 1u) != 0) {
                parser->part = PART_REPEATED_KEY;
                break;
            }
            *seen |= 1u << i;
            parser->part = PART_VALUE;
            return accept(parser, '=') && keys[i].take(parser, target);
        }
    }
    parser->at = start;
    return false;
}

/* ------------------------------------------------------------------------------------------------
 * The whole
 */

static bool take_scheme(struct parser *parser, struct kwh_target *target)
{
    parser->part = PART_SCHEME;
    for (size_t i = 0; i < KWH_COUNT(schemes); i++) {
        size_t length = strlen(schemes[i].name);

        if (strncmp(parser->text, schemes[i].name, length) == 0 && parser->text[length] == ':') {
            target->scheme = (enum kwh_scheme)i;
            parser->at = length + 1;
            return true;
        }
    }
    return false;
}

static bool take_ipv6(struct parser *parser, struct kwh_target *target)
{
    return take_word(parser, ipv6_characters, target->place, sizeof target->place) &&
           strchr(target->place, ':') != NULL && accept(parser, ']');
}

/* host, host:port, [ipv6]:port, :port */
static bool take_network_place(struct parser *parser, struct kwh_target *target)
{
    const char *characters = place_characters[PLACE_HOST];
    uint32_t port = schemes[target->scheme].port;
    bool taken = accept(parser, '[')
                     ? take_ipv6(parser, target)
                     : take_word(parser, characters, target->place, sizeof target->place);

    if (!taken)
        return false;
    /* Serial device servers have no customary port. */
    if (accept(parser, ':')) {
        parser->part = PART_PORT;
        if (!take_number(parser, 0, UINT16_MAX, &port))
            return false;
    } else if (port == 0 || target->place[0] == '\0') {
        return false;
    }
    target->port = (uint16_t)port;
    return true;
}

static bool take_place(struct parser *parser, struct kwh_target *target)
{
    const char *characters = place_characters[schemes[target->scheme].place];

    parser->part = PART_PLACE;
    if (is_network(target))
        return take_network_place(parser, target);
    return take_word(parser, characters, target->place, sizeof target->place) &&
           target->place[0] != '\0';
}

static bool is_hexadecimal(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

static bool take_secondary(struct parser *parser, struct kwh_target *target)
{
    char digits[KWH_MBUS_SECONDARY_TEXT];
    size_t count = 0;

    while (count + 1 < sizeof digits && is_hexadecimal(parser->text[parser->at]))
        digits[count++] = parser->text[parser->at++];
    digits[count] = '\0';
    target->has_secondary = kwh_mbus_secondary_parse(digits, &target->secondary) == KWH_OK;
    return target->has_secondary;
}

/* 251 and 252 are nobody's, and 253 is that of a meter which a secondary address has selected. */
static bool is_reserved(const struct kwh_target *target, uint32_t address)
{
    return is_mbus(target) && address > KWH_MBUS_PRIMARY_MAX && address < KWH_MBUS_ANY;
}

static bool take_address(struct parser *parser, struct kwh_target *target)
{
    const struct scheme *scheme = &schemes[target->scheme];
    size_t start = parser->at;
    uint32_t address;

    parser->part = PART_ADDRESS;
    if (is_mbus(target) && accept(parser, 's'))
        return take_secondary(parser, target);
    if (!take_number(parser, scheme->address_min, scheme->address_max, &address))
        return false;
    if (is_reserved(target, address)) {
        parser->at = start;
        return false;
    }
    target->address = (uint8_t)address;
    target->has_address = true;
    return true;
}

static bool take_target(struct parser *parser, struct kwh_target *target)
{
    unsigned seen = 0;

    if (!take_scheme(parser, target) || !take_place(parser, target))
        return false;
    while (accept(parser, ','))
        if (!take_key(parser, target, &seen))
            return false;
    if (accept(parser, '@') && !take_address(parser, target))
        return false;
    /* Digits, say, that a value stopped before are still about that value. */
    if (!is_alphanumeric(parser->text[parser->at]))
        parser->part = PART_END;
    return parser->text[parser->at] == '\0';
}

static void clear(struct kwh_target *target)
{
    memset(target, 0, sizeof *target);
    target->retries = -1;
}

enum kwh_error kwh_target_parse(const char *text, struct kwh_target *target, size_t *where)
{
    struct parser parser = {text, 0, PART_SCHEME, 0};
    bool good;

    clear(target);
    good = take_target(&parser, target);
    if (where != NULL)
        *where = parser.at;
    if (!good) {
        clear(target);
        return KWH_ERROR_SYNTAX;
    }
    return KWH_OK;
}

enum kwh_error kwh_line_settings_parse(const char *text, struct kwh_line_settings *settings)
{
    struct parser parser = {text, 0, PART_VALUE, 0};
    struct kwh_line_settings parsed;

    if (!take_line(&parser, &parsed) || text[parser.at] != '\0')
        return KWH_ERROR_SYNTAX;
    settings->data_bits = parsed.data_bits;
    settings->parity = parsed.parity;
    settings->stop_bits = parsed.stop_bits;
    return KWH_OK;
}

struct kwh_line_settings kwhi_target_settings(const struct kwh_target *target)
{
    struct kwh_line_settings settings = KWH_LINE_SETTINGS_DEFAULT;

    if (is_mbus(target))
        settings.baud = DEFAULT_MBUS_BAUD;
    if (target->settings.baud != 0)
        settings.baud = target->settings.baud;
    if (target->settings.parity != '\0') {
        settings.data_bits = target->settings.data_bits;
        settings.parity = target->settings.parity;
        settings.stop_bits = target->settings.stop_bits;
    }
    return settings;
}

/* ------------------------------------------------------------------------------------------------
 * Printing
 */

struct printer {
    char *text;
    size_t capacity, length;
};

/* Appends; a length beyond the capacity says that something did not fit. */
static void append(struct printer *printer, const char *before, const char *word)
{
    size_t left = printer->length < printer->capacity ? printer->capacity - printer->length : 0;
    int length = snprintf(left > 0 ? printer->text + printer->length : NULL, left, "%s%s", before,
                          word);

    printer->length += length > 0 ? (size_t)length : 0;
}

static void append_number(struct printer *printer, const char *before, uint32_t number)
{
    char digits[12];

    (void)snprintf(digits, sizeof digits, "%lu", (unsigned long)number);
    append(printer, before, digits);
}

static void print_place(struct printer *printer, const struct kwh_target *target)
{
    const struct scheme *scheme = &schemes[target->scheme];
    bool ipv6 = is_network(target) && strchr(target->place, ':') != NULL;

    append(printer, scheme->name, ":");
    append(printer, ipv6 ? "[" : "", target->place);
    append(printer, ipv6 ? "]" : "", "");
    if (is_network(target) &&
        (scheme->port == 0 || target->port != scheme->port || target->place[0] == '\0'))
        append_number(printer, ":", target->port);
}

static void print_settings(struct printer *printer, const struct kwh_line_settings *settings)
{
    if (settings->baud != 0)
        append_number(printer, ",baud=", settings->baud);
    if (settings->parity != '\0') {
        char parity[2] = {settings->parity, '\0'};

        append_number(printer, ",line=", settings->data_bits);
        append(printer, parity, "");
        append_number(printer, "", settings->stop_bits);
    }
}

static void print_keys(struct printer *printer, const struct kwh_target *target)
{
    if (target->map[0] != '\0')
        append(printer, ",map=", target->map);
    if (target->timeout_ms != 0)
        append_number(printer, ",timeout_ms=", target->timeout_ms);
    if (target->retries >= 0)
        append_number(printer, ",retries=", (uint32_t)target->retries);
    for (size_t i = 1; i < KWH_COUNT(echoes); i++)
        if (target->echo == echoes[i].echo)
            append(printer, ",echo=", echoes[i].word);
    if (target->gap_ms != 0)
        append_number(printer, ",gap_ms=", target->gap_ms);
    if (target->allowance_ms != 0)
        append_number(printer, ",allowance_ms=", target->allowance_ms);
    if (target->seed != 0)
        append_number(printer, ",seed=", target->seed);
}

static void print_address(struct printer *printer, const struct kwh_target *target)
{
    char digits[KWH_MBUS_SECONDARY_TEXT];

    if (target->has_secondary) {
        kwh_mbus_secondary_print(&target->secondary, digits);
        append(printer, "@s", digits);
    } else if (target->has_address) {
        append_number(printer, "@", target->address);
    }
}

enum kwh_error kwh_target_print(const struct kwh_target *target, char *text, size_t capacity)
{
    struct printer printer = {text, capacity, 0};
    struct kwh_target parsed;

    if (capacity == 0)
        return KWH_ERROR_CAPACITY;
    text[0] = '\0';
    if ((size_t)target->scheme >= KWH_COUNT(schemes))
        return KWH_ERROR_SYNTAX;
    print_place(&printer, target);
    print_settings(&printer, &target->settings);
    print_keys(&printer, target);
    print_address(&printer, target);
    if (printer.length >= capacity) {
        text[0] = '\0';
        return KWH_ERROR_CAPACITY;
    }
    /* A target that a program put together may hold what cannot be said. */
    if (kwh_target_parse(text, &parsed, NULL) != KWH_OK) {
        text[0] = '\0';
        return KWH_ERROR_SYNTAX;
    }
    return KWH_OK;
}

/* ------------------------------------------------------------------------------------------------
 * Hints
 */

/* What the place of a text without a scheme looks like. */
static enum place guess_place(const char *text)
{
    return text[0] == '/' ? PLACE_DEVICE : strpbrk(text, ".:[") != NULL ? PLACE_HOST : PLACE_MAP;
}

/* Whether a scheme is all that a text lacks. */
static bool could_be(const char *text, size_t scheme, struct kwh_target *target, char *candidate)
{
    int length = snprintf(candidate, KWH_TARGET_TEXT, "%s:%s", schemes[scheme].name, text);

    return length < KWH_TARGET_TEXT && kwh_target_parse(candidate, target, NULL) == KWH_OK &&
           (target->scheme != KWH_SCHEME_SIM ||
            kwh_host_find_protocol_map(target->place, KWH_PROTOCOL_MODBUS) != NULL);
}

static void print_scheme_hint(struct printer *printer, const char *text)
{
    struct kwh_target target;
    char candidate[KWH_TARGET_TEXT];

    for (size_t i = 0; i < KWH_COUNT(schemes); i++) {
        if (schemes[i].place == guess_place(text) && could_be(text, i, &target, candidate)) {
            append(printer, "did you mean ", candidate);
            append(printer, target.has_address || is_mbus(&target) ? "" : "@1", "?");
            return;
        }
    }
    for (size_t i = 0; i < KWH_COUNT(schemes); i++) {
        append(printer,
               i == 0                       ? "it begins with "
               : i + 1 < KWH_COUNT(schemes) ? ", "
                                            : " or ",
               schemes[i].name);
        append(printer, ":", "");
    }
}

static void print_key_hint(struct printer *printer, enum kwh_scheme scheme)
{
    append(printer, "keys of ", schemes[scheme].name);
    for (size_t i = 0, count = 0; i < KWH_COUNT(keys); i++)
        if (has_key(scheme, i))
            append(printer, count++ == 0 ? ": " : ", ", keys[i].name);
}

static void print_address_hint(struct printer *printer, enum kwh_scheme scheme)
{
    bool mbus = kwh_scheme_protocol(scheme) == KWH_PROTOCOL_MBUS;

    append_number(printer, "address: ", schemes[scheme].address_min);
    append_number(printer, " to ", mbus ? KWH_MBUS_PRIMARY_MAX : schemes[scheme].address_max);
    if (mbus) {
        append(printer, ", 254 for any, 255 for all, ",
               "or s and a secondary address of 8 or 16 digits");
    }
}

static void print_hint(struct printer *printer, const struct parser *parser, enum kwh_scheme scheme)
{
    switch (parser->part) {
    case PART_SCHEME:
        print_scheme_hint(printer, parser->text);
        break;
    case PART_PLACE:
        append(printer, "it begins like ", schemes[scheme].example);
        break;
    case PART_PORT:
        append(printer, "port: 1 to 65535", "");
        break;
    case PART_KEY:
        print_key_hint(printer, scheme);
        break;
    case PART_REPEATED_KEY:
        append(printer, keys[parser->key].name, " is given twice");
        break;
    case PART_VALUE:
        append(printer, keys[parser->key].name, "");
        append(printer, ": ", keys[parser->key].values);
        break;
    case PART_ADDRESS:
        print_address_hint(printer, scheme);
        break;
    case PART_END:
        append(printer, "after the place come ,key=value and, at the end, @ADDRESS", "");
        break;
    }
}

enum kwh_error kwh_target_hint(const char *text, char *hint, size_t capacity)
{
    struct parser parser = {text, 0, PART_SCHEME, 0};
    struct printer printer = {hint, capacity, 0};
    struct kwh_target target;

    if (capacity == 0)
        return KWH_ERROR_CAPACITY;
    hint[0] = '\0';
    clear(&target);
    if (!take_target(&parser, &target))
        print_hint(&printer, &parser, target.scheme);
    return printer.length < capacity ? KWH_OK : KWH_ERROR_CAPACITY;
}
