/* SPDX-License-Identifier: MIT */
/* Settings of meters on M-Bus: records, and what a telegram tells of them. */
#include "setting.h"

#include <string.h>

#include "../mbus/mbus_sequence.h"
#include "mbus_row.h"

static struct kwh_mbus_setting *mbus_of(struct kwh_setting *setting)
{
    return (struct kwh_mbus_setting *)(void *)setting;
}

static const struct kwh_mbus_setting *mbus_of_const(const struct kwh_setting *setting)
{
    return (const struct kwh_mbus_setting *)(const void *)setting;
}

/* ------------------------------------------------------------------------------------------------
 * What a telegram tells
 */

static bool same_meter(const struct kwh_mbus_secondary *a, const struct kwh_mbus_secondary *b)
{
    return a->id == b->id && a->manufacturer == b->manufacturer && a->version == b->version &&
           a->medium == b->medium;
}

/* Its secondary address once it has the new identification. */
static struct kwh_mbus_secondary renamed(const struct kwh_mbus_setting *mbus)
{
    struct kwh_mbus_secondary address = mbus->own;
    if (mbus->setting.value.quantity == KWH_SERIAL_NUMBER)
        address.id = (uint32_t)(mbus->setting.value.digits & UINT32_C(0xFFFFFFFF));
    return address;
}

static void take_number(struct kwh_setting *setting, int64_t number)
{
    kwh_reading_init(&setting->after, setting->value.quantity, KWH_STATUS_OK);
    setting->after.decimal = kwh_decimal(number, 0);
    setting->seen = KWHI_SEEN_VALUE;
}

/* The first record of this telegram that is the value. */
static void take_record(struct kwh_mbus_setting *mbus)
{
    struct kwh_setting *setting = &mbus->setting;
    const struct kwh_mbus_sequence *sequence = &mbus->sequence;
    struct kwh_mbus_records records;
    struct kwh_mbus_record record;

    kwh_mbus_records_init(&records, &sequence->telegram);
    while (kwh_mbus_next(&records, sequence->data, sequence->size, &record)) {
        KWH_CONST struct kwh_record *row = kwhi_mbus_row(setting->map, KWH_ALL_PROFILES,
                                                         sequence->asked, &sequence->telegram,
                                                         sequence->data, sequence->size, &record);
        if (row == NULL || row->row.quantity != setting->value.quantity)
            continue;
        kwh_record_decode(setting->map, row, sequence->data, sequence->size, &record,
                          &setting->after);
        setting->seen = kwh_reading_has_value(&setting->after) ? KWHI_SEEN_VALUE
                                                               : KWHI_SEEN_REFUSAL;
        return;
    }
}

/* Address and speed are known from how it answers. */
static void take_value(struct kwh_mbus_setting *mbus)
{
    struct kwh_setting *setting = &mbus->setting;
    switch (setting->value.quantity) {
    case KWH_DEVICE_ADDRESS:
        take_number(setting, mbus->primary);
        break;
    case KWH_BAUD_RATE:
        if (setting->at.line.baud != 0)
            take_number(setting, (int64_t)setting->at.line.baud);
        break;
    case KWH_SERIAL_NUMBER:
        if (kwh_mbus_header_reading(&mbus->sequence.telegram, KWH_SERIAL_NUMBER, &setting->after) ==
            KWH_OK)
            setting->seen = KWHI_SEEN_VALUE;
        break;
    default:
        take_record(mbus);
        break;
    }
}

static bool shows(const struct kwh_setting *setting)
{
    uint32_t quantity = setting->value.quantity;
    return quantity == KWH_DEVICE_ADDRESS || quantity == KWH_BAUD_RATE ||
           kwh_map_find(setting->map, KWH_ALL_PROFILES, quantity) != NULL;
}

/* ------------------------------------------------------------------------------------------------
 * Telegrams
 */

static void begin_telegrams(struct kwh_mbus_setting *mbus, const struct kwh_mbus_secondary *pattern)
{
    if (mbus->by_secondary)
        kwhi_mbus_sequence_select(&mbus->sequence, pattern);
    else
        kwhi_mbus_sequence_init(&mbus->sequence, mbus->setting.identify.address);
    kwhi_mbus_sequence_begin(&mbus->sequence, NULL, 0, mbus->setting.map->mbus->usual);
}

/* The next exchange of the telegrams; RESULT, DONE and FAILED as they come. */
static enum kwh_wish next_telegram(struct kwh_setting *setting)
{
    struct kwh_dialogue *dialogue = &setting->identify.dialogue;
    enum kwh_wish wish = kwhi_mbus_sequence_next(&mbus_of(setting)->sequence, dialogue);

    if (wish == KWH_WISH_EXCHANGE) {
        dialogue->exchange.statistics = &setting->identify.statistics;
        kwhi_setting_times(setting, &dialogue->exchange);
    }
    return wish;
}

