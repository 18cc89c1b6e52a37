/* SPDX-License-Identifier: MIT */
/*
 * The order in which a setting is made. Everything that can be found out without changing the meter
 * comes before the write; whatever happens to the write, what follows only looks.
 */
#include "setting.h"

#include "../base/words.h"
#include "select.h"
#include "verdict.h"

/* In this order, but for what is skipped. */
enum stage {
    CHECK,
    IDENTIFY,
    TRY_LINE,   /* can the port be set as it will have to be? */
    TRY_BACK,   /* and as it is now */
    PROBE,      /* is the new address free? */
    LOCK_STATE, /* may settings be written? */
    UNLOCK,
    LOCK_CHECK, /* has the password been taken? */
    LOOK_BEFORE,
    CONTACT,
    WRITE,
    SETTLE,
    GO,   /* to where the meter is expected */
    LOOK, /* is it there, and with which value? */
    STAY, /* the line is left where the meter is */
    SAVE,
    RESTART,
    OVER
};

/* Time for a meter to store a setting, and to set its own port. */
#define SETTLE_US UINT32_C(200000)

/* No wish: the stage has nothing to do, or has chosen another one. */
#define GO_ON (-1)

static struct kwh_setting *setting_of(struct kwh_dialogue *dialogue)
{
    return (struct kwh_setting *)(void *)dialogue;
}

void kwhi_setting_times(const struct kwh_setting *setting, struct kwh_exchange *exchange)
{
    kwhi_take_times(exchange, setting->identify.line, setting->map);
}

/* An exchange was made: it belongs to this meter. */
static int exchange_wish(struct kwh_setting *setting)
{
    setting->identify.dialogue.exchange.statistics = &setting->identify.statistics;
    kwhi_setting_times(setting, &setting->identify.dialogue.exchange);
    return KWH_WISH_EXCHANGE;
}

static int go_to(struct kwh_setting *setting, enum stage stage)
{
    setting->stage = (uint8_t)stage;
    return GO_ON;
}

/* It is known what came of it. */
static int conclude(struct kwh_setting *setting, enum kwh_outcome outcome, enum kwh_error why)
{
    setting->outcome = (uint8_t)outcome;
    setting->why = why;
    return go_to(setting, STAY);
}

static int set_line(struct kwh_setting *setting, const struct kwh_line_settings *line)
{
    setting->at.line = *line;
    setting->identify.dialogue.settings = line;
    return KWH_WISH_SETTINGS;
}

static bool is_good(const struct kwh_setting *setting)
{
    return setting->outcome == KWH_OUTCOME_VERIFIED ||
           setting->outcome == KWH_OUTCOME_NOT_VERIFIABLE;
}

/* ------------------------------------------------------------------------------------------------
 * Before the write
 */

/* What can be said without the meter. */
static enum kwh_error check(const struct kwh_setting *setting)
{
    KWH_CONST struct kwh_writing *writing = setting->map->writing;
    bool stream = (setting->identify.line->framing->properties & KWH_FRAMING_STREAM) != 0;
    bool leads_on = !setting->moves_line || setting->from.line.baud != 0;

    if (setting->why != KWH_OK)
        return setting->why;
    if (setting->restart && (writing == NULL || writing->restart == 0))
        return KWH_ERROR_UNSUPPORTED;
    if (setting->moves_link && !setting->no_follow && (stream || !leads_on))
        return KWH_ERROR_CANNOT_FOLLOW;
    return KWH_OK;
}

static int begin_check(struct kwh_setting *setting)
{
    kwhi_setting_move(setting); /* from.line is known now */
    setting->at = setting->from;
    enum kwh_error error = check(setting);
    return error == KWH_OK ? go_to(setting, IDENTIFY)
                           : conclude(setting, KWH_OUTCOME_NOT_SENT, error);
}

static int begin_identify(struct kwh_setting *setting)
{
    enum kwh_wish wish = setting->setter->identify(setting);
    if (wish == KWH_WISH_FAILED)
        return conclude(setting, KWH_OUTCOME_NOT_SENT, setting->why);
    return wish == KWH_WISH_DONE ? go_to(setting, TRY_LINE) : (int)wish;
}

static bool is_followed(const struct kwh_setting *setting)
{
    return setting->moves_line && !setting->no_follow;
}

static int begin_try_line(struct kwh_setting *setting)
{
    (void)go_to(setting, is_followed(setting) ? TRY_BACK : PROBE);
    return is_followed(setting) ? set_line(setting, &setting->to.line) : GO_ON;
}

