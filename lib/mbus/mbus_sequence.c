/* SPDX-License-Identifier: MIT */
/*
 * From the first contact with a meter to its last telegram (EN 13757-2 and -3; reference order:
 * SND_NKE or selection, then REQ_UD2 with turning frame count bit). A private telegram is asked for
 * with a control frame: some meters answer it at once, others with E5 and at the next REQ_UD2.
 */
#include "mbus_sequence.h"

#include "header_layout.h"

#include <kwh/mbus_record.h>
#include <string.h>

enum sequence_state {
    CONTACT, /* initialize or select */
    CHOOSE,  /* lead the meter to the next telegram that is wanted */
    REQUEST,
    READY,  /* a telegram has come */
    TOLD,   /* and was a result */
    REST,   /* a busy meter is left alone */
    RETURN, /* lead the meter back to its usual telegram */
    END
};

#define BUSY_US  UINT32_C(500000)
#define BUSY_MAX 4u /* how often a busy meter is left alone */

void kwhi_mbus_sequence_init(struct kwh_mbus_sequence *sequence, uint8_t address)
{
    memset(sequence, 0, sizeof *sequence);
    kwh_mbus_link_init(&sequence->link, address);
}

void kwhi_mbus_sequence_select(struct kwh_mbus_sequence *sequence,
                               const struct kwh_mbus_secondary *secondary)
{
    kwhi_mbus_sequence_init(sequence, KWH_MBUS_SELECTED);
    kwh_mbus_secondary_encode(secondary, sequence->selection);
    sequence->by_secondary = true;
}

void kwhi_mbus_sequence_begin(struct kwh_mbus_sequence *sequence, const uint8_t *telegrams,
                              size_t count, uint8_t usual)
{
    sequence->telegrams = count != 0 ? telegrams : NULL;
    sequence->telegram_count = (uint8_t)(count == 0 ? 1 : count < UINT8_MAX ? count : UINT8_MAX);
    sequence->usual = usual;
    sequence->at = 0;
    sequence->count = 0;
    sequence->asked = 0;
    sequence->busy = 0;
    sequence->part = 0;
    sequence->away = false;
    sequence->more = false;
    sequence->doubted = false;
    sequence->error = KWH_OK;
    sequence->data = NULL;
    sequence->size = 0;
    /* Somebody else may have selected another meter; an address in step stays so. */
    sequence->state = sequence->by_secondary || !sequence->link.reset ? CONTACT : CHOOSE;
}

/* The CI field that asks for the next telegram; 0 for the usual one, also where none was named. */
static uint8_t asks_with(const struct kwh_mbus_sequence *sequence)
{
    return sequence->telegrams != NULL ? sequence->telegrams[sequence->at] : 0;
}

/* The rest is not asked for; the meter is led back all the same. */
static void give_up(struct kwh_mbus_sequence *sequence, enum kwh_error error)
{
    if (sequence->error == KWH_OK)
        sequence->error = error;
    sequence->state = sequence->away && sequence->state != RETURN ? RETURN : END;
}

/* The telegrams behind this one, if it was the last of what was chosen. */
static void go_on(struct kwh_mbus_sequence *sequence)
{
    if (sequence->more && sequence->count >= KWH_MBUS_TELEGRAMS_MAX) {
        give_up(sequence, KWH_ERROR_ENDLESS);
    } else if (sequence->more) {
        sequence->state = REQUEST;
    } else {
        sequence->at++;
        sequence->state = sequence->at < sequence->telegram_count ? CHOOSE
                          : sequence->away                        ? RETURN
                                                                  : END;
    }
}

/* From here on what was chosen comes. */
static void begin_telegrams(struct kwh_mbus_sequence *sequence)
{
    sequence->asked = asks_with(sequence);
    sequence->part = 0;
    sequence->more = false;
    sequence->state = REQUEST;
}

/* ------------------------------------------------------------------------------------------------
 * What is next
 */

static enum kwh_wish send(struct kwh_mbus_sequence *sequence, struct kwh_exchange *exchange,
                          uint8_t ci, const uint8_t *data, size_t size)
{
    if (kwh_mbus_snd_ud(exchange, sequence->link.address, sequence->link.data_fcb, ci, data,
                        size) != KWH_OK)
        return KWH_WISH_FAILED;
    return KWH_WISH_EXCHANGE;
}

