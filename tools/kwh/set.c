/* SPDX-License-Identifier: MIT */
/* kwh set: changes settings of a meter, one after another, and says what came of each. */
#include "set.h"

#include "link.h"
#include "names.h"
#include "output.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FRAMES_MAX  4   /* of a setting */
#define PATIENCE_MS 100 /* how soon Ctrl-C is noticed */

/* NAME=VALUE. */
struct change {
    const char *argument, *text; /* all of it, and what stands behind = */
    char name[NAME_TEXT];
    struct kwh_reading value;
    unsigned risk;
    bool goes_on; /* whatever came of it, the next one may follow */
};

/* A setting of either protocol. */
union any_setting {
    struct kwh_setting setting;
    struct kwh_mbus_setting mbus;
};

struct setter {
    struct link link;
    const struct options *options;
    struct change *changes;
    size_t count;
    unsigned allowed;
    uint32_t password;
    bool has_password;
};

/* ------------------------------------------------------------------------------------------------
 * What is to be done
 */

/* The row of a quantity of this meter that can be written; else one that tells its form. */
static const struct kwh_row *row_of(const struct link *link, uint32_t quantity)
{
    struct kwh_map_iterator rows = {link->map, link_profiles(link), 0, 0};
    const struct kwh_row *row;
    while ((row = kwh_map_next(&rows)) != NULL)
        if (row->quantity == quantity && kwh_row_rank(row) == 0)
            return row;
    return NULL;
}

static enum exit_code take_argument(struct change *change, const char *argument)
{
    const char *equals = strchr(argument, '=');
    size_t length = equals != NULL ? (size_t)(equals - argument) : 0;
    if (length == 0)
        return usage_error("'%s': not NAME=VALUE", argument);
    if (length >= sizeof change->name)
        return usage_error("unknown name '%.*s'", (int)length, argument);
    memcpy(change->name, argument, length);
    change->name[length] = '\0';
    change->argument = argument;
    change->text = equals + 1;
    return EXIT_CODE_OK;
}

static enum exit_code parse_value(const struct link *link, struct change *change, uint32_t quantity)
{
    const struct kwh_row *row = row_of(link, quantity);
    const struct kwh_record *record = row != NULL ? kwh_record_of(link->map, row) : NULL;
    char values[SET_TEXT];
    if (row == NULL || kwh_map_item(link->map, quantity) == NULL ||
        kwh_map_item(link->map, quantity)->write_function == 0)
        return usage_error("%s cannot be set on this meter (map %s)", change->name,
                           link->map->name);
    enum kwh_error error = record != NULL
                               ? kwh_record_parse(link->map, record, change->text, &change->value)
                               : kwh_row_parse(link->map, row, change->text, &change->value);
    describe_values(link->map, quantity, values);
    if (error != KWH_OK)
        return usage_error("%s: not '%s', but %s", change->name, change->text, values);
    return EXIT_CODE_OK;
}

static enum kwh_error init(struct setter *setter, const struct change *change,
                           union any_setting *any)
{
    struct link *link = &setter->link;
    enum kwh_error error;
    if (!link_is_mbus(link))
        error = kwh_setting_init(&any->setting, &link->host.line, link->map, link->address,
                                 &change->value, setter->allowed);
    else if (link->target.has_secondary)
        error = kwh_mbus_setting_select(&any->mbus, &link->host.line, link->map,
                                        &link->target.secondary, &change->value, setter->allowed);
    else
        error = kwh_mbus_setting_init(&any->mbus, &link->host.line, link->map, link->address,
                                      &change->value, setter->allowed);
    any->setting.from.line = kwh_host_settings(&link->host);
    any->setting.password = setter->password;
    any->setting.has_password = setter->has_password;
    any->setting.no_follow = setter->options->no_follow;
    return error;
}

static enum exit_code complain_risk(const struct change *change, unsigned risk)
{
    char text[SET_TEXT];
    for (unsigned bit = KWH_RISK_LINK_CHANGE; bit <= KWH_RISK_IRREVERSIBLE; bit *= 2) {
        if ((risk & bit) == 0)
            continue;
        describe_risk(change->value.quantity, bit, text);
        complain("%s is refused: %s", change->argument, text);
    }
    return EXIT_CODE_DECLINED;
}

