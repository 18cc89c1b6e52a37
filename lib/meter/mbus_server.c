/* SPDX-License-Identifier: MIT */
/* Slaves of M-Bus behind a responder. */
#include <string.h>

#include "mbus_answer.h"

/* The identification is the serial number, as the meter is delivered. */
static uint32_t serial_number(const struct kwh_slave *slave)
{
    static KWH_CONST struct kwh_row row = {
        .quantity = KWH_SERIAL_NUMBER,
        .format = KWH_FORMAT(KWH_TYPE_HEX32, KWH_SCALE_1, KWH_SPACE_HOLDING, KWH_INFERRED)};
    struct kwh_reading reading;

    kwh_reading_init(&reading, KWH_SERIAL_NUMBER, KWH_STATUS_NOT_AVAILABLE);
    if (slave->value(slave->context, &row, &reading) != KWH_OK || !kwh_reading_has_value(&reading))
        return 0;
    return (uint32_t)(reading.digits & UINT32_C(0xFFFFFFFF));
}

enum kwh_error kwh_mbus_slave_init(struct kwh_mbus_slave *mbus, const struct kwh_slave *slave)
{
    memset(mbus, 0, sizeof *mbus);
    mbus->slave = slave;
    mbus->address = slave->address;
    memset(mbus->fcb, KWHI_FCB_NONE, sizeof mbus->fcb);
    if (slave->map->protocol != KWH_PROTOCOL_MBUS || slave->map->mbus == NULL)
        return KWH_ERROR_UNSUPPORTED;
    mbus->secondary.id = serial_number(slave);
    mbus->secondary.manufacturer = slave->map->mbus->manufacturer;
    mbus->secondary.version = slave->map->mbus->version;
    mbus->secondary.medium = slave->map->mbus->medium;
    return KWH_OK;
}

/* The framing shall report what goes to the slaves' addresses of now. */
static void serve_addresses(struct kwh_mbus_server *server)
{
    memset(server->responder.served, 0, sizeof server->responder.served);
    for (size_t i = 0; i < server->count; i++)
        kwh_responder_serve(&server->responder, server->slaves[i].address, true);
}

enum kwh_error kwh_mbus_server_init(struct kwh_mbus_server *server,
                                    KWH_CONST struct kwh_server_framing *framing, uint8_t *buffer,
                                    size_t capacity, const struct kwh_line_settings *settings,
                                    struct kwh_mbus_slave *slaves, size_t count)
{
    enum kwh_error error = kwh_responder_init(&server->responder, framing, buffer, capacity);

    server->settings = *settings;
    server->slaves = slaves;
    server->count = error == KWH_OK ? count : 0;
    kwh_responder_set_speed(&server->responder, settings);
    serve_addresses(server);
    return error;
}

/* On the wire a slave sends by drawing current: 0 over 1. */
static void overlap(uint8_t *sum, size_t *length, const uint8_t *answer, size_t size)
{
    for (size_t i = 0; i < size; i++)
        sum[i] = i < *length ? (uint8_t)(sum[i] & answer[i]) : answer[i];
    if (size > *length)
        *length = size;
}

/* The frames of all slaves that answer the request, over one another; returns how long. Equal ones
 * stay what they are: that of two E5 is one E5. */
static size_t ask_slaves(struct kwh_mbus_server *server, const uint8_t *request, size_t length,
                         uint8_t sum[KWH_MBUS_FRAME_MAX])
{
    KWH_CONST struct kwh_server_framing *framing = server->responder.framing;
    uint8_t frame[KWH_MBUS_FRAME_MAX];
    size_t size = 0;

    for (size_t i = 0; i < server->count; i++) {
        uint8_t *pdu = frame + KWH_MBUS_FRAME_MAX - KWHI_MBUS_PDU_MAX;
        size_t own = kwhi_mbus_answer(&server->slaves[i], request, length, pdu);
        if (own != 0)
            own = framing->wrap(server->slaves[i].address, 0, pdu, own, frame, sizeof frame);
        overlap(sum, &size, frame, own);
    }
    return size;
}

static void serve_request(struct kwh_mbus_server *server)
{
    uint8_t frame[KWH_MBUS_FRAME_MAX];
    size_t length = 0;
    const uint8_t *request = kwh_responder_request(&server->responder, &length);
    size_t size = length >= 2 ? ask_slaves(server, request, length, frame) : 0;

    if (size == 0 || kwh_responder_answer_frame(&server->responder, frame, size) != KWH_OK)
        kwh_responder_ignore(&server->responder);
    serve_addresses(server);
}

/* The speed that a master has set, once the acknowledgment at the old one has left. */
static bool changes_speed(struct kwh_mbus_server *server)
{
    bool changes = false;
    for (size_t i = 0; i < server->count; i++) {
        if (server->slaves[i].baud == 0)
            continue;
        server->settings.baud = server->slaves[i].baud;
        server->slaves[i].baud = 0;
        changes = true;
    }
    return changes;
}

void kwh_mbus_server_next(struct kwh_mbus_server *server, uint32_t now_us, struct kwh_step *step)
{
    serve_addresses(server); /* another server of these slaves may have moved them */
    kwh_responder_next(&server->responder, now_us, step);
    while (step->action == KWH_ACTION_REQUEST) {
        serve_request(server);
        kwh_responder_next(&server->responder, now_us, step);
    }
    if (step->action == KWH_ACTION_RECEIVE && !kwh_responder_is_answering(&server->responder) &&
        changes_speed(server)) {
        kwh_responder_set_speed(&server->responder, &server->settings);
        memset(step, 0, sizeof *step);
        step->action = KWH_ACTION_SETTINGS;
        step->settings = &server->settings;
    }
}
