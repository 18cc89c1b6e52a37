/* SPDX-License-Identifier: MIT */
/* kwh maps: the known meters, and the register documentation of one, offline. */
#include "maps_facts.h"
#include "names.h"
#include "set.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MAX   512 /* of a list of names */
#define FACT_INDENT 11
#define NOTE_MAX    768

static const char *protocol_name(const struct kwh_map *map)
{
    return map->protocol == KWH_PROTOCOL_MBUS ? "mbus" : "modbus";
}

static void append(char *text, size_t capacity, const char *separator, const char *word)
{
    size_t length = strlen(text);
    snprintf(text + length, capacity - length, "%s%s", length > 0 ? separator : "", word);
}

static bool is_value(const struct kwh_row *row)
{
    return kwh_row_rank(row) == 0 && !kwh_row_hidden(row) && !kwh_row_write_only(row);
}

/* How many values there are of each certainty; returns the sum. */
static unsigned count_values(const struct kwh_map *map, unsigned by_certainty[4])
{
    struct kwh_map_iterator rows = {map, KWH_ALL_PROFILES, 0, 0};
    unsigned count = 0;
    memset(by_certainty, 0, 4 * sizeof by_certainty[0]);
    for (const struct kwh_row *row; (row = kwh_map_next(&rows)) != NULL;) {
        if (is_value(row)) {
            by_certainty[kwh_row_certainty(row)]++;
            count++;
        }
    }
    return count;
}

/* "manual 85, inferred 3" */
static void certainty_text(const unsigned by_certainty[4], char text[WORDS_MAX])
{
    text[0] = '\0';
    for (unsigned i = 4; i-- > 0;) {
        char part[40];
        if (by_certainty[i] > 0) {
            snprintf(part, sizeof part, "%s %u", kwh_certainty_name((enum kwh_certainty)i),
                     by_certainty[i]);
            append(text, WORDS_MAX, ", ", part);
        }
    }
}

static void model_words(const struct kwh_map *map, char text[WORDS_MAX])
{
    text[0] = '\0';
    for (unsigned i = 0; i < map->model_count; i++)
        if (strstr(text, map->models[i].name) == NULL)
            append(text, WORDS_MAX, ", ", map->models[i].name);
}

static void alias_words(const struct kwh_map_notes *notes, char text[WORDS_MAX])
{
    text[0] = '\0';
    for (size_t i = 0; notes != NULL && i < notes->alias_count; i++)
        append(text, WORDS_MAX, ", ", notes->aliases[i]);
}

static cJSON *model_array(const struct kwh_map *map)
{
    cJSON *array = json_array();
    for (unsigned i = 0; i < map->model_count; i++) {
        bool listed = false; /* a model may have several codes */
        for (unsigned j = 0; j < i; j++)
            listed = listed || strcmp(map->models[j].name, map->models[i].name) == 0;
        if (!listed)
            json_append_text(array, map->models[i].name);
    }
    return array;
}

static cJSON *alias_array(const struct kwh_map_notes *notes)
{
    cJSON *array = json_array();
    for (size_t i = 0; notes != NULL && i < notes->alias_count; i++)
        json_append_text(array, notes->aliases[i]);
    return array;
}

static cJSON *map_object(const struct kwh_map_entry *entry)
{
    cJSON *object = json_object(), *certainty = json_object();
    unsigned by_certainty[4], values = count_values(entry->map, by_certainty);
    json_text(object, "name", entry->map->name);
    json_text(object, "title", entry->map->title);
    json_text(object, "protocol", protocol_name(entry->map));
    json_unsigned(object, "values", values);
    json_item(object, "models", model_array(entry->map));
    json_item(object, "aliases", alias_array(entry->notes));
    for (unsigned i = 4; i-- > 0;)
        if (by_certainty[i] > 0)
            json_unsigned(certainty, kwh_certainty_name((enum kwh_certainty)i), by_certainty[i]);
    json_item(object, "certainty", certainty);
    return object;
}