static enum kwh_wish contact(struct kwh_mbus_sequence *sequence, struct kwh_exchange *exchange)
{
    if (sequence->by_secondary)
        return send(sequence, exchange, KWH_MBUS_CI_SELECT, sequence->selection,
                    sizeof sequence->selection);
    kwh_mbus_snd_nke(exchange, sequence->link.address);
    return KWH_WISH_EXCHANGE;
}

/* What of a new exchange the dialogue's owner has set stays. */
static enum kwh_wish ask(struct kwh_mbus_sequence *sequence, struct kwh_exchange *exchange)
{
    struct kwh_statistics *statistics = exchange->statistics;
    uint32_t quiet_us = exchange->quiet_us, answer_us = exchange->answer_us;
    enum kwh_wish wish = KWH_WISH_EXCHANGE;

    if (sequence->state == CONTACT)
        wish = contact(sequence, exchange);
    else if (sequence->state == CHOOSE)
        wish = send(sequence, exchange, asks_with(sequence), NULL, 0);
    else if (sequence->state == RETURN)
        wish = send(sequence, exchange, sequence->usual, NULL, 0);
    else
        kwh_mbus_req_ud2(exchange, sequence->link.address, sequence->link.request_fcb);
    exchange->statistics = statistics;
    exchange->quiet_us = quiet_us;
    exchange->answer_us = answer_us;
    return wish;
}

enum kwh_wish kwhi_mbus_sequence_next(struct kwh_mbus_sequence *sequence,
                                      struct kwh_dialogue *dialogue)
{
    if (sequence->state == TOLD)
        go_on(sequence);
    if (sequence->state == CHOOSE && asks_with(sequence) == 0)
        begin_telegrams(sequence);
    if (sequence->state == RETURN && sequence->usual == 0)
        sequence->state = END;
    switch ((enum sequence_state)sequence->state) {
    case CONTACT:
    case CHOOSE:
    case REQUEST:
    case RETURN:
        return ask(sequence, &dialogue->exchange);
    case REST:
        sequence->state = sequence->resume;
        dialogue->wait_us = BUSY_US;
        return KWH_WISH_WAIT;
    case READY:
        sequence->state = TOLD;
        return KWH_WISH_RESULT;
    case TOLD:
    case END:
        break;
    }
    dialogue->error = sequence->error;
    return sequence->error == KWH_OK ? KWH_WISH_DONE : KWH_WISH_FAILED;
}

/* ------------------------------------------------------------------------------------------------
 * How it went
 */

static bool announces_more(const struct kwh_mbus_sequence *sequence)
{
    struct kwh_mbus_records records;
    struct kwh_mbus_record record;
    kwh_mbus_records_init(&records, &sequence->telegram);
    while (kwh_mbus_next(&records, sequence->data, sequence->size, &record))
        ;
    return records.more_records_follow;
}

/* An error report in place of a telegram. */
static void take_report(struct kwh_mbus_sequence *sequence, uint8_t code)
{
    enum kwh_error error = kwh_error_from_mbus(code);
    if (kwh_error_is_busy(error) && sequence->busy < BUSY_MAX) {
        sequence->busy++;
        sequence->resume = sequence->state;
        sequence->state = REST;
    } else {
        give_up(sequence, error);
    }
}

static bool has_address(const struct kwh_mbus_telegram *telegram)
{
    return telegram->header_length >= KWHI_HEADER_ADDRESS;
}

/* The meter that was selected, and the same as before, as far as the header says who it is. */
static bool is_right_meter(const struct kwh_mbus_sequence *sequence,
                           const struct kwh_mbus_telegram *telegram)
{
    struct kwh_mbus_secondary own = kwh_mbus_secondary_of(telegram), wanted;
    bool fixed = telegram->header_length == KWHI_HEADER_FIXED;

    if (!has_address(telegram))
        return true;
    if (sequence->by_secondary) {
        kwh_mbus_secondary_decode(sequence->selection, &wanted);
        if (fixed) { /* it tells its identification alone */
            wanted.manufacturer = UINT16_MAX;
            wanted.version = wanted.medium = UINT8_MAX;
        }
        if (!kwh_mbus_secondary_fits(&wanted, &own))
            return false;
    }
    wanted = kwh_mbus_secondary_of(&sequence->telegram);
    return sequence->count == 0 || !has_address(&sequence->telegram) ||
           (wanted.id == own.id && wanted.manufacturer == own.manufacturer &&
            wanted.version == own.version && wanted.medium == own.medium);
}

