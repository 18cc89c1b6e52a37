/* SPDX-License-Identifier: MIT */
/* Who a slave says it is: Report Server ID and Read Device Identification. */
#include <string.h>

#include "slave.h"

#define MEI_DEVICE_ID    0x0Eu
#define CATEGORY_BASIC   1u
#define CATEGORY_ONE     4u
#define CONFORMITY       0x81u /* basic category, as a stream and object by object */
#define OBJECTS          3u
#define OBJECT_BYTES_MAX 64u
#define RUNNING          0xFFu
#define SERVER_ID        0x6Bu /* device specific, says the standard */

#define TEXT_OF(number)  #number
#define VALUE_OF(macro)  TEXT_OF(macro)
#define VERSION                                                                                    \
    VALUE_OF(KWH_VERSION_MAJOR)                                                                    \
    "." VALUE_OF(KWH_VERSION_MINOR) "." VALUE_OF(KWH_VERSION_PATCH)

/* Puts a text at answer[at], cut to what an object may have; returns its length. */
static size_t put_text(KWH_CONST char *text, uint8_t *answer, size_t at)
{
    size_t length = 0;

    while (length < OBJECT_BYTES_MAX && text != NULL && text[length] != '\0') {
        answer[at + length] = (uint8_t)text[length];
        length++;
    }
    return length;
}

enum kwh_error kwhi_slave_server_id(const struct kwh_slave *slave, const uint8_t *request,
                                    size_t length, uint8_t *answer, size_t *size)
{
    if (length != 1)
        return KWH_ERROR_ILLEGAL_DATA_VALUE;
    size_t text = put_text(slave->map->title, answer, 4);
    answer[0] = request[0];
    answer[1] = (uint8_t)(2 + text);
    answer[2] = SERVER_ID;
    answer[3] = RUNNING;
    *size = 4 + text;
    return KWH_OK;
}

enum kwh_error kwhi_slave_device_id(const struct kwh_slave *slave, const uint8_t *request,
                                    size_t length, uint8_t *answer, size_t *size)
{
    static KWH_CONST char vendor[] = "libkwh", version[] = VERSION;
    KWH_CONST char *const texts[OBJECTS] = {vendor, slave->map->title, version};

    if (length < 2 || request[1] != MEI_DEVICE_ID)
        return KWH_ERROR_ILLEGAL_FUNCTION;
    if (length != 4 || request[2] < CATEGORY_BASIC || request[2] > CATEGORY_ONE)
        return KWH_ERROR_ILLEGAL_DATA_VALUE;

    /* A stream begins anew at an object that does not exist, a single object must exist. Categories
     * above the conformity level are answered with what there is. */
    bool one = request[2] == CATEGORY_ONE;
    unsigned first = request[3];
    if (first >= OBJECTS && one)
        return KWH_ERROR_ILLEGAL_DATA_ADDRESS;
    if (first >= OBJECTS)
        first = 0;
    unsigned behind = one ? first + 1 : OBJECTS;

    const uint8_t head[7] = {
        request[0], MEI_DEVICE_ID, request[2], CONFORMITY, 0, 0, (uint8_t)(behind - first)};
    size_t at = sizeof head;
    memcpy(answer, head, sizeof head);
    for (unsigned object = first; object < behind; object++) {
        size_t text = put_text(texts[object], answer, at + 2);
        answer[at] = (uint8_t)object;
        answer[at + 1] = (uint8_t)text;
        at += 2 + text;
    }
    *size = at;
    return KWH_OK;
}