/* What cannot be undone is not done to a meter that may be another one. */
static bool is_in_doubt(const struct setter *setter, const struct change *change)
{
    return setter->link.also_fits != NULL &&
           (change->risk & (KWH_RISK_COUNTER_RESET | KWH_RISK_IRREVERSIBLE)) != 0;
}

/* All that can be said before anything is sent. */
static enum exit_code check(struct setter *setter, struct change *change)
{
    union any_setting any;
    char values[SET_TEXT];
    uint32_t quantity = 0;
    enum exit_code code = check_name(change->name, setter->link.map);
    if (code == EXIT_CODE_OK && kwh_quantity_parse(change->name, &quantity) != KWH_OK)
        code = usage_error("%s: a setting goes by its name, not by an OBIS code", change->name);
    if (code == EXIT_CODE_OK)
        code = parse_value(&setter->link, change, quantity);
    if (code != EXIT_CODE_OK)
        return code;
    for (const struct change *other = setter->changes; other < change; other++)
        if (other->value.quantity == quantity)
            return usage_error("%s is given twice", change->name);
    change->risk = kwh_item_risk(setter->link.map, &change->value);
    enum kwh_error error = init(setter, change, &any);
    describe_values(setter->link.map, quantity, values);
    if (error == KWH_ERROR_RISK)
        return complain_risk(change, change->risk & ~setter->allowed);
    if (error == KWH_ERROR_ARGUMENT)
        return usage_error("%s: not '%s', but %s", change->name, change->text, values);
    if (error == KWH_OK && is_in_doubt(setter, change)) {
        complain("%s is refused: the meter may be %s or %s, and this cannot be undone; -m names "
                 "its map",
                 change->argument, setter->link.map->name, setter->link.also_fits->name);
        return EXIT_CODE_DECLINED;
    }
    if (error != KWH_OK)
        complain("%s: %s", change->argument, kwh_error_text(error));
    return exit_code_of(error);
}

/* What moves the link comes last. */
static void put_in_order(struct setter *setter)
{
    size_t at = 0;
    for (size_t i = 0; i < setter->count; i++) {
        struct change change = setter->changes[i];
        if ((change.risk & KWH_RISK_LINK_CHANGE) != 0)
            continue;
        memmove(&setter->changes[at + 1], &setter->changes[at], (i - at) * sizeof change);
        setter->changes[at++] = change;
    }
}

/* ------------------------------------------------------------------------------------------------
 * The password
 */

static enum exit_code parse_password(struct setter *setter, const char *text, const char *where)
{
    char *end;
    size_t length = strcspn(text, "\r\n");
    setter->password = (uint32_t)strtoul(text, &end, 10);
    setter->has_password = true;
    if (length < 1 || length > 4 || strspn(text, "0123456789") != length)
        return usage_error("the password in %s is not up to four digits", where);
    return EXIT_CODE_OK;
}

/* From a file, else the environment, else, when asked, that of the factory. Never an argument,
 * which other users of the machine could see. */
static enum exit_code take_password(struct setter *setter)
{
    const struct options *options = setter->options;
    const struct kwh_writing *writing = setter->link.map->writing;
    const char *environment = getenv("KWH_PASSWORD");
    char line[16] = "";
    if (options->password_file != NULL) {
        FILE *file = fopen(options->password_file, "r");
        bool is_read = file != NULL && fgets(line, sizeof line, file) != NULL;
        if (file != NULL)
            (void)fclose(file);
        return is_read ? parse_password(setter, line, options->password_file)
                       : usage_error("cannot read a password from %s", options->password_file);
    }
    if (environment != NULL)
        return parse_password(setter, environment, "KWH_PASSWORD");
    if (options->default_password && writing != NULL && writing->unlock != 0) {
        setter->password = writing->default_password;
        setter->has_password = true;
    }
    return EXIT_CODE_OK;
}

/* ------------------------------------------------------------------------------------------------
 * Output
 */

static void print_value(const struct kwh_reading *reading, char text[KWH_READING_TEXT])
{
    bool is_secret = reading->quantity == KWH_PASSWORD;
    if (kwh_reading_print(reading, text, KWH_READING_TEXT) != KWH_OK || is_secret)
        snprintf(text, KWH_READING_TEXT, "%s", is_secret ? "****" : "");
}

