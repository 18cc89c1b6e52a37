/* SPDX-License-Identifier: MIT */
/*
 * Every map of the folder: is it sound, does its proof image read as it says, and is it row by row
 * what the table of facts says, tests/data/NAME_modbus.csv, and beside its rows NAME_modbus.txt?
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <kwh/plan.h>

#include "map_proofs.h"
#include "map_text.h"

#define ROWS_MAX 1000

/* Every complaint is printed; the test fails after the last one. */
static unsigned complaints;

#define CHECK(condition, map, row, what) check(condition, map, row, what, __LINE__)

static void check(bool holds, const struct kwh_map *map, const struct kwh_row *row,
                  const char *what, int line)
{
    if (!holds) {
        complaints++;
        print_error("%s %04X: %s (line %d)\n", map->name, row != NULL ? row->address : 0u, what,
                    line);
    }
}

static int begin(void **state)
{
    (void)state;
    complaints = 0;
    return 0;
}

/* The rows of a meter with these profiles. */
static size_t rows_of(const struct kwh_map *map, uint16_t profiles, const struct kwh_row **rows)
{
    struct kwh_map_iterator iterator = {map, profiles, 0, 0};
    size_t count = 0;
    while (count < ROWS_MAX && (rows[count] = kwh_map_next(&iterator)) != NULL)
        count++;
    assert_true(count < ROWS_MAX);
    return count;
}

static const struct kwh_row *row_named(const struct kwh_map *map, uint32_t quantity)
{
    struct kwh_map_iterator iterator = {map, KWH_ALL_PROFILES, 0, 0};
    const struct kwh_row *row;
    while ((row = kwh_map_next(&iterator)) != NULL)
        if (row->quantity == quantity && kwh_row_rank(row) == 0)
            return row;
    return NULL;
}

/* ------------------------------------------------------------------------------------------------
 * Soundness.
 */

#define BIT(type) (1ul << KWH_TYPE_##type)

/* The types that a form can come from. */
static const unsigned long types_of_form[] = {
    [KWH_FORM_DECIMAL] = BIT(UINT16) | BIT(INT16) | BIT(UINT32) | BIT(INT32) | BIT(UINT48) |
                         BIT(INT48) | BIT(UINT64) | BIT(INT64) | BIT(FLOAT32) | BIT(BCD16) |
                         BIT(BCD32) | BIT(BCD64) | BIT(UINT32_REST) | BIT(INT32_REST),
    [KWH_FORM_DIGITS] = BIT(UINT16) | BIT(UINT32) | BIT(UINT48) | BIT(UINT64) | BIT(BCD16) |
                        BIT(BCD32) | BIT(BCD64) | BIT(HEX16) | BIT(HEX32) | BIT(HEX48) |
                        BIT(HEX64) | BIT(FLOAT32),
    [KWH_FORM_TEXT] = BIT(ASCII16) | BIT(TEXT) | BIT(TEXT16),
    [KWH_FORM_TIME] = BIT(TIME32) | BIT(HEX48),
    [KWH_FORM_BITS] = BIT(UINT16) | BIT(INT16) | BIT(UINT32) | BIT(INT32) | BIT(UINT48) |
                      BIT(UINT64) | BIT(HEX16) | BIT(HEX32) | BIT(HEX48) | BIT(HEX64),
    [KWH_FORM_CHOICE] = BIT(UINT16) | BIT(INT16) | BIT(UINT32) | BIT(INT32) | BIT(FLOAT32) |
                        BIT(BCD16) | BIT(HEX16) | BIT(ASCII16),
};

static void check_row(const struct kwh_map *map, const struct kwh_row *row)
{
    char name[KWH_QUANTITY_TEXT];
    enum kwh_form form = kwh_quantity_form(row->quantity);
    unsigned type = (unsigned)kwh_row_type(row);
    struct kwh_decimal scale = kwh_scale_value(kwh_row_scale(row));
    CHECK(kwh_quantity_print(row->quantity, name, sizeof name) == KWH_OK, map, row, "no name");
    CHECK(kwh_row_words(row) > 0, map, row, "unknown type");
    CHECK(row->address + kwh_row_words(row) <= 0x10000, map, row, "ends beyond 0xFFFF");
    CHECK(type < 32 && (types_of_form[form] >> type & 1) != 0, map, row,
          "the form of the quantity cannot come from this type");
    if (type == KWH_TYPE_TEXT || type == KWH_TYPE_TEXT16)
        return;
    CHECK(form != KWH_FORM_TIME || type == KWH_TYPE_TIME32 || kwh_row_hidden(row), map, row,
          "a time of an unknown encoding is hidden");
    CHECK(scale.mantissa != 0, map, row, "unknown scale");
    CHECK(form == KWH_FORM_DECIMAL || kwh_row_scale(row) == KWH_SCALE_1, map, row,
          "only numbers have a scale");
    CHECK(form != KWH_FORM_CHOICE || kwh_map_item(map, row->quantity) != NULL, map, row,
          "a choice without an item that says its words");
    CHECK(KWH_QUANTITY_CLASS(row->quantity) == KWH_CLASS_ACTION || !kwh_row_write_only(row), map,
          row, "only actions are write-only");
    CHECK(!kwh_row_write_only(row) || kwh_row_hidden(row) ||
              kwh_map_item(map, row->quantity) != NULL,
          map, row, "an action without an item that says what may be written");
}

