/* SPDX-License-Identifier: MIT */
/*
 * Semihosting: how a program inside an emulator or under a debugger speaks to the computer around
 * it. Without either the processor stops at the breakpoint: leave semihosting.c out on hardware.
 */
#ifndef SEMIHOSTING_H
#define SEMIHOSTING_H

/** What the computer is asked for; the numbers are Arm's, each with a block of arguments. */
enum semihosting_operation {
    SEMIHOSTING_OPEN = 0x01,         /**< name, mode, length of the name: a handle, or -1 */
    SEMIHOSTING_WRITE0 = 0x04,       /**< a text in place of the block */
    SEMIHOSTING_WRITE = 0x05,        /**< handle, bytes, count: how many are left */
    SEMIHOSTING_READ = 0x06,         /**< handle, bytes, count: how many are left */
    SEMIHOSTING_COMMAND_LINE = 0x15, /**< characters, count: 0, or -1 */
    SEMIHOSTING_EXIT_EXTENDED = 0x20 /**< reason, code */
};

int semihosting_call(enum semihosting_operation operation, const void *block);

/** Shows a text on the computer's console. */
void semihosting_print(const char *text);

#endif
