// Lines of what happened, with named values and the request's id, as text or as JSON. Owns its buffer and its writer
// thread: a line costs the caller a copy, never a wait; when the writer falls behind, lines are dropped and counted.
// Card numbers are masked.
#pragma once
#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace kontor::runtime {

enum class Level { kDebug, kInfo, kWarning, kError };
std::string_view level_name(Level level);
std::optional<Level> parse_level(std::string_view name);  // debug, info, warning, error

enum class LogFormat { kText, kJson };

// A named value; views live for the call only.
struct LogField {
  enum class Kind : std::uint8_t { kText, kPlain, kNumber };
  std::string_view name;
  std::string_view text;
  std::int64_t number = 0;
  Kind kind = Kind::kText;

  LogField(std::string_view name_, std::string_view text_) : name(name_), text(text_) {}
  LogField(std::string_view name_, const std::string& text_) : name(name_), text(text_) {}
  LogField(std::string_view name_, const char* text_) : name(name_), text(text_) {}
  template <class T>
  requires std::is_integral_v<T> LogField(std::string_view name_, T number_)
      : name(name_), number(static_cast<std::int64_t>(number_)), kind(Kind::kNumber) {}
  // A word of the program's own making (letters, digits, dashes): written as it is, neither quoted nor searched for
  // card numbers.
  static LogField plain(std::string_view name, std::string_view word) {
    LogField field(name, word);
    field.kind = Kind::kPlain;
    return field;
  }
};

class Log {
 public:
  virtual ~Log() = default;
  // Safe from any thread, never waits for the device.
  void write(Level level, std::string_view message, std::initializer_list<LogField> fields = {}) {
    if (level >= least_) put(level, message, std::span<const LogField>(fields.begin(), fields.size()));
  }
  void debug(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(Level::kDebug, message, fields);
  }
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(Level::kInfo, message, fields);
  }
  void warning(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(Level::kWarning, message, fields);
  }
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) {
    write(Level::kError, message, fields);
  }
  bool takes(Level level) const { return level >= least_; }

 protected:
  explicit Log(Level least) : least_(least) {}
  virtual void put(Level level, std::string_view message, std::span<const LogField> fields) = 0;

 private:
  const Level least_;
};

// Writes to a file descriptor (not owned), by a thread of its own.
class StreamLog : public Log {
 public:
  struct Options {
    int fd = 2;
    LogFormat format = LogFormat::kText;
    Level least = Level::kInfo;
    std::size_t buffer_bytes = 4 << 20;  // beyond it lines are dropped
  };
  explicit StreamLog(Options options);
  ~StreamLog() override;  // writes what is left
  void flush();           // returns when everything written so far is with the operating system
  std::int64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 protected:
  void put(Level level, std::string_view message, std::span<const LogField> fields) override;

 private:
  struct Writer;
  const Options options_;
  std::atomic<std::int64_t> dropped_{0};
  std::unique_ptr<Writer> writer_;
};

// Keeps the lines, for tests and the simulator; no time stamps, so that two runs compare.
class MemoryLog : public Log {
 public:
  explicit MemoryLog(Level least = Level::kDebug) : Log(least) {}
  std::vector<std::string> lines() const;
  bool has(std::string_view part) const;  // in any line

 protected:
  void put(Level level, std::string_view message, std::span<const LogField> fields) override;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

struct LogLine {
  std::int64_t at_ms;  // below 0 leaves the time out
  Level level;
  std::string_view message;
  std::span<const LogField> fields;
};
// Appends it without an end of line.
void append_log_line(std::string& out, LogFormat format, const LogLine& line);
// Card numbers (base/card_number.h) that begin as the cards in use do keep only their last four digits.
void mask_card_numbers(std::string& text, std::size_t from = 0);

}  // namespace kontor::runtime
