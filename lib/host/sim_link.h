/* SPDX-License-Identifier: MIT */
/* sim: a line to a simulated meter in this process. */
#ifndef KWHI_HOST_SIM_LINK_H
#define KWHI_HOST_SIM_LINK_H

#include <kwh/host.h>

struct kwhi_sim_link;

/* Makes the meter that the target names and connects it with the line. Allocates. */
enum kwh_error kwhi_sim_link_new(struct kwhi_sim_link **link, const struct kwh_target *target,
                                 const struct kwh_line_settings *settings);

/* The backend for the line. */
const struct kwh_backend *kwhi_sim_link_backend(const struct kwhi_sim_link *link);

/* Frees it; NULL is allowed. */
void kwhi_sim_link_free(struct kwhi_sim_link *link);

#endif
