/* SPDX-License-Identifier: MIT */
/*
 * TARGET strings. Only characters that no shell takes for its own, the brackets of IPv6 excepted:
 * what is refused here would be mangled there.
 */
#include "target.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_TCP_PORT   502
#define BAUD_MAX           4000000u
#define TIMEOUT_MAX_MS     600000u /* well below the 35 minutes that a wrapping clock can tell */
#define GAP_MAX_MS         60000u
#define SERIAL_ADDRESS_MAX 247u
#define STREAM_ADDRESS_MAX 255u

struct parser {
    const char *text;
    size_t at;
};

struct scheme {
    const char *name;
    const char *place_characters; /* beside letters and digits */
    uint8_t address_min, address_max;
    bool network;
};

/* In the order of enum kwh_scheme. */
static const struct scheme schemes[] = {
    [KWH_SCHEME_RTU] = {"rtu", "/._:+-", 1, SERIAL_ADDRESS_MAX, false},
    [KWH_SCHEME_TCP] = {"tcp", "._-", 0, STREAM_ADDRESS_MAX, true},
    [KWH_SCHEME_RTUTCP] = {"rtutcp", "._-", 1, SERIAL_ADDRESS_MAX, true},
    [KWH_SCHEME_SIM] = {"sim", "._-", 1, SERIAL_ADDRESS_MAX, false},
};

static const char ipv6_characters[] = ":.%_-";

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
    if (parser->text[parser->at] != c) {
        return false;
    }
    parser->at++;
    return true;
}

