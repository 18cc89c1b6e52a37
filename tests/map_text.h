/* SPDX-License-Identifier: MIT */
/*
 * Maps as text, as the tables of facts in tests/data have them: a line a row or record, and what
 * stands beside the rows. Every member of every table is in the text, whatever its value.
 */
#ifndef KWH_TESTS_MAP_TEXT_H
#define KWH_TESTS_MAP_TEXT_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <kwh/map_record.h>
#include <kwh/mbus.h>

#define MAP_LINE 1024

static inline void __attribute__((format(printf, 3, 4)))
put(char *line, size_t capacity, const char *format, ...)
{
    size_t length = strlen(line);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line + length, capacity - length, format, arguments);
    va_end(arguments);
}

static inline const char *risk_text(unsigned risk)
{
    return risk == KWH_RISK_NONE            ? ""
           : risk == KWH_RISK_LINK_CHANGE   ? "link_change"
           : risk == KWH_RISK_COUNTER_RESET ? "counter_reset"
           : risk == KWH_RISK_IRREVERSIBLE  ? "irreversible"
                                            : "?";
}

static inline void put_quantity(char *line, size_t capacity, uint32_t quantity)
{
    char name[KWH_QUANTITY_TEXT];
    if (kwh_quantity_print(quantity, name, sizeof name) == KWH_OK)
        put(line, capacity, "%s", name);
    else
        put(line, capacity, "?%08lX", (unsigned long)quantity);
}

static inline void put_decimal(char *line, size_t capacity, struct kwh_decimal value)
{
    char text[KWH_DECIMAL_TEXT];
    put(line, capacity, "%s", kwh_decimal_print(&value, text, sizeof text) == KWH_OK ? text : "?");
}

static inline void put_obis(char *line, size_t capacity, uint32_t quantity)
{
    char text[KWH_OBIS_TEXT];
    struct kwh_obis code;
    if (kwh_quantity_obis(quantity, &code) == KWH_OK &&
        kwh_obis_print(code, text, sizeof text) == KWH_OK)
        put(line, capacity, "%s", text);
}

static inline const char *form_text(uint32_t quantity)
{
    static const char *const forms[] = {"decimal", "digits", "text", "time", "bits", "choice"};
    unsigned form = (unsigned)kwh_quantity_form(quantity);
    return form < KWH_COUNT(forms) ? forms[form] : "?";
}

/* ------------------------------------------------------------------------------------------------
 * Items.
 */

static inline void put_choice(char *line, size_t capacity, const struct kwh_choice *choice)
{
    if (choice->word != NULL)
        put(line, capacity, "%s=", choice->word);
    put_decimal(line, capacity, kwh_decimal(choice->code, choice->exponent));
    if (choice->reads_as != 0)
        put(line, capacity, ">%d", (int)choice->reads_as);
    if (choice->risk != 0)
        put(line, capacity, "!%s", risk_text(choice->risk));
}

/* "function,risk,values"; ",," of a row without an item. */
static inline void put_item(char *line, size_t capacity, const struct kwh_item *item)
{
    if (item == NULL) {
        put(line, capacity, ",,");
        return;
    }
    if (item->write_function != 0)
        put(line, capacity, "%u", (unsigned)item->write_function);
    put(line, capacity, ",%s,", risk_text(item->risk));
    for (size_t i = 0; item->choices != NULL && i < item->choice_count; i++) {
        put(line, capacity, "%s", i > 0 ? ";" : "");
        put_choice(line, capacity, &item->choices[i]);
    }
    /* of a list there is no range: then it stands behind it, and is in no table of facts */
    if (item->choices != NULL && item->minimum == 0 && item->maximum == 0 && item->exponent == 0)
        return;
    put_decimal(line, capacity, kwh_decimal(item->minimum, item->exponent));
    put(line, capacity, "..");
    put_decimal(line, capacity, kwh_decimal(item->maximum, item->exponent));
}

/* ------------------------------------------------------------------------------------------------
 * Rows of registers.
 */

