// The bytes of a file or of standard input, read forward in pieces. Blocking, of the local disk.
#pragma once
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "base/result.h"

namespace kontor::runtime {

class InputFile {
 public:
  static constexpr std::size_t kPiece = 256 * 1024;  // what readers ask for at once

  // "-" is standard input. kUnavailable "runtime.cannot_read" with the path and the system's word.
  static Result<InputFile> open(const std::string& path);

  // Appends at most `most` bytes; how many, 0 at the end.
  Result<std::size_t> read(std::string& into, std::size_t most);
  // Reads on from there. Standard input cannot go back.
  Result<void> seek(std::int64_t offset);
  std::int64_t size() const { return size_; }  // bytes; -1 when not known

 private:
  struct Close {
    void operator()(std::FILE* file) const {
      if (file != stdin) std::fclose(file);
    }
  };
  explicit InputFile(std::FILE* file) : file_(file) {}

  std::unique_ptr<std::FILE, Close> file_;
  std::int64_t size_ = -1;
};

}  // namespace kontor::runtime
