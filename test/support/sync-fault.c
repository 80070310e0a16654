/* Loaded before the C library, it makes every sync fail with EIO while the file that SYNC_FAULT names is there. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int sync_unless_fault(long number, int fd) {
  const char *flag = getenv("SYNC_FAULT");
  if (flag != NULL && access(flag, F_OK) == 0) {
    errno = EIO;
    return -1;
  }
  return (int)syscall(number, fd);
}

int fsync(int fd) { return sync_unless_fault(SYS_fsync, fd); }

int fdatasync(int fd) { return sync_unless_fault(SYS_fdatasync, fd); }
