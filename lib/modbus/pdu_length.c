/* SPDX-License-Identifier: MIT */
#include <kwh/modbus.h>

/* Lengths of PDUs as far as the standard fixes them: a number of bytes, of which the last may count
 * those that follow. */
struct rule {
    uint8_t function, length;
};

#define COUNTED 0x80u

/* MODBUS Application Protocol V1.1b3, section 6. */
static KWH_CONST struct rule answers[] = {
    {0x01, 2 | COUNTED}, {0x02, 2 | COUNTED}, {0x03, 2 | COUNTED}, {0x04, 2 | COUNTED},
    {0x05, 5},           {0x06, 5},           {0x07, 2},           {0x08, 5},
    {0x0B, 5},           {0x0C, 2 | COUNTED}, {0x0F, 5},           {0x10, 5},
    {0x11, 2 | COUNTED}, {0x14, 2 | COUNTED}, {0x15, 2 | COUNTED}, {0x16, 7},
    {0x17, 2 | COUNTED},
};

static KWH_CONST struct rule requests[] = {
    {0x01, 5},
    {0x02, 5},
    {0x03, 5},
    {0x04, 5},
    {0x05, 5},
    {0x06, 5},
    {0x07, 1},
    {0x08, 5},
    {0x0B, 1},
    {0x0C, 1},
    {0x0F, 6 | COUNTED},
    {0x10, 6 | COUNTED},
    {0x11, 1},
    {0x14, 2 | COUNTED},
    {0x15, 2 | COUNTED},
    {0x16, 7},
    {0x17, 10 | COUNTED},
    {0x18, 3},
    {0x2B, 4},
};

static uint16_t apply(KWH_CONST struct rule *rules, size_t count, const uint8_t *pdu,
                      size_t available)
{
    size_t length;
    if (available == 0)
        return 0;
    for (size_t i = 0; i < count; i++) {
        KWH_CONST struct rule *rule = &rules[i];
        if (rule->function != pdu[0])
            continue;
        length = rule->length & ~COUNTED;
        if (length == rule->length)
            return (uint16_t)length;
        return (uint16_t)(available < length ? 0 : length + pdu[length - 1]);
    }
    return KWH_MODBUS_LENGTH_UNKNOWN;
}

uint16_t kwh_modbus_answer_length(const uint8_t *pdu, size_t available)
{
    if (available != 0 && (pdu[0] & 0x80u) != 0)
        return 2;
    return apply(answers, sizeof answers / sizeof answers[0], pdu, available);
}

uint16_t kwh_modbus_request_length(const uint8_t *pdu, size_t available)
{
    return apply(requests, sizeof requests / sizeof requests[0], pdu, available);
}
