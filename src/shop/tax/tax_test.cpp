#include "shop/tax/tax.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "runtime/json.h"
#include "shop/tax/tax_import.h"
#include "shop/tax/tax_table.h"
#include "tests/support/dollars.h"
#include "tests/support/each_store.h"
#include "tests/support/moment.h"

namespace kontor {
std::span<const db::Migration> services_migrations();
std::span<const db::Migration> tax_migrations();
}  // namespace kontor

namespace kontor::tax {
namespace {

namespace fs = std::filesystem;

using testing::at;
using testing::kUsd;
using testing::usd;

RateText rate(std::string country, std::string name, std::int64_t ppm, std::string region = "", std::string postal = "",
              std::string tax_class = "standard") {
  return {std::move(country), std::move(region), std::move(postal), std::move(tax_class), std::move(name), ppm, {}, {}};
}

Request request(std::vector<std::int64_t> amounts, std::string country = "US", std::int64_t shipping = 0) {
  Request out;
  for (const auto amount : amounts) out.lines.push_back({"standard", usd(amount)});
  out.shipping = usd(shipping);
  out.country = std::move(country);
  out.region = "CA";
  out.postal_code = "90210";
  out.currency = kUsd;
  out.now = at("2026-11-24T10:00:00Z");
  return out;
}

struct Fixture {
  testing::FakeClock clock;
  IdSource ids{1};
  Taxes taxes{nullptr, clock, ids};

