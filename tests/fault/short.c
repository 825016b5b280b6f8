/* Preloaded into the victim: of all its reads and writes of files below SHORT_UNDER, call number
   SHORT_AT (from 1, over all threads) handles only half of its bytes. When SHORT_THEN is set, the
   next write fails with that errno: a disk that took a part and then no more. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls;

static int ours(int fd) {
    char link[64], path[4096];
    const char *under = getenv("SHORT_UNDER");
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    return under && length > 0 && !strncmp(path, under, strlen(under));
}

static long setting(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : -1;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    ssize_t (*real)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");
    if (!ours(fd)) return real(fd, bytes, count, offset);
    long call = atomic_fetch_add(&calls, 1) + 1, at = setting("SHORT_AT"), then = setting("SHORT_THEN");
    if (call == at + 1 && at > 0 && then > 0) { errno = (int)then; return -1; }
    return real(fd, bytes, call == at && count > 1 ? count / 2 : count, offset);
}

ssize_t pread64(int fd, void *bytes, size_t count, off64_t offset) {
    ssize_t (*real)(int, void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pread64");
    int half = setting("SHORT_THEN") < 0 && ours(fd) && count > 1
        && atomic_fetch_add(&calls, 1) + 1 == setting("SHORT_AT");
    return real(fd, bytes, half ? count / 2 : count, offset);
}