static int begin_try_back(struct kwh_setting *setting)
{
    (void)go_to(setting, PROBE);
    return set_line(setting, &setting->from.line);
}

static int begin_probe(struct kwh_setting *setting)
{
    if (setting->needs_probe &&
        setting->setter->probe(setting, &setting->identify.dialogue.exchange))
        return exchange_wish(setting);
    return go_to(setting, LOCK_STATE);
}

/* Only silence, also that of which a gateway tells, says that nobody is there. */
static void end_probe(struct kwh_setting *setting, enum kwh_error error)
{
    bool is_free = error == KWH_ERROR_TIMEOUT || error == KWH_ERROR_GATEWAY_TARGET ||
                   error == KWH_ERROR_ONLY_ECHO;
    if (is_free)
        (void)go_to(setting, LOCK_STATE);
    else
        (void)conclude(setting, KWH_OUTCOME_NOT_SENT,
                       kwhi_verdict(error) == KWHI_IMPOSSIBLE ? error : KWH_ERROR_ADDRESS_TAKEN);
}

static int begin_lock(struct kwh_setting *setting)
{
    if (setting->setter->lock != NULL &&
        setting->setter->lock(setting, &setting->identify.dialogue.exchange))
        return exchange_wish(setting);
    return go_to(setting, LOOK_BEFORE);
}

/* A meter without the lock needs no key. */
static void end_lock(struct kwh_setting *setting, const struct kwh_line *line)
{
    enum kwh_error error = setting->identify.dialogue.exchange.error;
    bool first = setting->stage == LOCK_STATE;

    if (error == KWH_OK && setting->setter->is_open(setting, line))
        (void)go_to(setting, LOOK_BEFORE);
    else if (first && kwhi_has_no_registers(error))
        (void)go_to(setting, LOOK_BEFORE);
    else if (error == KWH_OK && first && setting->has_password)
        (void)go_to(setting, UNLOCK);
    else
        (void)conclude(setting, KWH_OUTCOME_NOT_SENT, error == KWH_OK ? KWH_ERROR_LOCKED : error);
}

static int begin_write(struct kwh_setting *setting, enum kwhi_write which, enum stage otherwise)
{
    if (setting->setter->write(setting, which, setting->bytes,
                               &setting->identify.dialogue.exchange))
        return exchange_wish(setting);
    return go_to(setting, otherwise);
}

/* Whether it was taken is read, however this went. */
static void end_unlock(struct kwh_setting *setting, enum kwh_error error)
{
    if (kwhi_verdict(error) == KWHI_IMPOSSIBLE)
        (void)conclude(setting, KWH_OUTCOME_NOT_SENT, error);
    else
        (void)go_to(setting, LOCK_CHECK);
}

static int begin_look_before(struct kwh_setting *setting)
{
    if (setting->seen == KWHI_NOT_LOOKED && setting->setter->shows(setting)) {
        enum kwh_wish wish = setting->setter->look(setting);
        if (wish != KWH_WISH_DONE)
            return (int)wish;
    }
    if (setting->seen == KWHI_SEEN_NOTHING)
        return conclude(setting, KWH_OUTCOME_NOT_SENT, setting->why);
    setting->before = setting->after;
    kwh_reading_init(&setting->after, setting->value.quantity, KWH_STATUS_NOT_AVAILABLE);
    return go_to(setting, CONTACT);
}

static int begin_contact(struct kwh_setting *setting)
{
    if (setting->setter->contact != NULL &&
        setting->setter->contact(setting, &setting->identify.dialogue.exchange))
        return exchange_wish(setting);
    return go_to(setting, WRITE);
}

static void end_contact(struct kwh_setting *setting, enum kwh_error error)
{
    bool may_go_on = error == KWH_OK ||
                     (error == KWH_ERROR_TIMEOUT && !setting->setter->needs_contact(setting));
    if (may_go_on)
        (void)go_to(setting, WRITE);
    else
        (void)conclude(setting, KWH_OUTCOME_NOT_SENT, error);
}

/* ------------------------------------------------------------------------------------------------
 * The write, and what came of it
 */

/* The meter has said that it did not do it. One that failed, or is still at work, may have. */
static bool is_refusal(enum kwh_error error)
{
    enum kwhi_verdict verdict = kwhi_verdict(error);
    return (verdict == KWHI_REFUSED || verdict == KWHI_TOO_MUCH) && error != KWH_ERROR_CAPACITY &&
           error != KWH_ERROR_ACKNOWLEDGE && error != KWH_ERROR_SERVER_DEVICE_FAILURE;
}

