/* SPDX-License-Identifier: MIT */
#include "descriptor.h"
#include "host_parts.h"
#include "libmodbus.h"
#include "serial.h"
#include "sim_link.h"
#include "target.h"

#include <kwh/host.h>

#include <errno.h>
#include <string.h>

#define CONNECT_TIMEOUT_MS 5000u

/* In the order of enum kwh_scheme. */
static const struct kwh_framing *const framings[] = {
    [KWH_SCHEME_RTU] = &kwh_modbus_rtu,
    [KWH_SCHEME_TCP] = &kwh_modbus_tcp,
    [KWH_SCHEME_RTUTCP] = &kwh_modbus_rtu_over_tcp,
    [KWH_SCHEME_SIM] = &kwh_modbus_rtu,
    [KWH_SCHEME_MBUS] = &kwh_mbus_serial,
    [KWH_SCHEME_MBUSTCP] = &kwh_mbus_over_tcp,
};

KWH_STATIC_ASSERT(KWH_HOST_BUFFER >= KWH_MODBUS_RTU_BUFFER, buffer_fits_modbus_rtu);
KWH_STATIC_ASSERT(KWH_HOST_BUFFER >= KWH_MODBUS_TCP_BUFFER, buffer_fits_modbus_tcp);
KWH_STATIC_ASSERT(KWH_HOST_BUFFER >= KWH_MBUS_BUFFER, buffer_fits_mbus);

static bool is_serial(const struct kwh_host *host)
{
    return host->target.scheme == KWH_SCHEME_RTU || host->target.scheme == KWH_SCHEME_MBUS;
}

static bool is_mbus(const struct kwh_host *host)
{
    return kwh_scheme_protocol(host->target.scheme) == KWH_PROTOCOL_MBUS;
}

static enum kwh_error backend_set_line(void *context, const struct kwh_line_settings *settings)
{
    return kwh_host_set_line(context, settings);
}

static void clear(struct kwh_host *host)
{
    memset(host, 0, sizeof *host);
    host->descriptor = -1;
    host->lock = -1;
}

static struct kwhi_port port_of(const struct kwh_host *host)
{
    return (struct kwhi_port){host->modbus, host->descriptor, host->lock, host->saved_errno};
}

static void keep_port(struct kwh_host *host, const struct kwhi_port *port)
{
    host->modbus = port->modbus;
    host->descriptor = port->descriptor;
    host->lock = port->lock;
    host->saved_errno = port->saved_errno;
    host->is_socket = port->descriptor >= 0 && kwhi_descriptor_is_socket(port->descriptor);
}

/* Only what we opened is closed: a borrowed port has no modbus here. */
static void disconnect(struct kwh_host *host)
{
    struct kwhi_port port = port_of(host);

    if (host->modbus != NULL) {
        kwhi_libmodbus_close(&port);
        keep_port(host, &port);
    }
    kwhi_sim_link_free(host->simulation);
    host->simulation = NULL;
    host->descriptor = -1;
    host->open = false;
}

static enum kwh_error connect_simulation(struct kwh_host *host)
{
    struct kwhi_sim_link *link;
    enum kwh_error error = kwhi_sim_link_new(&link, &host->target, &host->settings);

    if (error == KWH_OK) {
        host->simulation = link;
        host->line.backend = kwhi_sim_link_backend(link);
    }
    return error;
}

static enum kwh_error connect_port(struct kwh_host *host)
{
    const struct kwh_target *target = &host->target;
    struct kwhi_port port;
    enum kwh_error error;

    if (is_serial(host) && strcmp(target->place, "pty") == 0)
        return KWH_ERROR_UNSUPPORTED; /* nobody would be at the other end */
    if (is_serial(host)) {
        error = kwhi_libmodbus_serial(&port, target->place, &host->settings);
    } else {
        error = kwhi_libmodbus_connect(
            &port, target->place[0] != '\0' ? target->place : "127.0.0.1", target->port,
            target->timeout_ms != 0 ? target->timeout_ms : CONNECT_TIMEOUT_MS);
    }
    keep_port(host, &port);
    return error;
}

static enum kwh_error open_link(struct kwh_host *host)
{
    enum kwh_error error = host->target.scheme == KWH_SCHEME_SIM ? connect_simulation(host)
                                                                 : connect_port(host);

    host->open = error == KWH_OK;
    if (error != KWH_OK)
        host->line.failure = (struct kwh_failure){.error = error, .host_errno = host->saved_errno};
    return error;
}

/* The line for a framing, on our descriptor. */
static enum kwh_error prepare_line(struct kwh_host *host, const struct kwh_framing *framing)
{
    enum kwh_error error = kwh_line_init(&host->line, framing, host->buffer, sizeof host->buffer);

    kwhi_descriptor_backend(host);
    host->line.backend = &host->backend;
    return error;
}

/* A person's word on how long an answer may take goes before everybody else's. */
static void apply_timeout(struct kwh_host *host)
{
    uint32_t timeout_us = host->target.timeout_ms * 1000u;
    struct kwh_timing *timing = &host->line.timing;
    uint32_t latest_us;

    if (timeout_us == 0)
        return;
    host->line.timeout_given = true;
    timing->answer_us = timeout_us;
    timing->frame_us = 0;
    /* Impatience of ours does not make a gateway's late answer come sooner. On M-Bus none is
     * expected beyond this time, see kwh_mbus_set_speed(). */
    latest_us = is_mbus(host) ? timeout_us : timeout_us * 2u;
    if (timing->latest_us < latest_us)
        timing->latest_us = latest_us;
}

