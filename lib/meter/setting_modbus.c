/* SPDX-License-Identifier: MIT */
/* Settings of meters on Modbus: registers. */
#include "setting.h"

#include <string.h>

#include <kwh/modbus.h>

#include "verdict.h"

/* ------------------------------------------------------------------------------------------------
 * Which meter
 */

/* The model may not have what its map has. */
static enum kwh_wish take_model(struct kwh_setting *setting)
{
    setting->why = kwh_row_write(setting->map, setting->identify.profiles, &setting->value,
                                 setting->allowed, &setting->write);
    return setting->why == KWH_OK ? KWH_WISH_DONE : KWH_WISH_FAILED;
}

static enum kwh_wish identify(struct kwh_setting *setting)
{
    struct kwh_dialogue *dialogue = &setting->identify.dialogue;

    if (setting->identify.candidate_count == 0) { /* it cannot be told, and nothing is at risk */
        setting->identify.profiles = KWH_ALL_PROFILES;
        return take_model(setting);
    }
    enum kwh_wish wish = setting->identify_next(dialogue);
    setting->why = dialogue->error;
    /* What is wrong with it is what is set right: it is known but for the data type. */
    if (wish == KWH_WISH_FAILED && dialogue->error == KWH_ERROR_DATA_TYPE &&
        setting->value.quantity == KWH_DATA_TYPE)
        return take_model(setting);
    return wish == KWH_WISH_DONE ? take_model(setting) : wish;
}

static void identified(struct kwh_setting *setting, const struct kwh_line *line)
{
    setting->identify_outcome(&setting->identify.dialogue, line);
}

/* ------------------------------------------------------------------------------------------------
 * Reading
 */

static bool read_row(KWH_CONST struct kwh_row *row, uint8_t address, struct kwh_exchange *exchange)
{
    if (row == NULL)
        return false;
    uint8_t function = kwh_row_space(row) == KWH_SPACE_INPUT ? KWH_MODBUS_READ_INPUT
                                                             : KWH_MODBUS_READ_HOLDING;
    return kwh_modbus_read(exchange, address, function, row->address,
                           (uint16_t)kwh_row_words(row)) == KWH_OK;
}

/* The row whose registers were read; false when they did not come. */
static bool take_row(const struct kwh_setting *setting, KWH_CONST struct kwh_row *row,
                     const struct kwh_line *line, struct kwh_reading *reading)
{
    size_t count = 0;
    const uint8_t *bytes = kwh_modbus_registers(line, &setting->identify.dialogue.exchange, &count);
    if (row == NULL || count < kwh_row_words(row))
        return false;
    kwh_row_decode(setting->map, row, bytes, reading);
    return true;
}

static bool probe(struct kwh_setting *setting, struct kwh_exchange *exchange)
{
    int64_t address = 0;
    if (kwh_decimal_to_int64(setting->expected, 0, KWH_ROUND_NONE, &address) != KWH_OK)
        return false;
    return read_row(setting->write.row, (uint8_t)address, exchange);
}

/* The row that shows the value; NULL: none does. */
static KWH_CONST struct kwh_row *view(const struct kwh_setting *setting)
{
    if (!kwh_row_write_only(setting->write.row))
        return setting->write.row;
    return setting->item->shown_by != 0
               ? kwh_map_find(setting->map, setting->identify.profiles, setting->item->shown_by)
               : NULL;
}

static bool shows(const struct kwh_setting *setting)
{
    return view(setting) != NULL;
}

static void look_begin(struct kwh_setting *setting)
{
    setting->seen = KWHI_NOT_LOOKED;
}

static enum kwh_wish look(struct kwh_setting *setting)
{
    struct kwh_exchange *exchange = &setting->identify.dialogue.exchange;

    if (setting->seen != KWHI_NOT_LOOKED ||
        !read_row(view(setting), setting->identify.address, exchange))
        return KWH_WISH_DONE;
    exchange->statistics = &setting->identify.statistics;
    kwhi_setting_times(setting, exchange);
    return KWH_WISH_EXCHANGE;
}

static void looked(struct kwh_setting *setting, const struct kwh_line *line)
{
    enum kwh_error error = setting->identify.dialogue.exchange.error;
    enum kwhi_verdict verdict = kwhi_verdict(error);
    bool has_value = take_row(setting, view(setting), line, &setting->after) &&
                     kwh_reading_has_value(&setting->after);

    setting->seen = has_value ? KWHI_SEEN_VALUE : KWHI_SEEN_REFUSAL;
    if (verdict == KWHI_UNANSWERED || verdict == KWHI_IMPOSSIBLE) {
        setting->seen = KWHI_SEEN_NOTHING;
        setting->why = error;
    }
}

/* ------------------------------------------------------------------------------------------------
 * Writing
 */

/* The holding register of an action. */
static KWH_CONST struct kwh_row *action_row(const struct kwh_setting *setting, uint32_t action)
{
    struct kwh_map_iterator rows = {setting->map, setting->identify.profiles, 0, 0};
    KWH_CONST struct kwh_row *row;
    while ((row = kwh_map_next(&rows)) != NULL)
        if (row->quantity == action && kwh_row_space(row) == KWH_SPACE_HOLDING)
            return row;
    return NULL;
}

static KWH_CONST struct kwh_row *lock_row(const struct kwh_setting *setting)
{
    KWH_CONST struct kwh_writing *writing = setting->map->writing;
    KWH_CONST struct kwh_row *row = writing != NULL && writing->unlock != 0
                                        ? action_row(setting, writing->unlock)
                                        : NULL;
    bool is_it = setting->value.quantity == (writing != NULL ? writing->unlock : 0);
    return row != NULL && !is_it && !kwh_row_write_only(row) ? row : NULL;
}