/* Models, and aliases that are none of them. */
static void name_words(const struct kwh_map_entry *entry, char text[WORDS_MAX])
{
    model_words(entry->map, text);
    for (size_t i = 0; entry->notes != NULL && i < entry->notes->alias_count; i++) {
        bool listed = false;
        for (unsigned j = 0; j < entry->map->model_count; j++)
            listed = listed || strcmp(entry->notes->aliases[i], entry->map->models[j].name) == 0;
        if (!listed)
            append(text, WORDS_MAX, ", ", entry->notes->aliases[i]);
    }
}

static void list_table(const struct style *style)
{
    static const char *const titles[] = {"map", "protocol", "values", "certainty", "meters"};
    struct table table;
    table_begin(&table, "llrll");
    table_titles(&table, titles);
    for (size_t i = 0; i < kwh_maps_count; i++) {
        const struct kwh_map *map = kwh_maps[i].map;
        char values[16], names[WORDS_MAX], certainty[WORDS_MAX];
        unsigned by_certainty[4];
        snprintf(values, sizeof values, "%u", count_values(map, by_certainty));
        certainty_text(by_certainty, certainty);
        name_words(&kwh_maps[i], names);
        const char *const cells[] = {map->name, protocol_name(map), values, certainty, names};
        table_row(&table, cells);
    }
    table_end(&table, style);
}

static void list_csv(void)
{
    static const char *const titles[] = {"name",   "title",   "protocol", "values",
                                         "models", "aliases", "certainty"};
    csv_record(titles, KWH_COUNT(titles));
    for (size_t i = 0; i < kwh_maps_count; i++) {
        const struct kwh_map *map = kwh_maps[i].map;
        char values[16], models[WORDS_MAX], aliases[WORDS_MAX], certainty[WORDS_MAX];
        unsigned by_certainty[4];
        snprintf(values, sizeof values, "%u", count_values(map, by_certainty));
        model_words(map, models);
        alias_words(kwh_maps[i].notes, aliases);
        certainty_text(by_certainty, certainty);
        const char *const fields[] = {map->name, map->title, protocol_name(map), values,
                                      models,    aliases,    certainty};
        csv_record(fields, KWH_COUNT(fields));
    }
}

static void list_maps(const struct options *options)
{
    struct style style = output_style(options);
    switch (options->output) {
    case OUTPUT_TABLE:
        list_table(&style);
        break;
    case OUTPUT_CSV:
        list_csv();
        break;
    case OUTPUT_JSON:
        for (size_t i = 0; i < kwh_maps_count; i++)
            json_print(map_object(&kwh_maps[i]));
        break;
    }
}

/* ------------------------------------------------------------------------------------------------
 * One map
 */

/* The fields of a row of the documentation, as text. */
struct row_text {
    char address[3 * KWH_RECORD_HEADER], words[4], name[NAME_TEXT], scale[KWH_DECIMAL_TEXT];
    char obis[KWH_OBIS_TEXT], note[NOTE_MAX];
    const char *space, *unit, *type, *access, *certainty;
};

/* A record that is read may be written by another one. */
static bool is_written(const struct kwh_map *map, const struct kwh_row *row)
{
    const struct kwh_record *record = kwh_record_of(map, row);
    const struct kwh_item *item = kwh_map_item(map, row->quantity);
    if (record != NULL)
        return kwh_map_written_record(map, KWH_ALL_PROFILES, record->header, record->length) ==
               record;
    return item != NULL && item->write_function != 0;
}

static const char *access_of(const struct kwh_map *map, const struct kwh_row *row)
{
    if (kwh_row_write_only(row))
        return "w";
    return is_written(map, row) ? "rw" : "r";
}

static bool has_row(const struct kwh_block *block, const struct kwh_row *row)
{
    for (unsigned i = 0; block->rows != NULL && i < block->count; i++)
        if (&block->rows[i] == row)
            return true;
    return false;
}

/* "only of v103", for what not every meter of the family has. */
static void profile_text(const struct kwh_map_entry *entry, unsigned profiles, char text[NOTE_MAX])
{
    const struct kwh_map_notes *notes = entry->notes;
    const char *separator = "only of ";
    for (unsigned bit = 0; notes != NULL && bit < notes->profile_count; bit++) {
        if ((profiles >> bit & 1) == 0)
            continue;
        append(text, NOTE_MAX, "", separator);
        append(text, NOTE_MAX, "", notes->profiles[bit]);
        separator = " or ";
    }
}

