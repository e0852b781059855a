// The index on the disk, so that a start need not read the catalogue. A file is replaced whole or not at all; each part
// of it carries a checksum, and a file that is damaged anywhere, cut, or of another version is refused, never served.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/search_embedded/dictionary.h"
#include "adapters/search_embedded/generation.h"
#include "base/result.h"

namespace kontor::search_embedded {

// Sizes of what only grows, taken at the moment of the generation that is written with it.
struct DictionarySizes {
  explicit DictionarySizes(const Dictionary& dictionary);
  std::uint32_t terms, stems, words, brands, categories, sellers, attribute_names, values, currencies;
};

// `position` is the caller's: up to where of the event log the index has followed. kUnavailable "search.cannot_write".
Result<void> write_snapshot(const std::string& path, const Dictionary& dictionary, const DictionarySizes& sizes,
                            const Generation& generation, std::string_view position);

struct Restored {
  std::vector<Part> parts;  // without boosts
  std::string position;
};
// Into an empty dictionary. kNotFound "search.no_snapshot"; kMalformed "search.snapshot_damaged": the dictionary may
// then be filled in part, and is of no use.
Result<Restored> read_snapshot(const std::string& path, Dictionary& dictionary);

}  // namespace kontor::search_embedded