/* The names of profiles: "v103" or "ct+old"; "" of rows that every meter has. */
static inline void put_profiles(char *line, size_t capacity, const struct kwh_map_notes *notes,
                                uint16_t profiles)
{
    const char *separator = "";
    for (unsigned bit = 0; bit < 16; bit++) {
        if ((profiles >> bit & 1) == 0)
            continue;
        if (notes != NULL && bit < notes->profile_count)
            put(line, capacity, "%s%s", separator, notes->profiles[bit]);
        else
            put(line, capacity, "%s?%u", separator, bit);
        separator = "+";
    }
}

/*
 * "space,address,words,name,rank,hidden,access,form,unit,type,scale,certainty,obis,function,risk,
 * values,profile"
 */
static inline void put_row(char *line, size_t capacity, const struct kwh_map_entry *entry,
                           const struct kwh_block *block, const struct kwh_row *row)
{
    bool is_text = kwh_row_type(row) == KWH_TYPE_TEXT || kwh_row_type(row) == KWH_TYPE_TEXT16;
    line[0] = '\0';
    put(line, capacity, "%s,0x%04X,%u,", kwh_row_space(row) == KWH_SPACE_INPUT ? "04" : "03",
        (unsigned)row->address, (unsigned)kwh_row_words(row));
    put_quantity(line, capacity, row->quantity);
    put(line, capacity, ",%u,%s,%s,%s,%s,%s,", kwh_row_rank(row), kwh_row_hidden(row) ? "yes" : "",
        kwh_row_write_only(row) ? "w" : "", form_text(row->quantity),
        kwh_unit_symbol(kwh_quantity_unit(row->quantity)), kwh_type_name(kwh_row_type(row)));
    put_decimal(line, capacity, is_text ? kwh_decimal(1, 0) : kwh_scale_value(kwh_row_scale(row)));
    put(line, capacity, ",%s,", kwh_certainty_name(kwh_row_certainty(row)));
    if (kwh_row_rank(row) == 0 && !kwh_row_hidden(row))
        put_obis(line, capacity, row->quantity);
    put(line, capacity, ",");
    put_item(line, capacity, kwh_map_item(entry->map, row->quantity));
    put(line, capacity, ",");
    put_profiles(line, capacity, entry->notes, block->profiles);
}

/* ------------------------------------------------------------------------------------------------
 * Records.
 */

/* The next record of a map, whatever the profiles. */
static inline const struct kwh_record *next_record(struct kwh_map_iterator *iterator)
{
    const struct kwh_row *row = kwh_map_next(iterator);
    return row != NULL ? kwh_record_of(iterator->map, row) : NULL;
}

/* The record that a setting is written to, found as a meter finds it; that of the speed, too. */
static inline const struct kwh_record *record_written(const struct kwh_map *map, uint32_t quantity)
{
    struct kwh_map_iterator iterator = {map, KWH_ALL_PROFILES, 0, 0};
    const struct kwh_record *record;
    while ((record = next_record(&iterator)) != NULL)
        if (record->row.quantity == quantity &&
            (record->length == 0 || kwh_map_written_record(map, KWH_ALL_PROFILES, record->header,
                                                           record->length) == record))
            return record;
    return NULL;
}

static inline const char *record_access(const struct kwh_map *map, const struct kwh_record *record)
{
    return kwh_row_write_only(&record->row)                      ? "w"
           : record_written(map, record->row.quantity) == record ? "rw"
                                                                 : "r";
}

/* What is no part of a header is 0, and then not shown. */
static inline void put_header(char *line, size_t capacity, const struct kwh_record *record)
{
    for (size_t i = 0; i < KWH_RECORD_HEADER; i++)
        if (i < record->length || record->header[i] != 0)
            put(line, capacity, "%s%02X", i > 0 ? " " : "", (unsigned)record->header[i]);
    if (record->length > KWH_RECORD_HEADER)
        put(line, capacity, "?%u", (unsigned)record->length);
}

/*
 * "number,header,occurrence,telegram,name,access,form,unit,type,scale,certainty,obis,function,risk,
 * values"
 */
