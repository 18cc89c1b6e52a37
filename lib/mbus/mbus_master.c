/* SPDX-License-Identifier: MIT */
/*
 * M-Bus frames as the asking side sees them. E5 says nothing but itself, so it counts only as the
 * one byte between two silences; a telegram proves itself by two lengths, checksum, C and address,
 * and may stand behind a glitch.
 */
#include "mbus_frame.h"

#include <string.h>

static size_t wrap(const struct kwh_exchange *exchange, uint8_t *frame, size_t capacity)
{
    bool is_short = exchange->head_length < 2;
    size_t size = exchange->body_length;
    if (exchange->head_length == 0 || size > KWH_MBUS_DATA_MAX ||
        capacity < (is_short ? KWHI_MBUS_SHORT_SIZE : size + KWHI_MBUS_DATA_OVERHEAD))
        return 0;
    if (is_short)
        return kwhi_mbus_frame_short(exchange->head[0], exchange->address, frame);
    if (size != 0)
        memcpy(frame + KWHI_MBUS_DATA_AT, exchange->body, size);
    return kwhi_mbus_frame_long(exchange->head[0], exchange->address, exchange->head[1], size,
                                frame);
}

/* To a selected meter the answer may come from its primary address; to all, from any. */
static bool is_from(const struct kwh_exchange *exchange, uint8_t address)
{
    return address == exchange->address || exchange->address == KWH_MBUS_ANY ||
           (exchange->address == KWH_MBUS_SELECTED && address <= KWH_MBUS_PRIMARY_MAX);
}

static bool takes_telegram(const struct kwh_exchange *exchange)
{
    return exchange->answer_length > 1;
}

static struct kwh_match take_character(uint8_t character, struct kwh_exchange *exchange)
{
    struct kwh_match match = kwh_match_frame(1, 0, 1, exchange);
    if (character == KWHI_MBUS_A2 && exchange->head[0] != KWH_MBUS_SND_UD2)
        return kwh_match_slide(1, KWH_REASON_OTHER_ANSWER, 0);
    if (character == KWHI_MBUS_A2)
        match.error = KWH_ERROR_NOT_ACKNOWLEDGED;
    return match;
}

/* A whole frame that is not the answer, so that nothing inside it is mistaken for one. It takes a
 * single byte behind it along: E5 must stand alone. */
static struct kwh_match pass_frame(size_t whole, size_t length, bool idle, enum kwh_reason reason,
                                   uint8_t address)
{
    bool alone = length - whole < 2;
    if (alone && !idle)
        return kwh_match_more(reason);
    return kwh_match_slide(alone ? length : whole, reason, address);
}

/* A whole frame of more than one byte stands at the front. */
static struct kwh_match take_frame(const uint8_t *bytes, size_t whole, size_t length,
                                   struct kwh_exchange *exchange)
{
    bool idle = exchange->idle;
    if (bytes[0] != KWHI_MBUS_START_LONG ||
        (bytes[4] & ~(KWH_MBUS_ACD | KWH_MBUS_DFC)) != KWH_MBUS_RSP_UD)
        return pass_frame(whole, length, idle, KWH_REASON_OTHER_ANSWER, 0);
    if (!is_from(exchange, bytes[5]))
        return pass_frame(whole, length, idle, KWH_REASON_OTHER_ADDRESS, bytes[5]);
    if (!takes_telegram(exchange))
        return pass_frame(whole, length, idle, KWH_REASON_OTHER_ANSWER, 0);
    return kwh_match_frame(whole, 4, whole - KWHI_MBUS_LONG_OVERHEAD, exchange);
}

/* Where behind the first byte a telegram stands whole; 0: nowhere. While more may come, nothing is
 * looked for inside one that has only begun. */
static size_t find_telegram(const uint8_t *bytes, size_t length, bool idle)
{
    size_t whole;
    for (size_t at = 1; at < length; at++) {
        enum kwh_error error = bytes[at] == KWHI_MBUS_START_LONG
                                   ? kwhi_mbus_frame_find(bytes + at, length - at, &whole)
                                   : KWH_ERROR_BAD_START;
        if (error == KWH_OK)
            return at;
        if (error == KWH_ERROR_CUT_FRAME && !idle)
            return 0;
    }
    return 0;
}

/* No frame begins the burst; a telegram that stands whole behind it counts all the same. */
static struct kwh_match pass_glitch(const uint8_t *bytes, size_t length, bool idle,
                                    enum kwh_error error)
{
    struct kwh_match match = kwh_match_more(KWH_REASON_NOISE);
    size_t at = find_telegram(bytes, length, idle);
    if (at != 0)
        return kwh_match_slide(at, KWH_REASON_NOISE, 0);
    if (!idle)
        return match;
    match.verdict = KWH_VERDICT_COLLISION;
    match.reason = error == KWH_ERROR_BAD_CHECKSUM ? KWH_REASON_BAD_CRC : KWH_REASON_NOISE;
    match.error = error;
    match.count = (uint16_t)length;
    return match;
}

static struct kwh_match match(const uint8_t *bytes, size_t length, struct kwh_exchange *exchange)
{
    bool idle = exchange->idle;
    size_t whole;
    enum kwh_error error = kwhi_mbus_frame_find(bytes, length, &whole);

    if (error == KWH_ERROR_CUT_FRAME && !idle)
        return kwh_match_more(bytes[0] == KWHI_MBUS_START_LONG ? KWH_REASON_NOISE
                                                               : KWH_REASON_OTHER_ANSWER);
    if (error != KWH_OK)
        return pass_glitch(bytes, length, idle, error);
    if (whole > 1)
        return take_frame(bytes, whole, length, exchange);
    if (length > 1)
        return pass_glitch(bytes, length, idle, KWH_ERROR_COLLISION);
    return idle ? take_character(bytes[0], exchange) : kwh_match_more(KWH_REASON_NOISE);
}

KWH_CONST struct kwh_framing kwh_mbus_serial = {
    .wrap = wrap,
    .match = match,
    .frame_max = KWH_MBUS_FRAME_MAX,
    .overhead = KWHI_MBUS_LONG_OVERHEAD + 1,
    .properties = KWH_FRAMING_SERIAL | KWH_FRAMING_BROADCAST | KWH_FRAMING_BURST,
    .broadcast = KWH_MBUS_ALL,
    .address_max = 255,
};

KWH_CONST struct kwh_framing kwh_mbus_over_tcp = {
    .wrap = wrap,
    .match = match,
    .frame_max = KWH_MBUS_FRAME_MAX,
    .overhead = KWHI_MBUS_LONG_OVERHEAD + 1,
    .properties = KWH_FRAMING_SERIAL | KWH_FRAMING_BROADCAST | KWH_FRAMING_BURST |
                  KWH_FRAMING_STREAM,
    .broadcast = KWH_MBUS_ALL,
    .address_max = 255,
};
