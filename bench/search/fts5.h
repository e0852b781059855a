// The floor: the same products in SQLite's FTS5, the same questions, with grouped facets and the best twenty.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "ports/search_index.h"

namespace kontor::search_bench {

class Fts5 {
 public:
  Fts5();
  ~Fts5();
  Fts5(const Fts5&) = delete;
  Fts5& operator=(const Fts5&) = delete;
  void add(const search_index::Document& document);
  void finish();
  // Answers how many rows came.
  std::int64_t ask(const std::string& text);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kontor::search_bench
