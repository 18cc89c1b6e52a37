/* SPDX-License-Identifier: MIT */
/* Frames of real meters and of edge cases, data/mbus/frames.txt: all that is said of them holds. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <kwh/mbus.h>
#include <kwh/mbus_record.h>

#include "hex.h"

#define FRAMES 78 /* in the file */

/* What a frame says, line by line as in the file. */
static char said[64 * 1024];

#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
static void
say(const char *format, ...)
{
    size_t length = strlen(said);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(said + length, sizeof said - length, format, arguments);
    va_end(arguments);
}

static void say_bytes(const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        say(i == 0 ? "%02X" : " %02X", bytes[i]);
}

static void say_header(const struct kwh_mbus_telegram *telegram)
{
    char manufacturer[KWH_MBUS_MANUFACTURER_TEXT];

    kwh_mbus_manufacturer_print(telegram->manufacturer, manufacturer);
    if (telegram->header_length == 12)
        say("header %08lX %s %u %u", (unsigned long)telegram->id, manufacturer, telegram->version,
            telegram->medium);
    else
        say("header - - - -");
    if (telegram->header_length == 0)
        say(" - - -\n");
    else
        say(" %u %u %02x%02x\n", telegram->access, telegram->status, telegram->signature & 0xFF,
            telegram->signature >> 8);
}

static void say_value(const struct kwh_mbus_record *record)
{
    char text[KWH_DECIMAL_TEXT];
    struct kwh_decimal value = kwh_decimal_reduce(record->value);

    if (!record->is_number) {
        assert_int_equal(value.mantissa, 0);
        say("-");
        return;
    }
    assert_int_equal(kwh_decimal_print(&value, text, sizeof text), KWH_OK);
    say("%s", text);
}

static void say_text(const uint8_t *data, size_t size, const struct kwh_mbus_record *record)
{
    char text[KWH_MBUS_TEXT_MAX];
    const struct kwh_time *time = &record->time;

    if (record->form == KWH_MBUS_FORM_TEXT) {
        assert_int_equal(kwh_mbus_text(data, size, record, text, sizeof text), KWH_OK);
        say("%s", text);
    } else if (record->form == KWH_MBUS_FORM_TIME && !record->is_number &&
               record->status == KWH_STATUS_OK) {
        say("%04d-%02d-%02d", time->year, time->month, time->day);
        if (time->hour >= 0)
            say("T%02d:%02d:%02d", time->hour, time->minute, time->second < 0 ? 0 : time->second);
    }
}

static void say_marks(const struct kwh_mbus_record *record)
{
    static const char *const phases[] = {"", "L1", "L2", "L3"};
    static const char *const directions[] = {"", "import", "export", "net", "gross", ""};

    assert_in_range(record->phase, 0, 3);
    assert_in_range(record->direction, 0, 5);
    say("%s%s%s", phases[record->phase], directions[record->direction],
        record->manufacturer ? "manufacturer" : "");
}

static void say_record(const uint8_t *data, size_t size, const struct kwh_mbus_record *record)
{
    char kind[KWH_MBUS_KIND_TEXT], unit[KWH_MBUS_TEXT_MAX];

    kwh_mbus_kind_print(record, kind);
    assert_int_equal(kwh_mbus_unit_text(data, size, record, unit, sizeof unit), KWH_OK);
    say("record ");
    say_bytes(data + record->header_at, record->header_length);
    say("|%s|%llu|%lu|%u|%s|%s|", kwh_mbus_function_name((enum kwh_mbus_function)record->function),
        (unsigned long long)record->storage, (unsigned long)record->tariff, record->subunit, kind,
        unit);
    say_value(record);
    say("|");
    say_text(data, size, record);
    say("|");
    say_marks(record);
    say("\n");
}

/* Put together again, the frame is the same. */
static void assert_round_trip(const uint8_t *bytes, const struct kwh_mbus_frame *frame)
{
    uint8_t built[KWH_MBUS_FRAME_MAX];
    size_t length;
    assert_int_equal(kwh_mbus_frame_encode(frame->c, frame->address, frame->ci,
                                           bytes + frame->data_at, frame->data_length, built,
                                           sizeof built, &length),
                     KWH_OK);
    assert_int_equal(length, frame->length);
    assert_memory_equal(built, bytes, length);
}

/* Each telegram has exactly its own length, so that a sanitizer sees a read past its end. */
static void decode(const uint8_t *bytes, size_t size)
{
    struct kwh_mbus_frame frame;
    struct kwh_mbus_telegram telegram;
    struct kwh_mbus_records records;
    struct kwh_mbus_record record;
    uint8_t copy[KWH_MBUS_FRAME_MAX];
    enum kwh_error error = kwh_mbus_frame_decode(bytes, size, &frame);

    said[0] = '\0';
    if (error != KWH_OK) {
        say("error %s\n", kwh_error_name(error));
        return;
    }
    assert_round_trip(bytes, &frame);
    size = frame.data_length;
    uint8_t *data = copy + sizeof copy - size;
    memcpy(data, bytes + frame.data_at, size);
    error = kwh_mbus_telegram_decode(frame.ci, data, size, &telegram);
    if (error != KWH_OK) {
        say("error %s\n", kwh_error_name(error));
        return;
    }
    say_header(&telegram);
    kwh_mbus_records_init(&records, &telegram);
    while (kwh_mbus_next(&records, data, size, &record))
        say_record(data, size, &record);
    if (records.error != KWH_OK) {
        said[0] = '\0';
        say("error %s\n", kwh_error_name(records.error));
        return;
    }
    say("end %s", records.more_records_follow ? "more" : "last");
    say(records.manufacturer_length > 0 ? " " : "");
    say_bytes(data + records.manufacturer_at, records.manufacturer_length);
    say("\n");
}

static void frames(void **state)
{
    static char line[4096], expected[sizeof said], name[128];
    uint8_t frame[KWH_MBUS_FRAME_MAX + 1];
    unsigned count = 0;
    FILE *file = fopen(KWH_SOURCE_ROOT "/tests/data/mbus/frames.txt", "r");

    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL || name[0] != '\0') {
        bool next = feof(file) || line[0] == '=';
        if (next && name[0] != '\0' && strcmp(said, expected) != 0)
            print_message("%s\n", name);
        if (next && name[0] != '\0')
            assert_string_equal(said, expected);
        expected[next ? 0 : strlen(expected)] = '\0';
        if (feof(file))
            break;
        if (next) {
            snprintf(name, sizeof name, "%.100s", line + 2);
            assert_non_null(fgets(line, sizeof line, file));
            decode(frame, hex(line, frame, sizeof frame));
            count++;
        } else {
            strncat(expected, line, sizeof expected - strlen(expected) - 1);
        }
    }
    fclose(file);
    assert_int_equal(count, FRAMES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
