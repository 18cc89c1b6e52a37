/* SPDX-License-Identifier: MIT */
/* One record in a line of text, so that a test reads like a table. */
#ifndef TESTS_MBUS_LINE_H
#define TESTS_MBUS_LINE_H

#include <stdio.h>
#include <string.h>

#include <kwh/mbus_record.h>

static inline size_t mbus_line_value(const uint8_t *data, size_t size,
                                     const struct kwh_mbus_record *record, char *line,
                                     size_t capacity)
{
    const struct kwh_time *time = &record->time;
    char text[KWH_MBUS_TEXT_MAX] = "";
    size_t length = 0;
    int printed = 0;

    if (record->is_number) {
        if (kwh_decimal_print(&record->value, text, sizeof text) != KWH_OK)
            return 0;
    } else if (record->form == KWH_MBUS_FORM_TEXT) {
        if (kwh_mbus_text(data, size, record, text, sizeof text) != KWH_OK)
            return 0;
    } else if (record->form == KWH_MBUS_FORM_BYTES) {
        for (size_t i = 0; i < record->data_length; i++)
            snprintf(text + 2 * i, 3, "%02X", data[record->data_at + i]);
    }
    printed = snprintf(line, capacity, "%s", text);
    length = printed > 0 ? (size_t)printed : 0;
    if (record->form != KWH_MBUS_FORM_TIME || record->status != KWH_STATUS_OK)
        return length;
    if (time->year >= 0) {
        snprintf(line + length, capacity - length, "%s%04d-%02d-%02d", length > 0 ? " " : "",
                 time->year, time->month, time->day);
        length = strlen(line);
    }
    if (time->hour >= 0) {
        snprintf(line + length, capacity - length, "%s%02d:%02d", length > 0 ? " " : "", time->hour,
                 time->minute);
        length = strlen(line);
    }
    if (time->second >= 0) {
        snprintf(line + length, capacity - length, ":%02d", time->second);
        length = strlen(line);
    }
    if (record->summer_time)
        snprintf(line + length, capacity - length, " summer");
    return strlen(line);
}

/* "kind: value unit", then what else is to be said. */
static inline void mbus_line(const uint8_t *data, size_t size, const struct kwh_mbus_record *record,
                             char *line, size_t capacity)
{
    static const char *const status[] = {"",           " !absent", " !nan",   " !infinite",
                                         " !overflow", " !digits", " !date",  "",
                                         "",           "",         " !error", " ?"};
    static const char *const phases[] = {"",   " l1",    " l2",    " l3",
                                         " n", " l1_l2", " l2_l3", " l3_l1"};
    static const char *const directions[] = {"", " import", " export", " net", " gross"};
    static const char *const natures[] = {"", "", "", " q1", " q2", " q3", " q4"};
    char kind[KWH_MBUS_KIND_TEXT], unit[KWH_MBUS_TEXT_MAX];
    size_t length;

    kwh_mbus_kind_print(record, kind);
    if (kwh_mbus_unit_text(data, size, record, unit, sizeof unit) != KWH_OK)
        unit[0] = '\0';
    snprintf(line, capacity, "%s: ", kind);
    length = strlen(line);
    length += mbus_line_value(data, size, record, line + length, capacity - length);
    snprintf(line + length, capacity - length, "%s%s%s%s%s%s%s%s", unit[0] != '\0' ? " " : "", unit,
             status[record->status], phases[record->phase], directions[record->direction],
             natures[record->nature], record->manufacturer ? " maker" : "",
             record->modified ? " modified" : "");
}

#endif
