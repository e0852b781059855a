#include "runtime/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <thread>

#include "base/card_number.h"
#include "base/text.h"
#include "base/time.h"
#include "runtime/json.h"

namespace kontor::runtime {
namespace {

constexpr std::array<std::string_view, 4> kLevelNames{"debug", "info", "warning", "error"};
constexpr std::array<std::string_view, 4> kLevelMarks{"DEBUG ", "INFO  ", "WARN  ", "ERROR "};
constexpr std::size_t kMaxTextBytes = 4096;  // of one value
constexpr std::chrono::milliseconds kLinger{20};
constexpr std::size_t kHurryBytes = 64 << 10;  // what waits stays in the processor's cache
constexpr off_t kGivenBackBytes = 1 << 20;     // at a time

std::int64_t wall_ms() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

// Lines come many in a millisecond: its text is made once.
void append_time(std::string& out, std::int64_t at_ms) {
  struct Last {
    std::int64_t at_ms = -1;
    std::string text;
  };
  thread_local Last last;
  if (last.at_ms != at_ms) {
    last.text.clear();
    append_rfc3339(last.text, Time{at_ms});
    last.at_ms = at_ms;
  }
  out += last.text;
}

// A value in a text line: bare when it is one word, else quoted, so that no value can pretend to be another line or
// field.
void append_text_value(std::string& out, std::string_view value) {
  value = clip(value, kMaxTextBytes);
  const std::size_t start = out.size();
  const bool bare = !value.empty() && std::all_of(value.begin(), value.end(),
                                                  [](char c) { return c > ' ' && c <= '~' && c != '"' && c != '='; });
  if (bare)
    out += value;
  else
    json::print_text(out, value);
  mask_card_numbers(out, start);
}

void append_message(std::string& out, std::string_view message) {
  const std::size_t start = out.size();
  for (const char c : clip(message, kMaxTextBytes)) out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  mask_card_numbers(out, start);
}

// JSON lines stay UTF-8 whatever a caller logs.
void append_json_text(std::string& out, std::string_view text) {
  text = clip(text, kMaxTextBytes);
  const std::size_t start = out.size();
  if (is_utf8(text)) {
    json::print_text(out, text);
  } else {
    std::string safe(text);
    for (char& c : safe)
      if (static_cast<unsigned char>(c) >= 0x80) c = '?';
    json::print_text(out, safe);
  }
  mask_card_numbers(out, start);
}

}  // namespace

std::string_view level_name(Level level) { return kLevelNames[static_cast<std::size_t>(level)]; }

std::optional<Level> parse_level(std::string_view name) {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i)
    if (kLevelNames[i] == name) return static_cast<Level>(i);
  return std::nullopt;
}

// Most values have too few digits; for the others the search is worth its while.
void mask_card_numbers(std::string& text, std::size_t from) {
  constexpr std::size_t kLeastDigits = 13, kShown = 4;
  std::size_t digits = 0;
  for (std::size_t at = from; at < text.size(); ++at) digits += is_digit(text[at]) ? 1 : 0;
  if (digits < kLeastDigits) return;
  for (auto card = find_card_number(text, from, true); card; card = find_card_number(text, card->end, true)) {
    std::size_t left = 0;
    for (std::size_t at = card->begin; at < card->end; ++at) left += is_digit(text[at]) ? 1 : 0;
    for (std::size_t at = card->begin; left > kShown; ++at) {
      if (!is_digit(text[at])) continue;
      text[at] = '*';
      --left;
    }
  }
}

void append_log_line(std::string& out, LogFormat format, const LogLine& line) {
  if (format == LogFormat::kJson) {
    out += '{';
    if (line.at_ms >= 0) {
      out += "\"at\":\"";
      append_time(out, line.at_ms);
      out += "\",";
    }
    out += "\"level\":\"";
    out += level_name(line.level);
    out += "\",\"message\":";
    append_json_text(out, line.message);
    for (const auto& field : line.fields) {
      if (field.kind != LogField::Kind::kNumber && field.text.empty()) continue;
      out += ",\"";
      out += field.name;
      out += "\":";
      if (field.kind == LogField::Kind::kNumber) {
        json::print_int(out, field.number);
      } else if (field.kind == LogField::Kind::kPlain) {
        out += '"';
        out += field.text;
        out += '"';
      } else {
        append_json_text(out, field.text);
      }
    }
    out += '}';
  } else {
    if (line.at_ms >= 0) {
      append_time(out, line.at_ms);
      out += ' ';
    }
    out += kLevelMarks[static_cast<std::size_t>(line.level)];
    append_message(out, line.message);
    for (const auto& field : line.fields) {
      if (field.kind != LogField::Kind::kNumber && field.text.empty()) continue;
      out += ' ';
      out += field.name;
      out += '=';
      if (field.kind == LogField::Kind::kNumber)
        json::print_int(out, field.number);
      else if (field.kind == LogField::Kind::kPlain)
        out += field.text;
      else
        append_text_value(out, field.text);
    }
  }
}

