/* SPDX-License-Identifier: MIT */
/* A wire in memory to an M-Bus server: apart, so that one protocol does not link the other. */
#include <kwh/port_memory.h>

static void next(void *context, uint32_t now_us, struct kwh_step *step)
{
    kwh_mbus_server_next(context, now_us, step);
}

void kwh_port_memory_mbus(struct kwh_port_memory *port, struct kwh_mbus_server *server,
                          kwh_port_memory_clock *clock, void *context)
{
    kwh_port_memory_init(port, &server->responder, next, server, clock, context);
}
