/* SPDX-License-Identifier: MIT */
/**
 * @file error.h
 * Every way in which a call can fail, in classes: the line (asking again may help), the meter
 * (asking again gives the same), the caller (fix the program).
 */
#ifndef KWH_ERROR_H
#define KWH_ERROR_H

#include <kwh/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What went wrong. 0 is success. Numbers are part of the API and never reused. */
enum kwh_error {
    KWH_OK = 0,

    /* The line, 1 to 31: worth asking again. */
    KWH_ERROR_TIMEOUT = 1,       /**< Nothing came before the deadline. */
    KWH_ERROR_BAD_CRC = 2,       /**< An answer came, but its CRC does not hold. */
    KWH_ERROR_NO_FRAME = 3,      /**< Bytes came, but no valid frame among them. */
    KWH_ERROR_ONLY_ECHO = 4,     /**< Only our own request came back. */
    KWH_ERROR_OTHER_ADDRESS = 5, /**< A valid frame, but from another address. */
    KWH_ERROR_OTHER_ANSWER = 6,  /**< A valid frame of our address, but not to this request. */
    KWH_ERROR_COLLISION = 7,     /**< Several devices answered at once. */
    KWH_ERROR_DISCONNECTED = 8,  /**< The port or connection was closed by the other side. */
    KWH_ERROR_IO = 9,            /**< The port or connection failed; the host keeps its errno. */

    /* The line, M-Bus frames that do not hold (EN 13757-2). */
    KWH_ERROR_BAD_START = 10,    /**< No frame begins like this. */
    KWH_ERROR_BAD_LENGTH = 11,   /**< The two lengths of a frame differ, or are below 3. */
    KWH_ERROR_CUT_FRAME = 12,    /**< A frame ends before its length. */
    KWH_ERROR_EXCESS_BYTES = 13, /**< Bytes follow the end of a frame. */
    KWH_ERROR_BAD_CHECKSUM = 14, /**< A frame is whole, but its checksum does not hold. */
    KWH_ERROR_BAD_STOP = 15,     /**< A frame does not end with 16. */

    /* The meter, 32 to 63: asking again gives the same. */
    KWH_ERROR_REFUSED = 32,        /**< Refused by a code that has no name of its own. */
    KWH_ERROR_BAD_ANSWER = 33,     /**< The frame holds, what it says cannot be. */
    KWH_ERROR_UNKNOWN_METER = 34,  /**< It answers, but with an identity that no map knows. */
    KWH_ERROR_OTHER_FAMILY = 35,   /**< A known meter, but not of the family that was asked for. */
    KWH_ERROR_NOT_IDENTIFIED = 36, /**< It answers, but refuses what would identify it. */
    KWH_ERROR_NO_VALUE = 37,       /**< The reading carries a status instead of a value. */
    KWH_ERROR_NO_DATA = 38, /**< The meter acknowledges a request for data, but sends none. */
    KWH_ERROR_NOT_ACKNOWLEDGED = 39, /**< The meter does not take what was sent (M-Bus A2). */
    KWH_ERROR_ENDLESS = 40,          /**< One telegram after another announces more, without end. */
    KWH_ERROR_DATA_TYPE = 41,        /**< It is set to a data type whose effect is not known. */
    KWH_ERROR_OTHER_ENCODING = 42,   /**< A known meter with other encodings at these addresses. */
    KWH_ERROR_LOCKED = 43,           /**< Settings are locked: no password, or not the right one. */
    KWH_ERROR_NOT_TAKEN = 44,        /**< A setting was sent, but the meter has another value. */

