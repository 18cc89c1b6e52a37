/* SPDX-License-Identifier: MIT */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* ppoll() */
#endif

#include "descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* How long a descriptor may take no byte at all. Requests are short and kernel buffers long: only a
 * peer that stopped reading or a line held by flow control gets there. */
#define SEND_PATIENCE_US 2000000u

bool kwhi_descriptor_is_socket(int descriptor)
{
    struct stat status;

    return fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode);
}

bool kwhi_descriptor_prepare(int descriptor)
{
    int flags = fcntl(descriptor, F_GETFL);

    return flags >= 0 && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 &&
           fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0;
}

enum kwh_error kwhi_descriptor_error(int error_number)
{
    static const int disconnected[] = {
        ECONNRESET, EPIPE,       ENOTCONN,  ECONNABORTED, ECONNREFUSED, ETIMEDOUT, ENETDOWN,
        ENETRESET,  ENETUNREACH, EHOSTDOWN, EHOSTUNREACH, EIO,          ENXIO,     ENODEV,
    };

    for (size_t i = 0; i < KWH_COUNT(disconnected); i++)
        if (error_number == disconnected[i])
            return KWH_ERROR_DISCONNECTED;
    return KWH_ERROR_IO;
}

static bool is_passing(int error_number)
{
    return error_number == EAGAIN || error_number == EINTR;
}

enum kwh_error kwhi_descriptor_write(int descriptor, bool is_socket, const uint8_t *bytes,
                                     size_t count, size_t *sent, int *error_number)
{
    ssize_t written = is_socket ? send(descriptor, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT)
                                : write(descriptor, bytes, count);

    *sent = written > 0 ? (size_t)written : 0;
    if (written >= 0 || is_passing(errno))
        return KWH_OK;
    *error_number = errno;
    return kwhi_descriptor_error(errno);
}

enum kwh_error kwhi_descriptor_read(int descriptor, bool is_socket, short events, uint8_t *room,
                                    size_t capacity, size_t *got, int *error_number)
{
    ssize_t taken;

    *got = 0;
    if ((events & POLLNVAL) != 0) {
        *error_number = EBADF;
        return KWH_ERROR_IO;
    }
    taken = read(descriptor, room, capacity);
    if (taken > 0) {
        *got = (size_t)taken;
        return KWH_OK;
    }
    if (taken < 0) {
        if (is_passing(errno))
            return KWH_OK;
        *error_number = errno;
        return kwhi_descriptor_error(errno);
    }
    /* A terminal whose VMIN is 0 says 0 for nothing; it is gone only when it has hung up. */
    if (!is_socket && (events & POLLHUP) == 0)
        return KWH_OK;
    *error_number = is_socket ? 0 : EIO;
    return KWH_ERROR_DISCONNECTED;
}

/* Microseconds from now to @p until_us; 0 when that is past. */
static uint32_t time_left(uint32_t until_us)
{
    uint32_t left = until_us - kwh_host_now_us();

    return left <= INT32_MAX ? left : 0;
}

/* Waits for @p events until then; the events that came, 0 for none. A signal ends no wait: who
 * wants that handles it outside of blocking calls. */
static enum kwh_error wait_for(struct kwh_host *host, short events, uint32_t until_us, short *came)
{
    struct pollfd entry = {.fd = host->descriptor, .events = events};
    int ready;

    *came = 0;
    do {
        uint32_t left = time_left(until_us);
#if defined(__linux__)
        struct timespec timeout = {.tv_sec = (time_t)(left / 1000000u),
                                   .tv_nsec = (long)(left % 1000000u) * 1000};

        ready = ppoll(&entry, 1, &timeout, NULL);
#else
        ready = poll(&entry, 1, (int)((left + 999u) / 1000u));
#endif
    } while (ready < 0 && errno == EINTR);
    if (ready < 0) {
        host->saved_errno = errno;
        return KWH_ERROR_IO;
    }
    *came = ready > 0 ? entry.revents : 0;
    return KWH_OK;
}

/* ------------------------------------------------------------------------------------------------
 * The backend of a host
 */

static uint32_t backend_now(void *context)
{
    (void)context;
    return kwh_host_now_us();
}

static enum kwh_error backend_send(void *context, const uint8_t *bytes, size_t count, size_t *sent)
{
    struct kwh_host *host = context;
    enum kwh_error error = KWH_ERROR_DISCONNECTED;
    short came;

    *sent = 0;
    if (host->descriptor < 0)
        return error;
    error = kwhi_descriptor_write(host->descriptor, host->is_socket, bytes, count, sent,
                                  &host->saved_errno);
    if (error != KWH_OK || *sent > 0)
        return error;
    error = wait_for(host, POLLOUT, kwh_host_now_us() + SEND_PATIENCE_US, &came);
    if (error != KWH_OK)
        return error;
    if (came == 0) {
        host->saved_errno = ETIMEDOUT;
        return KWH_ERROR_IO;
    }
    return kwhi_descriptor_write(host->descriptor, host->is_socket, bytes, count, sent,
                                 &host->saved_errno);
}

/* One poll() and, when there is something, one read(). */
static enum kwh_error backend_receive(void *context, uint8_t *room, size_t capacity,
                                      uint32_t until_us, size_t *got)
{
    struct kwh_host *host = context;
    enum kwh_error error;
    short came;

    *got = 0;
    if (host->descriptor < 0)
        return KWH_ERROR_DISCONNECTED;
    error = wait_for(host, POLLIN, until_us, &came);
    if (error != KWH_OK || came == 0)
        return error;
    return kwhi_descriptor_read(host->descriptor, host->is_socket, came, room, capacity, got,
                                &host->saved_errno);
}

static int backend_errno(void *context)
{
    const struct kwh_host *host = context;

    return host->saved_errno;
}

void kwhi_descriptor_backend(struct kwh_host *host)
{
    host->backend = (struct kwh_backend){
        .context = host,
        .now_us = backend_now,
        .send = backend_send,
        .receive = backend_receive,
        .last_errno = backend_errno,
    };
}
