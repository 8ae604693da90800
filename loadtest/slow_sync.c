/* Preloaded by loadtest/till.py: each sync of a file takes so many milliseconds longer, as on a slow disk. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void wait_longer(void)
{
    const char *told = getenv("SYNC_LASTS_MS");
    long ms = told ? atol(told) : 0;
    struct timespec longer = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&longer, 0);
}

int fsync(int file)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_longer();
    return real(file);
}

int fdatasync(int file)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_longer();
    return real(file);
}
