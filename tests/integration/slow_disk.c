// A disk that does not answer, for the process that loads this library first (LD_PRELOAD): while the file exists that
// SLOW_READS_SWITCH names, reads at an offset take a minute; SLOW_SYNCS_SWITCH does the same for fdatasync().
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static void wait_for_disk(const char* call) {
  const char* file = getenv(call);
  if (file != NULL && access(file, F_OK) == 0) {
    sleep(60);
  }
}

ssize_t pread(int fd, void* buffer, size_t size, off_t offset) {
  wait_for_disk("SLOW_READS_SWITCH");
  return ((ssize_t(*)(int, void*, size_t, off_t))dlsym(RTLD_NEXT, "pread"))(fd, buffer, size, offset);
}

ssize_t pread64(int fd, void* buffer, size_t size, off64_t offset) {
  wait_for_disk("SLOW_READS_SWITCH");
  return ((ssize_t(*)(int, void*, size_t, off64_t))dlsym(RTLD_NEXT, "pread64"))(fd, buffer, size, offset);
}

int fdatasync(int fd) {
  wait_for_disk("SLOW_SYNCS_SWITCH");
  return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
