/* SPDX-License-Identifier: MIT */
/* The readout of a plan from telegrams: each record that a row of the plan knows becomes a reading,
 * straight from the line's buffer. */
#include <kwh/mbus_meter.h>
#include <string.h>

#include "../mbus/mbus_sequence.h"
#include "mbus_row.h"
#include "verdict.h"

/* Kept in meter.state, which kwh_meter_begin() sets to 0. */
enum meter_state {
    BEGIN,   /* which telegrams does the plan need? */
    FETCH,   /* the next telegram */
    HEADER,  /* values from its header */
    RECORDS, /* its records */
    MISSING  /* what did not come */
};

static struct kwh_mbus_meter *meter_of(struct kwh_dialogue *dialogue)
{
    return (struct kwh_mbus_meter *)(void *)dialogue;
}

static struct kwh_plan_entry *entry_at(const struct kwh_mbus_meter *mbus, uint16_t at)
{
    const struct kwh_plan *plan = mbus->meter.plan;
    return plan != NULL && at < plan->count ? &plan->entries[at] : NULL;
}

/* ------------------------------------------------------------------------------------------------
 * Which telegrams
 */

/* Adds a CI field once, the usual telegram first: it is there without being asked for. */
static size_t add_telegram(struct kwh_mbus_meter *mbus, size_t count, uint8_t ci)
{
    for (size_t i = 0; i < count; i++)
        if (mbus->telegrams[i] == ci)
            return count;
    if (count >= KWH_MBUS_PLAN_TELEGRAMS)
        return count;
    mbus->telegrams[count] = ci;
    if (ci == 0) {
        mbus->telegrams[count] = mbus->telegrams[0];
        mbus->telegrams[0] = 0;
    }
    return count + 1;
}

static void begin(struct kwh_mbus_meter *mbus)
{
    KWH_CONST struct kwh_map *map = mbus->meter.map;
    struct kwh_plan_entry *entry;
    size_t count = 0;

    for (uint16_t i = 0; (entry = entry_at(mbus, i)) != NULL; i++) {
        KWH_CONST struct kwh_record *record = kwh_record_of(map, entry->row);
        entry->told = false;
        count = add_telegram(mbus, count, record != NULL ? kwh_record_telegram(map, record) : 0);
    }
    kwhi_mbus_sequence_begin(&mbus->sequence, mbus->telegrams, count,
                             map != NULL ? map->mbus->usual : 0);
    mbus->encrypted = false;
    mbus->meter.state = FETCH;
}

/* ------------------------------------------------------------------------------------------------
 * Readings
 */

/* Values of the plan that the header holds, from entry mbus->entry on. */
static bool tell_header(struct kwh_mbus_meter *mbus)
{
    struct kwh_plan_entry *entry;
    while ((entry = entry_at(mbus, mbus->entry)) != NULL) {
        mbus->entry++;
        if (!entry->told && kwh_record_of(mbus->meter.map, entry->row) == NULL &&
            kwh_mbus_header_reading(&mbus->sequence.telegram, entry->row->quantity,
                                    &mbus->meter.reading) == KWH_OK) {
            memset(&mbus->record, 0, sizeof mbus->record);
            entry->told = true;
            return true;
        }
    }
    return false;
}

static bool repeats(const struct kwh_mbus_meter *mbus, struct kwh_record record)
{
    return kwh_map_record_repeats(mbus->meter.map, mbus->meter.profiles, mbus->sequence.asked,
                                  record.header, record.length);
}

/* The entry of the plan for the record at hand. */
static struct kwh_plan_entry *find_entry(const struct kwh_mbus_meter *mbus)
{
    const struct kwh_mbus_sequence *sequence = &mbus->sequence;
    KWH_CONST struct kwh_record *row = kwhi_mbus_row(mbus->meter.map, mbus->meter.profiles,
                                                     sequence->asked, &sequence->telegram,
                                                     sequence->data, sequence->size, &mbus->record);
    bool later = sequence->part > 1; /* where counting would begin again */
    struct kwh_plan_entry *entry;

