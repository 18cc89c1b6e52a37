/* SPDX-License-Identifier: MIT */
/* Modbus RTU, answering: requests as they come, without a map. */
#include "board.h"

#include <kwh.h>

static struct kwh_responder responder;
static uint8_t buffer[KWH_RESPONDER_BUFFER];

/* Says what it was told, as function 06 does. */
static void answer(void)
{
    size_t length;
    const uint8_t *request = kwh_responder_request(&responder, &length);
    board_result = kwh_responder_answer(&responder, request, length);
}

int main(void)
{
    static const struct kwh_line_settings settings = KWH_LINE_SETTINGS_DEFAULT;
    struct kwh_step step;
    if (kwh_responder_init(&responder, &kwh_modbus_rtu_server, buffer, sizeof buffer) != KWH_OK)
        return 1;
    kwh_responder_set_speed(&responder, &settings);
    kwh_responder_serve(&responder, (uint8_t)board_argument, true);
    for (;;) {
        kwh_responder_next(&responder, board_now_us(), &step);
        if (step.action == KWH_ACTION_REQUEST) {
            answer();
        } else if (step.action == KWH_ACTION_SEND) {
            board_send(step.bytes, step.count);
            kwh_responder_sent(&responder, step.count, board_now_us());
        } else {
            size_t count = board_receive(step.room, step.capacity, step.until_us);
            kwh_responder_got(&responder, count, board_now_us());
        }
    }
}