static inline void put_record(char *line, size_t capacity, const struct kwh_map *map,
                              const struct kwh_record *record)
{
    const struct kwh_row *row = &record->row;
    const char *access = record_access(map, record);
    uint8_t telegram = kwh_record_telegram(map, record);
    line[0] = '\0';
    put(line, capacity, "%u,", (unsigned)row->address);
    put_header(line, capacity, record);
    put(line, capacity, ",%u,", (unsigned)record->occurrence);
    if (telegram != 0)
        put(line, capacity, "%02X", (unsigned)telegram);
    put(line, capacity, ",");
    put_quantity(line, capacity, row->quantity);
    put(line, capacity, ",%s,%s,%s,%s,", access, form_text(row->quantity),
        kwh_unit_symbol(kwh_quantity_unit(row->quantity)), kwh_record_type_name(record));
    put_decimal(line, capacity, kwh_record_scale(record));
    put(line, capacity, ",%s,", kwh_certainty_name(kwh_row_certainty(row)));
    if (access[0] == 'r')
        put_obis(line, capacity, row->quantity);
    put(line, capacity, ",");
    put_item(line, capacity, strchr(access, 'w') != NULL ? kwh_map_item(map, row->quantity) : NULL);
    /* what a row of a record never is */
    if (kwh_row_type(row) != KWH_TYPE_RECORD || kwh_row_space(row) != 0 || kwh_row_rank(row) != 0 ||
        kwh_row_hidden(row))
        put(line, capacity, "?%04X", (unsigned)row->format);
    /* the speed is in no record, and shows no scale */
    if (record->length == 0 && kwh_row_scale(row) != KWH_SCALE_1)
        put(line, capacity, "?%u", (unsigned)kwh_row_scale(row));
}

/* ------------------------------------------------------------------------------------------------
 * What stands beside the rows: a line each, "about: what".
 */

static inline const char *space_text(unsigned space)
{
    return space == KWH_SPACE_HOLDING ? "03" : space == KWH_SPACE_INPUT ? "04" : "?";
}

static inline void put_limits(char *text, size_t capacity, const struct kwh_map *map)
{
    static const char *const orders[] = {"ABCD", "CDAB", "BADC", "DCBA"};
    put(text, capacity, "protocol: %s\n",
        map->protocol == KWH_PROTOCOL_MODBUS ? "modbus"
        : map->protocol == KWH_PROTOCOL_MBUS ? "mbus"
                                             : "?");
    put(text, capacity, "order: %s\n", map->order < KWH_COUNT(orders) ? orders[map->order] : "?");
    put(text, capacity, "request: safe %u, proven %u, alignment %u\n", (unsigned)map->request_safe,
        (unsigned)map->request_proven, (unsigned)map->alignment);
    put(text, capacity, "ms: quiet %u, turnaround %u, answer %u\n", (unsigned)map->quiet_ms,
        (unsigned)map->turnaround_ms, (unsigned)map->answer_ms);
    put(text, capacity, "holes read zero: %u\ntop is absent: %u\n", (unsigned)map->holes_read_zero,
        (unsigned)map->top_is_absent);
    put(text, capacity, "address: %u\n", (unsigned)map->default_address);
    for (size_t i = 0; i < map->line_count; i++) {
        const struct kwh_line_settings *line = &map->lines[i];
        put(text, capacity, "line: %lu %u%c%u\n", (unsigned long)line->baud,
            (unsigned)line->data_bits, line->parity, (unsigned)line->stop_bits);
    }
    for (size_t i = 0; i < map->edge_count; i++)
        put(text, capacity, "edge: 0x%04X\n", (unsigned)map->edges[i]);
    for (size_t i = 0; i < map->avoid_count; i++)
        put(text, capacity, "avoid: %s 0x%04X..0x%04X\n", space_text(map->avoid[i].space),
            (unsigned)map->avoid[i].first, (unsigned)map->avoid[i].last);
}

