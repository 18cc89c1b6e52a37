/* SPDX-License-Identifier: MIT */
/* Which slave a request is for, and what happens when it is for none or for all. */
#include <kwh/server.h>

#include <string.h>

enum kwh_error kwh_server_init(struct kwh_server *server, const struct kwh_server_framing *framing,
                               uint8_t *buffer, size_t capacity, const struct kwh_slave *slaves,
                               size_t count)
{
    enum kwh_error error = kwh_responder_init(&server->responder, framing, buffer, capacity);

    server->slaves = slaves;
    server->count = error == KWH_OK ? count : 0;
    memset(&server->heard, 0, sizeof server->heard);
    for (size_t i = 0; i < server->count; i++)
        kwh_responder_serve(&server->responder, slaves[i].address, true);
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
                (void)kwh_slave_answer(&server->slaves[i], request, length, answer);
    } else {
        const struct kwh_slave *slave = find_slave(server, unit);
        if (slave != NULL) {
            size = kwh_slave_answer(slave, request, length, answer);
        } else if (is_tcp(server)) {
            answer[0] = length > 0 ? (uint8_t)(request[0] | 0x80u) : 0x80u;
            answer[1] = kwh_error_exception(KWH_ERROR_GATEWAY_TARGET);
            size = 2;
        }
    }
    if (size == 0 || kwh_responder_answer(responder, answer, size) != KWH_OK)
        kwh_responder_ignore(responder);
}

void kwh_server_next(struct kwh_server *server, uint32_t now_us, struct kwh_step *step)
{
    kwh_responder_next(&server->responder, now_us, step);
    while (step->action == KWH_ACTION_REQUEST) {
        serve_request(server);
        kwh_responder_next(&server->responder, now_us, step);
    }
}
