#include "runtime/thread_priority.h"

#include <sys/resource.h>
#include <unistd.h>

namespace kontor::runtime {

void lower_thread_priority() {
  constexpr int kNice = 10;
  // Linux keeps niceness by thread. Where it is refused, the thread is as any other.
  thread_local const int lowered = setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
  static_cast<void>(lowered);
}

}  // namespace kontor::runtime