/* After SND_NKE without an answer the first telegram may be one that a meter out of step repeats:
 * the next request, with the other bit, brings a new one. */
static bool is_doubtful(struct kwh_mbus_sequence *sequence)
{
    bool doubtful = sequence->doubted && sequence->state == REQUEST && !sequence->more;
    sequence->doubted = false;
    return doubtful;
}

static void take_telegram(struct kwh_mbus_sequence *sequence, const uint8_t *bytes,
                          const struct kwh_mbus_frame *frame)
{
    struct kwh_mbus_telegram telegram;
    enum kwh_error error = kwh_mbus_telegram_decode(frame->ci, bytes + frame->data_at,
                                                    frame->data_length, &telegram);
    if (error != KWH_OK) {
        give_up(sequence, error);
    } else if (telegram.content == KWH_MBUS_REPORT) {
        take_report(sequence, telegram.code);
    } else if (telegram.content != KWH_MBUS_DATA && telegram.content != KWH_MBUS_FIXED) {
        give_up(sequence, KWH_ERROR_BAD_ANSWER);
    } else if (!is_right_meter(sequence, &telegram)) {
        give_up(sequence, sequence->count == 0 ? KWH_ERROR_OTHER_ANSWER : KWH_ERROR_BAD_ANSWER);
    } else {
        if (sequence->state == CHOOSE) /* the private telegram at once */
            begin_telegrams(sequence);
        sequence->telegram = telegram;
        sequence->data = bytes + frame->data_at;
        sequence->size = frame->data_length;
        sequence->more = announces_more(sequence);
        if (is_doubtful(sequence))
            return;
        sequence->count++;
        sequence->part++;
        sequence->state = READY;
    }
}

/* E5 to a request for data: there are none, or no more. */
static void take_nothing(struct kwh_mbus_sequence *sequence)
{
    if (!sequence->more) {
        give_up(sequence, KWH_ERROR_NO_DATA);
        return;
    }
    sequence->more = false;
    go_on(sequence);
}

static void take_acknowledgment(struct kwh_mbus_sequence *sequence)
{
    if (sequence->state == CHOOSE)
        begin_telegrams(sequence);
    else if (sequence->state == CONTACT)
        sequence->state = CHOOSE;
    else if (sequence->state == RETURN)
        sequence->state = END;
    else
        take_nothing(sequence);
}

void kwhi_mbus_sequence_outcome(struct kwh_mbus_sequence *sequence,
                                const struct kwh_dialogue *dialogue, const struct kwh_line *line)
{
    const struct kwh_exchange *exchange = &dialogue->exchange;
    struct kwh_mbus_frame frame;
    const uint8_t *bytes = kwh_mbus_answer(line, exchange, &frame);

    kwh_mbus_link_done(&sequence->link, exchange);
    if (sequence->state == CHOOSE && exchange->sendings != 0)
        sequence->away = true; /* even if its answer was lost */
    if (exchange->error != KWH_OK || bytes == NULL) {
        enum kwh_error error = exchange->error != KWH_OK ? exchange->error : KWH_ERROR_BAD_ANSWER;
        /* A meter that does not know SND_NKE may still give its data. */
        if (sequence->state == CONTACT && !sequence->by_secondary && error == KWH_ERROR_TIMEOUT) {
            sequence->doubted = true;
            sequence->state = CHOOSE;
            return;
        }
        sequence->link.reset = false; /* out of step: the next readout begins anew */
        give_up(sequence, error);
    } else if (frame.kind == KWH_MBUS_ACK) {
        take_acknowledgment(sequence);
    } else if (sequence->state == RETURN) {
        sequence->state = END; /* the usual telegram at once */
    } else {
        take_telegram(sequence, bytes, &frame);
    }
}
