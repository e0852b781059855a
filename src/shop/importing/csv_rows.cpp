#include "shop/importing/csv_rows.h"

#include <algorithm>

#include "base/text.h"
#include "runtime/csv_write.h"
#include "runtime/json.h"

namespace kontor::importing {
namespace {

struct Known {
  std::string_view name;
  CellKind kind;
  bool offer;
};
constexpr Known kMembers[] = {{"external_id", CellKind::kText, false},    {"slug", CellKind::kText, false},
                              {"title", CellKind::kText, false},          {"description", CellKind::kText, false},
                              {"brand", CellKind::kText, false},          {"category_path", CellKind::kList, false},
                              {"attributes", CellKind::kObject, false},   {"images", CellKind::kList, false},
                              {"gtin", CellKind::kText, false},           {"status", CellKind::kText, false},
                              {"weight_g", CellKind::kWhole, false},      {"dimensions_mm", CellKind::kList, false},
                              {"tax_class", CellKind::kText, false},      {"returnable", CellKind::kBoolean, false},
                              {"translations", CellKind::kObject, false}, {"rating", CellKind::kDecimal, false},
                              {"review_count", CellKind::kWhole, false},  {"sku", CellKind::kText, true},
                              {"seller", CellKind::kText, true},          {"condition", CellKind::kText, true},
                              {"options", CellKind::kObject, true},       {"price", CellKind::kAmount, true},
                              {"list_price", CellKind::kAmount, true},    {"currency", CellKind::kText, true},
                              {"purchase_limit", CellKind::kWhole, true}, {"backorder", CellKind::kWhole, true},
                              {"active", CellKind::kBoolean, true},       {"warehouse", CellKind::kText, true},
                              {"on_hand", CellKind::kWhole, true},        {"min_quantity", CellKind::kWhole, true},
                              {"quantity_step", CellKind::kWhole, true}};

// "12", "-3", "25.0" (as spreadsheets write whole numbers); nothing else.
std::optional<std::string> whole_of(std::string_view text, char decimal) {
  text = trim(text);
  const auto point = text.find(decimal);
  if (point != std::string_view::npos) {
    const auto rest = text.substr(point + 1);
    if (rest.empty() || rest.find_first_not_of('0') != std::string_view::npos) return std::nullopt;
    text = text.substr(0, point);
  }
  const bool minus = text.starts_with('-');
  if (minus) text.remove_prefix(1);
  if (text.empty() || text.size() > 18 || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  while (text.size() > 1 && text[0] == '0') text.remove_prefix(1);
  return (minus ? "-" : "") + std::string(text);
}

// A JSON number of it.
std::optional<std::string> decimal_of(std::string_view text, char decimal) {
  text = trim(text);
  const auto point = text.find(decimal);
  const auto whole = whole_of(text.substr(0, point), '\0');
  if (!whole || point == std::string_view::npos) return whole;
  const auto rest = text.substr(point + 1);
  if (rest.empty() || rest.size() > 18 || !std::all_of(rest.begin(), rest.end(), is_digit)) return std::nullopt;
  const bool lost_minus = *whole == "0" && text.starts_with('-');
  return (lost_minus ? "-0" : *whole) + "." + std::string(rest);
}

std::optional<bool> boolean_of(std::string_view text) {
  const std::string word = ascii_lower(trim(text));
  if (word == "true" || word == "yes" || word == "1" || word == "y") return true;
  if (word == "false" || word == "no" || word == "0" || word == "n") return false;
  return std::nullopt;
}

std::string default_separator(const Member& member) {
  if (member.name == "category_path") return ">";
  if (member.name == "dimensions_mm") return "x";
  return "|";
}

std::string pointer_of(const Member& member) {
  const std::string where = member.offer ? "/offers/" : "/";
  if (member.name.starts_with("attributes.")) return "/attributes/" + member.part;
  if (member.name.starts_with("options.")) return "/offers/options/" + member.part;
  if (member.name.starts_with("stock.")) return "/offers/stock/" + member.part;
  if (member.name == "warehouse" || member.name == "on_hand") return "/offers/stock/" + member.name;
  if (member.name == "currency") return "/offers/price/currency";
  return where + member.name;
}

// The parts of a list's cell: a JSON list of texts, or parts between separators, without blanks around them.
bool parts_of(std::string_view cell, const std::string& separator, std::vector<std::string>& parts) {
  if (trim(cell).starts_with('[')) {
    auto list = json::read<std::vector<std::string>>(cell);
    if (!list) return false;
    parts.insert(parts.end(), list->begin(), list->end());
    return true;
  }
  for (std::size_t at = 0; at <= cell.size();) {
    const auto end = separator.empty() ? std::string_view::npos : cell.find(separator, at);
    const auto part = trim(cell.substr(at, end == std::string_view::npos ? end : end - at));
    if (!part.empty()) parts.emplace_back(part);
    if (end == std::string_view::npos) break;
    at = end + separator.size();
  }
  return true;
}

// The members of an object's text.
std::string inside(std::string_view object) {
  const auto begin = object.find('{') + 1;
  return std::string(trim(object.substr(begin, object.rfind('}') - begin)));
}

}  // namespace

std::optional<Member> member_of(std::string_view name) {
  for (const Known& known : kMembers)
    if (known.name == name) return Member{std::string(name), known.kind, known.offer, ""};
  const auto behind = [&](std::string_view prefix) {
    return name.starts_with(prefix) && name.size() > prefix.size() ? name.substr(prefix.size()) : std::string_view();
  };
  if (const auto code = behind("stock."); !code.empty())
    return Member{std::string(name), CellKind::kWhole, true, std::string(code)};
  if (const auto option = behind("options."); !option.empty())
    return Member{std::string(name), CellKind::kText, true, std::string(option)};
  auto attribute = behind("attributes.");
  if (attribute.empty()) return std::nullopt;
  CellKind kind = CellKind::kText;
  for (const auto& [suffix, meant] : {std::pair{std::string_view(":number"), CellKind::kDecimal},
                                      std::pair{std::string_view(":boolean"), CellKind::kBoolean},
                                      std::pair{std::string_view(":list"), CellKind::kList}}) {
    if (!attribute.ends_with(suffix) || attribute.size() == suffix.size()) continue;
    attribute.remove_suffix(suffix.size());
    kind = meant;
    break;
  }
  return Member{"attributes." + std::string(attribute), kind, false, std::string(attribute)};
}

std::string member_names() {
  std::string out;
  for (const Known& known : kMembers) out += (out.empty() ? "" : ", ") + std::string(known.name);
  return out + ", attributes.NAME, options.NAME, stock.WAREHOUSE";
}

Result<std::unique_ptr<RowSource>> CsvRows::open(CsvTable table, const Mapping& mapping, Currency currency) {
  TRY(auto made, plan(table, mapping, currency));
  return std::unique_ptr<RowSource>(new CsvRows(std::move(table), std::move(made)));
}

CsvRows::CsvRows(CsvTable table, Plan plan) : GroupedRows(std::move(table), plan.key), plan_(std::move(plan)) {
  for (const Source& source : plan_.sources) names_.emplace(pointer_of(source.member), source.title);
}

Result<void> CsvRows::add_columns(const CsvTable& table, const Mapping& mapping, std::vector<Source>& sources) {
  const auto& columns = table.columns();
  for (const auto& [column, member] : mapping.columns)
    if (std::find(columns.begin(), columns.end(), column) == columns.end())
      return fail(table.bad_header(column, "unknown_column",
                                   "The mapping has a column " + quoted(column) + ", which the file has not."));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto named = mapping.columns.find(columns[i]);
    std::optional<Member> member;
    if (named != mapping.columns.end())
      member = member_of(named->second);
    else if (mapping.columns.empty())
      member = member_of(columns[i]);
    if (!member && mapping.unknown == UnknownColumn::kIgnore) continue;
    if (!member && mapping.unknown == UnknownColumn::kAttribute) member = member_of("attributes." + columns[i]);
    if (!member)
      return fail(table.bad_header(columns[i], "unknown_column",
                                   mapping.columns.empty()
                                       ? "The column " + quoted(columns[i]) +
                                             " is named like no member of a product (" + member_names() +
                                             "). A mapping may say what it is, or unknown=attribute, unknown=ignore."
                                       : "The mapping does not say what the column " + quoted(columns[i]) +
                                             " is. It may also say unknown = \"attribute\" or \"ignore\"."));
    const bool many = member->name == "category_path" || member->name == "images";
    const auto before = std::find_if(sources.begin(), sources.end(),
                                     [&](const Source& source) { return source.member.name == member->name; });
    if (before != sources.end() && !many)
      return fail(table.bad_header(
          columns[i], "duplicate",
          "The columns " + quoted(before->title) + " and " + quoted(columns[i]) + " are both " + member->name + "."));
    sources.push_back({std::move(*member), i, "", "", columns[i]});
  }
  return {};
}

Result<void> CsvRows::add_constants(const CsvTable& table, const Mapping& mapping, std::vector<Source>& sources) {
  for (const auto& [name, value] : mapping.constants) {
    const auto member = member_of(name);
    if (!member || name == "external_id" || name == "sku")
      return fail(table.bad_header("", "unknown_column", "The mapping's constant " + quoted(name) + " cannot be one."));
    const auto before = std::find_if(sources.begin(), sources.end(),
                                     [&](const Source& source) { return source.member.name == member->name; });
    if (before != sources.end())
      before->constant = value;
    else
      sources.push_back({*member, std::nullopt, value, "", "constants." + name});
  }
  return {};
}

Result<CsvRows::Plan> CsvRows::plan(const CsvTable& table, const Mapping& mapping, Currency currency) {
  Plan plan;
  plan.currency = mapping.currency.value_or(currency);
  plan.style = {mapping.decimal[0], mapping.thousands.empty() ? '\0' : mapping.thousands[0]};
  TRY_DO(add_columns(table, mapping, plan.sources));
  TRY_DO(add_constants(table, mapping, plan.sources));
  const auto column_of = [&](std::string_view name) -> const Source* {
    for (const Source& source : plan.sources)
      if (source.member.name == name) return &source;
    return nullptr;
  };
  const Source* key = column_of("external_id");
  if (key == nullptr) key = column_of("sku");  // then each sku is a product
  if (key == nullptr)
    return fail(table.bad_header("external_id", "required", "One column must be external_id (or at least sku)."));
  plan.key = *key->column;
  if (column_of("title") == nullptr) return fail(table.bad_header("title", "required", "One column must be title."));
  for (Source& source : plan.sources) {
    auto given = mapping.separators.find(source.member.name);
    if (given == mapping.separators.end() && !source.member.part.empty()) given = mapping.separators.find("attributes");
    source.separator = given == mapping.separators.end() ? default_separator(source.member) : given->second;
  }
  return plan;
}

// A column's name for a pointer without its numbers: "/offers/0/price/amount" → "/offers/price".
std::string CsvRows::name_of(std::string_view pointer) const {
  std::string plain;
  for (const auto part : split(pointer, '/')) {
    const bool number = !part.empty() && std::all_of(part.begin(), part.end(), is_digit);
    if (!part.empty() && !number) plain += "/" + std::string(part);
  }
  while (!plain.empty()) {
    if (const auto found = names_.find(plain); found != names_.end()) return found->second;
    plain.erase(plain.rfind('/'));
  }
  return std::string(pointer);
}

// An offer as a line says it.
struct CsvRows::OfferParts {
  std::string seller, sku, body, stock;  // of the row's JSON
  bool has_price = false;
};

// One product in the making: its lines, and the row that comes of them.
struct CsvRows::Making {
  const Plan& plan;
  const std::vector<KeptLine>& lines;
  SourceRow& row;
  std::vector<OfferParts> offers = {};