static void json_value(cJSON *object, const char *key, const struct kwh_reading *reading)
{
    char text[KWH_READING_TEXT];
    print_value(reading, text);
    if (text[0] == '\0')
        json_null(object, key);
    else if (is_json_number(reading))
        json_number(object, key, text);
    else
        json_text(object, key, text);
}

/* What the meter has now, as far as it is known. */
static void new_value(const struct change *change, const struct kwh_setting *setting,
                      struct kwh_reading *value)
{
    *value = setting->after;
    if (setting->outcome == KWH_OUTCOME_NOT_VERIFIABLE)
        *value = change->value;
    else if (setting->outcome == KWH_OUTCOME_REFUSED || setting->outcome == KWH_OUTCOME_NOT_SENT)
        *value = setting->before;
}

/* Why nothing was sent, or what came of it. */
static const char *result_of(const struct kwh_setting *setting, enum kwh_error error)
{
    bool is_sent = setting->outcome != KWH_OUTCOME_NOT_SENT;
    return is_sent ? kwh_outcome_name((enum kwh_outcome)setting->outcome) : kwh_error_name(error);
}

static void print_change_json(const struct change *change, const struct kwh_setting *setting,
                              const struct kwh_reading *now, enum kwh_error error)
{
    bool is_verified = setting->outcome == KWH_OUTCOME_VERIFIED;
    cJSON *object = json_object();
    json_text(object, "name", change->name);
    json_value(object, "old", &setting->before);
    json_value(object, "new", now);
    json_boolean(object, "verified", is_verified);
    json_text(object, "error", error != KWH_OK ? kwh_error_name(error) : NULL);
    json_text(object, "outcome", kwh_outcome_name((enum kwh_outcome)setting->outcome));
    json_boolean(object, "saved", setting->is_saved);
    json_boolean(object, "needs_restart", setting->needs_restart);
    json_print(object);
}

static void print_change(const struct setter *setter, const struct change *change,
                         const struct kwh_setting *setting, enum kwh_error error)
{
    struct kwh_reading now;
    char before[KWH_READING_TEXT], after[KWH_READING_TEXT];
    new_value(change, setting, &now);
    print_value(&setting->before, before);
    print_value(&now, after);
    const char *const cells[] = {change->name, before, after, result_of(setting, error)};
    if (setter->options->output == OUTPUT_JSON)
        print_change_json(change, setting, &now, error);
    else if (setter->options->output == OUTPUT_CSV)
        csv_record(cells, KWH_COUNT(cells));
    else if (setting->outcome == KWH_OUTCOME_NOT_SENT)
        printf("%s: not written, %s\n", change->name, cells[3]);
    else
        printf("%s: %s -> %s, %s\n", change->name, before[0] != '\0' ? before : "?",
               after[0] != '\0' ? after : "?", cells[3]);
    flush_output();
}

static enum exit_code print_frames(struct setter *setter, const struct change *change)
{
    union any_setting any;
    cJSON *object = setter->options->output == OUTPUT_JSON ? json_object() : NULL;
    cJSON *frames = object != NULL ? json_array() : NULL;
    enum kwh_error error = init(setter, change, &any);
    any.setting.restart = setter->options->restart;
    for (unsigned i = 0; error == KWH_OK && i < FRAMES_MAX; i++) {
        uint8_t frame[KWH_MBUS_FRAME_MAX];
        char hex[3 * KWH_MBUS_FRAME_MAX];
        size_t length = 0;
        error = kwh_setting_frame(&any.setting, i, frame, sizeof frame, &length);
        if (error != KWH_OK || length == 0)
            break;
        frame_hex(frame, length, hex, sizeof hex);
        if (object != NULL)
            json_append_text(frames, hex);
        else if (setter->options->output == OUTPUT_CSV)
            csv_record((const char *const[]){change->name, change->text, hex}, 3);
        else
            printf("%s  %s\n", change->argument, hex);
    }
    if (object != NULL) {
        json_text(object, "name", change->name);
        json_value(object, "new", &change->value);
        json_item(object, "frames", frames);
        json_print(object);
    }
    return exit_code_of(error);
}

