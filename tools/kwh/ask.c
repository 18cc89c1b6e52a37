/* SPDX-License-Identifier: MIT */
#include "ask.h"

#include <string.h>

static struct question *question_of(struct kwh_dialogue *dialogue)
{
    return (struct question *)(void *)dialogue;
}

static enum kwh_wish next(struct kwh_dialogue *dialogue)
{
    struct question *question = question_of(dialogue);
    if (question->asked) {
        dialogue->error = dialogue->exchange.error;
        return dialogue->error == KWH_OK ? KWH_WISH_DONE : KWH_WISH_FAILED;
    }
    question->asked = true;
    return KWH_WISH_EXCHANGE;
}

static void outcome(struct kwh_dialogue *dialogue, const struct kwh_line *line)
{
    struct question *question = question_of(dialogue);
    struct kwh_mbus_frame frame;
    size_t size = 0;
    bool is_mbus = (line->framing->properties & KWH_FRAMING_BURST) != 0;
    const uint8_t *answer = is_mbus ? kwh_mbus_answer(line, &dialogue->exchange, &frame)
                                    : kwh_line_answer(line, &dialogue->exchange, &size);
    if (is_mbus && answer != NULL)
        size = frame.length;
    question->size = size <= sizeof question->answer ? size : 0;
    if (answer != NULL && question->size > 0)
        memcpy(question->answer, answer, question->size);
}

void ask_init(struct question *question)
{
    memset(question, 0, sizeof *question);
    kwh_dialogue_init(&question->dialogue, next, outcome);
}

enum kwh_error ask(struct link *link, struct question *question)
{
    bool result;
    question->dialogue.retries = link->host.line.retries;
    return kwh_dialogue_run(&question->dialogue, &link->host.line, &result);
}

size_t ask_frame(enum kwh_scheme scheme, const struct question *question, uint8_t frame[ASK_FRAME])
{
    const struct kwh_framing *framing = kwh_scheme_protocol(scheme) == KWH_PROTOCOL_MBUS
                                            ? &kwh_mbus_serial
                                        : scheme == KWH_SCHEME_TCP ? &kwh_modbus_tcp
                                                                   : &kwh_modbus_rtu;
    return framing->wrap(&question->dialogue.exchange, frame, ASK_FRAME);
}

enum kwh_error ask_select(struct link *link)
{
    struct question question;
    uint8_t pattern[KWH_MBUS_SECONDARY_BYTES];
    if (!link->target.has_secondary)
        return KWH_OK;
    ask_init(&question);
    kwh_mbus_secondary_encode(&link->target.secondary, pattern);
    enum kwh_error error = kwh_mbus_snd_ud(&question.dialogue.exchange, KWH_MBUS_SELECTED, false,
                                           KWH_MBUS_CI_SELECT, pattern, sizeof pattern);
    return error == KWH_OK ? ask(link, &question) : error;
}
