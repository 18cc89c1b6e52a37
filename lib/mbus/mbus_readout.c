/* SPDX-License-Identifier: MIT */
/* The telegrams of a meter as a dialogue of its own. */
#include "mbus_sequence.h"

static struct kwh_mbus_readout *readout_of(struct kwh_dialogue *dialogue)
{
    return (struct kwh_mbus_readout *)(void *)dialogue;
}

static enum kwh_wish readout_next(struct kwh_dialogue *dialogue)
{
    return kwhi_mbus_sequence_next(&readout_of(dialogue)->sequence, dialogue);
}

static void readout_outcome(struct kwh_dialogue *dialogue, const struct kwh_line *line)
{
    kwhi_mbus_sequence_outcome(&readout_of(dialogue)->sequence, dialogue, line);
}

void kwh_mbus_readout_init(struct kwh_mbus_readout *readout, uint8_t address)
{
    kwh_dialogue_init(&readout->dialogue, readout_next, readout_outcome);
    kwhi_mbus_sequence_init(&readout->sequence, address);
}

void kwh_mbus_readout_select(struct kwh_mbus_readout *readout,
                             const struct kwh_mbus_secondary *secondary)
{
    kwh_dialogue_init(&readout->dialogue, readout_next, readout_outcome);
    kwhi_mbus_sequence_select(&readout->sequence, secondary);
}

void kwh_mbus_readout_begin(struct kwh_mbus_readout *readout, const uint8_t *telegrams,
                            size_t count, uint8_t usual)
{
    uint8_t retries = readout->dialogue.retries;
    kwh_dialogue_init(&readout->dialogue, readout_next, readout_outcome);
    readout->dialogue.retries = retries;
    kwhi_mbus_sequence_begin(&readout->sequence, telegrams, count, usual);
}