/* Also tells with which address it was answered: that of the meter, whatever was asked. */
static void take_answer(struct kwh_setting *setting, const struct kwh_line *line)
{
    struct kwh_mbus_setting *mbus = mbus_of(setting);
    const struct kwh_dialogue *dialogue = &setting->identify.dialogue;
    struct kwh_mbus_frame frame;

    if (kwh_mbus_answer(line, &dialogue->exchange, &frame) != NULL && frame.kind == KWH_MBUS_LONG)
        mbus->primary = frame.address;
    kwhi_mbus_sequence_outcome(&mbus->sequence, dialogue, line);
}

/* ------------------------------------------------------------------------------------------------
 * Which meter
 */

/* A meter that answers to any address is written to at its own. */
static void take_address(struct kwh_mbus_setting *mbus)
{
    struct kwh_setting *setting = &mbus->setting;
    if (setting->identify.address != KWH_MBUS_ANY)
        return;
    setting->identify.address = mbus->primary;
    setting->from.address = mbus->primary;
    kwhi_setting_move(setting);
    setting->at = setting->from;
}

static enum kwh_error take_identity(struct kwh_mbus_setting *mbus)
{
    const struct kwh_mbus_sequence *sequence = &mbus->sequence;
    size_t unknown, known = kwh_mbus_fit(mbus->setting.map, &sequence->telegram, sequence->data,
                                         sequence->size, &unknown);
    if (sequence->count == 1 && (known == 0 || unknown != 0))
        return KWH_ERROR_OTHER_FAMILY;
    mbus->own = kwh_mbus_secondary_of(&sequence->telegram);
    mbus->setting.identify.answered = true;
    take_address(mbus);
    take_value(mbus);
    return KWH_OK;
}

static enum kwh_wish identify(struct kwh_setting *setting)
{
    struct kwh_mbus_setting *mbus = mbus_of(setting);
    enum kwh_wish wish;

    if (!mbus->has_begun)
        begin_telegrams(mbus, &mbus->pattern);
    mbus->has_begun = true;
    while ((wish = next_telegram(setting)) == KWH_WISH_RESULT) {
        setting->why = take_identity(mbus);
        if (setting->why != KWH_OK)
            return KWH_WISH_FAILED;
    }
    if (wish == KWH_WISH_FAILED)
        setting->why = mbus->sequence.error;
    if (wish != KWH_WISH_DONE)
        return wish;
    setting->identify.map = setting->map;
    if (setting->seen == KWHI_NOT_LOOKED)
        setting->seen = KWHI_SEEN_REFUSAL;
    return KWH_WISH_DONE;
}

/* Somebody is asked who is not there, unless it is the meter itself under its new name. */
static bool probe(struct kwh_setting *setting, struct kwh_exchange *exchange)
{
    struct kwh_mbus_setting *mbus = mbus_of(setting);
    struct kwh_mbus_secondary address = renamed(mbus);
    int64_t primary = 0;

    if (setting->value.quantity == KWH_SERIAL_NUMBER) {
        kwh_mbus_secondary_encode(&address, mbus->selection);
        return !same_meter(&address, &mbus->own) &&
               kwh_mbus_snd_ud(exchange, KWH_MBUS_SELECTED, true, KWH_MBUS_CI_SELECT,
                               mbus->selection, sizeof mbus->selection) == KWH_OK;
    }
    if (kwh_decimal_to_int64(setting->expected, 0, KWH_ROUND_NONE, &primary) != KWH_OK ||
        primary == mbus->primary)
        return false;
    kwh_mbus_snd_nke(exchange, (uint8_t)primary);
    return true;
}

/* ------------------------------------------------------------------------------------------------
 * Looking
 */

