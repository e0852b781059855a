// The command line: kontor COMMAND [FILE] [--name value]… Settings of runtime/config.h may be given to every command.
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/host/system_random.h"
#include "app/backup.h"
#include "app/commands.h"
#include "app/generate.h"
#include "app/serve.h"
#include "bench/command.h"

// jemalloc's settings. Huge pages: what a large catalogue's answers cost is the walks that find their memory's pages.
// Arenas: enough that threads of low priority do not hold one that the loop or the writer waits for.
extern "C" {
extern const char* const malloc_conf;
const char* const malloc_conf = "thp:always,metadata_thp:auto,narenas:16";
}

namespace {

using namespace kontor;

constexpr const char* kUsage =
    "usage: kontor serve   [--listen 127.0.0.1:8080] [--data DIR] [--store postgresql://…] [--config FILE] [--demo]\n"
    "       kontor import  FILE|- --format ndjson|csv|shopify-csv --data DIR [--dry-run] [--on-error stop|skip]\n"
    "                      [--report FILE] [--mapping FILE] [--unknown error|attribute|ignore] [--currency EUR]\n"
    "                      [--delimiter semicolon] [--images DIR] [--fetch-images]\n"
    "       kontor export  products|orders|customers --format ndjson|csv --data DIR [--out FILE]\n"
    "       kontor backup  --data DIR --to DIR [--keep N]   copies the store while the shop sells\n"
    "       kontor restore --from ARCHIVE --data DIR        into an empty data folder\n"
    "       kontor generate --count N [--seed S] [--pictures DIR] [--out FILE|-] [--marketplace]   made-up products\n"
    "       kontor check   --data DIR [--repair]   reads the whole store and verifies every invariant\n"
    "       kontor migrate --data DIR     brings the store's tables up to date\n"
    "       kontor config [--example]     prints every setting, its value and where it comes from; or a file to fill "
    "in\n"
    "       kontor bench   browse|search|cart|checkout|flash|mixed --url URL [--rate R] [--connections C] [--duration "
    "S]\n"
    "       kontor config                 prints every setting, its value and where it comes from\n"
    "       kontor version\n"
    "Every setting may be a flag (--log-format json), an environment variable (KONTOR_LOG_FORMAT) or a line of the "
    "TOML file.\n";

struct Words {
  std::string command;
  std::vector<std::string> plain;
  runtime::Config::Sources sources;
  bool demo = false;
  bool example = false;
  bool repairs = false;
  app::ImportWords import;
  app::ExportWords exporting;
  app::BackupWords backup;
  app::GenerateWords generate;
};

// One line; the way to more of them is in it.
int bad_use(const std::string& words) {
  std::fprintf(stderr, "kontor: %s ('kontor help' lists commands, 'kontor config' settings)\n", words.c_str());
  return app::kBadUse;
}

// Takes a flag that belongs to the import alone. --currency is the file's then, not the shop's.
bool import_word(app::ImportWords& words, const std::string& name, std::string& value) {
  if (name == "format")
    words.format = std::move(value);
  else if (name == "on-error")
    words.on_error = std::move(value);
  else if (name == "report")
    words.report = std::move(value);
  else if (name == "images")
    words.images = std::move(value);
  else if (name == "mapping")
    words.mapping = std::move(value);
  else if (name == "unknown")
    words.unknown = std::move(value);
  else if (name == "currency")
    words.import_currency = std::move(value);
  else if (name == "delimiter")
    words.delimiter = std::move(value);
  else
    return false;
  return true;
}

// What is wrong, or nullopt.
std::optional<std::string> read(int count, char** arguments, Words& words) {
  if (count < 2) return "a command is missing";
  words.command = arguments[1];
  for (int i = 2; i < count; ++i) {
    const std::string_view word = arguments[i];
    if (!word.starts_with("--")) {
      words.plain.emplace_back(word);
      continue;
    }
    if (word == "--demo" && words.command == "serve") {
      words.demo = true;
      continue;
    }
    if (word == "--repair" && words.command == "check") {
      words.repairs = true;
      continue;
    }
    if (word == "--example" && words.command == "config") {
      words.example = true;
      continue;
    }
    if (word == "--marketplace" && words.command == "generate") {
      words.generate.marketplace = true;
      continue;
    }
    if (word == "--dry-run" && words.command == "import") {
      words.import.dry_run = true;
      continue;
    }
    if (word == "--fetch-images" && words.command == "import") {
      words.import.fetch_images = true;
      continue;
    }
    const auto equals = word.find('=');
    std::string name(word.substr(2, equals == std::string_view::npos ? equals : equals - 2));
    if (equals == std::string_view::npos && (i + 1 >= count || std::string_view(arguments[i + 1]).starts_with("--")))
      return "--" + name + " needs a value";
    std::string value = equals == std::string_view::npos ? arguments[++i] : std::string(word.substr(equals + 1));
    if (words.command == "generate" && words.generate.take(name, value)) continue;
    if (name == "config")
      words.sources.file = std::move(value);
    else if (words.command == "export" && name == "format")
      words.exporting.format = std::move(value);
    else if (words.command == "export" && name == "out")
      words.exporting.out = std::move(value);
    else if (words.command == "import" && import_word(words.import, name, value))
      continue;
    else if (words.command == "backup" && name == "to")
      words.backup.to = std::move(value);
    else if (words.command == "backup" && name == "keep")
      words.backup.keep = std::move(value);
    else if (words.command == "restore" && name == "from")
      words.backup.from = std::move(value);
    else
      words.sources.flags.emplace_back(std::move(name), std::move(value));
  }
  return std::nullopt;
}

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace

int main(int count, char** arguments) {
  if (count >= 2 && std::string_view(arguments[1]) == "bench") {
    host::SystemRandom random;
    return bench::command(std::span(arguments + 2, static_cast<std::size_t>(count - 2)), environment,
                          random.number() >> 32);
  }
  Words words;
  if (const auto wrong = read(count, arguments, words)) return bad_use(*wrong);
  if (words.example) return app::example_command();
  if (words.command == "version" || words.command == "--version") return app::version_command();
  if (words.command == "help" || words.command == "--help" || words.command == "-h") {
    std::printf("%s", kUsage);
    return 0;
  }
  words.sources.environment = environment;
  const bool imports = words.command == "import";
  if (imports && words.plain.size() != 1) return bad_use("import takes one file, or - for standard input");
  const bool exports = words.command == "export";
  if (exports && words.plain.size() != 1) return bad_use("export takes one word: products, orders or customers");
  if (!imports && !exports && !words.plain.empty()) return bad_use("'" + words.plain[0] + "' is one word too many");
  const auto config = runtime::Config::load(words.sources);
  if (!config) {
    std::fprintf(stderr, "kontor: %s\n", config.error().detail.c_str());
    return app::kBadUse;
  }
  if (words.command == "serve") return app::serve(*config, words.demo);
  if (words.command == "generate") return app::generate_command(words.generate);
  if (words.command == "check") return app::check_command(*config, words.repairs);
  if (words.command == "migrate") return app::migrate_command(*config);
  if (words.command == "backup") return app::backup_command(*config, words.backup);
  if (words.command == "restore") return app::restore_command(*config, words.backup);
  if (words.command == "config") return app::config_command(*config);
  if (exports) {
    words.exporting.what = words.plain[0];
    return app::export_command(*config, words.exporting);
  }
  if (imports) {
    words.import.file = words.plain[0];
    return app::import_command(*config, words.import);
  }
  return bad_use("'" + words.command + "' is no command");
}
