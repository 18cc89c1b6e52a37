/* SPDX-License-Identifier: MIT */
/*
 * Do the checks of the maps see everything? Each bit of each member of each table of every map is
 * changed in a copy, one at a time; whatever the tables of facts would not notice is a failure,
 * because then nothing says that this member is right. And every map has a proof image.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "map_proofs.h"
#include "map_text.h"

#define BESIDE 16384

/* A copy of a map that can be changed, with its lines and text of the facts. */
static struct copy {
    struct kwh_map_entry entry;
    struct kwh_map map;
    struct kwh_mbus_family family;
    struct kwh_writing writing;
    struct kwh_counter counter;
    struct kwh_block blocks[16];
    struct kwh_row rows[500];
    struct kwh_record records[64];
    struct kwh_item items[64];
    struct kwh_choice choices[200];
    struct kwh_model models[16];
    struct kwh_lookalike lookalikes[32];
    struct kwh_line_settings lines[8];
    struct kwh_selector selectors[32];
    struct kwh_range avoid[8];
    uint16_t edges[64];

    char facts[500][MAP_LINE];
    size_t fact_count;
    const char *fact_of_row[500]; /* rows or records, all blocks one after another */
    char beside[BESIDE];
} copy;

/* What was changed and not noticed, and how much was changed. */
static unsigned unnoticed;
static unsigned long changed;

/* ------------------------------------------------------------------------------------------------
 * The copy.
 */

#define COPY(table, from, count)                                                                   \
    (assert_true((count) <= KWH_COUNT(table)),                                                     \
     (from) != NULL ? memcpy(table, from, (count) * sizeof(table)[0]) : (void *)0)

static void copy_rows(void)
{
    size_t row = 0, record = 0;
    for (size_t i = 0; i < copy.map.block_count; i++) {
        struct kwh_block *block = &copy.blocks[i];
        assert_true(row + block->count <= KWH_COUNT(copy.rows));
        if (block->records != NULL) {
            assert_true(record + block->count <= KWH_COUNT(copy.records));
            memcpy(&copy.records[record], block->records, block->count * sizeof copy.records[0]);
            block->records = &copy.records[record];
            record += block->count;
        } else {
            memcpy(&copy.rows[row], block->rows, block->count * sizeof copy.rows[0]);
            block->rows = &copy.rows[row];
            row += block->count;
        }
    }
}

static void copy_choices(void)
{
    size_t count = 0;
    for (size_t i = 0; i < copy.map.item_count; i++) {
        struct kwh_item *item = &copy.items[i];
        assert_true(count + item->choice_count <= KWH_COUNT(copy.choices));
        if (item->choices == NULL)
            continue;
        memcpy(&copy.choices[count], item->choices, item->choice_count * sizeof copy.choices[0]);
        item->choices = &copy.choices[count];
        count += item->choice_count;
    }
}

static void copy_map(const struct kwh_map_entry *entry)
{
    const struct kwh_map *map = entry->map;
    memset(&copy, 0, sizeof copy);
    copy.map = *map;
    copy.entry.map = &copy.map;
    copy.entry.notes = entry->notes;
    COPY(copy.blocks, map->blocks, map->block_count);
    COPY(copy.items, map->items, map->item_count);
    COPY(copy.models, map->models, map->model_count);
    COPY(copy.lookalikes, map->lookalikes, map->lookalike_count);
    COPY(copy.lines, map->lines, map->line_count);
    COPY(copy.selectors, map->selectors, map->selector_count);
    COPY(copy.avoid, map->avoid, map->avoid_count);
    COPY(copy.edges, map->edges, map->edge_count);
    copy.map.blocks = copy.blocks;
    copy.map.items = copy.items;
    copy.map.models = copy.models;
    copy.map.lookalikes = copy.lookalikes;
    copy.map.lines = copy.lines;
    copy.map.selectors = copy.selectors;
    copy.map.avoid = copy.avoid;
    copy.map.edges = copy.edges;
    if (map->counter != NULL) {
        copy.counter = *map->counter;
        copy.map.counter = &copy.counter;
    }
    if (map->writing != NULL) {
        copy.writing = *map->writing;
        copy.map.writing = &copy.writing;
    }
    if (map->mbus != NULL) {
        copy.family = *map->mbus;
        copy.map.mbus = &copy.family;
    }
    copy_rows();
    copy_choices();
}

/* ------------------------------------------------------------------------------------------------
 * The facts.
 */

