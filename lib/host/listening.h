/* SPDX-License-Identifier: MIT */
/* Descriptors that a listener waits on. */
#ifndef KWHI_HOST_LISTENING_H
#define KWHI_HOST_LISTENING_H

#include <kwh/host.h>

/* A listening socket on target.place; writes the port it got to the target. */
enum kwh_error kwhi_listening_socket(struct kwh_target *target, unsigned backlog, int *descriptor,
                                     int *error_number);

/* A connection that waits; -1 for none, errno in @p error_number. */
int kwhi_listening_accept(int listening, int *error_number);

/* A new pseudo-terminal: its name goes to the target. @p slave is our own hold on the side of the
 * clients, who may come and go while it is open. */
enum kwh_error kwhi_listening_pty(struct kwh_target *target,
                                  const struct kwh_line_settings *settings, int *master, int *slave,
                                  int *error_number);

/* Drops answers that no client reads, as a wire would: more than one waits. */
void kwhi_listening_pty_forget(int slave);

#endif
