#include "services/settings.h"

namespace kontor::services {
namespace {

constexpr db::Query kGet{"setting.get", db::Home::kGlobal, "SELECT value FROM setting_values WHERE name = $1"};
constexpr db::Query kSet{"setting.set", db::Home::kGlobal, R"sql(
  INSERT INTO setting_values (name, value, updated_at) VALUES ($1, $2, $3)
  ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
)sql"};
constexpr db::Query kSetOnce{"setting.set_once", db::Home::kGlobal, R"sql(
  INSERT INTO setting_values (name, value, updated_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING
)sql"};

}  // namespace

Result<std::optional<std::string>> Settings::get(db::Tx& tx, std::string_view name) {
  TRY(const auto rows, tx.ask(kGet, name));
  return rows.empty() ? std::nullopt : std::optional<std::string>(rows.front().str(0));
}

Result<void> Settings::set(db::Tx& tx, std::string_view name, std::string_view value, Time now) {
  TRY_DO(tx.run(kSet, name, value, now));
  return {};
}

Result<std::optional<std::string>> Settings::get(std::string_view name) {
  std::optional<std::string> value;
  TRY_DO(store_.read(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(value, get(tx, name));
    return {};
  }));
  return value;
}

Result<void> Settings::set(std::string_view name, std::string_view value) {
  const auto now = clock_.now();
  return store_.write(db::Home::kGlobal, [&](db::Tx& tx) { return set(tx, name, value, now); });
}

Result<std::string> Settings::get_or_set(std::string_view name, std::string_view value) {
  TRY(auto there, get(name));
  if (there) return std::move(*there);
  const auto now = clock_.now();
  std::string holds;
  TRY_DO(store_.write(db::Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kSetOnce, name, value, now));
    TRY(const auto found, get(tx, name));
    holds = found.value_or("");
    return {};
  }));
  return holds;
}

Result<std::string> signing_secret(Settings& settings, Random& random, std::string_view given) {
  if (!given.empty() && given.size() < 16)
    return fail(Errc::kInvalid, "services.secret_too_short", "KONTOR_SECRET needs at least 16 characters.");
  if (!given.empty()) return std::string(given);
  return settings.get_or_set("services.secret", random.hex(32));
}

}  // namespace kontor::services
