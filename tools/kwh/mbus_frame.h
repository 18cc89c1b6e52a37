/* SPDX-License-Identifier: MIT */
/* M-Bus frames as they are found on a wire, whole or damaged, and what they say. */
#ifndef MBUS_FRAME_H
#define MBUS_FRAME_H

#include "command.h"

#include <kwh/mbus.h>
#include <kwh/mbus_record.h>

struct mbus_frame {
    enum kwh_error error;       /* KWH_OK, or why it is refused, as a frame or for what is in it */
    bool is_damaged;            /* as a frame: nothing that it says is proven */
    bool has_kind;              /* else the bytes are no frame at all */
    size_t length;              /* bytes that belong to it */
    struct kwh_mbus_frame link; /* of a damaged one what can be told */
    unsigned fields;            /* how many of C, A and CI are there */
    size_t whole;               /* the length that a damaged one tells, or 0 */
    uint8_t checksum, checksum_expected; /* of KWH_ERROR_BAD_CHECKSUM */

    const uint8_t *data; /* behind CI, as much as is there */
    size_t size;
    bool has_telegram; /* the layout is known and the header is there */
    struct kwh_mbus_telegram telegram;
    struct kwh_mbus_records end; /* behind the last record */
    unsigned record_count;
    bool only_asks;      /* none of the records has data: a selection for the next readout */
    const uint8_t *rest; /* of the data what is no record: encrypted, a code, of unknown layout */
    size_t rest_size;
};

/* Takes one frame from the front of @p length bytes, at least one. */
void mbus_frame_parse(const uint8_t *bytes, size_t length, struct mbus_frame *frame);

/* Bytes before or behind a frame that are none. */
void mbus_frame_stray(enum kwh_error error, size_t length, struct mbus_frame *frame);

/* Whether bytes that are no whole frame were meant to be one. */
bool mbus_frame_seems(const uint8_t *bytes, size_t length);

bool mbus_frame_is_request(const struct mbus_frame *frame);

/* ---- mbus_text.c ---- */

/* One line for people: what kind of frame, from or to whom, why it is refused or what it says. */
#define MBUS_TEXT 256
void mbus_frame_describe(const struct mbus_frame *frame, char text[MBUS_TEXT]);
/* What it says alone, proven or not; "" when nothing can be told. */
void mbus_frame_content(const struct mbus_frame *frame, char text[MBUS_TEXT]);
/* Access number, status, signature, and what else an answer says of its meter; "" of others. */
void mbus_frame_state(const struct mbus_frame *frame, char text[MBUS_TEXT]);
/* The fields of the link: "C 08 (RSP_UD), A 00, CI 72". */
void mbus_frame_link(const struct mbus_frame *frame, char text[MBUS_TEXT]);

/* What a record tells: "voltage L1", "energy export, tariff 2, maximum". */
void mbus_record_describe(const struct mbus_frame *frame, const struct kwh_mbus_record *record,
                          char text[MBUS_TEXT]);
/* Why a record has no value: "record error: no data available"; "" when it has one. */
void mbus_record_status(const struct mbus_frame *frame, const struct kwh_mbus_record *record,
                        char text[MBUS_TEXT]);

/* ---- mbus_words.c ---- */

/* "SND_NKE"; NULL for a C field without a name. */
const char *mbus_control_name(uint8_t c);
/* "reset the link"; NULL for a C field without a name. */
const char *mbus_control_words(uint8_t c);
/* What a CI field asks the meter to do that carries no records; NULL when it does not. */
const char *mbus_request_words(uint8_t ci);
/* Whether a CI field is a maker's own, as a command or an answer. */
bool mbus_is_makers(uint8_t ci);
/* "electricity"; NULL for a reserved device type. */
const char *mbus_medium_words(uint8_t medium);
/* What an application reset is about, by its subcode; NULL when it is reserved. */
const char *mbus_reset_words(uint8_t subcode);
/* Why a record has no value, by its error VIFE; NULL for a reserved one. */
const char *mbus_report_words(uint8_t code);
/* What is to be done with a record, by its action VIFE; NULL for a reserved one. */
const char *mbus_action_words(uint8_t code);
/* The kind of a record that has no name of its own in the library; NULL when it has none here. */
const char *mbus_code_words(const struct kwh_mbus_record *record);

#endif
