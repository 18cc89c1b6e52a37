/* SPDX-License-Identifier: MIT */
#include "frame.h"

#include <ctype.h>
#include <string.h>

#define RTU_MIN      4
#define RTU_OVERHEAD 3 /* unit and CRC */
#define MBAP         7
#define PDU_MIN      1

const char *frame_direction_name(enum frame_direction direction)
{
    static const char *const names[] = {"unknown", "request", "answer", "either"};
    return names[direction];
}

static uint16_t word_at(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static void refuse(struct frame *frame, const char *error)
{
    frame->error = error;
}

static void take_span(struct frame *frame, const uint8_t *pdu)
{
    frame->has_address = true;
    frame->address = word_at(pdu + 1);
    frame->count = word_at(pdu + 3);
}

/* Functions 01 to 04: a request has four bytes behind the function, an answer counts its bytes.
 * An answer of three bytes looks the same, but registers come in pairs and 01, 02 seldom come. */
static void parse_read(struct frame *frame, const uint8_t *pdu, size_t length)
{
    bool registers = frame->function >= 3;
    if (length == 5 && (registers || pdu[1] != 3)) {
        frame->direction = FRAME_REQUEST;
        take_span(frame, pdu);
        if (frame->count == 0 || frame->count > (registers ? 125 : 2000) ||
            frame->address + frame->count > 0x10000)
            refuse(frame, "bad_answer");
    } else if (length >= 3 && length == 2u + pdu[1] && (!registers || pdu[1] % 2 == 0)) {
        frame->direction = FRAME_ANSWER;
        frame->data = pdu + 2;
        frame->data_length = pdu[1];
        frame->count = registers ? (uint16_t)(pdu[1] / 2) : 0;
    } else {
        refuse(frame, "bad_answer");
    }
}

/* 05, 06, 08: the answer repeats the request. */
static void parse_single(struct frame *frame, const uint8_t *pdu, size_t length)
{
    if (length < 5 || (length > 5 && frame->function != 8)) {
        refuse(frame, "bad_answer");
        return;
    }
    frame->direction = FRAME_EITHER;
    frame->has_address = true;
    frame->address = word_at(pdu + 1);
    frame->count = frame->function == 6 ? 1 : 0;
    frame->data = pdu + 3;
    frame->data_length = length - 3;
}

static void parse_multiple(struct frame *frame, const uint8_t *pdu, size_t length)
{
    if (length == 5) {
        frame->direction = FRAME_ANSWER;
        take_span(frame, pdu);
    } else if (length > 6 && length == 6u + pdu[5] &&
               (frame->function != 0x10 || pdu[5] == 2 * word_at(pdu + 3))) {
        frame->direction = FRAME_REQUEST;
        take_span(frame, pdu);
        frame->data = pdu + 6;
        frame->data_length = pdu[5];
    } else {
        refuse(frame, "bad_answer");
    }
}

/* Functions without registers: their length tells requests from answers. */
static void parse_other(struct frame *frame, const uint8_t *pdu, size_t length)
{
    bool request = kwh_modbus_request_length(pdu, length) == length;
    bool answer = kwh_modbus_answer_length(pdu, length) == length;
    frame->direction = request && answer ? FRAME_EITHER
                       : request         ? FRAME_REQUEST
                       : answer          ? FRAME_ANSWER
                                         : FRAME_UNKNOWN;
    if (frame->direction == FRAME_UNKNOWN)
        refuse(frame, "bad_answer");
}

static void parse_server_id(struct frame *frame, const uint8_t *pdu, size_t length)
{
    parse_other(frame, pdu, length);
    if (frame->direction == FRAME_ANSWER) {
        frame->data = pdu + 2;
        frame->data_length = length - 2;
    }
}

static void parse_device_id(struct frame *frame, const uint8_t *pdu, size_t length)
{
    if (kwh_modbus_length_device_id(pdu, length) == length)
        frame->direction = FRAME_ANSWER;
    else
        parse_other(frame, pdu, length);
}

/* Functions with a name (MODBUS Application Protocol V1.1b3, 6). */
static const struct function {
    uint8_t code;
    const char *name;
    void (*parse)(struct frame *frame, const uint8_t *pdu, size_t length);
} functions[] = {
    {0x01, "read_coils", parse_read},
    {0x02, "read_discrete_inputs", parse_read},
    {0x03, "read_holding_registers", parse_read},
    {0x04, "read_input_registers", parse_read},
    {0x05, "write_single_coil", parse_single},
    {0x06, "write_single_register", parse_single},
    {0x07, "read_exception_status", parse_other},
    {0x08, "diagnostics", parse_single},
    {0x0B, "get_comm_event_counter", parse_other},
    {0x0F, "write_multiple_coils", parse_multiple},
    {0x10, "write_multiple_registers", parse_multiple},
    {0x11, "report_server_id", parse_server_id},
    {0x16, "mask_write_register", parse_other},
    {0x17, "read_write_multiple_registers", parse_other},
    {0x2B, "read_device_identification", parse_device_id},
};

static const struct function *known_function(uint8_t code)
{
    for (size_t i = 0; i < KWH_COUNT(functions); i++)
        if (functions[i].code == code)
            return &functions[i];
    return NULL;
}

bool frame_function_is_known(uint8_t function)
{
    return known_function(function) != NULL;
}

void frame_function_name(uint8_t function, char text[FRAME_NAME])
{
    const struct function *known = known_function(function);
    if (known != NULL)
        snprintf(text, FRAME_NAME, "%s", known->name);
    else
        snprintf(text, FRAME_NAME, "function_%02x", (unsigned)function);
}

static void parse_exception(struct frame *frame, const uint8_t *pdu, size_t length)
{
    frame->direction = FRAME_ANSWER;
    if (length == 2 && pdu[1] != 0)
        frame->exception = pdu[1];
    else
        refuse(frame, "bad_answer");
}

static void parse_pdu(struct frame *frame, const uint8_t *pdu, size_t length)
{
    const struct function *known = known_function(pdu[0] & 0x7Fu);
    frame->function = pdu[0] & 0x7Fu;
    if ((pdu[0] & 0x80u) != 0)
        parse_exception(frame, pdu, length);
    else if (known != NULL)
        known->parse(frame, pdu, length);
}

static bool crc_holds(const uint8_t *bytes, size_t length)
{
    return length >= RTU_MIN && kwh_crc16(KWH_CRC16_START, bytes, length) == 0;
}

/* The length that the first bytes tell of a frame with a right CRC that stands in front of others:
 * an echo, or a request together with its answer. 0: none. */
static size_t leading_rtu(const uint8_t *bytes, size_t length)
{
    const uint8_t *pdu = bytes + 1;
    size_t available = length > 0 ? length - 1 : 0;
    const size_t candidates[] = {length,
                                 RTU_OVERHEAD + (size_t)kwh_modbus_request_length(pdu, available),
                                 RTU_OVERHEAD + (size_t)kwh_modbus_answer_length(pdu, available)};
    for (size_t i = 0; i < KWH_COUNT(candidates); i++)
        if (candidates[i] <= length && crc_holds(bytes, candidates[i]))
            return candidates[i];
    return 0;
}

/* The length of a Modbus TCP frame by its head; 0 when it has none. */
static size_t leading_tcp(const uint8_t *bytes, size_t length)
{
    size_t told = length > MBAP ? word_at(bytes + 4) : 0;
    if (length <= MBAP || word_at(bytes + 2) != 0 || told < 1 + PDU_MIN ||
        told > 1 + KWH_MODBUS_PDU_MAX)
        return 0;
    return 6 + told;
}

static void parse_tcp(const uint8_t *bytes, size_t length, struct frame *frame)
{
    frame->tcp = true;
    frame->length = length;
    frame->transaction = word_at(bytes);
    frame->unit = bytes[6];
    parse_pdu(frame, bytes + MBAP, length - MBAP);
}

static void parse_rtu(const uint8_t *bytes, size_t length, struct frame *frame)
{
    frame->length = length;
    frame->unit = bytes[0];
    frame->crc = word_at(bytes + length - 2);
    uint16_t right = kwh_crc16(KWH_CRC16_START, bytes, length - 2);
    frame->crc_expected = (uint16_t)((right & 0xFFu) << 8 | right >> 8); /* as on the wire */
    parse_pdu(frame, bytes + 1, length - 3);
    if (frame->crc != frame->crc_expected)
        refuse(frame, "bad_crc");
}

void frame_parse(const uint8_t *bytes, size_t length, struct frame *frame)
{
    size_t rtu = leading_rtu(bytes, length), tcp = leading_tcp(bytes, length);
    memset(frame, 0, sizeof *frame);
    frame->length = length;
    if (rtu != 0) {
        parse_rtu(bytes, rtu, frame);
    } else if (tcp != 0 && tcp <= length) {
        parse_tcp(bytes, tcp, frame);
    } else if (length >= RTU_MIN) {
        parse_rtu(bytes, length, frame);
        refuse(frame, "bad_crc");
        /* With a head of Modbus TCP, and no shape of RTU, it is the former. */
        if (tcp != 0 && frame->direction == FRAME_UNKNOWN) {
            memset(frame, 0, sizeof *frame);
            parse_tcp(bytes, length, frame);
            refuse(frame, "bad_length");
        }
    } else {
        refuse(frame, "no_frame");
    }
}

bool frame_answers(const struct frame *answer, const struct frame *request)
{
    return request->error == NULL && request->direction == FRAME_REQUEST &&
           answer->direction == FRAME_ANSWER && answer->unit == request->unit &&
           answer->function == request->function && answer->tcp == request->tcp &&
           answer->transaction == request->transaction &&
           (answer->exception != 0 || answer->count == request->count);
}

void frame_hex(const uint8_t *bytes, size_t count, char *text, size_t capacity)
{
    size_t fit = (capacity - 4) / 3;
    text[0] = '\0';
    for (size_t i = 0; i < count && i < fit; i++)
        snprintf(text + 3 * i, capacity - 3 * i, "%02X ", (unsigned)bytes[i]);
    size_t length = strlen(text);
    if (length > 0 && count <= fit)
        text[length - 1] = '\0';
    else if (count > fit)
        snprintf(text + length, capacity - length, "...");
}

static void describe_read(const struct frame *frame, char text[FRAME_TEXT])
{
    static const char *const what[] = {"coil", "discrete input", "holding register",
                                       "input register"};
    char from[20] = "";
    bool bytes = frame->count == 0; /* of coils, whose number an answer does not tell */
    unsigned count = bytes ? (unsigned)frame->data_length : frame->count;
    if (frame->has_address)
        snprintf(from, sizeof from, " from 0x%04X", (unsigned)frame->address);
    snprintf(text, FRAME_TEXT, "%s%u %s%s%s%s", frame->direction == FRAME_REQUEST ? "read " : "",
             count, bytes ? "byte" : what[frame->function - 1], count == 1 ? "" : "s",
             bytes ? " of bits" : "", from);
}

static void describe_content(const struct frame *frame, char text[FRAME_TEXT])
{
    char name[FRAME_NAME];
    frame_function_name(frame->function, name);
    for (char *c = name; *c != '\0'; c++)
        *c = *c == '_' ? ' ' : *c;
    if (frame->exception != 0) {
        const char *error = kwh_error_name(kwh_error_from_exception(frame->exception));
        snprintf(text, FRAME_TEXT, "exception %02X, %s, to %s", (unsigned)frame->exception, error,
                 name);
    } else if (frame->function >= 1 && frame->function <= 4) {
        describe_read(frame, text);
    } else if (frame->function == 6) {
        snprintf(text, FRAME_TEXT, "write 0x%04X to register 0x%04X",
                 (unsigned)word_at(frame->data), (unsigned)frame->address);
    } else if (frame->function == 0x10) {
        snprintf(text, FRAME_TEXT, "%s %u register%s from 0x%04X",
                 frame->direction == FRAME_REQUEST ? "write" : "written:", (unsigned)frame->count,
                 frame->count == 1 ? "" : "s", (unsigned)frame->address);
    } else {
        snprintf(text, FRAME_TEXT, "%s", name);
    }
}

void frame_describe(const struct frame *frame, char text[FRAME_TEXT])
{
    char content[FRAME_TEXT];
    static const char *const directions[] = {"frame of", "request to", "answer of",
                                             "request to or answer of"};
    if (frame->error != NULL) {
        const char *kind = frame->tcp ? "Modbus TCP" : "Modbus RTU";
        if (strcmp(frame->error, "bad_crc") == 0) {
            snprintf(text, FRAME_TEXT, "%s, refused: CRC is %04X, but %04X would be right%s", kind,
                     (unsigned)frame->crc, (unsigned)frame->crc_expected,
                     (uint16_t)(frame->crc << 8 | frame->crc >> 8) == frame->crc_expected
                         ? " (its bytes are swapped)"
                         : "");
        } else {
            snprintf(text, FRAME_TEXT, "refused: %s",
                     strcmp(frame->error, "no_frame") == 0     ? "too short for a frame"
                     : strcmp(frame->error, "bad_length") == 0 ? "its length is not what it says"
                                                               : "it says what cannot be");
        }
        return;
    }
    describe_content(frame, content);
    snprintf(text, FRAME_TEXT, "%s %s unit %u: %.150s", frame->tcp ? "TCP" : "RTU",
             directions[frame->direction], (unsigned)frame->unit, content);
}

static int digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c != '\0' ? strchr(digits, tolower((unsigned char)c)) : NULL;
    return found != NULL ? (int)(found - digits) : -1;
}

bool is_separator(char c)
{
    return c == ' ' || c == '\t' || c == ':' || c == ',' || c == '-' || c == '\r' || c == '\n';
}

const char *parse_hex(const char *text, uint8_t *bytes, size_t capacity, size_t *count)
{
    const char *group = text; /* digits without a separator */
    *count = 0;
    while (*text != '\0') {
        if (is_separator(*text)) {
            group = ++text;
            continue;
        }
        if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
            group = text += 2;
        int high = digit(text[0]), low = high < 0 ? -1 : digit(text[1]);
        bool last = low < 0 && (text[1] == '\0' || is_separator(text[1]));
        if (high < 0 || (low < 0 && !last))
            return "is not hexadecimal";
        if (last && text != group)
            return "has an odd number of digits";
        if (*count == capacity)
            return "is too long";
        bytes[(*count)++] = (uint8_t)(last ? high : high * 16 + low);
        text += last ? 1 : 2;
    }
    return NULL;
}
