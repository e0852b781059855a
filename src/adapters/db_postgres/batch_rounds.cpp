// What a batch sends in a round, and how the answers come to those who asked.
#include <algorithm>

#include "adapters/db_postgres/batch.h"
#include "base/assert.h"

namespace kontor::db_postgres {
namespace {

std::uint32_t element_type(char kind) { return kind == 'i' ? 20 : kind == 'b' ? 17 : 25; }

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
}

// An array's binary form: dimensions, whether there are NULLs, the type; the length and where it begins; the elements,
// each with its length, -1 for NULL.
class Array {
 public:
  Array(char kind, std::size_t count) {
    bytes_.reserve(24 + 16 * count);
    put(bytes_, 1, 4);
    put(bytes_, 0, 4);
    put(bytes_, element_type(kind), 4);
    put(bytes_, count, 4);
    put(bytes_, 1, 4);
  }
  void add(const db::Param& param) {
    if (param.kind == db::Param::Kind::kNull) {
      put(bytes_, 0xFFFFFFFFu, 4);
      bytes_[7] = 1;
    } else if (param.kind == db::Param::Kind::kInt) {
      put(bytes_, 8, 4);
      put(bytes_, static_cast<std::uint64_t>(param.number), 8);
    } else {
      put(bytes_, param.bytes.size(), 4);
      bytes_ += param.bytes;
    }
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

// The kinds of the parameters with what one more set says of them; false when they do not agree.
bool agree_on_kinds(std::string& kinds, std::span<const db::Param> params) {
  if (kinds.size() != params.size()) return false;
  for (std::size_t i = 0; i < params.size(); ++i) {
    const char kind = kind_letter(params[i]);
    if (kind == '?') continue;
    if (kinds[i] == '?') kinds[i] = kind;
    if (kinds[i] != kind) return false;
  }
  return true;
}

}  // namespace

// Whether the sets of a group can go as one statement: their kinds must be known, and the same.
void Batch::learn_kinds(Group& group) {
  KnownQuery& known = *group.known;
  if (known.set.kind == SetText::Kind::kShared) return;
  bool agree = group.as_set && (group.sets > 1 || how_.always_sets) && known.set.kind != SetText::Kind::kAlone;
  for (const auto& [member, wish] : group.wishes)
    for (std::size_t i = 0; agree && i < wish->count; ++i) agree = agree_on_kinds(known.kinds, wish->set(i));
  group.as_set = agree;
  if (!agree || known.kinds.find('?') == std::string::npos) return;
  if (!known.described) {
    known.described = true;
    std::string kinds;
    // What is wrong with the statement is told when it is sent.
    if (!connection_.describe(*group.query, group.wishes[0].second->set(0), kinds) &&
        kinds.size() == known.kinds.size())
      for (std::size_t i = 0; i < kinds.size(); ++i)
        if (known.kinds[i] == '?') known.kinds[i] = kinds[i];
  }
  group.as_set = known.kinds.find('?') == std::string::npos;
}

void Batch::send(Group& group) {
  KnownQuery& known = *group.known;
  if (known.set.kind == SetText::Kind::kShared) {
    group.answers = 1;
    connection_.add_statement(*group.query, group.wishes[0].second->params);
    return;
  }
  if (!group.as_set) {
    group.answers = group.sets;
    for (const auto& [member, wish] : group.wishes)
      for (std::size_t i = 0; i < wish->count; ++i) connection_.add_statement(*group.query, wish->set(i));
    return;
  }
  group.answers = 1;
  if (known.statement.kinds != known.kinds)
    known.statement = {group.query, known.kinds, known.set.sql(known.kinds), false};
  std::vector<std::string> arrays;
  for (std::size_t param = 0; param < known.kinds.size(); ++param) {
    Array array(known.kinds[param], group.sets);
    for (const auto& [member, wish] : group.wishes)
      for (std::size_t i = 0; i < wish->count; ++i) array.add(wish->set(i)[param]);
    arrays.push_back(array.take());
  }
  connection_.add_set(known.statement, arrays);
}

// False when the answer leaves open whose it is.
bool Batch::hand_out(Group& group, std::span<const ResultPtr> answers) {
  for (auto& [member, wish] : group.wishes) {
    wish->changed.assign(wish->count, 0);
    wish->rows.assign(wish->count, db::Rows());
  }
  if (group.as_set && group.known->set.kind != SetText::Kind::kShared) {
    switch (group.known->set.kind) {
      case SetText::Kind::kInsert:
      case SetText::Kind::kUpsert:
        return hand_out_inserts(group, answers[0].get());
      case SetText::Kind::kInsertIds:
      case SetText::Kind::kInsertSelect:
        return hand_out_ids(group, answers[0].get());
      default:
        return hand_out_rows(group, answers[0].get());
    }
  }
  const bool shared = group.known->set.kind == SetText::Kind::kShared;
  std::size_t at = 0;
  for (auto& [member, wish] : group.wishes) {
    for (std::size_t i = 0; i < wish->count; ++i) {
      const PGresult* answer = answers[shared ? 0 : at++].get();
      wish->changed[i] = changed_by(answer);
      auto rows = rows_of(answer, group.query->name);
      if (!rows) return false;
      wish->rows[i] = std::move(*rows);
    }
  }
  return true;
}

// A row for each set, or it is not known whose was refused.
bool Batch::hand_out_inserts(Group& group, const PGresult* answer) {
  if (changed_by(answer) != static_cast<std::int64_t>(group.sets)) return false;
  for (auto& [member, wish] : group.wishes) wish->changed.assign(wish->count, 1);
  return true;
}

bool Batch::hand_out_ids(Group& group, const PGresult* answer) {
  const bool selected = group.known->set.kind == SetText::Kind::kInsertSelect;
  std::vector<std::int64_t> ids, inserted;
  const int count = PQntuples(answer);
  for (int row = 0; row < count; ++row) {
    if (!selected)
      ids.push_back(number_at(answer, row, 0));
    else
      (number_at(answer, row, 0) == 0 ? inserted : ids).push_back(number_at(answer, row, 1));
  }
  std::sort(ids.begin(), ids.end());
  std::sort(inserted.begin(), inserted.end());
  if (!selected)
    for (std::size_t set = 1; set <= group.sets; ++set) inserted.push_back(static_cast<std::int64_t>(set));
  if (!ids.empty() && ids.size() != inserted.size()) return false;
  std::int64_t set = 0;
  std::size_t at = 0;
  for (auto& [member, wish] : group.wishes) {
    for (std::size_t i = 0; i < wish->count; ++i) {
      if (!ids.empty()) wish->rows[i].set_columns(1);
      for (++set; at < inserted.size() && inserted[at] == set; ++at) {
        ++wish->changed[i];
        if (!ids.empty()) wish->rows[i].add_int(ids[at]);
      }
    }
  }
  return at == inserted.size();
}

bool Batch::hand_out_rows(Group& group, const PGresult* answer) {
  std::vector<std::vector<int>> rows_of_set(group.sets);
  const int count = PQntuples(answer);
  for (int row = 0; row < count; ++row) {
    const auto set = static_cast<std::size_t>(number_at(answer, row, 0)) - 1;
    KONTOR_ASSERT(set < group.sets);
    rows_of_set[set].push_back(row);
  }
  const bool changes = group.known->set.kind == SetText::Kind::kChange;
  const bool with_rows = PQnfields(answer) > 1;
  std::size_t set = 0;
  for (auto& [member, wish] : group.wishes) {
    for (std::size_t i = 0; i < wish->count; ++i) {
      const auto& mine = rows_of_set[set++];
      wish->changed[i] = changes ? static_cast<std::int64_t>(mine.size()) : 0;
      if (!with_rows) continue;
      auto rows = some_rows_of(answer, mine, 1, group.query->name);
      if (!rows) return false;
      wish->rows[i] = std::move(*rows);
    }
  }
  return true;
}

}  // namespace kontor::db_postgres
