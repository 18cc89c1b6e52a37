/* SPDX-License-Identifier: MIT */
#include "record_reading.h"
#include "row.h"

enum kwh_status kwhi_record_text(const uint8_t *data, size_t size,
                                 const struct kwh_mbus_record *record, struct kwh_reading *reading)
{
    char text[KWH_READING_TEXT_MAX + 1];
    enum kwh_error error = kwh_mbus_text(data, size, record, text, sizeof text);
    if (error != KWH_OK)
        return error == KWH_ERROR_CAPACITY ? KWH_STATUS_OVERFLOW : KWH_STATUS_NOT_AVAILABLE;
    for (uint8_t i = 0; i < KWH_READING_TEXT_MAX && text[i] != '\0'; i++) {
        if (!kwhi_is_printable((uint8_t)text[i]))
            return KWH_STATUS_BAD_DIGITS;
        reading->text[i] = text[i];
        reading->length = (uint8_t)(i + 1);
    }
    return KWH_STATUS_OK;
}
