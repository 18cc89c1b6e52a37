/* SPDX-License-Identifier: MIT */
/* What a map says besides its rows, for kwh maps -o json: the line, requests, models, settings. */
#include "maps_facts.h"

#include "names.h"

static void json_code(cJSON *object, const char *key, uint32_t code, unsigned words)
{
    char text[16];
    if (words == 2)
        snprintf(text, sizeof text, "0x%08lX", (unsigned long)code);
    else
        snprintf(text, sizeof text, "0x%04lX", (unsigned long)code);
    json_text(object, key, text);
}

/* A register: its function code and its address, as in the rows. */
static void json_register(cJSON *object, unsigned space, unsigned address)
{
    json_text(object, "space", space == KWH_SPACE_INPUT ? "04" : "03");
    json_unsigned(object, "address", address);
}

static void json_decimal(cJSON *object, const char *key, int64_t mantissa, int8_t exponent)
{
    struct kwh_decimal value = {mantissa, exponent};
    char text[KWH_DECIMAL_TEXT];
    if (kwh_decimal_print(&value, text, sizeof text) == KWH_OK)
        json_number(object, key, text);
    else
        json_null(object, key);
}

static bool is_in_rows(const struct kwh_map *map, unsigned profiles, uint32_t quantity)
{
    struct kwh_map_iterator rows = {map, (uint16_t)profiles, 0, 0};
    for (const struct kwh_row *row; (row = kwh_map_next(&rows)) != NULL;)
        if (row->quantity == quantity)
            return true;
    return false;
}

unsigned profiles_with(const struct kwh_map_entry *entry, uint32_t quantity)
{
    unsigned profiles = 0;
    if (is_in_rows(entry->map, 0, quantity))
        return 0;
    for (unsigned bit = 0; entry->notes != NULL && bit < entry->notes->profile_count; bit++)
        if (is_in_rows(entry->map, 1u << bit, quantity))
            profiles |= 1u << bit;
    return profiles;
}

static cJSON *profile_array(const struct kwh_map_entry *entry, unsigned profiles)
{
    cJSON *array = json_array();
    for (unsigned bit = 0; entry->notes != NULL && bit < entry->notes->profile_count; bit++)
        if ((profiles >> bit & 1) != 0)
            json_append_text(array, entry->notes->profiles[bit]);
    return array;
}

static cJSON *line_array(const struct kwh_map *map)
{
    cJSON *array = json_array();
    for (unsigned i = 0; i < map->line_count; i++) {
        const struct kwh_line_settings *line = &map->lines[i];
        cJSON *object = json_object();
        char format[8];
        snprintf(format, sizeof format, "%u%c%u", (unsigned)line->data_bits, line->parity,
                 (unsigned)line->stop_bits);
        json_unsigned(object, "baud", line->baud);
        json_text(object, "format", format);
        json_append(array, object);
    }
    return array;
}

static cJSON *timing_object(const struct kwh_map *map)
{
    cJSON *object = json_object();
    json_unsigned(object, "quiet_ms", map->quiet_ms);
    json_unsigned(object, "turnaround_ms", kwh_map_turnaround_us(map) / 1000);
    json_unsigned(object, "answer_ms", map->answer_ms != 0 ? map->answer_ms : 1000u);
    return object;
}

static cJSON *address_array(const uint16_t *addresses, size_t count)
{
    cJSON *array = json_array();
    for (size_t i = 0; i < count; i++) {
        char text[8];
        snprintf(text, sizeof text, "0x%04X", (unsigned)addresses[i]);
        json_append_text(array, text);
    }
    return array;
}

