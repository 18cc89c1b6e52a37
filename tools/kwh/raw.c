/* SPDX-License-Identifier: MIT */
/* kwh raw: registers, PDUs and M-Bus frames for what has no name. */
#include "ask.h"
#include "names.h"
#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct raw {
    const struct options *options;
    struct kwh_target target;
    struct link link;
    struct question question;
    uint8_t unit;
    uint8_t bytes[KWH_MBUS_DATA_MAX + 4]; /* of the request, as far as they are ours */
    size_t count;
    bool writes; /* it may change the meter */
    bool reads_registers;
    uint16_t address; /* of the first register */
    int64_t time_ms;
    uint32_t duration_us;
    enum kwh_error error;
};

static struct kwh_exchange *exchange_of(struct raw *raw)
{
    return &raw->question.dialogue.exchange;
}

/* ------------------------------------------------------------------------------------------------
 * Arguments
 */

/* The word at @p at, decimal or 0x. */
static enum exit_code take_word(const char *what, const char *text, long minimum, long maximum,
                                uint16_t *word)
{
    char *end;
    errno = 0;
    bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    long number = strtol(text, &end, hexadecimal ? 16 : 10);
    if (errno != 0 || text[0] < '0' || text[0] > '9' || *end != '\0' || number < minimum ||
        number > maximum)
        return usage_error("%s '%s' is not a number from %ld to %ld", what, text, minimum, maximum);
    *word = (uint16_t)number;
    return EXIT_CODE_OK;
}

/* The bytes of all arguments. */
static enum exit_code take_hex(struct raw *raw, char **arguments, int count, size_t capacity)
{
    raw->count = 0;
    for (int i = 0; i < count; i++) {
        size_t more = 0;
        const char *wrong = parse_hex(arguments[i], raw->bytes + raw->count, capacity - raw->count,
                                      &more);
        if (wrong != NULL)
            return usage_error("'%s' %s", arguments[i], wrong);
        raw->count += more;
    }
    return raw->count > 0 ? EXIT_CODE_OK : usage_error("HEX is missing");
}

static enum exit_code fill_read(struct raw *raw, char **arguments, int count)
{
    uint8_t function = KWH_MODBUS_READ_HOLDING;
    uint16_t registers = 0;
    if (count > 0 && (strcmp(arguments[0], "holding") == 0 || strcmp(arguments[0], "input") == 0)) {
        function = arguments[0][0] == 'i' ? KWH_MODBUS_READ_INPUT : function;
        arguments++;
        count--;
    }
    if (count != 2)
        return usage_error("behind read come [holding|input] ADDRESS COUNT");
    enum exit_code code = take_word("ADDRESS", arguments[0], 0, 0xFFFF, &raw->address);
    if (code == EXIT_CODE_OK)
        code = take_word("COUNT", arguments[1], 1, KWH_MODBUS_READ_MAX, &registers);
    if (code != EXIT_CODE_OK)
        return code;
    raw->reads_registers = true;
    if (kwh_modbus_read(exchange_of(raw), raw->unit, function, raw->address, registers) != KWH_OK)
        return usage_error("no register is beyond 0xFFFF");
    return EXIT_CODE_OK;
}

static enum exit_code fill_write(struct raw *raw, char **arguments, int count)
{
    uint16_t word = 0;
    if (count < 2)
        return usage_error("behind write come ADDRESS WORD...");
    if (count - 1 > KWH_MODBUS_WRITE_MAX)
        return usage_error("more than %d words in one write", KWH_MODBUS_WRITE_MAX);
    raw->writes = true;
    enum exit_code code = take_word("ADDRESS", arguments[0], 0, 0xFFFF, &raw->address);
    for (int i = 1; code == EXIT_CODE_OK && i < count; i++) {
        code = take_word("WORD", arguments[i], 0, 0xFFFF, &word);
        raw->bytes[raw->count++] = (uint8_t)(word >> 8);
        raw->bytes[raw->count++] = (uint8_t)word;
    }
    if (code != EXIT_CODE_OK)
        return code;
    if (count == 2)
        kwh_modbus_write_single(exchange_of(raw), raw->unit, raw->address, word);
    else if (kwh_modbus_write_multiple(exchange_of(raw), raw->unit, raw->address,
                                       (uint16_t)(count - 1), raw->bytes) != KWH_OK)
        return usage_error("no register is beyond 0xFFFF");
    return EXIT_CODE_OK;
}