  Computed compute(const Request& wish) {
    auto computed = taxes.compute(wish);
    REQUIRE_MESSAGE(computed, computed.error().detail);
    Money lines = computed->answer.shipping, parts = Money::minor(0, wish.currency);
    for (const auto& line : computed->answer.lines) lines = lines + line;
    for (const auto& part : computed->answer.parts) parts = parts + part.tax;
    CHECK(lines == parts);
    return *computed;
  }
};

std::string text_of(const TaxAnswer& answer) {
  std::string text;
  for (const auto& line : answer.lines) text += std::to_string(line.amount_minor()) + " ";
  text += "+ " + std::to_string(answer.shipping.amount_minor());
  for (const auto& part : answer.parts)
    text += "; " + part.name + " " + std::to_string(part.rate_ppm) + " of " +
            std::to_string(part.taxable.amount_minor()) + " " + std::to_string(part.tax.amount_minor());
  return text;
}

TEST_CASE("a new store taxes nothing") {
  Fixture f;
  CHECK(text_of(f.compute(request({1000, 5})).answer) == "0 0 + 0");
}

TEST_CASE("taxes of country, state and city add up; of one name the most precise place holds") {
  Fixture f;
  f.taxes.hold({{rate("US", "State tax", 60'000), rate("US", "State tax", 72'500, "ca"),
                 rate("US", "City tax", 10'000, "", "90"), rate("US", "City tax", 22'500, "California", "902"),
                 rate("US", "City tax", 21'250, "CA", "902"), rate("DE", "VAT", 190'000)}});
  CHECK(text_of(f.compute(request({10'000})).answer) ==
        "938 + 0; City tax 21250 of 10000 213; State tax 72500 of 10000 725");
  auto elsewhere = request({10'000});
  elsewhere.region = "Québec";
  CHECK(text_of(f.compute(elsewhere).answer) == "700 + 0; City tax 10000 of 10000 100; State tax 60000 of 10000 600");
  elsewhere.postal_code = "";
  CHECK(text_of(f.compute(elsewhere).answer) == "600 + 0; State tax 60000 of 10000 600");
  CHECK(text_of(f.compute(request({10'000}, "DE")).answer) == "1900 + 0; VAT 190000 of 10000 1900");
  CHECK(text_of(f.compute(request({10'000}, "")).answer) == "0 + 0");
}

TEST_CASE("classes have rates of their own, else those of standard; exempt has none") {
  Fixture f;
  f.taxes.hold({{rate("DE", "VAT", 190'000), rate("DE", "VAT", 70'000, "", "", "reduced")}});
  auto wish = request({1000, 1000, 1000, 1000}, "DE");
  wish.lines[1].tax_class = "reduced";
  wish.lines[2].tax_class = "exempt";
  wish.lines[3].tax_class = "unheard-of";
  CHECK(text_of(f.compute(wish).answer) == "190 70 0 190 + 0; VAT 190000 of 2000 380; VAT 70000 of 1000 70");
}

TEST_CASE("rates hold from a moment on, until another: not a millisecond more") {
  Fixture f;
  auto old = rate("DE", "VAT", 190'000), low = rate("DE", "VAT", 160'000), now = old;
  old.until = low.from = at("2020-06-30T22:00:00Z");
  low.until = now.from = at("2020-12-31T23:00:00Z");
  f.taxes.hold({{old, low, now}});
  const auto tax_at = [&](std::string_view when) {
    auto wish = request({10'000}, "DE");
    wish.now = at(when);
    return f.compute(wish).answer.lines[0].amount_minor();
  };
  CHECK(tax_at("2020-06-30T21:59:59.999Z") == 1900);
  CHECK(tax_at("2020-06-30T22:00:00Z") == 1600);
  CHECK(tax_at("2020-12-31T22:59:59.999Z") == 1600);
  CHECK(tax_at("2020-12-31T23:00:00Z") == 1900);
}

TEST_CASE("halves are rounded away from zero, by line or once for the order, and the cents are spread") {
  Fixture f;
  const std::vector<RateText> rates = {rate("US", "Tax", 88'750)};
  f.taxes.hold({rates});
  CHECK(part_of(usd(200), 2500) == usd(1));  // 0.5
  CHECK(part_of(usd(-200), 2500) == usd(-1));
  CHECK(part_of(usd(199), 2500) == usd(0));
  // 3 lines of 0.99 at 8.875 %: 0.0878625 each, 0.2635875 together.
  CHECK(text_of(f.compute(request({99, 99, 99})).answer) == "9 9 9 + 0; Tax 88750 of 297 27");
  SettingsText settings;
  settings.rounding = Rounding::kOrder;
  f.taxes.hold({rates, settings});
  CHECK(text_of(f.compute(request({99, 99, 99})).answer) == "9 9 8 + 0; Tax 88750 of 297 26");
  settings.countries.push_back({"US", {}, Rounding::kLine, {}});
  f.taxes.hold({rates, settings});
  CHECK(text_of(f.compute(request({99, 99, 99})).answer) == "9 9 9 + 0; Tax 88750 of 297 27");
}

TEST_CASE("prices that hold their tax: it is taken out of them, by country") {
  Fixture f;
  SettingsText settings;
  settings.countries.push_back({"DE", true, {}, {}});
  f.taxes.hold({{rate("DE", "VAT", 190'000), rate("US", "Tax", 100'000)}, settings});
  const auto german = f.compute(request({11'900, 100}, "DE", 499));
  CHECK(german.included);
  CHECK(text_of(german.answer) == "1900 16 + 80; VAT 190000 of 10503 1996");
  const auto american = f.compute(request({11'900}));
  CHECK_FALSE(american.included);
  CHECK(text_of(american.answer) == "1190 + 0; Tax 100000 of 11900 1190");
}

TEST_CASE("shipping is of the class that the settings say, also of none") {
  Fixture f;
  SettingsText settings;
  settings.countries.push_back({"US", {}, {}, "exempt"});
  settings.countries.push_back({"DE", {}, {}, "reduced"});
  f.taxes.hold({{rate("US", "Tax", 100'000), rate("DE", "VAT", 190'000), rate("DE", "VAT", 70'000, "", "", "reduced")},
                settings});
  CHECK(text_of(f.compute(request({1000}, "US", 500)).answer) == "100 + 0; Tax 100000 of 1000 100");
  CHECK(text_of(f.compute(request({1000}, "DE", 500)).answer) ==
        "190 + 35; VAT 190000 of 1000 190; VAT 70000 of 500 35");
}

TEST_CASE("a place without a rate is untaxed, or refused where the operator wants that") {
  Fixture f;
  SettingsText settings;
  settings.when_missing = WhenMissing::kRefuse;
  f.taxes.hold({{}, settings});
  CHECK(f.taxes.compute(request({1000})));  // no table at all
  f.taxes.hold({{rate("DE", "VAT", 190'000)}, settings});
  const auto refused = f.taxes.compute(request({1000}));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == "tax.no_rate");
  CHECK(refused.error().fields.at(0).field == "/shipping_address");
  auto exempt = request({1000});
  exempt.lines[0].tax_class = "exempt";
  CHECK(f.taxes.compute(exempt));
  settings.when_missing = WhenMissing::kUntaxed;
  f.taxes.hold({{rate("DE", "VAT", 190'000)}, settings});
  CHECK(text_of(f.compute(request({1000})).answer) == "0 + 0");
}

TEST_CASE("reverse charge: a company in another member state, with a number that is one") {
  Fixture f;
  SettingsText settings;
  settings.home_country = "DE";
  f.taxes.hold({{rate("DE", "VAT", 190'000), rate("FR", "TVA", 200'000), rate("US", "Tax", 100'000)}, settings});
  const auto treated = [&](std::string country, std::string number) {
    auto wish = request({1000}, std::move(country));
    wish.tax_id = std::move(number);
    return f.compute(wish).answer;
  };
  CHECK(treated("FR", "FR 40 303 265 045").treatment == TaxTreatment::kReverseCharge);
  CHECK(text_of(treated("FR", "FR40303265045")) == "0 + 0");
  CHECK(treated("FR", "ATU13585627").treatment == TaxTreatment::kReverseCharge);
  CHECK(text_of(treated("DE", "FR40303265045")) == "190 + 0; VAT 190000 of 1000 190");
  CHECK(text_of(treated("FR", "DE136695976")) == "200 + 0; TVA 200000 of 1000 200");
  CHECK(text_of(treated("FR", "123 456")) == "200 + 0; TVA 200000 of 1000 200");
  CHECK(text_of(treated("US", "FR40303265046")) == "100 + 0; Tax 100000 of 1000 100");
  auto wrong = request({1000}, "FR");
  wrong.tax_id = "FR40303265046";
  const auto refused = f.taxes.compute(wrong);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == "tax.bad_tax_id");
  CHECK(refused.error().fields.at(0).field == "/tax_id");
}

TEST_CASE("what prices hold of a tax that is not due comes off") {
  Fixture f;
  SettingsText settings;
  settings.home_country = "DE";
  settings.prices_include_tax = true;
  f.taxes.hold({{rate("FR", "TVA", 200'000)}, settings});
  auto wish = request({1200, 600}, "FR", 300);
  wish.tax_id = "FR40303265045";
  const auto computed = f.compute(wish);
  CHECK(computed.relief == std::vector{usd(200), usd(100)});
  CHECK(computed.shipping_relief == usd(50));
  CHECK(text_of(computed.answer) == "0 0 + 0");
}

TEST_CASE("exemptions hold for a number, in a place and time") {
  Fixture f;
  ExemptionText school{"US-EX 12", "US", "CA", "a school", {}, at("2027-01-01T00:00:00Z")};
  f.taxes.hold({{rate("US", "Tax", 100'000)}, {}, {school}});
  auto wish = request({1000});
  wish.tax_id = "us ex-12";
  CHECK(f.compute(wish).answer.treatment == TaxTreatment::kExempt);
  wish.region = "NY";
  CHECK(f.compute(wish).answer.treatment == TaxTreatment::kTaxed);
  wish.region = "CA";
  wish.now = at("2027-01-01T00:00:00Z");
  CHECK(f.compute(wish).answer.treatment == TaxTreatment::kTaxed);
}

// Answers what a test says.
struct Provider : TaxProvider {
  Result<TaxAnswer> answer = fail(Errc::kUnavailable, "provider.away");
  std::string_view name() const override { return "fake"; }
  Result<TaxAnswer> ask(const TaxQuestion&) override { return answer; }
};

TEST_CASE("a provider is asked first; away or unsound, the table answers and says so") {
  testing::FakeClock clock;
  IdSource ids(1);
  Provider provider;
  Taxes taxes(nullptr, clock, ids, &provider);
  taxes.hold({{rate("US", "Tax", 100'000)}});
  const auto compute = [&] { return *taxes.compute(request({1000})); };
  CHECK(compute().estimated);
  CHECK(compute().answer.lines[0] == usd(100));
  provider.answer = TaxAnswer{{usd(83)}, usd(0), {{"Sales tax", 83'000, usd(1000), usd(83)}}};
  CHECK_FALSE(compute().estimated);
  CHECK(compute().answer.lines[0] == usd(83));
  provider.answer->parts[0].tax = usd(82);  // does not add up
  CHECK(compute().estimated);
  provider.answer = TaxAnswer{};
  CHECK(compute().estimated);
  provider.answer = fail(Errc::kInvalid, "provider.bad_address", "No such street.");
  CHECK(taxes.compute(request({1000})).error().reason == "provider.bad_address");
}

TEST_CASE("whatever the amounts and rates: parts add up, and contained tax is never more than the price") {
  std::mt19937_64 luck(20261129);
  const auto any = [&](std::int64_t from, std::int64_t to) {
    return std::uniform_int_distribution<std::int64_t>(from, to)(luck);
  };
  Fixture f;
  for (int round = 0; round < 500; ++round) {
    SettingsText settings;
    settings.rounding = any(0, 1) == 0 ? Rounding::kLine : Rounding::kOrder;
    settings.prices_include_tax = any(0, 1) == 0;
    f.taxes.hold({{rate("US", "A", any(0, 250'000)), rate("US", "B", any(0, 99'999)),
                   rate("US", "A", any(0, 250'000), "", "", "reduced")},
                  settings});
    auto wish = request({}, "US", any(0, 2000));
    for (std::int64_t i = any(0, 9); i >= 0; --i)
      wish.lines.push_back(
          {any(0, 2) == 0 ? "reduced" : "standard", usd(any(0, 3) == 0 ? any(0, 3) : any(0, 1'000'000))});
    const auto computed = f.compute(wish);
    for (std::size_t i = 0; i < wish.lines.size(); ++i) {
      CHECK(computed.answer.lines[i].amount_minor() >= 0);
      if (settings.prices_include_tax) CHECK(computed.answer.lines[i] <= wish.lines[i].amount);
    }
  }
}

TEST_CASE("the worked example of docs/tax.md") {
  Fixture f;
  SettingsText settings;
  settings.countries.push_back({"DE", true, Rounding::kOrder, {}});
  f.taxes.hold({{rate("DE", "VAT", 190'000), rate("DE", "VAT", 70'000, "", "", "reduced")}, settings});
  auto wish = request({2999, 1250, 499}, "DE", 490);
  wish.lines[1].tax_class = "reduced";
  const auto computed = f.compute(wish);
  CHECK(text_of(computed.answer) == "480 82 79 + 78; VAT 190000 of 3351 637; VAT 70000 of 1168 82");
}

// KONTOR_TEST_DATA, or `shared/data` beside one of the folders above this file.
fs::path shared_rates() {
  constexpr std::string_view kName = "sales-tax-rates.json";
  if (const char* named = std::getenv("KONTOR_TEST_DATA")) return fs::path(named) / kName;
  for (fs::path at = fs::absolute(__FILE__).parent_path(); at.has_relative_path(); at = at.parent_path())
    if (fs::exists(at / "shared/data" / kName)) return at / "shared/data" / kName;
  return fs::path("shared/data") / kName;
}

// A region's share is on top of the country's; below nothing it lowers that one.
void take(std::vector<RateText>& rates, const std::string& country, const std::string& region,
          const boost::json::object& from) {
  const auto& number = from.at("rate");
  if (!is_country(country)) return;
  const double share = number.is_double() ? number.get_double() : static_cast<double>(number.to_number<int>());
  const auto ppm = static_cast<std::int64_t>(share * 1e6 + (share < 0 ? -0.5 : 0.5));
  const RateText whole = region.empty() ? RateText{} : rates.back();
  if (ppm < 0)
    rates.insert(rates.end() - 1, rate(country, whole.name, whole.rate_ppm + ppm, region));
  else if (region.empty())
    rates.push_back(rate(country, from.at("type").as_string().c_str(), ppm));
  else
    rates.insert(rates.end() - 1, rate(country, from.at("type").as_string().c_str(), ppm, region));
}

TEST_CASE("a table of the world's rates comes in and answers") {
  std::ifstream file(shared_rates());
  if (!file) {
    MESSAGE("skipped: sales-tax-rates.json is not there");
    return;
  }
  std::stringstream text;
  text << file.rdbuf();
  const auto document = json::parse(text.str());
  REQUIRE(document);
  std::vector<RateText> rates;
  for (const auto& country : document->root().as_object()) {
    const std::string code(country.key().data(), country.key().size());
    const auto& object = country.value().as_object();
    take(rates, code, "", object);
    const auto* states = object.if_contains("states");
    if (states == nullptr) continue;
    for (const auto& state : states->as_object())
      take(rates, code, std::string(state.key().data(), state.key().size()), state.value().as_object());
  }
  CHECK(rates.size() > 150);
  testing::on_each_store({services_migrations(), tax_migrations()}, [&](db::Store& store) {
    testing::FakeClock clock;
    IdSource ids(1);
    Taxes taxes(&store, clock, ids);
    const auto report = taxes.bring({rates});
    REQUIRE(report);
    CHECK(report->errors.empty());
    CHECK(report->created == static_cast<std::int64_t>(rates.size()));
    CHECK(taxes.compute(request({10'000}, "DE"))->answer.lines[0] == usd(1900));
    auto vancouver = request({10'000}, "CA");
    vancouver.region = "BC";
    CHECK(taxes.compute(vancouver)->answer.lines[0] == usd(1200));
    CHECK(taxes.bring({rates})->unchanged == report->created);
  });
}

TEST_CASE("rates, settings and exemptions are kept with versions, and hold at once") {
  testing::on_each_store({services_migrations(), tax_migrations()}, [](db::Store& store) {
    testing::FakeClock clock;
    IdSource ids(1);
    Taxes taxes(&store, clock, ids);
    CHECK(taxes.settings()->version == 1);
    CHECK(taxes.compute(request({1000}))->answer.lines[0] == usd(0));
    const auto made = taxes.add(rate("US", "Tax", 100'000));
    REQUIRE(made);
    CHECK(taxes.compute(request({1000}))->answer.lines[0] == usd(100));
    CHECK(taxes.add(rate("US", "TAX", 90'000)).error().reason == "tax.rate_exists");
    auto later = rate("US", "Tax", 90'000);
    later.from = at("2027-01-01T00:00:00Z");
    CHECK(taxes.add(later).error().reason == "tax.rates_overlap");
    auto ended = made->rate;
    ended.until = later.from;
    CHECK(taxes.change(made->id, ended, {true, {7}}).error().reason == "tax.version_conflict");
    CHECK(taxes.change(made->id, ended, {true, {1}})->version == 2);
    CHECK(taxes.add(later));
    auto reversed = later;
    reversed.until = at("2026-01-01T00:00:00Z");
    CHECK(taxes.add(reversed).error().fields.at(0).field == "/until");
    REQUIRE(taxes.rates("US", "", 10)->size() == 2);
    CHECK(taxes.rates("US", rate_key(taxes.rates("US", "", 10)->at(0).rate), 10)->size() == 1);
    CHECK(taxes.rates("", "", 10)->size() == 2);
    CHECK(taxes.rates("DE", "", 10)->empty());

    const auto bad = taxes.bring({{rate("DE", "VAT", 190'000), reversed, rate("DE", "VAT", 1)}});
    REQUIRE(bad);
    CHECK(bad->errors.size() == 2);
    CHECK(taxes.rates("DE", "", 10)->empty());
    auto clash = rate("US", "Tax", 1);
    clash.from = at("2026-12-01T00:00:00Z");
    CHECK(taxes.bring({{clash}})->errors.at(0).code == "overlap");
    CHECK(taxes.bring({{rate("DE", "VAT", 190'000)}, true, true})->removed == 2);
    CHECK(taxes.rates("US", "", 10)->size() == 2);
    CHECK(taxes.bring({{rate("DE", "VAT", 190'000)}, true})->removed == 2);
    CHECK(taxes.rates("US", "", 10)->empty());

    SettingsText settings;
    settings.countries = {{"DE", true, {}, {}}, {"DE", false, {}, {}}};
    CHECK(taxes.set(settings, {}).error().reason == "tax.bad_settings");
    settings.countries.pop_back();
    CHECK(taxes.set(settings, {true, {2}}).error().reason == "tax.version_conflict");
    CHECK(taxes.set(settings, {true, {1}})->version == 2);
    CHECK(taxes.compute(request({1190}, "DE"))->included);
    CHECK(taxes.exempt({"DE-1", "DE", "", "a charity", {}, {}}, {})->version == 1);
    CHECK(taxes.exempt({"de 1", "DE", "", "a charity", {}, {}}, {})->version == 2);
    CHECK(taxes.exempt({"--", "", "", "nobody", {}, {}}, {}).error().reason == "tax.bad_exemption");
    auto free = request({1190}, "DE");
    free.tax_id = "DE 1";
    CHECK(taxes.compute(free)->answer.treatment == TaxTreatment::kExempt);
    CHECK(taxes.end_exemption("DE1", {}));
    CHECK(taxes.end_exemption("DE1", {}).error().reason == "tax.no_such_exemption");
    CHECK(taxes.remove(taxes.rates("DE", "", 1)->at(0).id, {}));
    CHECK(taxes.remove(TaxRateId{5}, {}).error().reason == "tax.no_such_rate");
    Taxes another(&store, clock, ids);
    CHECK(another.compute(request({1190}, "DE"))->answer.lines[0] == usd(0));
  });
}

TEST_CASE("percent are read to the tenth of a thousandth, and nothing else") {
  CHECK(parse_percent("19") == 190'000);
  CHECK(parse_percent("8.875 %") == 88'750);
  CHECK(parse_percent("0.0001") == 1);
  for (const char* text : {"", ".5", "5.", "-1", "1e2", "8,875", "0.00001", "1000000", "abc", "%"})
    CHECK_FALSE(parse_percent(text));
}

RateFile read_text(RateFormat format, const std::string& text) {
  const testing::TempFolder folder;
  const std::string path = folder.path() + "/rates";
  std::ofstream(path) << text;
  auto file = read_rates(path, format);
  if (!file) return {{}, {{0, "", file.error().reason, file.error().detail}}};
  return *file;
}

TEST_CASE("files of rates: NDJSON, CSV and a JSON list, with their mistakes by line") {
  const auto lines =
      read_text(RateFormat::kNdjson,
                "{\"country\":\"DE\",\"name\":\"VAT\",\"rate_ppm\":190000}\n\n{\"country\":\"XX\"}\nnonsense\n");
  CHECK(lines.rates.size() == 1);
  REQUIRE(lines.errors.size() >= 3);
  CHECK(lines.errors[0].row == 3);
  CHECK(lines.errors.back().row == 4);
  const auto csv = read_text(RateFormat::kCsv,
                             "country;region;name;rate_percent\nUS;CA;State tax;7.25\nUS;NY;State tax;four\nUS;NY\n");
  REQUIRE(csv.rates.size() == 1);
  CHECK(csv.rates[0].rate_ppm == 72'500);
  REQUIRE(csv.errors.size() == 2);
  CHECK(csv.errors[0].field == "/rate_percent");
  CHECK(read_text(RateFormat::kCsv, "land,satz\n").errors.at(0).code == "tax.bad_file");
  CHECK(read_text(RateFormat::kCsv, "country,country\n").errors.at(0).code == "tax.bad_file");
  CHECK(read_text(RateFormat::kCsv, "").errors.at(0).code == "tax.bad_file");
  CHECK(read_text(RateFormat::kJson, "[{\"country\":\"DE\",\n\"name\":\"VAT\",\"rate_ppm\":190000}]").rates.size() ==
        1);
  CHECK(read_text(RateFormat::kJson, "{}").errors.at(0).code == "tax.bad_file");
}

}  // namespace
}  // namespace kontor::tax
