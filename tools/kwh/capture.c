/* SPDX-License-Identifier: MIT */
#include "capture.h"

#define STUMP 4 /* shorter than this Modbus frames are not told from anything */

/* A single byte proves little: nothing follows it, or another frame of M-Bus. */
static bool is_alone(const uint8_t *bytes, size_t length)
{
    struct mbus_frame next;
    if (length < STUMP)
        return true;
    mbus_frame_parse(bytes + 1, length - 1, &next);
    return !next.is_damaged;
}

/* What holds is right; of two that do, the one with more to hold: a long frame of M-Bus has six
 * bytes for it, a Modbus RTU frame two, a short frame of M-Bus three, but often others behind it.
 */
static enum capture_protocol judge(const uint8_t *bytes, size_t length,
                                   const struct capture *capture)
{
    const struct mbus_frame *mbus = &capture->mbus;
    const struct frame *modbus = &capture->modbus;
    bool crc_holds = length >= STUMP && modbus->crc == modbus->crc_expected;
    if (!mbus->is_damaged && mbus->link.kind >= KWH_MBUS_CONTROL)
        return CAPTURE_MBUS;
    if (modbus->error == NULL && modbus->direction != FRAME_UNKNOWN)
        return CAPTURE_MODBUS;
    if (!mbus->is_damaged && (mbus->link.kind == KWH_MBUS_SHORT || is_alone(bytes, length)))
        return CAPTURE_MBUS;
    if (modbus->tcp || crc_holds)
        return CAPTURE_MODBUS;
    /* Neither holds. */
    if (mbus_frame_seems(bytes, length))
        return CAPTURE_MBUS;
    return length < STUMP || frame_function_is_known(modbus->function) ? CAPTURE_MODBUS
                                                                       : CAPTURE_NEITHER;
}

static void parse_front(const uint8_t *bytes, size_t length, struct capture *capture)
{
    mbus_frame_parse(bytes, length, &capture->mbus);
    frame_parse(bytes, length, &capture->modbus);
    capture->protocol = judge(bytes, length, capture);
    capture->length = capture->protocol == CAPTURE_MBUS ? capture->mbus.length
                                                        : capture->modbus.length;
}

static bool is_damaged(const struct capture *capture)
{
    if (capture->protocol == CAPTURE_MODBUS)
        return capture->modbus.error != NULL && capture->modbus.crc != capture->modbus.crc_expected;
    return capture->protocol == CAPTURE_NEITHER || capture->mbus.is_damaged;
}

/* Where within a damaged frame a long frame of M-Bus begins that holds; 0 when there is none. */
static size_t find_whole(const uint8_t *bytes, size_t length, const struct capture *capture)
{
    struct mbus_frame frame;
    for (size_t at = 1; at < capture->length; at++) {
        mbus_frame_parse(bytes + at, length - at, &frame);
        if (!frame.is_damaged && frame.link.kind >= KWH_MBUS_CONTROL)
            return at;
    }
    return 0;
}

void capture_parse(const uint8_t *bytes, size_t length, struct capture *capture)
{
    parse_front(bytes, length, capture);
    size_t whole = is_damaged(capture) ? find_whole(bytes, length, capture) : 0;
    if (whole == 0)
        return;
    parse_front(bytes, whole, capture);
    if (capture->protocol != CAPTURE_MBUS) {
        capture->protocol = CAPTURE_MBUS;
        mbus_frame_stray(KWH_ERROR_BAD_START, whole, &capture->mbus);
        capture->length = whole;
    }
}

/* The registers of an answer are where its request said. */
static void describe_modbus(struct frame *frame, struct frame *request, char text[FRAME_TEXT])
{
    if (frame_answers(frame, request)) {
        frame->address = request->address;
        frame->has_address = request->has_address;
    }
    frame_describe(frame, text);
    *request = *frame;
    request->data = NULL;
}

void trace_frames(void *context, enum kwh_trace what, const uint8_t *bytes, size_t count,
                  uint32_t now_us)
{
    struct capture capture;
    char hex[3 * 264 + 4], text[MBUS_TEXT] = "passed over";
    (void)now_us;
    if (what == KWH_TRACE_RECEIVED || count == 0)
        return; /* the same bytes come again as a frame, or as passed over */
    frame_hex(bytes, count, hex, sizeof hex);
    if (what != KWH_TRACE_SKIPPED) {
        capture_parse(bytes, count, &capture);
        if (capture.protocol == CAPTURE_MBUS)
            mbus_frame_describe(&capture.mbus, text);
        else
            describe_modbus(&capture.modbus, context, text);
    }
    fprintf(stderr, "%s %s  (%s)\n",
            what == KWH_TRACE_SENT      ? "-->"
            : what == KWH_TRACE_SKIPPED ? "???"
                                        : "<--",
            hex, text);
}

KWH_STATIC_ASSERT(FRAME_TEXT <= MBUS_TEXT, a_line_for_either_protocol);