/* ------------------------------------------------------------------------------------------------
 * Any PDU
 */

/* Functions that only read, MODBUS Application Protocol V1.1b3, section 6. */
static bool reads_only(const uint8_t *pdu, size_t count)
{
    static const uint8_t functions[] = {0x01, 0x02, 0x03, 0x04, 0x07, 0x0B, 0x0C, 0x11, 0x14, 0x18};
    unsigned sub_function = count >= 3 ? (unsigned)(pdu[1] << 8 | pdu[2]) : 1;
    if (pdu[0] == KWH_MODBUS_DIAGNOSTICS) /* an echo, a status, and the counters */
        return sub_function == 0 || sub_function == 2 || (sub_function >= 11 && sub_function <= 18);
    if (pdu[0] == KWH_MODBUS_ENCAPSULATED)
        return count >= 2 && pdu[1] == 0x0E;
    return memchr(functions, pdu[0], sizeof functions) != NULL;
}

static uint8_t asked_unit; /* by which the CRC of an answer of unknown length begins */

/* On a serial line: as long as its CRC says. */
static size_t length_by_crc(const uint8_t *pdu, size_t available)
{
    uint16_t crc = kwh_crc16(KWH_CRC16_START, &asked_unit, 1);
    for (size_t length = 1; length + 2 <= available; length++) {
        crc = kwh_crc16(crc, pdu + length - 1, 1);
        if (pdu[length] == (uint8_t)crc && pdu[length + 1] == (uint8_t)(crc >> 8))
            return length;
    }
    return 0;
}

/* Over TCP: as long as the frame. */
static size_t length_of_all(const uint8_t *pdu, size_t available)
{
    (void)pdu;
    return available;
}

static size_t length_by_standard(const uint8_t *pdu, size_t available)
{
    return kwh_modbus_answer_length(pdu, available);
}

static kwh_length_function *length_function(const struct raw *raw)
{
    uint8_t sample[2] = {raw->bytes[0], 0};
    if (raw->target.scheme == KWH_SCHEME_TCP)
        return length_of_all;
    if (reads_only(raw->bytes, raw->count) && raw->bytes[0] == KWH_MODBUS_ENCAPSULATED)
        return kwh_modbus_length_device_id;
    if (kwh_modbus_answer_length(sample, sizeof sample) == KWH_MODBUS_LENGTH_UNKNOWN)
        return length_by_crc;
    return length_by_standard;
}

static enum exit_code fill_pdu(struct raw *raw, char **arguments, int count)
{
    enum exit_code code = take_hex(raw, arguments, count, KWH_MODBUS_PDU_MAX);
    if (code != EXIT_CODE_OK)
        return code;
    asked_unit = raw->unit;
    raw->writes = !reads_only(raw->bytes, raw->count);
    if (kwh_modbus_raw(exchange_of(raw), raw->unit, raw->bytes, raw->count, length_function(raw),
                       raw->writes) != KWH_OK)
        return usage_error("the function is 01 to 7F");
    return EXIT_CODE_OK;
}

/* ------------------------------------------------------------------------------------------------
 * M-Bus
 */

