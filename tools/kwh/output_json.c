/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <inttypes.h>
#include <stdlib.h>

static cJSON *made(cJSON *item)
{
    if (item == NULL) {
        complain("out of memory");
        exit(EXIT_CODE_INTERNAL);
    }
    return item;
}

cJSON *json_object(void)
{
    return made(cJSON_CreateObject());
}

cJSON *json_array(void)
{
    return made(cJSON_CreateArray());
}

void json_item(cJSON *object, const char *key, cJSON *item)
{
    if (!cJSON_AddItemToObject(object, key, made(item)))
        made(NULL);
}

void json_append(cJSON *array, cJSON *item)
{
    if (!cJSON_AddItemToArray(array, made(item)))
        made(NULL);
}

void json_text(cJSON *object, const char *key, const char *text)
{
    json_item(object, key, text != NULL ? cJSON_CreateString(text) : cJSON_CreateNull());
}

void json_number(cJSON *object, const char *key, const char *digits)
{
    json_item(object, key, cJSON_CreateRaw(digits));
}

void json_unsigned(cJSON *object, const char *key, uint64_t number)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, number);
    json_number(object, key, digits);
}

void json_boolean(cJSON *object, const char *key, bool value)
{
    json_item(object, key, cJSON_CreateBool(value));
}

void json_null(cJSON *object, const char *key)
{
    json_item(object, key, cJSON_CreateNull());
}

void json_append_text(cJSON *array, const char *text)
{
    json_append(array, cJSON_CreateString(text));
}

bool is_json_number(const struct kwh_reading *reading)
{
    return reading->form == KWH_FORM_DECIMAL ||
           (reading->form == KWH_FORM_CHOICE && reading->word == NULL);
}

void json_reading(cJSON *values, cJSON *status, const char *key, const struct kwh_reading *reading)
{
    char text[KWH_READING_TEXT];
    if (kwh_reading_print(reading, text, sizeof text) != KWH_OK) {
        json_null(values, key);
        json_text(status, key, kwh_status_name((enum kwh_status)reading->status));
    } else if (is_json_number(reading)) {
        json_number(values, key, text);
    } else {
        json_text(values, key, text);
    }
}

void json_print(cJSON *object)
{
    char *text = cJSON_PrintUnformatted(object);
    if (text == NULL)
        made(NULL);
    puts(text);
    flush_output();
    cJSON_free(text);
    cJSON_Delete(object);
}