    /* The meter, M-Bus telegrams that hold as a frame but not inside (EN 13757-3). */
    KWH_ERROR_SHORT_HEADER = 48,  /**< The telegram ends within its header. */
    KWH_ERROR_UNKNOWN_CI = 49,    /**< A CI field whose layout is not known. */
    KWH_ERROR_ENCRYPTED = 50,     /**< The records are encrypted. */
    KWH_ERROR_CUT_DIF = 51,       /**< The telegram ends within the DIFE of a record. */
    KWH_ERROR_CUT_VIF = 52,       /**< The telegram ends before or within a VIF. */
    KWH_ERROR_CUT_DATA = 53,      /**< The telegram ends within the data of a record. */
    KWH_ERROR_TOO_MANY_DIFE = 54, /**< A record with more than ten DIFE. */
    KWH_ERROR_TOO_MANY_VIFE = 55, /**< A record with more than ten VIFE. */
    KWH_ERROR_RESERVED_DIF = 56,  /**< A DIF that says nothing of what follows it. */
    KWH_ERROR_RESERVED_LVAR = 57, /**< A variable length that the standard does not define. */

    /* Modbus exceptions, 64 + code (MODBUS Application Protocol V1.1b3, section 7): the meter, but
     * for 05 and 06, which are worth asking again. */
    KWH_ERROR_ILLEGAL_FUNCTION = 65,      /**< Exception 01. */
    KWH_ERROR_ILLEGAL_DATA_ADDRESS = 66,  /**< Exception 02. */
    KWH_ERROR_ILLEGAL_DATA_VALUE = 67,    /**< Exception 03. */
    KWH_ERROR_SERVER_DEVICE_FAILURE = 68, /**< Exception 04. */
    KWH_ERROR_ACKNOWLEDGE = 69,           /**< Exception 05: accepted, and still at work. */
    KWH_ERROR_SERVER_DEVICE_BUSY = 70,    /**< Exception 06: busy. */
    KWH_ERROR_NEGATIVE_ACKNOWLEDGE = 71,  /**< Exception 07. */
    KWH_ERROR_MEMORY_PARITY = 72,         /**< Exception 08. */
    KWH_ERROR_EXCEPTION_09 = 73,          /**< Exception 09, not assigned by the standard. */
    KWH_ERROR_GATEWAY_PATH = 74,          /**< Exception 0A, gateway path unavailable. */
    KWH_ERROR_GATEWAY_TARGET = 75,        /**< Exception 0B, gateway target failed to respond. */

    /* M-Bus application errors, 80 + code (EN 13757-3, CI 70). */
    KWH_ERROR_MBUS_UNSPECIFIED = 80,       /**< Error 0. */
    KWH_ERROR_MBUS_UNKNOWN_CI = 81,        /**< Error 1. */
    KWH_ERROR_MBUS_BUFFER_TOO_LONG = 82,   /**< Error 2. */
    KWH_ERROR_MBUS_TOO_MANY_RECORDS = 83,  /**< Error 3. */
    KWH_ERROR_MBUS_PREMATURE_END = 84,     /**< Error 4. */
    KWH_ERROR_MBUS_TOO_MANY_DIFE = 85,     /**< Error 5. */
    KWH_ERROR_MBUS_TOO_MANY_VIFE = 86,     /**< Error 6. */
    KWH_ERROR_MBUS_RESERVED = 87,          /**< Error 7, not assigned by the standard. */
    KWH_ERROR_MBUS_BUSY = 88,              /**< Error 8. */
    KWH_ERROR_MBUS_TOO_MANY_READOUTS = 89, /**< Error 9. */

