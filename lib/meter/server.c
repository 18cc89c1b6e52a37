/* SPDX-License-Identifier: MIT */
/* Which slave a request is for, and what happens when it is for none or for all. */
#include <string.h>

#include <kwh/server.h>

/* The framing shall report what goes to the slaves' addresses of now. */
static void serve_addresses(struct kwh_server *server)
{
    memset(server->responder.served, 0, sizeof server->responder.served);
    for (size_t i = 0; i < server->count; i++)
        kwh_responder_serve(&server->responder, server->slaves[i].address, true);
}

enum kwh_error kwh_server_init(struct kwh_server *server,
                               KWH_CONST struct kwh_server_framing *framing, uint8_t *buffer,
                               size_t capacity, const struct kwh_slave *slaves, size_t count)
{
    enum kwh_error error = kwh_responder_init(&server->responder, framing, buffer, capacity);

    server->slaves = slaves;
    server->count = error == KWH_OK ? count : 0;
    memset(&server->heard, 0, sizeof server->heard);
    memset(&server->moved, 0, sizeof server->moved);
    server->has_moved = false;
    serve_addresses(server);
    return error;
}

/* Modbus TCP: the connection leads to one device, which units 0 and 255 mean as well. */
static bool is_tcp(const struct kwh_server *server)
{
    return (server->responder.framing->properties & KWH_FRAMING_HAS_ID) != 0;
}

/* With other line settings it hears noise. */
static bool hears(const struct kwh_server *server, const struct kwh_slave *slave)
{
    const struct kwh_line_settings *own = &slave->line, *heard = &server->heard;
    return (own->baud == 0 || heard->baud == 0 || own->baud == heard->baud) &&
           (own->parity == 0 || heard->parity == 0 || own->parity == heard->parity) &&
           (own->stop_bits == 0 || heard->stop_bits == 0 || own->stop_bits == heard->stop_bits);
}

/* As kwh_slave_answer(); what it makes of its line settings is kept until the answer has left. */
static size_t answer_of(struct kwh_server *server, const struct kwh_slave *slave,
                        const uint8_t *request, size_t length, uint8_t *answer)
{
    struct kwh_line_settings before = slave->line;
    size_t size = kwh_slave_answer(slave, request, length, answer);
    const struct kwh_line_settings *now = &slave->line;

    if (now->baud != before.baud || now->parity != before.parity ||
        now->stop_bits != before.stop_bits) {
        server->moved = *now;
        server->has_moved = true;
    }
    return size;
}

static const struct kwh_slave *find_slave(const struct kwh_server *server, uint8_t unit)
{
    for (size_t i = 0; i < server->count; i++)
        if (server->slaves[i].address == unit && hears(server, &server->slaves[i]))
            return &server->slaves[i];
    return is_tcp(server) && server->count > 0 && (unit == 0 || unit == 255) ? server->slaves
                                                                             : NULL;
}

static void serve_request(struct kwh_server *server)
{
    struct kwh_responder *responder = &server->responder;
    uint8_t unit = kwh_responder_unit(responder);
    uint8_t answer[KWH_MODBUS_PDU_MAX] = {0};
    size_t length = 0;
    const uint8_t *request = kwh_responder_request(responder, &length);
    size_t size = 0;

    if (unit == 0 && !is_tcp(server)) {
        for (size_t i = 0; i < server->count; i++)
            if (hears(server, &server->slaves[i]))
                (void)answer_of(server, &server->slaves[i], request, length, answer);
    } else {
        const struct kwh_slave *slave = find_slave(server, unit);
        if (slave != NULL) {
            size = answer_of(server, slave, request, length, answer);
        } else if (is_tcp(server)) {
            answer[0] = length > 0 ? (uint8_t)(request[0] | 0x80u) : 0x80u;
            answer[1] = kwh_error_exception(KWH_ERROR_GATEWAY_TARGET);
            size = 2;
        }
    }
    if (size == 0 || kwh_responder_answer(responder, answer, size) != KWH_OK)
        kwh_responder_ignore(responder);
    serve_addresses(server);
}

void kwh_server_next(struct kwh_server *server, uint32_t now_us, struct kwh_step *step)
{
    serve_addresses(server); /* another server of these slaves may have moved them */
    kwh_responder_next(&server->responder, now_us, step);
    while (step->action == KWH_ACTION_REQUEST) {
        serve_request(server);
        kwh_responder_next(&server->responder, now_us, step);
    }
    if (step->action == KWH_ACTION_RECEIVE && server->has_moved &&
        !kwh_responder_is_answering(&server->responder)) {
        server->has_moved = false;
        memset(step, 0, sizeof *step);
        step->action = KWH_ACTION_SETTINGS;
        step->settings = &server->moved;
    }
}
