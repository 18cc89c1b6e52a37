/* SPDX-License-Identifier: MIT */
/*
 * The M-Bus side of every map of the folder: is it sound, does its proof telegram read as it says,
 * is it record by record what the table of facts says, tests/data/NAME_mbus.csv, and are settings
 * sent as the frames of the manuals, tests/data/inepro_mbus_writes.csv?
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <kwh/map_record.h>
#include <kwh/mbus.h>

#include "hex.h"
#include "map_proofs.h"
#include "map_text.h"

/* Every complaint is printed; the test fails after the last one. */
static unsigned complaints;

#define CHECK(condition, map, record, what) check(condition, map, record, what, __LINE__)

static void check(bool holds, const struct kwh_map *map, const struct kwh_record *record,
                  const char *what, int line)
{
    if (!holds) {
        complaints++;
        print_error("%s record %u: %s (line %d)\n", map->name,
                    record != NULL ? (unsigned)record->row.address : 0u, what, line);
    }
}

static int begin(void **state)
{
    (void)state;
    complaints = 0;
    return 0;
}

/* The M-Bus map of a family, and its entry in the list of all. */
static const struct kwh_map *map_named(const char *name)
{
    for (size_t i = 0; i < kwh_maps_count; i++)
        if (kwh_maps[i].map->protocol == KWH_PROTOCOL_MBUS &&
            strcmp(kwh_maps[i].map->name, name) == 0)
            return kwh_maps[i].map;
    fail_msg("no M-Bus map is called %s", name);
    return NULL;
}

/* ------------------------------------------------------------------------------------------------
 * Soundness
 */

static bool is_number(enum kwh_form form)
{
    return form == KWH_FORM_DECIMAL || form == KWH_FORM_CHOICE;
}

static void check_record(const struct kwh_map *map, const struct kwh_record *record)
{
    char name[KWH_QUANTITY_TEXT];
    const struct kwh_row *row = &record->row;
    enum kwh_form form = kwh_quantity_form(row->quantity);
    const struct kwh_item *item = kwh_map_item(map, row->quantity);
    bool speed = record->length == 0;
    CHECK(kwh_quantity_print(row->quantity, name, sizeof name) == KWH_OK, map, record, "no name");
    CHECK(kwh_row_type(row) == KWH_TYPE_RECORD, map, record, "not the type of records");
    CHECK(kwh_scale_value(kwh_row_scale(row)).mantissa == 1, map, record, "no power of ten");
    CHECK(kwh_row_space(row) == 0, map, record, "records are in no register table");
    CHECK(record->occurrence >= 1, map, record, "occurrences are counted from 1");
    CHECK(is_number(form) || kwh_row_scale(row) == KWH_SCALE_1, map, record,
          "only numbers have a scale");
    CHECK(speed == (row->quantity == KWH_BAUD_RATE), map, record,
          "the speed, and nothing else, is in no record");
    CHECK(speed || kwh_record_type_name(record)[0] != '\0', map, record, "no data");
    CHECK(speed || !is_number(form) || kwh_record_scale(record).mantissa != 0, map, record,
          "a number that is not counted");
    CHECK(form != KWH_FORM_CHOICE || item != NULL, map, record,
          "a choice without an item that says its words");
    CHECK(!kwh_row_write_only(row) || record_written(map, row->quantity) == record, map, record,
          "only written, but it cannot be");
    CHECK(kwh_row_write_only(row) || speed ||
              kwh_map_record(map, KWH_ALL_PROFILES, kwh_record_telegram(map, record),
                             record->header, record->length, record->occurrence) == record,
          map, record, "another record has its header and place");
}

static void check_pair(const struct kwh_map *map, const struct kwh_record *x,
                       const struct kwh_record *y)
{
    struct kwh_obis x_code, y_code;
    bool read = !kwh_row_write_only(&x->row) && !kwh_row_write_only(&y->row);
    bool written = kwh_row_write_only(&x->row) && kwh_row_write_only(&y->row);
    bool same = x->row.quantity == y->row.quantity && kwh_row_rank(&x->row) == 0 &&
                kwh_row_rank(&y->row) == 0;
    CHECK(!same || !read, map, y, "two records of rank 0 for one quantity");
    CHECK(!same || !written, map, y, "two records that write one quantity");
    CHECK(!written || x->length != y->length || memcmp(x->header, y->header, x->length) != 0, map,
          y, "two settings have one header");
    if (!same && read && kwh_quantity_obis(x->row.quantity, &x_code) == KWH_OK &&
        kwh_quantity_obis(y->row.quantity, &y_code) == KWH_OK)
        CHECK(memcmp(&x_code, &y_code, sizeof x_code) != 0, map, y, "two have one OBIS code");
}

