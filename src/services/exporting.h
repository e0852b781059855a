// Exports: everything of one kind, as a stream of NDJSON or CSV, for other programs. A module says what its pieces are;
// the API (GET /admin/export/…, admin only) and the command line hand them on. Pieces are read page by page in the
// order of ids, each page a snapshot of its own, so that the shop sells on and memory stays bounded however much there
// is.
#pragma once
#include <array>
#include <functional>
#include <string>

#include "base/described.h"
#include "base/result.h"
#include "runtime/http.h"
#include "services/shopper.h"

namespace kontor::services {

enum class ExportFormat { kNdjson, kCsv };
constexpr auto enum_names(ExportFormat) {
  return std::array{EnumName<ExportFormat>{ExportFormat::kNdjson, "ndjson"},
                    EnumName<ExportFormat>{ExportFormat::kCsv, "csv"}};
}

// The next piece of whole lines; an empty one is the end.
using ExportPieces = std::function<Result<std::string>()>;
using Export = std::function<ExportPieces(ExportFormat)>;

// GET /admin/export/{what}?format=
void add_export_route(http::Router& router, const std::string& what, Export what_is, const Shoppers& shoppers);

}  // namespace kontor::services