static inline void put_model(char *text, size_t capacity, const struct kwh_map_notes *notes,
                             const struct kwh_model *model)
{
    put(text, capacity, "model: %04lX %s", (unsigned long)model->code,
        model->name != NULL ? model->name : "?");
    if (model->quantity != 0 || model->value != 0 || model->most != 0 || model->text != NULL) {
        put(text, capacity, ", with ");
        put_quantity(text, capacity, model->quantity);
        if (model->text != NULL)
            put(text, capacity, " %s...", model->text);
        if (model->text == NULL || model->value != 0 || model->most != 0)
            put(text, capacity, " %ld", (long)model->value);
        if (model->most != 0)
            put(text, capacity, "..%ld", (long)model->most);
    }
    put(text, capacity, "%s", model->profiles != 0 ? ": " : "");
    put_profiles(text, capacity, notes, model->profiles);
    put(text, capacity, "\n");
}

static inline void put_lookalike(char *text, size_t capacity, const struct kwh_lookalike *lookalike)
{
    put(text, capacity, "look-alike: %04lX %s", (unsigned long)lookalike->code,
        lookalike->name != NULL ? lookalike->name : "?");
    if (lookalike->address != 0)
        put(text, capacity, ", at 0x%04X", (unsigned)lookalike->address);
    if (lookalike->error != 0)
        put(text, capacity, ": %s", kwh_error_name((enum kwh_error)lookalike->error));
    put(text, capacity, "\n");
}

static inline void put_selector(char *text, size_t capacity, const struct kwh_map_notes *notes,
                                const struct kwh_selector *selector)
{
    static const char *const effects[] = {"require", "profiles", "ratio"};
    put(text, capacity, "%s: %s 0x%04X %u, ",
        selector->effect < KWH_COUNT(effects) ? effects[selector->effect] : "?",
        space_text(selector->space), (unsigned)selector->address, (unsigned)selector->words);
    if (selector->low == KWH_OWN_ADDRESS)
        put(text, capacity, "own address");
    else
        put(text, capacity, "%lX", (unsigned long)selector->low);
    put(text, capacity, "..%lX", (unsigned long)selector->high);
    if (selector->error != 0)
        put(text, capacity, ", else %s", kwh_error_name((enum kwh_error)selector->error));
    put(text, capacity, "%s", selector->profiles != 0 ? ": " : "");
    put_profiles(text, capacity, notes, selector->profiles);
    put(text, capacity, "%s", selector->when != 0 ? ", when " : "");
    put_profiles(text, capacity, notes, selector->when);
    put(text, capacity, "%s", selector->unless != 0 ? ", unless " : "");
    put_profiles(text, capacity, notes, selector->unless);
    for (uint32_t kind = 0; kind < 32; kind++) {
        if ((selector->kinds >> kind & 1) != 0) {
            put(text, capacity, " ");
            put_quantity(text, capacity, kind << 25);
        }
    }
    put(text, capacity, "\n");
}

static inline void put_blocks(char *text, size_t capacity, const struct kwh_map_entry *entry)
{
    for (size_t i = 0; i < entry->map->block_count; i++) {
        const struct kwh_block *block = &entry->map->blocks[i];
        put(text, capacity, "block: %u %s", (unsigned)block->count,
            block->records != NULL ? "records" : "rows");
        if (block->telegram != 0)
            put(text, capacity, ", asked for by %02X", (unsigned)block->telegram);
        put(text, capacity, "%s", block->profiles != 0 ? ": " : "");
        put_profiles(text, capacity, entry->notes, block->profiles);
        put(text, capacity, "\n");
    }
}

static inline void put_family(char *text, size_t capacity, const struct kwh_mbus_family *family)
{
    char manufacturer[KWH_MBUS_MANUFACTURER_TEXT];
    kwh_mbus_manufacturer_print(family->manufacturer, manufacturer);
    put(text, capacity, "header: %s %04X, version %u, medium %u\n", manufacturer,
        (unsigned)family->manufacturer, (unsigned)family->version, (unsigned)family->medium);
    if (family->usual != 0)
        put(text, capacity, "usual: %02X\n", (unsigned)family->usual);
}