/* A whole frame comes apart into C, CI and data; its address must be that of the target. */
static enum exit_code take_frame(struct raw *raw)
{
    struct kwh_mbus_frame frame;
    if (kwh_mbus_frame_decode(raw->bytes, raw->count, &frame) != KWH_OK ||
        frame.kind < KWH_MBUS_SHORT)
        return EXIT_CODE_OK;
    if (!raw->target.has_address && !raw->target.has_secondary) {
        raw->target.has_address = true;
        raw->target.address = raw->unit = frame.address;
    }
    if (frame.address != raw->unit) {
        return usage_error("the frame is for address %u, the TARGET has %u",
                           (unsigned)frame.address, (unsigned)raw->unit);
    }
    raw->bytes[0] = frame.c;
    raw->count = 1;
    if (frame.kind != KWH_MBUS_SHORT) {
        raw->bytes[1] = frame.ci;
        memmove(raw->bytes + 2, raw->bytes + frame.data_at, frame.data_length);
        raw->count = 2u + frame.data_length;
    }
    return EXIT_CODE_OK;
}

static enum exit_code fill_mbus(struct raw *raw, char **arguments, int count)
{
    enum exit_code code = take_hex(raw, arguments, count, sizeof raw->bytes);
    if (code == EXIT_CODE_OK)
        code = take_frame(raw);
    if (code != EXIT_CODE_OK)
        return code;
    struct kwh_exchange *exchange = exchange_of(raw);
    enum kwh_error error = KWH_OK;
    unsigned c = raw->bytes[0];
    bool fcb = (c & KWH_MBUS_FCB) != 0, is_short = raw->count == 1;
    if (c == KWH_MBUS_SND_NKE && is_short)
        kwh_mbus_snd_nke(exchange, raw->unit);
    else if ((c | KWH_MBUS_FCB) == (KWH_MBUS_REQ_UD2 | KWH_MBUS_FCB) && is_short)
        kwh_mbus_req_ud2(exchange, raw->unit, fcb);
    else if ((c | KWH_MBUS_FCB) == (KWH_MBUS_REQ_UD1 | KWH_MBUS_FCB) && is_short)
        kwh_mbus_req_ud1(exchange, raw->unit, fcb);
    else if ((c | KWH_MBUS_FCB) == (KWH_MBUS_SND_UD | KWH_MBUS_FCB) && !is_short)
        error = kwh_mbus_snd_ud(exchange, raw->unit, fcb, raw->bytes[1], raw->bytes + 2,
                                raw->count - 2);
    else if (c == KWH_MBUS_SND_UD2 && !is_short)
        error = kwh_mbus_snd_ud2(exchange, raw->unit, raw->bytes[1], raw->bytes + 2,
                                 raw->count - 2);
    else
        return usage_error("C alone is 40, 5A, 7A, 5B or 7B; with CI and DATA 53, 73 or 43");
    raw->writes = !is_short;
    exchange->writes = exchange->writes || raw->writes;
    return error == KWH_OK ? EXIT_CODE_OK : usage_error("the data are too long");
}

/* ------------------------------------------------------------------------------------------------
 * Printing
 */

/* Address, CRC and PDU, so that the request and the answer can be told as any frame. */
static size_t seal(uint8_t unit, const uint8_t *pdu, size_t size, uint8_t frame[ASK_FRAME])
{
    frame[0] = unit;
    memcpy(frame + 1, pdu, size);
    uint16_t crc = kwh_crc16(KWH_CRC16_START, frame, size + 1);
    frame[size + 1] = (uint8_t)crc;
    frame[size + 2] = (uint8_t)(crc >> 8);
    return size + 3;
}

static bool is_mbus(const struct raw *raw)
{
    return kwh_scheme_protocol(raw->target.scheme) == KWH_PROTOCOL_MBUS;
}

/* The request without what the transport adds: the PDU, or the frame of M-Bus. */
static size_t request_of(const struct raw *raw, uint8_t bytes[ASK_FRAME])
{
    uint8_t frame[ASK_FRAME];
    if (is_mbus(raw))
        return ask_frame(raw->target.scheme, &raw->question, bytes);
    size_t size = ask_frame(KWH_SCHEME_RTU, &raw->question, frame);
    if (size < 3)
        return 0;
    memcpy(bytes, frame + 1, size - 3);
    return size - 3;
}

