#include "shop/importing/import_mapping.h"

#include "base/text.h"
#include "runtime/json.h"
#include "runtime/toml_json.h"
#include "shop/importing/csv_rows.h"

namespace kontor::importing {
namespace {

using db::Home;

constexpr db::Query kFind{"importing.find_mapping", Home::kGlobal, R"sql(
  SELECT document FROM importing_mappings WHERE name = $1
)sql"};
constexpr db::Query kAll{"importing.all_mappings", Home::kGlobal, R"sql(
  SELECT name, document FROM importing_mappings ORDER BY name LIMIT $1
)sql"};
constexpr db::Query kCount{"importing.count_mappings", Home::kGlobal, R"sql(
  SELECT COUNT(*) FROM importing_mappings WHERE name <> $1
)sql"};
constexpr db::Query kPut{"importing.put_mapping", Home::kGlobal, R"sql(
  INSERT INTO importing_mappings (name, document, updated_at) VALUES ($1, $2, $3)
  ON CONFLICT (name) DO UPDATE SET document = excluded.document, updated_at = excluded.updated_at
)sql"};
constexpr db::Query kRemove{"importing.remove_mapping", Home::kGlobal, R"sql(
  DELETE FROM importing_mappings WHERE name = $1
)sql"};

// What the described struct cannot say of itself.
void check(const Mapping& mapping, std::vector<FieldError>& wrong) {
  for (const auto& [column, name] : mapping.columns)
    if (!member_of(name))
      wrong.push_back({"/columns/" + column, "unknown_value",
                       "A product has no '" + std::string(clip(name, 80)) + "'; there are " + member_names() + "."});
  for (const auto& [name, value] : mapping.constants)
    if (!member_of(name) || name == "external_id" || name == "sku")
      wrong.push_back({"/constants/" + name, "unknown_value", "This cannot be a constant."});
  for (const auto& [name, value] : mapping.separators)
    if (value.empty()) wrong.push_back({"/separators/" + name, "too_short", "A separator has a character at least."});
  if (mapping.decimal != "." && mapping.decimal != ",")
    wrong.push_back({"/decimal", "bad_format", "The decimal mark is '.' or ','."});
  if (mapping.thousands == mapping.decimal)
    wrong.push_back({"/thousands", "bad_format", "The mark of groups is not the decimal mark."});
  if (mapping.delimiter && !delimiter_of(*mapping.delimiter))
    wrong.push_back({"/delimiter", "bad_format", "A delimiter is comma, semicolon, tab, pipe or one character."});
}

tl::unexpected<Error> no_such_mapping(const std::string& name) {
  return fail(Errc::kNotFound, "importing.no_such_mapping", "There is no mapping '" + name + "'.");
}

}  // namespace

Result<Mapping> read_mapping(std::string_view text) {
  std::string converted;
  if (!trim(text).starts_with('{')) {
    TRY(converted, runtime::json_from_toml(text));
    text = converted;
  }
  TRY(auto mapping, json::read<Mapping>(text));
  std::vector<FieldError> wrong;
  check(mapping, wrong);
  if (wrong.empty()) return mapping;
  const std::string detail = wrong[0].field + ": " + wrong[0].message;
  return fail(Error{Errc::kInvalid, "importing.bad_mapping", detail, std::move(wrong), {}, 0});
}

Result<Mapping> Mappings::find(const std::string& name) {
  std::optional<std::string> document;
  TRY_DO(store_.read(Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kFind, name));
    document = rows.empty() ? std::nullopt : std::optional(rows.front().str(0));
    return {};
  }));
  if (!document) return no_such_mapping(name);
  return read_mapping(*document);
}

Result<std::vector<NamedMapping>> Mappings::all() {
  std::vector<std::pair<std::string, std::string>> found;
  TRY_DO(store_.read(Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto rows, tx.ask(kAll, kMost));
    found.clear();
    for (const auto& row : rows) found.emplace_back(row.str(0), row.str(1));
    return {};
  }));
  std::vector<NamedMapping> out;
  for (auto& [name, document] : found) {
    TRY(auto mapping, read_mapping(document));
    out.push_back({std::move(name), std::move(mapping)});
  }
  return out;
}

Result<void> Mappings::put(const std::string& name, const Mapping& mapping) {
  const std::string document = json::print(mapping);
  TRY_DO(read_mapping(document));  // the same checks as a file's
  const Time now = clock_.now();
  return store_.write(Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY(const auto others, tx.ask(kCount, name));
    if (others.front().i64(0) >= static_cast<std::int64_t>(kMost))
      return fail(Errc::kConflict, "importing.too_many_mappings",
                  "There are " + std::to_string(kMost) + " mappings already; remove one first.");
    TRY_DO(tx.run(kPut, name, document, now));
    return {};
  });
}

Result<void> Mappings::remove(const std::string& name) {
  return store_.write(Home::kGlobal, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(tx.run(kRemove, name));
    return {};
  });
}

}  // namespace kontor::importing
