/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=522
// proof: SOURCES=lib/line/line.c,lib/line/receive.c,lib/line/debt.c,lib/line/wire_time.c
// proof: SOURCES=tests/proof/stub/shift.c,tests/proof/stub/answer_at_end.c,lib/line/statistics.c
// proof: SOURCES=lib/modbus/request.c,lib/modbus/rtu.c,lib/modbus/tcp.c,lib/modbus/answer.c
// proof: SOURCES=lib/modbus/pdu_length.c,lib/modbus/raw_length.c,tests/proof/stub/crc16.c
// proof: SOURCES=lib/base/error.c,lib/mbus/mbus_master.c,lib/mbus/mbus_frame.c
// proof: SOURCES=lib/mbus/mbus_request.c
// proof: OPTIONS=-eva-precision,1,-eva-slevel,3,-eva-auto-loop-unroll,32
// proof: OPTIONS=-eva-interprocedural-splits
// proof: DEFINES=FRAMING=kwh_modbus_rtu,FRAMING=kwh_modbus_tcp,FRAMING=kwh_mbus_serial
#include <kwh/map.h>
#include <kwh/mbus.h>
#include <kwh/modbus.h>

#include "proof.h"

/* A line with a buffer of LEN bytes, and any sequence of calls, of any length, with any arguments.
 * Of how long the
 * request is, each case is taken by itself; the answer lies behind it. */
static struct kwh_line line;
static struct kwh_framing framing;
static struct kwh_exchange exchanges[2];
static struct kwh_statistics statistics;
static uint8_t buffer[LEN];
static uint8_t body[KWH_MBUS_DATA_MAX];
static struct kwh_step step;

/* In place of match(), all that it may give, as rtu_match.c, tcp_match.c and mbus_match.c prove. */
static struct kwh_match any_match(const uint8_t *bytes, size_t length, struct kwh_exchange *waiting)
{
    struct kwh_match match = {.count = ANY_WORD(), .body_at = (uint16_t)ANY_OF(0, 7)};
    MUST(bytes[0] + bytes[length - 1] >= 0);
    while (waiting->state != KWH_EXCHANGE_WAITING && waiting->next != NULL)
        waiting = waiting->next;
    match.exchange = waiting;
    match.verdict = (enum kwh_verdict)ANY_OF(KWH_VERDICT_MORE, KWH_VERDICT_BROKEN);
    match.reason = (enum kwh_reason)ANY_OF(0, 3);
    match.address = ANY_BYTE();
    match.error = (enum kwh_error)ANY_OF(0, KWH_ERROR_RISK);
    match.body_length = (uint16_t)ANY_OF(1, 255);
    if (match.count > length || match.body_at + 1u > length)
        match.verdict = KWH_VERDICT_MORE;
    if (match.body_at + 1u > length)
        match.body_at = 0;
    return match;
}

static void receive(void)
{
    MAKE_ANY(buffer);
    if (ANY_OF(0, 1))
        kwh_line_got(&line, ANY_WORD(), ANY_UINT32());
    else
        kwh_line_got_damaged(&line, ANY_WORD(), ANY_UINT32());
}

static enum kwh_error ask(struct kwh_exchange *exchange)
{
    if ((FRAMING.properties & KWH_FRAMING_BURST) != 0) {
        if (ANY_OF(0, 1))
            return kwh_mbus_snd_ud(exchange, ANY_BYTE(), ANY_OF(0, 1), ANY_BYTE(), body,
                                   sizeof body);
        kwh_mbus_req_ud2(exchange, ANY_BYTE(), ANY_OF(0, 1));
        exchange->body = body; /* of no bytes */
        return KWH_OK;
    }
    if (ANY_OF(0, 1) == 0)
        return kwh_modbus_read(exchange, ANY_BYTE(), 3, ANY_WORD(), ANY_WORD());
    kwh_modbus_write_single(exchange, ANY_BYTE(), ANY_WORD(), ANY_WORD());
    return KWH_OK;
}

static void begin(struct kwh_exchange *exchange)
{
    enum kwh_error error;
    if (exchange->state != KWH_EXCHANGE_NEW && exchange->state != KWH_EXCHANGE_OVER)
        return;
    if (ask(exchange) != KWH_OK)
        return;
    exchange->statistics = &statistics;
    error = ANY_OF(0, 1) ? kwh_line_start(&line, exchange, ANY_UINT32())
                         : kwh_line_retry(&line, exchange, ANY_UINT32());
    (void)error;
}

int main(void)
{
    static const struct kwh_line_settings settings = {9600, 8, 'E', 1};
    size_t length;
    framing.wrap = FRAMING.wrap;
    framing.match = any_match;
    framing.frame_max = FRAMING.frame_max;
    framing.overhead = FRAMING.overhead;
    framing.properties = FRAMING.properties;
    framing.broadcast = FRAMING.broadcast;
    framing.address_max = FRAMING.address_max;
    if (kwh_line_init(&line, &framing, buffer, sizeof buffer) != KWH_OK)
        return 1;
    kwh_line_set_speed(&line, &settings);
    exchanges[0].body = body; /* always, so that no state need be split by it */
    //@ dynamic_split line.sent_length;
    while (ANY_OF(0, 1)) {
        switch (ANY_OF(0, 6)) {
        case 0:
            begin(&exchanges[(framing.properties & KWH_FRAMING_HAS_ID) != 0 ? ANY_OF(0, 1) : 0]);
            break;
        case 1:
            kwh_line_next(&line, ANY_UINT32(), &step);
            break;
        case 2:
            kwh_line_sent(&line, ANY_WORD(), ANY_UINT32());
            break;
        case 3:
            receive();
            break;
        case 4:
            kwh_line_failed(&line, KWH_ERROR_IO, 5, ANY_UINT32());
            break;
        case 5:
            kwh_line_cancel(&line, ANY_UINT32());
            break;
        default:
            (void)kwh_line_answer(&line, &exchanges[0], &length);
            break;
        }
    }
    return 0;
}
