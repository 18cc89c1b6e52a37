/* SPDX-License-Identifier: MIT */
/* The program that the others are compared with: the board, and memcpy and memset. */
#include "board.h"

#include <string.h>

int main(void)
{
    static uint8_t bytes[16];
    memset(bytes, (uint8_t)board_argument, board_argument);
    memcpy(bytes, bytes + board_argument, board_argument);
    board_send(bytes, board_receive(bytes, sizeof bytes, board_now_us()));
    board_result = bytes[board_argument];
    return 0;
}