static bool has_obis(const struct kwh_row *row, struct kwh_obis *code)
{
    return kwh_row_rank(row) == 0 && !kwh_row_hidden(row) &&
           kwh_quantity_obis(row->quantity, code) == KWH_OK;
}

static void check_pair(const struct kwh_map *map, const struct kwh_row *x, const struct kwh_row *y)
{
    struct kwh_obis x_code, y_code;
    bool overlap = kwh_row_space(x) == kwh_row_space(y) &&
                   x->address < y->address + kwh_row_words(y) &&
                   y->address < x->address + kwh_row_words(x);
    bool same = x->quantity == y->quantity && kwh_row_rank(x) == 0 && kwh_row_rank(y) == 0;
    CHECK(!overlap || kwh_row_write_only(x) || kwh_row_write_only(y), map, y, "rows overlap");
    CHECK(!same, map, y, "two rows of rank 0 for one quantity");
    if (!same && has_obis(x, &x_code) && has_obis(y, &y_code))
        CHECK(memcmp(&x_code, &y_code, sizeof x_code) != 0, map, y, "two rows have one OBIS code");
}

static void check_rows(const struct kwh_map *map, uint16_t profiles)
{
    static const struct kwh_row *rows[ROWS_MAX];
    size_t count = rows_of(map, profiles, rows);
    for (size_t i = 0; i < count; i++) {
        check_row(map, rows[i]);
        for (size_t j = 0; j < i; j++)
            check_pair(map, rows[j], rows[i]);
    }
}

static void check_order(const struct kwh_map *map)
{
    for (size_t b = 0; b < map->block_count; b++) {
        const struct kwh_block *block = &map->blocks[b];
        CHECK(block->count > 0, map, NULL, "an empty block");
        for (size_t i = 1; i < block->count; i++) {
            const struct kwh_row *row = &block->rows[i];
            CHECK(kwh_row_space(row) > kwh_row_space(row - 1) ||
                      (kwh_row_space(row) == kwh_row_space(row - 1) &&
                       row->address > (row - 1)->address),
                  map, row, "not in the order of addresses");
        }
    }
}

/* A value must be one that the row can hold, and must come back as what it was. */
static void check_choice(const struct kwh_map *map, const struct kwh_row *row,
                         const struct kwh_item *item, const struct kwh_choice *choice)
{
    char code[KWH_DECIMAL_TEXT], again[KWH_READING_TEXT];
    const char *text = choice->word != NULL ? choice->word : code;
    struct kwh_reading reading;
    uint8_t bytes[8];
    struct kwh_decimal number = kwh_decimal(choice->code, choice->exponent);
    assert_int_equal(kwh_decimal_print(&number, code, sizeof code), KWH_OK);
    bool holds = kwh_row_parse(map, row, text, &reading) == KWH_OK &&
                 kwh_row_encode(map, row, &reading, bytes, sizeof bytes) == KWH_OK;
    CHECK(holds, map, row, "a value of the list cannot be written");
    if (holds) {
        kwh_row_decode(map, row, bytes, &reading);
        CHECK(reading.form == KWH_FORM_BITS || kwh_decimal_compare(reading.decimal, number) == 0,
              map, row, "a value of the list is another number");
        CHECK(kwh_item_allows(item, &reading), map, row, "a value of the list is not allowed");
        CHECK(reading.form == KWH_FORM_BITS || reading.form == KWH_FORM_DECIMAL ||
                  (kwh_reading_print(&reading, again, sizeof again) == KWH_OK &&
                   strcmp(again, text) == 0),
              map, row, "a value of the list reads as another one");
    }
    CHECK(kwh_item_choice(item, kwh_decimal(choice->code, choice->exponent)) == choice, map, row,
          "a code stands twice");
    CHECK(choice->reads_as == 0 || kwh_item_choice(item, kwh_decimal(choice->reads_as, 0)) != NULL,
          map, row, "reads_as is not in the list");
    CHECK(choice->word == NULL || kwh_quantity_form(item->quantity) == KWH_FORM_CHOICE, map, row,
          "only choices have words");
}

/* The end of a range must fit its row, and be allowed as it comes back. */
static void check_limit(const struct kwh_map *map, const struct kwh_row *row,
                        const struct kwh_item *item, int32_t number)
{
    struct kwh_reading reading;
    uint64_t digits = (uint64_t)number;
    uint8_t bytes[8];
    kwh_reading_init(&reading, item->quantity, KWH_STATUS_OK);
    reading.decimal = kwh_decimal(number, item->exponent);
    if (reading.form == KWH_FORM_DIGITS)
        assert_int_equal(kwh_registers_bcd_store((uint64_t)number, 4, &digits), KWH_OK);
    reading.digits = digits;
    bool holds = kwh_row_encode(map, row, &reading, bytes, sizeof bytes) == KWH_OK;
    CHECK(holds, map, row, "an end of the range does not fit");
    if (holds) {
        kwh_row_decode(map, row, bytes, &reading);
        CHECK(kwh_item_allows(item, &reading), map, row, "an end of the range is not allowed");
    }
}

