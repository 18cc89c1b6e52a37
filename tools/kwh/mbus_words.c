/* SPDX-License-Identifier: MIT */
/* The codes of M-Bus in words (EN 13757-2 and -3). */
#include "mbus_frame.h"

/* The first entry that fits the masked code counts. */
struct word {
    uint8_t mask, code;
    const char *name, *words;
};

static const struct word *find(const struct word *words, size_t count, uint8_t code)
{
    for (size_t i = 0; i < count; i++)
        if ((code & words[i].mask) == words[i].code)
            return &words[i];
    return NULL;
}

/* Without the frame count bit, or without ACD and DFC. */
static const struct word controls[] = {
    {0xFF, 0x40, "SND_NKE", "reset the link"},
    {0xCF, 0x43, "SND_UD", "take these data"},
    {0xCF, 0x4A, "REQ_UD1", "send your alarms"},
    {0xCF, 0x4B, "REQ_UD2", "send your data"},
    {0xCF, 0x08, "RSP_UD", "data"},
};

const char *mbus_control_name(uint8_t c)
{
    const struct word *word = find(controls, KWH_COUNT(controls), c);
    return c == 0x43 ? "SND_UD2" : word != NULL ? word->name : NULL;
}

const char *mbus_control_words(uint8_t c)
{
    const struct word *word = find(controls, KWH_COUNT(controls), c);
    return word != NULL ? word->words : NULL;
}

const char *mbus_request_words(uint8_t ci)
{
    static const struct word requests[] = {
        {0xFF, 0x50, NULL, "reset the application"},
        {0xFF, 0x54, NULL, "synchronize"},
        {0xFF, 0x5C, NULL, "synchronize"},
        {0xF8, 0xB8, NULL, "set the speed"},
    };
    const struct word *word = find(requests, KWH_COUNT(requests), ci);
    return mbus_is_makers(ci) ? "the maker's command" : word != NULL ? word->words : NULL;
}

bool mbus_is_makers(uint8_t ci)
{
    return ci >= 0xA0 && ci <= 0xB7;
}

/* Words by number, the first one 0; NULL and all beyond have no meaning. */
static const char *numbered(const char *const *words, size_t count, unsigned number)
{
    return number < count ? words[number] : NULL;
}

const char *mbus_medium_words(uint8_t medium)
{
    static const char *const words[] = {
        [0x00] = "other medium",
        [0x01] = "oil",
        [0x02] = "electricity",
        [0x03] = "gas",
        [0x04] = "heat",
        [0x05] = "steam",
        [0x06] = "warm water",
        [0x07] = "water",
        [0x08] = "heat cost allocator",
        [0x09] = "compressed air",
        [0x0A] = "cooling (outlet)",
        [0x0B] = "cooling (inlet)",
        [0x0C] = "heat (inlet)",
        [0x0D] = "heat and cooling",
        [0x0E] = "bus or system",
        [0x0F] = "unknown medium",
        [0x14] = "calorific value",
        [0x15] = "hot water",
        [0x16] = "cold water",
        [0x17] = "hot and cold water",
        [0x18] = "pressure",
        [0x19] = "A/D converter",
        [0x1A] = "smoke detector",
        [0x1B] = "room sensor",
        [0x1C] = "gas detector",
        [0x20] = "breaker",
        [0x21] = "valve",
        [0x25] = "customer unit",
        [0x28] = "waste water",
        [0x29] = "garbage",
        [0x2A] = "carbon dioxide",
        [0x31] = "communication controller",
        [0x32] = "unidirectional repeater",
        [0x33] = "bidirectional repeater",
        [0x36] = "radio converter (system side)",
        [0x37] = "radio converter (meter side)",
        [0x38] = "wired adapter",
    };
    return numbered(words, KWH_COUNT(words), medium);
}

const char *mbus_reset_words(uint8_t subcode)
{
    static const char *const words[] = {
        [0x0] = "everything",
        [0x1] = "user data",
        [0x2] = "simple billing",
        [0x3] = "enhanced billing",
        [0x4] = "multi-tariff billing",
        [0x5] = "instantaneous values",
        [0x6] = "load management",
        [0x8] = "installation",
        [0x9] = "testing",
        [0xA] = "calibration",
        [0xB] = "manufacturing",
        [0xC] = "development",
        [0xD] = "self test",
    };
    return numbered(words, KWH_COUNT(words), subcode >> 4);
}

const char *mbus_report_words(uint8_t code)
{
    static const char *const words[] = {
        [0x01] = "too many DIFE",
        [0x02] = "storage number not implemented",
        [0x03] = "subunit not implemented",
        [0x04] = "tariff not implemented",
        [0x05] = "function not implemented",
        [0x06] = "data class not implemented",
        [0x07] = "data size not implemented",
        [0x0B] = "too many VIFE",
        [0x0C] = "illegal VIF group",
        [0x0D] = "illegal VIF exponent",
        [0x0E] = "VIF and DIF do not match",
        [0x0F] = "action not implemented",
        [0x15] = "no data available",
        [0x16] = "overflow",
        [0x17] = "underflow",
        [0x18] = "data error",
        [0x1C] = "premature end of the record",
    };
    return numbered(words, KWH_COUNT(words), code);
}

const char *mbus_action_words(uint8_t code)
{
    static const char *const words[] = {
        [0x01] = "add",    [0x02] = "subtract",           [0x03] = "or",
        [0x04] = "and",    [0x05] = "exclusive or",       [0x06] = "and not",
        [0x07] = "clear",  [0x08] = "add an entry",       [0x09] = "delete an entry",
        [0x0B] = "freeze", [0x0C] = "add to the readout", [0x0D] = "remove from the readout",
    };
    return numbered(words, KWH_COUNT(words), code);
}

const char *mbus_code_words(const struct kwh_mbus_record *record)
{
    static const char *const words[] = {
        [0x08] = "access number",
        [0x09] = "medium",
        [0x0A] = "manufacturer",
        [0x0B] = "parameter set",
        [0x0C] = "model or version",
        [0x0D] = "hardware version",
        [0x0E] = "firmware version",
        [0x0F] = "software version",
        [0x10] = "customer location",
        [0x11] = "customer",
        [0x12] = "access code of the user",
        [0x13] = "access code of the operator",
        [0x14] = "access code of the system operator",
        [0x15] = "access code of the developer",
        [0x16] = "password",
        [0x17] = "error flags",
        [0x18] = "error mask",
        [0x19] = "security key",
        [0x1A] = "digital output",
        [0x1B] = "digital input",
        [0x1C] = "baud rate",
        [0x1D] = "response delay",
        [0x1E] = "retries",
        [0x1F] = "remote control",
        [0x20] = "first storage number",
        [0x21] = "last storage number",
        [0x22] = "size of a storage block",
        [0x23] = "descriptor of tariff and subunit",
        [0x2A] = "data of the operator",
        [0x2B] = "second of the time point",
        [0x30] = "start of tariff",
        [0x3A] = "dimensionless",
        [0x3B] = "container of wireless M-Bus",
        [0x60] = "reset counter",
        [0x61] = "cumulation counter",
        [0x62] = "control signal",
        [0x63] = "day of week",
        [0x64] = "week number",
        [0x65] = "time of day change",
        [0x66] = "state of parameter activation",
        [0x67] = "data of the supplier",
        [0x70] = "date of battery change",
        [0x72] = "daylight saving",
        [0x73] = "listening window",
        [0x75] = "stops of the meter",
        [0x76] = "container of the maker",
    };
    return record->table == KWH_MBUS_FD ? numbered(words, KWH_COUNT(words), record->code) : NULL;
}