    if (row != NULL && later && repeats(mbus, *row))
        return NULL;
    for (uint16_t i = 0; row != NULL && (entry = entry_at(mbus, i)) != NULL; i++)
        if (entry->row == &row->row && !entry->told)
            return entry;
    return NULL;
}

static bool tell_record(struct kwh_mbus_meter *mbus)
{
    struct kwh_meter *meter = &mbus->meter;
    const struct kwh_mbus_sequence *sequence = &mbus->sequence;

    while (kwh_mbus_next(&mbus->records, sequence->data, sequence->size, &mbus->record)) {
        struct kwh_plan_entry *entry;
        if (meter->map == NULL) {
            kwh_mbus_reading(sequence->data, sequence->size, &mbus->record, &meter->reading);
            return true;
        }
        entry = find_entry(mbus);
        if (entry == NULL)
            continue;
        kwh_record_decode(meter->map, kwh_record_of(meter->map, entry->row), sequence->data,
                          sequence->size, &mbus->record, &meter->reading);
        entry->told = true;
        return true;
    }
    return false;
}

/* Why a value did not come. */
static enum kwh_status why_missing(const struct kwh_mbus_meter *mbus)
{
    enum kwh_error error = mbus->meter.dialogue.error;
    if (mbus->encrypted)
        return KWH_STATUS_ENCRYPTED;
    if (error == KWH_OK)
        return KWH_STATUS_NOT_AVAILABLE;
    return kwhi_verdict(error) == KWHI_REFUSED ? KWH_STATUS_REFUSED : KWH_STATUS_NO_ANSWER;
}

static bool tell_missing(struct kwh_mbus_meter *mbus)
{
    struct kwh_plan_entry *entry;
    while ((entry = entry_at(mbus, mbus->entry)) != NULL) {
        mbus->entry++;
        if (entry->told)
            continue;
        memset(&mbus->record, 0, sizeof mbus->record);
        kwh_reading_init(&mbus->meter.reading, entry->row->quantity, why_missing(mbus));
        mbus->meter.reading.certainty = (uint8_t)kwh_row_certainty(entry->row);
        return true;
    }
    return false;
}

/* ------------------------------------------------------------------------------------------------
 * The dialogue
 */

static void note_failure(struct kwh_mbus_meter *mbus, enum kwh_error error)
{
    struct kwh_meter *meter = &mbus->meter;
    const struct kwh_failure *told = kwh_line_failure(meter->line);

    if (error == KWH_OK || meter->failure.error != KWH_OK)
        return;
    memset(&meter->failure, 0, sizeof meter->failure);
    if (told->error == error)
        meter->failure = *told;
    meter->failure.error = error;
    meter->failure.address = mbus->sequence.link.address;
}

/* Whether the header, if it says who made the meter, is that of a meter of the map. */
static bool is_of_map(KWH_CONST struct kwh_map *map, const struct kwh_mbus_telegram *telegram)
{
    return map == NULL || telegram->content != KWH_MBUS_DATA || telegram->header_length < 8 ||
           (telegram->manufacturer == map->mbus->manufacturer &&
            telegram->medium == map->mbus->medium);
}

/* The next telegram, or none any more; one that is not of the map is passed over. */
static enum kwh_wish fetch(struct kwh_mbus_meter *mbus)
{
    struct kwh_meter *meter = &mbus->meter;
    enum kwh_wish wish = kwhi_mbus_sequence_next(&mbus->sequence, &meter->dialogue);

