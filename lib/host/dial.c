/* SPDX-License-Identifier: MIT */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif

#include "dial.h"

#include "descriptor.h"
#include "libmodbus.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void close_socket(struct kwhi_dial *dial)
{
    if (dial->descriptor >= 0)
        (void)close(dial->descriptor);
    dial->descriptor = -1;
}

/* Begins with the next address that can be begun with; without one there is no descriptor. */
static void try_next(struct kwhi_dial *dial)
{
    close_socket(dial);
    while (dial->next != NULL && dial->descriptor < 0) {
        const struct addrinfo *address = dial->next;

        dial->next = address->ai_next;
        dial->descriptor = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
        if (dial->descriptor >= 0 && kwhi_descriptor_prepare(dial->descriptor) &&
            (connect(dial->descriptor, address->ai_addr, address->ai_addrlen) == 0 ||
             errno == EINPROGRESS))
            return;
        dial->saved_errno = errno;
        close_socket(dial);
    }
}

enum kwh_error kwhi_dial_begin(struct kwhi_dial *dial, const char *host, uint16_t port)
{
    static const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    char service[8];

    memset(dial, 0, sizeof *dial);
    dial->descriptor = -1;
    (void)snprintf(service, sizeof service, "%u", (unsigned)port);
    if (getaddrinfo(host[0] != '\0' ? host : "127.0.0.1", service, &hints, &dial->addresses) != 0) {
        dial->addresses = NULL;
        return KWH_ERROR_PORT_NAME;
    }
    dial->next = dial->addresses;
    try_next(dial);
    return KWH_OK;
}

bool kwhi_dial_is_over(struct kwhi_dial *dial, enum kwh_error *error, int *descriptor)
{
    while (dial->descriptor >= 0) {
        struct pollfd entry = {.fd = dial->descriptor, .events = POLLOUT};
        int failed = 0;
        socklen_t size = sizeof failed;

        if (poll(&entry, 1, 0) <= 0)
            return false;
        if (getsockopt(dial->descriptor, SOL_SOCKET, SO_ERROR, &failed, &size) != 0)
            failed = errno;
        if (failed == 0) {
            kwhi_libmodbus_tune(dial->descriptor);
            *descriptor = dial->descriptor;
            *error = KWH_OK;
            dial->descriptor = -1;
            return true;
        }
        dial->saved_errno = failed;
        try_next(dial);
    }
    *error = KWH_ERROR_PORT_OPEN;
    return true;
}

void kwhi_dial_give_up(struct kwhi_dial *dial)
{
    dial->saved_errno = ETIMEDOUT;
    try_next(dial);
}

void kwhi_dial_end(struct kwhi_dial *dial)
{
    if (dial->addresses == NULL)
        return;
    close_socket(dial);
    freeaddrinfo(dial->addresses);
    dial->addresses = dial->next = NULL;
}