/* A word of the text that ends where its characters do. */
static bool take_word(struct parser *parser, const char *characters, char *word, size_t capacity)
{
    size_t length = 0;

    while (is_one_of(parser->text[parser->at], characters)) {
        if (length + 1 >= capacity) {
            return false;
        }
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

        if (c < '0' || c > '9') {
            break;
        }
        digit = (uint32_t)(c - '0');
        if (value > maximum / 10u || digit > maximum - value * 10u) {
            return false;
        }
        value = value * 10u + digit;
    }
    if (parser->at == start) {
        return false;
    }
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

    if (text[0] != '7' && text[0] != '8') {
        return false;
    }
    parser->at++;
    if (text[1] != 'N' && text[1] != 'E' && text[1] != 'O') {
        return false;
    }
    parser->at++;
    if (text[2] != '1' && text[2] != '2') {
        return false;
    }
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

static bool key_retries(struct parser *parser, struct kwh_target *target)
{
    uint32_t retries;

    if (!take_number(parser, 0, UINT8_MAX, &retries)) {
        return false;
    }
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

#define ON_RTU (1u << KWH_SCHEME_RTU)
#define ON_SIM (1u << KWH_SCHEME_SIM)
#define ON_ALL (ON_RTU | ON_SIM | 1u << KWH_SCHEME_TCP | 1u << KWH_SCHEME_RTUTCP)

static const struct key {
    const char *name;
    unsigned schemes; /* on which it means something */
    bool (*take)(struct parser *parser, struct kwh_target *target);
} keys[] = {
    {"baud", ON_RTU, key_baud},       {"line", ON_RTU, key_line},
    {"map", ON_ALL, key_map},         {"timeout_ms", ON_ALL, key_timeout},
    {"retries", ON_ALL, key_retries}, {"echo", ON_RTU, key_echo},
    {"gap_ms", ON_ALL, key_gap},      {"seed", ON_SIM, key_seed},
};

/* One key=value; @p seen has a bit for each key that was there before. */
static bool take_key(struct parser *parser, struct kwh_target *target, unsigned *seen)
{
    size_t start = parser->at;
    char name[16];

    if (take_word(parser, "_", name, sizeof name)) {
        for (size_t i = 0; i < KWH_COUNT(keys); i++) {
            bool allowed = (keys[i].schemes >> target->scheme & 1u) != 0 && (*seen >> i & 1u) == 0;

            if (allowed && strcmp(name, keys[i].name) == 0) {
                *seen |= 1u << i;
                return accept(parser, '=') && keys[i].take(parser, target);
            }
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
    const char *characters = schemes[target->scheme].place_characters;
    uint32_t port = DEFAULT_TCP_PORT;
    bool taken = accept(parser, '[')
                     ? take_ipv6(parser, target)
                     : take_word(parser, characters, target->place, sizeof target->place);

    if (!taken) {
        return false;
    }
    /* Serial device servers have no customary port. */
    if (accept(parser, ':')) {
        if (!take_number(parser, 0, UINT16_MAX, &port)) {
            return false;
        }
    } else if (target->scheme == KWH_SCHEME_RTUTCP || target->place[0] == '\0') {
        return false;
    }
    target->port = (uint16_t)port;
    return true;
}

static bool take_place(struct parser *parser, struct kwh_target *target)
{
    const struct scheme *scheme = &schemes[target->scheme];

    if (scheme->network) {
        return take_network_place(parser, target);
    }
    return take_word(parser, scheme->place_characters, target->place, sizeof target->place) &&
           target->place[0] != '\0';
}

static bool take_address(struct parser *parser, struct kwh_target *target)
{
    const struct scheme *scheme = &schemes[target->scheme];
    uint32_t address;

    if (!take_number(parser, scheme->address_min, scheme->address_max, &address)) {
        return false;
    }
    target->address = (uint8_t)address;
    target->has_address = true;
    return true;
}

static bool take_target(struct parser *parser, struct kwh_target *target)
{
    unsigned seen = 0;

    if (!take_scheme(parser, target) || !take_place(parser, target)) {
        return false;
    }
    while (accept(parser, ',')) {
        if (!take_key(parser, target, &seen)) {
            return false;
        }
    }
    if (accept(parser, '@') && !take_address(parser, target)) {
        return false;
    }
    return parser->text[parser->at] == '\0';
}

static void clear(struct kwh_target *target)
{
    memset(target, 0, sizeof *target);
    target->retries = -1;
}

enum kwh_error kwh_target_parse(const char *text, struct kwh_target *target, size_t *where)
{
    struct parser parser = {text, 0};
    bool good;

    clear(target);
    good = take_target(&parser, target);
    if (where != NULL) {
        *where = parser.at;
    }
    if (!good) {
        clear(target);
        return KWH_ERROR_SYNTAX;
    }
    return KWH_OK;
}

enum kwh_error kwh_line_settings_parse(const char *text, struct kwh_line_settings *settings)
{
    struct parser parser = {text, 0};
    struct kwh_line_settings parsed;

    if (!take_line(&parser, &parsed) || text[parser.at] != '\0') {
        return KWH_ERROR_SYNTAX;
    }
    settings->data_bits = parsed.data_bits;
    settings->parity = parsed.parity;
    settings->stop_bits = parsed.stop_bits;
    return KWH_OK;
}

struct kwh_line_settings kwhi_target_settings(const struct kwh_target *target)
{
    struct kwh_line_settings settings = KWH_LINE_SETTINGS_DEFAULT;

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
    bool ipv6 = schemes[target->scheme].network && strchr(target->place, ':') != NULL;

    append(printer, schemes[target->scheme].name, ":");
    append(printer, ipv6 ? "[" : "", target->place);
    append(printer, ipv6 ? "]" : "", "");
    if (schemes[target->scheme].network &&
        (target->scheme == KWH_SCHEME_RTUTCP || target->port != DEFAULT_TCP_PORT ||
         target->place[0] == '\0')) {
        append_number(printer, ":", target->port);
    }
}

static void print_settings(struct printer *printer, const struct kwh_line_settings *settings)
{
    if (settings->baud != 0) {
        append_number(printer, ",baud=", settings->baud);
    }
    if (settings->parity != '\0') {
        char parity[2] = {settings->parity, '\0'};

        append_number(printer, ",line=", settings->data_bits);
        append(printer, parity, "");
        append_number(printer, "", settings->stop_bits);
    }
}

static void print_keys(struct printer *printer, const struct kwh_target *target)
{
    if (target->map[0] != '\0') {
        append(printer, ",map=", target->map);
    }
    if (target->timeout_ms != 0) {
        append_number(printer, ",timeout_ms=", target->timeout_ms);
    }
    if (target->retries >= 0) {
        append_number(printer, ",retries=", (uint32_t)target->retries);
    }
    for (size_t i = 1; i < KWH_COUNT(echoes); i++) {
        if (target->echo == echoes[i].echo) {
            append(printer, ",echo=", echoes[i].word);
        }
    }
    if (target->gap_ms != 0) {
        append_number(printer, ",gap_ms=", target->gap_ms);
    }
    if (target->seed != 0) {
        append_number(printer, ",seed=", target->seed);
    }
}

enum kwh_error kwh_target_print(const struct kwh_target *target, char *text, size_t capacity)
{
    struct printer printer = {text, capacity, 0};
    struct kwh_target parsed;

    if (capacity == 0) {
        return KWH_ERROR_CAPACITY;
    }
    text[0] = '\0';
    if ((size_t)target->scheme >= KWH_COUNT(schemes)) {
        return KWH_ERROR_SYNTAX;
    }
    print_place(&printer, target);
    print_settings(&printer, &target->settings);
    print_keys(&printer, target);
    if (target->has_address) {
        append_number(&printer, "@", target->address);
    }
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