static void check_records(const struct kwh_map *map)
{
    struct kwh_map_iterator iterator = {map, KWH_ALL_PROFILES, 0, 0};
    const struct kwh_record *record, *earlier;
    unsigned number = 0;
    for (size_t b = 0; b < map->block_count; b++)
        CHECK(map->blocks[b].records != NULL && map->blocks[b].count > 0, map, NULL,
              "a block without records");
    while ((record = next_record(&iterator)) != NULL) {
        struct kwh_map_iterator before = {map, KWH_ALL_PROFILES, 0, 0};
        CHECK(record->row.address == ++number, map, record, "numbers are not 1, 2, 3...");
        check_record(map, record);
        while ((earlier = next_record(&before)) != NULL && earlier != record)
            check_pair(map, earlier, record);
    }
    CHECK(number > 0, map, NULL, "no records");
}

/* A value that comes out as one to be sent, and that a meter of this map takes for the same. */
static void check_setting(const struct kwh_map *map, const struct kwh_record *record,
                          const char *text, unsigned risk)
{
    const struct kwh_mbus_telegram command = {.content = KWH_MBUS_COMMAND};
    struct kwh_reading reading, told;
    struct kwh_record_write write;
    struct kwh_mbus_records walk;
    struct kwh_mbus_record at;
    char again[KWH_READING_TEXT] = "";
    if (kwh_record_parse(map, record, text, &reading) != KWH_OK ||
        kwh_record_write(map, record->row.quantity, &reading, risk, &write) != KWH_OK) {
        CHECK(false, map, record, "a value of the map cannot be written");
        return;
    }
    if (record->length == 0) {
        snprintf(again, sizeof again, "%lu", (unsigned long)kwh_mbus_baud(write.ci));
    } else {
        CHECK(write.ci == KWH_MBUS_CI_DATA, map, record, "settings have CI 51");
        kwh_mbus_records_init(&walk, &command);
        assert_true(kwh_mbus_next(&walk, write.data, write.size, &at));
        kwh_record_decode(map, record, write.data, write.size, &at, &told);
        assert_int_equal(kwh_reading_print(&told, again, sizeof again), KWH_OK);
        assert_false(kwh_mbus_next(&walk, write.data, write.size, &at));
        assert_int_equal(walk.error, KWH_OK);
        if (told.form == KWH_FORM_DECIMAL || told.word == NULL)
            snprintf(again, sizeof again, "%s",
                     kwh_decimal_compare(told.decimal, reading.decimal) == 0 ? text : "another");
    }
    CHECK(strcmp(again, text) == 0, map, record, "a value of the map is taken for another one");
}

static void check_item(const struct kwh_map *map, const struct kwh_item *item)
{
    const struct kwh_record *record = record_written(map, item->quantity);
    char text[KWH_DECIMAL_TEXT];
    if (item->write_function == 0)
        return; /* words for what is read */
    CHECK(record != NULL, map, NULL, "an item without a record");
    if (record == NULL)
        return;
    CHECK(kwh_map_item(map, item->quantity) == item, map, record, "two items for one quantity");
    CHECK(item->write_function == (record->length == 0 ? KWH_MBUS_CI_BAUD : KWH_MBUS_CI_DATA), map,
          record, "the function is the CI field");
    CHECK((item->choices != NULL) == (item->choice_count > 0), map, record, "half a list");
    for (size_t i = 0; i < item->choice_count; i++) {
        const struct kwh_choice *choice = &item->choices[i];
        struct kwh_decimal number = kwh_decimal(choice->code, choice->exponent);
        assert_int_equal(kwh_decimal_print(&number, text, sizeof text), KWH_OK);
        check_setting(map, record, choice->word != NULL ? choice->word : text,
                      item->risk | choice->risk);
        CHECK(kwh_item_choice(item, number) == choice, map, record, "a code stands twice");
        CHECK(choice->word == NULL || kwh_quantity_form(item->quantity) == KWH_FORM_CHOICE, map,
              record, "only choices have words");
    }
    if (item->choices != NULL)
        return;
    CHECK(item->minimum <= item->maximum, map, record, "an empty range");
    snprintf(text, sizeof text, "%ld", (long)item->maximum);
    check_setting(map, record, text, item->risk);
    snprintf(text, sizeof text, "%ld", (long)item->minimum);
    if (kwh_quantity_form(item->quantity) == KWH_FORM_DECIMAL)
        check_setting(map, record, text, item->risk);
}

