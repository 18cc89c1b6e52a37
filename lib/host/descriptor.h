/* SPDX-License-Identifier: MIT */
/* Bytes through a descriptor, socket or raw terminal, blocking or not. Never select(), never a
 * SIGPIPE. */
#ifndef KWHI_HOST_DESCRIPTOR_H
#define KWHI_HOST_DESCRIPTOR_H

#include <kwh/host.h>

/* Whether @p descriptor is a socket. */
bool kwhi_descriptor_is_socket(int descriptor);

/* Makes it non-blocking and closed on exec; false leaves errno. */
bool kwhi_descriptor_prepare(int descriptor);

/* KWH_ERROR_DISCONNECTED or KWH_ERROR_IO for an errno of a read or a write. */
enum kwh_error kwhi_descriptor_error(int error_number);

/* Writes what is taken at once, possibly nothing; errno in @p error_number. */
enum kwh_error kwhi_descriptor_write(int descriptor, bool is_socket, const uint8_t *bytes,
                                     size_t count, size_t *sent, int *error_number);

/* Reads what is there, possibly nothing, of a descriptor that poll() reported with @p events. */
enum kwh_error kwhi_descriptor_read(int descriptor, bool is_socket, short events, uint8_t *room,
                                    size_t capacity, size_t *got, int *error_number);

/* Fills in the backend of a host, all but set_line. */
void kwhi_descriptor_backend(struct kwh_host *host);

#endif