/* The row or record of a number, counted through all blocks; false behind the last one. */
static bool line_of(size_t number, char *line)
{
    for (size_t i = 0; i < copy.map.block_count; i++) {
        const struct kwh_block *block = &copy.blocks[i];
        if (number >= block->count) {
            number -= block->count;
            continue;
        }
        if (block->records != NULL)
            put_record(line, MAP_LINE, &copy.map, &block->records[number]);
        else
            put_row(line, MAP_LINE, &copy.entry, block, &block->rows[number]);
        return true;
    }
    return false;
}

static const char *fact_that_is(const char *line)
{
    for (size_t i = 0; i < copy.fact_count; i++)
        if (strcmp(copy.facts[i], line) == 0)
            return copy.facts[i];
    return NULL;
}

/* False for a map that comes without facts, as one's own may. */
static bool load_facts(void)
{
    char line[MAP_LINE];
    FILE *file = open_facts(&copy.map, "csv");
    if (file == NULL || !read_beside(&copy.map, copy.beside, sizeof copy.beside))
        return false;
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        assert_true(copy.fact_count < KWH_COUNT(copy.facts));
        strcpy(copy.facts[copy.fact_count++], line);
    }
    fclose(file);
    for (size_t i = 0; line_of(i, line); i++) {
        copy.fact_of_row[i] = fact_that_is(line);
        assert_non_null(copy.fact_of_row[i]);
    }
    return true;
}

/* ------------------------------------------------------------------------------------------------
 * Changes.
 */

/* What is looked at again after a change; the rest of the map cannot have become another. */
struct scope {
    const char *what;
    size_t first, count; /* rows */
    bool beside;
};

static bool is_noticed(const struct scope *scope)
{
    static char text[BESIDE];
    char line[MAP_LINE];
    for (size_t i = scope->first; i < scope->first + scope->count; i++)
        if (!line_of(i, line) || strcmp(line, copy.fact_of_row[i]) != 0)
            return true;
    if (!scope->beside)
        return false;
    put_beside(text, sizeof text, &copy.entry);
    return strcmp(text, copy.beside) != 0;
}

static void must_notice(const struct scope *scope, const char *member)
{
    changed++;
    if (!is_noticed(scope)) {
        unnoticed++;
        print_error("%s %s: %s of %s %zu can be changed, and no fact says that it is wrong\n",
                    copy.map.name, copy.map.protocol == KWH_PROTOCOL_MODBUS ? "modbus" : "mbus",
                    member, scope->what, scope->first);
    }
}

