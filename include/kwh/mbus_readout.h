/* SPDX-License-Identifier: MIT */
/**
 * @file mbus_readout.h
 * All telegrams of an M-Bus meter, one after another, as a dialogue: initialize or select it, ask
 * for private telegrams where its map has some, request data until no telegram announces more.
 *
 * Drive it with kwh_dialogue_step() or kwh_dialogue_run(). Each RESULT is a telegram, which lies in
 * the line's buffer until the next question. kwh/mbus_meter.h reads values by name instead.
 */
#ifndef KWH_MBUS_READOUT_H
#define KWH_MBUS_READOUT_H

#include <kwh/mbus.h>

#ifdef __cplusplus
extern "C" {
#endif

/** After so many telegrams a meter that still announces more is given up. */
#define KWH_MBUS_TELEGRAMS_MAX 32

/** The telegrams of one readout. Members are private but for those described. */
struct kwh_mbus_sequence {
    struct kwh_mbus_link link; /* kept from one readout to the next */
    uint8_t selection[KWH_MBUS_SECONDARY_BYTES];
    bool by_secondary;
    const uint8_t *telegrams; /* CI fields to ask with, 0 = the usual telegram; NULL: that alone */
    uint8_t telegram_count;
    uint8_t usual; /* the CI field that leads back, 0 = none */
    uint8_t state, resume, at, busy;
    uint8_t part;  /* of what was asked for: 1 is the first telegram */
    bool away;     /* the meter has been led away from the usual telegram */
    bool more;     /* the last telegram announced another one */
    bool doubted;  /* the meter may be out of step */
    uint8_t asked; /**< result: the CI field that led to this telegram, 0 = the usual one */
    uint8_t count; /**< result: telegrams so far, this one included */
    struct kwh_mbus_telegram telegram; /**< result: header */
    const uint8_t *data;               /**< result: what follows CI, header included */
    size_t size;                       /**< result: how much */
    enum kwh_error error;              /* the first failure */
};

/** A readout. */
struct kwh_mbus_readout {
    struct kwh_dialogue dialogue;
    struct kwh_mbus_sequence sequence;
};

/** Prepares readouts of the meter at a primary address, KWH_MBUS_ANY included. */
KWH_API void kwh_mbus_readout_init(struct kwh_mbus_readout *readout, uint8_t address);

/** Prepares readouts of the meter that a secondary address selects. */
KWH_API void kwh_mbus_readout_select(struct kwh_mbus_readout *readout,
                                     const struct kwh_mbus_secondary *secondary);

/**
 * Begins a readout: @p count telegrams to be asked for by CI field, 0 for the usual one, which stay
 * the caller's; NULL and 0 for the usual one alone. @p usual is the CI field that leads a meter
 * back to its usual telegram, or 0.
 *
 * dialogue.error at the end: KWH_OK; KWH_ERROR_NO_DATA the meter answers, but has no telegram;
 * KWH_ERROR_MBUS_... it reports an error; KWH_ERROR_OTHER_ANSWER the telegram is not of the meter
 * that was selected; KWH_ERROR_BAD_ANSWER a later telegram is of another meter, or what comes is no
 * telegram with data; KWH_ERROR_ENDLESS; or an error of the line or of the telegram's header. What
 * came before stays told.
 */
KWH_API void kwh_mbus_readout_begin(struct kwh_mbus_readout *readout, const uint8_t *telegrams,
                                    size_t count, uint8_t usual);

#ifdef __cplusplus
}
#endif

#endif
