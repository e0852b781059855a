// The floor of a durable answer: what the disk alone makes a commit wait. Writes so many bytes and waits until they are
// durable, so many times a second, round and round over one file as a log does; nothing else happens. Whatever promises
// that an order is on the disk before it is acknowledged has at least these times among its own.
// usage: kontor-floor-sync FILE SECONDS COMMITS_PER_SECOND BYTES
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

constexpr off_t kLog = 256 << 20;

double now() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

void sleep_until(double at) {
  const double left = at - now();
  if (left <= 0) return;
  const timespec wait{static_cast<time_t>(left),
                      static_cast<long>((left - static_cast<double>(static_cast<time_t>(left))) * 1e9)};
  nanosleep(&wait, nullptr);
}

}  // namespace

int main(int count, char** words) {
  if (count != 5) {
    std::fprintf(stderr, "usage: kontor-floor-sync FILE SECONDS COMMITS_PER_SECOND BYTES\n");
    return 2;
  }
  const double seconds = std::atof(words[2]), rate = std::atof(words[3]);
  const std::vector<char> bytes(static_cast<std::size_t>(std::atoll(words[4])), 'k');
  const int file = open(words[1], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0 || rate <= 0) return 1;
  // Written once before: a log that is used again has its blocks.
  const std::vector<char> zeros(1 << 20);
  for (off_t at = 0; at < kLog; at += 1 << 20)
    if (pwrite(file, zeros.data(), zeros.size(), at) < 0) return 1;
  if (fdatasync(file) != 0) return 1;
  std::vector<double> took;
  const double from = now();
  off_t at = 0;
  for (std::size_t i = 0; now() - from < seconds; ++i) {
    sleep_until(from + static_cast<double>(i) / rate);
    if (at + static_cast<off_t>(bytes.size()) > kLog) at = 0;
    const double began = now();
    if (pwrite(file, bytes.data(), bytes.size(), at) != static_cast<ssize_t>(bytes.size()) || fdatasync(file) != 0)
      return 1;
    took.push_back(now() - began);
    at += static_cast<off_t>(bytes.size());
  }
  const double all = now() - from;
  std::sort(took.begin(), took.end());
  const auto over = took.end() - std::lower_bound(took.begin(), took.end(), 0.1);
  std::printf(
      "{\"commits_per_second\": %.1f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.1f, \"over_100_ms\": %td}\n",
      static_cast<double>(took.size()) / all, took[took.size() / 2] * 1e3, took[took.size() * 99 / 100] * 1e3,
      took.back() * 1e3, over);
  close(file);
  unlink(words[1]);
  return 0;
}