/* All remarks on a row: a map may have several. */
static void note_text(const struct kwh_map_entry *entry, const struct kwh_row *row,
                      char text[NOTE_MAX])
{
    bool input = kwh_row_space(row) == KWH_SPACE_INPUT;
    const struct kwh_note *notes = NULL;
    size_t count = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < entry->map->block_count; i++)
        if (has_row(&entry->map->blocks[i], row))
            profile_text(entry, entry->map->blocks[i].profiles, text);
    if (kwh_row_rank(row) != 0)
        append(text, NOTE_MAX, "; ", "a copy, not read by name");
    if (entry->notes != NULL) {
        notes = input ? entry->notes->input_notes : entry->notes->notes;
        count = input ? entry->notes->input_count : entry->notes->count;
    }
    for (size_t i = 0; i < count; i++)
        if (notes[i].address == row->address)
            append(text, NOTE_MAX, "; ", notes[i].text);
}

static void describe_register(const struct kwh_row *row, struct row_text *text)
{
    struct kwh_decimal scale = kwh_scale_value(kwh_row_scale(row));
    enum kwh_type type = kwh_row_type(row);
    snprintf(text->address, sizeof text->address, "0x%04X", (unsigned)row->address);
    snprintf(text->words, sizeof text->words, "%u", (unsigned)kwh_row_words(row));
    if (type == KWH_TYPE_TEXT || type == KWH_TYPE_TEXT16 ||
        kwh_decimal_print(&scale, text->scale, sizeof text->scale) != KWH_OK)
        snprintf(text->scale, sizeof text->scale, "1");
    text->space = kwh_row_space(row) == KWH_SPACE_INPUT ? "04" : "03";
    text->type = kwh_type_name(type);
}

/* Its place is the header and, where others have the same, how many come before it. */
static void describe_record(const struct kwh_map *map, const struct kwh_record *record,
                            struct row_text *text)
{
    struct kwh_decimal scale = kwh_record_scale(record);
    char note[32];
    snprintf(text->address, sizeof text->address, record->length == 0 ? "CI B8" : "");
    for (size_t i = 0; i < record->length; i++) {
        char byte[3];
        snprintf(byte, sizeof byte, "%02X", (unsigned)record->header[i]);
        append(text->address, sizeof text->address, " ", byte);
    }
    snprintf(text->words, sizeof text->words, "%u", (unsigned)record->occurrence);
    if (scale.mantissa == 0 || kwh_decimal_print(&scale, text->scale, sizeof text->scale) != KWH_OK)
        snprintf(text->scale, sizeof text->scale, "1");
    text->space = "";
    text->type = kwh_record_type_name(record);
    if (kwh_record_telegram(map, record) != 0) {
        snprintf(note, sizeof note, "after CI %02X", (unsigned)kwh_record_telegram(map, record));
        append(text->note, sizeof text->note, "; ", note);
    }
}

static void describe_row(const struct kwh_map_entry *entry, const struct kwh_row *row,
                         struct row_text *text)
{
    const struct kwh_record *record = kwh_record_of(entry->map, row);
    struct kwh_obis code;
    name_of(row->quantity, text->name);
    if (kwh_quantity_obis(row->quantity, &code) != KWH_OK ||
        kwh_obis_print(code, text->obis, sizeof text->obis) != KWH_OK)
        text->obis[0] = '\0';
    note_text(entry, row, text->note);
    text->unit = kwh_unit_symbol(kwh_quantity_unit(row->quantity));
    text->access = access_of(entry->map, row);
    text->certainty = kwh_certainty_name(kwh_row_certainty(row));
    if (record != NULL)
        describe_record(entry->map, record, text);
    else
        describe_register(row, text);
}

