/* SPDX-License-Identifier: MIT */
#include "../base/hex_digit.h"
#include "../base/words.h"

#include <kwh/mbus_record.h>

/* In the order of enum kwh_mbus_kind, from KWH_MBUS_KIND_ENERGY. */
static KWH_CONST char kinds[] = "energy\0"
                                "volume\0"
                                "mass\0"
                                "on time\0"
                                "operating time\0"
                                "power\0"
                                "volume flow\0"
                                "mass flow\0"
                                "flow temperature\0"
                                "return temperature\0"
                                "temperature difference\0"
                                "external temperature\0"
                                "pressure\0"
                                "date\0"
                                "date time\0"
                                "heat cost\0"
                                "averaging duration\0"
                                "actuality duration\0"
                                "fabrication no\0"
                                "enhanced identification\0"
                                "bus address\0"
                                "any\0"
                                "manufacturer specific\0"
                                "plain text\0"
                                "reactive energy\0"
                                "apparent energy\0"
                                "reactive power\0"
                                "apparent power\0"
                                "frequency\0"
                                "voltage\0"
                                "current\0"
                                "phase angle of voltages\0"
                                "phase angle of current\0"
                                "relative humidity\0"
                                "temperature limit\0"
                                "cumulated maximum power\0"
                                "storage interval\0"
                                "duration since readout\0"
                                "duration of tariff\0"
                                "period of tariff\0"
                                "period of transmission\0"
                                "duration since cumulation\0"
                                "operating time of battery\0"
                                "remaining battery life\0"
                                "credit\0"
                                "debit\0"
                                "RF level\0"
                                "temperature\0"
                                "global readout\0";

static KWH_CONST char functions[] = "instantaneous\0"
                                    "maximum\0"
                                    "minimum\0"
                                    "error\0";

KWH_CONST char *kwh_mbus_function_name(enum kwh_mbus_function function)
{
    return kwhi_word(functions, (uint32_t)function);
}

/* "FD3A", "FDFD02", "FB06", "6F". */
static void print_code(const struct kwh_mbus_record *record, char *text)
{
    static KWH_CONST char tables[] = "\0FB\0FD\0FDFD\0";
    static KWH_CONST uint8_t starts[] = {0, 1, 4, 7};
    KWH_CONST char *table = &tables[starts[record->table & 3]];
    size_t length = 0;

    for (; table[length] != '\0'; length++)
        text[length] = table[length];
    text[length] = kwhi_hex_digit(record->code >> 4);
    text[length + 1] = kwhi_hex_digit(record->code);
    text[length + 2] = '\0';
}

void kwh_mbus_kind_print(const struct kwh_mbus_record *record, char text[KWH_MBUS_KIND_TEXT])
{
    KWH_CONST char *word;
    size_t length = 0;

    if (record->kind == KWH_MBUS_KIND_CODE) {
        print_code(record, text);
        return;
    }
    word = kwhi_word(kinds, record->kind - 1u);
    for (; word[length] != '\0' && length < KWH_MBUS_KIND_TEXT - 1; length++)
        text[length] = word[length];
    text[length] = '\0';
}

/* A text that grows in the caller's memory. */
struct writer {
    char *text;
    size_t capacity, length;
};

static void put(struct writer *writer, unsigned character)
{
    if (writer->length < writer->capacity)
        writer->text[writer->length] = (char)character;
    writer->length++;
}

/* ISO 8859-1 in UTF-8. */
static void put_latin1(struct writer *writer, uint8_t character)
{
    if (character < 0x20 || (character > 0x7E && character < 0xA0)) {
        put(writer, '?');
    } else if (character < 0x80) {
        put(writer, character);
    } else {
        put(writer, 0xC0u | character >> 6);
        put(writer, 0x80u | (character & 0x3Fu));
    }
}

/* `length` characters at data[at]; the first one to be read stands last, unless msb_first. */
static enum kwh_error print_characters(const uint8_t *data, size_t size, size_t at, size_t length,
                                       bool msb_first, char *text, size_t capacity)
{
    struct writer writer = {text, capacity, 0};

    if (capacity == 0)
        return KWH_ERROR_CAPACITY;
    text[0] = '\0';
    if (at > size || length > size - at)
        return KWH_ERROR_NO_VALUE;
    while (length > 0 && data[msb_first ? at + length - 1 : at] == 0) {
        at += !msb_first;
        length--;
    }
    for (size_t i = 0; i < length; i++)
        put_latin1(&writer, data[msb_first ? at + i : at + length - 1 - i]);
    if (writer.length >= capacity) {
        text[0] = '\0';
        return KWH_ERROR_CAPACITY;
    }
    text[writer.length] = '\0';
    return KWH_OK;
}

enum kwh_error kwh_mbus_text(const uint8_t *data, size_t size, const struct kwh_mbus_record *record,
                             char *text, size_t capacity)
{
    bool is_text = record->form == KWH_MBUS_FORM_TEXT;

    if (!is_text && capacity > 0) {
        text[0] = '\0';
        return KWH_ERROR_NO_VALUE;
    }
    return print_characters(data, size, record->data_at, record->data_length, record->msb_first,
                            text, capacity);
}

enum kwh_error kwh_mbus_unit_text(const uint8_t *data, size_t size,
                                  const struct kwh_mbus_record *record, char *text, size_t capacity)
{
    KWH_CONST char *symbol = kwh_unit_symbol((enum kwh_unit)record->unit);
    size_t length = 0;

    while (symbol[length] != '\0')
        length++;
    if (record->kind == KWH_MBUS_KIND_PLAIN_TEXT)
        return print_characters(data, size, record->text_at, record->text_length, record->msb_first,
                                text, capacity);
    if (capacity <= length) {
        if (capacity > 0)
            text[0] = '\0';
        return KWH_ERROR_CAPACITY;
    }
    for (size_t i = 0; i <= length; i++)
        text[i] = symbol[i];
    return KWH_OK;
}
