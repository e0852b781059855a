// Where the search index of a running program comes from.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ports/search_index.h"
#include "runtime/fiber.h"

namespace kontor::app {

// In the data folder; made anew from the store where it is missing, so that backups leave it out.
inline constexpr std::string_view kIndexFile = "search.index";

// The search index, and where it is kept over a restart.
struct IndexWorld {
  search_index::Index* index = nullptr;  // null: nothing is searched (commands, the simulator)
  std::string position = {};             // as save() was told when the file was written from which it was read; or ""
  std::function<Result<void>(std::string_view position)> save = {};
  runtime::Workers* searchers = nullptr;  // may be null
};

}  // namespace kontor::app