static void check_item(const struct kwh_map *map, const struct kwh_item *item)
{
    const struct kwh_row *row = row_named(map, item->quantity);
    CHECK(row != NULL, map, NULL, "an item without a row");
    if (row == NULL)
        return;
    CHECK(kwh_map_item(map, item->quantity) == item, map, row, "two items for one quantity");
    CHECK(item->write_function == 0 || item->write_function == 16 ||
              (item->write_function == 6 && kwh_row_words(row) == 1),
          map, row, "function 6 writes one register, 16 any");
    CHECK((item->choices != NULL) == (item->choice_count > 0), map, row, "half a list");
    for (size_t i = 0; i < item->choice_count; i++)
        check_choice(map, row, item, &item->choices[i]);
    if (item->choices != NULL)
        return;
    CHECK(item->minimum <= item->maximum, map, row, "an empty range");
    check_limit(map, row, item, item->minimum);
    check_limit(map, row, item, item->maximum);
}

/* Whose code the identification registers may hold, too. */
static const char *lookalike_of(const struct kwh_map *map, uint32_t code)
{
    for (size_t i = 0; i < map->lookalike_count; i++)
        if (map->lookalikes[i].code == code && map->lookalikes[i].address == 0)
            return map->lookalikes[i].name;
    return NULL;
}

static bool has_model(const struct kwh_map *map, uint32_t code)
{
    for (size_t i = 0; i < map->model_count; i++)
        if (map->models[i].code == code)
            return true;
    return false;
}

static void check_models(const struct kwh_map *map)
{
    CHECK((map->identity_words > 0) == (map->model_count > 0), map, NULL,
          "models and identification registers go together");
    for (size_t i = 0; i < map->model_count; i++) {
        const struct kwh_model *model = &map->models[i];
        CHECK(model->name != NULL && model->name[0] != '\0', map, NULL, "a model without a name");
        CHECK(map->identity_words >= 2 || model->code <= 0xFFFF, map, NULL, "a code too long");
        CHECK(model->quantity == 0 || row_named(map, model->quantity) != NULL, map, NULL,
              "a model is told by a value that the map does not have");
        CHECK(lookalike_of(map, model->code) == NULL, map, NULL, "a model that is a look-alike");
        CHECK(model->most == 0 || model->most > model->value, map, NULL, "a range of no values");
        CHECK((model->text != NULL) ==
                  (kwh_quantity_form(model->quantity) == KWH_FORM_TEXT && model->quantity != 0),
              map, NULL, "a text, and nothing else, begins like one");
        for (size_t j = 0; j < i; j++) {
            CHECK(map->models[j].code != model->code || map->models[j].quantity != 0, map, NULL,
                  "a model that is never reached");
        }
    }
    for (size_t i = 0; i < map->lookalike_count; i++) {
        const struct kwh_lookalike *lookalike = &map->lookalikes[i];
        CHECK(lookalike->error == 0 ||
                  kwh_error_class((enum kwh_error)lookalike->error) == KWH_ERROR_CLASS_METER,
              map, NULL, "a look-alike is refused for a reason that is none");
        for (size_t j = 0; j < i; j++) {
            CHECK(map->lookalikes[j].code != lookalike->code ||
                      map->lookalikes[j].address != lookalike->address,
                  map, NULL, "a look-alike stands twice");
        }
    }
}

static uint16_t profiles_of_blocks(const struct kwh_map *map)
{
    unsigned profiles = 0;
    for (size_t i = 0; i < map->block_count; i++)
        profiles |= map->blocks[i].profiles;
    return (uint16_t)profiles;
}

static void check_selectors(const struct kwh_map *map)
{
    unsigned known = 0;
    for (size_t i = 0; i < map->model_count; i++)
        known |= map->models[i].profiles;
    for (size_t i = 0; i < map->selector_count; i++) {
        const struct kwh_selector *selector = &map->selectors[i];
        bool own = selector->low == KWH_OWN_ADDRESS;
        CHECK(selector->words == 1 || selector->words == 2, map, NULL, "one or two registers");
        CHECK(selector->space <= KWH_SPACE_INPUT, map, NULL, "no such space");
        CHECK(own || selector->low <= selector->high, map, NULL, "nothing fits");
        CHECK((selector->when & ~known) == 0 && (selector->unless & ~known) == 0, map, NULL,
              "asked of meters that there cannot be");
        CHECK((selector->effect == KWH_SELECTOR_REQUIRE) == (selector->error != 0), map, NULL,
              "a requirement has an error, and nothing else has one");
        CHECK((selector->effect == KWH_SELECTOR_PROFILES) == (selector->profiles != 0), map, NULL,
              "profiles are given by selectors of profiles");
        CHECK((selector->effect == KWH_SELECTOR_RATIO) == (selector->kinds != 0), map, NULL,
              "a ratio is of some kinds");
        CHECK(selector->error == 0 ||
                  kwh_error_class((enum kwh_error)selector->error) == KWH_ERROR_CLASS_METER,
              map, NULL, "a meter is refused for a reason that is none");
        known |= selector->profiles;
    }
    CHECK((profiles_of_blocks(map) & ~known) == 0, map, NULL, "a block that no meter has");
}