/* The times that follow from the settings of the line. */
static void apply_settings(struct kwh_host *host)
{
    uint32_t allowance_ms = host->target.allowance_ms;

    if (is_mbus(host)) {
        kwh_mbus_set_speed(&host->line, &host->settings,
                           allowance_ms != 0 ? allowance_ms * 1000u : KWH_MBUS_ALLOWANCE_US);
    } else {
        kwh_line_set_speed(&host->line, &host->settings);
    }
    apply_timeout(host);
}

static void apply_target(struct kwh_host *host)
{
    const struct kwh_target *target = &host->target;

    if (target->retries >= 0)
        host->line.retries = (uint8_t)(target->retries < UINT8_MAX ? target->retries : UINT8_MAX);
    host->line.timing.quiet_us = target->gap_ms * 1000u;
    host->line.echo = (uint8_t)target->echo;
    apply_settings(host);
    if (is_serial(host))
        host->backend.set_line = backend_set_line;
}

enum kwh_error kwhi_host_prepare(struct kwh_host *host, const struct kwh_target *target)
{
    enum kwh_error error;

    clear(host);
    if ((size_t)target->scheme >= KWH_COUNT(framings))
        return KWH_ERROR_ARGUMENT;
    host->target = *target;
    host->settings = kwhi_target_settings(target);
    error = prepare_line(host, framings[target->scheme]);
    if (error == KWH_OK)
        apply_target(host);
    return error;
}

void kwhi_host_adopt(struct kwh_host *host, int descriptor)
{
    host->descriptor = descriptor;
    host->is_socket = kwhi_descriptor_is_socket(descriptor);
    host->open = true;
}

enum kwh_error kwh_host_open_target(struct kwh_host *host, const struct kwh_target *target)
{
    enum kwh_error error = kwhi_host_prepare(host, target);

    return error == KWH_OK ? open_link(host) : error;
}

enum kwh_error kwh_host_open(struct kwh_host *host, const char *target)
{
    struct kwh_target parsed;
    enum kwh_error error = kwh_target_parse(target, &parsed, NULL);

    if (error != KWH_OK) {
        clear(host);
        host->line.failure.error = error;
        return error;
    }
    return kwh_host_open_target(host, &parsed);
}

enum kwh_error kwh_host_descriptor(struct kwh_host *host, int descriptor,
                                   const struct kwh_framing *framing)
{
    enum kwh_error error;

    clear(host);
    if (descriptor < 0)
        return KWH_ERROR_ARGUMENT;
    host->target.retries = -1;
    for (size_t i = KWH_COUNT(framings); i-- > 0;) /* the first of those that share one */
        if (framings[i] == framing)
            host->target.scheme = (enum kwh_scheme)i;
    host->settings = kwhi_target_settings(&host->target);
    error = prepare_line(host, framing);
    host->descriptor = descriptor;
    host->is_socket = kwhi_descriptor_is_socket(descriptor);
    host->open = error == KWH_OK;
    return error;
}

enum kwh_error kwh_host_borrow(struct kwh_host *host, void *modbus,
                               const struct kwh_line_settings *settings)
{
    int descriptor = kwhi_libmodbus_descriptor(modbus);
    enum kwh_error error = kwh_host_descriptor(
        host, descriptor, settings != NULL ? &kwh_modbus_rtu : &kwh_modbus_tcp);

    if (error == KWH_OK && settings != NULL) {
        host->settings = *settings;
        kwh_line_set_speed(&host->line, settings);
    }
    return error;
}

enum kwh_error kwh_host_reopen(struct kwh_host *host)
{
    bool ours = host->modbus != NULL || host->simulation != NULL || !host->open;

    if (!ours || host->line.backend == NULL)
        return KWH_ERROR_UNSUPPORTED;
    kwh_line_failed(&host->line, KWH_ERROR_DISCONNECTED, host->saved_errno, kwh_host_now_us());
    disconnect(host);
    return open_link(host);
}

void kwh_host_close(struct kwh_host *host)
{
    disconnect(host);
    host->line.backend = NULL;
}

uint8_t kwh_host_address(const struct kwh_host *host, const struct kwh_map *map)
{
    if (host->target.has_secondary)
        return KWH_MBUS_SELECTED;
    if (host->target.has_address)
        return host->target.address;
    if (is_mbus(host))
        return KWH_MBUS_ANY;
    return map != NULL && map->default_address != 0 ? map->default_address : 1;
}

enum kwh_error kwh_host_set_line(struct kwh_host *host, const struct kwh_line_settings *settings)
{
    enum kwh_error error = kwhi_serial_possible(settings);

    if (!is_serial(host) || host->modbus == NULL)
        return KWH_ERROR_UNSUPPORTED;
    if (error == KWH_OK)
        error = kwhi_serial_set(host->descriptor, settings, &host->saved_errno);
    if (error == KWH_OK) {
        host->settings = *settings;
        apply_settings(host);
    }
    return error;
}
