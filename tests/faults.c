/* Preloaded into the processes of tests: makes the n-th call that writes below one folder fail, as a bad or full disk would. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char folder[PATH_MAX];
static int fail_at, fail_with, fail_short, calls;

void fault_arm(const char *below, int at, int with, int half) {
    strncpy(folder, below, sizeof folder - 1);
    fail_at = at;
    fail_with = with;
    fail_short = half;
    calls = 0;
}

int fault_count(void) { return calls; }

static int below(int descriptor) {
    char link[64], path[PATH_MAX];
    if (!folder[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strncmp(path, folder, strlen(folder)) == 0;
}

/* 0: go on; 1: fail; 2: write half */
static int fault(int descriptor) {
    if (!below(descriptor)) return 0;
    calls++;
    if (!fail_at || calls < fail_at) return 0;
    if (fail_short && calls == fail_at) return 2;
    if (!fail_with) return 0;
    errno = fail_with;
    return 1;
}

#define REAL(type, name, ...) type (*real)(__VA_ARGS__) = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t write(int descriptor, const void *bytes, size_t count) {
    REAL(ssize_t, "write", int, const void *, size_t);
    int outcome = fault(descriptor);
    return outcome == 1 ? -1 : real(descriptor, bytes, outcome && count > 1 ? count / 2 : count);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    int outcome = fault(descriptor);
    return outcome == 1 ? -1 : real(descriptor, bytes, outcome && count > 1 ? count / 2 : count, offset);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    return pwrite64(descriptor, bytes, count, offset);
}

int fsync(int descriptor) {
    REAL(int, "fsync", int);
    return fault(descriptor) == 1 ? -1 : real(descriptor);
}

int fdatasync(int descriptor) {
    REAL(int, "fdatasync", int);
    return fault(descriptor) == 1 ? -1 : real(descriptor);
}

int ftruncate64(int descriptor, off64_t length) {
    REAL(int, "ftruncate64", int, off64_t);
    return fault(descriptor) == 1 ? -1 : real(descriptor, length);
}
