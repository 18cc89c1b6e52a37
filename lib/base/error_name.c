/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <kwh/error.h>

/* In the order of enum kwh_error. */
static KWH_CONST struct kwhi_words names[] = {
    {KWH_ERROR_ARGUMENT, KWH_TEXT("argument\0"
                                  "capacity\0"
                                  "busy\0"
                                  "broadcast_read\0"
                                  "overflow\0"
                                  "syntax\0"
                                  "unknown_name\0"
                                  "not_in_map\0"
                                  "no_code\0"
                                  "inexact\0"
                                  "no_backend\0"
                                  "port_open\0"
                                  "port_locked\0"
                                  "port_forbidden\0"
                                  "port_speed\0"
                                  "interrupted\0"
                                  "unsupported\0"
                                  "port_name\0"
                                  "risk\0"
                                  "undetermined\0"
                                  "cannot_follow\0"
                                  "address_taken\0")},
    {KWH_ERROR_MBUS_UNSPECIFIED, KWH_TEXT("mbus_unspecified\0"
                                          "mbus_unknown_ci\0"
                                          "mbus_buffer_too_long\0"
                                          "mbus_too_many_records\0"
                                          "mbus_premature_end\0"
                                          "mbus_too_many_dife\0"
                                          "mbus_too_many_vife\0"
                                          "mbus_reserved\0"
                                          "mbus_busy\0"
                                          "mbus_too_many_readouts\0")},
    {KWH_ERROR_ILLEGAL_FUNCTION, KWH_TEXT("illegal_function\0"
                                          "illegal_data_address\0"
                                          "illegal_data_value\0"
                                          "server_device_failure\0"
                                          "acknowledge\0"
                                          "server_device_busy\0"
                                          "negative_acknowledge\0"
                                          "memory_parity\0"
                                          "exception_09\0"
                                          "gateway_path\0"
                                          "gateway_target\0")},
    {KWH_ERROR_SHORT_HEADER, KWH_TEXT("short_header\0"
                                      "unknown_ci\0"
                                      "encrypted\0"
                                      "cut_dif\0"
                                      "cut_vif\0"
                                      "cut_data\0"
                                      "too_many_dife\0"
                                      "too_many_vife\0"
                                      "reserved_dif\0"
                                      "reserved_lvar\0")},
    {KWH_ERROR_REFUSED, KWH_TEXT("refused\0"
                                 "bad_answer\0"
                                 "unknown_meter\0"
                                 "other_family\0"
                                 "not_identified\0"
                                 "no_value\0"
                                 "no_data\0"
                                 "not_acknowledged\0"
                                 "endless\0"
                                 "data_type\0"
                                 "other_encoding\0"
                                 "locked\0"
                                 "not_taken\0")},
    {KWH_OK, KWH_TEXT("ok\0"
                      "timeout\0"
                      "bad_crc\0"
                      "no_frame\0"
                      "only_echo\0"
                      "other_address\0"
                      "other_answer\0"
                      "collision\0"
                      "disconnected\0"
                      "io\0"
                      "bad_start\0"
                      "bad_length\0"
                      "cut_frame\0"
                      "excess_bytes\0"
                      "bad_checksum\0"
                      "bad_stop\0")},
};

static KWH_CONST char unknown[] = "unknown";

KWH_CONST char *kwh_error_name(enum kwh_error error)
{
    KWH_CONST char *name = kwhi_numbered_word(names, (uint32_t)error);

    return *name != '\0' ? name : unknown;
}
