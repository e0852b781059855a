#include <algorithm>

#include "demo/demo.h"
#include "demo/luck.h"
#include "demo/words.h"

namespace kontor::demo {
namespace {

constexpr std::size_t kMostOffers = 12;

// A price as shops write them: 7.90, 24.95, 129.00, 1,249.00.
std::int64_t charming(std::int64_t minor, std::uint64_t luck) {
  if (minor < 10'00) return std::max<std::int64_t>(minor / 50 * 50 + 45 + (luck % 2 ? 0 : 4), 95);
  if (minor < 100'00) return minor / 100 * 100 + (luck % 3 == 0 ? 95 : luck % 3 == 1 ? 90 : 0);
  if (minor < 400'00) return minor / 500 * 500 + (luck % 2 ? 0 : 4'00);
  return minor / 1000 * 1000 + 9'00;
}

// Most things have some dozens of reviews, a few have thousands, and new ones have none.
std::int64_t reviews(Luck& luck) {
  if (luck.percent(7)) return 0;
  const double u = luck.share();
  const double cube = u * u * u;
  return 1 + static_cast<std::int64_t>(cube * cube * u * 6000 + u * 40);
}

double stars(Luck& luck, std::int64_t count) {
  if (count == 0) return 0;
  const double bell = luck.share() + luck.share() + luck.share() + luck.share() - 2;
  double mean = 4.35 + bell * 0.5 - (luck.percent(9) ? 0.9 : 0);
  if (count < 4) mean += (luck.share() - 0.5) * 1.6;
  const double most = count > 25 ? 4.9 : 5.0;
  mean = std::clamp(mean, 1.4, most);
  return static_cast<double>(static_cast<int>(mean * 10 + 0.5)) / 10;
}

// An EAN-13 of the range that shops may use among themselves.
std::string gtin(Luck& luck) {
  std::string digits = "2" + std::to_string(10'000'000'000ull + luck.number() % 90'000'000'000ull);
  int sum = 0;
  for (std::size_t i = 0; i < 12; ++i) sum += (digits[i] - '0') * (i % 2 ? 3 : 1);
  digits += static_cast<char>('0' + (10 - sum % 10) % 10);
  return digits;
}

// "512 GB" → "512GB": a variant's part of its sku.
std::string abbreviated(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) out += c;
    if (c >= 'a' && c <= 'z') out += static_cast<char>(c - 32);
    if (out.size() == 6) break;
  }
  return out;
}

struct Variant {
  std::map<std::string, std::string> options;
  std::string sku;
  std::int64_t extra_minor = 0;
};

// Every combination of what can be chosen, up to kMostOffers.
std::vector<Variant> variants_of(const Kind& kind, const std::vector<std::string>& colors, Luck& luck) {
  std::vector<Variant> all(1);
  const auto cross = [&](const std::string& axis, const std::vector<OptionValue>& values) {
    std::vector<Variant> crossed;
    for (const Variant& base : all) {
      for (const OptionValue& value : values) {
        if (crossed.size() == kMostOffers) break;
        Variant& one = crossed.emplace_back(base);
        one.options[axis] = value.text;
        one.sku += "-" + abbreviated(value.text);
        one.extra_minor += value.extra_minor;
      }
    }
    all = std::move(crossed);
  };
  if (colors.size() > 1) {
    std::vector<OptionValue> values;
    for (const auto& color : colors) values.push_back({color, 0});
    cross("color", values);
  }
  for (const Axis& axis : kind.axes) {
    const auto count = static_cast<std::size_t>(luck.between(axis.least, axis.most));
    const std::size_t first = luck.below(axis.values.size() - count + 1);
    std::vector<OptionValue> values(axis.values.begin() + static_cast<std::ptrdiff_t>(first),
                                    axis.values.begin() + static_cast<std::ptrdiff_t>(first + count));
    cross(axis.name, values);
  }
  return all;
}

std::vector<std::string> colors_of(const Kind& kind, Luck& luck) {
  std::size_t count = 1;
  if (luck.percent(kind.variants_percent) && kind.variants_most > 1)
    count = static_cast<std::size_t>(luck.between(2, kind.variants_most));
  std::vector<std::string> colors;
  const std::size_t first = luck.below(kind.colors.size());
  const std::size_t step = kind.colors.size() > 4 ? 1 + luck.below(2) * 2 : 1;
  for (std::size_t i = 0; i < kind.colors.size() && colors.size() < count; ++i) {
    const std::string& color = kind.colors[(first + i * step) % kind.colors.size()];
    if (std::find(colors.begin(), colors.end(), color) == colors.end()) colors.push_back(color);
  }
  return colors;
}

}  // namespace

std::vector<Shop> shops() {
  return {{"lindenhof", "Lindenhof Trading", 4700},
          {"harbourside", "Harbourside Goods", 4500},
          {"oakandco", "Oak & Co", 4850},
          {"bluedoor", "Blue Door Market", 4300},
          {"secondlife", "Second Life Store", 4600}};
}

std::vector<Place> places() {
  return {{"harbour", "Harbour warehouse", 53'551'000, 9'993'000},
          {"hill", "Hillside warehouse", 48'137'000, 11'575'000}};
}

// What is decided first, so that pictures need not make the whole row.
struct Generator::Draft {
  const Category& category;
  const Kind& kind;
  Luck luck;  // for the rest
  std::vector<std::string> colors;
  int drawing = 1;
  bool close_up = false;
};

Generator::Generator(Settings settings, const Vocabulary& vocabulary)
    : settings_(std::move(settings)), vocabulary_(vocabulary) {}

// Neighbours are of different departments, so that a small catalogue has something of everything.
Generator::Draft Generator::draft(std::uint64_t n) const {
  Luck luck(settings_.seed, n);
  const auto& categories = vocabulary_.categories;
  const Category& category = categories[(n * 37 + settings_.seed * 11) % categories.size()];
  const Kind& kind = luck.one_of(category.kinds);
  Draft draft{category, kind, luck, {}, 1, false};
  draft.colors = colors_of(kind, draft.luck);
  draft.drawing = kind.drawings.empty() ? static_cast<int>(draft.luck.between(1, drawing_variants(kind.motif)))
                                        : draft.luck.one_of(kind.drawings);
  draft.close_up = draft.luck.percent(40);
  return draft;
}

std::vector<Picture> Generator::pictures(std::uint64_t n) const {
  const Draft made = draft(n);
  std::vector<Picture> all;
  for (const auto& color : made.colors) all.push_back({made.kind.motif, made.drawing, color, false});
  if (made.close_up) all.push_back({made.kind.motif, made.drawing, made.colors[0], true});
  return all;
}

namespace {

// Prices, stock and sellers of a product's variants.
class Offering {
 public:
  Offering(const Settings& settings, const Kind& kind, Luck& luck, std::string_view brand)
      : settings_(settings), kind_(kind), luck_(luck) {
    const double u = luck.share();
    const std::int64_t tier = 85 + static_cast<std::int64_t>(hash_of(brand) % 31);  // brands have their price
    base_ = (kind.price_least +
             static_cast<std::int64_t>(static_cast<double>(kind.price_most - kind.price_least) * u * u)) *
            tier / 100;
    charm_ = luck.number();
    if (luck.percent(18)) raise_percent_ = luck.between(110, 145);
    sold_out_ = luck.percent(4);
    if (!settings.marketplace || luck.percent(45)) return;
    const auto all = shops();
    seller_ = all[(hash_of(brand) + luck.below(2)) % (all.size() - 1)].code;
  }

