/* SPDX-License-Identifier: MIT */
/* Which meter answers on M-Bus: the map that knows all records of its usual telegram. */
#include "link.h"

/* Of the maps that may fit the one that knows the most; named ones need not know all. */
static const struct kwh_map *choose_map(struct link *link, const struct kwh_mbus_sequence *sequence)
{
    const struct kwh_map *chosen = NULL;
    size_t most = 0;

    link->also_fits = NULL;
    for (size_t i = 0; i < link->map_count; i++) {
        size_t unknown, known = kwh_mbus_fit(link->maps[i], &sequence->telegram, sequence->data,
                                             sequence->size, &unknown);
        if (known == 0 || (unknown != 0 && link->map == NULL))
            continue;
        if (known == most && link->also_fits == NULL)
            link->also_fits = link->maps[i];
        if (known > most) {
            most = known;
            chosen = link->maps[i];
            link->also_fits = NULL;
        }
    }
    return chosen;
}

static bool has_no_records(const struct kwh_mbus_sequence *sequence)
{
    struct kwh_mbus_records records;
    struct kwh_mbus_record record;
    kwh_mbus_records_init(&records, &sequence->telegram);
    return !kwh_mbus_next(&records, sequence->data, sequence->size, &record) &&
           records.error == KWH_OK && records.manufacturer_length == 0;
}

enum kwh_error link_ask_mbus(struct link *link, bool once)
{
    struct kwh_mbus_readout readout;
    bool result = false;

    if (link->target.has_secondary)
        kwh_mbus_readout_select(&readout, &link->target.secondary);
    else
        kwh_mbus_readout_init(&readout, link->address);
    readout.dialogue.retries = once ? 0 : link->host.line.retries;
    /* One that was left in a private telegram is led back, where the map is named that knows how.
     */
    if (link->map != NULL && link->map->mbus->usual != 0)
        kwh_mbus_readout_begin(&readout, &link->map->mbus->usual, 1, 0);
    else
        kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    enum kwh_error error = kwh_dialogue_run(&readout.dialogue, &link->host.line, &result);
    if (error != KWH_OK || !result)
        return error != KWH_OK ? error : KWH_ERROR_NO_DATA;
    link->identify.answered = true;
    link->header = readout.sequence.telegram;
    if (has_no_records(&readout.sequence))
        return KWH_ERROR_NO_DATA;
    const struct kwh_map *map = choose_map(link, &readout.sequence);
    if (map == NULL && link->map != NULL)
        return KWH_ERROR_OTHER_FAMILY;
    link->map = map;
    return KWH_OK;
}

void print_mbus_meter(const struct kwh_mbus_telegram *header, char text[MBUS_METER_TEXT])
{
    char manufacturer[KWH_MBUS_MANUFACTURER_TEXT];
    kwh_mbus_manufacturer_print(header->manufacturer, manufacturer);
    snprintf(text, MBUS_METER_TEXT, "%s %08lX, version %u, medium %u", manufacturer,
             (unsigned long)header->id, (unsigned)header->version, (unsigned)header->medium);
}

enum exit_code link_identify_mbus(struct link *link, enum kwh_error error)
{
    char meter[MBUS_METER_TEXT];
    print_mbus_meter(&link->header, meter);
    if (error == KWH_ERROR_OTHER_FAMILY) {
        complain("%s: the meter (%s) is no %s", link->target_text, meter, link->map->name);
        link->map = NULL;
        return EXIT_CODE_OTHER_METER;
    }
    if (!link->options->quiet && link->map == NULL) {
        complain("%s: no map describes this meter (%s); it is read as far as the standard goes",
                 link->target_text, meter);
    } else if (!link->options->quiet && link->also_fits != NULL) {
        complain("%s: taken for %s, but it may be %s; -m decides", link->target_text,
                 link->map->name, link->also_fits->name);
    }
    return EXIT_CODE_OK;
}
