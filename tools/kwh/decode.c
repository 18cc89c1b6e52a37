/* SPDX-License-Identifier: MIT */
/* kwh decode: explains captured frames of Modbus and M-Bus. */
#include "decode.h"
#include "names.h"
#include "output.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define BYTES_MAX 4096 /* of a line; far more than a frame */

/* Bytes that are no frame of any protocol. */
static void print_nothing(const struct decoder *decoder, const struct frame *frame)
{
    if (decoder->options->output != OUTPUT_JSON) {
        printf("%srefused: neither a Modbus frame (its CRC would be %04X) nor one of M-Bus%s\n",
               style_bold(&decoder->style), (unsigned)frame->crc_expected,
               style_off(&decoder->style));
        return;
    }
    cJSON *object = json_object();
    json_null(object, "protocol");
    json_null(object, "frame");
    json_text(object, "error", kwh_error_name(KWH_ERROR_NO_FRAME));
    json_print(object);
}

static void print_bytes(const struct decoder *decoder, const uint8_t *bytes, size_t count)
{
    char hex[3 * BYTES_MAX + 4];
    frame_hex(bytes, count, hex, sizeof hex);
    fputs(style_dim(&decoder->style), stdout);
    print_wrapped(stdout, hex, 0, decoder->style.width > 0 ? decoder->style.width : SIZE_MAX);
    printf("%s\n", style_off(&decoder->style));
}

static enum exit_code decode_frame(struct decoder *decoder, struct capture *capture)
{
    decoder->found = true;
    switch (capture->protocol) {
    case CAPTURE_MODBUS:
        decoder->refused = decoder->refused || capture->modbus.error != NULL;
        return decode_modbus(decoder, &capture->modbus);
    case CAPTURE_MBUS:
        decoder->refused = decoder->refused || capture->mbus.error != KWH_OK;
        decode_mbus(decoder, &capture->mbus);
        break;
    case CAPTURE_NEITHER:
        decoder->refused = true;
        print_nothing(decoder, &capture->modbus);
        break;
    }
    return EXIT_CODE_OK;
}

/* What follows a whole M-Bus frame and is no frame belongs to nothing. */
static void judge_excess(struct capture *capture)
{
    bool is_frame = capture->protocol == CAPTURE_MBUS ||
                    (capture->protocol == CAPTURE_MODBUS && capture->modbus.error == NULL);
    if (is_frame)
        return;
    capture->protocol = CAPTURE_MBUS;
    mbus_frame_stray(KWH_ERROR_EXCESS_BYTES, capture->length, &capture->mbus);
}

/* All frames of a line. */
static enum exit_code decode_bytes(struct decoder *decoder, const uint8_t *bytes, size_t length)
{
    bool behind_mbus = false;
    for (size_t at = 0; at < length;) {
        struct capture capture;
        capture_parse(bytes + at, length - at, &capture);
        if (behind_mbus)
            judge_excess(&capture);
        if (decoder->options->verbose > 0 && decoder->options->output != OUTPUT_JSON)
            print_bytes(decoder, bytes + at, capture.length);
        enum exit_code code = decode_frame(decoder, &capture);
        if (code != EXIT_CODE_OK)
            return code;
        at += capture.length;
        behind_mbus = capture.protocol == CAPTURE_MBUS;
    }
    return EXIT_CODE_OK;
}

static enum exit_code decode_text(struct decoder *decoder, const char *text)
{
    uint8_t bytes[BYTES_MAX];
    size_t count;
    const char *wrong = parse_hex(text, bytes, BYTES_MAX, &count);
    if (wrong != NULL)
        return usage_error("'%.60s' %s", text, wrong);
    return decode_bytes(decoder, bytes, count);
}

static enum exit_code decode_input(struct decoder *decoder)
{
    char *line = NULL;
    size_t capacity = 0;
    enum exit_code code = EXIT_CODE_OK;
    for (ssize_t length;
         code == EXIT_CODE_OK && (length = getline(&line, &capacity, stdin)) != -1;) {
        while (length > 0 && is_separator(line[length - 1]))
            line[--length] = '\0';
        if (line[0] != '#')
            code = decode_text(decoder, line);
    }
    free(line);
    if (ferror(stdin)) {
        complain("cannot read standard input");
        return EXIT_CODE_INTERNAL;
    }
    return code;
}

static bool remember_request(struct decoder *decoder, const struct capture *capture)
{
    const struct frame *modbus = &capture->modbus;
    const struct mbus_frame *mbus = &capture->mbus;
    if (capture->protocol == CAPTURE_MODBUS && modbus->error == NULL &&
        modbus->direction == FRAME_REQUEST)
        decode_modbus_request(decoder, modbus);
    else if (capture->protocol == CAPTURE_MBUS && mbus->error == KWH_OK &&
             mbus_frame_is_request(mbus))
        decode_mbus_request(decoder, mbus);
    else
        return false;
    return true;
}

static enum exit_code take_request(struct decoder *decoder)
{
    uint8_t bytes[BYTES_MAX];
    size_t count;
    struct capture capture;
    const char *text = decoder->options->request;
    const char *wrong = parse_hex(text, bytes, BYTES_MAX, &count);
    if (wrong != NULL || count == 0)
        return usage_error("--request '%.60s' %s", text, wrong != NULL ? wrong : "is empty");
    capture_parse(bytes, count, &capture);
    if (!remember_request(decoder, &capture))
        return usage_error("--request '%.60s' is not a whole request", text);
    return EXIT_CODE_OK;
}

static enum exit_code take_map(struct decoder *decoder)
{
    const char *name = decoder->options->map;
    const struct kwh_map *map;
    decoder->modbus = kwh_host_find_protocol_map(name, KWH_PROTOCOL_MODBUS);
    decoder->mbus = kwh_host_find_protocol_map(name, KWH_PROTOCOL_MBUS);
    return find_map(name, &map);
}

/* The arguments may be one text, or the bytes one by one. */
static enum exit_code decode_arguments(struct decoder *decoder)
{
    char text[3 * BYTES_MAX];
    size_t at = 0;
    for (int i = 0; i < decoder->options->argument_count; i++) {
        size_t length = strlen(decoder->options->arguments[i]);
        if (length + 2 > sizeof text - at)
            return usage_error("the frame is too long");
        memcpy(text + at, decoder->options->arguments[i], length);
        at += length;
        text[at++] = ' ';
    }
    text[at > 0 ? at - 1 : 0] = '\0'; /* without the last blank */
    return decode_text(decoder, text);
}

enum exit_code decode_command(const struct options *options)
{
    struct decoder decoder;
    enum exit_code code = EXIT_CODE_OK;
    memset(&decoder, 0, sizeof decoder);
    decoder.options = options;
    decoder.style = output_style(options);
    if (options->map != NULL)
        code = take_map(&decoder);
    if (code == EXIT_CODE_OK && options->request != NULL)
        code = take_request(&decoder);
    if (code != EXIT_CODE_OK)
        return code;
    bool input = options->argument_count == 0 || strcmp(options->arguments[0], "-") == 0;
    code = input ? decode_input(&decoder) : decode_arguments(&decoder);
    if (code == EXIT_CODE_OK && !decoder.found)
        return usage_error("there is no frame %s", input ? "on standard input" : "in HEX");
    return code == EXIT_CODE_OK && decoder.refused ? EXIT_CODE_PROTOCOL : code;
}
