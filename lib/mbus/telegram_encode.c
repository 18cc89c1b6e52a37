/* SPDX-License-Identifier: MIT */
#include "header_layout.h"

static void store(uint8_t *data, size_t length, bool msb_first, uint32_t value)
{
    for (size_t i = 0; i < length; i++, value >>= 8)
        data[msb_first ? length - 1 - i : i] = (uint8_t)(value & 0xFF);
}

static void store_address(const struct kwh_mbus_telegram *telegram, bool msb_first, uint8_t *data)
{
    store(data, 4, msb_first, telegram->id);
    store(data + 4, 2, msb_first, telegram->manufacturer);
    data[6] = telegram->version;
    data[7] = telegram->medium;
}

static void store_state(const struct kwh_mbus_telegram *telegram, bool msb_first, uint8_t *data)
{
    data[0] = telegram->access;
    data[1] = telegram->status;
    store(data + 2, 2, msb_first, telegram->signature);
}

enum kwh_error kwh_mbus_telegram_encode(const struct kwh_mbus_telegram *telegram, uint8_t *data,
                                        size_t capacity, size_t *size)
{
    KWH_CONST struct kwhi_header_layout *layout = kwhi_header_layout(telegram->ci);
    bool has_code;

    *size = 0;
    if (layout == NULL || layout->content == KWH_MBUS_FIXED)
        return KWH_ERROR_UNKNOWN_CI;
    has_code = layout->content == KWH_MBUS_REPORT || layout->content == KWH_MBUS_ALARM;
    if (capacity < (size_t)layout->header + has_code)
        return KWH_ERROR_CAPACITY;
    if (layout->header >= KWHI_HEADER_ADDRESS)
        store_address(telegram, layout->msb_first, data);
    if (layout->header == KWHI_HEADER_SHORT || layout->header == KWHI_HEADER_LONG)
        store_state(telegram, layout->msb_first, data + (layout->header - KWHI_HEADER_SHORT));
    if (has_code)
        data[layout->header] = telegram->code;
    *size = (size_t)layout->header + has_code;
    return KWH_OK;
}
