#include "app/demo.h"

#include "app/demo_products.h"
#include "runtime/line_file.h"

namespace kontor::app {

Result<int> fill_with_demo(Shop& shop, const std::string& folder) {
  TRY(const auto some, shop.catalog.ids_after(ProductId{}, 1));
  if (!some.empty()) return 0;
  TRY(auto spool, runtime::SpoolFile::create(folder + "/spool", "demo.ndjson"));
  TRY_DO(spool.write(kDemoProducts));
  TRY(const auto rows, importing::open_rows(spool.path(), {}));
  importing::Progress progress;
  TRY_DO(shop.importer.run(*rows, {}, progress));
  KONTOR_ASSERT(progress.report.failed == 0);
  return static_cast<int>(progress.report.created);
}

}  // namespace kontor::app
