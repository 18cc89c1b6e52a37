/* SPDX-License-Identifier: MIT */
/* The same without a line. */
#include "exchange.h"
#include "pro380.h"

static void read_span(KWH_CONST struct span *span)
{
    if (kwh_modbus_read(&exchange, 1, 3, span->address, span->count) == KWH_OK && ask() == KWH_OK)
        show_span(span, frame + exchange.answer_at + 2, span->count);
}

int main(void)
{
    for (;;)
        for (size_t i = 0; i < KWH_COUNT(spans); i++)
            read_span(&spans[i]);
}