static void check_family(const struct kwh_map *map)
{
    char text[KWH_MBUS_MANUFACTURER_TEXT];
    CHECK(map->mbus != NULL, map, NULL, "no family");
    if (map->mbus == NULL)
        return;
    kwh_mbus_manufacturer_print(map->mbus->manufacturer, text);
    CHECK(strlen(text) == 3 && map->mbus->manufacturer < 0x8000, map, NULL, "no manufacturer");
    for (size_t b = 0; b < map->block_count; b++) {
        uint8_t telegram = map->blocks[b].telegram;
        CHECK(telegram == 0 || (telegram >= 0xB0 && telegram <= 0xB7), map, NULL,
              "no CI field that asks for a telegram");
        CHECK(telegram == 0 || telegram != map->mbus->usual, map, NULL, "that is the usual one");
    }
    CHECK(map->line_count > 0, map, NULL, "no line settings");
    for (size_t i = 0; i < map->line_count; i++) {
        const struct kwh_line_settings *line = &map->lines[i];
        CHECK(kwh_mbus_baud_ci(line->baud) != 0 && line->data_bits == 8 && line->parity == 'E' &&
                  line->stop_bits == 1,
              map, NULL, "not a line of M-Bus");
    }
    CHECK(map->default_address <= KWH_MBUS_PRIMARY_MAX, map, NULL, "default address");
    CHECK(map->identity_words == 0 && map->model_count == 0, map, NULL, "registers of M-Bus");
}

static void check_notes(const struct kwh_map *map, const struct kwh_map_notes *notes)
{
    struct kwh_map_iterator iterator = {map, KWH_ALL_PROFILES, 0, 0};
    unsigned count = 0;
    while (next_record(&iterator) != NULL)
        count++;
    for (size_t i = 0; notes != NULL && i < notes->count; i++) {
        const struct kwh_note *note = &notes->notes[i];
        CHECK(note->address >= 1 && note->address <= count, map, NULL, "a note on no record");
        CHECK(i == 0 || note->address > notes->notes[i - 1].address, map, NULL,
              "notes are not in the order of numbers");
        CHECK(note->text != NULL && note->text[0] != '\0', map, NULL, "an empty note");
    }
}

static void maps_are_sound(void **state)
{
    size_t count = 0;
    (void)state;
    for (size_t i = 0; i < kwh_maps_count; i++) {
        const struct kwh_map *map = kwh_maps[i].map;
        if (map->protocol != KWH_PROTOCOL_MBUS)
            continue;
        check_records(map);
        for (size_t item = 0; item < map->item_count; item++)
            check_item(map, &map->items[item]);
        check_family(map);
        check_notes(map, kwh_maps[i].notes);
        count++;
    }
    assert_int_equal(complaints, 0);
    assert_true(count >= 3);
}

/* A family has its Modbus side first. */
static void sides_stand_together(void **state)
{
    (void)state;
    for (size_t i = 1; i < kwh_maps_count; i++) {
        int order = strcmp(kwh_maps[i - 1].map->name, kwh_maps[i].map->name);
        assert_true(order < 0 ||
                    (order == 0 && kwh_maps[i - 1].map->protocol < kwh_maps[i].map->protocol));
    }
}

/* ------------------------------------------------------------------------------------------------
 * Proof telegrams
 */

static const char *value_of(const struct kwh_map_proof *proof, uint32_t quantity)
{
    char name[KWH_QUANTITY_TEXT];
    assert_int_equal(kwh_quantity_print(quantity, name, sizeof name), KWH_OK);
    for (size_t i = 0; i < proof->value_count; i++)
        if (strcmp(proof->values[i].name, name) == 0)
            return proof->values[i].value;
    return "missing";
}

