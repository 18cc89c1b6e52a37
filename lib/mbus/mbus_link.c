/* SPDX-License-Identifier: MIT */
/* What master and slave keep in step: the frame count bits of an address, and the times. */
#include "mbus_frame.h"

void kwh_mbus_link_init(struct kwh_mbus_link *link, uint8_t address)
{
    link->address = address;
    link->request_fcb = true;
    link->data_fcb = true;
    link->reset = false;
}

/* SND_NKE, or a selection. */
static bool begins_anew(const struct kwh_exchange *exchange)
{
    return exchange->head[0] == KWH_MBUS_SND_NKE ||
           (exchange->address == KWH_MBUS_SELECTED && exchange->head_length > 1 &&
            (exchange->head[1] == KWH_MBUS_CI_SELECT ||
             exchange->head[1] == KWHI_MBUS_CI_SELECT_2));
}

void kwh_mbus_link_done(struct kwh_mbus_link *link, const struct kwh_exchange *exchange)
{
    unsigned c = exchange->head[0] & ~KWH_MBUS_FCB;
    bool good = exchange->state == KWH_EXCHANGE_OVER && exchange->error == KWH_OK;
    bool telegram = exchange->answer_size > 1;

    /* Whom it reached begins anew, even if its E5 was lost. */
    if (begins_anew(exchange) && exchange->sendings != 0) {
        kwh_mbus_link_init(link, link->address);
        link->reset = good;
    } else if (!good) {
        return;
    } else if (c == KWH_MBUS_SND_UD) {
        link->data_fcb = !link->data_fcb;
    } else if (c == KWH_MBUS_REQ_UD1 || (c == KWH_MBUS_REQ_UD2 && telegram)) {
        link->request_fcb = !link->request_fcb;
    }
}

#define ANSWER_BITS  (330u + 11u) /* after which the first character of an answer is there, */
#define ANSWER_US    50000u       /* with this pause */
#define SILENCE_BITS 33u
#define READOUT_BITS (11u * (5u + KWH_MBUS_FRAME_MAX)) /* a short request, the longest answer */

static uint32_t bits_us(uint32_t bits, uint32_t baud)
{
    return baud == 0 ? 0 : (bits * UINT32_C(1000000) + baud - 1u) / baud;
}

void kwh_mbus_set_speed(struct kwh_line *line, const struct kwh_line_settings *settings,
                        uint32_t allowance_us)
{
    uint32_t answer_us = bits_us(ANSWER_BITS, settings->baud) + ANSWER_US + allowance_us;

    kwh_line_set_speed(line, settings);
    if ((line->framing->properties & KWH_FRAMING_STREAM) != 0)
        line->timing.frame_us = bits_us(READOUT_BITS, settings->baud);
    line->timing.answer_us = answer_us;
    line->timing.character_us = bits_us(SILENCE_BITS, settings->baud) + allowance_us / 3u;
    line->timing.latest_us = answer_us;
}