    /* The caller, 96 to 127: fix the program, the arguments or the installation. */
    KWH_ERROR_ARGUMENT = 96, /**< An argument is outside its documented range. */
    KWH_ERROR_CAPACITY = 97, /**< The memory given is too small; nothing was written past it. */
    KWH_ERROR_BUSY = 98,     /**< An exchange or dialogue is still under way. */
    KWH_ERROR_BROADCAST_READ = 99,  /**< A read cannot be broadcast. */
    KWH_ERROR_OVERFLOW = 100,       /**< The result does not fit its type. */
    KWH_ERROR_SYNTAX = 101,         /**< The text is not of the documented form. */
    KWH_ERROR_UNKNOWN_NAME = 102,   /**< No such name. */
    KWH_ERROR_NOT_IN_MAP = 103,     /**< The map has no such quantity or address. */
    KWH_ERROR_NO_CODE = 104,        /**< The quantity has no OBIS code, or the code no quantity. */
    KWH_ERROR_INEXACT = 105,        /**< The value cannot be written exactly in that form. */
    KWH_ERROR_NO_BACKEND = 106,     /**< The line has no backend for a blocking call. */
    KWH_ERROR_PORT_OPEN = 107,      /**< The port or connection cannot be opened. */
    KWH_ERROR_PORT_LOCKED = 108,    /**< Another program has the port. */
    KWH_ERROR_PORT_FORBIDDEN = 109, /**< No permission for the port. */
    KWH_ERROR_PORT_SPEED = 110,     /**< The port does not take this speed or character format. */
    KWH_ERROR_INTERRUPTED = 111,    /**< The caller asked to stop. */
    KWH_ERROR_UNSUPPORTED = 112,    /**< Not possible with this backend, map or build. */
    KWH_ERROR_PORT_NAME = 113,      /**< The name of the host cannot be resolved. */
    KWH_ERROR_RISK = 114, /**< The write has a risk that was not allowed; nothing was sent. */
    KWH_ERROR_UNDETERMINED = 115,  /**< What was given does not determine the result. */
    KWH_ERROR_CANNOT_FOLLOW = 116, /**< The meter would be reached in another way, on which the
                                        line cannot follow; nothing was sent. */
    KWH_ERROR_ADDRESS_TAKEN = 117  /**< The new address answers already; nothing was written. */
};

/** What kind of failure it is; decides whether asking again makes sense. */
enum kwh_error_class {
    KWH_ERROR_CLASS_NONE,  /**< KWH_OK. */
    KWH_ERROR_CLASS_LINE,  /**< Worth asking again; a busy meter, too. */
    KWH_ERROR_CLASS_METER, /**< Asking again gives the same; most Modbus exceptions. */
    KWH_ERROR_CLASS_CALLER /**< Fix the program, the arguments or the installation. */
};

/** True when the meter answered that it has no time now (exceptions 05 and 06, M-Bus error 8). */
static inline bool kwh_error_is_busy(enum kwh_error error)
{
    return error == KWH_ERROR_ACKNOWLEDGE || error == KWH_ERROR_SERVER_DEVICE_BUSY ||
           error == KWH_ERROR_MBUS_BUSY;
}

/** The class of an error. Any thread, any interrupt. */
static inline enum kwh_error_class kwh_error_class(enum kwh_error error)
{
    return error == KWH_OK                          ? KWH_ERROR_CLASS_NONE
           : error < 32 || kwh_error_is_busy(error) ? KWH_ERROR_CLASS_LINE
           : error < 96                             ? KWH_ERROR_CLASS_METER
                                                    : KWH_ERROR_CLASS_CALLER;
}

/** The error of Modbus exception code @p code (any value; unnamed codes give KWH_ERROR_REFUSED). */
KWH_API enum kwh_error kwh_error_from_exception(uint8_t code);

/** The exception code behind an error, 1 to 11, or 0 when it is no Modbus exception. */
KWH_API uint8_t kwh_error_exception(enum kwh_error error);

/** The error of M-Bus application error @p code; unnamed codes give KWH_ERROR_REFUSED. */
KWH_API enum kwh_error kwh_error_from_mbus(uint8_t code);

/**
 * One English sentence without a full stop. Never NULL. Only programs that call it link the texts.
 */
KWH_API KWH_CONST char *kwh_error_text(enum kwh_error error);

/** The name in lower case as in JSON output, `bad_crc`. Never NULL. */
KWH_API KWH_CONST char *kwh_error_name(enum kwh_error error);

#ifdef __cplusplus
}
#endif

#endif
