/* SPDX-License-Identifier: MIT */
#ifndef KWHI_HOST_TARGET_H
#define KWHI_HOST_TARGET_H

#include <kwh/host.h>

/* The line settings of a target, with defaults for what it does not give. */
struct kwh_line_settings kwhi_target_settings(const struct kwh_target *target);

#endif
