#include "shop/importing/importing.h"

#include <set>
#include <unordered_map>

#include "base/gtin.h"
#include "base/text.h"
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

// How much of a chunk a product is: its rows in the store, about.
std::size_t weight_of(const RowProduct& product) {
  std::size_t stock = 0;
  for (const RowOffer& offer : product.offers) stock += offer.stock.size();
  return 1 + product.offers.size() + stock + (product.description.size() + product.attributes.text.size()) / 1024;
}

// Rests in proportion to the work, which lasts the longer the more the shop has to do. The clock counts milliseconds
// and a chunk lasts few of them: what is owed adds up.
class Rest {
 public:
  Rest(Clock& clock, int share_pct) : clock_(clock), share_pct_(share_pct), began_(clock.now()) {}
  void take() {
    owed_ += (clock_.now().ms - began_.ms) * (100 - share_pct_);
    const std::int64_t rest_ms = owed_ / share_pct_;
    owed_ -= rest_ms * share_pct_;
    if (rest_ms > 0)
      runtime::sleep_for(rest_ms);
    else
      runtime::yield();
    began_ = clock_.now();
  }

 private:
  Clock& clock_;
  int share_pct_;
  Time began_;
  std::int64_t owed_ = 0;  // milliseconds times share_pct_
};

constexpr std::size_t kRowWeight =
    4;  // a chunk ends where its rows weigh as much each, or one of large products would last long

}  // namespace

struct Importer::Row {
  SourceRow source;
  RowProduct product;
};

struct Importer::Known {
  std::map<std::string, WarehouseId, std::less<>> warehouses;
  std::map<std::string, SellerId, std::less<>> sellers;
  std::map<std::string, CategoryId> paths;
  std::unordered_map<std::size_t, std::size_t>
      owners;  // first pass: a sku's hash → its product's, as the file has it so far
  std::shared_ptr<const catalog::AttributeTable> attributes;  // what categories say of them
};

struct Importer::Pass {
  RowSource& source;
  const Options& options;
  Known& known;
  Progress& progress;

  // A row is left out: where its file has the members that are wrong, by line and by the file's own names.
  void refuse(const SourceRow& row, std::vector<FieldError> wrong) const {
    std::vector<BadRow> bad = row.wrong;
    for (FieldError& one : wrong)
      bad.push_back({line_of(row, one.field), source.name_of(one.field), std::move(one.code), std::move(one.message)});
    ++progress.report.failed;
    for (BadRow& one : bad) {
      if (options.on_bad_row) options.on_bad_row(one);
      if (progress.report.errors.size() < Report::kKept) progress.report.errors.push_back(std::move(one));
    }
  }
  void refuse(const SourceRow& row, const Error& error) const {
    if (!error.fields.empty()) return refuse(row, {{error.fields[0].field, error.fields[0].code, error.detail}});
    refuse(row, {{"", std::string(error_info(error.code).code), error.detail}});
  }

 private:
  static std::int64_t line_of(const SourceRow& row, std::string_view pointer) {
    constexpr std::string_view kOffers = "/offers/";
    if (!pointer.starts_with(kOffers)) return row.line;
    std::size_t offer = 0;
    for (const char c : pointer.substr(kOffers.size(), 6)) {
      if (c < '0' || c > '9') break;
      offer = offer * 10 + static_cast<std::size_t>(c - '0');
    }
    return offer < row.offer_lines.size() ? row.offer_lines[offer] : row.line;
  }
};

Result<Importer::Known> Importer::known() {
  Known known;
  TRY(const auto warehouses, inventory_.warehouses());
  for (const auto& warehouse : warehouses) known.warehouses[warehouse.code] = warehouse.id;
  TRY(const auto sellers, catalog_.sellers());
  for (const auto& seller : sellers) known.sellers[seller.code] = seller.id;
  TRY(known.attributes, catalog_.definitions().table());
  return known;
}

Result<void> Importer::run(RowSource& source, const Options& options, Progress& progress) {
  TRY(Known facts, known());
  Pass pass{source, options, facts, progress};
  if ((options.on_error == OnError::kStop || options.dry_run) && !progress.checked) {
    progress = Progress{};
    TRY_DO(read_all(pass, false));
    if (options.dry_run || progress.report.failed > 0) return {};
    std::unordered_map<std::size_t, std::size_t>().swap(facts.owners);  // some hundred megabytes for a million products
    progress = Progress{};
    progress.checked = true;
    if (options.after_chunk) TRY_DO(options.after_chunk(progress));
  }
  TRY_DO(source.seek({progress.offset, progress.line}));
  return read_all(pass, true);
}

Result<void> Importer::read_all(Pass& pass, bool apply) {
  std::vector<Row> rows;
  Rest rest(clock_, pass.options.share_pct);
  const auto end_chunk = [&]() -> Result<void> {
    if (!rows.empty()) TRY_DO(apply ? apply_rows(pass, rows) : rehearse_rows(pass, rows));
    rows.clear();
    pass.progress.offset = pass.source.place().offset;
    pass.progress.line = pass.source.place().line;
    if (pass.options.after_chunk) TRY_DO(pass.options.after_chunk(pass.progress));
    if (runtime::on_fiber()) rest.take();  // the shop sells on
    return {};
  };
  std::size_t read = 0;
  std::size_t weight = 0;
  while (true) {
    Row row;
    TRY(const bool more, pass.source.next(row.source));
    if (!more) break;
    if (check(pass, row)) {
      weight += weight_of(row.product);
      rows.push_back(std::move(row));
    }
    if (++read % pass.options.chunk != 0 && weight < pass.options.chunk * kRowWeight) continue;
    TRY_DO(end_chunk());
    weight = 0;
  }
  return end_chunk();
}