/* The sides of a family, Modbus first: the entry behind @p entry with the same name, or NULL. */
static const struct kwh_map_entry *next_side(const struct kwh_map_entry *entry)
{
    size_t next = (size_t)(entry - kwh_maps) + 1;
    return next < kwh_maps_count && strcmp(kwh_maps[next].map->name, entry->map->name) == 0
               ? &kwh_maps[next]
               : NULL;
}

static const struct kwh_map_entry *first_side(const struct kwh_map_entry *entry)
{
    while (entry > kwh_maps && strcmp(entry[-1].map->name, entry->map->name) == 0)
        entry--;
    return entry;
}

static void document_csv_rows(const struct kwh_map_entry *entry)
{
    struct kwh_map_iterator rows = {entry->map, KWH_ALL_PROFILES, 0, 0};
    for (const struct kwh_row *row; (row = kwh_map_next(&rows)) != NULL;) {
        struct row_text text;
        describe_row(entry, row, &text);
        const char *const fields[] = {protocol_name(entry->map),
                                      text.space,
                                      text.address,
                                      text.words,
                                      text.name,
                                      text.unit,
                                      text.type,
                                      text.scale,
                                      text.access,
                                      text.certainty,
                                      text.note};
        csv_record(fields, KWH_COUNT(fields));
    }
}

static void document_csv(const struct kwh_map_entry *entry)
{
    static const char *const titles[] = {"protocol", "space",     "address", "words",
                                         "name",     "unit",      "type",    "scale",
                                         "access",   "certainty", "note"};
    csv_record(titles, KWH_COUNT(titles));
    for (; entry != NULL; entry = next_side(entry))
        document_csv_rows(entry);
}

static void json_place(cJSON *item, const struct kwh_map *map, const struct kwh_row *row,
                       const struct row_text *text)
{
    const struct kwh_record *record = kwh_record_of(map, row);
    if (record == NULL) {
        json_text(item, "space", text->space);
        json_unsigned(item, "address", row->address);
        json_unsigned(item, "words", kwh_row_words(row));
        return;
    }
    char telegram[3];
    snprintf(telegram, sizeof telegram, "%02X", (unsigned)kwh_record_telegram(map, record));
    json_text(item, "header", record->length > 0 ? text->address : NULL);
    json_unsigned(item, "occurrence", record->occurrence);
    json_text(item, "telegram", kwh_record_telegram(map, record) != 0 ? telegram : NULL);
}

static void document_json(const struct kwh_map_entry *entry)
{
    struct kwh_map_iterator rows = {entry->map, KWH_ALL_PROFILES, 0, 0};
    cJSON *object = map_object(entry), *array = json_array();
    json_map_facts(object, entry);
    for (const struct kwh_row *row; (row = kwh_map_next(&rows)) != NULL;) {
        struct row_text text;
        cJSON *item = json_object();
        describe_row(entry, row, &text);
        json_place(item, entry->map, row, &text);
        json_text(item, "name", text.name);
        json_text(item, "obis", text.obis[0] != '\0' ? text.obis : NULL);
        json_text(item, "unit", text.unit[0] != '\0' ? text.unit : NULL);
        json_text(item, "type", text.type[0] != '\0' ? text.type : NULL);
        json_number(item, "scale", text.scale);
        json_text(item, "access", text.access);
        json_boolean(item, "by_name", is_value(row));
        json_text(item, "certainty", text.certainty);
        json_text(item, "note", text.note[0] != '\0' ? text.note : NULL);
        json_append(array, item);
    }
    json_item(object, "rows", array);
    json_print(object);
}

static void print_fact(const char *name, const char *words, const struct style *style)
{
    if (words[0] != '\0') {
        printf("  %-9s", name);
        print_wrapped(stdout, words, FACT_INDENT,
                      style->width > 2 * FACT_INDENT ? style->width - FACT_INDENT : SIZE_MAX);
        putchar('\n');
    }
}

