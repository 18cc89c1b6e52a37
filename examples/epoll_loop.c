/* SPDX-License-Identifier: MIT */
/* One thread, many meters: every argument is a link, and none of them holds up the others. */
#include <kwh/host.h>
#include <kwh/maps.h>
#include <stdio.h>
#include <sys/epoll.h>

static struct job {
    struct kwh_host host;
    struct kwh_meter meter;
    struct kwh_step step;
} jobs[64];

/* As far as it goes without waiting; true when the job is over. */
static bool go_on(struct job *job)
{
    char text[KWH_READING_TEXT];
    while (kwh_dialogue_poll(&job->meter.dialogue, &job->host.line, &job->step) == KWH_OK &&
           job->step.action == KWH_ACTION_RESULT)
        if (kwh_reading_print(&job->meter.reading, text, sizeof text) == KWH_OK)
            printf("%s:%u %s V\n", job->host.target.place, job->host.target.port, text);
    return job->step.action != KWH_ACTION_RECEIVE;
}

int main(int argc, char **argv)
{
    const struct kwh_map *map = &kwh_map_inepro_pro380_modbus;
    struct epoll_event event = {.events = EPOLLIN};
    struct kwh_plan_entry entry;
    struct kwh_plan plan; /* meters of one map may share it */
    int loop = epoll_create1(0), running = 0;
    kwh_plan_init(&plan, map, KWH_ALL_PROFILES, &entry, 1);
    if (kwh_plan_add(&plan, KWH_VOLTAGE_L1) != KWH_OK)
        return 1;
    kwh_plan_make(&plan, NULL);
    for (int i = 0; i + 1 < argc && i < 64; i++) {
        event.data.ptr = &jobs[i];
        if (kwh_host_open(&jobs[i].host, argv[i + 1]) != KWH_OK ||
            kwh_meter_init(&jobs[i].meter, &jobs[i].host.line, map, 1) != KWH_OK ||
            epoll_ctl(loop, EPOLL_CTL_ADD, kwh_host_fd(&jobs[i].host), &event) != 0)
            return 1;
        kwh_meter_begin(&jobs[i].meter, &plan);
        running += !go_on(&jobs[i]);
    }
    while (running > 0) {
        int ready = epoll_wait(loop, &event, 1, 10);
        for (struct job *job = jobs; job < jobs + 64; job++)
            if (job->step.action == KWH_ACTION_RECEIVE &&
                ((ready == 1 && event.data.ptr == job) ||
                 (int32_t)(kwh_host_now_us() - job->step.until_us) >= 0))
                running -= go_on(job);
    }
    return 0;
}
