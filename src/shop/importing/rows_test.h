// For tests of row sources: what a file's rows come to.
#pragma once
#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/json.h"
#include "shop/importing/import_row.h"
#include "shop/importing/row_source.h"

namespace kontor::importing {

struct TestFile {
  std::string path = "/tmp/kontor-rows-" + std::to_string(::getpid()) + ".csv";
  explicit TestFile(std::string_view bytes) { std::ofstream(path, std::ios::binary) << bytes; }
  ~TestFile() { ::unlink(path.c_str()); }
};

struct Outcome {
  std::vector<RowProduct> good;
  std::string wrong;  // "line|field|code " of everything
};

inline Outcome read_rows(const std::string& text, const Reading& reading) {
  const TestFile file(text);
  const auto rows = open_rows(file.path, reading);
  REQUIRE_MESSAGE(rows, rows.error().detail);
  Outcome out;
  SourceRow row;
  while (true) {
    const auto more = (*rows)->next(row);
    REQUIRE(more);
    if (!*more) return out;
    for (const auto& bad : row.wrong) out.wrong += std::to_string(bad.line) + "|" + bad.field + "|" + bad.code + " ";
    if (!row.wrong.empty()) continue;
    auto product = json::read<RowProduct>(row.text);
    REQUIRE_MESSAGE(product, row.text);
    out.good.push_back(std::move(*product));
  }
}

}  // namespace kontor::importing
