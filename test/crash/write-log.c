/*
 * Preloaded into an engine, this library writes down, in order, everything that the engine asks the disk to do below one
 * directory: what a disk may forget when the power goes is whatever was written after the last sync. It can also make
 * such a call fail, as a broken disk does.
 *
 *   WRITE_LOG_ROOT   the directory that is watched
 *   WRITE_LOG_FILE   where to write it down (outside of that directory); nothing is written down without it
 *   WRITE_LOG_FAULT  OPERATION:NAME:FIRST:COUNT, for example sync:state.db-wal:3:1: the third sync of a file whose path
 *                    contains the name fails with EIO; a count of 0 means for ever. OPERATION is write or sync.
 *
 * A record is struct record and then two texts or the written bytes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct record {
  uint32_t operation;
  uint32_t first;
  uint32_t second;
  uint32_t unused;
  uint64_t inode;
  int64_t offset;
};

enum { MOST = 65536 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t inodes[MOST]; /* of open files that are watched, by descriptor */
static char faulty[MOST];     /* whether the fault is meant for this descriptor */
static char root[4096];
static int out = -1;
static char fault_operation, fault_name[256];
static long fault_first, fault_count, fault_seen;

#define REAL(name) \
  static __typeof__(&name) real; \
  if (real == NULL) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void) {
  const char *watched = getenv("WRITE_LOG_ROOT"), *file = getenv("WRITE_LOG_FILE"), *fault = getenv("WRITE_LOG_FAULT");
  if (watched != NULL) snprintf(root, sizeof root, "%s", watched);
  if (file != NULL) out = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  char operation[16];
  if (fault != NULL && sscanf(fault, "%15[^:]:%255[^:]:%ld:%ld", operation, fault_name, &fault_first, &fault_count) == 4)
    fault_operation = operation[0];
}

/* Only what is watched takes the lock: a child between fork and exec must never wait for it. */
static int is_watched(const char *path, char *absolute) {
  if (root[0] == 0 || path == NULL) return 0;
  if (path[0] == '/') snprintf(absolute, 4096, "%s", path);
  else if (getcwd(absolute, 2048) == NULL) return 0;
  else {
    strcat(absolute, "/");
    strncat(absolute, path, 2000);
  }
  size_t length = strlen(root);
  return strncmp(absolute, root, length) == 0 && (absolute[length] == '/' || absolute[length] == 0);
}

/* Not every close is seen (libuv asks the kernel itself), so a descriptor is looked at again. */
static int is_open(int fd) {
  struct stat found;
  return fd >= 0 && fd < MOST && inodes[fd] != 0 && fstat(fd, &found) == 0 && found.st_ino == inodes[fd] &&
         (S_ISREG(found.st_mode) || S_ISDIR(found.st_mode));
}

static void note(char operation, uint64_t inode, int64_t offset, const void *first, size_t length, const char *second) {
  if (out < 0) return;
  size_t more = second == NULL ? 0 : strlen(second);
  struct record record = {(uint32_t)operation, (uint32_t)length, (uint32_t)more, 0, inode, offset};
  struct iovec parts[3] = {{&record, sizeof record}, {(void *)first, length}, {(void *)second, more}};
  if (syscall(SYS_writev, out, parts, 3) < 0) abort();
}

static int fails(char operation, int fd) {
  if (fault_operation != operation || !faulty[fd]) return 0;
  fault_seen += 1;
  return fault_seen >= fault_first && (fault_count == 0 || fault_seen < fault_first + fault_count);
}

static uint64_t inode_of(const char *path) {
  struct stat found;
  return stat(path, &found) == 0 ? found.st_ino : 0;
}

/* Closing such a file would drop SQLite's locks on it, so nobody but SQLite may open it once it is there. */
static void note_foreign(const char *absolute, const void *caller) {
  Dl_info found;
  const char *name = strrchr(absolute, '/');
  if (name == NULL || strncmp(name, "/state.db", 9) != 0 || (name[9] != 0 && name[9] != '-')) return;
  if (dladdr(caller, &found) != 0 && strstr(found.dli_fname, "better_sqlite3") != NULL) return;
  note('F', 0, 0, absolute, strlen(absolute), NULL);
}

static int open_watched(const char *path, const char *absolute, int flags, mode_t mode, const void *caller) {
  pthread_mutex_lock(&lock);
  struct stat found;
  int existed = lstat(absolute, &found) == 0;
  int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  int failure = errno;
  if (fd >= 0 && fd < MOST && fstat(fd, &found) == 0) {
    inodes[fd] = found.st_ino;
    faulty[fd] = fault_operation != 0 && strstr(absolute, fault_name) != NULL;
    if (existed) note_foreign(absolute, caller);
    if (!existed) note('C', found.st_ino, 0, absolute, strlen(absolute), NULL);
    else if ((flags & O_TRUNC) != 0) note('T', found.st_ino, 0, NULL, 0, NULL);
  }
  pthread_mutex_unlock(&lock);
  errno = failure;
  return fd;
}

