/* SPDX-License-Identifier: MIT */
/* Settings that move the link: where the meter is reached afterwards. */
#include "setting.h"

/* The whole number that a word is; -1 for another word. */
static int64_t number_of(KWH_CONST char *word)
{
    int32_t number = 0;
    for (; *word >= '0' && *word <= '9' && number < INT32_MAX / 10; word++)
        number = 10 * number + (*word - '0');
    return *word == '\0' ? number : -1;
}

/* A speed is its own word, "9600", or a number. */
static bool take_baud(struct kwh_line_settings *line, const struct kwh_reading *value)
{
    int64_t baud = 0;
    if (value->word != NULL)
        baud = number_of(value->word);
    else if (kwh_decimal_to_int64(value->decimal, 0, KWH_ROUND_NONE, &baud) != KWH_OK)
        return false;
    if (baud < 1 || baud > INT32_MAX)
        return false;
    line->baud = (uint32_t)baud;
    return true;
}

/* "even", or "even_1". */
static bool take_parity(struct kwh_line_settings *line, KWH_CONST char *word)
{
    if (word == NULL || (word[0] != 'e' && word[0] != 'n' && word[0] != 'o'))
        return false;
    line->parity = (char)(word[0] - 'a' + 'A');
    return true;
}

static char last_letter(KWH_CONST char *word)
{
    size_t length = 0;
    while (word != NULL && length < KWH_READING_TEXT_MAX && word[length] != '\0')
        length++;
    return length != 0 ? word[length - 1] : '\0';
}

/* "1", or "even_1". */
static bool take_stop_bits(struct kwh_line_settings *line, KWH_CONST char *word)
{
    char digit = last_letter(word);
    if (digit != '1' && digit != '2')
        return false;
    line->stop_bits = (uint8_t)(digit - '0');
    return true;
}

/* The line settings with a value of this quantity; false: it is none of them. */
static bool take_line(struct kwh_line_settings *line, const struct kwh_reading *value)
{
    switch (value->quantity) {
    case KWH_BAUD_RATE:
        return take_baud(line, value);
    case KWH_PARITY:
        return take_parity(line, value->word);
    case KWH_STOP_BITS:
        return take_stop_bits(line, value->word);
    case KWH_PARITY_STOP_BITS:
        return take_parity(line, value->word) && take_stop_bits(line, value->word);
    default:
        return false;
    }
}

void kwhi_setting_move(struct kwh_setting *setting)
{
    int64_t address = 0;
    bool is_address = setting->value.quantity == KWH_DEVICE_ADDRESS &&
                      kwh_decimal_to_int64(setting->expected, 0, KWH_ROUND_NONE, &address) ==
                          KWH_OK &&
                      address >= 0 && address <= UINT8_MAX;
    setting->to = setting->from;
    setting->moves_line = take_line(&setting->to.line, &setting->value) &&
                          (setting->from.line.baud == 0 ||
                           !kwhi_same_line(&setting->from.line, &setting->to.line));
    if (is_address && setting->from.address != KWH_MBUS_SELECTED)
        setting->to.address = (uint8_t)address;
    /* The identification of an M-Bus meter is a part of the address by which it is selected. */
    bool is_name = setting->value.quantity == KWH_SERIAL_NUMBER &&
                   setting->map->protocol == KWH_PROTOCOL_MBUS;
    setting->needs_probe = is_name || (is_address && (uint8_t)address != setting->from.address);
    setting->moves_link = setting->moves_line || setting->to.address != setting->from.address ||
                          (is_name && setting->from.address == KWH_MBUS_SELECTED);
}
