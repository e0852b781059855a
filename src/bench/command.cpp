#include "bench/command.h"

#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "bench/report.h"

namespace kontor::bench {
namespace {

constexpr const char* kUsage =
    "usage: kontor bench MIX --url http://127.0.0.1:8080 [--rate R] [--connections C] [--duration SECONDS] [--json]\n"
    "  browse     products by API (half), product pages (three in ten), category pages (two in ten)\n"
    "  search     searches with one word or two out of the shop's titles\n"
    "  cart       20,000 visitors put products into their carts\n"
    "  checkout   a new visitor puts a product into the cart and buys it\n"
    "  mixed      of 100 visits 70 browse, 15 search, 10 cart, 5 checkout\n"
    "  flash      a few products, and everybody wants them until they are sold; then it is verified that no more was\n"
    "             sold than there was. Needs --admin-token or KONTOR_ADMIN_TOKEN; [--units U] of each of 3 products\n"
    "With --rate, that many visits a second arrive by themselves, and time is taken from when they meant to come; "
    "without,\n"
    "each connection comes again when it was answered. [--products N] of the shop are visited, 2000 unless said.\n";

struct Options {
  std::string mix;
  std::string url;
  std::string admin_token;
  Pace pace;
  double products = 2000;
  double units = 100;
  bool json = false;
};

struct Named {
  std::string_view name;
  Mix mix;
};
constexpr Named kMixes[] = {{"browse", {100, 0, 0, 0}},
                            {"search", {0, 100, 0, 0}},
                            {"cart", {0, 0, 100, 0}},
                            {"checkout", {0, 0, 0, 100}},
                            {"mixed", {70, 15, 10, 5}}};

// What is wrong, or nothing.
std::optional<std::string> read_number(std::string_view name, std::string_view text, double least, double most,
                                       double& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error == std::errc() && end == text.data() + text.size() && out >= least && out <= most) return std::nullopt;
  char words[160];
  std::snprintf(words, sizeof words, "--%.*s is '%.*s'; it must be a number from %g to %g",
                static_cast<int>(name.size()), name.data(), static_cast<int>(std::min<std::size_t>(text.size(), 40)),
                text.data(), least, most);
  return words;
}

std::optional<std::string> read(std::span<char* const> words, Options& options) {
  double connections = options.pace.connections;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (!word.starts_with("--")) {
      if (!options.mix.empty()) return "'" + std::string(word) + "' is one word too many";
      options.mix = word;
      continue;
    }
    if (word == "--json") {
      options.json = true;
      continue;
    }
    const auto equals = word.find('=');
    const std::string_view name = word.substr(2, equals == std::string_view::npos ? equals : equals - 2);
    if (equals == std::string_view::npos && i + 1 >= words.size()) return "--" + std::string(name) + " needs a value";
    const std::string_view value = equals == std::string_view::npos ? words[++i] : word.substr(equals + 1);
    std::optional<std::string> wrong;
    if (name == "url")
      options.url = value;
    else if (name == "admin-token")
      options.admin_token = value;
    else if (name == "rate")
      wrong = read_number(name, value, 0.1, 10'000'000, options.pace.rate);
    else if (name == "connections")
      wrong = read_number(name, value, 1, 60'000, connections);
    else if (name == "duration")
      wrong = read_number(name, value, 0.1, 86'400, options.pace.seconds);
    else if (name == "products")
      wrong = read_number(name, value, 1, 10'000'000, options.products);
    else if (name == "units")
      wrong = read_number(name, value, 1, 1'000'000, options.units);
    else
      wrong = "there is no --" + std::string(name);
    if (wrong) return wrong;
  }
  options.pace.connections = static_cast<int>(connections);
  if (options.mix.empty()) return "what shall be measured is missing";
  if (options.url.empty()) return "--url is missing";
  return std::nullopt;
}

int refuse(const Error& error) {
  std::fprintf(stderr, "kontor: %s\n", error.detail.empty() ? error.reason.c_str() : error.detail.c_str());
  if (error.code == Errc::kInvalid || error.code == Errc::kForbidden) return 2;
  return error.code == Errc::kNotFound ? 3 : 4;
}

int bad_use(const std::string& words) {
  std::fprintf(stderr, "kontor: %s\n%s", words.c_str(), kUsage);
  return 2;
}

void say(const Options& options, const Visits& visits, const DriveResult& result,
         const std::optional<FlashVerdict>& verdict) {
  const Measured measured{options.mix, options.url, options.pace, visits.kinds(), result, verdict};
  const std::string text = options.json ? json_of(measured) : table_of(measured);
  std::fwrite(text.data(), 1, text.size(), stdout);
}

int flash(const Options& options, const Target& target) {
  if (options.admin_token.empty())
    return bad_use("flash needs --admin-token or KONTOR_ADMIN_TOKEN, to put its products in");
  const auto sale =
      prepare_flash(target, options.admin_token, options.pace.seed, static_cast<std::int64_t>(options.units));
  if (!sale) return refuse(sale.error());
  FlashVisits visits(*sale, target, options.pace.seed);
  const auto result = drive(target, visits, options.pace);
  if (!result) return refuse(result.error());
  const auto verdict = verify_flash(target, options.admin_token, *sale, visits);
  if (!verdict) return refuse(verdict.error());
  say(options, visits, *result, *verdict);
  return verdict->sound() ? 0 : 1;
}

}  // namespace

int command(std::span<char* const> words,
            const std::function<std::optional<std::string>(const std::string&)>& environment, std::uint64_t seed) {
  Options options;
  options.pace.seed = seed;
  if (auto token = environment("KONTOR_ADMIN_TOKEN")) options.admin_token = std::move(*token);
  if (const auto wrong = read(words, options)) return bad_use(*wrong);
  const auto named =
      std::find_if(std::begin(kMixes), std::end(kMixes), [&](const Named& one) { return one.name == options.mix; });
  if (named == std::end(kMixes) && options.mix != "flash") return bad_use("'" + options.mix + "' is no mix");
  const auto target = parse_target(options.url);
  if (!target) return refuse(target.error());
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (options.mix == "flash") return flash(options, *target);
  const auto shelf = look_around(*target, static_cast<std::size_t>(options.products));
  if (!shelf) return refuse(shelf.error());
  const auto visits = visits_of(named->mix, *target, *shelf, seed);
  const auto result = drive(*target, *visits, options.pace);
  if (!result) return refuse(result.error());
  say(options, *visits, *result, std::nullopt);
  return 0;
}

}  // namespace kontor::bench