/* Families that are told by the same registers know of each other. */
static void check_lookalikes(const struct kwh_map *map, const struct kwh_map *other)
{
    if (map == other || map->protocol != other->protocol || map->identity_words == 0 ||
        map->identity_words != other->identity_words ||
        map->identity_address != other->identity_address ||
        map->identity_space != other->identity_space)
        return;
    for (size_t i = 0; i < other->model_count; i++)
        CHECK(lookalike_of(map, other->models[i].code) != NULL ||
                  has_model(map, other->models[i].code),
              map, NULL, other->models[i].name);
}

static void check_ways(const struct kwh_map *map)
{
    CHECK(map->line_count > 0, map, NULL, "no line settings");
    for (size_t i = 0; i < map->line_count; i++) {
        const struct kwh_line_settings *line = &map->lines[i];
        CHECK(line->baud >= 300 && (line->data_bits == 7 || line->data_bits == 8) &&
                  strchr("NEO", line->parity) != NULL && line->parity != '\0' &&
                  (line->stop_bits == 1 || line->stop_bits == 2),
              map, NULL, "line settings that are none");
    }
    CHECK(map->default_address >= 1 && map->default_address <= 247, map, NULL, "default address");
    CHECK(map->order <= KWH_ORDER_DCBA && map->alignment <= 2, map, NULL, "order or alignment");
    CHECK(map->request_safe <= 125 && map->request_proven <= 125, map, NULL, "request limit");
    CHECK(map->request_proven == 0 || map->request_proven >= map->request_safe, map, NULL,
          "less is proven than is safe");
    for (size_t i = 0; i < map->avoid_count; i++) {
        const struct kwh_range *range = &map->avoid[i];
        CHECK(range->first <= range->last, map, NULL, "an empty range to avoid");
        for (uint32_t r = range->first; r <= range->last; r++) {
            CHECK(kwh_map_at(map, KWH_ALL_PROFILES, (enum kwh_space)range->space, (uint16_t)r) ==
                      NULL,
                  map, NULL, "a row to avoid");
        }
    }
    for (size_t i = 0; i < KWH_COUNT(map->reserved); i++)
        CHECK(map->reserved[i] == NULL, map, NULL, "reserved members are 0");
}

static void check_note_list(const struct kwh_map *map, enum kwh_space space,
                            const struct kwh_note *notes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct kwh_row *row = kwh_map_at(map, KWH_ALL_PROFILES, space, notes[i].address);
        CHECK(row != NULL && row->address == notes[i].address, map, row, "a note on no row");
        CHECK(i == 0 || notes[i].address > notes[i - 1].address, map, row,
              "notes are not in the order of addresses");
        CHECK(notes[i].text != NULL && notes[i].text[0] != '\0', map, row, "an empty note");
    }
}

static void check_notes(const struct kwh_map *map, const struct kwh_map_notes *notes)
{
    if (notes == NULL)
        return;
    check_note_list(map, KWH_SPACE_HOLDING, notes->notes, notes->count);
    check_note_list(map, KWH_SPACE_INPUT, notes->input_notes, notes->input_count);
    CHECK(profiles_of_blocks(map) >> notes->profile_count == 0, map, NULL,
          "a profile without a name");
}

static void maps_are_sound(void **state)
{
    (void)state;
    assert_true(kwh_maps_count > 0);
    for (size_t i = 0; i < kwh_maps_count; i++) {
        const struct kwh_map *map = kwh_maps[i].map;
        assert_non_null(map->name);
        assert_non_null(map->title);
        assert_true(i == 0 || strcmp(kwh_maps[i - 1].map->name, map->name) <= 0);
        if (map->protocol != KWH_PROTOCOL_MODBUS)
            continue;
        check_order(map);
        check_rows(map, 0);
        for (unsigned bit = 0; bit < 16; bit++)
            check_rows(map, (uint16_t)(1u << bit));
        for (size_t model = 0; model < map->model_count; model++)
            check_rows(map, map->models[model].profiles);
        if (map_proofs[i] != NULL)
            check_rows(map, map_proofs[i]->profiles);
        for (size_t item = 0; item < map->item_count; item++)
            check_item(map, &map->items[item]);
        check_models(map);
        check_selectors(map);
        for (size_t other = 0; other < kwh_maps_count; other++)
            check_lookalikes(map, kwh_maps[other].map);
        check_ways(map);
        check_notes(map, kwh_maps[i].notes);
    }
    assert_int_equal(complaints, 0);
}

/* ------------------------------------------------------------------------------------------------
 * Proof images.
 */

/* The registers of a row out of an image; false when it does not have all of them. */
static bool registers_of(const struct kwh_map_proof *proof, const struct kwh_row *row,
                         uint8_t *bytes)
{
    size_t found = 0;
    for (size_t w = 0; w < kwh_row_words(row); w++) {
        for (size_t s = 0; s < proof->span_count; s++) {
            const struct kwh_proof_span *span = &proof->spans[s];
            size_t at = row->address + w - span->address;
            if (span->space == kwh_row_space(row) && row->address + w >= span->address &&
                at < span->count) {
                bytes[2 * w] = (uint8_t)(span->words[at] >> 8);
                bytes[2 * w + 1] = (uint8_t)(span->words[at] & 0xFF);
                found++;
                break;
            }
        }
    }
    return found == kwh_row_words(row);
}