static void check_reading(const struct kwh_map *map, const struct kwh_record *record,
                          const struct kwh_map_proof *proof, const struct kwh_reading *reading)
{
    char text[KWH_READING_TEXT];
    bool printed = kwh_reading_print(reading, text, sizeof text) == KWH_OK;
    CHECK(printed && strcmp(text, value_of(proof, reading->quantity)) == 0, map, record,
          printed ? text : "has no value");
}

/* All telegrams of an image have the same. */
#define HEADER_VALUES 7

static size_t check_header(const struct kwh_map *map, const struct kwh_map_proof *proof,
                           const struct kwh_mbus_telegram *telegram)
{
    static const uint32_t quantities[] = {
        KWH_SERIAL_NUMBER,      KWH_MBUS_MANUFACTURER, KWH_MBUS_VERSION,  KWH_MBUS_MEDIUM,
        KWH_MBUS_ACCESS_NUMBER, KWH_MBUS_STATUS,       KWH_MBUS_SIGNATURE};
    for (size_t i = 0; i < KWH_COUNT(quantities); i++) {
        struct kwh_reading reading;
        assert_int_equal(kwh_mbus_header_reading(telegram, quantities[i], &reading), KWH_OK);
        check_reading(map, NULL, proof, &reading);
    }
    assert_int_equal(telegram->manufacturer, map->mbus->manufacturer);
    assert_int_equal(telegram->version, map->mbus->version);
    assert_int_equal(telegram->medium, map->mbus->medium);
    assert_int_equal(KWH_COUNT(quantities), HEADER_VALUES);
    return HEADER_VALUES;
}

/* How often this header stood in the telegram, this record with it. */
static unsigned occurrence_of(const struct kwh_mbus_telegram *telegram, const uint8_t *data,
                              size_t size, const struct kwh_mbus_record *record)
{
    struct kwh_mbus_records walk;
    struct kwh_mbus_record at;
    unsigned count = 0;
    kwh_mbus_records_init(&walk, telegram);
    while (kwh_mbus_next(&walk, data, size, &at) && at.header_at <= record->header_at)
        count += at.header_length == record->header_length &&
                 memcmp(data + at.header_at, data + record->header_at, at.header_length) == 0;
    return count;
}

/* Reads each record as the image says, and writes the same bytes again; how many there were. */
static size_t check_telegram(const struct kwh_map *map, const struct kwh_map_proof *proof,
                             const struct kwh_proof_telegram *image)
{
    struct kwh_mbus_frame frame;
    struct kwh_mbus_telegram telegram;
    struct kwh_mbus_records walk;
    struct kwh_mbus_record at;
    uint8_t written[KWH_MBUS_DATA_MAX];
    size_t size = 0;
    assert_int_equal(kwh_mbus_frame_decode(image->bytes, image->size, &frame), KWH_OK);
    assert_int_equal(frame.c, KWH_MBUS_RSP_UD);
    const uint8_t *data = image->bytes + frame.data_at;
    assert_int_equal(kwh_mbus_telegram_decode(frame.ci, data, frame.data_length, &telegram),
                     KWH_OK);
    size_t count = check_header(map, proof, &telegram);
    kwh_mbus_records_init(&walk, &telegram);
    while (kwh_mbus_next(&walk, data, frame.data_length, &at)) {
        struct kwh_reading reading;
        const struct kwh_record *record = kwh_map_record(
            map, KWH_ALL_PROFILES, image->asked_by, data + at.header_at, at.header_length,
            occurrence_of(&telegram, data, frame.data_length, &at));
        CHECK(record != NULL, map, NULL, "a record that the map does not have");
        if (record == NULL)
            continue;
        kwh_record_decode(map, record, data, frame.data_length, &at, &reading);
        check_reading(map, record, proof, &reading);
        assert_int_equal(kwh_record_encode(map, record, &reading, written, sizeof written, &size),
                         KWH_OK);
        count++;
    }
    assert_int_equal(walk.error, KWH_OK);
    assert_int_equal(size, (size_t)frame.data_length - telegram.header_length);
    assert_memory_equal(written, data + telegram.header_length, size);
    return count;
}

