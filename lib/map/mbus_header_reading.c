/* SPDX-License-Identifier: MIT */
#include <kwh/map_record.h>

#include "../base/words.h"
#include "../mbus/header_layout.h"

/* Device types of EN 13757-3 and EN 13757-7; the words are frozen. */
static KWH_CONST struct kwhi_words media[] = {
    {0x36, KWH_TEXT("radio_converter_system_side\0radio_converter_meter_side\0wired_adapter\0")},
    {0x31, KWH_TEXT("communication_controller\0unidirectional_repeater\0bidirectional_repeater\0")},
    {0x28, KWH_TEXT("waste_water\0garbage\0carbon_dioxide\0")},
    {0x25, KWH_TEXT("customer_unit\0")},
    {0x20, KWH_TEXT("breaker\0valve\0")},
    {0x14,
     KWH_TEXT(
         "calorific_value\0hot_water\0cold_water\0dual_register_water\0pressure\0ad_converter\0"
         "smoke_detector\0room_sensor\0gas_detector\0")},
    {0x00,
     KWH_TEXT("other\0oil\0electricity\0gas\0heat_outlet\0steam\0warm_water\0water\0"
              "heat_cost_allocator\0compressed_air\0cooling_outlet\0cooling_inlet\0heat_inlet\0"
              "heat_and_cooling\0system_component\0unknown\0")},
};

/* NULL: the number is the word. */
static KWH_CONST char *medium_word(uint8_t code)
{
    KWH_CONST char *word = kwhi_numbered_word(media, code);
    return *word != '\0' ? word : NULL;
}

static bool has_address(const struct kwh_mbus_telegram *telegram)
{
    return telegram->header_length == KWHI_HEADER_ADDRESS ||
           telegram->header_length == KWHI_HEADER_LONG;
}

static bool has_state(const struct kwh_mbus_telegram *telegram)
{
    return telegram->header_length == KWHI_HEADER_SHORT ||
           telegram->header_length == KWHI_HEADER_LONG;
}

/* The status of a fixed structure means something else, and it has no more than is said here. */
static bool is_there(const struct kwh_mbus_telegram *telegram, uint32_t quantity)
{
    bool fixed = telegram->header_length == KWHI_HEADER_FIXED;
    switch (quantity) {
    case KWH_SERIAL_NUMBER:
    case KWH_MBUS_MEDIUM:
        return fixed || has_address(telegram);
    case KWH_MBUS_MANUFACTURER:
    case KWH_MBUS_VERSION:
        return has_address(telegram);
    case KWH_MBUS_ACCESS_NUMBER:
        return fixed || has_state(telegram);
    case KWH_MBUS_STATUS:
    case KWH_MBUS_SIGNATURE:
        return has_state(telegram);
    default:
        return false;
    }
}

static void set_digits(struct kwh_reading *reading, uint32_t digits, uint8_t length)
{
    reading->digits = digits;
    reading->length = length;
}

static void set_manufacturer(struct kwh_reading *reading, uint16_t manufacturer)
{
    char text[KWH_MBUS_MANUFACTURER_TEXT];
    kwh_mbus_manufacturer_print(manufacturer, text);
    for (uint8_t i = 0; i < sizeof text - 1 && text[i] != '\0'; i++) {
        reading->text[i] = text[i];
        reading->length = (uint8_t)(i + 1);
    }
}

static void set_value(const struct kwh_mbus_telegram *telegram, struct kwh_reading *reading)
{
    switch (reading->quantity) {
    case KWH_SERIAL_NUMBER:
        set_digits(reading, telegram->id, 8);
        break;
    case KWH_MBUS_MANUFACTURER:
        set_manufacturer(reading, telegram->manufacturer);
        break;
    case KWH_MBUS_VERSION:
        reading->decimal = kwh_decimal(telegram->version, 0);
        break;
    case KWH_MBUS_MEDIUM:
        reading->decimal = kwh_decimal(telegram->medium, 0);
        reading->digits = telegram->medium;
        reading->word = medium_word(telegram->medium);
        break;
    case KWH_MBUS_ACCESS_NUMBER:
        reading->decimal = kwh_decimal(telegram->access, 0);
        break;
    case KWH_MBUS_STATUS:
        set_digits(reading, telegram->status, 8);
        break;
    case KWH_MBUS_SIGNATURE:
        set_digits(reading, telegram->signature, 4);
        break;
    default:
        break;
    }
}

enum kwh_error kwh_mbus_header_reading(const struct kwh_mbus_telegram *telegram, uint32_t quantity,
                                       struct kwh_reading *reading)
{
    bool there = is_there(telegram, quantity);
    kwh_reading_init(reading, quantity, there ? KWH_STATUS_OK : KWH_STATUS_NOT_AVAILABLE);
    if (!there)
        return KWH_ERROR_NOT_IN_MAP;
    reading->certainty = KWH_CERTAINTY_MANUAL;
    set_value(telegram, reading);
    return KWH_OK;
}
