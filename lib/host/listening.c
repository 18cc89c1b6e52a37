/* SPDX-License-Identifier: MIT */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* posix_openpt() besides what descriptors and terminals need */
#endif

#include "listening.h"

#include "descriptor.h"
#include "serial.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

/* Longest answer on a serial line, of Modbus RTU and M-Bus. */
#define FRAME_MAX KWH_MBUS_FRAME_MAX

static enum kwh_error listen_error(int error_number)
{
    switch (error_number) {
    case EACCES:
    case EPERM:
        return KWH_ERROR_PORT_FORBIDDEN;
    case EADDRINUSE:
        return KWH_ERROR_PORT_LOCKED;
    default:
        return KWH_ERROR_PORT_OPEN;
    }
}

/* A listening socket on one address; -1 leaves errno. */
static int listen_on(const struct addrinfo *address, unsigned backlog)
{
    int descriptor = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
    int on = 1;
    int error_number;

    if (descriptor < 0)
        return -1;
    if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(descriptor, address->ai_addr, address->ai_addrlen) == 0 &&
        listen(descriptor, (int)backlog) == 0 && kwhi_descriptor_prepare(descriptor))
        return descriptor;
    error_number = errno;
    (void)close(descriptor);
    errno = error_number;
    return -1;
}

static bool learn_port(int descriptor, uint16_t *port)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_storage room;
    } name;
    socklen_t length = sizeof name;

    if (getsockname(descriptor, &name.any, &length) != 0)
        return false;
    *port = ntohs(name.any.sa_family == AF_INET6 ? name.v6.sin6_port : name.v4.sin_port);
    return true;
}

enum kwh_error kwhi_listening_socket(struct kwh_target *target, unsigned backlog, int *descriptor,
                                     int *error_number)
{
    struct addrinfo hints = {.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM};
    struct addrinfo *addresses;
    char service[8];

    *descriptor = -1;
    *error_number = EADDRNOTAVAIL;
    if (target->place[0] == '\0')
        strcpy(target->place, "127.0.0.1");
    (void)snprintf(service, sizeof service, "%u", (unsigned)target->port);
    if (getaddrinfo(target->place, service, &hints, &addresses) != 0) {
        *error_number = 0;
        return KWH_ERROR_PORT_NAME;
    }
    for (const struct addrinfo *a = addresses; a != NULL && *descriptor < 0; a = a->ai_next) {
        *descriptor = listen_on(a, backlog);
        *error_number = errno;
    }
    freeaddrinfo(addresses);
    if (*descriptor < 0 || !learn_port(*descriptor, &target->port))
        return listen_error(*error_number);
    return KWH_OK;
}

int kwhi_listening_accept(int listening, int *error_number)
{
    static const int on = 1;
    int descriptor = accept(listening, NULL, NULL);

    *error_number = descriptor < 0 ? errno : 0;
    if (descriptor >= 0 && !kwhi_descriptor_prepare(descriptor)) {
        *error_number = errno;
        (void)close(descriptor);
        return -1;
    }
    if (descriptor >= 0)
        (void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return descriptor;
}

static enum kwh_error open_slave(struct kwh_target *target,
                                 const struct kwh_line_settings *settings, int master, int *slave,
                                 int *error_number)
{
    const char *name;
    enum kwh_error error;

    *slave = -1;
    name = grantpt(master) == 0 && unlockpt(master) == 0 ? ptsname(master) : NULL;
    if (name == NULL || strlen(name) >= sizeof target->place) {
        *error_number = errno;
        return KWH_ERROR_PORT_OPEN;
    }
    strcpy(target->place, name);
    *slave = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (*slave < 0) {
        *error_number = errno;
        return KWH_ERROR_PORT_OPEN;
    }
    /* Before any client comes: no echo, no line ends put in. */
    error = kwhi_serial_raw(*slave, error_number);
    return error != KWH_OK ? error : kwhi_serial_set(*slave, settings, error_number);
}

enum kwh_error kwhi_listening_pty(struct kwh_target *target,
                                  const struct kwh_line_settings *settings, int *master, int *slave,
                                  int *error_number)
{
    *slave = -1;
    *master = posix_openpt(O_RDWR | O_NOCTTY);
    if (*master < 0 || !kwhi_descriptor_prepare(*master)) {
        *error_number = errno;
        return KWH_ERROR_PORT_OPEN;
    }
    return open_slave(target, settings, *master, slave, error_number);
}

void kwhi_listening_pty_forget(int slave)
{
    int unread;

    if (ioctl(slave, FIONREAD, &unread) == 0 && unread > FRAME_MAX)
        (void)tcflush(slave, TCIFLUSH);
}
