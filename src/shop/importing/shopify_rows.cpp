#include "shop/importing/shopify_rows.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/gtin.h"
#include "base/money_text.h"
#include "base/plain_text.h"
#include "base/text.h"
#include "runtime/json.h"

namespace kontor::importing {
namespace {

// Shopify keeps any text as a barcode. What has as many digits as a GTIN is one, and named when its check digit is
// wrong; anything else is the shop's own and left out.
bool is_meant_as_gtin(std::string_view barcode) {
  const std::string plain = plain_gtin(barcode);
  const bool as_long = plain.size() == 8 || (plain.size() >= 12 && plain.size() <= 14);
  return as_long && plain.find_first_not_of("0123456789") == std::string::npos;
}

struct ColumnName {
  ShopifyRows::Column column;
  std::string_view first, second;  // of the two generations, in lower case
};
// From the templates that Shopify gives out: the one until 2024, and the one since.
constexpr ColumnName kNames[] = {
    {ShopifyRows::kHandle, "handle", "url handle"},
    {ShopifyRows::kTitle, "title", "title"},
    {ShopifyRows::kBody, "body (html)", "description"},
    {ShopifyRows::kVendor, "vendor", "vendor"},
    {ShopifyRows::kCategory, "product category", "product category"},
    {ShopifyRows::kType, "type", "type"},
    {ShopifyRows::kTags, "tags", "tags"},
    {ShopifyRows::kPublished, "published", "published on online store"},
    {ShopifyRows::kStatus, "status", "status"},
    {ShopifyRows::kOptionName1, "option1 name", "option1 name"},
    {ShopifyRows::kOptionName2, "option2 name", "option2 name"},
    {ShopifyRows::kOptionName3, "option3 name", "option3 name"},
    {ShopifyRows::kOptionValue1, "option1 value", "option1 value"},
    {ShopifyRows::kOptionValue2, "option2 value", "option2 value"},
    {ShopifyRows::kOptionValue3, "option3 value", "option3 value"},
    {ShopifyRows::kSku, "variant sku", "sku"},
    {ShopifyRows::kBarcode, "variant barcode", "barcode"},
    {ShopifyRows::kGrams, "variant grams", "weight value (grams)"},
    {ShopifyRows::kTracker, "variant inventory tracker", "inventory tracker"},
    {ShopifyRows::kQuantity, "variant inventory qty", "inventory quantity"},
    {ShopifyRows::kPolicy, "variant inventory policy", "continue selling when out of stock"},
    {ShopifyRows::kPrice, "variant price", "price"},
    {ShopifyRows::kCompareAt, "variant compare at price", "compare-at price"},
    {ShopifyRows::kImage, "image src", "product image url"},
    {ShopifyRows::kImagePosition, "image position", "image position"},
    {ShopifyRows::kVariantImage, "variant image", "variant image url"}};

constexpr std::string_view kUnlimited = "1000000000";
constexpr std::size_t kMostImages = 50;  // what a product has at most; Shopify has more
constexpr std::size_t kMostTags = 50;

std::optional<bool> truth_of(std::string_view text) {
  if (iequals_ascii(text, "true") || iequals_ascii(text, "yes")) return true;
  if (iequals_ascii(text, "false") || iequals_ascii(text, "no")) return false;
  return std::nullopt;
}

// "1200", "1200.0", "0.4": whole units, rounded up; nothing for anything else.
std::optional<std::int64_t> whole_of(std::string_view text) {
  const bool minus = text.starts_with('-');
  if (minus) text.remove_prefix(1);
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  const auto rest = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (whole.empty() || whole.size() > 15 || !std::all_of(whole.begin(), whole.end(), is_digit) ||
      !std::all_of(rest.begin(), rest.end(), is_digit))
    return std::nullopt;
  std::int64_t value = 0;
  for (const char c : whole) value = value * 10 + (c - '0');
  if (rest.find_first_not_of('0') != std::string_view::npos) ++value;
  return minus ? -value : value;
}

std::vector<std::string> parts_of(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (const auto part : split(text, separator))
    if (const auto word = trim(part); !word.empty()) parts.emplace_back(word);
  return parts;
}

// "Fabric (product.metafields.shopify.fabric)" → "Fabric"
std::string metafield_name(std::string_view column) {
  const auto begin = column.find(" (product.metafields.");
  return begin == std::string_view::npos || begin == 0 || !column.ends_with(')') ? ""
                                                                                 : std::string(column.substr(0, begin));
}

}  // namespace

Result<std::unique_ptr<RowSource>> ShopifyRows::open(CsvTable table, Currency currency) {
  Places places;
  std::vector<Extra> extras;
  const auto& columns = table.columns();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string lower = ascii_lower(columns[i]);
    for (const ColumnName& known : kNames) {
      if (lower != known.first && lower != known.second) continue;
      if (places[known.column])
        return fail(table.bad_header(columns[i], "duplicate",
                                     "The columns " + quoted(columns[*places[known.column]]) + " and " +
                                         quoted(columns[i]) + " are the same of the two generations."));
      places[known.column] = i;
    }
    if (std::string name = metafield_name(columns[i]); !name.empty()) extras.push_back({i, std::move(name)});
  }
  const auto needs = [&](Column column, const std::string& words) -> Result<void> {
    if (places[column]) return {};
    return fail(table.bad_header(words, "required", "A Shopify product export has a column " + words + "."));
  };
  TRY_DO(needs(kHandle, "'Handle' (or 'URL handle')"));
  TRY_DO(needs(kTitle, "'Title'"));
  TRY_DO(needs(kPrice, "'Variant Price' (or 'Price')"));
  return std::unique_ptr<RowSource>(new ShopifyRows(std::move(table), places, std::move(extras), currency));
}