static void end_write(struct kwh_setting *setting)
{
    const struct kwh_exchange *exchange = &setting->identify.dialogue.exchange;
    enum kwh_error error = exchange->error;

    setting->why = error;
    setting->is_acknowledged = error == KWH_OK && exchange->proven;
    if (exchange->sendings == 0)
        (void)conclude(setting, KWH_OUTCOME_NOT_SENT, error);
    else if (is_refusal(error))
        (void)conclude(setting, KWH_OUTCOME_REFUSED, error);
    else if (kwhi_verdict(error) == KWHI_IMPOSSIBLE)
        (void)conclude(setting, KWH_OUTCOME_UNKNOWN, error);
    else
        (void)go_to(setting, SETTLE);
}

/* Without anything to be read, the acknowledgment is all there is. */
static int conclude_unseen(struct kwh_setting *setting)
{
    if (setting->is_acknowledged)
        return conclude(setting, KWH_OUTCOME_NOT_VERIFIABLE, KWH_OK);
    return conclude(setting, KWH_OUTCOME_UNKNOWN,
                    setting->why != KWH_OK ? setting->why : KWH_ERROR_ONLY_ECHO);
}

static int begin_settle(struct kwh_setting *setting)
{
    if (setting->no_follow && setting->moves_link)
        return conclude(setting, KWH_OUTCOME_UNKNOWN, setting->why);
    if (!setting->setter->shows(setting))
        return conclude_unseen(setting);
    setting->place = 0;
    setting->identify.dialogue.wait_us = SETTLE_US;
    (void)go_to(setting, GO);
    return KWH_WISH_WAIT;
}

/* First where the meter should be by now. */
static int begin_go(struct kwh_setting *setting)
{
    bool stays = (setting->item->flags & KWH_ITEM_RESTART) != 0;
    const struct kwh_place *place;

    setting->looks_new = (setting->place == 0) != stays;
    place = setting->looks_new ? &setting->to : &setting->from;
    setting->at.address = place->address;
    setting->identify.address = place->address;
    setting->setter->look_begin(setting);
    (void)go_to(setting, LOOK);
    if (setting->moves_line && setting->at.line.baud != 0 &&
        !kwhi_same_line(&setting->at.line, &place->line))
        return set_line(setting, &place->line);
    return GO_ON;
}

/* A counter that was cleared counts again at once. */
static bool is_as_wanted(const struct kwh_setting *setting)
{
    struct kwh_decimal now, before;
    bool resets = (setting->risk & KWH_RISK_COUNTER_RESET) != 0;

    if (!kwhi_number_of(setting->map, &setting->after, &now))
        return false;
    if (kwh_decimal_compare(now, setting->expected) == 0)
        return true;
    return resets && kwh_reading_has_value(&setting->before) &&
           kwhi_number_of(setting->map, &setting->before, &before) &&
           kwh_decimal_compare(now, before) < 0;
}

static int judge(struct kwh_setting *setting)
{
    bool waits = (setting->item->flags & KWH_ITEM_RESTART) != 0 ||
                 (setting->moves_link && !setting->looks_new);

    if (setting->seen == KWHI_SEEN_REFUSAL)
        return conclude_unseen(setting);
    if (!is_as_wanted(setting))
        return conclude(setting, KWH_OUTCOME_IGNORED, KWH_ERROR_NOT_TAKEN);
    setting->needs_restart = waits;
    return conclude(setting, KWH_OUTCOME_VERIFIED, KWH_OK);
}

static int begin_look(struct kwh_setting *setting)
{
    enum kwh_wish wish = setting->setter->look(setting);
    if (wish != KWH_WISH_DONE)
        return (int)wish;
    if (setting->seen != KWHI_SEEN_NOTHING)
        return judge(setting);
    if (setting->moves_link && setting->place == 0) {
        setting->place = 1;
        return go_to(setting, GO);
    }
    return conclude(setting, KWH_OUTCOME_UNKNOWN, setting->why);
}

/* Where the meter was found; else where it was before. */
static int begin_stay(struct kwh_setting *setting)
{
    bool is_lost = setting->outcome == KWH_OUTCOME_UNKNOWN ||
                   setting->outcome == KWH_OUTCOME_NOT_SENT;

    (void)go_to(setting, SAVE);
    if (!is_lost)
        return GO_ON;
    setting->at.address = setting->from.address;
    setting->identify.address = setting->from.address;
    if (setting->moves_line && !kwhi_same_line(&setting->at.line, &setting->from.line))
        return set_line(setting, &setting->from.line);
    return GO_ON;
}