static const struct kwh_proof_value *value_of(const struct kwh_map_proof *proof, const char *name)
{
    for (size_t i = 0; i < proof->value_count; i++)
        if (strcmp(proof->values[i].name, name) == 0)
            return &proof->values[i];
    return NULL;
}

/* Reads as the image says, and is written as the same registers. */
static void check_value(const struct kwh_map *map, const struct kwh_row *row, const uint8_t *bytes,
                        const struct kwh_proof_value *value)
{
    struct kwh_reading reading;
    char text[KWH_READING_TEXT];
    uint8_t stored[32];
    kwh_row_decode(map, row, bytes, &reading);
    bool printed = kwh_reading_print(&reading, text, sizeof text) == KWH_OK;
    CHECK(printed && strcmp(text, value->value) == 0, map, row, printed ? text : value->value);
    CHECK(kwh_row_encode(map, row, &reading, stored, sizeof stored) == KWH_OK &&
              memcmp(stored, bytes, 2 * kwh_row_words(row)) == 0,
          map, row, "is written as other registers");
}

static size_t run_proof(const struct kwh_map *map, const struct kwh_map_proof *proof)
{
    static const struct kwh_row *rows[ROWS_MAX];
    uint16_t profiles = proof->profiles != 0 ? proof->profiles : KWH_ALL_PROFILES;
    size_t count = rows_of(map, profiles, rows);
    size_t proven = 0;
    for (size_t i = 0; i < count; i++) {
        char name[KWH_QUANTITY_TEXT];
        uint8_t bytes[32];
        assert_int_equal(kwh_quantity_print(rows[i]->quantity, name, sizeof name), KWH_OK);
        const struct kwh_proof_value *value = value_of(proof, name);
        bool there = registers_of(proof, rows[i], bytes);
        if (kwh_row_rank(rows[i]) != 0)
            continue;
        CHECK(there == (value != NULL), map, rows[i], "registers and values do not match");
        if (there && value != NULL) {
            check_value(map, rows[i], bytes, value);
            proven++;
        }
    }
    CHECK(proven == proof->value_count, map, NULL, "a value that is on no row");
    return proven;
}

static void proof_images_read_as_they_say(void **state)
{
    size_t pro380 = 0, pro1 = 0;
    (void)state;
    for (size_t i = 0; i < kwh_maps_count; i++) {
        const struct kwh_map *map = kwh_maps[i].map;
        if (map_proofs[i] == NULL || map->protocol != KWH_PROTOCOL_MODBUS)
            continue;
        assert_non_null(map_proofs[i]->source);
        size_t proven = run_proof(map, map_proofs[i]);
        pro380 += strcmp(map->name, "inepro_pro380") == 0 ? proven : 0;
        pro1 += strcmp(map->name, "inepro_pro1") == 0 ? proven : 0;
    }
    assert_int_equal(complaints, 0);
    assert_int_equal(pro380, 87); /* all rows but the serial number */
    assert_int_equal(pro1, 33);
}

/* ------------------------------------------------------------------------------------------------
 * The facts.
 */

/* The lines of a table of facts behind its titles, each with what was found of it. */
struct facts {
    char line[ROWS_MAX][512];
    bool found[ROWS_MAX];
    size_t count;
};

/* False when there is no table: a map of one's own needs none. */
static bool load_facts(struct facts *facts, const struct kwh_map *map)
{
    static const char titles[] = "space,address,words,name,rank,hidden,access,form,unit,type,scale,"
                                 "certainty,obis,function,risk,values,profile\n";
    char line[512];
    FILE *file = open_facts(map, "csv");
    memset(facts, 0, sizeof *facts);
    if (file == NULL)
        return false;
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, titles);
    while (facts->count < ROWS_MAX && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        strcpy(facts->line[facts->count++], line);
    }
    assert_true(facts->count < ROWS_MAX);
    fclose(file);
    return true;
}

static bool find_fact(struct facts *facts, const char *line)
{
    for (size_t i = 0; i < facts->count; i++) {
        if (!facts->found[i] && strcmp(facts->line[i], line) == 0) {
            facts->found[i] = true;
            return true;
        }
    }
    return false;
}

/* Every row is a line of the table, and every line a row. */
static void compare(const struct kwh_map_entry *entry, struct facts *facts)
{
    const struct kwh_map *map = entry->map;
    char line[512];
    for (size_t b = 0; b < map->block_count; b++) {
        for (size_t i = 0; i < map->blocks[b].count; i++) {
            put_row(line, sizeof line, entry, &map->blocks[b], &map->blocks[b].rows[i]);
            CHECK(find_fact(facts, line), map, &map->blocks[b].rows[i], line);
        }
    }
    for (size_t i = 0; i < facts->count; i++)
        CHECK(facts->found[i], map, NULL, facts->line[i]);
}