static void proof_telegrams_read_as_they_say(void **state)
{
    size_t pro1 = 0, pro380 = 0, two_pu = 0;
    (void)state;
    for (size_t i = 0; i < kwh_maps_count; i++) {
        const struct kwh_map *map = kwh_maps[i].map;
        const struct kwh_map_proof *proof = map_proofs[i];
        size_t count = 0;
        if (proof == NULL || map->protocol != KWH_PROTOCOL_MBUS)
            continue;
        assert_non_null(proof->source);
        for (size_t t = 0; t < proof->telegram_count; t++)
            count += check_telegram(map, proof, &proof->telegrams[t]) - (t > 0 ? HEADER_VALUES : 0);
        CHECK(count == proof->value_count, map, NULL, "a value that is in no telegram");
        pro1 += strcmp(map->name, "inepro_pro1") == 0 ? count : 0;
        pro380 += strcmp(map->name, "inepro_pro380") == 0 ? count : 0;
        two_pu += strcmp(map->name, "inepro_2pu") == 0 ? count : 0;
    }
    assert_int_equal(complaints, 0);
    assert_int_equal(pro1, 7 + 9);
    assert_int_equal(pro380, 7 + 9 + 16);
    assert_int_equal(two_pu, 7 + 32);
}

/* ------------------------------------------------------------------------------------------------
 * The facts
 */

static FILE *open_data(const char *name, const char *first)
{
    char path[1024], line[1024];
    snprintf(path, sizeof path, "%s/tests/data/%s.csv", KWH_SOURCE_ROOT, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    assert_memory_equal(line, first, strlen(first));
    return file;
}

/* How many records are as in the file; both must end together. */
static size_t compare(const char *name)
{
    char path[64], expected[1024], line[1024];
    struct kwh_map_iterator iterator = {map_named(name), KWH_ALL_PROFILES, 0, 0};
    const struct kwh_record *record;
    size_t same = 0;
    snprintf(path, sizeof path, "%s_mbus", name);
    FILE *file = open_data(path, "number,header,occurrence,");
    while ((record = next_record(&iterator)) != NULL) {
        assert_non_null(fgets(expected, sizeof expected, file));
        expected[strcspn(expected, "\n")] = '\0';
        put_record(line, sizeof line, iterator.map, record);
        assert_string_equal(line, expected);
        same++;
    }
    assert_null(fgets(expected, sizeof expected, file));
    fclose(file);
    return same;
}

static void maps_are_record_by_record_what_the_facts_say(void **state)
{
    (void)state;
    assert_int_equal(compare("inepro_pro1"), 9 + 8);
    assert_int_equal(compare("inepro_pro380"), 25);
    assert_int_equal(compare("inepro_2pu"), 32 + 7);
}

/* What stands beside the records. */
static void families_are_as_delivered(void **state)
{
    static const struct {
        const char *name;
        uint32_t baud, other_baud;
        uint8_t usual;
    } families[] = {{"inepro_pro1", 9600, 0, 0},
                    {"inepro_pro380", 9600, 2400, 0xB1},
                    {"inepro_2pu", 2400, 0, 0}};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(families); i++) {
        const struct kwh_map *map = map_named(families[i].name);
        assert_int_equal(map->line_count, families[i].other_baud != 0 ? 2 : 1);
        assert_int_equal(map->lines[0].baud, families[i].baud);
        if (families[i].other_baud != 0)
            assert_int_equal(map->lines[1].baud, families[i].other_baud);
        assert_int_equal(map->default_address, 0);
        assert_int_equal(map->mbus->manufacturer, 0x25CD); /* INM */
        assert_int_equal(map->mbus->version, 1);
        assert_int_equal(map->mbus->medium, 2);
        assert_int_equal(map->mbus->usual, families[i].usual);
    }
}

/* ------------------------------------------------------------------------------------------------
 * Frames that write
 */

#define ALL_RISKS (KWH_RISK_LINK_CHANGE | KWH_RISK_COUNTER_RESET | KWH_RISK_IRREVERSIBLE)

struct fact {
    char *id, *map, *name, *value, *risk, *frame;
};

static unsigned risk_named(const char *name)
{
    for (unsigned risk = 1; risk <= ALL_RISKS; risk <<= 1)
        if (strcmp(risk_text(risk), name) == 0)
            return risk;
    assert_string_equal(name, "");
    return KWH_RISK_NONE;
}

