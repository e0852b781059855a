// One statement for many sets of parameters. `UPDATE t SET a = $2 WHERE id = $1` becomes an UPDATE … FROM
// unnest($1::bigint[], $2::bigint[]) that answers, with each row, which set it belongs to. A rewriting that is not
// surely the same as the statement for one set after the other does not happen: such a statement is sent for each set.
//
// The same means: for sets that touch no common row (conflicts.h sees to that) each set changes and answers what it
// would have changed and answered alone, and serial numbers are given in the order of the sets.
#pragma once
#include <string>
#include <string_view>

namespace kontor::db_postgres {

struct SetText {
  enum class Kind {
    kAlone,         // not rewritten
    kShared,        // reads, and has no parameters: one answer for all
    kSelect,        // rows of (set, columns…), those of a set in their order
    kChange,        // UPDATE, DELETE: rows of (set, columns of RETURNING…), one for each changed row
    kInsert,        // no rows; one row inserted for each set, or the whole is in doubt (ON CONFLICT DO NOTHING)
    kUpsert,        // the same, where a row that is there already is changed instead: ON CONFLICT … DO UPDATE
    kInsertIds,     // rows of the new ids, in any order: the smallest is the first set's
    kInsertSelect,  // rows of (0, set) for each row inserted, and of (1, id) where ids are asked for
  };
  Kind kind = Kind::kAlone;
  std::string text;  // with a kSource where the sets come from
  static constexpr char kSource = '\x01';

  // `kinds`: a letter for each parameter, i, t or b.
  std::string sql(std::string_view kinds) const;
};

SetText set_text(std::string_view sql);

}  // namespace kontor::db_postgres
