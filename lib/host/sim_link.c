/* SPDX-License-Identifier: MIT */
#include "sim_link.h"

#include <kwh/port_memory.h>

#include <stdlib.h>

#define SECOND_MS 1000u
#define SECOND_US 1000000u

struct kwhi_sim_link {
    struct kwh_simulation *simulation;
    struct kwh_slave slave;
    struct kwh_server server;
    struct kwh_port_memory port;
    struct kwh_backend backend; /* that of the port, moving the load on the way */
    uint32_t moved_us;
    uint8_t buffer[KWH_RESPONDER_BUFFER];
};

static uint32_t clock_now(void *context)
{
    (void)context;
    return kwh_host_now_us();
}

static uint32_t link_now(void *context)
{
    const struct kwhi_sim_link *link = context;

    return kwh_port_memory_now(&link->port);
}

/* The load moves in whole seconds: one readout sees one moment, and the first is always the same.
 */
static enum kwh_error link_send(void *context, const uint8_t *bytes, size_t count, size_t *sent)
{
    struct kwhi_sim_link *link = context;
    uint32_t seconds = (link_now(link) - link->moved_us) / SECOND_US;

    if (seconds > 0) {
        kwh_simulation_advance(link->simulation, seconds * SECOND_MS);
        link->moved_us += seconds * SECOND_US;
    }
    return link->port.backend.send(&link->port, bytes, count, sent);
}

static enum kwh_error link_receive(void *context, uint8_t *room, size_t capacity, uint32_t until_us,
                                   size_t *got)
{
    struct kwhi_sim_link *link = context;

    return link->port.backend.receive(&link->port, room, capacity, until_us, got);
}

/* The meter hears what comes with its own line settings; what it has set itself to, only so. */
static enum kwh_error link_set_line(void *context, const struct kwh_line_settings *settings)
{
    struct kwhi_sim_link *link = context;

    link->server.heard = *settings;
    kwh_responder_set_speed(&link->server.responder, settings);
    link->port.character_ns = link->server.responder.character_ns;
    return KWH_OK;
}

static enum kwh_error prepare(struct kwhi_sim_link *link, const struct kwh_map *map,
                              const struct kwh_target *target,
                              const struct kwh_line_settings *settings)
{
    enum kwh_error error = kwh_simulation_new(&link->simulation, map, target->seed);
    uint8_t own = map->default_address != 0 ? map->default_address : 1;

    if (error != KWH_OK)
        return error;
    kwh_simulation_slave(link->simulation, target->has_address ? target->address : own,
                         &link->slave);
    error = kwh_server_init(&link->server, &kwh_modbus_rtu_server, link->buffer,
                            sizeof link->buffer, &link->slave, 1);
    if (error != KWH_OK)
        return error;
    kwh_responder_set_speed(&link->server.responder, settings);
    kwh_port_memory_server(&link->port, &link->server, clock_now, NULL);
    link->port.character_ns = link->server.responder.character_ns;
    link->port.turnaround_us = kwh_map_turnaround_us(map);
    link->server.heard = *settings;
    link->backend = (struct kwh_backend){.context = link,
                                         .now_us = link_now,
                                         .send = link_send,
                                         .receive = link_receive,
                                         .set_line = link_set_line};
    link->moved_us = link_now(link);
    return KWH_OK;
}

enum kwh_error kwhi_sim_link_new(struct kwhi_sim_link **link, const struct kwh_target *target,
                                 const struct kwh_line_settings *settings)
{
    const struct kwh_map *map = kwh_host_find_protocol_map(target->place, KWH_PROTOCOL_MODBUS);
    enum kwh_error error;

    *link = NULL;
    if (map == NULL)
        return KWH_ERROR_UNKNOWN_NAME;
    *link = calloc(1, sizeof **link);
    if (*link == NULL)
        return KWH_ERROR_CAPACITY;
    error = prepare(*link, map, target, settings);
    if (error != KWH_OK) {
        kwhi_sim_link_free(*link);
        *link = NULL;
    }
    return error;
}

const struct kwh_backend *kwhi_sim_link_backend(const struct kwhi_sim_link *link)
{
    return &link->backend;
}

void kwhi_sim_link_free(struct kwhi_sim_link *link)
{
    if (link != NULL) {
        kwh_simulation_free(link->simulation);
        free(link);
    }
}