/* The bytes of a setting; without its risk being allowed by name there are none. */
static void make_setting(const struct kwh_map *map, const struct fact *fact,
                         struct kwh_record_write *write)
{
    static const struct kwh_record_write nothing;
    unsigned risk = risk_named(fact->risk);
    struct kwh_reading reading;
    uint32_t quantity;
    assert_int_equal(kwh_quantity_parse(fact->name, &quantity), KWH_OK);
    const struct kwh_record *record = record_written(map, quantity);
    assert_non_null(record);
    assert_int_equal(kwh_record_parse(map, record, fact->value, &reading), KWH_OK);
    if (risk != KWH_RISK_NONE) {
        assert_int_equal(kwh_record_write(map, quantity, &reading, ALL_RISKS & ~risk, write),
                         KWH_ERROR_RISK);
        assert_memory_equal(write, &nothing, sizeof nothing);
    }
    assert_int_equal(kwh_record_write(map, quantity, &reading, risk, write), KWH_OK);
}

/* The frame of a fact, by the library. */
static size_t make_frame(const struct fact *fact, uint8_t frame[KWH_MBUS_FRAME_MAX])
{
    const struct kwh_map *map = map_named(fact->map);
    struct kwh_record_write write = {0, 0, {0}};
    struct kwh_mbus_secondary secondary;
    uint8_t c = KWH_MBUS_SND_UD, address = 1;
    size_t length = 0;
    int ci;
    if (strcmp(fact->name, "link_reset") == 0) {
        c = KWH_MBUS_SND_NKE;
        address = (uint8_t)strtoul(fact->value, NULL, 10);
        ci = -1;
    } else if (strcmp(fact->name, "selection") == 0) {
        assert_int_equal(kwh_mbus_secondary_parse(fact->value, &secondary), KWH_OK);
        kwh_mbus_secondary_encode(&secondary, write.data);
        write.size = KWH_MBUS_SECONDARY_BYTES;
        address = KWH_MBUS_SELECTED;
        ci = KWH_MBUS_CI_SELECT;
    } else if (strcmp(fact->name, "telegram") == 0) {
        ci = (int)strtoul(fact->value, NULL, 16);
        address = 0;
        assert_true(ci == map->mbus->usual || ci == map->blocks[1].telegram);
    } else {
        make_setting(map, fact, &write);
        ci = write.ci;
    }
    assert_int_equal(kwh_mbus_frame_encode(c, address, ci, write.data, write.size, frame,
                                           KWH_MBUS_FRAME_MAX, &length),
                     KWH_OK);
    return length;
}

/* The columns of a line, cut in place. */
static struct fact fact_of(char *line)
{
    char *columns[6];
    for (size_t i = 0; i < KWH_COUNT(columns); i++) {
        columns[i] = line;
        line += strcspn(line, ",\n");
        if (*line != '\0')
            *line++ = '\0';
    }
    struct fact fact = {columns[0], columns[1], columns[2], columns[3], columns[4], columns[5]};
    return fact;
}

static void settings_are_the_frames_of_the_manuals(void **state)
{
    FILE *file = open_data("inepro_mbus_writes", "id,map,name,value,risk,frame");
    char line[256];
    size_t count = 0, locking = 0;
    (void)state;
    while (fgets(line, sizeof line, file) != NULL) {
        struct fact fact = fact_of(line);
        uint8_t expected[KWH_MBUS_FRAME_MAX], frame[KWH_MBUS_FRAME_MAX];
        size_t length = hex(fact.frame, expected, sizeof expected);
        if (make_frame(&fact, frame) != length || memcmp(frame, expected, length) != 0)
            fail_msg("%s is another frame", fact.id);
        locking += strcmp(fact.risk, "irreversible") == 0;
        count++;
    }
    fclose(file);
    assert_int_equal(count, 29 + 30 + 2); /* of the PRO1, the 2PU, the PRO380 */
    assert_int_equal(locking, 4);         /* codes 10 and 05, tariffs 3 and 4 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(maps_are_sound, begin),
        cmocka_unit_test(sides_stand_together),
        cmocka_unit_test_setup(proof_telegrams_read_as_they_say, begin),
        cmocka_unit_test(maps_are_record_by_record_what_the_facts_say),
        cmocka_unit_test(families_are_as_delivered),
        cmocka_unit_test(settings_are_the_frames_of_the_manuals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