/* What it means, in one line. */
static void describe(const struct raw *raw, const uint8_t *bytes, size_t size, char text[MBUS_TEXT])
{
    uint8_t sealed[ASK_FRAME];
    struct mbus_frame mbus;
    struct frame frame;
    if (is_mbus(raw)) {
        mbus_frame_parse(bytes, size, &mbus);
        mbus_frame_describe(&mbus, text);
        return;
    }
    frame_parse(sealed, seal(raw->unit, bytes, size, sealed), &frame);
    frame_describe(&frame, text);
}

#define HEX_TEXT (3 * ASK_FRAME + 4)

static const uint8_t *registers_of(const struct raw *raw, size_t *count)
{
    bool came = raw->reads_registers && raw->error == KWH_OK && raw->question.size >= 2;
    *count = came ? raw->question.answer[1] / 2u : 0;
    return raw->question.answer + 2;
}

struct cells {
    char address[8], hex[8], number[8], signed_number[8], real[KWH_DECIMAL_TEXT];
};

/* Whether two registers may be a binary32: from 2^-30 to 2^40, or 0. */
static bool is_plausible(uint32_t bits)
{
    uint32_t exponent = bits >> 23 & 0xFFu;
    return bits == 0 || (exponent >= 97 && exponent <= 167);
}

static void fill_cells(const struct raw *raw, size_t at, size_t count, const uint8_t *bytes,
                       struct cells *cells)
{
    unsigned word = (unsigned)(bytes[2 * at] << 8 | bytes[2 * at + 1]);
    struct kwh_decimal value;
    snprintf(cells->address, sizeof cells->address, "0x%04X",
             (raw->address + (unsigned)at) & 0xFFFFu);
    snprintf(cells->hex, sizeof cells->hex, "%04X", word & 0xFFFFu);
    snprintf(cells->number, sizeof cells->number, "%u", word & 0xFFFFu);
    snprintf(cells->signed_number, sizeof cells->signed_number, "%d",
             word < 0x8000 ? (int)word : (int)word - 0x10000);
    cells->real[0] = '\0';
    if (at % 2 != 0 || at + 1 >= count)
        return;
    uint32_t bits = (uint32_t)kwh_registers_load(bytes + 2 * at, 2, KWH_ORDER_ABCD);
    if (!is_plausible(bits) || kwh_decimal_from_binary32(bits, &value) != KWH_OK ||
        kwh_decimal_print(&value, cells->real, sizeof cells->real) != KWH_OK)
        cells->real[0] = '\0';
}

static void hex_without_blanks(const uint8_t *bytes, size_t size, char text[HEX_TEXT])
{
    text[0] = '\0';
    for (size_t i = 0; i < size; i++)
        snprintf(text + 2 * i, 3, "%02X", bytes[i]);
}

static void print_json(const struct raw *raw)
{
    cJSON *object = json_object(), *registers = json_array();
    uint8_t request[ASK_FRAME];
    char text[HEX_TEXT];
    size_t count;
    const uint8_t *bytes = registers_of(raw, &count);
    print_time(raw->time_ms, text);
    json_text(object, "time", text);
    json_text(object, "target", raw->options->arguments[0]);
    json_unsigned(object, "address", raw->unit);
    hex_without_blanks(request, request_of(raw, request), text);
    json_text(object, "request", text);
    hex_without_blanks(raw->question.answer, raw->question.size, text);
    json_text(object, "answer", raw->question.size > 0 ? text : NULL);
    for (size_t i = 0; i < count; i++) {
        struct cells cells;
        cJSON *item = json_object();
        fill_cells(raw, i, count, bytes, &cells);
        json_unsigned(item, "address", (raw->address + i) & 0xFFFFu);
        json_text(item, "hex", cells.hex);
        json_number(item, "unsigned", cells.number);
        json_number(item, "signed", cells.signed_number);
        json_item(item, "float",
                  cells.real[0] != '\0' ? cJSON_CreateRaw(cells.real) : cJSON_CreateNull());
        json_append(registers, item);
    }
    json_item(object, "registers", registers);
    json_unsigned(object, "duration_ms", (raw->duration_us + 500) / 1000);
    json_text(object, "error", raw->error != KWH_OK ? kwh_error_name(raw->error) : NULL);
    json_print(object);
}

