/* SPDX-License-Identifier: MIT */
/*
 * Runs a libFuzzer target once on every file of the folders it is given, so that the seeds are
 * ordinary tests without clang. The empty input always comes first.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Inputs have exactly their own length on the heap: a read past the end is one that ASan sees. */
static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return -1;
    }
    uint8_t *data = NULL;
    size_t size = 0;
    uint8_t chunk[4096];
    size_t got;
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0) {
        uint8_t *grown = realloc(data, size + got);
        if (grown == NULL)
            break;
        data = grown;
        memcpy(data + size, chunk, got);
        size += got;
    }
    int failed = got > 0 || ferror(file);
    fclose(file);
    if (!failed && size > 0)
        LLVMFuzzerTestOneInput(data, size);
    free(data);
    return failed ? -1 : 0;
}

static int replay_folder(const char *folder, unsigned *count)
{
    DIR *directory = opendir(folder);
    if (directory == NULL) {
        perror(folder);
        return -1;
    }
    int result = 0;
    struct dirent *entry;
    while (result == 0 && (entry = readdir(directory)) != NULL) {
        char path[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        result = replay_file(path);
        *count += 1;
    }
    closedir(directory);
    return result;
}

int main(int argc, char **argv)
{
    static const uint8_t nothing[1];
    unsigned count = 0;
    LLVMFuzzerTestOneInput(nothing, 0);
    for (int i = 1; i < argc; i++)
        if (replay_folder(argv[i], &count) != 0)
            return 1;
    printf("%u inputs\n", count);
    return count > 0 ? 0 : 1;
}
