/* SPDX-License-Identifier: MIT */
/* M-Bus frames and their records, for people. */
#include "mbus_frame.h"
#include "output.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define ANY_ID UINT32_C(0xFFFFFFFF)

/* Behind the text; what does not fit is cut. */
static void add(char text[MBUS_TEXT], const char *format, ...) PRINTF_LIKE(2, 3);

static void add(char text[MBUS_TEXT], const char *format, ...)
{
    size_t length = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + length, MBUS_TEXT - length, format, arguments);
    va_end(arguments);
}

/* The sentence of an error as a part of another one. */
static void add_error(char text[MBUS_TEXT], enum kwh_error error)
{
    const char *sentence = kwh_error_text(error);
    add(text, "%c%s", tolower((unsigned char)sentence[0]), sentence + 1);
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* ---- The link ---- */

static void add_address(char text[MBUS_TEXT], uint8_t address)
{
    if (address == KWH_MBUS_SELECTED)
        add(text, "the selected meter (253)");
    else if (address == KWH_MBUS_ANY)
        add(text, "any meter (254)");
    else if (address == KWH_MBUS_ALL)
        add(text, "all meters (255)");
    else
        add(text, "address %u", (unsigned)address);
}

static bool has_count_bit(const struct mbus_frame *frame)
{
    return mbus_frame_is_request(frame) && (frame->link.c & KWH_MBUS_FCV) != 0;
}

static void add_count_bit(char text[MBUS_TEXT], const struct mbus_frame *frame)
{
    if (has_count_bit(frame))
        add(text, ", frame count bit %d", (frame->link.c & KWH_MBUS_FCB) != 0);
}

/* What kind of frame, from or to whom. */
static void add_sender(char text[MBUS_TEXT], const struct mbus_frame *frame)
{
    add(text, "M-Bus");
    if (!frame->has_kind)
        return;
    if (frame->link.kind == KWH_MBUS_ACK || frame->link.kind == KWH_MBUS_NACK) {
        add(text, frame->link.kind == KWH_MBUS_ACK ? " acknowledgment (E5)"
                                                   : " refusal (A2): the request is not supported");
    } else if (frame->fields < 2) {
        add(text, " frame");
    } else {
        add(text, mbus_frame_is_request(frame) ? " request to " : " answer of ");
        add_address(text, frame->link.address);
    }
}

static void add_why_refused(char text[MBUS_TEXT], const struct mbus_frame *frame)
{
    if (frame->error == KWH_ERROR_BAD_CHECKSUM) {
        add(text, "the checksum is %02X, but %02X would be right", (unsigned)frame->checksum,
            (unsigned)frame->checksum_expected);
    } else if (frame->error == KWH_ERROR_CUT_FRAME && frame->whole != 0) {
        add(text, "it ends after %u of %u bytes", (unsigned)frame->length, (unsigned)frame->whole);
    } else if (frame->error == KWH_ERROR_UNKNOWN_CI) {
        add(text, "CI %02X is of no known layout", (unsigned)frame->link.ci);
    } else {
        add_error(text, frame->error);
    }
}

void mbus_frame_link(const struct mbus_frame *frame, char text[MBUS_TEXT])
{
    const char *name = mbus_control_name(frame->link.c);
    text[0] = '\0';
    if (frame->fields > 0) {
        add(text, "C %02X (%s", (unsigned)frame->link.c, name != NULL ? name : "unknown");
        add_count_bit(text, frame);
        add(text, ")");
    }
    if (frame->fields > 1)
        add(text, ", A %02X", (unsigned)frame->link.address);
    if (frame->fields > 2)
        add(text, ", CI %02X", (unsigned)frame->link.ci);
}

/* ---- What is in it ---- */

static void add_medium(char text[MBUS_TEXT], uint8_t medium)
{
    const char *words = mbus_medium_words(medium);
    if (words != NULL)
        add(text, ", %s", words);
    else
        add(text, ", medium %02X", (unsigned)medium);
}

/* Identification, manufacturer, version and medium, as far as the header has them. */
static void add_meter(char text[MBUS_TEXT], const struct kwh_mbus_telegram *telegram)
{
    char manufacturer[KWH_MBUS_MANUFACTURER_TEXT];
    if (telegram->header_length < KWH_MBUS_SECONDARY_BYTES)
        return;
    add(text, " of %08" PRIX32, telegram->id);
    if (telegram->content != KWH_MBUS_FIXED) {
        kwh_mbus_manufacturer_print(telegram->manufacturer, manufacturer);
        add(text, ", %s, version %u", manufacturer, (unsigned)telegram->version);
    }
    add_medium(text, telegram->medium);
}

/* Whom a selection means. */
static void add_pattern(char text[MBUS_TEXT], const struct kwh_mbus_telegram *telegram)
{
    char manufacturer[KWH_MBUS_MANUFACTURER_TEXT];
    if (telegram->id == ANY_ID)
        add(text, "select any identification");
    else
        add(text, "select %08" PRIX32, telegram->id);
    kwh_mbus_manufacturer_print(telegram->manufacturer, manufacturer);
    if (telegram->manufacturer == 0xFFFF)
        add(text, ", any maker");
    else
        add(text, ", %s", manufacturer);
    if (telegram->version == 0xFF)
        add(text, ", any version");
    else
        add(text, ", version %u", (unsigned)telegram->version);
    if (telegram->medium == 0xFF)
        add(text, ", any medium");
    else
        add_medium(text, telegram->medium);
}

static void add_records(char text[MBUS_TEXT], const struct mbus_frame *frame)
{
    const struct kwh_mbus_telegram *telegram = &frame->telegram;
    unsigned count = frame->record_count;
    if (telegram->encryption != KWH_MBUS_PLAIN)
        add(text, "%u encrypted byte%s (mode %u)", (unsigned)frame->rest_size,
            plural(frame->rest_size), (unsigned)telegram->encryption);
    else if (telegram->content == KWH_MBUS_COMMAND && count > 0 && frame->only_asks)
        add(text, "select %u record%s for the readout", count, plural(count));
    else
        add(text, "%s%u record%s", telegram->content == KWH_MBUS_COMMAND ? "write " : "", count,
            plural(count));
    add_meter(text, telegram);
    if (frame->end.more_records_follow)
        add(text, "; more follow");
}

static void add_request(char text[MBUS_TEXT], const struct mbus_frame *frame)
{
    uint8_t ci = frame->link.ci;
    const char *about = frame->size > 0 ? mbus_reset_words(frame->data[0]) : NULL;
    add(text, "%s", mbus_request_words(ci));
    if (ci == KWH_MBUS_CI_RESET && about != NULL)
        add(text, ": %s", about);
    else if (ci == KWH_MBUS_CI_RESET && frame->size > 0)
        add(text, ": subcode %02X", (unsigned)frame->data[0]);
    else if (kwh_mbus_baud(ci) != 0)
        add(text, " to %" PRIu32 " Bd", kwh_mbus_baud(ci));
    else if (mbus_is_makers(ci))
        add(text, " %02X", (unsigned)ci);
}

static void add_telegram(char text[MBUS_TEXT], const struct mbus_frame *frame)
{
    const struct kwh_mbus_telegram *telegram = &frame->telegram;
    switch ((enum kwh_mbus_content)telegram->content) {
    case KWH_MBUS_DATA:
    case KWH_MBUS_COMMAND:
    case KWH_MBUS_FIXED:
        add_records(text, frame);
        break;
    case KWH_MBUS_SELECTION:
        add_pattern(text, telegram);
        if (frame->record_count > 0)
            add(text, ", with %u record%s", frame->record_count, plural(frame->record_count));
        break;
    case KWH_MBUS_REPORT:
        if (kwh_error_from_mbus(telegram->code) == KWH_ERROR_REFUSED)
            add(text, "application error %02X: ", (unsigned)telegram->code);
        else
            add(text, "application error: ");
        add_error(text, kwh_error_from_mbus(telegram->code));
        add_meter(text, telegram);
        break;
    case KWH_MBUS_ALARM:
        add(text, "alarm flags %02X", (unsigned)telegram->code);
        add_meter(text, telegram);
        break;
    }
}

void mbus_frame_content(const struct mbus_frame *frame, char text[MBUS_TEXT])
{
    const char *control = mbus_control_words(frame->link.c);
    text[0] = '\0';
    if (frame->has_telegram) {
        add_telegram(text, frame);
    } else if (frame->data != NULL && mbus_frame_is_request(frame) &&
               mbus_request_words(frame->link.ci) != NULL) {
        add_request(text, frame);
    } else if (frame->fields > 0 && frame->link.kind == KWH_MBUS_SHORT) {
        if (control != NULL)
            add(text, "%s", control);
        else
            add(text, "unknown C field %02X", (unsigned)frame->link.c);
        add_count_bit(text, frame);
    }
}

void mbus_frame_describe(const struct mbus_frame *frame, char text[MBUS_TEXT])
{
    char content[MBUS_TEXT];
    text[0] = '\0';
    add_sender(text, frame);
    mbus_frame_content(frame, content);
    if (frame->error != KWH_OK) {
        add(text, ", refused: ");
        add_why_refused(text, frame);
    } else if (content[0] != '\0') {
        add(text, ": %s", content);
    }
}

/* ---- The header ---- */

/* In a fixed structure the lowest two bits are none of the status. */
static void add_status(char text[MBUS_TEXT], const struct kwh_mbus_telegram *telegram)
{
    static const char *const states[] = {"", "application busy", "application error",
                                         "abnormal condition"};
    static const char *const flags[] = {"power low", "permanent error", "temporary error"};
    unsigned status = telegram->status & (telegram->content == KWH_MBUS_FIXED ? 0xFCu : 0xFFu);
    const char *before = ": ";
    add(text, ", status %02X", (unsigned)telegram->status);
    if ((status & 3u) != 0) {
        add(text, "%s%s", before, states[status & 3u]);
        before = ", ";
    }
    for (size_t i = 0; i < KWH_COUNT(flags); i++) {
        if ((status >> (2u + i) & 1u) != 0) {
            add(text, "%s%s", before, flags[i]);
            before = ", ";
        }
    }
    if ((status & 0xE0u) != 0)
        add(text, "%s%02X of the maker", before, status & 0xE0u);
    else if (status == 0)
        add(text, ": no error");
}

void mbus_frame_state(const struct mbus_frame *frame, char text[MBUS_TEXT])
{
    const struct kwh_mbus_telegram *telegram = &frame->telegram;
    text[0] = '\0';
    if (!frame->has_telegram || telegram->content == KWH_MBUS_SELECTION ||
        telegram->header_length == 0)
        return;
    add(text, "access number %u", (unsigned)telegram->access);
    add_status(text, telegram);
    if (telegram->signature != 0)
        add(text, ", signature %02X%02X", telegram->signature & 0xFFu, telegram->signature >> 8);
    if (mbus_frame_is_request(frame))
        return;
    if ((frame->link.c & KWH_MBUS_ACD) != 0)
        add(text, ", alarms are waiting");
    if ((frame->link.c & KWH_MBUS_DFC) != 0)
        add(text, ", takes no more data now");
}

/* ---- Records ---- */

static bool is_command(const struct mbus_frame *frame)
{
    return frame->telegram.content == KWH_MBUS_COMMAND ||
           frame->telegram.content == KWH_MBUS_SELECTION;
}

/* The VIFE whose meaning the words before do not have. */
static void add_vife(char text[MBUS_TEXT], const struct mbus_frame *frame,
                     const struct kwh_mbus_record *record)
{
    if (!record->manufacturer && !record->modified)
        return;
    for (unsigned i = 0; i < record->vife_count; i++)
        add(text, "%s%02X", i == 0 ? ", VIFE " : " ", (unsigned)frame->data[record->vife_at + i]);
    if (record->manufacturer && record->vife_count > 0)
        add(text, " of the maker");
}

static void add_action(char text[MBUS_TEXT], uint8_t code)
{
    const char *words = mbus_action_words(code);
    if (words != NULL)
        add(text, ", %s", words);
    else
        add(text, ", action %02X", (unsigned)code);
}

/* Which of several values it is. */
static void add_place(char text[MBUS_TEXT], const struct kwh_mbus_record *record)
{
    static const char *const functions[] = {"", ", maximum", ", minimum", ", during an error"};
    if (record->tariff != 0)
        add(text, ", tariff %" PRIu32, record->tariff);
    add(text, "%s", functions[record->function & 3u]);
    if (record->storage != 0)
        add(text, ", storage %" PRIu64, record->storage);
    if (record->subunit != 0)
        add(text, ", subunit %u", (unsigned)record->subunit);
}

void mbus_record_describe(const struct mbus_frame *frame, const struct kwh_mbus_record *record,
                          char text[MBUS_TEXT])
{
    static const char *const phases[] = {"",   " L1",    " L2",    " L3",
                                         " N", " L1-L2", " L2-L3", " L3-L1"};
    static const char *const directions[] = {"", " import", " export", " net", " gross"};
    const char *words = mbus_code_words(record);
    char kind[KWH_MBUS_KIND_TEXT];
    kwh_mbus_kind_print(record, kind);
    text[0] = '\0';
    add(text, "%s", record->kind == KWH_MBUS_KIND_CODE && words != NULL ? words : kind);
    if (record->nature >= KWH_NATURE_Q1 && record->nature <= KWH_NATURE_Q4)
        add(text, " Q%u", record->nature - KWH_NATURE_Q1 + 1u);
    add(text, "%s", record->direction < KWH_COUNT(directions) ? directions[record->direction] : "");
    add(text, "%s", record->phase < KWH_COUNT(phases) ? phases[record->phase] : "");
    add_place(text, record);
    add_vife(text, frame, record);
    if (is_command(frame) && record->report != 0)
        add_action(text, record->report);
    if (record->status == KWH_STATUS_DOUBTFUL)
        add(text, ", doubtful");
}

void mbus_record_status(const struct mbus_frame *frame, const struct kwh_mbus_record *record,
                        char text[MBUS_TEXT])
{
    char status[KWH_READING_TEXT];
    const char *words = mbus_report_words(record->report);
    text[0] = '\0';
    if (record->status == KWH_STATUS_OK || record->status == KWH_STATUS_DOUBTFUL ||
        (is_command(frame) && record->form == KWH_MBUS_FORM_NOTHING))
        return;
    print_status((enum kwh_status)record->status, status);
    add(text, "%s", status);
    if (record->status == KWH_STATUS_RECORD_ERROR && words != NULL)
        add(text, ": %s", words);
    else if (record->status == KWH_STATUS_RECORD_ERROR)
        add(text, " %02X", (unsigned)record->report);
}
