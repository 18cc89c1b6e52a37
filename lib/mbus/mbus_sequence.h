/* SPDX-License-Identifier: MIT */
/* The telegrams of a readout, for dialogues that hold one. */
#ifndef KWHI_MBUS_SEQUENCE_H
#define KWHI_MBUS_SEQUENCE_H

#include <kwh/mbus_readout.h>

void kwhi_mbus_sequence_init(struct kwh_mbus_sequence *sequence, uint8_t address);
void kwhi_mbus_sequence_select(struct kwh_mbus_sequence *sequence,
                               const struct kwh_mbus_secondary *secondary);
void kwhi_mbus_sequence_begin(struct kwh_mbus_sequence *sequence, const uint8_t *telegrams,
                              size_t count, uint8_t usual);

/* next() and outcome() of the dialogue; RESULT: a telegram lies ready. */
enum kwh_wish kwhi_mbus_sequence_next(struct kwh_mbus_sequence *sequence,
                                      struct kwh_dialogue *dialogue);
void kwhi_mbus_sequence_outcome(struct kwh_mbus_sequence *sequence,
                                const struct kwh_dialogue *dialogue, const struct kwh_line *line);

#endif
