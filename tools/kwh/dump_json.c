/* SPDX-License-Identifier: MIT */
/* Raw data as JSON, both directions. Registers are hexadecimal words: exact, and easy to compare
 * with a manual. */
#include "dump.h"
#include "output.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_TEXT (5 * KWH_MODBUS_READ_MAX + 1)
#define HEX_TEXT   (3 * KWH_MBUS_FRAME_MAX + 4)

static const char *space_name(enum kwh_space space)
{
    return space == KWH_SPACE_INPUT ? "input" : "holding";
}

static void print_words(const struct dump_block *block, char text[WORDS_TEXT])
{
    text[0] = '\0';
    for (size_t i = 0; i < block->count; i++)
        snprintf(text + 5 * i, 6, "%02X%02X ", block->bytes[2 * i], block->bytes[2 * i + 1]);
    text[5u * block->count - 1] = '\0';
}

void dump_print(const struct dump *dump, cJSON *object)
{
    cJSON *registers = json_array(), *telegrams = json_array();
    char text[WORDS_TEXT], hex[HEX_TEXT];
    for (size_t i = 0; i < dump->block_count; i++) {
        const struct dump_block *block = &dump->blocks[i];
        cJSON *item = json_object();
        bool came = block->error == KWH_OK;
        json_text(item, "space", space_name(block->space));
        json_unsigned(item, "address", block->address);
        json_unsigned(item, "count", block->count);
        if (came)
            print_words(block, text);
        json_text(item, "words", came ? text : NULL);
        json_text(item, "error", came ? NULL : kwh_error_name(block->error));
        json_append(registers, item);
    }
    for (size_t i = 0; i < dump->telegram_count; i++) {
        const struct dump_telegram *telegram = &dump->telegrams[i];
        cJSON *item = json_object();
        snprintf(text, sizeof text, "%02X", telegram->asked);
        json_text(item, "asked_by", telegram->asked != 0 ? text : NULL);
        frame_hex(telegram->frame, telegram->size, hex, sizeof hex);
        json_text(item, "frame", hex);
        json_append(telegrams, item);
    }
    json_item(object, "registers", registers);
    json_item(object, "telegrams", telegrams);
}

/* ------------------------------------------------------------------------------------------------
 * Reading it again. Numbers are whole and below 2^16, which cJSON has exactly.
 */

static bool take_number(const cJSON *item, const char *key, long minimum, long maximum,
                        uint16_t *number)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(item, key);
    if (!cJSON_IsNumber(member) || member->valueint < minimum || member->valueint > maximum)
        return false;
    *number = (uint16_t)member->valueint;
    return true;
}

static const char *text_of(const cJSON *item, const char *key)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, key));
}

/* A name of an error that kwh_error_name() gives; what is unknown counts as silence. */
static enum kwh_error find_error(const char *name)
{
    for (unsigned code = 1; code < 32u + 64u; code++)
        if (strcmp(kwh_error_name((enum kwh_error)code), name) == 0)
            return (enum kwh_error)code;
    return KWH_ERROR_TIMEOUT;
}

static bool parse_block(struct dump *dump, const cJSON *item)
{
    uint16_t address, count;
    size_t size = 0;
    const char *space = text_of(item, "space"), *words = text_of(item, "words");
    const char *error = text_of(item, "error");
    if (space == NULL || !take_number(item, "address", 0, UINT16_MAX, &address) ||
        !take_number(item, "count", 1, KWH_MODBUS_READ_MAX, &count))
        return false;
    struct dump_block *block = dump_add_block(
        dump, strcmp(space, "input") == 0 ? KWH_SPACE_INPUT : KWH_SPACE_HOLDING, address, count);
    if (words == NULL) {
        block->error = find_error(error != NULL ? error : "");
        return true;
    }
    return parse_hex(words, block->bytes, sizeof block->bytes, &size) == NULL && size == 2u * count;
}

static bool parse_telegram(struct dump *dump, const cJSON *item)
{
    const char *frame = text_of(item, "frame"), *asked = text_of(item, "asked_by");
    struct dump_telegram *telegram = dump_add_telegram(dump);
    struct kwh_mbus_frame link;
    if (frame == NULL ||
        parse_hex(frame, telegram->frame, sizeof telegram->frame, &telegram->size) != NULL)
        return false;
    telegram->asked = asked != NULL ? (uint8_t)strtoul(asked, NULL, 16) : 0;
    return kwh_mbus_frame_decode(telegram->frame, telegram->size, &link) == KWH_OK;
}

bool dump_parse(struct dump *dump, const cJSON *object)
{
    const cJSON *item;
    bool right = true;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(object, "registers"))
    {
        right = right && parse_block(dump, item);
    }
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(object, "telegrams"))
    {
        right = right && parse_telegram(dump, item);
    }
    return right && dump->block_count + dump->telegram_count > 0;
}
