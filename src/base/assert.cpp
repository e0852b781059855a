#include "base/assert.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace kontor {
namespace {
thread_local int t_throwing = 0;
}  // namespace

void assertion_failed(const char* expression, const char* file, int line) {
  const std::string message = std::string(file) + ":" + std::to_string(line) + ": assertion failed: " + expression;
  if (t_throwing > 0) throw AssertionFailed(message);
  std::fprintf(stderr, "%s\n", message.c_str());
  std::abort();
}

AssertionsThrow::AssertionsThrow() { ++t_throwing; }
AssertionsThrow::~AssertionsThrow() { --t_throwing; }

}  // namespace kontor
