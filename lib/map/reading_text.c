/* SPDX-License-Identifier: MIT */
#include <kwh/reading.h>

#include "../base/hex_digit.h"
#include "../base/words.h"

/* A text that grows in the caller's memory; what does not fit is only counted. */
struct writer {
    char *text;
    size_t capacity, length;
};

static void put(struct writer *writer, char character)
{
    if (writer->length < writer->capacity)
        writer->text[writer->length] = character;
    writer->length++;
}

static void put_number(struct writer *writer, int number, int width)
{
    int weight = 1;
    for (int i = 1; i < width; i++)
        weight *= 10;
    for (; weight > 0; weight /= 10)
        put(writer, (char)('0' + number / weight % 10));
}

static void put_digits(struct writer *writer, uint64_t digits, unsigned count)
{
    for (unsigned i = count < 16 ? count : 16; i > 0; i--)
        put(writer, kwhi_hex_digit((unsigned)(digits >> 4 * (i - 1) & 15)));
}

/* The last `count` digits as a number. */
static void put_without_zeros(struct writer *writer, uint64_t digits, unsigned count)
{
    while (count > 1 && (digits >> 4 * (count - 1) & 15) == 0)
        count--;
    put_digits(writer, digits, count);
}

/* "9995/5": the first four digits are the primary current, the others the secondary. */
static void put_ratio(struct writer *writer, uint64_t digits, unsigned count)
{
    put_without_zeros(writer, digits >> 4 * (count - 4), 4);
    put(writer, '/');
    put_without_zeros(writer, digits, count - 4);
}

/* ISO 8601: a date, a time, or both with a T between. */
static void put_time(struct writer *writer, const struct kwh_time *time)
{
    bool has_date = time->day >= 0;
    if (has_date && time->year >= 0) {
        put_number(writer, time->year, 4);
        put(writer, '-');
    }
    if (has_date) {
        put_number(writer, time->month >= 0 ? time->month : 0, 2);
        put(writer, '-');
        put_number(writer, time->day, 2);
    }
    if (time->hour < 0 || time->minute < 0)
        return;
    if (has_date)
        put(writer, 'T');
    put_number(writer, time->hour, 2);
    put(writer, ':');
    put_number(writer, time->minute, 2);
    if (time->second >= 0) {
        put(writer, ':');
        put_number(writer, time->second, 2);
    }
}

static void put_form(struct writer *writer, const struct kwh_reading *reading)
{
    switch ((enum kwh_form)reading->form) {
    case KWH_FORM_DIGITS:
        if (reading->quantity == KWH_CT_RATIO && reading->length > 4 && reading->length <= 8)
            put_ratio(writer, reading->digits, reading->length);
        else
            put_digits(writer, reading->digits, reading->length);
        break;
    case KWH_FORM_BITS:
        put(writer, '0');
        put(writer, 'x');
        put_digits(writer, reading->digits, (reading->length + 3u) / 4u);
        break;
    case KWH_FORM_TEXT:
        for (unsigned i = 0; i < reading->length && i < KWH_READING_TEXT_MAX; i++)
            put(writer, reading->text[i]);
        break;
    case KWH_FORM_TIME:
        put_time(writer, &reading->time);
        break;
    case KWH_FORM_DECIMAL:
    case KWH_FORM_CHOICE:
        for (KWH_CONST char *word = reading->word; word != NULL && *word != '\0'; word++)
            put(writer, *word);
        break;
    }
}

enum kwh_error kwh_reading_print(const struct kwh_reading *reading, char *text, size_t capacity)
{
    struct writer writer = {text, capacity, 0};
    if (capacity > 0)
        text[0] = '\0';
    if (!kwh_reading_has_value(reading))
        return KWH_ERROR_NO_VALUE;
    if (reading->form == KWH_FORM_DECIMAL ||
        (reading->form == KWH_FORM_CHOICE && reading->word == NULL))
        return kwh_decimal_print(&reading->decimal, text, capacity);
    put_form(&writer, reading);
    if (writer.length >= capacity) {
        if (capacity > 0)
            text[0] = '\0';
        return KWH_ERROR_CAPACITY;
    }
    text[writer.length] = '\0';
    return KWH_OK;
}

static KWH_CONST char status_names[][14] = {
    [KWH_STATUS_OK] = "ok",
    [KWH_STATUS_NOT_AVAILABLE] = "not_available",
    [KWH_STATUS_NAN] = "nan",
    [KWH_STATUS_INFINITE] = "infinite",
    [KWH_STATUS_OVERFLOW] = "overflow",
    [KWH_STATUS_BAD_DIGITS] = "bad_digits",
    [KWH_STATUS_INVALID_DATE] = "invalid_date",
    [KWH_STATUS_NO_ANSWER] = "no_answer",
    [KWH_STATUS_REFUSED] = "refused",
    [KWH_STATUS_ENCRYPTED] = "encrypted",
    [KWH_STATUS_RECORD_ERROR] = "record_error",
    [KWH_STATUS_DOUBTFUL] = "doubtful",
};

KWH_CONST char *kwh_status_name(enum kwh_status status)
{
    unsigned index = (unsigned)status;
    return index < sizeof status_names / sizeof status_names[0] ? status_names[index]
                                                                : kwhi_no_word;
}

static KWH_CONST char certainty_names[][9] = {
    [KWH_CERTAINTY_INFERRED] = "inferred",
    [KWH_CERTAINTY_PUBLIC] = "public",
    [KWH_CERTAINTY_MANUAL] = "manual",
    [KWH_CERTAINTY_HARDWARE] = "hardware",
};

KWH_CONST char *kwh_certainty_name(enum kwh_certainty certainty)
{
    unsigned index = (unsigned)certainty;
    return index < sizeof certainty_names / sizeof certainty_names[0] ? certainty_names[index]
                                                                      : kwhi_no_word;
}