static void print_facts(const struct kwh_map_entry *entry, const struct style *style)
{
    const struct kwh_map *map = entry->map;
    char words[WORDS_MAX];
    printf("%s%s%s  (map %s)\n", style_bold(style), map->title, style_off(style), map->name);
    model_words(map, words);
    print_fact("models", words, style);
    alias_words(entry->notes, words);
    print_fact("aliases", words, style);
    for (unsigned i = 0; i < map->line_count; i++) {
        const struct kwh_line_settings *line = &map->lines[i];
        printf("%s%lu %u%c%u", i == 0 ? "  factory  " : ", or ", (unsigned long)line->baud,
               (unsigned)line->data_bits, line->parity, (unsigned)line->stop_bits);
    }
    if (map->line_count > 0)
        printf(", address %u\n", (unsigned)map->default_address);
    if (map->protocol == KWH_PROTOCOL_MODBUS)
        printf("  request  up to %u registers\n",
               map->request_safe != 0 ? (unsigned)map->request_safe : 125u);
    putchar('\n');
}

static void document_table(const struct kwh_map_entry *entry, const struct style *style)
{
    static const char *const titles[] = {"fc",   "address", "words",  "name",      "unit",
                                         "type", "scale",   "access", "certainty", "note"};
    static const char *const record_titles[] = {"header", "nth",    "name",      "unit", "type",
                                                "scale",  "access", "certainty", "note"};
    struct kwh_map_iterator rows = {entry->map, KWH_ALL_PROFILES, 0, 0};
    struct table table;
    bool records = entry->map->protocol == KWH_PROTOCOL_MBUS; /* which are in no space */
    print_facts(entry, style);
    table_begin(&table, records ? "lrlllrlll" : "llrlllrlll");
    table_titles(&table, records ? record_titles : titles);
    for (const struct kwh_row *row; (row = kwh_map_next(&rows)) != NULL;) {
        struct row_text text;
        describe_row(entry, row, &text);
        const char *const cells[] = {text.space,     text.address, text.words, text.name,
                                     text.unit,      text.type,    text.scale, text.access,
                                     text.certainty, text.note};
        table_row(&table, records ? cells + 1 : cells);
    }
    table_end(&table, style);
}

static bool settings_differ(const struct kwh_map_entry *entry)
{
    for (unsigned i = 0; i < entry->map->item_count; i++)
        if (entry->map->items[i].write_function != 0 &&
            profiles_with(entry, entry->map->items[i].quantity) != 0)
            return true;
    return false;
}

/* What may be written, in the words and numbers of kwh set, and what it needs. */
static void document_settings(const struct kwh_map_entry *entry, const struct style *style)
{
    static const char *const titles[] = {"setting", "needs", "values", "note"};
    const struct kwh_map *map = entry->map;
    struct table table;
    bool any = false;
    for (unsigned i = 0; i < map->item_count; i++) {
        const struct kwh_item *item = &map->items[i];
        char name[NAME_TEXT], values[SET_TEXT], note[NOTE_MAX] = "";
        if (item->write_function == 0)
            continue;
        if (!any) {
            putchar('\n');
            table_begin(&table, settings_differ(entry) ? "llll" : "lll");
            table_titles(&table, titles);
        }
        any = true;
        name_of(item->quantity, name);
        describe_values(map, item->quantity, values);
        profile_text(entry, profiles_with(entry, item->quantity), note);
        table_row(&table, (const char *const[]){name, describe_need(item), values, note});
    }
    if (any)
        table_end(&table, style);
}

static void document_family(const struct options *options, const struct kwh_map_entry *entry)
{
    struct style style = output_style(options);
    if (options->output == OUTPUT_CSV) {
        document_csv(entry);
        return;
    }
    for (; entry != NULL; entry = next_side(entry)) {
        if (options->output == OUTPUT_JSON) {
            document_json(entry);
            continue;
        }
        document_table(entry, &style);
        document_settings(entry, &style);
        if (next_side(entry) != NULL)
            putchar('\n');
    }
}

enum exit_code maps_command(const struct options *options)
{
    const struct kwh_map *map;
    if (options->argument_count > 1)
        return usage_error("one MAP at a time, not '%s' too", options->arguments[1]);
    if (options->argument_count == 0) {
        list_maps(options);
        return EXIT_CODE_OK;
    }
    enum exit_code code = find_map(options->arguments[0], &map);
    if (code == EXIT_CODE_OK)
        document_family(options, first_side(map_entry(map)));
    return code;
}