static int open_from(const void *caller, const char *path, int flags, mode_t mode) {
  char absolute[4096];
  if (is_watched(path, absolute)) return open_watched(path, absolute, flags, mode, caller);
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

#define MODE_OF(flags, mode) \
  mode_t mode = 0; \
  if ((flags & (O_CREAT | O_TMPFILE)) != 0) { \
    va_list more; \
    va_start(more, flags); \
    mode = va_arg(more, mode_t); \
    va_end(more); \
  }

int open64(const char *path, int flags, ...) {
  MODE_OF(flags, mode)
  return open_from(__builtin_return_address(0), path, flags, mode);
}

int open(const char *path, int flags, ...) {
  MODE_OF(flags, mode)
  return open_from(__builtin_return_address(0), path, flags, mode);
}

/* Where a write without an offset of its own will begin. */
static int64_t position(int fd) {
  struct stat found;
  if ((fcntl(fd, F_GETFL) & O_APPEND) != 0) return fstat(fd, &found) == 0 ? found.st_size : 0;
  return lseek(fd, 0, SEEK_CUR);
}

/* All writes come here; what they did is in `written` when they succeeded. */
static ssize_t write_watched(int fd, const struct iovec *parts, int count, int64_t offset, int positioned) {
  pthread_mutex_lock(&lock);
  ssize_t written = -1;
  int failure = EIO;
  if (!fails('w', fd)) {
    int64_t from = positioned ? offset : position(fd);
    written = positioned ? syscall(SYS_pwritev, fd, parts, count, (long)offset, 0L) : syscall(SYS_writev, fd, parts, count);
    failure = errno;
    ssize_t left = written;
    for (int part = 0; part < count && left > 0; part += 1) {
      size_t length = parts[part].iov_len < (size_t)left ? parts[part].iov_len : (size_t)left;
      note('W', inodes[fd], from, parts[part].iov_base, length, NULL);
      from += (int64_t)length;
      left -= (ssize_t)length;
    }
  }
  pthread_mutex_unlock(&lock);
  errno = failure;
  return written;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  if (!is_open(fd)) return syscall(SYS_write, fd, bytes, length);
  struct iovec part = {(void *)bytes, length};
  return write_watched(fd, &part, 1, 0, 0);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  if (!is_open(fd)) return syscall(SYS_pwrite64, fd, bytes, length, offset);
  struct iovec part = {(void *)bytes, length};
  return write_watched(fd, &part, 1, offset, 1);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return pwrite64(fd, bytes, length, offset); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (!is_open(fd)) return syscall(SYS_writev, fd, parts, count);
  return write_watched(fd, parts, count, 0, 0);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
  if (!is_open(fd)) return syscall(SYS_pwritev, fd, parts, count, (long)offset, 0L);
  return write_watched(fd, parts, count, offset, 1);
}

int ftruncate64(int fd, off64_t size) {
  if (!is_open(fd)) return (int)syscall(SYS_ftruncate, fd, size);
  pthread_mutex_lock(&lock);
  int result = (int)syscall(SYS_ftruncate, fd, size);
  int failure = errno;
  if (result == 0) note('T', inodes[fd], size, NULL, 0, NULL);
  pthread_mutex_unlock(&lock);
  errno = failure;
  return result;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

/* A failed sync syncs nothing: what it was asked for may or may not survive. */
static int sync_watched(int fd, long call) {
  pthread_mutex_lock(&lock);
  int result = -1, failure = EIO;
  if (!fails('s', fd)) {
    result = (int)syscall(call, fd);
    failure = errno;
    if (result == 0) note('S', inodes[fd], 0, NULL, 0, NULL);
  }
  pthread_mutex_unlock(&lock);
  errno = failure;
  return result;
}

int fsync(int fd) { return is_open(fd) ? sync_watched(fd, SYS_fsync) : (int)syscall(SYS_fsync, fd); }

int fdatasync(int fd) { return is_open(fd) ? sync_watched(fd, SYS_fdatasync) : (int)syscall(SYS_fdatasync, fd); }

int rename(const char *from, const char *to) {
  REAL(rename);
  char one[4096], other[4096];
  if (!is_watched(from, one) || !is_watched(to, other)) return real(from, to);
  pthread_mutex_lock(&lock);
  int result = real(from, to);
  int failure = errno;
  if (result == 0) note('R', 0, 0, one, strlen(one), other);
  pthread_mutex_unlock(&lock);
  errno = failure;
  return result;
}

int link(const char *from, const char *to) {
  REAL(link);
  char one[4096], other[4096];
  if (!is_watched(from, one) || !is_watched(to, other)) return real(from, to);
  pthread_mutex_lock(&lock);
  int result = real(from, to);
  int failure = errno;
  if (result == 0) note('L', 0, 0, one, strlen(one), other);
  pthread_mutex_unlock(&lock);
  errno = failure;
  return result;
}

static int remove_watched(int (*real)(const char *), const char *path, const char *absolute) {
  pthread_mutex_lock(&lock);
  int result = real(path);
  int failure = errno;
  if (result == 0) note('U', 0, 0, absolute, strlen(absolute), NULL);
  pthread_mutex_unlock(&lock);
  errno = failure;
  return result;
}

int unlink(const char *path) {
  REAL(unlink);
  char absolute[4096];
  return is_watched(path, absolute) ? remove_watched(real, path, absolute) : real(path);
}

int rmdir(const char *path) {
  REAL(rmdir);
  char absolute[4096];
  return is_watched(path, absolute) ? remove_watched(real, path, absolute) : real(path);
}

int mkdir(const char *path, mode_t mode) {
  REAL(mkdir);
  char absolute[4096];
  if (!is_watched(path, absolute)) return real(path, mode);
  pthread_mutex_lock(&lock);
  int result = real(path, mode);
  int failure = errno;
  if (result == 0) note('D', inode_of(absolute), 0, absolute, strlen(absolute), NULL);
  pthread_mutex_unlock(&lock);
  errno = failure;
  return result;
}