/* One row a register, or one for the exchange. */
static void print_csv(const struct raw *raw)
{
    static const char *const titles[] = {"address", "hex", "unsigned", "signed", "float"};
    static const char *const exchange[] = {"request", "answer", "error"};
    uint8_t request[ASK_FRAME];
    char sent[HEX_TEXT], got[HEX_TEXT];
    size_t count;
    const uint8_t *bytes = registers_of(raw, &count);
    if (raw->reads_registers) {
        csv_record(titles, KWH_COUNT(titles));
        for (size_t i = 0; i < count; i++) {
            struct cells cells;
            fill_cells(raw, i, count, bytes, &cells);
            csv_record((const char *const[]){cells.address, cells.hex, cells.number,
                                             cells.signed_number, cells.real},
                       KWH_COUNT(titles));
        }
        return;
    }
    hex_without_blanks(request, request_of(raw, request), sent);
    hex_without_blanks(raw->question.answer, raw->question.size, got);
    csv_record(exchange, KWH_COUNT(exchange));
    csv_record(
        (const char *const[]){sent, got, raw->error != KWH_OK ? kwh_error_name(raw->error) : ""},
        KWH_COUNT(exchange));
}

static void add_exchange(struct table *table, const char *title, const struct raw *raw,
                         const uint8_t *bytes, size_t size)
{
    char hex[HEX_TEXT], text[MBUS_TEXT];
    frame_hex(bytes, size, hex, sizeof hex);
    describe(raw, bytes, size, text);
    table_row(table, (const char *const[]){title, hex});
    table_row(table, (const char *const[]){"", text});
}

static void print_table(const struct raw *raw)
{
    struct style style = output_style(raw->options);
    struct table table;
    uint8_t request[ASK_FRAME];
    size_t count;
    const uint8_t *bytes = registers_of(raw, &count);
    if (raw->error != KWH_OK)
        return;
    if (raw->reads_registers) {
        table_begin(&table, "lrrrd");
        table_titles(&table,
                     (const char *const[]){"address", "hex", "unsigned", "signed", "float"});
        for (size_t i = 0; i < count; i++) {
            struct cells cells;
            fill_cells(raw, i, count, bytes, &cells);
            table_row(&table, (const char *const[]){cells.address, cells.hex, cells.number,
                                                    cells.signed_number, cells.real});
        }
    } else {
        table_begin(&table, "ll");
        add_exchange(&table, "sent", raw, request, request_of(raw, request));
        if (raw->question.size > 0)
            add_exchange(&table, "answer", raw, raw->question.answer, raw->question.size);
        else
            table_row(&table, (const char *const[]){"answer", "none: it was for all"});
    }
    table_end(&table, &style);
}

static void print_raw(const struct raw *raw)
{
    switch (raw->options->output) {
    case OUTPUT_TABLE:
        print_table(raw);
        break;
    case OUTPUT_JSON:
        print_json(raw);
        break;
    case OUTPUT_CSV:
        print_csv(raw);
        break;
    }
}

/* ------------------------------------------------------------------------------------------------
 * The command
 */

static const struct verb {
    const char *name;
    enum kwh_protocol protocol;
    enum exit_code (*fill)(struct raw *raw, char **arguments, int count);
} verbs[] = {
    {"read", KWH_PROTOCOL_MODBUS, fill_read},
    {"write", KWH_PROTOCOL_MODBUS, fill_write},
    {"pdu", KWH_PROTOCOL_MODBUS, fill_pdu},
    {"mbus", KWH_PROTOCOL_MBUS, fill_mbus},
};

