/* SPDX-License-Identifier: MIT */
/* The same with echoes learnt, statistics and a trace. */
#include "client.h"

static struct kwh_statistics statistics;

static void trace(void *context, enum kwh_trace what, const uint8_t *bytes, size_t count,
                  uint32_t now_us)
{
    (void)context;
    (void)bytes;
    board_result = (uint32_t)what + (uint32_t)count + now_us;
}

int main(void)
{
    if (!client_begin(KWH_ECHO_LEARN))
        return 1;
    line.trace = trace;
    for (;;) {
        client_turn(&statistics);
        board_result = statistics.ok;
    }
}