  void wrong(std::int64_t line, const Source& source, std::string code, std::string message) const {
    row.wrong.push_back({line, source.title, std::move(code), std::move(message)});
  }

  static std::string_view value(const Source& source, const KeptLine& line) {
    const auto cell = source.column ? runtime::unguarded(line.cell(*source.column)) : std::string_view();
    return cell.empty() ? std::string_view(source.constant) : cell;
  }

  // The member's one value: the lines of a product say the same or nothing. "" when none says it.
  std::pair<std::string_view, std::int64_t> product_value(const Source& source) const {
    std::string_view found;
    std::int64_t line = row.line;
    for (const KeptLine& one : lines) {
      const auto cell = source.column ? runtime::unguarded(one.cell(*source.column)) : std::string_view();
      if (cell.empty()) continue;
      if (found.empty()) {
        found = cell;
        line = one.line();
      } else if (cell != found) {
        wrong(one.line(), source, "conflict",
              "The product of line " + std::to_string(row.line) + " has another " + source.member.name + " there.");
      }
    }
    return {found.empty() ? std::string_view(source.constant) : found, line};
  }

  Currency currency(const KeptLine& line) const {
    for (const Source& source : plan.sources) {
      if (source.member.name != "currency") continue;
      const auto text = trim(value(source, line));
      if (text.empty()) break;
      if (const auto known = Currency::parse(text)) return *known;
      wrong(line.line(), source, "bad_format", quoted(text) + " is no ISO 4217 currency such as EUR.");
    }
    return plan.currency;
  }

