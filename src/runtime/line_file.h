// Lines of a file, one after the other, in bounded memory; and a file that is written to be read back as lines (an
// upload on its way to a job). Blocking, of the local disk; the owner closes by destruction.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "runtime/input_file.h"

namespace kontor::runtime {

class LineFile {
 public:
  static constexpr std::size_t kLongest = 1 << 20;

  // "-" is standard input. kUnavailable "runtime.cannot_read" with the path and the system's word.
  static Result<LineFile> open(const std::string& path);

  struct Line {
    std::int64_t number = 0;  // from 1
    std::string_view text;    // without its end, good until the next call
    bool too_long = false;    // beyond kLongest; the text is empty
  };
  // nullopt at the end. A byte-order mark at the beginning is skipped, "\r\n" ends a line too, empty lines are counted
  // and left out.
  Result<std::optional<Line>> next();
  // Goes on behind a place that place() told earlier. Standard input can only stay where it is.
  struct Place {
    std::int64_t offset = 0;
    std::int64_t line = 0;
  };
  Place place() const { return place_; }
  Result<void> seek(Place place);
  std::int64_t size() const { return file_.size(); }  // bytes; -1 when not known

 private:
  explicit LineFile(InputFile file) : file_(std::move(file)) {}
  Result<bool> fill();

  InputFile file_;
  std::string buffer_;
  std::size_t at_ = 0;
  bool ended_ = false;
  Place place_;
};

// Collects bytes in a file below `folder`; removed by destruction unless kept.
class SpoolFile {
 public:
  static Result<SpoolFile> create(const std::string& folder, const std::string& name);
  SpoolFile(SpoolFile&& other) noexcept;
  SpoolFile& operator=(SpoolFile&&) = delete;
  ~SpoolFile();
  Result<void> write(std::string_view bytes);  // kFull, kUnavailable
  Result<void> finish();                       // everything is with the disk
  void keep() { kept_ = true; }
  const std::string& path() const { return path_; }
  std::int64_t size() const { return size_; }

 private:
  SpoolFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  std::string path_;
  int fd_;
  std::int64_t size_ = 0;
  bool kept_ = false;
};

void remove_file(const std::string& path);

}  // namespace kontor::runtime