/* ------------------------------------------------------------------------------------------------
 * Behind it
 */

static int begin_save(struct kwh_setting *setting)
{
    bool is_volatile = (setting->item->flags & KWH_ITEM_SAVE) != 0;

    setting->is_saved = is_good(setting) && !is_volatile;
    return is_good(setting) && is_volatile ? begin_write(setting, KWHI_WRITE_SAVE, RESTART)
                                           : go_to(setting, RESTART);
}

static void end_save(struct kwh_setting *setting, const struct kwh_exchange *exchange)
{
    setting->is_saved = exchange->error == KWH_OK && exchange->proven;
    if (!setting->is_saved)
        setting->why = exchange->error != KWH_OK ? exchange->error : KWH_ERROR_ONLY_ECHO;
    (void)go_to(setting, setting->is_saved ? RESTART : OVER);
}

static int begin_restart(struct kwh_setting *setting)
{
    return is_good(setting) && setting->restart ? begin_write(setting, KWHI_WRITE_RESTART, OVER)
                                                : go_to(setting, OVER);
}

/* A meter that starts anew may not get round to answering. */
static void end_restart(struct kwh_setting *setting, enum kwh_error error)
{
    if (is_refusal(error) || kwhi_verdict(error) == KWHI_IMPOSSIBLE)
        setting->why = error;
    else
        setting->needs_restart = false;
    (void)go_to(setting, OVER);
}

/* ------------------------------------------------------------------------------------------------
 * The dialogue
 */

static int begin(struct kwh_setting *setting)
{
    switch ((enum stage)setting->stage) {
    case CHECK:
        return begin_check(setting);
    case IDENTIFY:
        return begin_identify(setting);
    case TRY_LINE:
        return begin_try_line(setting);
    case TRY_BACK:
        return begin_try_back(setting);
    case PROBE:
        return begin_probe(setting);
    case LOCK_STATE:
    case LOCK_CHECK:
        return begin_lock(setting);
    case UNLOCK:
        return begin_write(setting, KWHI_WRITE_UNLOCK, LOCK_CHECK);
    case LOOK_BEFORE:
        return begin_look_before(setting);
    case CONTACT:
        return begin_contact(setting);
    case WRITE:
        return begin_write(setting, KWHI_WRITE_SETTING, OVER);
    case SETTLE:
        return begin_settle(setting);
    case GO:
        return begin_go(setting);
    case LOOK:
        return begin_look(setting);
    case STAY:
        return begin_stay(setting);
    case SAVE:
        return begin_save(setting);
    case RESTART:
        return begin_restart(setting);
    case OVER:
        break;
    }
    setting->identify.dialogue.error = setting->why;
    return setting->why == KWH_OK ? KWH_WISH_DONE : KWH_WISH_FAILED;
}

static enum kwh_wish setting_next(struct kwh_dialogue *dialogue)
{
    int wish = GO_ON;
    while (wish == GO_ON)
        wish = begin(setting_of(dialogue));
    return (enum kwh_wish)wish;
}

static void note_failure(struct kwh_setting *setting, const struct kwh_line *line)
{
    enum kwh_error error = setting->identify.dialogue.exchange.error;
    const struct kwh_failure *told = kwh_line_failure(line);
    if (error != KWH_OK && told->error == error)
        setting->failure = *told;
}

static void setting_outcome(struct kwh_dialogue *dialogue, const struct kwh_line *line)
{
    struct kwh_setting *setting = setting_of(dialogue);
    const struct kwh_exchange *exchange = &dialogue->exchange;

    note_failure(setting, line);
    switch ((enum stage)setting->stage) {
    case IDENTIFY:
        setting->setter->identified(setting, line);
        break;
    case PROBE:
        end_probe(setting, exchange->error);
        break;
    case LOCK_STATE:
    case LOCK_CHECK:
        end_lock(setting, line);
        break;
    case UNLOCK:
        end_unlock(setting, exchange->error);
        break;
    case LOOK_BEFORE:
    case LOOK:
        setting->setter->looked(setting, line);
        break;
    case CONTACT:
        end_contact(setting, exchange->error);
        break;
    case WRITE:
        end_write(setting);
        break;
    case SAVE:
        end_save(setting, exchange);
        break;
    case RESTART:
        end_restart(setting, exchange->error);
        break;
    case CHECK:
    case TRY_LINE:
    case TRY_BACK:
    case SETTLE:
    case GO:
    case STAY:
    case OVER:
        break;
    }
}