  std::string amount(const Source& source, const KeptLine& line, std::string_view text) const {
    const Currency unit = currency(line);
    const auto money = parse_amount(text, unit, plan.style);
    if (money) return json::print(*money);
    std::string right = amount_text(Money::minor(129'950, unit));
    std::replace(right.begin(), right.end(), '.', plan.style.decimal);
    wrong(line.line(), source, "bad_format",
          quoted(text) + " is no amount in " + std::string(unit.code()) + ". It is written like " + right + ".");
    return {};
  }

  // The cell as JSON; empty when it is wrong, which is noted.
  std::string json_of(const Source& source, const KeptLine& line, std::string_view text) const {
    const auto bad = [&](const std::string& should) {
      wrong(line.line(), source, "wrong_type", quoted(text) + " is " + should);
      return std::string();
    };
    switch (source.member.kind) {
      case CellKind::kWhole: {
        const auto number = whole_of(text, plan.style.decimal);
        return number ? *number : bad("no whole number such as 12.");
      }
      case CellKind::kDecimal: {
        const auto number = decimal_of(text, plan.style.decimal);
        return number ? *number : bad(std::string("no number such as 4") + plan.style.decimal + "5.");
      }
      case CellKind::kBoolean: {
        const auto truth = boolean_of(text);
        return truth ? (*truth ? "true" : "false") : bad("neither true nor false (or yes, no, 1, 0).");
      }
      case CellKind::kAmount:
        return amount(source, line, text);
      case CellKind::kList: {
        std::vector<std::string> parts;
        if (!parts_of(text, source.separator, parts)) return bad("no list of texts such as [\"a\", \"b\"].");
        return json_list(parts);
      }
      case CellKind::kObject: {
        const auto document = json::parse(text);
        return document && document->root().is_object() ? std::string(text)
                                                        : bad("no JSON object such as {\"colour\": \"red\"}.");
      }
      case CellKind::kText:
        break;
    }
    return json_text(text);
  }

  const KeptLine& line_at(std::int64_t line) const {
    for (const KeptLine& one : lines)
      if (one.line() == line) return one;
    return lines[0];
  }
};

void CsvRows::make(const std::vector<KeptLine>& lines, SourceRow& row) const {
  Making making{plan_, lines, row};
  RowJson out(row.text);
  std::vector<std::string> path, images;
  std::string attributes;
  bool named = false;
  const auto attribute = [&](const std::string& members) { attributes += (attributes.empty() ? "" : ",") + members; };
  for (const Source& source : plan_.sources) {
    if (source.member.offer) continue;
    const auto [value, line] = making.product_value(source);
    const std::string& name = source.member.name;
    if (value.empty()) continue;
    if (name == "category_path" || name == "images") {
      auto& list = name == "images" ? images : path;
      if (!parts_of(value, source.separator, list))
        making.wrong(line, source, "wrong_type", quoted(value) + " is no list of texts such as [\"a\", \"b\"].");
      continue;
    }
    if (name == "dimensions_mm") {
      std::vector<std::string> sides;
      std::string list;
      bool good = parts_of(value, source.separator, sides);
      for (const auto& side : sides) {
        const auto number = whole_of(side, plan_.style.decimal);
        good = good && number;
        if (number) list += (list.empty() ? "" : ",") + *number;
      }
      if (!good) making.wrong(line, source, "wrong_type", quoted(value) + " is not written like 300x200x20.");
      out.raw(name, "[" + list + "]");
      continue;
    }
    const std::string json = making.json_of(source, making.line_at(line), value);
    if (json.empty()) continue;
    if (name == "attributes")
      attribute(inside(json));
    else if (!source.member.part.empty())
      attribute(json_text(source.member.part) + ":" + json);
    else
      out.raw(name, json);
    named = named || name == "external_id";
  }
  if (!named) out.text("external_id", runtime::unguarded(lines[0].cell(plan_.key)));
  if (!path.empty()) out.raw("category_path", json_list(path));
  if (!images.empty()) out.raw("images", json_list(images));
  if (!attributes.empty()) out.raw("attributes", "{" + attributes + "}");
  make_offers(making);
  std::string offers;
  for (const auto& offer : making.offers)
    offers += (offers.empty() ? "{" : ",{") + offer.body + ",\"stock\":[" + offer.stock + "]}";
  out.raw("offers", "[" + offers + "]");
  out.end();
}

// What the line says of an offer; nothing when it says nothing.
std::optional<CsvRows::OfferParts> CsvRows::offer_of(const Making& making, const KeptLine& line) const {
  OfferParts offer{"house", std::string(runtime::unguarded(line.cell(plan_.key))), "", "", false};
  std::string warehouse = "main", options, rest, on_hand;
  bool any = false;
  const auto add = [](std::string& to, const std::string& what) { to += (to.empty() ? "" : ",") + what; };
  const auto add_stock = [&](std::string_view code, const std::string& count) {
    add(offer.stock, "{\"warehouse\":" + json_text(code) + ",\"on_hand\":" + count + "}");
  };
  for (const Source& source : plan_.sources) {
    const auto value = source.member.offer ? Making::value(source, line) : std::string_view();
    const std::string& name = source.member.name;
    if (value.empty() || name == "currency") continue;
    any = any || (source.column && name != "seller" && name != "condition" && name != "warehouse");
    if (name == "sku" || name == "seller" || name == "warehouse") {
      (name == "sku" ? offer.sku : name == "seller" ? offer.seller : warehouse) = value;
      continue;
    }
    const std::string json = making.json_of(source, line, value);
    if (name == "on_hand")
      on_hand = json;
    else if (name.starts_with("stock."))
      add_stock(source.member.part, json);
    else if (name == "options" && !json.empty())
      add(options, inside(json));
    else if (name.starts_with("options."))
      add(options, json_text(source.member.part) + ":" + json);
    else
      add(rest, json_text(name) + ":" + json);
    offer.has_price = offer.has_price || name == "price";
  }
  if (!on_hand.empty()) add_stock(warehouse, on_hand);
  if (!any) return std::nullopt;
  offer.body = "\"sku\":" + json_text(offer.sku) + ",\"seller\":" + json_text(offer.seller);
  if (!options.empty()) offer.body += ",\"options\":{" + options + "}";
  if (!rest.empty()) offer.body += "," + rest;
  return offer;
}

// Each line is an offer, or one more warehouse of the offer that an earlier line began.
void CsvRows::make_offers(Making& making) const {
  for (const KeptLine& line : making.lines) {
    auto offer = offer_of(making, line);
    if (!offer) continue;
    const auto before = std::find_if(making.offers.begin(), making.offers.end(), [&](const auto& one) {
      return one.sku == offer->sku && one.seller == offer->seller;
    });
    if (before == making.offers.end()) {
      making.offers.push_back(std::move(*offer));
      making.row.offer_lines.push_back(line.line());
    } else if (offer->stock.empty() || (before->body != offer->body && offer->has_price)) {
      making.row.wrong.push_back({line.line(), name_of("/offers/sku"), "taken",
                                  "The sku " + quoted(offer->sku) +
                                      " stands in this product twice. A second line of it may only name another "
                                      "warehouse."});
    } else {
      before->stock += "," + offer->stock;
    }
  }
}

}  // namespace kontor::importing
