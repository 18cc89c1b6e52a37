/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <string.h>

static void print_field(const char *field)
{
    if (field[strcspn(field, ",\"\r\n")] == '\0') {
        fputs(field, stdout);
        return;
    }
    putchar('"');
    for (; *field != '\0'; field++) {
        if (*field == '"')
            putchar('"');
        putchar(*field);
    }
    putchar('"');
}

void csv_record(const char *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            putchar(',');
        print_field(fields[i] != NULL ? fields[i] : "");
    }
    fputs("\n", stdout);
    flush_output();
}
