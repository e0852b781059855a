// Connections that a crash of the simulated computer cut off, kept for the next life on the same disk. A crash leaves
// the schema as it was, and reading it and preparing every statement again is half of what a life costs; so a spare
// keeps both, and gets new files: nothing else of the old ones is left in it. Its log is recovered and the pages are
// read from the disk as after any opening, and the text of the schema is compared with what was read when it was new.
// Used by one thread; outlives the connections that it is told to.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/result.h"

namespace kontor::db_sqlite {

class FaultDisk;
struct Opened;

class Spares {
 public:
  explicit Spares(FaultDisk& disk);
  ~Spares();
  Spares(const Spares&) = delete;
  Spares& operator=(const Spares&) = delete;

  // One of each kind that was ever kept is here.
  bool complete() const;
  // A connection was opened without one: reads the schema that it is a spare for.
  Result<void> note(const std::string& path, Opened& opened);
  // Null: there is none, and the file is to be opened. The Error is the disk's.
  Result<std::unique_ptr<Opened>> take(const std::string& path, bool query_only);
  // Of a connection that goes: keeps it if a crash has cut it off and it may be used again, and closes it otherwise.
  void keep(const std::string& path, bool query_only, std::unique_ptr<Opened> opened);

 private:
  FaultDisk& disk_;
  std::map<std::string, std::unique_ptr<Opened>, std::less<>> kinds_;  // null while a life has it
};

}  // namespace kontor::db_sqlite
