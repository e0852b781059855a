#include "shop/importing/importing.h"

#include <set>
#include <unordered_map>

#include "runtime/fiber.h"
#include "shop/importing/import_row.h"

namespace kontor::importing {
namespace {

// "Electronics\x1fLaptops": paths as keys.
std::string path_key(const std::vector<std::string>& path) {
  std::string key;
  for (const auto& name : path) key += name + '\x1f';
  return key;
}

std::string at(std::string_view prefix, std::size_t index, std::string_view rest) {
  return std::string(prefix) + std::to_string(index) + std::string(rest);
}

}  // namespace

struct Importer::Row {
  std::int64_t line = 0;
  RowProduct product;
};

struct Importer::Known {
  std::map<std::string, WarehouseId, std::less<>> warehouses;
  std::map<std::string, SellerId, std::less<>> sellers;
  std::map<std::string, CategoryId> paths;
  std::unordered_map<std::size_t, std::size_t>
      owners;  // first pass: a sku's hash → its product's, as the file has it so far
};

Result<Importer::Known> Importer::known() {
  Known known;
  TRY(const auto warehouses, inventory_.warehouses());
  for (const auto& warehouse : warehouses) known.warehouses[warehouse.code] = warehouse.id;
  TRY(const auto sellers, catalog_.sellers());
  for (const auto& seller : sellers) known.sellers[seller.code] = seller.id;
  return known;
}

Result<void> Importer::run(runtime::LineFile& file, const Options& options, Progress& progress) {
  TRY(Known facts, known());
  if ((options.on_error == OnError::kStop || options.dry_run) && !progress.checked) {
    progress = Progress{};
    TRY_DO(pass(file, options, facts, progress, false));
    if (options.dry_run || progress.report.failed > 0) return {};
    progress = Progress{};
    progress.checked = true;
    if (options.after_chunk) TRY_DO(options.after_chunk(progress));
  }
  TRY_DO(file.seek({progress.offset, progress.line}));
  return pass(file, options, facts, progress, true);
}

Result<void> Importer::pass(runtime::LineFile& file, const Options& options, Known& known, Progress& progress,
                            bool apply) {
  std::vector<Row> rows;
  const auto end_chunk = [&]() -> Result<void> {
    if (!rows.empty())
      TRY_DO(apply ? apply_rows(rows, options, known, progress) : rehearse_rows(rows, options, known, progress));
    rows.clear();
    progress.offset = file.place().offset;
    progress.line = file.place().line;
    if (options.after_chunk) TRY_DO(options.after_chunk(progress));
    if (runtime::on_fiber()) runtime::yield();  // the shop sells on
    return {};
  };
  std::size_t read = 0;
  while (true) {
    TRY(const auto line, file.next());
    if (!line) break;
    Row row;
    if (check(*line, known, options, progress, row)) rows.push_back(std::move(row));
    if (++read % kChunk == 0) TRY_DO(end_chunk());
  }
  return end_chunk();
}

bool Importer::check(runtime::LineFile::Line line, const Known& known, const Options& options, Progress& progress,
                     Row& row) const {
  std::vector<FieldError> wrong;
  row.line = line.number;
  if (line.too_long) {
    wrong.push_back({"", "too_long", "A row has at most " + std::to_string(runtime::LineFile::kLongest) + " bytes."});
  } else if (auto product = json::read<RowProduct>(line.text); !product) {
    wrong = std::move(product.error().fields);
    if (wrong.empty())
      wrong.push_back({"", std::string(error_info(product.error().code).code), product.error().detail});
  } else {
    row.product = std::move(*product);
    catalog::check_attributes(row.product.attributes.text, "/attributes", wrong);
    std::set<std::pair<std::string_view, std::string_view>> skus;
    for (std::size_t i = 0; i < row.product.offers.size(); ++i) {
      const RowOffer& offer = row.product.offers[i];
      const auto wrong_price = [&](const Money& money) { return money.amount_minor() < 0; };
      if (wrong_price(offer.price))
        wrong.push_back({at("/offers/", i, "/price/amount"), "out_of_range", "A price is not negative."});
      if (offer.list_price && wrong_price(*offer.list_price))
        wrong.push_back({at("/offers/", i, "/list_price/amount"), "out_of_range", "A price is not negative."});
      if (!known.sellers.contains(offer.seller))
        wrong.push_back({at("/offers/", i, "/seller"), "unknown_value", "There is no seller '" + offer.seller + "'."});
      if (!skus.insert({offer.seller, offer.sku}).second)
        wrong.push_back({at("/offers/", i, "/sku"), "taken", "The sku '" + offer.sku + "' stands in this row twice."});
      for (std::size_t k = 0; k < offer.stock.size(); ++k) {
        if (known.warehouses.contains(offer.stock[k].warehouse)) continue;
        wrong.push_back({at("/offers/", i, at("/stock/", k, "/warehouse")), "unknown_value",
                         "There is no warehouse '" + offer.stock[k].warehouse + "'."});
      }
    }
    for (std::size_t i = 0; i < row.product.category_path.size(); ++i) {
      const auto size = row.product.category_path[i].size();
      if (size < 1 || size > 200)
        wrong.push_back({at("/category_path/", i, ""), "too_long", "A category's name has 1 to 200 bytes."});
    }
  }
  if (wrong.empty()) return true;
  ++progress.report.failed;
  for (auto& one : wrong) {
    BadRow bad{line.number, std::move(one.field), std::move(one.code), std::move(one.message)};
    if (options.on_bad_row) options.on_bad_row(bad);
    if (progress.report.errors.size() < Report::kKept) progress.report.errors.push_back(std::move(bad));
  }
  return false;
}

namespace {

catalog::Draft draft_of(RowProduct& row, CategoryId category,
                        const std::map<std::string, SellerId, std::less<>>& sellers) {
  catalog::Draft draft;
  catalog::Product& product = draft.product;
  product.external_id = row.external_id;
  product.title = std::move(row.title);
  product.description = std::move(row.description);
  product.brand = std::move(row.brand);
  product.category = category;
  product.attributes_json = std::move(row.attributes.text);
  product.images = std::move(row.images);
  product.gtin = std::move(row.gtin);
  product.status = row.status;
  product.weight_g = row.weight_g;
  product.dimensions_mm = std::move(row.dimensions_mm);
  product.tax_class = std::move(row.tax_class);
  product.returnable = row.returnable;
  product.translations_json = std::move(row.translations.text);
  product.rating = row.rating;
  product.review_count = row.review_count;
  for (const RowOffer& from : row.offers) {
    catalog::Offer offer;
    offer.seller = sellers.find(from.seller)->second;
    offer.sku = from.sku;
    offer.condition = from.condition;
    offer.options = from.options;
    offer.price = from.price;
    offer.list_price = from.list_price;
    offer.purchase_limit = from.purchase_limit;
    offer.backorder = from.backorder;
    product.offers.push_back(std::move(offer));
  }
  return draft;
}

void report_refusal(std::int64_t line, const Error& error, const Options& options, Progress& progress) {
  ++progress.report.failed;
  BadRow bad{line, error.fields.empty() ? "" : error.fields[0].field,
             error.fields.empty() ? std::string(error_info(error.code).code) : error.fields[0].code, error.detail};
  if (options.on_bad_row) options.on_bad_row(bad);
  if (progress.report.errors.size() < Report::kKept) progress.report.errors.push_back(std::move(bad));
}

}  // namespace

// What only the store, or an earlier row of the file, can tell: a sku that belongs to another product.
Result<void> Importer::rehearse_rows(std::vector<Row>& rows, const Options& options, Known& known, Progress& progress) {
  std::vector<catalog::Draft> drafts;
  std::vector<std::optional<Error>> refused(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t product = std::hash<std::string>{}(rows[i].product.external_id);
    for (std::size_t k = 0; k < rows[i].product.offers.size(); ++k) {
      const RowOffer& offer = rows[i].product.offers[k];
      const auto [owner, first] =
          known.owners.emplace(std::hash<std::string>{}(offer.seller + '\x1f' + offer.sku), product);
      if (first || owner->second == product) continue;
      refused[i] =
          invalid("catalog.sku_taken", at("/offers/", k, "/sku"), "taken", "An earlier product has this sku.").value();
    }
    drafts.push_back(draft_of(rows[i].product, CategoryId{}, known.sellers));
  }
  TRY(const auto told, catalog_.rehearse(drafts));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::optional<Error>& error = told[i].refused ? told[i].refused : refused[i];
    if (error) report_refusal(rows[i].line, *error, options, progress);
  }
  return {};
}

