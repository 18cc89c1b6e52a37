/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <kwh/error.h>

/* In the order of enum kwh_error. */
static KWH_CONST struct kwhi_words texts[] = {
    {KWH_ERROR_ARGUMENT,
     KWH_TEXT("An argument is outside its range\0"
              "The memory given is too small\0"
              "An exchange or dialogue is still under way\0"
              "A read cannot be broadcast\0"
              "The result does not fit its type\0"
              "The text is not of the expected form\0"
              "There is no such name\0"
              "The map of this meter has no such quantity or address\0"
              "There is no OBIS code for this quantity, or no quantity for this code\0"
              "The value cannot be written exactly in this form\0"
              "The line has no port or connection behind it\0"
              "The port or connection cannot be opened\0"
              "Another program has the port\0"
              "No permission to use the port\0"
              "The port does not take this speed or character format\0"
              "Stopped on request\0"
              "Not possible with this port, map or build\0"
              "The name of the host cannot be resolved\0"
              "This would lock, reset or move the meter, and was not allowed\0"
              "What was given does not determine the result\0"
              "The meter would be reached in another way, on which this link cannot follow\0"
              "The new address answers already: it is taken\0")},
    {KWH_ERROR_MBUS_UNSPECIFIED,
     KWH_TEXT("The meter reports an error that it does not name (error 0)\0"
              "The meter does not know this CI field (error 1)\0"
              "The telegram is too long for the meter (error 2)\0"
              "The telegram has too many records for the meter (error 3)\0"
              "The meter misses the end of a record (error 4)\0"
              "The meter got more than ten DIFE (error 5)\0"
              "The meter got more than ten VIFE (error 6)\0"
              "The meter reports error 7, which has no meaning\0"
              "The meter is too busy to answer (error 8)\0"
              "The meter was read too often and rests (error 9)\0")},
    {KWH_ERROR_ILLEGAL_FUNCTION,
     KWH_TEXT("The meter does not know this function (exception 1)\0"
              "The meter has no such register (exception 2)\0"
              "The meter does not take this value (exception 3)\0"
              "The meter failed while answering (exception 4)\0"
              "The meter has accepted, but is still working (exception 5)\0"
              "The meter is busy (exception 6)\0"
              "The meter cannot do this (exception 7)\0"
              "The meter found a parity error in its memory (exception 8)\0"
              "The meter refused with exception 9, which has no meaning\0"
              "The gateway has no path to the meter (exception 10)\0"
              "The meter behind the gateway did not answer (exception 11)\0")},
    {KWH_ERROR_SHORT_HEADER, KWH_TEXT("The telegram ends within its header\0"
                                      "The CI field is of no known layout\0"
                                      "The telegram is encrypted\0"
                                      "The telegram ends within the DIF of a record\0"
                                      "The telegram ends before or within the VIF of a record\0"
                                      "The telegram ends within the data of a record\0"
                                      "A record has more than ten DIFE\0"
                                      "A record has more than ten VIFE\0"
                                      "A record begins with a reserved DIF\0"
                                      "A record has a reserved length\0")},
    {KWH_ERROR_REFUSED, KWH_TEXT("The meter refused with a code that has no meaning\0"
                                 "The answer is intact, but what it says cannot be\0"
                                 "A meter answers, but no map knows it\0"
                                 "A known meter answers, but not of the family asked for\0"
                                 "A meter answers, but refuses what would identify it\0"
                                 "The meter gave no value for this quantity\0"
                                 "The meter answers, but has no data to send\0"
                                 "The meter does not take what was sent\0"
                                 "The meter announces one more telegram again and again\0"
                                 "The meter is set to a data type whose effect is not known\0"
                                 "A known meter answers, but it encodes these registers otherwise\0"
                                 "The settings of the meter are locked by a password\0"
                                 "The setting was sent, but the meter has another value\0")},
    {KWH_OK, KWH_TEXT("Success\0"
                      "Nothing came before the deadline\0"
                      "An answer came, but its CRC does not hold\0"
                      "Bytes came, but no valid frame among them\0"
                      "Only our own request came back\0"
                      "A valid frame came, but from another address\0"
                      "A valid frame came, but it does not answer this request\0"
                      "Several devices answered at once\0"
                      "The other side closed the port or connection\0"
                      "The port or connection failed\0"
                      "No frame begins with these bytes\0"
                      "The two lengths of the frame differ, or are too small\0"
                      "The frame ends before its length\0"
                      "Bytes follow the end of the frame\0"
                      "The checksum of the frame does not hold\0"
                      "The frame does not end with 16\0")},
};

static KWH_CONST char unknown[] = "Unknown error";

KWH_CONST char *kwh_error_text(enum kwh_error error)
{
    KWH_CONST char *text = kwhi_numbered_word(texts, (uint32_t)error);

    return *text != '\0' ? text : unknown;
}