static void change_bits(const struct scope *scope, void *at, size_t size, const char *member)
{
    unsigned char *bytes = at;
    for (size_t bit = 0; bit < 8 * size; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        must_notice(scope, member);
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
}

static void change_text(const struct scope *scope, const char **text, const char *member)
{
    const char *was = *text;
    *text = was != NULL ? NULL : "something";
    must_notice(scope, member);
    *text = was != NULL && was[0] != '\0' ? was + 1 : "something";
    must_notice(scope, member);
    *text = was;
}

/* Of a count: the last one is left out. Others would be read from behind the table. */
static void drop_last(const struct scope *scope, uint16_t *count, const char *member)
{
    if (*count == 0)
        return;
    --*count;
    must_notice(scope, member);
    ++*count;
}

#define BITS(scope, thing, member)                                                                 \
    change_bits(scope, &(thing)->member, sizeof(thing)->member, #member)

static void change_rows(void)
{
    struct scope scope = {"row", 0, 1, false};
    for (size_t b = 0; b < copy.map.block_count; b++) {
        const struct kwh_block *block = &copy.blocks[b];
        for (size_t i = 0; i < block->count; i++, scope.first++) {
            struct kwh_record *record = &copy.records[0];
            struct kwh_row *row = &copy.rows[0];
            if (block->records != NULL) {
                record += block->records - copy.records + (ptrdiff_t)i;
                row = &record->row;
                BITS(&scope, record, occurrence);
                BITS(&scope, record, length);
                BITS(&scope, record, header);
            } else {
                row += block->rows - copy.rows + (ptrdiff_t)i;
            }
            BITS(&scope, row, quantity);
            BITS(&scope, row, address);
            BITS(&scope, row, format);
        }
    }
}

/* The rows that an item is of: all are looked at when it changes. */
static struct scope scope_of_item(const struct kwh_item *item)
{
    struct scope scope = {"item", 0, 0, false};
    size_t number = 0;
    for (size_t b = 0; b < copy.map.block_count; b++) {
        const struct kwh_block *block = &copy.blocks[b];
        for (size_t i = 0; i < block->count; i++, number++) {
            const struct kwh_row *row = block->records != NULL ? &block->records[i].row
                                                               : &block->rows[i];
            if (row->quantity != item->quantity)
                continue;
            if (scope.count == 0)
                scope.first = number;
            scope.count = number - scope.first + 1;
        }
    }
    assert_true(scope.count > 0);
    return scope;
}

/* Not to be noticed: 0 is 0, whatever its exponent. */
static void change_exponent(const struct scope *scope, int8_t *exponent, bool zero)
{
    if (!zero)
        change_bits(scope, exponent, sizeof *exponent, "exponent");
}

static void change_choices(const struct scope *scope, struct kwh_item *item)
{
    size_t first = (size_t)(item->choices - copy.choices);
    for (size_t i = first; i < first + item->choice_count; i++) {
        struct kwh_choice *choice = &copy.choices[i];
        BITS(scope, choice, code);
        BITS(scope, choice, risk);
        BITS(scope, choice, reads_as);
        change_exponent(scope, &choice->exponent, choice->code == 0);
        change_text(scope, &choice->word, "word");
    }
    item->choice_count--;
    must_notice(scope, "the last choice");
    item->choice_count++;
}

static void change_items(void)
{
    for (size_t i = 0; i < copy.map.item_count; i++) {
        struct kwh_item *item = &copy.items[i];
        struct scope scope = scope_of_item(item);
        BITS(&scope, item, quantity);
        BITS(&scope, item, write_function);
        BITS(&scope, item, risk);
        BITS(&scope, item, minimum);
        BITS(&scope, item, maximum);
        const struct scope beside = {"item", i, 0, true};
        BITS(&beside, item, flags);
        BITS(&beside, item, shown_by);
        change_exponent(&scope, &item->exponent,
                        item->choices == NULL && item->minimum == 0 && item->maximum == 0);
        if (item->choices != NULL)
            change_choices(&scope, item);
    }
}

static void change_identity(void)
{
    struct scope scope = {"model", 0, 0, true};
    for (size_t i = 0; i < copy.map.model_count; i++) {
        struct kwh_model *model = &copy.models[i];
        BITS(&scope, model, code);
        BITS(&scope, model, quantity);
        BITS(&scope, model, value);
        BITS(&scope, model, most);
        BITS(&scope, model, profiles);
        change_text(&scope, &model->text, "text");
        change_text(&scope, &model->name, "name");
    }
    scope.what = "look-alike";
    for (size_t i = 0; i < copy.map.lookalike_count; i++) {
        struct kwh_lookalike *lookalike = &copy.lookalikes[i];
        BITS(&scope, lookalike, code);
        BITS(&scope, lookalike, address);
        BITS(&scope, lookalike, error);
        change_text(&scope, &lookalike->name, "name");
    }
}

static void change_selectors(void)
{
    const struct scope scope = {"selector", 0, 0, true};
    for (size_t i = 0; i < copy.map.selector_count; i++) {
        struct kwh_selector *selector = &copy.selectors[i];
        BITS(&scope, selector, address);
        BITS(&scope, selector, words);
        BITS(&scope, selector, space);
        BITS(&scope, selector, effect);
        BITS(&scope, selector, error);
        BITS(&scope, selector, profiles);
        BITS(&scope, selector, when);
        BITS(&scope, selector, unless);
        BITS(&scope, selector, low);
        BITS(&scope, selector, high);
        BITS(&scope, selector, kinds);
    }
}

static void change_ways(void)
{
    struct scope scope = {"line", 0, 0, true};
    for (size_t i = 0; i < copy.map.line_count; i++) {
        struct kwh_line_settings *line = &copy.lines[i];
        BITS(&scope, line, baud);
        BITS(&scope, line, data_bits);
        BITS(&scope, line, parity);
        BITS(&scope, line, stop_bits);
    }
    scope.what = "range to avoid";
    for (size_t i = 0; i < copy.map.avoid_count; i++) {
        struct kwh_range *range = &copy.avoid[i];
        BITS(&scope, range, space);
        BITS(&scope, range, first);
        BITS(&scope, range, last);
    }
    scope.what = "edge";
    for (size_t i = 0; i < copy.map.edge_count; i++)
        change_bits(&scope, &copy.edges[i], sizeof copy.edges[i], "address");
    scope.what = "counter";
    if (copy.map.counter != NULL) {
        BITS(&scope, &copy.counter, modulus.mantissa);
        BITS(&scope, &copy.counter, modulus.exponent);
        BITS(&scope, &copy.counter, resolution.mantissa);
        BITS(&scope, &copy.counter, resolution.exponent);
        BITS(&scope, &copy.counter, power_max_w);
    }
    scope.what = "writing";
    if (copy.map.writing != NULL) {
        BITS(&scope, &copy.writing, unlock);
        BITS(&scope, &copy.writing, default_password);
        BITS(&scope, &copy.writing, control);
        BITS(&scope, &copy.writing, save);
        BITS(&scope, &copy.writing, restart);
    }
    scope.what = "header";
    if (copy.map.mbus == NULL)
        return;
    BITS(&scope, &copy.family, manufacturer);
    BITS(&scope, &copy.family, version);
    BITS(&scope, &copy.family, medium);
    BITS(&scope, &copy.family, usual);
}

static void change_blocks(void)
{
    struct scope scope = {"block", 0, 0, true};
    for (size_t i = 0; i < copy.map.block_count; i++) {
        struct kwh_block *block = &copy.blocks[i];
        BITS(&scope, block, profiles);
        BITS(&scope, block, telegram);
        drop_last(&scope, &block->count, "count");
    }
}

static void change_map(void)
{
    const struct scope scope = {"map", 0, 0, true};
    struct kwh_map *map = &copy.map;
    struct scope items = {"map", 0, copy.fact_count, false};
    BITS(&scope, map, identity_address);
    BITS(&scope, map, identity_words);
    BITS(&scope, map, identity_space);
    BITS(&scope, map, protocol);
    BITS(&scope, map, order);
    BITS(&scope, map, request_safe);
    BITS(&scope, map, request_proven);
    BITS(&scope, map, alignment);
    BITS(&scope, map, default_address);
    BITS(&scope, map, quiet_ms);
    BITS(&scope, map, turnaround_ms);
    BITS(&scope, map, answer_ms);
    BITS(&scope, map, holes_read_zero);
    BITS(&scope, map, top_is_absent);
    change_text(&scope, &map->name, "name");
    change_text(&scope, &map->title, "title");
    drop_last(&scope, &map->block_count, "block_count");
    drop_last(&items, &map->item_count, "item_count");
    drop_last(&scope, &map->model_count, "model_count");
    drop_last(&scope, &map->lookalike_count, "lookalike_count");
    drop_last(&scope, &map->line_count, "line_count");
    drop_last(&scope, &map->edge_count, "edge_count");
    drop_last(&scope, &map->avoid_count, "avoid_count");
    drop_last(&scope, &map->selector_count, "selector_count");
    for (size_t i = 0; i < KWH_COUNT(map->reserved); i++) {
        map->reserved[i] = map;
        must_notice(&scope, "reserved");
        map->reserved[i] = NULL;
    }
}

/* A member that is added to a table is to be changed here, too. */
KWH_STATIC_ASSERT(sizeof(struct kwh_row) == 8 && sizeof(struct kwh_record) == 20, all_of_a_row);
KWH_STATIC_ASSERT(sizeof(void *) != 8 ||
                      (sizeof(struct kwh_choice) == 16 && sizeof(struct kwh_item) == 40 &&
                       sizeof(struct kwh_model) == 40 && sizeof(struct kwh_lookalike) == 16 &&
                       sizeof(struct kwh_block) == 32 && sizeof(struct kwh_counter) == 40),
                  all_of_what_names);
KWH_STATIC_ASSERT(sizeof(struct kwh_selector) == 24 && sizeof(struct kwh_range) == 6 &&
                      sizeof(struct kwh_mbus_family) == 6 && sizeof(struct kwh_writing) == 20 &&
                      sizeof(struct kwh_line_settings) == 8,
                  all_of_the_rest);

static void every_change_of_a_map_is_noticed(void **state)
{
    size_t maps = 0;
    (void)state;
    for (size_t i = 0; i < kwh_maps_count; i++) {
        copy_map(&kwh_maps[i]);
        if (!load_facts())
            continue;
        maps++;
        assert_non_null(map_proofs[i]);
        change_rows();
        change_items();
        change_identity();
        change_selectors();
        change_ways();
        change_blocks();
        change_map();
    }
    print_message("%lu changes\n", changed);
    assert_int_equal(unnoticed, 0);
    assert_int_equal(maps, 11 + 3);
    assert_true(changed > 64ul * (1104 + 81)); /* eight bytes and more of each row and record */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_change_of_a_map_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
