/* SPDX-License-Identifier: MIT */
/* Frames from any data, those of the frame's own room among them: this links memmove(). */
#include "mbus_frame.h"

#include <string.h>

enum kwh_error kwh_mbus_frame_encode(uint8_t c, uint8_t address, int ci, const uint8_t *data,
                                     size_t size, uint8_t *frame, size_t capacity, size_t *length)
{
    size_t needed = ci < 0 ? KWHI_MBUS_SHORT_SIZE : size + KWHI_MBUS_DATA_OVERHEAD;

    *length = 0;
    if (size > KWH_MBUS_DATA_MAX || ci > 0xFF || (ci < 0 && size != 0))
        return KWH_ERROR_ARGUMENT;
    if (capacity < needed)
        return KWH_ERROR_CAPACITY;
    if (size != 0)
        memmove(frame + KWHI_MBUS_DATA_AT, data, size);
    *length = ci < 0 ? kwhi_mbus_frame_short(c, address, frame)
                     : kwhi_mbus_frame_long(c, address, (uint8_t)ci, size, frame);
    return KWH_OK;
}