  std::vector<RowOffer> offers(const std::string& key, const std::vector<Variant>& variants) {
    std::vector<RowOffer> all;
    for (const Variant& variant : variants) all.push_back(offer(key, variant));
    if (settings_.marketplace && luck_.percent(14)) all.push_back(another(key, variants[0]));
    return all;
  }

 private:
  Money money(std::int64_t minor) const { return Money::minor(minor, settings_.currency); }

  RowOffer offer(const std::string& key, const Variant& variant) {
    RowOffer made;
    made.sku = key + variant.sku;
    made.seller = seller_;
    made.options = variant.options;
    const std::int64_t price = charming(base_ + variant.extra_minor, charm_);
    made.price = money(price);
    if (raise_percent_ > 0) made.list_price = money(charming(price * raise_percent_ / 100, charm_));
    made.stock = stock();
    return made;
  }

  // The same thing from another shop, new for about as much or used for less.
  RowOffer another(const std::string& key, const Variant& variant) {
    RowOffer made = offer(key, variant);
    made.list_price.reset();
    const bool used = !kind_.used.empty() && luck_.percent(60);
    made.seller = used ? "secondlife" : seller_ == "house" ? "oakandco" : "house";
    if (used) made.condition = kind_.used;
    const std::int64_t percent = used ? luck_.between(66, 82) : luck_.between(96, 106);
    made.price = money(charming(made.price.amount_minor() * percent / 100, charm_));
    made.sku += used ? "-R" : "-B";
    made.stock = stock();
    return made;
  }

  std::vector<RowStock> stock() {
    const double u = luck_.share();
    std::int64_t units = 5 + static_cast<std::int64_t>(u * u * 300);
    if (luck_.percent(8)) units = luck_.between(1, 4);
    if (sold_out_ || luck_.percent(2)) units = 0;
    if (!settings_.marketplace) return {{"main", units}};
    const auto all = places();
    const std::size_t second = luck_.below(all.size() + 2);
    if (second >= all.size() || units < 10) return {{"main", units}};
    return {{"main", units - units / 3}, {std::string(all[second].code), units / 3}};
  }

  const Settings& settings_;
  const Kind& kind_;
  Luck& luck_;
  std::int64_t base_ = 0;
  std::uint64_t charm_ = 0;
  std::int64_t raise_percent_ = 0;
  bool sold_out_ = false;
  std::string seller_ = "house";
};

}  // namespace

Row Generator::product(std::uint64_t n) const {
  Draft made = draft(n);
  Luck& luck = made.luck;
  const Kind& kind = made.kind;
  Row row;
  row.external_id = made.category.code + "-" + std::to_string(settings_.seed) + "-" + std::to_string(n);
  row.category_path = {made.category.department, made.category.name};
  Words words(kind, luck);
  words.set("type", kind.type);
  words.set("color", made.colors[0]);
  row.attributes.text = words.attributes(made.colors);
  row.brand = words.value("brand");
  row.title = words.title(made.colors.size() == 1);
  row.description = words.description();
  if (settings_.picture)
    for (const auto& picture : pictures(n)) row.images.push_back(settings_.picture(picture));
  row.gtin = gtin(luck);
  row.weight_g = luck.between(kind.weight_least, kind.weight_most);
  row.tax_class = kind.tax_class;
  row.returnable = kind.returnable;
  row.review_count = reviews(luck);
  row.rating = stars(luck, row.review_count);
  const auto variants = variants_of(kind, made.colors, luck);
  row.offers = Offering(settings_, kind, luck, row.brand).offers(row.external_id, variants);
  return row;
}

}  // namespace kontor::demo
