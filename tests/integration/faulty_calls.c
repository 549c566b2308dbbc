// One call that fails, for the process that loads this library first (LD_PRELOAD): the FAULT_AT-th that opens, lists or
// examines something below FAULT_BELOW fails with the number FAULT_ERROR, and the directory FAULT_DONE is made. Later
// ones work.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int fails(const char* path) {
  static atomic_int calls;
  const char* below = getenv("FAULT_BELOW");
  if (below == NULL || path == NULL || strncmp(path, below, strlen(below)) != 0 ||
      atomic_fetch_add(&calls, 1) + 1 != atoi(getenv("FAULT_AT"))) {
    return 0;
  }
  mkdir(getenv("FAULT_DONE"), 0755);
  errno = atoi(getenv("FAULT_ERROR"));
  return 1;
}

#define OPEN(name)                                                                                             \
  int name(const char* path, int flags, ...) {                                                                 \
    va_list rest;                                                                                              \
    va_start(rest, flags);                                                                                     \
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, int) : 0;                          \
    va_end(rest);                                                                                              \
    return fails(path) ? -1 : ((int (*)(const char*, int, mode_t))dlsym(RTLD_NEXT, #name))(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

DIR* opendir(const char* path) {
  return fails(path) ? NULL : ((DIR * (*)(const char*)) dlsym(RTLD_NEXT, "opendir"))(path);
}

int statx(int directory, const char* restrict path, int flags, unsigned int mask, struct statx* restrict result) {
  return fails(path) ? -1
                     : ((int (*)(int, const char*, int, unsigned int, struct statx*))dlsym(RTLD_NEXT, "statx"))(
                           directory, path, flags, mask, result);
}
