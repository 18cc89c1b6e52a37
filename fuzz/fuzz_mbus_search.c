/* SPDX-License-Identifier: MIT */
/*
 * A search for M-Bus meters on a line that gives any bytes at any time. Whatever happens: it ends;
 * each meter it reports has sent a telegram with that address after it was asked, fits what was
 * searched for, and is reported once; it knows how far it is.
 *
 * Input: what is searched (10 bytes, see begin()); then what happens while the line receives, one
 * byte that says which, its high half or the next bytes how much.
 */
#include <kwh/mbus_search.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    HEAD = 10,
    HEARD_MAX = 4096,
    REPORTS_MAX = 2048,
    DAMAGED = 0x100 /* in what was heard */
};

static struct kwh_line line;
static struct kwh_mbus_search search;
static struct kwh_mbus_secondary start;
static uint8_t buffer[KWH_MBUS_BUFFER];
static uint32_t now_us;
static uint8_t asked[17]; /* the last request */
static size_t asked_length;
static uint16_t heard[HEARD_MAX]; /* since the last REQ_UD2 */
static size_t heard_count;
static struct kwh_mbus_secondary reports[REPORTS_MAX];
static size_t report_count;
static int last_address;
static uint32_t done, total;
static bool stopped;

static void must(bool condition)
{
    if (!condition)
        abort();
}

/* ------------------------------------------------------------------------------------------------
 * Frames and addresses once more (EN 13757-2, -3), nothing of the library
 */

static uint8_t sum_of(const uint8_t *bytes, size_t count)
{
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += bytes[i];
    return (uint8_t)(sum & 0xFFu);
}

static size_t seal(uint8_t *frame, uint8_t address, uint8_t ci, size_t data_length)
{
    size_t length = data_length + 3;
    frame[0] = frame[3] = 0x68;
    frame[1] = frame[2] = (uint8_t)length;
    frame[4] = 0x08;
    frame[5] = address;
    frame[6] = ci;
    frame[4 + length] = sum_of(frame + 4, length);
    frame[5 + length] = 0x16;
    return length + 6;
}

/* The frame of an answer that stands at `at`, undamaged; 0: none. */
static size_t frame_at(size_t at, uint8_t frame[261])
{
    size_t length = 9;
    for (size_t i = 0; i < length; i++) {
        if (at + i >= heard_count || (heard[at + i] & DAMAGED) != 0)
            return 0;
        frame[i] = (uint8_t)heard[at + i];
        if (i == 1)
            length = frame[1] + 6u;
        if (i == 1 && frame[1] < 3)
            return 0;
    }
    if (frame[0] != 0x68 || frame[1] != frame[2] || frame[3] != 0x68 ||
        (frame[4] & 0xCFu) != 0x08 || frame[length - 1] != 0x16 ||
        sum_of(frame + 4, length - 6) != frame[length - 2])
        return 0;
    return length;
}

static uint32_t load(const uint8_t *bytes, bool high_first)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < 4; i++)
        value |= (uint32_t)bytes[i] << (high_first ? 24 - 8 * i : 8 * i);
    return value;
}

/* Whether a telegram tells this address; one without an address tells none. */
static bool tells(const uint8_t *frame, size_t length, const struct kwh_mbus_found *found)
{
    const struct kwh_mbus_secondary *address = &found->secondary;
    const uint8_t *data = frame + 7;
    bool high_first = frame[6] == 0x76, is_report = frame[6] == 0x6F || frame[6] == 0x75;

    if (frame[5] != found->address)
        return false;
    if ((frame[6] == 0x72 || high_first || is_report || frame[6] == 0x5B) && length >= 9 + 12)
        return found->error == KWH_OK && address->id == load(data, high_first) &&
               address->manufacturer ==
                   (high_first ? data[4] << 8 | data[5] : data[5] << 8 | data[4]) &&
               address->version == data[6] && address->medium == data[7];
    if (frame[6] == 0x73 && length == 9 + 16)
        return found->error == KWH_OK &&
               (address->id == load(data, false) || address->id == load(data, true)) &&
               address->manufacturer == 0xFFFF && address->version == 0xFF &&
               address->medium == 0xFF;
    return found->error != KWH_OK;
}

/* ------------------------------------------------------------------------------------------------
 * Results
 */