static cJSON *request_object(const struct kwh_map *map)
{
    static const char *const orders[] = {"ABCD", "CDAB", "BADC", "DCBA"};
    unsigned safe = map->request_safe != 0 ? map->request_safe : 125;
    cJSON *object = json_object(), *avoid = json_array();
    json_unsigned(object, "safe", safe);
    json_unsigned(object, "proven", map->request_proven != 0 ? map->request_proven : safe);
    json_boolean(object, "even", map->alignment == 2);
    json_text(object, "word_order", map->order < KWH_COUNT(orders) ? orders[map->order] : NULL);
    json_item(object, "begin_anew_at", address_array(map->edges, map->edge_count));
    for (unsigned i = 0; i < map->avoid_count; i++) {
        cJSON *range = json_object();
        json_register(range, map->avoid[i].space, map->avoid[i].first);
        json_unsigned(range, "last", map->avoid[i].last);
        json_append(avoid, range);
    }
    json_item(object, "never_read", avoid);
    return object;
}

/* What else must fit besides the code: a number, a range or the beginning of a text. */
static void json_condition(cJSON *object, const struct kwh_model *model)
{
    char name[NAME_TEXT];
    if (model->quantity == 0)
        return;
    name_of(model->quantity, name);
    json_text(object, "value", name);
    if (model->text != NULL) {
        json_text(object, "begins", model->text);
        return;
    }
    json_decimal(object, "least", model->value, 0);
    json_decimal(object, "most", model->most != 0 ? model->most : model->value, 0);
}

static cJSON *identity_object(const struct kwh_map_entry *entry)
{
    const struct kwh_map *map = entry->map;
    cJSON *object = json_object(), *codes = json_array(), *others = json_array();
    json_register(object, map->identity_space, map->identity_address);
    json_unsigned(object, "words", map->identity_words);
    for (unsigned i = 0; i < map->model_count; i++) {
        cJSON *code = json_object();
        json_code(code, "code", map->models[i].code, map->identity_words);
        json_text(code, "model", map->models[i].name);
        json_condition(code, &map->models[i]);
        json_item(code, "profiles", profile_array(entry, map->models[i].profiles));
        json_append(codes, code);
    }
    for (unsigned i = 0; i < map->lookalike_count; i++) {
        const struct kwh_lookalike *other = &map->lookalikes[i];
        enum kwh_error error = other->error != 0 ? (enum kwh_error)other->error
                                                 : KWH_ERROR_OTHER_FAMILY;
        cJSON *code = json_object();
        json_code(code, "code", other->code, map->identity_words);
        json_text(code, "model", other->name);
        json_text(code, "error", kwh_error_name(error));
        if (other->address != 0)
            json_register(code, KWH_SPACE_HOLDING, other->address);
        json_append(others, code);
    }
    json_item(object, "codes", codes);
    json_item(object, "refused", others);
    return object;
}

static cJSON *selector_array(const struct kwh_map_entry *entry)
{
    static const char *const effects[] = {"require", "profiles", "ratio"};
    const struct kwh_map *map = entry->map;
    cJSON *array = json_array();
    for (unsigned i = 0; i < map->selector_count; i++) {
        const struct kwh_selector *selector = &map->selectors[i];
        cJSON *object = json_object();
        json_text(object, "effect",
                  selector->effect < KWH_COUNT(effects) ? effects[selector->effect] : NULL);
        json_register(object, selector->space, selector->address);
        json_unsigned(object, "words", selector->words);
        if (selector->effect == KWH_SELECTOR_REQUIRE)
            json_text(object, "error", kwh_error_name((enum kwh_error)selector->error));
        json_item(object, "profiles", profile_array(entry, selector->profiles));
        json_append(array, object);
    }
    return array;
}

static cJSON *risk_array(unsigned risk)
{
    static const char *const names[] = {"link_change", "counter_reset", "irreversible"};
    cJSON *array = json_array();
    for (unsigned bit = 0; bit < KWH_COUNT(names); bit++)
        if ((risk >> bit & 1) != 0)
            json_append_text(array, names[bit]);
    return array;
}

static cJSON *choice_array(const struct kwh_item *item)
{
    cJSON *array = json_array();
    for (unsigned i = 0; i < item->choice_count; i++) {
        const struct kwh_choice *choice = &item->choices[i];
        cJSON *object = json_object();
        json_text(object, "word", choice->word);
        json_decimal(object, "code", choice->code, choice->exponent);
        json_item(object, "risk", risk_array(choice->risk));
        json_append(array, object);
    }
    return array;
}