static bool lock(struct kwh_setting *setting, struct kwh_exchange *exchange)
{
    KWH_CONST struct kwh_row *row = lock_row(setting);
    return row != NULL && read_row(row, setting->identify.address, exchange);
}

static bool is_open(const struct kwh_setting *setting, const struct kwh_line *line)
{
    struct kwh_reading state;
    struct kwh_decimal number;
    return take_row(setting, lock_row(setting), line, &state) && kwh_reading_has_value(&state) &&
           kwhi_number_of(setting->map, &state, &number) && number.mantissa != 0;
}

static bool write_row(const struct kwh_setting *setting, KWH_CONST struct kwh_row *row,
                      uint8_t function, const uint8_t *bytes, struct kwh_exchange *exchange)
{
    uint8_t unit = setting->identify.address;

    if (function == KWH_MODBUS_WRITE_SINGLE) {
        kwh_modbus_write_single(exchange, unit, row->address,
                                (uint16_t)((unsigned)bytes[0] << 8 | bytes[1]));
        return true;
    }
    return kwh_modbus_write_multiple(exchange, unit, row->address, (uint16_t)kwh_row_words(row),
                                     bytes) == KWH_OK;
}

/* An action with a number, which the map knows how to write. */
static bool write_action(const struct kwh_setting *setting, uint32_t action, int64_t number,
                         uint8_t bytes[4], struct kwh_exchange *exchange)
{
    KWH_CONST struct kwh_item *item = kwh_map_item(setting->map, action);
    KWH_CONST struct kwh_row *row = action_row(setting, action);
    struct kwh_reading value;

    if (row == NULL || item == NULL || kwh_row_words(row) > 2)
        return false;
    kwh_reading_init(&value, action, KWH_STATUS_OK);
    value.decimal = kwh_decimal(number, 0);
    value.digits = (uint64_t)number;
    if (value.form == KWH_FORM_DIGITS &&
        kwh_registers_bcd_store((uint64_t)number, 4, &value.digits) != KWH_OK)
        return false;
    return kwh_row_encode(setting->map, row, &value, bytes, 4) == KWH_OK &&
           write_row(setting, row, item->write_function, bytes, exchange);
}

static bool write(const struct kwh_setting *setting, enum kwhi_write which, uint8_t bytes[4],
                  struct kwh_exchange *exchange)
{
    KWH_CONST struct kwh_writing *writing = setting->map->writing;

    if (setting->write.row == NULL) /* the guard let nothing through */
        return false;
    if (writing == NULL && which != KWHI_WRITE_SETTING)
        return false;
    switch (which) {
    case KWHI_WRITE_UNLOCK:
        return lock_row(setting) != NULL &&
               write_action(setting, writing->unlock, setting->password, bytes, exchange);
    case KWHI_WRITE_SETTING:
        return write_row(setting, setting->write.row, setting->write.function, setting->write.bytes,
                         exchange);
    case KWHI_WRITE_SAVE:
        return writing->save != 0 &&
               write_action(setting, writing->control, writing->save, bytes, exchange);
    case KWHI_WRITE_RESTART:
        return writing->restart != 0 &&
               write_action(setting, writing->control, writing->restart, bytes, exchange);
    case KWHI_WRITES:
        break;
    }
    return false;
}

static KWH_CONST struct kwh_setter setter = {
    .identify = identify,
    .identified = identified,
    .probe = probe,
    .lock = lock,
    .is_open = is_open,
    .look_begin = look_begin,
    .look = look,
    .looked = looked,
    .shows = shows,
    .write = write,
};

enum kwh_error kwh_setting_init(struct kwh_setting *setting, struct kwh_line *line,
                                KWH_CONST struct kwh_map *map, uint8_t address,
                                const struct kwh_reading *value, unsigned allowed)
{
    enum kwh_error error;

    memset(setting, 0, sizeof *setting);
    setting->map = map;
    setting->value = *value;
    setting->allowed = allowed;
    enum kwh_error told = kwh_identify_init(&setting->identify, line, address, &setting->map, 1);
    setting->identify.profiles = KWH_ALL_PROFILES;
    if (map->protocol != KWH_PROTOCOL_MODBUS ||
        (line->framing->properties & KWH_FRAMING_BURST) != 0) {
        error = KWH_ERROR_UNSUPPORTED;
    } else {
        error = kwh_row_write(map, KWH_ALL_PROFILES, value, allowed, &setting->write);
        setting->risk = setting->write.risk;
        if (error == KWH_OK && told != KWH_OK && setting->risk != 0)
            error = KWH_ERROR_NOT_IDENTIFIED;
    }
    return kwhi_setting_begin(setting, &setter, error);
}

enum kwh_error kwh_setting_broadcast(struct kwh_exchange *exchange, KWH_CONST struct kwh_map *map,
                                     const struct kwh_reading *value, unsigned allowed)
{
    KWH_CONST struct kwh_item *item = kwh_map_item(map, value->quantity);
    struct kwh_row_write write;

    memset(exchange, 0, sizeof *exchange);
    enum kwh_error error = kwh_row_write(map, KWH_ALL_PROFILES, value, allowed, &write);
    if (error != KWH_OK)
        return error;
    if ((item->flags & KWH_ITEM_BROADCAST) == 0 || write.function != KWH_MODBUS_WRITE_SINGLE)
        return KWH_ERROR_UNSUPPORTED;
    kwh_modbus_write_single(exchange, 0, write.row->address,
                            (uint16_t)((unsigned)write.bytes[0] << 8 | write.bytes[1]));
    return KWH_OK;
}