static void check_meter(const struct kwh_mbus_found *found)
{
    uint8_t frame[261];
    bool told = false;

    for (size_t at = 0; at < heard_count && !told; at++) {
        size_t length = frame_at(at, frame);
        told = length != 0 && tells(frame, length, found);
    }
    must(told && kwh_mbus_secondary_fits(&start, &found->secondary));
    must(report_count < REPORTS_MAX);
    for (size_t i = 0; i < report_count && search.by_secondary; i++)
        must(memcmp(&reports[i], &found->secondary, sizeof reports[0]) != 0);
    reports[report_count++] = found->secondary;
}

static void check_result(void)
{
    const struct kwh_mbus_found *found = &search.found;

    if (found->kind == KWH_MBUS_FOUND_METER)
        check_meter(found);
    else
        must(found->error != KWH_OK && found->kind <= KWH_MBUS_FOUND_SEVERAL);
    if (!search.by_secondary) {
        must(found->address > last_address && found->address <= KWH_MBUS_PRIMARY_MAX);
        last_address = found->address;
    } else {
        must(found->address <= KWH_MBUS_PRIMARY_MAX || found->address == KWH_MBUS_SELECTED);
    }
}

static void check_progress(void)
{
    must(search.done >= done && search.total >= total && search.done <= search.total);
    done = search.done;
    total = search.total;
}

/* ------------------------------------------------------------------------------------------------
 * The line
 */

static void check_request(const uint8_t *bytes, size_t count)
{
    must(count == 5 || count == 17);
    if (count == 5) {
        must(bytes[0] == 0x10 && (bytes[1] == 0x40 || bytes[1] == 0x7B));
        must(bytes[3] == sum_of(bytes + 1, 2) && bytes[4] == 0x16);
    } else {
        must(memcmp(bytes, "\x68\x0B\x0B\x68\x73\xFD\x52", 7) == 0);
        must(bytes[15] == sum_of(bytes + 4, 11) && bytes[16] == 0x16);
    }
    if (bytes[1] == 0x7B && count == 5)
        heard_count = 0;
    memcpy(asked, bytes, count);
    asked_length = count;
}

static void deliver(struct kwh_step *step, const uint8_t *bytes, size_t count, bool damaged)
{
    while (count > 0 && step->action == KWH_ACTION_RECEIVE) {
        size_t part = count < step->capacity ? count : step->capacity;
        memcpy(step->room, bytes, part);
        for (size_t i = 0; i < part && heard_count < HEARD_MAX; i++)
            heard[heard_count++] = (uint16_t)(bytes[i] | (damaged && i + 1 == count ? DAMAGED : 0));
        if (damaged && part == count)
            kwh_line_got_damaged(&line, part, now_us);
        else
            kwh_line_got(&line, part, now_us);
        bytes += part;
        count -= part;
        kwh_dialogue_step(&search.dialogue, &line, now_us, step);
        /* A request that goes out now is not answered by the rest. */
    }
}

/* A telegram of a meter that the pattern of the search selects: any byte for what is open. */
static size_t fitting(uint8_t *frame, unsigned amount, uint8_t open)
{
    static const uint8_t cis[] = {0x72, 0x72, 0x72, 0x76, 0x73, 0x78, 0x70, 0x6F};
    struct kwh_mbus_secondary own = search.pattern;
    uint8_t ci = cis[amount & 7u];

    for (unsigned i = 0; i < 32; i += 4)
        if ((own.id >> i & 15u) == 15u)
            own.id ^= (uint32_t)(15u ^ ((unsigned)open >> (i % 8) & 15u)) << i;
    own.version = own.version == 0xFF ? open : own.version;
    own.medium = own.medium == 0xFF ? open : own.medium;
    own.manufacturer = own.manufacturer == 0xFFFF ? open : own.manufacturer;
    memset(frame, 0, 32);
    for (unsigned i = 0; i < 4; i++)
        frame[7 + (ci == 0x76 ? 3 - i : i)] = (uint8_t)(own.id >> 8 * i & 0xFFu);
    frame[7 + (ci == 0x76 ? 5 : 4)] = (uint8_t)(own.manufacturer & 0xFFu);
    frame[7 + (ci == 0x76 ? 4 : 5)] = (uint8_t)(own.manufacturer >> 8);
    frame[13] = own.version;
    frame[14] = own.medium;
    return seal(frame, search.by_secondary ? (uint8_t)(amount << 4) : search.address, ci,
                ci == 0x73   ? 16
                : ci == 0x70 ? 1
                             : 12);
}

static void stop(void)
{
    kwh_mbus_search_stop(&search, now_us);
    stopped = true;
}