static cJSON *need_array(unsigned flags)
{
    static const char *const names[] = {"save", "restart", "broadcast"};
    cJSON *array = json_array();
    for (unsigned bit = 0; bit < KWH_COUNT(names); bit++)
        if ((flags >> bit & 1) != 0)
            json_append_text(array, names[bit]);
    return array;
}

static cJSON *setting_array(const struct kwh_map_entry *entry)
{
    const struct kwh_map *map = entry->map;
    cJSON *array = json_array();
    for (unsigned i = 0; i < map->item_count; i++) {
        const struct kwh_item *item = &map->items[i];
        const char *unit = kwh_unit_symbol(kwh_quantity_unit(item->quantity));
        cJSON *object = json_object();
        char name[NAME_TEXT];
        name_of(item->quantity, name);
        json_text(object, "name", name);
        json_text(object, "unit", unit[0] != '\0' ? unit : NULL);
        json_boolean(object, "writable", item->write_function != 0);
        json_unsigned(object, "function", item->write_function);
        json_item(object, "risk", risk_array(item->risk));
        json_item(object, "effect", need_array(item->flags));
        json_item(object, "profiles", profile_array(entry, profiles_with(entry, item->quantity)));
        if (item->choices != NULL) {
            json_item(object, "choices", choice_array(item));
        } else {
            json_decimal(object, "minimum", item->minimum, item->exponent);
            json_decimal(object, "maximum", item->maximum, item->exponent);
        }
        json_append(array, object);
    }
    return array;
}

/* The actions around a write: what unlocks the settings, and what keeps them. */
static cJSON *writing_object(const struct kwh_writing *writing)
{
    cJSON *object = json_object();
    char name[NAME_TEXT];
    if (writing->unlock != 0) {
        name_of(writing->unlock, name);
        json_text(object, "unlock", name);
    }
    if (writing->control != 0) {
        name_of(writing->control, name);
        json_text(object, "control", name);
    }
    return object;
}

static cJSON *mbus_object(const struct kwh_mbus_family *family)
{
    cJSON *object = json_object();
    char manufacturer[KWH_MBUS_MANUFACTURER_TEXT];
    kwh_mbus_manufacturer_print(family->manufacturer, manufacturer);
    json_text(object, "manufacturer", manufacturer);
    json_unsigned(object, "version", family->version);
    json_unsigned(object, "medium", family->medium);
    return object;
}

/* In Wh, varh and VAh; null is not known. */
static cJSON *counter_object(const struct kwh_counter *counter)
{
    static const struct kwh_counter none;
    const struct kwh_counter *of = counter != NULL ? counter : &none;
    cJSON *object = json_object();
    if (of->modulus.mantissa != 0)
        json_decimal(object, "modulus", of->modulus.mantissa, of->modulus.exponent);
    else
        json_text(object, "modulus", NULL);
    if (of->resolution.mantissa != 0)
        json_decimal(object, "resolution", of->resolution.mantissa, of->resolution.exponent);
    else
        json_text(object, "resolution", NULL);
    json_unsigned(object, "power_max_w", of->power_max_w);
    return object;
}

void json_map_facts(cJSON *object, const struct kwh_map_entry *entry)
{
    const struct kwh_map *map = entry->map;
    json_item(object, "lines", line_array(map));
    json_unsigned(object, "address", map->default_address);
    json_item(object, "timing", timing_object(map));
    if (map->protocol == KWH_PROTOCOL_MODBUS) {
        json_item(object, "request", request_object(map));
        if (map->identity_words != 0)
            json_item(object, "identity", identity_object(entry));
        json_item(object, "selectors", selector_array(entry));
    }
    if (map->mbus != NULL)
        json_item(object, "mbus", mbus_object(map->mbus));
    json_item(object, "counter", counter_object(map->counter));
    if (map->writing != NULL)
        json_item(object, "writing", writing_object(map->writing));
    json_item(object, "settings", setting_array(entry));
}