Result<void> Importer::apply_rows(std::vector<Row>& rows, const Options& options, Known& known, Progress& progress) {
  std::vector<std::vector<std::string>> fresh;
  std::set<std::string> asked;
  for (const Row& row : rows) {
    const auto key = path_key(row.product.category_path);
    if (!row.product.category_path.empty() && !known.paths.contains(key) && asked.insert(key).second)
      fresh.push_back(row.product.category_path);
  }
  if (!fresh.empty()) {
    TRY(const auto ids, catalog_.ensure_paths(fresh));
    for (std::size_t i = 0; i < fresh.size(); ++i) known.paths[path_key(fresh[i])] = ids[i];
  }
  std::vector<catalog::Draft> drafts;
  for (Row& row : rows) {
    const auto category =
        row.product.category_path.empty() ? CategoryId{} : known.paths[path_key(row.product.category_path)];
    drafts.push_back(draft_of(row.product, category, known.sellers));
  }
  TRY(const auto saved, catalog_.save(drafts));
  std::vector<inventory::StockSetting> settings;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (saved[i].refused) {
      report_refusal(rows[i].line, *saved[i].refused, options, progress);
      continue;
    }
    ++(saved[i].created ? progress.report.created : progress.report.updated);
    if (options.on_saved) options.on_saved(saved[i].product, drafts[i].product.images);
    for (std::size_t k = 0; k < rows[i].product.offers.size(); ++k)
      for (const RowStock& stock : rows[i].product.offers[k].stock)
        settings.push_back({saved[i].offers[k], known.warehouses.find(stock.warehouse)->second, stock.on_hand});
  }
  if (settings.empty()) return {};
  const Time now = clock_.now();
  return store_.write(db::Home::kStock,
                      [&](db::Tx& tx) { return inventory_.set_on_hand_many(tx, settings, "import", now); });
}

}  // namespace kontor::importing
