/* SPDX-License-Identifier: MIT */
/* Names and OBIS codes: what parses prints, and what prints parses to the same. */
#include <kwh/obis.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
    if (!holds)
        abort();
}

/* A quantity with a name has one name; what has no name prints nothing. */
static void check_quantity(uint32_t quantity)
{
    char text[KWH_QUANTITY_TEXT];
    uint32_t again;

    check(kwh_quantity_unit(quantity) <= KWH_UNIT_DBM);
    check(kwh_quantity_form(quantity) <= KWH_FORM_CHOICE);
    if (kwh_quantity_print(quantity, text, sizeof text) != KWH_OK) {
        check(text[0] == '\0');
        return;
    }
    check(kwh_quantity_parse(text, &again) == KWH_OK && again == quantity);
}

/* A printed name is the text itself, but for the unit's suffix. */
static void check_name(const char *name)
{
    char text[KWH_QUANTITY_TEXT];
    uint32_t quantity;
    size_t length;

    if (kwh_quantity_parse(name, &quantity) != KWH_OK) {
        check(quantity == 0);
        return;
    }
    check(kwh_quantity_print(quantity, text, sizeof text) == KWH_OK);
    length = strlen(text);
    check(memcmp(name, text, length) == 0);
    if (name[length] != '\0') {
        check(name[length] == '_');
        check(strcmp(name + length + 1, kwh_unit_suffix(kwh_quantity_unit(quantity))) == 0);
    }
    check_quantity(quantity);
}

/* A code has one quantity, and that quantity this code. */
static void check_code(struct kwh_obis code)
{
    char text[KWH_OBIS_TEXT];
    struct kwh_obis again;
    uint32_t quantity;

    check(kwh_obis_print(code, text, sizeof text) == KWH_OK);
    check(kwh_obis_parse(text, &again) == KWH_OK);
    check(memcmp(&again, &code, sizeof code) == 0);
    if (kwh_obis_quantity(code, &quantity) != KWH_OK) {
        check(quantity == 0);
        return;
    }
    code.e = code.e == 255 ? 0 : code.e;
    check(kwh_quantity_obis(quantity, &again) == KWH_OK);
    check(memcmp(&again, &code, sizeof code) == 0);
    check_quantity(quantity);
}

static void check_obis(const char *text)
{
    struct kwh_obis code;

    if (kwh_obis_parse(text, &code) == KWH_OK)
        check_code(code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    check_name(text);
    check_obis(text);
    if (size >= 4) {
        check_quantity((uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 |
                       data[3]);
    }
    if (size >= 6) {
        struct kwh_obis code = {data[0], data[1], data[2], data[3], data[4], data[5]};

        check_code(code);
    }
    free(text);
    return 0;
}