/* What happens while the line receives; returns how many bytes of the input it used. */
static size_t happen(const uint8_t *data, size_t size, struct kwh_step *step)
{
    static const uint8_t e5 = 0xE5;
    size_t amount = data[0] >> 4;
    size_t count = amount < size - 1 ? amount : size - 1;
    uint8_t frame[64];

    switch (data[0] & 15) {
    case 0:
    case 1:
        deliver(step, data + 1, count, (data[0] & 15) == 1);
        return 1 + count;
    case 2:
    case 3:
        deliver(step, &e5, 1, (data[0] & 15) == 3);
        return 1;
    case 4:
        deliver(step, frame, fitting(frame, (unsigned)amount, size > 1 ? data[1] : 0), false);
        return size > 1 ? 2 : 1;
    case 5: /* most of one */
        deliver(step, frame, fitting(frame, (unsigned)amount, 0) - 1 - amount % 4, amount > 7);
        return 1;
    case 6:
        deliver(step, asked, asked_length, false);
        return 1;
    case 7:
        now_us += (uint32_t)amount << 10;
        return 1;
    case 8: /* a silence of its kind, then the rest of the same answers */
        now_us += line.timing.character_us + (uint32_t)amount;
        return 1;
    case 9: /* more than a frame at once */
        memset(frame, (int)amount * 17, sizeof frame);
        for (unsigned i = 0; i < 5; i++)
            deliver(step, frame, sizeof frame, false);
        return 1;
    case 10:
        if (amount == 0)
            kwh_line_cancel(&line, now_us);
        else if (amount == 1)
            stop();
        else if (amount == 2)
            kwh_line_failed(&line, KWH_ERROR_IO, 5, now_us);
        return 1;
    default:
        if ((int32_t)(step->until_us - now_us) > 0)
            now_us = step->until_us;
        return 1;
    }
}

static bool begin(const uint8_t *data)
{
    static const struct kwh_line_settings settings = {2400, 8, 'E', 1};
    const struct kwh_framing *framing = (data[0] & 1) != 0 ? &kwh_mbus_over_tcp : &kwh_mbus_serial;
    bool made = true;

    now_us = (uint32_t)data[0] << 24;
    if (kwh_line_init(&line, framing, buffer, sizeof buffer) != KWH_OK)
        return false;
    kwh_mbus_set_speed(&line, &settings, 10000);
    line.timing.tick_us = (data[0] & 2) != 0 ? 10000 : 1;
    line.echo = (data[0] & 4) != 0 ? KWH_ECHO_NEVER : KWH_ECHO_LEARN;
    kwh_mbus_secondary_decode((const uint8_t *)"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", &start);
    heard_count = report_count = asked_length = 0;
    done = total = 0;
    stopped = false;
    last_address = -1;
    if ((data[0] & 8) != 0) {
        made = kwh_mbus_search_primary(&search, &line, data[2], data[3]) == KWH_OK;
    } else {
        if ((data[0] & 16) != 0)
            kwh_mbus_secondary_decode(data + 2, &start);
        kwh_mbus_search_secondary(&search, &line, &start, (data[0] & 32) != 0);
    }
    search.retries = data[1] & 3u;
    return made;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kwh_step step = {.action = KWH_ACTION_IDLE};
    size_t at = HEAD;
    unsigned rest = 0;

    if (size < HEAD || !begin(data))
        return 0;
    for (unsigned steps = 0; step.action != KWH_ACTION_FINISHED; steps++) {
        must(steps < 1000000);
        if (at >= size && ++rest == 100 && (data[1] & 0x80) == 0)
            stop(); /* for the pace of this test */
        kwh_dialogue_step(&search.dialogue, &line, now_us, &step);
        if (step.action == KWH_ACTION_RECEIVE && at < size)
            at += happen(data + at, size - at, &step);
        else if (step.action == KWH_ACTION_RECEIVE && (int32_t)(step.until_us - now_us) > 0)
            now_us = step.until_us;
        must(!stopped || step.action == KWH_ACTION_RECEIVE || step.action == KWH_ACTION_FINISHED);
        if (step.action == KWH_ACTION_SEND) {
            check_request(step.bytes, step.count);
            kwh_line_sent(&line, step.count, now_us);
        }
        if (step.action == KWH_ACTION_RESULT)
            check_result();
        check_progress();
    }
    must(!stopped || search.dialogue.error == KWH_ERROR_INTERRUPTED);
    if (search.dialogue.error == KWH_OK)
        must(search.done == search.total);
    return 0;
}