static const struct verb *find_verb(const char *name)
{
    for (size_t i = 0; i < KWH_COUNT(verbs); i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

static enum exit_code fill(struct raw *raw)
{
    char **arguments = raw->options->arguments;
    if (raw->options->argument_count < 2)
        return usage_error(raw->options->argument_count < 1
                               ? "TARGET is missing"
                               : "what is to be done is missing: read, write, pdu or mbus");
    enum exit_code code = parse_target("TARGET", arguments[0], &raw->target);
    if (code != EXIT_CODE_OK)
        return code;
    const struct verb *verb = find_verb(arguments[1]);
    if (verb == NULL)
        return usage_error("'%s' is not read, write, pdu or mbus", arguments[1]);
    if (verb->protocol != kwh_scheme_protocol(raw->target.scheme))
        return usage_error("'%s' is of %s, the TARGET is not", verb->name,
                           verb->protocol == KWH_PROTOCOL_MBUS ? "M-Bus" : "Modbus");
    raw->unit = raw->target.has_secondary ? KWH_MBUS_SELECTED
                : raw->target.has_address ? raw->target.address
                : is_mbus(raw)            ? KWH_MBUS_ANY
                                          : 1;
    ask_init(&raw->question);
    code = verb->fill(raw, arguments + 2, raw->options->argument_count - 2);
    if (code == EXIT_CODE_OK && raw->writes && !raw->target.has_address &&
        !raw->target.has_secondary)
        return usage_error("what may change a meter needs its address, %s@1", arguments[0]);
    if (code == EXIT_CODE_OK && raw->writes && raw->options->retries > 0)
        return usage_error("--retries: what may change a meter is sent once");
    return code;
}

/* Nothing may be sent: says what would be. */
static enum exit_code refuse(const struct raw *raw)
{
    uint8_t frame[ASK_FRAME], request[ASK_FRAME];
    char hex[HEX_TEXT], text[MBUS_TEXT];
    frame_hex(frame, ask_frame(raw->target.scheme, &raw->question, frame), hex, sizeof hex);
    describe(raw, request, request_of(raw, request), text);
    complain("%s: nothing was sent, %s%s%s missing; it would be, once: %s (%s)",
             raw->options->arguments[0], raw->options->yes ? "" : "--yes",
             raw->options->yes || raw->options->allow_irreversible ? "" : " and ",
             raw->options->allow_irreversible ? " is"
             : raw->options->yes              ? "--allow-irreversible is"
                                              : "--allow-irreversible are",
             hex, text);
    return EXIT_CODE_DECLINED;
}

static enum exit_code run(struct raw *raw)
{
    struct link *link = &raw->link;
    enum exit_code code = link_open(link, raw->options, raw->options->arguments[0]);
    if (code != EXIT_CODE_OK)
        return code;
    raw->time_ms = utc_now_ms();
    uint32_t start = link_now_us(link);
    raw->error = ask_select(link);
    if (raw->error == KWH_OK)
        raw->error = ask(link, &raw->question);
    raw->duration_us = link_now_us(link) - start;
    if (raw->error != KWH_OK && raw->error != KWH_ERROR_INTERRUPTED)
        link_complain(link, raw->error, kwh_line_failure(&link->host.line));
    else if (raw->error == KWH_OK && raw->writes && !raw->options->quiet)
        complain("%s: sent once; only reading back shows what became of it",
                 raw->options->arguments[0]);
    print_raw(raw);
    return exit_code_of(raw->error);
}

enum exit_code raw_command(const struct options *options)
{
    static struct raw raw;
    raw.options = options;
    enum exit_code code = fill(&raw);
    if (code != EXIT_CODE_OK)
        return code;
    if (raw.writes && !(options->yes && options->allow_irreversible))
        return refuse(&raw);
    code = run(&raw);
    link_close(&raw.link);
    return code;
}
