/* SPDX-License-Identifier: MIT */
/* Opening a host in two steps, for connections that are made elsewhere. */
#ifndef KWHI_HOST_PARTS_H
#define KWHI_HOST_PARTS_H

#include <kwh/host.h>

/* All that kwh_host_open_target() does but opening. */
enum kwh_error kwhi_host_prepare(struct kwh_host *host, const struct kwh_target *target);

/* Goes on with a descriptor that the caller closes. */
void kwhi_host_adopt(struct kwh_host *host, int descriptor);

#endif