static enum exit_code print_all_frames(struct setter *setter)
{
    enum exit_code code = EXIT_CODE_OK;
    if (setter->options->output == OUTPUT_CSV)
        csv_record((const char *const[]){"name", "new", "frame"}, 3);
    for (size_t i = 0; code == EXIT_CODE_OK && i < setter->count; i++)
        code = print_frames(setter, &setter->changes[i]);
    return code;
}

/* ------------------------------------------------------------------------------------------------
 * Asking
 */

/* The old value, as far as the meter tells it. */
static void print_old(struct setter *setter, const struct change *change,
                      char text[KWH_READING_TEXT])
{
    union any_meter any;
    struct kwh_reading reading;
    uint32_t quantity = change->value.quantity;
    snprintf(text, KWH_READING_TEXT, "?");
    if (kwh_map_find(setter->link.map, link_profiles(&setter->link), quantity) != NULL &&
        link_meter(&setter->link, &any) == EXIT_CODE_OK &&
        kwh_meter_read_one(&any.meter, quantity, &reading) == KWH_OK)
        print_value(&reading, text);
}

/* Whether the answer is yes. A signal between looking for one and reading would be forgotten. */
static bool says_yes(void)
{
    char answer[16] = "";
    struct pollfd terminal = {.fd = STDIN_FILENO, .events = POLLIN};
    while (!interrupted() && poll(&terminal, 1, PATIENCE_MS) <= 0)
        continue;
    return !interrupted() && fgets(answer, sizeof answer, stdin) != NULL && !interrupted() &&
           (answer[0] == 'y' || answer[0] == 'Y');
}

static enum exit_code ask(struct setter *setter)
{
    const struct link *link = &setter->link;
    if (setter->options->yes)
        return EXIT_CODE_OK;
    if (!isatty(STDIN_FILENO)) {
        complain("nothing was written: there is no terminal to ask on; --yes goes on without");
        return EXIT_CODE_DECLINED;
    }
    fprintf(stderr, "%s at %s:\n", link->model != NULL ? link->model->name : link->map->title,
            link->target_text);
    for (size_t i = 0; i < setter->count; i++) {
        const struct change *change = &setter->changes[i];
        char old[KWH_READING_TEXT], value[KWH_READING_TEXT], text[SET_TEXT];
        print_old(setter, change, old);
        print_value(&change->value, value);
        fprintf(stderr, "  %s: %s -> %s\n", change->name, old, value);
        for (unsigned bit = KWH_RISK_LINK_CHANGE; bit <= KWH_RISK_IRREVERSIBLE; bit *= 2) {
            if ((change->risk & bit) == 0)
                continue;
            describe_risk(change->value.quantity, bit, text);
            fprintf(stderr, "    %.*s\n", (int)(strrchr(text, ';') - text), text);
        }
    }
    fputs("Write this? [y/N] ", stderr);
    (void)fflush(stderr);
    if (says_yes())
        return EXIT_CODE_OK;
    complain("nothing was written");
    return interrupted() ? EXIT_CODE_INTERRUPTED : EXIT_CODE_DECLINED;
}

/* ------------------------------------------------------------------------------------------------
 * Doing it
 */

static void print_place(const struct kwh_place *place, bool is_secondary, char text[64])
{
    char line[SETTINGS_TEXT] = "";
    if (place->line.baud != 0)
        print_settings(&place->line, line);
    if (is_secondary)
        snprintf(text, 64, "its secondary address%s%s", line[0] != '\0' ? ", " : "", line);
    else
        snprintf(text, 64, "address %u%s%s", (unsigned)place->address, line[0] != '\0' ? ", " : "",
                 line);
}

/* It was written, and then nobody could or would go on asking. */
static bool is_cut_short(enum kwh_error error)
{
    return error == KWH_ERROR_INTERRUPTED || error == KWH_ERROR_DISCONNECTED ||
           error == KWH_ERROR_IO;
}

