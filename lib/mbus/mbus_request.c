/* SPDX-License-Identifier: MIT */
/* Requests: exchanges filled with C and CI fields, and their answers. */
#include <kwh/mbus.h>
#include <string.h>

#include "mbus_frame.h"

#define ACK_ONLY     1u
#define ANY_ANSWER   (2u + KWH_MBUS_DATA_MAX) /* C, CI, data; the address is the frame's */
#define CI_TELEGRAMS 0xB0u                    /* B0 to B7: private requests of another telegram */

static void begin(struct kwh_exchange *exchange, uint8_t address, unsigned c,
                  uint16_t answer_length)
{
    memset(exchange, 0, sizeof *exchange);
    exchange->address = address;
    exchange->head[0] = (uint8_t)c;
    exchange->head_length = 1;
    exchange->answer_length = answer_length;
    exchange->collides = address >= KWH_MBUS_SELECTED;
}

static unsigned counted(unsigned c, bool fcb)
{
    return fcb ? c | KWH_MBUS_FCB : c;
}

void kwh_mbus_snd_nke(struct kwh_exchange *exchange, uint8_t address)
{
    begin(exchange, address, KWH_MBUS_SND_NKE, ACK_ONLY);
    exchange->writes = address == KWH_MBUS_ALL;
}

void kwh_mbus_req_ud2(struct kwh_exchange *exchange, uint8_t address, bool fcb)
{
    begin(exchange, address, counted(KWH_MBUS_REQ_UD2, fcb), ANY_ANSWER);
}

void kwh_mbus_req_ud1(struct kwh_exchange *exchange, uint8_t address, bool fcb)
{
    begin(exchange, address, counted(KWH_MBUS_REQ_UD1, fcb), ANY_ANSWER);
}

static bool is_selection(uint8_t ci)
{
    return ci == KWH_MBUS_CI_SELECT || ci == KWHI_MBUS_CI_SELECT_2;
}

/* Selecting, and asking for another telegram, leave the meter as it was. */
static bool changes_nothing(uint8_t ci)
{
    return is_selection(ci) || (ci & 0xF8u) == CI_TELEGRAMS;
}

static enum kwh_error send_data(struct kwh_exchange *exchange, uint8_t address, unsigned c,
                                uint8_t ci, const uint8_t *data, size_t size)
{
    begin(exchange, address, c, is_selection(ci) ? ACK_ONLY : ANY_ANSWER);
    exchange->head_length = 0;
    if (size > KWH_MBUS_DATA_MAX)
        return KWH_ERROR_ARGUMENT;
    exchange->head_length = 2;
    exchange->head[1] = ci;
    exchange->body = data;
    exchange->body_length = (uint16_t)size;
    exchange->writes = address == KWH_MBUS_ALL || !changes_nothing(ci);
    return KWH_OK;
}

enum kwh_error kwh_mbus_snd_ud(struct kwh_exchange *exchange, uint8_t address, bool fcb, uint8_t ci,
                               const uint8_t *data, size_t size)
{
    unsigned c = address == KWH_MBUS_ALL ? KWH_MBUS_SND_UD & ~KWH_MBUS_FCV
                                         : counted(KWH_MBUS_SND_UD, fcb);
    return send_data(exchange, address, c, ci, data, size);
}

enum kwh_error kwh_mbus_snd_ud2(struct kwh_exchange *exchange, uint8_t address, uint8_t ci,
                                const uint8_t *data, size_t size)
{
    return send_data(exchange, address, KWH_MBUS_SND_UD2, ci, data, size);
}

const uint8_t *kwh_mbus_answer(const struct kwh_line *line, const struct kwh_exchange *exchange,
                               struct kwh_mbus_frame *frame)
{
    size_t length;
    const uint8_t *pdu = kwh_line_answer(line, exchange, &length);
    memset(frame, 0, sizeof *frame);
    if (exchange->error != KWH_OK || length == 0)
        return NULL;
    if (length == 1) {
        frame->kind = KWH_MBUS_ACK;
        frame->length = 1;
        return pdu;
    }
    pdu -= 4; /* 68 L L 68 stand before it */
    if (kwh_mbus_frame_decode(pdu, length + KWHI_MBUS_LONG_OVERHEAD, frame) != KWH_OK)
        return NULL;
    return pdu;
}

/* CI B8 to BF. */
static KWH_CONST uint16_t bauds[] = {300, 600, 1200, 2400, 4800, 9600, 19200, 38400};

uint8_t kwh_mbus_baud_ci(uint32_t baud)
{
    for (unsigned i = 0; i < sizeof bauds / sizeof bauds[0]; i++)
        if (bauds[i] == baud)
            return (uint8_t)(KWH_MBUS_CI_BAUD + i);
    return 0;
}

uint32_t kwh_mbus_baud(uint8_t ci)
{
    return ci >= KWH_MBUS_CI_BAUD && ci <= KWH_MBUS_CI_BAUD + 7u ? bauds[ci - KWH_MBUS_CI_BAUD] : 0;
}
