/* SPDX-License-Identifier: MIT */
/* Lengths of answers that no request tells in advance. */
#include <kwh/modbus.h>

size_t kwh_modbus_length_counted(const uint8_t *pdu, size_t available)
{
    return available < 2 ? 0 : 2u + pdu[1];
}

size_t kwh_modbus_length_five(const uint8_t *pdu, size_t available)
{
    (void)pdu;
    (void)available;
    return 5;
}

/* Function, 0E, category, conformity, more, next object, number of objects; then the objects. */
#define DEVICE_ID_HEAD 7u

size_t kwh_modbus_length_device_id(const uint8_t *pdu, size_t available)
{
    size_t at = DEVICE_ID_HEAD;
    if (available < DEVICE_ID_HEAD)
        return 0;
    for (unsigned n = pdu[6]; n != 0; n--) {
        if (at > KWH_MODBUS_PDU_MAX)
            return SIZE_MAX;
        if (at + 2 > available)
            return 0;
        at += 2u + pdu[at + 1];
    }
    return at <= KWH_MODBUS_PDU_MAX ? at : SIZE_MAX;
}

bool kwh_modbus_device_id_object(const uint8_t *pdu, size_t length, unsigned n,
                                 struct kwh_device_id_object *object)
{
    size_t at = DEVICE_ID_HEAD;
    object->id = 0;
    object->length = 0;
    object->at = 0;
    if (length < DEVICE_ID_HEAD || length > KWH_MODBUS_PDU_MAX || n >= pdu[6])
        return false;
    for (; n != 0; n--) {
        if (at + 2 > length)
            return false;
        at += 2u + pdu[at + 1];
    }
    if (at + 2 > length || at + 2u + pdu[at + 1] > length)
        return false;
    object->id = pdu[at];
    object->length = pdu[at + 1];
    object->at = (uint16_t)(at + 2);
    return true;
}
