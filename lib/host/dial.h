/* SPDX-License-Identifier: MIT */
/* Connecting to a host without waiting for it. */
#ifndef KWHI_HOST_DIAL_H
#define KWHI_HOST_DIAL_H

#include <kwh/host.h>

struct addrinfo;

/* A connection that is being made. Zeroed: none. */
struct kwhi_dial {
    struct addrinfo *addresses, *next; /* those that are left to be tried */
    int descriptor;                    /* writable when it is decided; -1: none */
    int saved_errno;                   /* of the last failure */
};

/* Looks the name up, which may take time, and begins to connect to its first address. */
enum kwh_error kwhi_dial_begin(struct kwhi_dial *dial, const char *host, uint16_t port);

/* How it goes: true when it is over. KWH_OK: *descriptor is connected, the caller's and ready for
 * use. Else KWH_ERROR_PORT_OPEN: no address is left. */
bool kwhi_dial_is_over(struct kwhi_dial *dial, enum kwh_error *error, int *descriptor);

/* Gives the present address up and goes on with the next one. */
void kwhi_dial_give_up(struct kwhi_dial *dial);

void kwhi_dial_end(struct kwhi_dial *dial);

#endif