static uint32_t longer(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* At a lower speed answers take longer than they did, whoever sets the port. */
static void wait_longer(struct kwh_line *line, const struct kwh_line_settings *settings)
{
    struct kwh_timing before = line->timing;

    kwh_mbus_set_speed(line, settings, KWH_MBUS_ALLOWANCE_US);
    line->timing.character_us = longer(line->timing.character_us, before.character_us);
    line->timing.frame_us = longer(line->timing.frame_us, before.frame_us);
    if (line->timeout_given)
        line->timing = before;
    line->timing.answer_us = longer(line->timing.answer_us, before.answer_us);
    line->timing.latest_us = longer(line->timing.latest_us, before.latest_us);
}

static void look_begin(struct kwh_setting *setting)
{
    struct kwh_mbus_setting *mbus = mbus_of(setting);
    struct kwh_mbus_secondary pattern = setting->looks_new ? renamed(mbus) : mbus->own;

    setting->seen = KWHI_NOT_LOOKED;
    if (setting->moves_line)
        wait_longer(setting->identify.line,
                    setting->looks_new ? &setting->to.line : &setting->from.line);
    begin_telegrams(mbus, &pattern);
}

/* Another meter that answers here is not the one. */
static void take_look(struct kwh_mbus_setting *mbus)
{
    struct kwh_mbus_secondary found = kwh_mbus_secondary_of(&mbus->sequence.telegram);
    struct kwh_mbus_secondary other = renamed(mbus);

    if (same_meter(&found, &mbus->own) || same_meter(&found, &other))
        take_value(mbus);
    else
        mbus->sequence.error = KWH_ERROR_OTHER_ANSWER;
}

static enum kwh_wish look(struct kwh_setting *setting)
{
    struct kwh_mbus_setting *mbus = mbus_of(setting);
    enum kwh_wish wish;

    while ((wish = next_telegram(setting)) == KWH_WISH_RESULT)
        take_look(mbus);
    if (wish != KWH_WISH_DONE && wish != KWH_WISH_FAILED)
        return wish;
    if (setting->seen == KWHI_NOT_LOOKED) {
        setting->seen = mbus->sequence.error == KWH_OK ? KWHI_SEEN_REFUSAL : KWHI_SEEN_NOTHING;
        setting->why = mbus->sequence.error != KWH_OK ? mbus->sequence.error : setting->why;
    }
    return KWH_WISH_DONE;
}

/* ------------------------------------------------------------------------------------------------
 * Writing
 */

/* The frame count bits begin anew, so that the write is not taken for one that came before. */
static bool contact(struct kwh_setting *setting, struct kwh_exchange *exchange)
{
    struct kwh_mbus_setting *mbus = mbus_of(setting);

    if (!mbus->by_secondary) {
        kwh_mbus_snd_nke(exchange, setting->identify.address);
        return true;
    }
    kwh_mbus_secondary_encode(&mbus->own, mbus->selection);
    return kwh_mbus_snd_ud(exchange, KWH_MBUS_SELECTED, true, KWH_MBUS_CI_SELECT, mbus->selection,
                           sizeof mbus->selection) == KWH_OK;
}

static bool needs_contact(const struct kwh_setting *setting)
{
    return mbus_of_const(setting)->by_secondary;
}

static bool write(const struct kwh_setting *setting, enum kwhi_write which, uint8_t bytes[4],
                  struct kwh_exchange *exchange)
{
    const struct kwh_mbus_setting *mbus = mbus_of_const(setting);

    (void)bytes;
    return which == KWHI_WRITE_SETTING && mbus->write.ci != 0 && /* the guard let it through */
           kwh_mbus_snd_ud(exchange, setting->identify.address, true, mbus->write.ci,
                           mbus->write.data, mbus->write.size) == KWH_OK;
}

static KWH_CONST struct kwh_setter setter = {
    .identify = identify,
    .identified = take_answer,
    .probe = probe,
    .look_begin = look_begin,
    .look = look,
    .looked = take_answer,
    .shows = shows,
    .contact = contact,
    .needs_contact = needs_contact,
    .write = write,
};

static enum kwh_error init(struct kwh_mbus_setting *mbus, struct kwh_line *line,
                           KWH_CONST struct kwh_map *map, uint8_t address,
                           const struct kwh_mbus_secondary *secondary,
                           const struct kwh_reading *value, unsigned allowed)
{
    struct kwh_setting *setting = &mbus->setting;
    enum kwh_error error = KWH_ERROR_UNSUPPORTED;

    memset(mbus, 0, sizeof *mbus);
    kwh_dialogue_init(&setting->identify.dialogue, NULL, NULL);
    setting->identify.line = line;
    setting->identify.address = address;
    setting->identify.profiles = KWH_ALL_PROFILES;
    setting->map = map;
    setting->value = *value;
    setting->allowed = allowed;
    mbus->by_secondary = secondary != NULL;
    if (secondary != NULL)
        mbus->pattern = *secondary;
    if (map->protocol == KWH_PROTOCOL_MBUS && map->mbus != NULL &&
        (line->framing->properties & KWH_FRAMING_BURST) != 0)
        error = kwh_record_write(map, value->quantity, value, allowed, &mbus->write);
    if (error == KWH_OK)
        setting->risk = kwh_item_risk(map, value);
    return kwhi_setting_begin(setting, &setter, error);
}

enum kwh_error kwh_mbus_setting_init(struct kwh_mbus_setting *setting, struct kwh_line *line,
                                     KWH_CONST struct kwh_map *map, uint8_t address,
                                     const struct kwh_reading *value, unsigned allowed)
{
    return init(setting, line, map, address, NULL, value, allowed);
}

enum kwh_error kwh_mbus_setting_select(struct kwh_mbus_setting *setting, struct kwh_line *line,
                                       KWH_CONST struct kwh_map *map,
                                       const struct kwh_mbus_secondary *secondary,
                                       const struct kwh_reading *value, unsigned allowed)
{
    return init(setting, line, map, KWH_MBUS_SELECTED, secondary, value, allowed);
}