/* What an item needs besides being written. */
static inline void put_needs(char *text, size_t capacity, const struct kwh_item *item)
{
    static const char *const flags[] = {"save", "restart", "broadcast"};
    if (item->flags == 0 && item->shown_by == 0)
        return;
    put(text, capacity, "needs: ");
    put_quantity(text, capacity, item->quantity);
    for (unsigned bit = 0; bit < 8; bit++)
        if ((item->flags >> bit & 1) != 0)
            put(text, capacity, " %s", bit < KWH_COUNT(flags) ? flags[bit] : "?");
    if (item->shown_by != 0) {
        put(text, capacity, ", shown by ");
        put_quantity(text, capacity, item->shown_by);
    }
    put(text, capacity, "\n");
}

static inline void put_counter(char *text, size_t capacity, const struct kwh_counter *counter)
{
    put(text, capacity, "counter: modulus %llde%d, resolution %llde%d, power %lu, both ways %d\n",
        (long long)counter->modulus.mantissa, counter->modulus.exponent,
        (long long)counter->resolution.mantissa, counter->resolution.exponent,
        (unsigned long)counter->power_max_w, counter->both_ways);
}

static inline void put_writing(char *text, size_t capacity, const struct kwh_writing *writing)
{
    put(text, capacity, "writing: unlock ");
    put_quantity(text, capacity, writing->unlock);
    put(text, capacity, " %lu, control ", (unsigned long)writing->default_password);
    put_quantity(text, capacity, writing->control);
    put(text, capacity, " save %ld restart %ld\n", (long)writing->save, (long)writing->restart);
}

static inline void put_beside(char *text, size_t capacity, const struct kwh_map_entry *entry)
{
    const struct kwh_map *map = entry->map;
    text[0] = '\0';
    put(text, capacity, "name: %s\ntitle: %s\n", map->name != NULL ? map->name : "?",
        map->title != NULL ? map->title : "?");
    for (size_t i = 0; entry->notes != NULL && i < entry->notes->alias_count; i++)
        put(text, capacity, "alias: %s\n", entry->notes->aliases[i]);
    put_limits(text, capacity, map);
    if (map->identity_words != 0 || map->identity_address != 0 || map->identity_space != 0)
        put(text, capacity, "identity: %s 0x%04X %u\n", space_text(map->identity_space),
            (unsigned)map->identity_address, (unsigned)map->identity_words);
    for (size_t i = 0; i < map->model_count; i++)
        put_model(text, capacity, entry->notes, &map->models[i]);
    for (size_t i = 0; i < map->lookalike_count; i++)
        put_lookalike(text, capacity, &map->lookalikes[i]);
    for (size_t i = 0; i < map->selector_count; i++)
        put_selector(text, capacity, entry->notes, &map->selectors[i]);
    if (map->mbus != NULL)
        put_family(text, capacity, map->mbus);
    put_blocks(text, capacity, entry);
    for (size_t i = 0; i < map->item_count; i++)
        put_needs(text, capacity, &map->items[i]);
    if (map->writing != NULL)
        put_writing(text, capacity, map->writing);
    if (map->counter != NULL)
        put_counter(text, capacity, map->counter);
    for (size_t i = 0; i < KWH_COUNT(map->reserved); i++)
        if (map->reserved[i] != NULL)
            put(text, capacity, "reserved %u\n", (unsigned)i);
}

/* ------------------------------------------------------------------------------------------------
 * The tables of facts.
 */

/* The table of a map, NAME_modbus.csv; of what stands beside its rows, NAME_modbus.txt. */
static inline FILE *open_facts(const struct kwh_map *map, const char *suffix)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/tests/data/%s_%s.%s", KWH_SOURCE_ROOT, map->name,
             map->protocol == KWH_PROTOCOL_MODBUS ? "modbus" : "mbus", suffix);
    return fopen(path, "r");
}

/* All of a file, which must fit; false when there is none. */
static inline bool read_beside(const struct kwh_map *map, char *text, size_t capacity)
{
    FILE *file = open_facts(map, "txt");
    text[0] = '\0';
    if (file == NULL)
        return false;
    text[fread(text, 1, capacity - 1, file)] = '\0';
    fclose(file);
    return true;
}

#endif
