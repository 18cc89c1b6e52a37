/* SPDX-License-Identifier: MIT */
/* What master and slave keep in step: the frame count bits of an address, and the times. */
#include <kwh/mbus.h>

void kwh_mbus_link_init(struct kwh_mbus_link *link, uint8_t address)
{
    link->address = address;
    link->request_fcb = true;
    link->data_fcb = true;
    link->reset = false;
}

static bool is_selection(const struct kwh_exchange *exchange)
{
    return exchange->address == KWH_MBUS_SELECTED && exchange->head_length > 1 &&
           exchange->head[1] == KWH_MBUS_CI_SELECT;
}

void kwh_mbus_link_done(struct kwh_mbus_link *link, const struct kwh_exchange *exchange)
{
    unsigned c = exchange->head[0] & ~KWH_MBUS_FCB;
    bool telegram = exchange->answer_size > 1;

    if (exchange->error != KWH_OK)
        return;
    if (c == KWH_MBUS_SND_NKE || is_selection(exchange)) {
        kwh_mbus_link_init(link, link->address);
        link->reset = true;
    } else if (c == KWH_MBUS_SND_UD) {
        link->data_fcb = !link->data_fcb;
    } else if (c == KWH_MBUS_REQ_UD1 || (c == KWH_MBUS_REQ_UD2 && telegram)) {
        link->request_fcb = !link->request_fcb;
    }
}

#define ANSWER_BITS  330u /* after which an answer has begun, with the pause that follows */
#define ANSWER_US    50000u
#define SILENCE_BITS 33u
#define BITS         11u /* of a character: start, eight, parity, stop */

void kwh_mbus_set_speed(struct kwh_line *line, const struct kwh_line_settings *settings,
                        uint32_t allowance_us)
{
    uint32_t character_us = (kwh_character_ns(settings) + 999u) / 1000u;
    uint32_t answer_us = character_us * (ANSWER_BITS / BITS) + ANSWER_US + allowance_us;

    kwh_line_set_speed(line, settings);
    if ((line->framing->properties & KWH_FRAMING_STREAM) != 0)
        answer_us += character_us * (KWH_MBUS_FRAME_MAX + 5u);
    line->timing.answer_us = answer_us;
    line->timing.character_us = character_us * (SILENCE_BITS / BITS) + allowance_us / 3u;
    line->timing.latest_us = answer_us;
}
