/* SPDX-License-Identifier: MIT */
/* One thread, many meters: every argument is a target, and none of them holds up the others. */
#include <kwh/host.h>
#include <stdio.h>
#include <sys/epoll.h>

static struct job {
    const char *target;
    struct kwh_host host;
    struct kwh_meter meter;
    struct kwh_step step;
    bool running;
} jobs[64];

static int failed;

/* Ends a job; what failed is in its line, unless it failed before anything was asked. */
static void end(struct job *job, enum kwh_error error)
{
    const struct kwh_failure *failure = kwh_line_failure(kwh_host_line(&job->host));
    const struct kwh_failure plain = {.error = error};
    char text[512];
    kwh_failure_print(failure->error == error ? failure : &plain, kwh_host_scheme(&job->host), text,
                      sizeof text);
    if (error != KWH_OK) {
        fprintf(stderr, "%s: %s\n", job->target, text);
        failed = 1;
    }
    job->running = false;
    kwh_host_close(&job->host);
}

/* As far as it goes without waiting. */
static void go_on(struct job *job)
{
    const struct kwh_reading *reading = &job->meter.reading;
    struct kwh_line *line = kwh_host_line(&job->host);
    char text[KWH_READING_TEXT];
    enum kwh_error e;
    while ((e = kwh_dialogue_poll(&job->meter.dialogue, line, &job->step)) == KWH_OK &&
           job->step.action == KWH_ACTION_RESULT)
        if (kwh_reading_print(reading, text, sizeof text) == KWH_OK)
            printf("%s %s V\n", job->target, text);
        else
            printf("%s %s\n", job->target, kwh_status_name((enum kwh_status)reading->status));
    if (e != KWH_OK || job->step.action == KWH_ACTION_FINISHED)
        end(job, e != KWH_OK ? e : job->meter.dialogue.error);
}

static void begin(struct job *job, int loop, struct kwh_plan *plan)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = job};
    struct kwh_host *host = &job->host;
    enum kwh_error e = kwh_host_open(host, job->target);
    if (e == KWH_OK)
        e = kwh_meter_init(&job->meter, kwh_host_line(host), plan->map,
                           kwh_host_address(host, plan->map));
    if (e == KWH_OK && epoll_ctl(loop, EPOLL_CTL_ADD, kwh_host_fd(host), &event) != 0)
        e = KWH_ERROR_UNSUPPORTED; /* nothing to wait for, as with a simulated meter */
    job->running = e == KWH_OK;
    if (!job->running) {
        end(job, e);
        return;
    }
    kwh_meter_begin(&job->meter, plan);
    go_on(job);
}

int main(int argc, char **argv)
{
    struct epoll_event event;
    struct kwh_plan_entry entry;
    struct kwh_plan plan; /* meters of one map may share it */
    int loop = epoll_create1(0), count = argc - 1 < 64 ? argc - 1 : 64;
    kwh_plan_init(&plan, &kwh_map_inepro_pro380_modbus, KWH_ALL_PROFILES, &entry, 1);
    if (kwh_plan_add(&plan, KWH_VOLTAGE_L1) != KWH_OK)
        return 1;
    kwh_plan_make(&plan, NULL);
    for (int i = 0; i < count; i++) {
        jobs[i].target = argv[i + 1];
        begin(&jobs[i], loop, &plan);
    }
    for (int running = 1; running > 0;) {
        int ready = epoll_wait(loop, &event, 1, 10);
        running = 0;
        for (struct job *job = jobs; job < jobs + count; job++) {
            if (job->running && ((ready == 1 && event.data.ptr == job) ||
                                 (int32_t)(kwh_host_now_us() - job->step.until_us) >= 0))
                go_on(job);
            running += job->running;
        }
    }
    return failed;
}