std::string ShopifyRows::column_name(Column column) const {
  return places_[column] ? table().columns()[*places_[column]] : "";
}

std::string ShopifyRows::name_of(std::string_view pointer) const {
  struct Place {
    std::string_view name;
    Column column;
  };
  static constexpr Place kOfOffers[] = {{"/sku", kSku},        {"/price", kPrice},      {"/list_price", kCompareAt},
                                        {"/stock", kQuantity}, {"/backorder", kPolicy}, {"/options", kOptionValue1}};
  static constexpr Place kOfProduct[] = {{"/external_id", kHandle},   {"/slug", kHandle},         {"/title", kTitle},
                                         {"/description", kBody},     {"/brand", kVendor},        {"/images", kImage},
                                         {"/gtin", kBarcode},         {"/weight_g", kGrams},      {"/status", kStatus},
                                         {"/attributes/tags", kTags}, {"/attributes/type", kType}};
  const auto named = [&](std::string_view rest, const auto& places) {
    for (const Place& place : places)
      if (rest.starts_with(place.name)) return column_name(place.column);
    return std::string();
  };
  std::string name;
  if (pointer.starts_with("/category_path"))
    name = column_name(places_[kCategory] ? kCategory : kType);
  else if (pointer.starts_with("/offers/"))
    name = named(pointer.substr(std::min(pointer.size(), pointer.find('/', 8))), kOfOffers);
  else
    name = named(pointer, kOfProduct);
  for (const Extra& extra : extras_)
    if (pointer == "/attributes/" + extra.name) name = table().columns()[extra.column];
  return name.empty() ? std::string(pointer) : name;
}

// One product in the making.
struct ShopifyRows::Making {
  const ShopifyRows& rows;
  const std::vector<KeptLine>& lines;
  SourceRow& row;

  std::string_view cell(const KeptLine& line, Column column) const {
    return rows.places_[column] ? trim(line.cell(*rows.places_[column])) : std::string_view();
  }
  // What the first line says: Shopify fills a product's columns there.
  std::string_view product(Column column) const { return cell(lines[0], column); }