/* What is to be known besides the outcome. */
static void explain(const struct setter *setter, const struct change *change,
                    const struct kwh_setting *setting, enum kwh_error error)
{
    char from[64], to[64];
    bool secondary = setter->link.target.has_secondary;
    print_place(&setting->from, secondary, from);
    print_place(&setting->to, secondary, to);
    if (error == KWH_ERROR_CANNOT_FOLLOW) {
        complain("%s is refused: the meter would have another %s, and this link cannot follow; "
                 "--no-follow writes it all the same, and the gateway must then be set to it",
                 change->argument, change->name);
    } else if (error == KWH_ERROR_ADDRESS_TAKEN) {
        complain("%s is refused: that address answers already", change->argument);
    } else if (error == KWH_ERROR_LOCKED) {
        complain("%s is refused: the settings are locked by a password%s", change->argument,
                 setter->has_password ? ", and it is not the one given"
                                      : "; --password-file, KWH_PASSWORD or --default-password");
    } else if (setting->outcome == KWH_OUTCOME_UNKNOWN && setter->options->no_follow &&
               error == KWH_OK) {
        complain("%s was acknowledged; now set the gateway, or whatever else asks this meter, to "
                 "%s, and read it there",
                 change->argument, change->argument);
    } else if (setting->outcome == KWH_OUTCOME_UNKNOWN && is_cut_short(error)) {
        complain("%s was sent, but not read back: %s. The meter is at %s%s%s, and has the new "
                 "value or the old one",
                 change->argument, kwh_error_text(error), to, strcmp(from, to) != 0 ? " or " : "",
                 strcmp(from, to) != 0 ? from : "");
    } else if (setting->outcome == KWH_OUTCOME_UNKNOWN) {
        complain("%s was sent, but the meter cannot be reached: tried %s%s%s", change->argument, to,
                 strcmp(from, to) != 0 ? " and " : "", strcmp(from, to) != 0 ? from : "");
    } else if (setting->outcome == KWH_OUTCOME_VERIFIED && error != KWH_OK) {
        complain("%s: the meter has it, but did not save it: %s", change->argument,
                 kwh_error_text(error));
    } else if (error != KWH_OK) {
        link_complain(&setter->link, error, &setting->failure);
    }
    if (setting->outcome == KWH_OUTCOME_NOT_VERIFIABLE && !setter->options->quiet)
        complain("%s was acknowledged; the meter shows it nowhere", change->argument);
    if (setting->needs_restart && !setter->options->quiet)
        complain("%s takes effect when the meter starts anew", change->name);
}

static enum exit_code judge(const struct kwh_setting *setting, enum kwh_error error)
{
    switch ((enum kwh_outcome)setting->outcome) {
    case KWH_OUTCOME_VERIFIED:
        return error == KWH_OK                  ? EXIT_CODE_OK
               : error == KWH_ERROR_INTERRUPTED ? EXIT_CODE_INTERRUPTED
                                                : EXIT_CODE_NOT_VERIFIED;
    case KWH_OUTCOME_NOT_SENT:
    case KWH_OUTCOME_REFUSED:
        return exit_code_of(error);
    case KWH_OUTCOME_IGNORED:
    case KWH_OUTCOME_UNKNOWN:
    case KWH_OUTCOME_NOT_VERIFIABLE:
        break;
    }
    return error == KWH_ERROR_INTERRUPTED ? EXIT_CODE_INTERRUPTED : EXIT_CODE_NOT_VERIFIED;
}

/* The link goes with the meter; under which TARGET it is found from now on is said. */
static void follow(struct setter *setter, const struct change *change,
                   const struct kwh_setting *setting)
{
    struct link *link = &setter->link;
    char text[KWH_TARGET_TEXT];
    if (setting->outcome != KWH_OUTCOME_VERIFIED || setting->needs_restart ||
        (change->risk & KWH_RISK_LINK_CHANGE) == 0)
        return;
    if (change->value.quantity == KWH_SERIAL_NUMBER && link->target.has_secondary)
        link->target.secondary.id = (uint32_t)change->value.digits;
    if (!link->target.has_secondary) {
        link->address = setting->at.address;
        link->target.address = link->address;
        link->target.has_address = true;
    }
    if (setting->at.line.baud != 0)
        link->host.settings = setting->at.line; /* of a simulated meter, too */
    if (link_is_serial(link) && setting->at.line.baud != 0)
        link->target.settings = setting->at.line;
    if (!setter->options->quiet && kwh_target_print(&link->target, text, sizeof text) == KWH_OK)
        complain("the meter is now at %s", text);
}

/* Only behind the last one. */
static bool starts_anew(const struct setter *setter, const struct change *change)
{
    return setter->options->restart && change == &setter->changes[setter->count - 1];
}

