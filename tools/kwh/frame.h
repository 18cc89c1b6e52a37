/* SPDX-License-Identifier: MIT */
/* Modbus frames as they are found on a wire, and what they say. */
#ifndef FRAME_H
#define FRAME_H

#include "command.h"

enum frame_direction {
    FRAME_UNKNOWN,
    FRAME_REQUEST,
    FRAME_ANSWER,
    FRAME_EITHER
};

struct frame {
    bool tcp;
    const char *error; /* NULL, or why it is refused: bad_crc, no_frame, bad_length, bad_answer */
    size_t length;     /* bytes that belong to it */
    enum frame_direction direction;
    uint8_t unit, function, exception; /* exception 0: none */
    bool has_address;
    uint16_t address, count; /* registers; count 0: no registers */
    const uint8_t *data;     /* of registers, two bytes each; or of another answer */
    size_t data_length;
    uint16_t transaction;       /* tcp */
    uint16_t crc, crc_expected; /* rtu */
};

/* Takes one frame from the front of @p length bytes, at least one. */
void frame_parse(const uint8_t *bytes, size_t length, struct frame *frame);

/* True when @p answer can be the answer to @p request. */
bool frame_answers(const struct frame *answer, const struct frame *request);

bool frame_function_is_known(uint8_t function);
/* "read_holding_registers"; "function_99" for one without a name. */
#define FRAME_NAME 40
void frame_function_name(uint8_t function, char text[FRAME_NAME]);
const char *frame_direction_name(enum frame_direction direction);

/* One line for people. */
#define FRAME_TEXT 200
void frame_describe(const struct frame *frame, char text[FRAME_TEXT]);

/* "01 03 50 02", cut with "..." when it does not fit. */
void frame_hex(const uint8_t *bytes, size_t count, char *text, size_t capacity);
/* What may stand between bytes. */
bool is_separator(char c);
/* The reverse, also with colons, commas and 0x; NULL, or what is wrong with it. A digit alone is a
 * byte, too. */
const char *parse_hex(const char *text, uint8_t *bytes, size_t capacity, size_t *count);

#endif
