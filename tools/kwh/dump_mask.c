/* SPDX-License-Identifier: MIT */
/* Takes the serial number out of raw data: where the map or EN 13757-3 say that it stands, and
 * wherever else the same digits are found, however they are stored. */
#include "dump.h"

#include <kwh/mbus_record.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define INDEX_BITS   (UINT32_C(15) << 10) /* of an item */
#define NEEDLE_MAX   KWH_READING_TEXT_MAX
#define NEEDLE_LEAST 5 /* digits; fewer stand everywhere */

/* One way of storing the digits. */
struct needle {
    uint8_t bytes[NEEDLE_MAX];
    size_t size;
    bool is_text;
};

static void blank(uint8_t *bytes, size_t size, bool is_text)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = !is_text ? 0 : isalnum(bytes[i]) ? '0' : bytes[i];
}

static void blank_everywhere(uint8_t *bytes, size_t size, const struct needle *needle)
{
    for (size_t at = 0; needle->size > 0 && at + needle->size <= size; at++)
        if (memcmp(bytes + at, needle->bytes, needle->size) == 0)
            blank(bytes + at, needle->size, needle->is_text);
}

static void search(struct dump *dump, const struct needle *needle)
{
    for (size_t i = 0; i < dump->block_count; i++)
        if (dump->blocks[i].error == KWH_OK)
            blank_everywhere(dump->blocks[i].bytes, 2u * dump->blocks[i].count, needle);
    for (size_t i = 0; i < dump->telegram_count; i++)
        blank_everywhere(dump->telegrams[i].frame, dump->telegrams[i].size, needle);
}

/* In this order, backwards, and of two registers with the low one first. */
static void search_orders(struct dump *dump, const uint8_t *bytes, size_t size)
{
    struct needle straight = {.size = size}, backwards = {.size = size}, swapped = {.size = 4};
    memcpy(straight.bytes, bytes, size);
    for (size_t i = 0; i < size; i++)
        backwards.bytes[i] = bytes[size - 1 - i];
    search(dump, &straight);
    search(dump, &backwards);
    if (size != 4)
        return;
    memcpy(swapped.bytes, bytes + 2, 2);
    memcpy(swapped.bytes + 2, bytes, 2);
    search(dump, &swapped);
}

static unsigned nibble(char c)
{
    return isdigit((unsigned char)c) ? (unsigned)(c - '0')
                                     : (unsigned)(toupper((unsigned char)c) - 'A') + 10u;
}

static void search_text(struct dump *dump, const char *digits)
{
    struct needle text = {.size = strlen(digits), .is_text = true};
    memcpy(text.bytes, digits, text.size);
    search(dump, &text);
}

static void search_packed(struct dump *dump, const char *digits)
{
    uint8_t bytes[NEEDLE_MAX] = {0};
    size_t length = strlen(digits), odd = length % 2, size = (length + odd) / 2;
    if (strspn(digits, "0123456789ABCDEFabcdef") != length)
        return;
    for (size_t i = 0; i < length; i++)
        bytes[(i + odd) / 2] = (uint8_t)((unsigned)bytes[(i + odd) / 2] << 4 | nibble(digits[i]));
    search_orders(dump, bytes, size);
}

static void search_binary(struct dump *dump, const char *digits)
{
    uint8_t bytes[4];
    unsigned long long number = strtoull(digits, NULL, 10);
    if (strspn(digits, "0123456789") != strlen(digits) || number > UINT32_MAX ||
        number <= UINT16_MAX)
        return;
    kwh_registers_store(bytes, 2, KWH_ORDER_ABCD, number);
    search_orders(dump, bytes, sizeof bytes);
}

/* The digits of a serial number, wherever they are. */
static unsigned mask_digits(struct dump *dump, const char *digits)
{
    size_t length = strlen(digits);
    bool tells = strspn(digits, "0") != length; /* nothing is known by zeros */
    if (length > NEEDLE_MAX)
        return 0;
    if (length >= NEEDLE_LEAST && tells) {
        search_text(dump, digits);
        search_packed(dump, digits);
        search_binary(dump, digits);
    }
    return (unsigned)length;
}

/* The registers of a row, and then the same digits elsewhere. */
static unsigned mask_row(struct dump *dump, const struct kwh_map *map, const struct kwh_row *row)
{
    size_t words = kwh_row_words(row);
    uint8_t *bytes = dump_registers(dump, kwh_row_space(row), row->address, (uint16_t)words);
    struct kwh_reading reading;
    char digits[KWH_READING_TEXT];
    if (bytes == NULL)
        return 0;
    kwh_row_decode(map, row, bytes, &reading);
    if (kwh_reading_print(&reading, digits, sizeof digits) != KWH_OK)
        digits[0] = '\0';
    blank(bytes, 2 * words, reading.form == KWH_FORM_TEXT);
    return mask_digits(dump, digits);
}

/* Header and records of a telegram. */
static unsigned mask_telegram(struct dump *dump, struct dump_telegram *telegram)
{
    struct kwh_mbus_frame frame;
    struct kwh_mbus_telegram header;
    struct kwh_mbus_records records;
    struct kwh_mbus_record record;
    char digits[NEEDLE_MAX] = "";
    if (kwh_mbus_frame_decode(telegram->frame, telegram->size, &frame) != KWH_OK ||
        frame.kind != KWH_MBUS_LONG)
        return 0;
    uint8_t *data = telegram->frame + frame.data_at;
    if (kwh_mbus_telegram_decode(frame.ci, data, frame.data_length, &header) != KWH_OK)
        return 0;
    kwh_mbus_records_init(&records, &header);
    while (kwh_mbus_next(&records, data, frame.data_length, &record))
        if (record.kind == KWH_MBUS_KIND_FABRICATION_NUMBER ||
            record.kind == KWH_MBUS_KIND_ENHANCED_IDENTIFICATION)
            blank(data + record.data_at, record.data_length, record.type == 13);
    if (header.header_length < 8) /* it has no identification */
        return 0;
    blank(data, 4, false);
    snprintf(digits, sizeof digits, "%08lX", (unsigned long)header.id);
    return mask_digits(dump, digits);
}

/* The same frame with the checksum of what is in it now. */
static void seal(struct dump_telegram *telegram)
{
    unsigned sum = 0;
    if (telegram->size < 6 || telegram->frame[0] != 0x68)
        return;
    for (size_t i = 4; i + 2 < telegram->size; i++)
        sum += telegram->frame[i];
    telegram->frame[telegram->size - 2] = (uint8_t)sum;
}

static unsigned larger(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

unsigned dump_mask(struct dump *dump, const struct kwh_map *map, uint16_t profiles)
{
    unsigned digits = 0;
    if (map != NULL && map->protocol == KWH_PROTOCOL_MODBUS) {
        struct kwh_map_iterator rows = {map, profiles, 0, 0};
        const struct kwh_row *row;
        while ((row = kwh_map_next(&rows)) != NULL)
            if ((row->quantity & ~INDEX_BITS) == KWH_SERIAL_NUMBER)
                digits += mask_row(dump, map, row);
    }
    for (size_t i = 0; i < dump->telegram_count; i++)
        digits = larger(digits, mask_telegram(dump, &dump->telegrams[i]));
    for (size_t i = 0; i < dump->telegram_count; i++)
        seal(&dump->telegrams[i]);
    return digits;
}
