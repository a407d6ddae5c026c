/* A disk that fails: loaded before the C library (LD_PRELOAD), it refuses the n-th thing that is done to files below a
 * folder. Nothing happens before faulty_disk_begin is called, so a process that is forked off can have its own fault.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FULL, BROKEN_ONCE, BROKEN };

static char folder[PATH_MAX];
static char done[1 << 18]; /* what was done to which file, one a line */
static long count, at;
static int kind, active;

void faulty_disk_begin(const char *below, long n, int how)
{
    snprintf(folder, sizeof folder, "%s/", below);
    count = 0;
    at = n;
    kind = how;
    done[0] = 0;
    active = 1;
}

long faulty_disk_end(void)
{
    active = 0;
    return count;
}

const char *faulty_disk_done(void)
{
    return done;
}

static int is_below(const char *path)
{
    char whole[2 * PATH_MAX];
    if (path[0] != '/') {
        char here[PATH_MAX];
        if (!getcwd(here, sizeof here))
            return 0;
        snprintf(whole, sizeof whole, "%s/%s", here, path);
        path = whole;
    }
    return strncmp(path, folder, strlen(folder)) == 0;
}

static int path_of(int descriptor, char *path)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length > 0 ? length : 0] = 0;
    return length > 0;
}

/* What to do now: 0 goes on, otherwise it is the error. */
static int strike(const char *what, const char *path)
{
    count++;
    size_t length = strlen(done);
    snprintf(done + length, sizeof done - length, "%s %s\n", what, path + strlen(folder));
    if (count < at || (kind == BROKEN_ONCE && count > at))
        return 0;
    return kind == FULL ? ENOSPC : EIO;
}

static int strike_path(const char *what, const char *path)
{
    return active && path && is_below(path) ? strike(what, path) : 0;
}

static int strike_descriptor(const char *what, int descriptor)
{
    char path[PATH_MAX];
    return active && path_of(descriptor, path) && is_below(path) ? strike(what, path) : 0;
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define FAIL_IF(error) do { int e = (error); if (e) { errno = e; return -1; } } while (0)
/* A full disk lets files go, flushes what it took, and reads. */
#define FULL_TOO(error) (kind == FULL ? 0 : (error))

static int strike_open(const char *path, int flags)
{
    return flags & O_CREAT ? strike_path("make", path) : FULL_TOO(strike_path("open", path));
}

#define OPEN(name)                                                        \
    int name(const char *path, int flags, ...)                            \
    {                                                                     \
        REAL(name);                                                       \
        va_list more;                                                     \
        va_start(more, flags);                                            \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
        va_end(more);                                                     \
        FAIL_IF(strike_open(path, flags));                                \
        return real(path, flags, mode);                                   \
    }
OPEN(open)
OPEN(open64)

int mkdir(const char *path, mode_t mode)
{
    REAL(mkdir);
    FAIL_IF(strike_path("mkdir", path));
    return real(path, mode);
}

int rename(const char *from, const char *to)
{
    REAL(rename);
    FAIL_IF(strike_path("rename", to));
    return real(from, to);
}

int link(const char *from, const char *to)
{
    REAL(link);
    FAIL_IF(strike_path("link", to));
    return real(from, to);
}

int unlink(const char *path)
{
    REAL(unlink);
    FAIL_IF(FULL_TOO(strike_path("unlink", path)));
    return real(path);
}

int fsync(int descriptor)
{
    REAL(fsync);
    FAIL_IF(FULL_TOO(strike_descriptor("fsync", descriptor)));
    return real(descriptor);
}

ssize_t write(int descriptor, const void *data, size_t length)
{
    REAL(write);
    int before = active && count < at;
    int error = strike_descriptor("write", descriptor);
    if (error == ENOSPC && before && length > 1)
        return real(descriptor, data, length / 2); /* the disk takes what has room, and nothing after that */
    FAIL_IF(error);
    return real(descriptor, data, length);
}

ssize_t read(int descriptor, void *data, size_t length)
{
    REAL(read);
    FAIL_IF(FULL_TOO(strike_descriptor("read", descriptor)));
    return real(descriptor, data, length);
}