// Two buffers: callers append to one while the thread writes the other. The thread lingers before it writes, so that a
// busy shop pays for a wake-up fifty times a second and not once a line; errors, a full buffer and flush() do not
// linger.
struct StreamLog::Writer {
  std::mutex mutex;
  std::condition_variable wake;     // the thread
  std::condition_variable hurry;    // the thread, while it lingers
  std::condition_variable written;  // flush()
  std::string filling;
  std::uint64_t appended = 0, done = 0;  // bytes
  bool asleep = false;
  bool urgent = false;
  bool closing = false;
  int fd = 2;
  std::thread thread;

  void run() {
    std::string batch;
    std::unique_lock lock(mutex);
    for (;;) {
      asleep = true;
      wake.wait(lock, [this] { return !filling.empty() || closing; });
      asleep = false;
      if (filling.empty()) return;
      if (!urgent && !closing) hurry.wait_for(lock, kLinger, [this] { return urgent || closing; });
      urgent = false;
      batch.swap(filling);
      lock.unlock();
      write_all(batch);
      give_back(static_cast<off_t>(batch.size()));
      lock.lock();
      done += batch.size();
      batch.clear();
      written.notify_all();
    }
  }

  off_t unreturned = 0;  // bytes; the thread's own

  // The memory of what a file has taken is given back: the next lines use it again. Always new memory costs a fault for
  // every twenty lines, on a virtual machine often one of the host as well (0.2 to 0.4 us a line), and pushes out what
  // the shop reads. A first call begins to write what is not on the disk yet, a later one gives it back; none waits.
  void give_back(off_t bytes) {
    unreturned += bytes;
    if (unreturned < kGivenBackBytes) return;
    unreturned = 0;
    const off_t end = lseek(fd, 0, SEEK_CUR);  // -1 for what is no file
    const off_t start = std::max<off_t>(end - 8 * kGivenBackBytes, 0);
    if (end > 0) posix_fadvise(fd, start, end - start, POSIX_FADV_DONTNEED);
  }

  void write_all(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto count = ::write(fd, bytes.data(), bytes.size());
      if (count < 0 && errno != EINTR && errno != EAGAIN) return;  // nobody is left to tell
      if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }
};

StreamLog::StreamLog(Options options) : Log(options.least), options_(options), writer_(std::make_unique<Writer>()) {
  writer_->fd = options.fd;
  writer_->thread = std::thread([writer = writer_.get()] { writer->run(); });
}

StreamLog::~StreamLog() {
  {
    const std::lock_guard lock(writer_->mutex);
    writer_->closing = true;
  }
  writer_->wake.notify_one();
  writer_->hurry.notify_one();
  writer_->thread.join();
}

void StreamLog::flush() {
  std::unique_lock lock(writer_->mutex);
  const auto target = writer_->appended;
  if (writer_->done >= target) return;
  writer_->urgent = true;
  writer_->hurry.notify_one();
  writer_->written.wait(lock, [&] { return writer_->done >= target; });
}

void StreamLog::put(Level level, std::string_view message, std::span<const LogField> fields) {
  thread_local std::string line;
  line.clear();
  append_log_line(line, options_.format, {wall_ms(), level, message, fields});
  line += '\n';
  bool wake = false;
  bool hurry = false;
  {
    const std::lock_guard lock(writer_->mutex);
    if (writer_->filling.size() + line.size() > options_.buffer_bytes) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    writer_->filling += line;
    writer_->appended += line.size();
    wake = writer_->asleep;
    writer_->asleep = false;  // one caller wakes it
    hurry = !writer_->urgent && (level == Level::kError || writer_->filling.size() > kHurryBytes);
    if (hurry) writer_->urgent = true;
  }
  if (wake) writer_->wake.notify_one();
  if (hurry) writer_->hurry.notify_one();
}

std::vector<std::string> MemoryLog::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

bool MemoryLog::has(std::string_view part) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(lines_.begin(), lines_.end(),
                     [part](const std::string& line) { return line.find(part) != std::string::npos; });
}

void MemoryLog::put(Level level, std::string_view message, std::span<const LogField> fields) {
  std::string line;
  append_log_line(line, LogFormat::kText, {-1, level, message, fields});
  const std::lock_guard lock(mutex_);
  lines_.push_back(std::move(line));
}

}  // namespace kontor::runtime
