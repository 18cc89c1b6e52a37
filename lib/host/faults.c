/* SPDX-License-Identifier: MIT */
/* The faults of a simulated line as text. */
#include <kwh/faults.h>

#include <stdlib.h>
#include <string.h>

#define WORD_MAX  32u
#define DELAY_MAX 60000
#define NOISE     (KWH_FAULTS_ALL / 10u)

static enum kwh_error take_integer(const char *text, unsigned long most, unsigned long *number)
{
    bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    char *end;

    if (text[0] < '0' || text[0] > '9')
        return KWH_ERROR_SYNTAX;
    *number = strtoul(text, &end, hexadecimal ? 16 : 10);
    if (*end != '\0')
        return KWH_ERROR_SYNTAX;
    return *number <= most ? KWH_OK : KWH_ERROR_OVERFLOW;
}

static enum kwh_error take_probability(const char *text, uint32_t *probability)
{
    struct kwh_decimal value;
    int64_t parts = 0;
    enum kwh_error error = kwh_decimal_parse(text, &value);

    if (error == KWH_OK)
        error = kwh_decimal_to_int64(value, -9, KWH_ROUND_HALF_EVEN, &parts);
    if (error == KWH_OK && (parts < 0 || parts > (int64_t)KWH_FAULTS_ALL))
        error = KWH_ERROR_OVERFLOW;
    *probability = error == KWH_OK ? (uint32_t)parts : 0;
    return error;
}

static enum kwh_error take_drop(struct kwh_faults *faults, char *value)
{
    return take_probability(value, &faults->drop);
}

static enum kwh_error take_flip(struct kwh_faults *faults, char *value)
{
    return take_probability(value, &faults->flip);
}

static enum kwh_error take_noise(struct kwh_faults *faults, char *value)
{
    faults->noise = NOISE;
    return *value != '\0' ? take_probability(value, &faults->noise) : KWH_OK;
}

static enum kwh_error take_delay(struct kwh_faults *faults, char *value)
{
    unsigned long number = 0;
    enum kwh_error error = take_integer(value, DELAY_MAX, &number);

    faults->delay_ms = (uint32_t)number;
    return error;
}

static enum kwh_error take_echo(struct kwh_faults *faults, char *value)
{
    faults->echo = true;
    return *value == '\0' ? KWH_OK : KWH_ERROR_SYNTAX;
}

static enum kwh_error take_limit(struct kwh_faults *faults, char *value)
{
    unsigned long number = 0;
    enum kwh_error error = take_integer(value, KWH_MODBUS_READ_MAX, &number);

    if (error == KWH_OK && number == 0)
        error = KWH_ERROR_OVERFLOW;
    faults->limit = (uint8_t)number;
    return error;
}

static enum kwh_error take_hole(struct kwh_faults *faults, char *value)
{
    unsigned long first = 0, last = 0;
    char *dash = strchr(value, '-');
    enum kwh_error error;

    if (faults->hole_count == KWH_FAULTS_HOLES)
        return KWH_ERROR_CAPACITY;
    if (dash != NULL)
        *dash = '\0';
    error = take_integer(value, UINT16_MAX, &first);
    last = first;
    if (error == KWH_OK && dash != NULL)
        error = take_integer(dash + 1, UINT16_MAX, &last);
    if (error == KWH_OK && last < first)
        error = KWH_ERROR_OVERFLOW;
    faults->holes[faults->hole_count].first = (uint16_t)first;
    faults->holes[faults->hole_count].last = (uint16_t)last;
    faults->hole_count++;
    return error;
}

static const struct {
    const char *name;
    enum kwh_error (*take)(struct kwh_faults *faults, char *value);
} kinds[] = {
    {"drop", take_drop},   {"flip", take_flip}, {"noise", take_noise}, {"delay", take_delay},
    {"limit", take_limit}, {"hole", take_hole}, {"echo", take_echo},
};

/* One part, "drop=0.01". */
static enum kwh_error take(struct kwh_faults *faults, char *part)
{
    char *value = strchr(part, '=');

    if (value != NULL)
        *value++ = '\0';
    else
        value = part + strlen(part);
    for (size_t i = 0; i < KWH_COUNT(kinds); i++)
        if (strcmp(part, kinds[i].name) == 0)
            return kinds[i].take(faults, value);
    return KWH_ERROR_UNKNOWN_NAME;
}

enum kwh_error kwh_faults_parse(const char *text, struct kwh_faults *faults, size_t *at)
{
    enum kwh_error error = KWH_OK;
    size_t place = 0;

    memset(faults, 0, sizeof *faults);
    for (;;) {
        size_t length = strcspn(text + place, ",");
        char part[WORD_MAX];

        if (length >= sizeof part) {
            error = KWH_ERROR_SYNTAX;
            break;
        }
        memcpy(part, text + place, length);
        part[length] = '\0';
        error = take(faults, part);
        if (error != KWH_OK || text[place + length] == '\0')
            break;
        place += length + 1;
    }
    if (error != KWH_OK)
        memset(faults, 0, sizeof *faults);
    if (at != NULL)
        *at = place;
    return error;
}