    if (wish == KWH_WISH_EXCHANGE) {
        meter->dialogue.exchange.statistics = &meter->statistics;
        if (meter->map != NULL)
            kwhi_take_times(&meter->dialogue.exchange, meter->line, meter->map);
    }
    if (wish == KWH_WISH_RESULT && !is_of_map(meter->map, &mbus->sequence.telegram)) {
        note_failure(mbus, KWH_ERROR_OTHER_FAMILY);
    } else if (wish == KWH_WISH_RESULT) {
        kwh_mbus_records_init(&mbus->records, &mbus->sequence.telegram);
        mbus->entry = 0;
        mbus->meter.state = HEADER;
    } else if (wish == KWH_WISH_DONE || wish == KWH_WISH_FAILED) {
        note_failure(mbus, mbus->sequence.error);
        meter->dialogue.error = meter->failure.error;
        mbus->entry = 0;
        mbus->meter.state = MISSING;
    }
    return wish;
}

static void end_telegram(struct kwh_mbus_meter *mbus)
{
    note_failure(mbus, mbus->records.error);
    mbus->encrypted = mbus->encrypted || mbus->records.error == KWH_ERROR_ENCRYPTED;
    mbus->meter.state = FETCH;
}

static enum kwh_wish mbus_next(struct kwh_dialogue *dialogue)
{
    struct kwh_mbus_meter *mbus = meter_of(dialogue);
    enum kwh_wish wish;

    for (;;) {
        switch ((enum meter_state)mbus->meter.state) {
        case BEGIN:
            begin(mbus);
            break;
        case FETCH:
            wish = fetch(mbus);
            if (mbus->meter.state == FETCH && wish != KWH_WISH_RESULT)
                return wish;
            break;
        case HEADER:
            if (tell_header(mbus))
                return KWH_WISH_RESULT;
            mbus->meter.state = RECORDS;
            break;
        case RECORDS:
            if (tell_record(mbus))
                return KWH_WISH_RESULT;
            end_telegram(mbus);
            break;
        case MISSING:
            if (tell_missing(mbus))
                return KWH_WISH_RESULT;
            mbus->meter.plan = NULL;
            return dialogue->error == KWH_OK ? KWH_WISH_DONE : KWH_WISH_FAILED;
        }
    }
}

static void mbus_outcome(struct kwh_dialogue *dialogue, const struct kwh_line *line)
{
    struct kwh_mbus_meter *mbus = meter_of(dialogue);
    kwhi_mbus_sequence_outcome(&mbus->sequence, dialogue, line);
    note_failure(mbus, mbus->sequence.error);
}

/* ------------------------------------------------------------------------------------------------
 * Making one
 */

static enum kwh_error init(struct kwh_mbus_meter *mbus, struct kwh_line *line,
                           KWH_CONST struct kwh_map *map, uint8_t address)
{
    struct kwh_meter *meter = &mbus->meter;

    memset(mbus, 0, sizeof *mbus);
    kwh_dialogue_init(&meter->dialogue, mbus_next, mbus_outcome);
    meter->dialogue.retries = line->retries;
    meter->line = line;
    meter->map = map;
    meter->address = address;
    meter->profiles = KWH_ALL_PROFILES;
    if ((line->framing->properties & KWH_FRAMING_BURST) == 0)
        return KWH_ERROR_UNSUPPORTED;
    if (map != NULL && (map->protocol != KWH_PROTOCOL_MBUS || map->mbus == NULL))
        return KWH_ERROR_UNSUPPORTED;
    return KWH_OK;
}

enum kwh_error kwh_mbus_meter_init(struct kwh_mbus_meter *meter, struct kwh_line *line,
                                   KWH_CONST struct kwh_map *map, uint8_t address)
{
    enum kwh_error error = init(meter, line, map, address);
    kwhi_mbus_sequence_init(&meter->sequence, address);
    return error;
}

enum kwh_error kwh_mbus_meter_select(struct kwh_mbus_meter *meter, struct kwh_line *line,
                                     KWH_CONST struct kwh_map *map,
                                     const struct kwh_mbus_secondary *secondary)
{
    enum kwh_error error = init(meter, line, map, KWH_MBUS_SELECTED);
    kwhi_mbus_sequence_select(&meter->sequence, secondary);
    return error;
}
