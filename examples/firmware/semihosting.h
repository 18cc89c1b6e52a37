/* SPDX-License-Identifier: MIT */
/*
 * Semihosting: how a program inside an emulator or under a debugger speaks to the computer around
 * it. Without either the processor stops at the breakpoint: leave semihosting.c out on hardware.
 */
#ifndef SEMIHOSTING_H
#define SEMIHOSTING_H

/** Shows a text on the computer's console. */
void semihosting_print(const char *text);

#endif
