#include "adapters/db_postgres/conflicts.h"

#include <algorithm>

#include "base/assert.h"

namespace kontor::db_postgres {
namespace {

const Value* value_at(const Access& access, int column) {
  for (const auto& [named, value] : access.named)
    if (named == column) return &value;
  return nullptr;
}

bool differ(const Access& a, const Access& b, int column) {
  const Value* left = value_at(a, column);
  const Value* right = value_at(b, column);
  // Kinds that differ say nothing: who knows how the two compare.
  return left != nullptr && right != nullptr && left->kind == right->kind && !(*left == *right);
}

bool overlap(const Access& a, const Access& b) {
  return std::none_of(a.named.begin(), a.named.end(), [&](const auto& named) { return differ(a, b, named.first); });
}

bool same_rows(const Access& a, const Access& b) { return a.table == b.table && a.named == b.named; }

// Whether all rows of `b` are among those of `a`.
bool covers(const Access& a, const Access& b) {
  if (a.table != b.table) return false;
  return std::all_of(a.named.begin(), a.named.end(), [&](const auto& named) {
    const Value* value = value_at(b, named.first);
    return value != nullptr && *value == named.second;
  });
}

using Key = std::vector<int>;
bool sets_one_of(const Access& a, const Key& key) {
  return std::any_of(key.begin(), key.end(),
                     [&](int column) { return std::find(a.set.begin(), a.set.end(), column) != a.set.end(); });
}
bool frees(const Access& a, const Key& key) { return a.touch == Touch::kWrite && (a.removes || sets_one_of(a, key)); }
bool takes(const Access& a, const Key& key) { return a.touch == Touch::kInsert || frees(a, key); }
bool touches_key(const Access& a, const Key& key) { return frees(a, key) || takes(a, key); }

// Given by the server, and each time another.
bool is_serial(const Access& a, const Key& key) { return key.size() == 1 && !a.names_new(key.front()); }

bool may_clash(const Access& a, const Access& b, const Key& key) {
  if (a.touch == Touch::kInsert && b.touch == Touch::kInsert && (is_serial(a, key) || is_serial(b, key))) return false;
  return std::none_of(key.begin(), key.end(), [&](int column) { return differ(a, b, column); });
}

// Named and set alike, so that whether two conflict is a matter of their values alone.
bool alike(const Access& a, const Access& b) {
  return a.table == b.table && a.touch == b.touch && a.removes == b.removes && a.set == b.set &&
         std::equal(a.named.begin(), a.named.end(), b.named.begin(), b.named.end(), [](const auto& x, const auto& y) {
           return x.first == y.first && x.second.kind == y.second.kind && x.second.kind != Value::Kind::kNull;
         });
}

// Whether each has other values in these columns, of which those that are not named count as equal.
bool values_differ(std::span<const Access> all, const Key& columns) {
  std::vector<std::vector<std::int64_t>> values;
  values.reserve(all.size());
  for (const Access& access : all) {
    auto& mine = values.emplace_back();
    for (const int column : columns)
      if (const Value* value = value_at(access, column)) mine.push_back(value->number);
  }
  std::sort(values.begin(), values.end());
  return std::adjacent_find(values.begin(), values.end()) == values.end();
}

}  // namespace

void Habit::note_seen() {
  ++seen;
  if (seen < 4096) return;
  seen /= 2;
  again /= 2;
}

bool Access::names_new(int column) const {
  return value_at(*this, column) != nullptr || std::find(set.begin(), set.end(), column) != set.end();
}

Value value_of(const db::Param& param) {
  switch (param.kind) {
    case db::Param::Kind::kNull:
      return {};
    case db::Param::Kind::kInt:
      return {Value::Kind::kInt, param.number};
    case db::Param::Kind::kText:
    case db::Param::Kind::kBlob:
      break;
  }
  return {Value::Kind::kBytes, static_cast<std::int64_t>(std::hash<std::string_view>{}(param.bytes))};
}

void add_accesses(const Footprint& footprint, std::span<const db::Param> params, std::span<Habit> habits,
                  std::vector<Access>& out) {
  if (footprint.everything) {
    Access access;
    access.touch = footprint.writes ? Touch::kWrite : Touch::kRead;
    access.removes = footprint.writes;
    access.reads = !footprint.writes;
    access.habit = &habits[0];
    out.push_back(std::move(access));
    return;
  }
  for (std::size_t i = 0; i < footprint.regions.size(); ++i) {
    const Region& region = footprint.regions[i];
    Access access{region.table, region.touch, {}, {}, region.removes, region.touch == Touch::kRead, &habits[i]};
    const Named* several = nullptr;
    for (const Named& named : region.named) {
      if (named.params.size() > 1)
        several = &named;
      else if (static_cast<std::size_t>(named.params[0]) <= params.size())
        access.named.emplace_back(named.column, value_of(params[static_cast<std::size_t>(named.params[0]) - 1]));
    }
    for (const SetColumn& set : region.set) {
      const db::Param* unless = set.unless == 0 ? nullptr : &params[static_cast<std::size_t>(set.unless) - 1];
      const bool kept = unless != nullptr && unless->kind == db::Param::Kind::kInt && unless->number != set.is;
      if (!kept) access.set.push_back(set.column);
    }
    if (several == nullptr) {
      out.push_back(std::move(access));
      continue;
    }
    std::vector<Value> values;
    for (const int param : several->params) {
      const Value value = value_of(params[static_cast<std::size_t>(param) - 1]);
      if (std::find(values.begin(), values.end(), value) != values.end()) continue;
      values.push_back(value);
      Access one = access;
      one.named.emplace_back(several->column, value);
      out.push_back(std::move(one));
    }
  }
}

bool Board::keys_conflict(const Access& a, const Access& b) const {
  const Names::Keys& keys = names_.keys_of(a.table);
  if (keys.odd) return true;
  for (const Key& key : keys.columns) {
    const bool matters = (a.touch == Touch::kInsert && b.touch == Touch::kInsert) || (frees(a, key) && takes(b, key)) ||
                         (frees(b, key) && takes(a, key));
    if (matters && may_clash(a, b, key)) return true;
  }
  return false;
}

bool Board::conflict(const Access& a, const Access& b) const {
  if (a.touch == Touch::kRead && b.touch == Touch::kRead) return false;
  if (a.table < 0 || b.table < 0) return true;
  if (a.table != b.table) return false;
  const bool inserts = a.touch == Touch::kInsert && b.touch == Touch::kInsert;
  if (!inserts && overlap(a, b)) return true;
  return a.touch != Touch::kRead && b.touch != Touch::kRead && keys_conflict(a, b);
}

bool Board::conflict_between(std::span<const Access> some, std::span<const Access> others) const {
  return std::any_of(some.begin(), some.end(), [&](const Access& one) {
    return std::any_of(others.begin(), others.end(), [&](const Access& other) { return conflict(one, other); });
  });
}

bool Board::all_apart(std::span<const Access> all) const {
  if (all.size() < 2) return true;
  const Access& first = all.front();
  const auto other = [&](const Access& one) { return !alike(first, one); };
  if (first.table < 0 || std::any_of(all.begin(), all.end(), other)) return false;
  Key named;
  for (const auto& [column, value] : first.named) named.push_back(column);
  if (first.touch != Touch::kInsert && !values_differ(all, named)) return false;
  const Names::Keys& keys = names_.keys_of(first.table);
  return !keys.odd && std::all_of(keys.columns.begin(), keys.columns.end(), [&](const Key& key) {
    return !touches_key(first, key) || (first.touch == Touch::kInsert && is_serial(first, key)) ||
           values_differ(all, key);
  });
}

bool Board::sets_apart(std::span<const Access> all, std::span<const std::size_t> begins) const {
  constexpr std::size_t kMostCompared = 32;
  if (all.size() == begins.size() && all_apart(all)) return true;
  if (begins.size() > kMostCompared) return false;
  for (std::size_t i = 1; i < begins.size(); ++i) {
    const std::size_t end = i + 1 < begins.size() ? begins[i + 1] : all.size();
    if (conflict_between(all.first(begins[i]), all.subspan(begins[i], end - begins[i]))) return false;
  }
  return true;
}

bool Board::blocks(const Noted& noted) const {
  return noted.round == round_ ||
         (!finished_.test(static_cast<std::size_t>(noted.member)) && !noted.superseded && noted.access.habit->holds());
}

// Whether accesses with another value in `column` are nothing to this one.
bool Board::bound_to(const Access& access, int column) const {
  if (value_at(access, column) == nullptr) return false;
  if (access.touch == Touch::kRead) return true;
  const Names::Keys& keys = names_.keys_of(access.table);
  if (keys.odd) return false;
  for (const Key& key : keys.columns)
    if (touches_key(access, key) && !(access.touch == Touch::kInsert && is_serial(access, key)) &&
        std::find(key.begin(), key.end(), column) == key.end())
      return false;
  return true;
}

bool Board::free_insert(const Access& access) const {
  if (access.touch != Touch::kInsert) return false;
  const Names::Keys& keys = names_.keys_of(access.table);
  return !keys.odd &&
         std::all_of(keys.columns.begin(), keys.columns.end(), [&](const Key& key) { return is_serial(access, key); });
}

Board::Table& Board::table_of(const Access& access) {
  Table& table = tables_[access.table];
  if (table.column < 0 && !access.named.empty()) table.column = access.named.front().first;
  return table;
}

// The latest first, until `each` says false.
template <class Visit>
void Board::visit(const Access& access, Visit&& each) {
  bool on = true;
  const auto go = [&](const std::vector<std::size_t>& list) {
    for (auto at = list.rbegin(); on && at != list.rend(); ++at) on = each(noted_[*at]);
  };
  go(everywhere_);
  if (access.table < 0) {
    for (const auto& [number, table] : tables_) go(table.all), go(table.free_inserts);
    return;
  }
  const Table& table = table_of(access);
  if (access.touch != Touch::kInsert) go(table.free_inserts);
  if (free_insert(access)) {  // nothing but reads and changes can be in its way
    go(table.all);
    return;
  }
  if (table.column < 0 || !bound_to(access, table.column)) return go(table.all);
  go(table.wide);
  const auto found = table.by_value.find(value_at(access, table.column)->number);
  if (found != table.by_value.end()) go(found->second);
}

void Board::note(int member, Access&& access) {
  const std::size_t at = noted_.size();
  access.habit->note_seen();
  if (!access.reads) wrote_.set(static_cast<std::size_t>(member));
  if (access.table < 0) {
    everywhere_.push_back(at);
  } else {
    Table& table = table_of(access);
    if (free_insert(access)) {
      table.free_inserts.push_back(at);
    } else {
      table.all.push_back(at);
      const Value* value = table.column < 0 ? nullptr : value_at(access, table.column);
      if (value != nullptr && bound_to(access, table.column))
        table.by_value[value->number].push_back(at);
      else
        table.wide.push_back(at);
    }
  }
  noted_.push_back({std::move(access), member, round_, false});
}

// What the function touched before says what it does next; so it is learned.
void Board::learn(int member, std::vector<Access>& accesses) {
  for (Access& access : accesses) {
    if (access.touch == Touch::kRead && access.habit->upgrades) access.touch = Touch::kWrite;
    visit(access, [&](Noted& noted) {
      if (noted.member != member || noted.superseded) return true;
      const bool both_insert = noted.access.touch == Touch::kInsert && access.touch == Touch::kInsert;
      if (both_insert || (noted.access.table >= 0 && access.table >= 0 && !overlap(noted.access, access))) return true;
      ++noted.access.habit->again;
      if (access.touch != Touch::kRead && noted.access.reads && covers(noted.access, access))
        noted.access.habit->upgrades = true;
      return true;
    });
  }
}

bool Board::closes_circle(std::size_t self, const Members& earlier) const {
  if (earlier.none()) return false;
  for (std::size_t other = 0; other < kMostMembers; ++other)
    if (earlier.test(other) && before_[other].test(self)) return true;
  return false;
}

void Board::come_after(std::size_t self, const Members& earlier) {
  if ((earlier & ~before_[self]).none()) return;
  Members all = earlier;
  for (std::size_t other = 0; other < kMostMembers; ++other)
    if (earlier.test(other)) all |= before_[other];
  before_[self] |= all;
  for (std::size_t other = 0; other < kMostMembers; ++other)
    if (before_[other].test(self)) before_[other] |= before_[self];
}

Board::Verdict Board::ask(int member, std::vector<Access>& accesses) {
  KONTOR_ASSERT(member >= 0 && static_cast<std::size_t>(member) < kMostMembers);
  const auto self = static_cast<std::size_t>(member);
  bool wait = false;
  Members earlier;
  for (const Access& access : accesses) {
    visit(access, [&](const Noted& noted) {
      if (noted.member == member) {  // its own statements come in their order
        wait = noted.round == round_ && conflict(noted.access, access);
        return !wait;
      }
      if (!conflict(noted.access, access)) return true;
      wait = blocks(noted);
      earlier.set(static_cast<std::size_t>(noted.member));
      return !wait;
    });
    if (wait) return Verdict::kWait;
  }
  if (closes_circle(self, earlier)) return Verdict::kRefused;
  come_after(self, earlier);
  for (Access& access : accesses) {
    visit(access, [&](Noted& noted) {
      if (noted.member == member && same_rows(noted.access, access)) noted.superseded = true;
      return true;
    });
    note(member, std::move(access));
  }
  return Verdict::kGo;
}

}  // namespace kontor::db_postgres