bool Importer::check(Pass& pass, Row& row) const {
  const Known& known = pass.known;
  std::vector<FieldError> wrong;
  if (!row.source.wrong.empty()) {
    pass.refuse(row.source, std::vector<FieldError>{});
    return false;
  }
  if (auto product = json::read<RowProduct>(row.source.text); !product) {
    wrong = std::move(product.error().fields);
    if (wrong.empty())
      wrong.push_back({"", std::string(error_info(product.error().code).code), product.error().detail});
  } else {
    row.product = std::move(*product);
    catalog::check_attributes(row.product.attributes.text, "/attributes", wrong);
    catalog::check_gtin(plain_gtin(row.product.gtin), wrong);
    catalog::check_translations(row.product.translations.text, "/translations", wrong);
    if (const auto* defined = known.attributes->of_path(row.product.category_path))
      defined->check(row.product.attributes.text, row.product.status == catalog::ProductStatus::kActive, "/attributes",
                     wrong);
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
  row.source.text = {};
  if (wrong.empty()) return true;
  pass.refuse(row.source, std::move(wrong));
  return false;
}

namespace {

catalog::Draft draft_of(RowProduct& row, CategoryId category,
                        const std::map<std::string, SellerId, std::less<>>& sellers) {
  catalog::Draft draft;
  catalog::Product& product = draft.product;
  product.external_id = row.external_id;
  product.slug = slugify(row.slug);
  draft.slug_is_wish = true;
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
    offer.active = from.active;
    offer.min_quantity = from.min_quantity;
    offer.quantity_step = from.quantity_step;
    product.offers.push_back(std::move(offer));
  }
  return draft;
}

}  // namespace

// The rows' categories are made where they are missing, but for a rehearsal, which does without. A row that bears the
// id of a product without a key of its own, as an export writes it, means that product.
Result<std::vector<catalog::Draft>> Importer::drafts_of(Pass& pass, std::vector<Row>& rows) {
  std::vector<ProductId> named;
  for (const Row& row : rows)
    if (const auto id = ProductId::parse(row.product.external_id)) named.push_back(*id);
  std::set<ProductId> keyless;
  TRY(const auto products, catalog_.products(named));
  for (const auto& product : products)
    if (product.external_id.empty()) keyless.insert(product.id);
  std::vector<catalog::Draft> drafts;
  for (Row& row : rows) {
    const auto path = pass.known.paths.find(path_key(row.product.category_path));
    const bool placed = path != pass.known.paths.end() && !row.product.category_path.empty();
    drafts.push_back(draft_of(row.product, placed ? path->second : CategoryId{}, pass.known.sellers));
    const auto id = ProductId::parse(row.product.external_id);
    if (!id || !keyless.contains(*id)) continue;
    drafts.back().product.id = *id;
    drafts.back().product.external_id.clear();
  }
  return drafts;
}

// What only the store, or an earlier row of the file, can tell: a sku that belongs to another product.
Result<void> Importer::rehearse_rows(Pass& pass, std::vector<Row>& rows) {
  std::vector<std::optional<Error>> refused(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t product = std::hash<std::string>{}(rows[i].product.external_id);
    for (std::size_t k = 0; k < rows[i].product.offers.size(); ++k) {
      const RowOffer& offer = rows[i].product.offers[k];
      const auto [owner, first] =
          pass.known.owners.emplace(std::hash<std::string>{}(offer.seller + '\x1f' + offer.sku), product);
      if (first || owner->second == product) continue;
      refused[i] =
          invalid("catalog.sku_taken", at("/offers/", k, "/sku"), "taken", "An earlier product has this sku.").value();
    }
  }
  TRY(auto drafts, drafts_of(pass, rows));
  TRY(const auto told, catalog_.rehearse(drafts));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::optional<Error>& error = told[i].refused ? told[i].refused : refused[i];
    if (error) pass.refuse(rows[i].source, *error);
  }
  return {};
}

Result<void> Importer::apply_rows(Pass& pass, std::vector<Row>& rows) {
  Known& known = pass.known;
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
  TRY(auto drafts, drafts_of(pass, rows));
  TRY(const auto saved, catalog_.save(drafts));
  std::vector<inventory::StockSetting> settings;
  Report& report = pass.progress.report;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (saved[i].refused) {
      pass.refuse(rows[i].source, *saved[i].refused);
      continue;
    }
    ++(saved[i].created ? report.created : report.updated);
    if (pass.options.on_saved) pass.options.on_saved(saved[i].product, drafts[i].product.images);
    for (std::size_t k = 0; k < rows[i].product.offers.size(); ++k)
      for (const RowStock& stock : rows[i].product.offers[k].stock)
        settings.push_back({saved[i].offers[k], known.warehouses.find(stock.warehouse)->second, stock.on_hand});
  }
  const Time now = clock_.now();
  for (std::size_t from = 0; from < settings.size(); from += pass.options.chunk) {
    const auto some = std::span(settings).subspan(from, std::min(pass.options.chunk, settings.size() - from));
    TRY_DO(store_.write(db::Home::kStock,
                        [&](db::Tx& tx) { return inventory_.set_on_hand_many(tx, some, "import", now); }));
  }
  return {};
}

}  // namespace kontor::importing