static void maps_are_row_by_row_what_the_facts_say(void **state)
{
    static const struct {
        const char *map;
        size_t rows;
    } counts[] = {
        {"inepro_pro380", 88},        {"inepro_pro1", 47},       {"inepro_2pu", 291},
        {"socomec_countis_e4x", 382}, {"eastron_sdm72d_m2", 62}, {"eastron_sdm72d_m", 19},
        {"eastron_sdm630", 89},       {"eastron_sdm54", 53},     {"eastron_sdm230", 37},
        {"eastron_sdm220", 14},       {"eastron_sdm120", 22},
    };
    static struct facts facts;
    size_t compared = 0;
    (void)state;
    for (size_t i = 0; i < kwh_maps_count; i++) {
        if (kwh_maps[i].map->protocol != KWH_PROTOCOL_MODBUS ||
            !load_facts(&facts, kwh_maps[i].map))
            continue;
        compare(&kwh_maps[i], &facts);
        for (size_t j = 0; j < KWH_COUNT(counts); j++) {
            if (strcmp(counts[j].map, kwh_maps[i].map->name) == 0) {
                assert_int_equal(facts.count, counts[j].rows);
                compared++;
            }
        }
    }
    assert_int_equal(complaints, 0);
    assert_int_equal(compared, KWH_COUNT(counts));
}

/* ------------------------------------------------------------------------------------------------
 * What stands beside the rows.
 */

/* All of it, word for word. A map of one's own needs no such text. */
static void maps_are_beside_their_rows_what_the_facts_say(void **state)
{
    static char facts[16384], text[16384];
    size_t compared = 0;
    (void)state;
    for (size_t i = 0; i < kwh_maps_count; i++) {
        if (!read_beside(kwh_maps[i].map, facts, sizeof facts))
            continue;
        put_beside(text, sizeof text, &kwh_maps[i]);
        assert_string_equal(text, facts);
        compared++;
    }
    assert_int_equal(compared, 11 + 3); /* registers and records */
}

/* What a family is told by, how it is asked, and how it leaves the factory. */
static const struct family {
    const char *map;
    uint16_t identity_address;
    uint8_t identity_words, request_safe, alignment;
    struct kwh_line_settings line;
    const char *others; /* names of what has a code in the same registers and another map */
} families[] = {
    {"inepro_pro1", 0x4002, 1, 120, 0, {9600, 8, 'E', 1}, "1111 1112 1113 3201 3203"},
    {"inepro_pro380", 0x4002, 1, 120, 0, {9600, 8, 'E', 1}, "1111 1112 1113 3201 3203"},
    {"inepro_2pu", 0x4002, 1, 120, 0, {9600, 8, 'E', 1}, "0101 0102 0103 2007 2008 2009 3201"},
    {"eastron_sdm72d_m2", 0xFC02, 1, 60, 2, {9600, 8, 'N', 1}, "0070 0079 0088 002B 0020"},
    {"eastron_sdm72d_m", 0xFC02, 1, 60, 2, {9600, 8, 'N', 1}, "0070 0079 0088 002B 0020"},
    {"eastron_sdm630", 0xFC02, 1, 80, 2, {9600, 8, 'N', 1}, "0084 0087 0089 002B 0020"},
    {"eastron_sdm230", 0xFC02, 1, 60, 2, {2400, 8, 'N', 1}, "0084 0087 0089 0070 0020"},
    {"eastron_sdm120", 0xFC02, 1, 60, 2, {2400, 8, 'N', 1}, "0084 0087 0089 0070 002B"},
    {"socomec_countis_e4x", 0xC350, 2, 125, 0, {9600, 8, 'E', 1}, ""},
    {"eastron_sdm220", 0, 0, 60, 2, {2400, 8, 'N', 1}, ""},
    {"eastron_sdm54", 0, 0, 60, 2, {9600, 8, 'N', 1}, ""},
};

static const struct {
    const char *map, *name;
    uint32_t code, quantity;
    int32_t value;
} models[] = {
    {"inepro_pro1", "PRO2-Mod", 0x0101, KWH_RATED_CURRENT, 100},
    {"inepro_pro1", "PRO1-Mod", 0x0101, 0, 0},
    {"inepro_pro1", "PRO1 Solare", 0x2009, 0, 0},
    {"inepro_pro1", "PRO2 Solare", 0x2010, 0, 0},
    {"inepro_pro380", "PRO380-Mod", 0x0102, 0, 0},
    {"inepro_pro380", "PRO380-CT", 0x0103, 0, 0},
    {"inepro_pro380", "PRO380 Solare", 0x2007, 0, 0},
    {"inepro_pro380", "PRO380-CT Solare", 0x2008, 0, 0},
    {"inepro_2pu", "2PU CT", 0x1113, 0, 0},
    {"inepro_2pu", "4PU", 0x1111, 0, 0},
    {"inepro_2pu", "4PS", 0x1112, 0, 0},
    {"eastron_sdm72d_m2", "SDM72D-M-2", 0x0089, 0, 0},
    {"eastron_sdm72d_m2", "SDM72D-M-2", 0x0087, 0, 0},
    {"eastron_sdm72d_m2", "SDM72D-M-2", 0x0084, KWH_VOLTAGE_L1, 1},
    {"eastron_sdm72d_m", "SDM72D-M", 0x0084, 0, 0},
    {"eastron_sdm630", "SDM630-Modbus", 0x0070, 0, 0},
    {"eastron_sdm630", "SDM630MCT", 0x0079, 0, 0},
    {"eastron_sdm630", "SDM630MCT", 0x0088, 0, 0},
    {"eastron_sdm230", "SDM230-Modbus", 0x002B, 0, 0},
    {"eastron_sdm120", "SDM120-Modbus", 0x0020, 0, 0},
    {"socomec_countis_e4x", "COUNTIS E44", 0x0053004F, KWH_PRODUCT_NAME_EXTENDED, 0},
    {"socomec_countis_e4x", "COUNTIS E43", 0x0053004F, KWH_PRODUCT_NAME_EXTENDED, 0},
    {"socomec_countis_e4x", "COUNTIS", 0x0053004F, 0, 0},
};

