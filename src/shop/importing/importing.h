// Brings products in from files: NDJSON (one a line, docs in API "A product, as imported"), CSV, Shopify's CSV. It
// reads rows as a stream, checks them, and hands them to catalog and inventory in chunks. Repeating an import changes
// nothing twice.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/described.h"
#include "base/id.h"
#include "base/result.h"
#include "ports/db.h"
#include "shop/catalog/catalog.h"
#include "shop/importing/row_source.h"
#include "shop/inventory/inventory.h"

namespace kontor::importing {

struct Report {
  static constexpr std::size_t kKept = 1000;
  std::int64_t created = 0;
  std::int64_t updated = 0;
  std::int64_t failed = 0;     // rows
  std::vector<BadRow> errors;  // the first kKept
  std::optional<JobId> images_job;
  static constexpr auto fields() {
    return described(
        Field("created", &Report::created, "New products"),
        Field("updated", &Report::updated, "Products that were there"),
        Field("failed", &Report::failed, "Rows that were left out"),
        Field("errors", &Report::errors, "What was wrong with them, the first thousand"),
        Field("images_job", &Report::images_job, "The job that collects the pictures, when there are any"));
  }
};

enum class OnError { kStop, kSkip };
constexpr auto enum_names(OnError) {
  return std::array{EnumName<OnError>{OnError::kStop, "stop"}, EnumName<OnError>{OnError::kSkip, "skip"}};
}

// How far an import is; enough to go on with it.
struct Progress {
  std::int64_t offset = 0;
  std::int64_t line = 0;
  bool checked = false;  // the first pass of on_error=stop is done
  Report report;
  static constexpr auto fields() {
    return described(Field("offset", &Progress::offset, "Bytes read"), Field("line", &Progress::line, "Lines read"),
                     Field("checked", &Progress::checked, "Every row was found valid"),
                     Field("report", &Progress::report, "What came of it so far"));
  }
};

struct Options {
  // Rows a write function, fewer of large ones, and stock counts. The default takes a few milliseconds, so that a shop
  // sells on; where nobody else writes, more rows meet on the same pages of the store.
  std::size_t chunk = 40;
  OnError on_error = OnError::kStop;
  bool dry_run = false;  // check only
  int share_pct = 100;   // on a fiber: how much of the time it may work; it rests between chunks for the remainder
  // After each chunk; `passes_left` counts the chunk's pass too. An Error ends the import there (a job that lost its
  // lease).
  std::function<Result<void>(const Progress&)> after_chunk;
  // Each product that was saved, with the images that its row names; may be empty.
  std::function<void(ProductId, const std::vector<std::string>&)> on_saved;
  std::function<void(const BadRow&)> on_bad_row;  // all of them, beyond the report's limit as well; may be empty
};

class Importer {
 public:
  Importer(db::Store& store, Clock& clock, catalog::Catalog& catalog, inventory::Inventory& inventory)
      : store_(store), clock_(clock), catalog_(catalog), inventory_(inventory) {}

  // Reads `source` from progress's place to its end. With on_error=stop and a bad row the report names it and nothing
  // was applied (created and updated are 0). Errors are the store's and the file's; `progress` then says how far it
  // came.
  Result<void> run(RowSource& source, const Options& options, Progress& progress);

 private:
  struct Row;
  struct Known;  // warehouses, sellers, category paths
  struct Pass;   // one reading of the source, which checks or applies
  Result<Known> known();
  Result<void> read_all(Pass& pass, bool apply);
  bool check(Pass& pass, Row& row) const;
  Result<std::vector<catalog::Draft>> drafts_of(Pass& pass, std::vector<Row>& rows);
  Result<void> rehearse_rows(Pass& pass, std::vector<Row>& rows);
  Result<void> apply_rows(Pass& pass, std::vector<Row>& rows);

  db::Store& store_;
  Clock& clock_;
  catalog::Catalog& catalog_;
  inventory::Inventory& inventory_;
};

}  // namespace kontor::importing
