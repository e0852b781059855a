// The same products and questions for a whole shop: rows for `kontor import`, and what its pages are asked.
#pragma once
#include <cstdint>
#include <string>

namespace kontor::search_bench {

// Writes `products.ndjson`, `questions.txt` and `beginnings.txt` (what is typed for suggestions), a line each, into the
// folder. False when it cannot be written.
bool write_shop_rows(const std::string& folder, std::int64_t products, std::size_t questions);

}  // namespace kontor::search_bench