static void check_its_models(const struct kwh_map *map)
{
    size_t model = 0;
    for (size_t j = 0; j < KWH_COUNT(models); j++) {
        if (strcmp(models[j].map, map->name) != 0)
            continue;
        assert_true(model < map->model_count);
        const struct kwh_model *found = &map->models[model++];
        assert_string_equal(found->name, models[j].name);
        assert_int_equal(found->code, models[j].code);
        assert_int_equal(found->quantity, models[j].quantity);
        assert_int_equal(found->value, models[j].value);
    }
    assert_int_equal(map->model_count, model);
}

static const struct kwh_map *map_named(const char *name)
{
    for (size_t i = 0; i < kwh_maps_count; i++)
        if (kwh_maps[i].map->protocol == KWH_PROTOCOL_MODBUS &&
            strcmp(kwh_maps[i].map->name, name) == 0)
            return kwh_maps[i].map;
    fail_msg("no map %s", name);
    return NULL;
}

static void meters_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(families); i++) {
        const struct family *family = &families[i];
        const struct kwh_map *map = map_named(family->map);
        assert_int_equal(map->identity_address, family->identity_address);
        assert_int_equal(map->identity_words, family->identity_words);
        assert_int_equal(map->identity_space, KWH_SPACE_HOLDING);
        assert_int_equal(map->order, KWH_ORDER_ABCD);
        assert_int_equal(map->default_address, 1);
        assert_int_equal(map->request_safe, family->request_safe);
        assert_int_equal(map->alignment, family->alignment);
        assert_true(map->line_count >= 1);
        assert_int_equal(map->lines[0].baud, family->line.baud);
        assert_int_equal(map->lines[0].data_bits, family->line.data_bits);
        assert_int_equal(map->lines[0].parity, family->line.parity);
        assert_int_equal(map->lines[0].stop_bits, family->line.stop_bits);
        check_its_models(map);
        for (const char *other = family->others; *other != '\0'; other += strcspn(other, " ")) {
            other += strspn(other, " ");
            if (lookalike_of(map, (uint32_t)strtoul(other, NULL, 16)) == NULL)
                fail_msg("%s takes %.4s for its own or for nothing", map->name, other);
        }
    }
}

/* Same addresses, other encodings: a reason of its own. */
static void what_must_not_be_decoded_is_known(void **state)
{
    static const struct {
        const char *map;
        uint32_t code;
        uint16_t address;
    } cases[] = {
        {"inepro_pro1", 0x3201, 0},        {"inepro_pro1", 0x3203, 0},
        {"inepro_pro380", 0x3201, 0},      {"inepro_pro380", 0x3203, 0},
        {"inepro_pro380", 0x0102, 0x1010}, {"inepro_pro380", 0x2007, 0x1010},
        {"inepro_2pu", 0x3201, 0},         {"inepro_2pu", 0x3203, 0},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        const struct kwh_map *map = map_named(cases[i].map);
        bool known = false;
        for (size_t j = 0; j < map->lookalike_count; j++) {
            const struct kwh_lookalike *lookalike = &map->lookalikes[j];
            known = known ||
                    (lookalike->code == cases[i].code && lookalike->address == cases[i].address &&
                     lookalike->error == KWH_ERROR_OTHER_ENCODING);
        }
        assert_true(known);
    }
}

/* The pages of a 2PU are laid out alike; page 0, the one called 5/5, is our eighth. */
static void pages_of_the_past_are_where_they_are_computed(void **state)
{
    static const char *const natures[] = {"active", "reactive"};
    static const char *const directions[] = {"import", "export"};
    static const char *const tariffs[] = {"", "_t1", "_t2", "_t3", "_t4"};
    const struct kwh_map *map = map_named("inepro_2pu");
    (void)state;
    for (unsigned i = 0; i < 2 * 2 * 5 * 8; i++) {
        unsigned nature = i & 1, direction = i >> 1 & 1, page = i >> 2 & 7, tariff = i >> 5;
        unsigned address = 0x6100 + 0x200 * nature + 0x14 * page + 0x0A * direction + 2 * tariff;
        char name[KWH_QUANTITY_TEXT];
        uint32_t quantity;
        snprintf(name, sizeof name, "%s_energy_%s%s_h%u", natures[nature], directions[direction],
                 tariffs[tariff], page == 0 ? 8 : page);
        assert_int_equal(kwh_quantity_parse(name, &quantity), KWH_OK);
        const struct kwh_row *row = row_named(map, quantity);
        if (row == NULL || row->address != address)
            fail_msg("%s is not at %04X", name, address);
    }
}