  void wrong(const KeptLine& line, Column column, std::string code, std::string message) const {
    row.wrong.push_back({line.line(), rows.column_name(column), std::move(code), std::move(message)});
  }

  std::optional<Money> amount(const KeptLine& line, Column column) const {
    const auto text = cell(line, column);
    const auto money = parse_amount(text, rows.currency_);
    if (!money)
      wrong(line, column, "bad_format",
            quoted(text) + " is no amount in " + std::string(rows.currency_.code()) + ". It is written like " +
                amount_text(Money::minor(129'950, rows.currency_)) + ".");
    return money;
  }

  // A line of a picture alone has no variant.
  bool has_variant(const KeptLine& line) const {
    return !cell(line, kPrice).empty() || !cell(line, kSku).empty() || !cell(line, kOptionValue1).empty();
  }

  std::vector<std::string> category_path() const {
    const auto category = product(kCategory);
    const bool number = !category.empty() && std::all_of(category.begin(), category.end(), is_digit);
    if (!category.empty() && !number) return parts_of(category, '>');
    return product(kType).empty() ? std::vector<std::string>{} : std::vector<std::string>{std::string(product(kType))};
  }

  std::string attributes() const {
    std::string out;
    RowJson members(out);
    std::set<std::string> names;
    auto tags = parts_of(product(kTags), ',');
    if (tags.size() > kMostTags) tags.resize(kMostTags);
    if (!tags.empty()) members.raw("tags", json_list(tags));
    names.insert("tags");
    if (!product(kType).empty() && category_path() != std::vector<std::string>{std::string(product(kType))})
      members.text("type", product(kType));
    names.insert("type");
    for (const Extra& extra : rows.extras_) {
      const auto value = trim(lines[0].cell(extra.column));
      if (value.empty() || !names.insert(extra.name).second) continue;
      const auto parts = parts_of(value, ';');
      if (parts.size() > 1)
        members.raw(extra.name, json_list(parts));
      else
        members.text(extra.name, value);
    }
    members.end();
    return out;
  }

  std::string images() const {
    std::vector<std::pair<std::int64_t, std::string>> placed;
    for (const KeptLine& line : lines) {
      if (cell(line, kImage).empty()) continue;
      const auto position = whole_of(cell(line, kImagePosition));
      placed.emplace_back(position.value_or(1'000'000), cell(line, kImage));
    }
    std::stable_sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const KeptLine& line : lines) placed.emplace_back(0, cell(line, kVariantImage));
    std::vector<std::string> out;
    for (auto& [position, image] : placed)
      if (!image.empty() && out.size() < kMostImages && std::find(out.begin(), out.end(), image) == out.end())
        out.push_back(std::move(image));
    return json_list(out);
  }

  // active, draft, archived or unlisted, and whether it is published at all.
  std::string status() const {
    const std::string status = ascii_lower(product(kStatus));
    const auto published = truth_of(product(kPublished));
    if (!product(kPublished).empty() && !published)
      wrong(lines[0], kPublished, "bad_format", quoted(product(kPublished)) + " is neither TRUE nor FALSE.");
    if (status == "archived") return "discontinued";
    if (status == "draft") return "draft";
    if (status == "unlisted") return "inactive";
    if (status != "active" && !status.empty())
      wrong(lines[0], kStatus, "bad_format", quoted(status) + " is no status: active, draft, archived or unlisted.");
    return published.value_or(true) ? "active" : "inactive";
  }

  std::string options(const KeptLine& line, std::string& words) const {
    std::string out;
    RowJson members(out);
    std::set<std::string_view> names;
    for (int i = 0; i < 3; ++i) {
      const auto name = product(static_cast<Column>(kOptionName1 + i));
      const auto value = cell(line, static_cast<Column>(kOptionValue1 + i));
      if (value.empty() || (name == "Title" && value == "Default Title")) continue;
      const std::string_view fallback =
          std::array<std::string_view, 3>{"option1", "option2", "option3"}[static_cast<std::size_t>(i)];
      const auto chosen = name.empty() || names.contains(name) ? fallback : name;
      names.insert(chosen);
      members.text(chosen, value);
      words += (words.empty() ? "" : " ") + std::string(value);
    }
    members.end();
    return out;
  }

  std::string stock_and_backorder(const KeptLine& line) const {
    const auto policy = ascii_lower(cell(line, kPolicy));
    const bool continues = policy == "continue" || truth_of(policy).value_or(false);
    if (!policy.empty() && policy != "continue" && policy != "deny" && !truth_of(policy))
      wrong(line, kPolicy, "bad_format", quoted(policy) + " is neither deny nor continue (or FALSE, TRUE).");
    const bool tracked = !cell(line, kTracker).empty() || !rows.places_[kTracker];
    std::string out = ",\"backorder\":" + std::string(continues || !tracked ? kUnlimited : "0");
    const auto text = cell(line, kQuantity);
    if (text.empty() || !tracked) return out;
    const auto quantity = whole_of(text);
    if (!quantity) {
      wrong(line, kQuantity, "wrong_type", quoted(text) + " is no whole number such as 12.");
      return out;
    }
    // Shopify counts what it owes below zero; nothing lies there then.
    const auto on_hand = std::to_string(std::max<std::int64_t>(*quantity, 0));
    return out + ",\"stock\":[{\"warehouse\":\"main\",\"on_hand\":" + on_hand + "}]";
  }

  std::string offer(const KeptLine& line) const {
    std::string words;
    const std::string chosen = options(line, words);
    const auto handle = product(kHandle);
    std::string sku(cell(line, kSku));
    if (sku.empty()) sku = std::string(handle) + (words.empty() ? "" : "-" + slugify(words));
    std::string out = "{\"sku\":" + json_text(sku) + ",\"options\":" + chosen;
    const auto price = amount(line, kPrice);
    if (price) out += ",\"price\":" + json::print(*price);
    if (!cell(line, kCompareAt).empty()) {
      const auto list = amount(line, kCompareAt);
      if (list && price && *list > *price) out += ",\"list_price\":" + json::print(*list);
    }
    return out + stock_and_backorder(line) + "}";
  }
};

void ShopifyRows::make(const std::vector<KeptLine>& lines, SourceRow& row) const {
  const Making making{*this, lines, row};
  const auto handle = making.product(kHandle);
  RowJson out(row.text);
  out.text("external_id", handle);
  if (const auto slug = slugify(handle); !slug.empty()) out.text("slug", slug);
  if (making.product(kTitle).empty())
    making.wrong(lines[0], kTitle, "required", "The first line of a product has its title.");
  out.text("title", making.product(kTitle));
  out.text("description", plain_from_html(making.product(kBody)));
  out.text("brand", making.product(kVendor));
  out.raw("category_path", json_list(making.category_path()));
  out.raw("attributes", making.attributes());
  out.raw("images", making.images());
  auto barcode = making.product(kBarcode);
  if (barcode.starts_with('\'')) barcode.remove_prefix(1);  // against spreadsheets that take it for a number
  if (is_meant_as_gtin(barcode)) out.text("gtin", barcode);
  out.text("status", making.status());
  if (const auto grams = making.product(kGrams); !grams.empty()) {
    const auto weight = whole_of(grams);
    if (weight)
      out.raw("weight_g", std::to_string(*weight));
    else
      making.wrong(lines[0], kGrams, "wrong_type", quoted(grams) + " is no weight such as 1200.");
  }
  std::string offers;
  for (const KeptLine& line : lines) {
    if (!making.has_variant(line)) continue;
    offers += (offers.empty() ? "" : ",") + making.offer(line);
    row.offer_lines.push_back(line.line());
  }
  out.raw("offers", "[" + offers + "]");
  out.end();
}

}  // namespace kontor::importing
