/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "header_layout.h"
#include "record_parse.h"

/* CI fields with a known layout. */
static KWH_CONST struct kwhi_header_layout layouts[] = {
    {0x51, KWH_MBUS_COMMAND, KWHI_HEADER_NONE, false},
    {0x52, KWH_MBUS_SELECTION, KWHI_HEADER_ADDRESS, false},
    {0x5A, KWH_MBUS_COMMAND, KWHI_HEADER_SHORT, false},
    {0x5B, KWH_MBUS_COMMAND, KWHI_HEADER_LONG, false},
    {0x6E, KWH_MBUS_REPORT, KWHI_HEADER_SHORT, false},
    {0x6F, KWH_MBUS_REPORT, KWHI_HEADER_LONG, false},
    {0x70, KWH_MBUS_REPORT, KWHI_HEADER_NONE, false},
    {0x71, KWH_MBUS_ALARM, KWHI_HEADER_NONE, false},
    {0x72, KWH_MBUS_DATA, KWHI_HEADER_LONG, false},
    {0x73, KWH_MBUS_FIXED, KWHI_HEADER_FIXED, false},
    {0x74, KWH_MBUS_ALARM, KWHI_HEADER_SHORT, false},
    {0x75, KWH_MBUS_ALARM, KWHI_HEADER_LONG, false},
    {0x76, KWH_MBUS_DATA, KWHI_HEADER_LONG, true},
    {0x78, KWH_MBUS_DATA, KWHI_HEADER_NONE, false},
    {0x7A, KWH_MBUS_DATA, KWHI_HEADER_SHORT, false},
};

KWH_CONST struct kwhi_header_layout *kwhi_header_layout(uint8_t ci)
{
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++)
        if (layouts[i].ci == ci)
            return &layouts[i];
    return NULL;
}

/* `length` bytes as one number. */
static uint32_t field(const uint8_t *data, size_t at, size_t length, bool msb_first)
{
    uint32_t value = 0;

    for (size_t i = length; i > 0; i--)
        value = value << 8 | data[at + (msb_first ? length - i : i - 1)];
    return value;
}

static void decode_address(const uint8_t *data, struct kwh_mbus_telegram *telegram)
{
    telegram->id = field(data, 0, 4, telegram->msb_first);
    telegram->manufacturer = (uint16_t)field(data, 4, 2, telegram->msb_first);
    telegram->version = data[6];
    telegram->medium = data[7];
}

/* Access number, status and signature stand together. */
static void decode_state(const uint8_t *data, struct kwh_mbus_telegram *telegram)
{
    telegram->access = data[0];
    telegram->status = data[1];
    telegram->signature = (uint16_t)field(data, 2, 2, telegram->msb_first);
}

/* The media of the fixed structure as device types; from 10 on everything is high byte first. */
static void decode_fixed(const uint8_t *data, struct kwh_mbus_telegram *telegram)
{
    static KWH_CONST uint8_t media[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 15, 3, 4, 6, 7, 8, 15};
    unsigned medium = (unsigned)(data[7] >> 6) << 2 | data[6] >> 6;

    telegram->msb_first = medium >= 10 && medium <= 14;
    telegram->id = field(data, 0, 4, telegram->msb_first);
    telegram->access = data[4];
    telegram->status = data[5];
    telegram->medium = media[medium];
}

/* True when the bytes behind the header are records from the first to the last. */
static bool are_records(const uint8_t *data, size_t size, const struct kwh_mbus_telegram *telegram)
{
    struct kwh_mbus_records records;
    struct kwh_mbus_record record;
    struct kwhi_mbus_scale scale;

    kwh_mbus_records_init(&records, telegram);
    do {
        kwhi_record_clear(&record, records.msb_first);
    } while (kwhi_record_next(&records, data, size, &record, &scale));
    return records.error == KWH_OK;
}

/*
 * The mode of the configuration word if the data behind it are encrypted. Modes from 16 on do not
 * exist: such words are constants or checksums of old meters. So may others be.
 */
static uint8_t encryption_of(const uint8_t *data, size_t size,
                             const struct kwh_mbus_telegram *telegram)
{
    size_t at = telegram->header_length;
    uint8_t mode = telegram->signature >> 8 & 0x1F;
    size_t blocks = telegram->signature >> 4 & 15;

    if (mode == 0 || mode > 15)
        return KWH_MBUS_PLAIN;
    if (size - at >= 2 && data[at] == KWHI_DIF_IDLE && data[at + 1] == KWHI_DIF_IDLE)
        return KWH_MBUS_PLAIN;
    if (mode == KWH_MBUS_AES_CBC || mode == KWH_MBUS_AES_CBC_DERIVED) {
        bool possible = blocks > 0 && 16 * blocks <= size - at;
        return possible ? mode : KWH_MBUS_PLAIN;
    }
    return are_records(data, size, telegram) ? KWH_MBUS_PLAIN : mode;
}

static void decode_header(const uint8_t *data, enum kwhi_header header,
                          struct kwh_mbus_telegram *telegram)
{
    switch (header) {
    case KWHI_HEADER_NONE:
        break;
    case KWHI_HEADER_SHORT:
        decode_state(data, telegram);
        break;
    case KWHI_HEADER_ADDRESS:
        decode_address(data, telegram);
        break;
    case KWHI_HEADER_LONG:
        decode_address(data, telegram);
        decode_state(data + 8, telegram);
        break;
    case KWHI_HEADER_FIXED:
        decode_fixed(data, telegram);
        break;
    }
}

/* What a telegram is that could not be taken apart. */
static enum kwh_error refuse(enum kwh_error error, struct kwh_mbus_telegram *telegram)
{
    telegram->content = KWH_MBUS_REPORT;
    telegram->header_length = 0;
    return error;
}

enum kwh_error kwh_mbus_telegram_decode(uint8_t ci, const uint8_t *data, size_t size,
                                        struct kwh_mbus_telegram *telegram)
{
    KWH_CONST struct kwhi_header_layout *layout = kwhi_header_layout(ci);
    bool has_code;

    memset(telegram, 0, sizeof *telegram);
    telegram->ci = ci;
    if (size > KWH_MBUS_DATA_MAX)
        return refuse(KWH_ERROR_ARGUMENT, telegram);
    if (layout == NULL)
        return refuse(KWH_ERROR_UNKNOWN_CI, telegram);
    if (size < (size_t)layout->header)
        return refuse(KWH_ERROR_SHORT_HEADER, telegram);
    /* Since 2018 CI 73 is also a compact frame, whose layout only an earlier frame tells. */
    if (layout->content == KWH_MBUS_FIXED && size != KWHI_HEADER_FIXED)
        return refuse(KWH_ERROR_UNKNOWN_CI, telegram);
    telegram->content = layout->content;
    telegram->header_length = layout->header;
    telegram->msb_first = layout->msb_first;
    decode_header(data, (enum kwhi_header)layout->header, telegram);
    has_code = layout->content == KWH_MBUS_REPORT || layout->content == KWH_MBUS_ALARM;
    if (has_code && size > layout->header)
        telegram->code = data[layout->header];
    if (layout->content == KWH_MBUS_DATA || layout->content == KWH_MBUS_COMMAND)
        telegram->encryption = encryption_of(data, size, telegram);
    return KWH_OK;
}
