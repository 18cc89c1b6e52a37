/* SPDX-License-Identifier: MIT */
#if !defined(_DEFAULT_SOURCE)
#define _DEFAULT_SOURCE
#endif

#include "libmodbus.h"

#include "descriptor.h"
#include "serial.h"

#include <errno.h>
#include <fcntl.h>
#include <modbus.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

/* Unacknowledged data ends a dead connection after so long; the system's own patience is 15
 * minutes. */
#define DEAD_PEER_MS 15000

static void clear(struct kwhi_port *port)
{
    *port = (struct kwhi_port){.descriptor = -1, .lock = -1};
}

static enum kwh_error fail(struct kwhi_port *port, enum kwh_error error, int error_number)
{
    kwhi_libmodbus_close(port);
    port->saved_errno = error_number;
    return error;
}

/* Lets libmodbus open the device; false leaves errno. */
static bool open_device(struct kwhi_port *port, const char *device,
                        const struct kwh_line_settings *settings, char parity)
{
    modbus_t *modbus = modbus_new_rtu(device, (int)settings->baud, parity, settings->data_bits,
                                      settings->stop_bits);
    int error_number;

    if (modbus == NULL)
        return false;
    if (modbus_connect(modbus) == 0) {
        port->modbus = modbus;
        port->descriptor = modbus_get_socket(modbus);
        return true;
    }
    error_number = errno;
    modbus_free(modbus);
    errno = error_number;
    return false;
}

enum kwh_error kwhi_libmodbus_serial(struct kwhi_port *port, const char *device,
                                     const struct kwh_line_settings *settings)
{
    enum kwh_error error = kwhi_serial_possible(settings);
    bool opened;

    clear(port);
    if (error != KWH_OK)
        return error;
    /* Before libmodbus touches the settings of a port that another program is using. */
    error = kwhi_serial_lock(device, &port->lock, &port->saved_errno);
    if (error != KWH_OK)
        return error;
    opened = open_device(port, device, settings, settings->parity);
    if (!opened && errno == EINVAL && kwhi_serial_is_pty(port->lock))
        opened = open_device(port, device, settings, 'N'); /* it has no parity to set */
    if (!opened)
        return fail(port, KWH_ERROR_PORT_OPEN, errno);
    error = kwhi_serial_raw(port->descriptor, &port->saved_errno);
    if (error != KWH_OK)
        return fail(port, error, port->saved_errno);
    error = kwhi_serial_is_pty(port->descriptor)
                ? kwhi_serial_set(port->descriptor, settings, &port->saved_errno)
                : kwhi_serial_check(port->descriptor, settings);
    if (error != KWH_OK)
        return fail(port, error, 0);
    kwhi_serial_exclude(port->lock);
    (void)tcflush(port->descriptor, TCIFLUSH);
    return KWH_OK;
}

/* libmodbus waits for a connection with select(), which writes past its set when the descriptor's
 * number is too high. */
static bool fits_select(void)
{
    int next = open("/dev/null", O_RDONLY | O_CLOEXEC);

    if (next >= 0)
        (void)close(next);
    /* Two may be opened for one name. */
    return next >= 0 && next + 1 < FD_SETSIZE;
}

void kwhi_libmodbus_tune(int descriptor)
{
    static const int on = 1;

    /* libmodbus does this for IPv4 alone. */
    (void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#if defined(TCP_USER_TIMEOUT)
    {
        static const unsigned int patience = DEAD_PEER_MS;

        (void)setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof patience);
    }
#endif
}

/* What kept libmodbus from connecting: it says "refused" of a name that nobody knows, too. */
static enum kwh_error connect_error(const char *host, const char *service, int error_number)
{
    static const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *addresses;

    if (error_number != ECONNREFUSED)
        return KWH_ERROR_PORT_OPEN;
    if (getaddrinfo(host, service, &hints, &addresses) != 0)
        return KWH_ERROR_PORT_NAME;
    freeaddrinfo(addresses);
    return KWH_ERROR_PORT_OPEN;
}

enum kwh_error kwhi_libmodbus_connect(struct kwhi_port *port, const char *host, uint16_t tcp_port,
                                      uint32_t timeout_ms)
{
    char service[8];
    modbus_t *modbus;

    clear(port);
    if (!fits_select())
        return fail(port, KWH_ERROR_PORT_OPEN, EMFILE);
    (void)snprintf(service, sizeof service, "%u", (unsigned)tcp_port);
    modbus = modbus_new_tcp_pi(host, service);
    port->modbus = modbus;
    if (modbus == NULL)
        return fail(port, KWH_ERROR_PORT_OPEN, errno);
    (void)modbus_set_response_timeout(modbus, timeout_ms / 1000u, timeout_ms % 1000u * 1000u);
    if (modbus_connect(modbus) != 0) {
        int error_number = errno;
        enum kwh_error error = connect_error(host, service, error_number);

        return fail(port, error, error == KWH_ERROR_PORT_NAME ? 0 : error_number);
    }
    port->descriptor = modbus_get_socket(modbus);
    if (!kwhi_descriptor_prepare(port->descriptor))
        return fail(port, KWH_ERROR_PORT_OPEN, errno);
    kwhi_libmodbus_tune(port->descriptor);
    return KWH_OK;
}

void kwhi_libmodbus_close(struct kwhi_port *port)
{
    if (port->modbus != NULL) {
        modbus_close(port->modbus);
        modbus_free(port->modbus);
    }
    if (port->lock >= 0)
        kwhi_serial_unlock(port->lock);
    clear(port);
}

int kwhi_libmodbus_descriptor(void *modbus)
{
    return modbus_get_socket(modbus);
}