/* What is read after this value was written. */
static void expect(struct kwh_setting *setting)
{
    KWH_CONST struct kwh_choice *choice;

    if (!kwhi_number_of(setting->map, &setting->value, &setting->expected))
        return;
    choice = kwh_item_choice(setting->item, setting->expected);
    if (choice != NULL && choice->reads_as != 0)
        setting->expected = kwh_decimal(choice->reads_as, 0);
}

enum kwh_error kwhi_setting_begin(struct kwh_setting *setting, KWH_CONST struct kwh_setter *setter,
                                  enum kwh_error error)
{
    struct kwh_dialogue *dialogue = &setting->identify.dialogue;

    setting->setter = setter;
    setting->identify_next = dialogue->next;
    setting->identify_outcome = dialogue->outcome;
    dialogue->next = setting_next;
    dialogue->outcome = setting_outcome;
    dialogue->retries = setting->identify.line->retries;
    setting->seen = KWHI_NOT_LOOKED;
    setting->from.address = setting->identify.address;
    kwh_reading_init(&setting->before, setting->value.quantity, KWH_STATUS_NOT_AVAILABLE);
    setting->after = setting->before;
    setting->item = kwh_map_item(setting->map, setting->value.quantity);
    setting->why = error;
    if (error != KWH_OK || setting->item == NULL) {
        setting->why = error != KWH_OK ? error : KWH_ERROR_NOT_IN_MAP;
        setting->stage = OVER;
        return setting->why;
    }
    expect(setting);
    kwhi_setting_move(setting);
    return KWH_OK;
}

/* A port that could not be set may leave the dialogue half done. */
static enum kwh_error give_up(struct kwh_setting *setting, enum kwh_error error)
{
    const struct kwh_backend *backend = setting->identify.line->backend;

    if (setting->stage > WRITE && setting->stage < STAY)
        setting->outcome = KWH_OUTCOME_UNKNOWN;
    if (setting->moves_line && backend != NULL && backend->set_line != NULL &&
        backend->set_line(backend->context, &setting->from.line) == KWH_OK)
        kwh_line_set_speed(setting->identify.line, &setting->from.line);
    setting->at = setting->from;
    setting->why = error;
    setting->stage = OVER;
    return error;
}

enum kwh_error kwh_setting_run(struct kwh_setting *setting)
{
    struct kwh_line *line = setting->identify.line;
    bool result = false;

    if (line->backend == NULL)
        return KWH_ERROR_NO_BACKEND;
    if (line->backend->set_line == NULL)
        setting->from.line.baud = 0;
    enum kwh_error error = kwh_dialogue_run(&setting->identify.dialogue, line, &result);
    return error != KWH_OK && setting->stage != OVER ? give_up(setting, error) : error;
}

enum kwh_error kwh_setting_frame(const struct kwh_setting *setting, unsigned index, uint8_t *frame,
                                 size_t capacity, size_t *length)
{
    KWH_CONST struct kwh_framing *framing = setting->identify.line->framing;
    bool is_volatile = setting->item != NULL && (setting->item->flags & KWH_ITEM_SAVE) != 0;
    const bool wanted[KWHI_WRITES] = {setting->has_password, true, is_volatile, setting->restart};
    struct kwh_exchange exchange;
    uint8_t bytes[4];

    *length = 0;
    for (unsigned which = 0; which < KWHI_WRITES; which++) {
        if (setting->item == NULL || !wanted[which] ||
            !setting->setter->write(setting, (enum kwhi_write)which, bytes, &exchange))
            continue;
        if (index-- != 0)
            continue;
        *length = framing->wrap(&exchange, frame, capacity);
        return *length != 0 ? KWH_OK : KWH_ERROR_CAPACITY;
    }
    return KWH_OK;
}

/* In the order of enum kwh_outcome. */
static KWH_CONST char outcomes[] = "not_sent\0"
                                   "verified\0"
                                   "refused\0"
                                   "ignored\0"
                                   "unknown\0"
                                   "not_verifiable\0";

KWH_CONST char *kwh_outcome_name(enum kwh_outcome outcome)
{
    return kwhi_word(outcomes, (uint32_t)outcome);
}
