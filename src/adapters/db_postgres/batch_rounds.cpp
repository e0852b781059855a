// What a batch sends in a round, and how the answers come to those who asked.
#include <algorithm>

#include "adapters/db_postgres/batch.h"
#include "base/assert.h"

namespace kontor::db_postgres {
namespace {

constexpr std::size_t kSplitFrom = 32;  // members that wait

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

void Batch::join_group(Round& round, Member& member, Wish& wish) {
  KnownQuery& known = known_.of(*wish.query);
  const bool alone = known.set.kind == SetText::Kind::kAlone || wish.apart;
  auto group = round.end();
  if (!alone)
    group = std::find_if(round.begin(), round.end(), [&](const Group& g) { return g.query == wish.query && g.as_set; });
  if (group == round.end()) {
    round.push_back({wish.query, &known, {}, 0, !alone, 0});
    group = round.end() - 1;
  }
  group->wishes.emplace_back(&member, &wish);
  group->sets += wish.count;
}

// Who may go in this round, by statement; of several wishes the first that may. Of many only half, where nothing is
// under way.
Batch::Round Batch::choose() {
  Round round;
  if (std::exchange(all_asked_, true)) return round;
  std::sort(waiting_.begin(), waiting_.end(), [](auto* a, auto* b) { return a->number < b->number; });
  std::size_t room = waiting_.size();
  if (!reading_ && rounds_.empty() && room >= kSplitFrom) room /= 2;
  for (Member* member : waiting_) {
    if (room == 0) {
      all_asked_ = false;
      break;
    }
    const std::size_t before = member->sent;
    while (member->sent < member->wishes.size() && may_go(*member, *member->wishes[member->sent]))
      join_group(round, *member, *member->wishes[member->sent++]);
    if (member->sent > before) --room;
  }
  return round;
}

// Each of their statements is a snapshot by itself.
bool Batch::all_ask_one_statement() const {
  return std::all_of(members_.begin(), members_.end(),
                     [](const Member* member) { return member == nullptr || member->task.one_statement; });
}

// False when nobody may go.
bool Batch::send_round() {
  Round round = choose();
  if (failed_ || round.empty()) return false;
  for (Group& group : round) {
    learn_kinds(group);
    if (failed_) return false;
  }
  if (!begun_ && !all_ask_one_statement()) {
    connection_.add_control("BEGIN");
    begun_ = true;
  }
  for (Group& group : round) send(group);
  rounds_.push_back(std::move(round));
  connection_.dispatch();
  board_.next_round();
  return true;
}

// The oldest that is under way.
void Batch::receive_round() {
  std::vector<ResultPtr> answers;
  const auto failure = connection_.collect(answers);
  Round round = std::move(rounds_.front());
  rounds_.pop_front();
  std::size_t at = 0;
  for (Group& group : round) {
    if (failed_) break;  // a killed fiber's
    if (at + group.answers > answers.size()) {
      KONTOR_ASSERT(failure.has_value());
      spoil_failed(round, at, *failure);
      break;
    }
    if (!hand_out(group, std::span(answers).subspan(at, group.answers))) {
      for (auto& [member, wish] : group.wishes) member->spoiled = true;
      failed_ = true;
      break;
    }
    at += group.answers;
  }
  if (failure) failed_ = true;
  if (failure && failure->kind == Failure::Kind::kStale) stale_ = true;
  all_asked_ = false;
  wake_answered(round);
}

// Of a batch that has to be undone: what is under way is waited for, and nobody hears of it.
void Batch::receive_rest() {
  for (; !rounds_.empty(); rounds_.pop_front()) {
    std::vector<ResultPtr> ignored;
    if (!connection_.lost()) connection_.collect(ignored);
  }
}

// Those who have all that they wished; all that had a wish in this round, when the batch is to be undone.
void Batch::wake_answered(const Round& round) {
  std::vector<Member*> heard;
  for (const Group& group : round)
    for (const auto& [member, wish] : group.wishes) {
      ++member->answered;
      if (heard.empty() || heard.back() != member) heard.push_back(member);
    }
  std::sort(heard.begin(), heard.end(), [](auto* a, auto* b) { return a->number < b->number; });
  heard.erase(std::unique(heard.begin(), heard.end()), heard.end());
  for (Member* member : heard) {
    if (!failed_ && member->answered < member->wishes.size()) continue;
    if (failed_ && !member->error) member->cut_off();
    std::erase(waiting_, member);
    ++running_;
    member->parker.wake();
  }
}

// Of several that asked the same it is not known whose statement it was.
void Batch::spoil_failed(const Round& round, std::size_t at, const Failure& failure) {
  failed_ = true;
  if (failure.kind != Failure::Kind::kStatement) return;
  std::size_t first = 0;
  for (const Group& group : round) {
    const bool here = at >= first && at < first + group.answers;
    first += group.answers;
    if (!here) continue;
    if (group.known->statement.broken) group.known->set.kind = SetText::Kind::kAlone;
    for (auto& [member, wish] : group.wishes) {
      member->spoiled = !group.known->statement.broken;
      if (members_.size() > 1 || group.known->statement.broken) continue;
      member->spoiled = false;
      member->error = failure.error;
      own_error_ = true;
    }
  }
}

// Whether the sets of a group can go as one statement: their kinds must be known, and the same.
void Batch::learn_kinds(Group& group) {
  KnownQuery& known = *group.known;
  if (known.set.kind == SetText::Kind::kShared) return;
  bool agree = group.as_set && (group.sets > 1 || how_.always_sets) && known.set.kind != SetText::Kind::kAlone;
  for (const auto& [member, wish] : group.wishes)
    for (std::size_t i = 0; agree && i < wish->count; ++i) agree = agree_on_kinds(known.kinds, wish->set(i));
  group.as_set = agree;
  if (!agree || known.kinds.find('?') == std::string::npos) return;
  describe(known, group);
  group.as_set = known.kinds.find('?') == std::string::npos;
}

// Asks the server, once, for the kinds of which only NULL was seen.
void Batch::describe(KnownQuery& known, const Group& group) {
  while (!known.described && !failed_ && !rounds_.empty()) receive_round();
  if (failed_ || std::exchange(known.described, true)) return;
  std::string kinds;
  // What is wrong with the statement is told when it is sent.
  if (connection_.describe(*group.query, group.wishes[0].second->set(0), kinds) || kinds.size() != known.kinds.size())
    return;
  for (std::size_t i = 0; i < kinds.size(); ++i)
    if (known.kinds[i] == '?') known.kinds[i] = kinds[i];
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