/* ------------------------------------------------------------------------------------------------
 * Plans.
 */

struct request {
    uint8_t function;
    uint16_t address, count;
};

/* All that a readout of the first model reads, at 9600 8E1. */
static void check_plan(const char *name, const struct request *requests, size_t count)
{
    static struct kwh_plan_entry entries[ROWS_MAX];
    const struct kwh_map *map = map_named(name);
    uint16_t profiles = map->model_count > 0 ? map->models[0].profiles : KWH_ALL_PROFILES;
    struct kwh_plan_request request = {0, 0, 0, 0, 0};
    struct kwh_plan plan;
    kwh_plan_init(&plan, map, profiles, entries, ROWS_MAX);
    assert_int_equal(kwh_plan_add_readout(&plan), KWH_OK);
    kwh_plan_make(&plan, NULL);
    for (size_t i = 0; i < count; i++) {
        assert_true(kwh_plan_request(&plan, (uint16_t)(request.first + request.values), &request));
        if (request.function != requests[i].function || request.address != requests[i].address ||
            request.count != requests[i].count)
            fail_msg("%s: request %zu is %02X %04X %u", name, i + 1, (unsigned)request.function,
                     (unsigned)request.address, (unsigned)request.count);
    }
    assert_false(kwh_plan_request(&plan, (uint16_t)(request.first + request.values), &request));
}

#define PLAN_IS(name, ...)                                                                         \
    do {                                                                                           \
        static const struct request requests[] = {__VA_ARGS__};                                    \
        check_plan(name, requests, KWH_COUNT(requests));                                           \
    } while (0)

static void plans_keep_to_groups_and_limits(void **state)
{
    (void)state;
    PLAN_IS("inepro_pro380", {3, 0x5002, 48}, {3, 0x6000, 75});
    PLAN_IS("inepro_2pu", {3, 0x5002, 54}, {3, 0x6000, 119}, {3, 0x6077, 26});
    /* the requests that are proposed for this meter, 60 registers at most */
    PLAN_IS("eastron_sdm72d_m2", {4, 0x0000, 36}, {4, 0x002A, 34}, {4, 0x00C8, 26}, {4, 0x0156, 56},
            {4, 0x0500, 4});
    PLAN_IS("eastron_sdm72d_m", {4, 0x0034, 24}, {4, 0x0156, 50}, {4, 0x0500, 4});
    PLAN_IS("eastron_sdm630", {4, 0x0000, 68}, {4, 0x0046, 42}, {4, 0x00C8, 70}, {4, 0x014E, 48});
    PLAN_IS("eastron_sdm54", {4, 0x0000, 36}, {4, 0x0034, 24}, {4, 0x00EA, 16}, {4, 0x0156, 22},
            {4, 0x130C, 44});
    PLAN_IS("eastron_sdm230", {4, 0x0000, 38}, {4, 0x0046, 26}, {4, 0x0102, 8}, {4, 0x0156, 46},
            {4, 0x130C, 44});
    PLAN_IS("eastron_sdm220", {4, 0x0000, 38}, {4, 0x0046, 10}, {4, 0x0156, 4});
    /* within the groups of the tables, and not across their edges */
    PLAN_IS("socomec_countis_e4x", {3, 0x4D83, 27}, {3, 0x4F01, 24}, {3, 0x4F31, 24},
            {3, 0x4F61, 40}, {3, 0x5583, 27}, {3, 0x5701, 24}, {3, 0x5731, 24}, {3, 0x5761, 40},
            {3, 0x5D83, 27}, {3, 0x5F01, 24}, {3, 0x5F31, 24}, {3, 0x5F61, 40}, {3, 0x6592, 12},
            {3, 0x6711, 8}, {3, 0x6731, 72}, {3, 0x6781, 8}, {3, 0x8000, 36}, {3, 0x8100, 6},
            {3, 0x9002, 9}, {3, 0x9E80, 6}, {3, 0xC552, 60}, {3, 0xC702, 20}, {3, 0xC801, 37},
            {3, 0xC851, 6}, {3, 0xC86C, 3});
    PLAN_IS("eastron_sdm120", {4, 0x0000, 32}, {4, 0x0046, 26}, {4, 0x0102, 8}, {4, 0x0156, 4});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(maps_are_sound, begin),
        cmocka_unit_test_setup(proof_images_read_as_they_say, begin),
        cmocka_unit_test_setup(maps_are_row_by_row_what_the_facts_say, begin),
        cmocka_unit_test(maps_are_beside_their_rows_what_the_facts_say),
        cmocka_unit_test_setup(meters_are_told_apart, begin),
        cmocka_unit_test(what_must_not_be_decoded_is_known),
        cmocka_unit_test(pages_of_the_past_are_where_they_are_computed),
        cmocka_unit_test(plans_keep_to_groups_and_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
