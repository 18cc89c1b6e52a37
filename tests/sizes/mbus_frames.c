/* SPDX-License-Identifier: MIT */
/*
 * M-Bus without a line: a request encoded and its answer decoded as frames, in a loop of the
 * program's own, and every record in it, without names.
 */
#include "mbus_records.h"

static void show(const uint8_t *data, size_t size, const struct kwh_mbus_record *record)
{
    (void)data;
    (void)size;
    mbus_show(record);
}

static void send(uint8_t c, uint8_t address)
{
    size_t length;
    if (kwh_mbus_frame_encode(c, address, -1, NULL, 0, frame, sizeof frame, &length) == KWH_OK)
        board_send(frame, length);
}

/* Up to a silence. */
static size_t receive(void)
{
    size_t got = 0, more;
    do {
        more = board_receive(frame + got, sizeof frame - got, board_now_us() + 100000u);
        got += more;
    } while (more != 0 && got < sizeof frame);
    return got;
}

int main(void)
{
    struct kwh_mbus_frame answer;
    for (;;) {
        uint8_t address = (uint8_t)board_argument;
        send(KWH_MBUS_SND_NKE, address);
        board_result = (uint32_t)receive();
        send(KWH_MBUS_REQ_UD2 | KWH_MBUS_FCB, address);
        if (kwh_mbus_frame_decode(frame, receive(), &answer) == KWH_OK)
            mbus_show_records(frame, &answer, show);
    }
}