static enum exit_code apply(struct setter *setter, struct change *change)
{
    union any_setting any;
    enum kwh_error error = init(setter, change, &any);
    any.setting.restart = starts_anew(setter, change);
    if (error == KWH_OK)
        error = kwh_setting_run(&any.setting);
    change->goes_on = error == KWH_OK && any.setting.outcome != KWH_OUTCOME_UNKNOWN;
    /* Where the meter is now is said before a reader of standard output who has gone ends this. */
    explain(setter, change, &any.setting, error);
    follow(setter, change, &any.setting);
    print_change(setter, change, &any.setting, error);
    return judge(&any.setting, error);
}

/* What a meter merely does not show does not keep the rest from being done. */
static enum exit_code apply_all(struct setter *setter)
{
    enum exit_code code = EXIT_CODE_OK;
    if (setter->options->output == OUTPUT_CSV)
        csv_record((const char *const[]){"name", "old", "new", "outcome"}, 4);
    for (size_t i = 0; i < setter->count; i++) {
        enum exit_code own = apply(setter, &setter->changes[i]);
        code = code == EXIT_CODE_OK ? own : code;
        if (setter->changes[i].goes_on)
            continue;
        for (size_t j = i + 1; j < setter->count; j++)
            complain("%s was not written", setter->changes[j].argument);
        break;
    }
    return code;
}

static enum exit_code check_all(struct setter *setter)
{
    const struct kwh_writing *writing = setter->link.map->writing;
    enum exit_code code = take_password(setter);
    for (size_t i = 0; code == EXIT_CODE_OK && i < setter->count; i++)
        code = check(setter, &setter->changes[i]);
    if (code == EXIT_CODE_OK && setter->options->restart &&
        (writing == NULL || writing->restart == 0))
        return usage_error("a meter of map %s cannot be told to start anew",
                           setter->link.map->name);
    put_in_order(setter);
    return code;
}

/* With a data type that nobody knows a meter is not identified, but set back if its map is named:
 * setting it asks who it is all the same. */
static bool leads_back(const struct setter *setter)
{
    uint32_t quantity = 0;
    return setter->link.map != NULL && setter->count == 1 &&
           kwh_quantity_parse(setter->changes[0].name, &quantity) == KWH_OK &&
           quantity == KWH_DATA_TYPE;
}

static enum exit_code set_meter(struct setter *setter)
{
    struct link *link = &setter->link;
    enum exit_code code = link_open(link, setter->options, setter->options->arguments[0]);
    if (code == EXIT_CODE_OK && !leads_back(setter))
        code = link_identify(link);
    if (code == EXIT_CODE_OK && link->map == NULL) {
        complain("%s: no map says what can be set on this meter", link->target_text);
        code = EXIT_CODE_OTHER_METER;
    }
    if (code == EXIT_CODE_OK)
        code = check_all(setter);
    if (code == EXIT_CODE_OK && setter->options->dry_run)
        return print_all_frames(setter);
    if (code == EXIT_CODE_OK)
        code = ask(setter);
    return code == EXIT_CODE_OK ? apply_all(setter) : code;
}

enum exit_code set_command(const struct options *options)
{
    struct setter setter;
    enum exit_code code = EXIT_CODE_OK;
    memset(&setter, 0, sizeof setter);
    setter.options = options;
    setter.allowed = (options->allow_link_change ? KWH_RISK_LINK_CHANGE : 0u) |
                     (options->allow_counter_reset ? KWH_RISK_COUNTER_RESET : 0u) |
                     (options->allow_irreversible ? KWH_RISK_IRREVERSIBLE : 0u);
    if (options->argument_count < 1)
        return usage_error("TARGET is missing");
    if (options->argument_count < 2)
        return usage_error("NAME=VALUE is missing");
    setter.count = (size_t)options->argument_count - 1;
    setter.changes = allocate(setter.count, sizeof *setter.changes);
    for (size_t i = 0; code == EXIT_CODE_OK && i < setter.count; i++) {
        code = take_argument(&setter.changes[i], options->arguments[i + 1]);
        if (code == EXIT_CODE_OK)
            code = check_name(setter.changes[i].name, NULL);
    }
    if (code == EXIT_CODE_OK) {
        code = set_meter(&setter);
        link_close(&setter.link);
    }
    free(setter.changes);
    return code;
}
