/* SPDX-License-Identifier: MIT */
/* What must hold, whatever the input. */
#ifndef FUZZ_MUST_H
#define FUZZ_MUST_H

#include <stdbool.h>
#include <stdlib.h>

static inline void must(bool condition)
{
    if (!condition)
        abort();
}

#endif
