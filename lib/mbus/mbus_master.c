/* SPDX-License-Identifier: MIT */
/*
 * M-Bus frames as the asking side sees them. E5 says nothing but itself, so it counts only as the
 * one byte between two silences; a telegram proves itself by two lengths, checksum, C and address,
 * and may stand behind a glitch.
 */
#include "mbus_frame.h"

#include <string.h>

#define SND_UD2 0x43u /* the one request that A2 answers */

static size_t wrap(const struct kwh_exchange *exchange, uint8_t *frame, size_t capacity)
{
    size_t length;
    int ci = exchange->head_length > 1 ? exchange->head[1] : -1;
    enum kwh_error error = kwh_mbus_frame_encode(exchange->head[0], exchange->address, ci,
                                                 exchange->body, exchange->body_length, frame,
                                                 capacity, &length);
    return error == KWH_OK ? length : 0;
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

static struct kwh_match take_character(const uint8_t *bytes, struct kwh_exchange *exchange)
{
    struct kwh_match match = kwh_match_frame(1, 0, 1, exchange);
    if (bytes[0] == KWHI_MBUS_A2 && exchange->head[0] != SND_UD2)
        return kwh_match_slide(1, KWH_REASON_OTHER_ANSWER, 0);
    if (bytes[0] == KWHI_MBUS_A2)
        match.error = KWH_ERROR_NOT_ACKNOWLEDGED;
    return match;
}

/* A whole frame of more than one byte. */
static struct kwh_match take_frame(const uint8_t *bytes, size_t length,
                                   struct kwh_exchange *exchange)
{
    bool answer = bytes[0] == KWHI_MBUS_START_LONG &&
                  (bytes[4] & ~(KWH_MBUS_ACD | KWH_MBUS_DFC)) == KWH_MBUS_RSP_UD;
    if (!answer)
        return kwh_match_slide(length, KWH_REASON_OTHER_ANSWER, 0);
    if (!is_from(exchange, bytes[5]))
        return kwh_match_slide(length, KWH_REASON_OTHER_ADDRESS, bytes[5]);
    if (!takes_telegram(exchange))
        return kwh_match_slide(length, KWH_REASON_OTHER_ANSWER, 0);
    return kwh_match_frame(length, 4, length - KWHI_MBUS_LONG_OVERHEAD, exchange);
}

/* What begins the burst is no frame; a telegram that stands whole behind it counts all the same. */
static struct kwh_match pass_glitch(const uint8_t *bytes, size_t length, bool idle,
                                    enum kwh_error error)
{
    struct kwh_match match = kwh_match_more(KWH_REASON_NOISE);
    size_t whole;
    for (size_t at = 1; at < length; at++)
        if (bytes[at] == KWHI_MBUS_START_LONG &&
            kwhi_mbus_frame_find(bytes + at, length - at, &whole) == KWH_OK)
            return kwh_match_slide(at, KWH_REASON_NOISE, 0);
    if (!idle)
        return match;
    match.verdict = KWH_VERDICT_COLLISION;
    match.error = error;
    match.count = (uint16_t)length;
    return match;
}

static struct kwh_match match(const uint8_t *bytes, size_t length, bool idle,
                              struct kwh_exchange *exchanges)
{
    size_t whole;
    enum kwh_error error = kwhi_mbus_frame_find(bytes, length, &whole);

    if (error == KWH_OK && whole > 1)
        return take_frame(bytes, whole, exchanges);
    if (error == KWH_OK && length == 1)
        return idle ? take_character(bytes, exchanges) : kwh_match_more(KWH_REASON_NOISE);
    if (error == KWH_ERROR_CUT_FRAME && !idle)
        return kwh_match_more(bytes[0] == KWHI_MBUS_START_LONG ? KWH_REASON_NOISE
                                                               : KWH_REASON_OTHER_ANSWER);
    return pass_glitch(bytes, length, idle, error == KWH_OK ? KWH_ERROR_COLLISION : error);
}

const struct kwh_framing kwh_mbus_serial = {
    .wrap = wrap,
    .match = match,
    .frame_max = KWH_MBUS_FRAME_MAX,
    .overhead = KWHI_MBUS_LONG_OVERHEAD + 1,
    .properties = KWH_FRAMING_SERIAL | KWH_FRAMING_BROADCAST | KWH_FRAMING_BURST,
    .broadcast = KWH_MBUS_ALL,
    .address_max = 255,
};

const struct kwh_framing kwh_mbus_over_tcp = {
    .wrap = wrap,
    .match = match,
    .frame_max = KWH_MBUS_FRAME_MAX,
    .overhead = KWHI_MBUS_LONG_OVERHEAD + 1,
    .properties = KWH_FRAMING_SERIAL | KWH_FRAMING_BROADCAST | KWH_FRAMING_BURST |
                  KWH_FRAMING_STREAM,
    .broadcast = KWH_MBUS_ALL,
    .address_max = 255,
};
