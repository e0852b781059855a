// Which rows a statement may read and change, by what its text says about them: `WHERE id = $1` names rows of one id.
// What is not understood touches everything. Footprints are never too small; how large they are is only a matter of
// speed.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ports/db.h"

namespace kontor::db_postgres {

// What must be known of the tables. A table that is not here (a view, one with triggers or foreign keys, one made
// later) is not understood.
struct Catalogue {
  struct Table {
    std::vector<std::vector<std::string>> unique_keys;  // the columns of each
    bool odd_keys = false;  // a unique index over expressions or a part of the rows: any change may free a key of it
  };
  std::map<std::string, Table, std::less<>> tables;
};

enum class Touch : std::uint8_t { kRead, kInsert, kWrite };

// Columns and tables by number. `columns` that an access names have one value each; rows that differ there are others.
struct Named {
  int column = 0;
  std::vector<int> params;  // one of these, from 1
};
// A column that an UPDATE sets; not when parameter `unless` (0: none) is an integer other than `is`:
// SET c = CASE WHEN CAST($k AS BIGINT) = 1 THEN … ELSE c END.
struct SetColumn {
  int column = 0;
  int unless = 0;
  std::int64_t is = 0;
};
struct Region {
  int table = 0;
  Touch touch = Touch::kRead;
  std::vector<Named> named;    // an UPDATE's without the columns that it sets
  std::vector<SetColumn> set;  // by an UPDATE; of an INSERT: the columns whose values are not plain parameters
  bool removes = false;        // a DELETE; ON CONFLICT … DO UPDATE counts as one
};
struct Footprint {
  bool everything = false;  // then, and only then, without regions
  bool writes = false;
  std::vector<Region> regions;
};

// The unique keys of a table as column numbers, and the numbers of names. One a batcher; not shared by threads.
class Names {
 public:
  explicit Names(Catalogue catalogue) : catalogue_(std::move(catalogue)) {}
  // -1: not understood.
  int table(std::string_view name);
  int column(std::string_view name);
  struct Keys {
    std::vector<std::vector<int>> columns;
    bool odd = false;
  };
  const Keys& keys_of(int table) const { return keys_[static_cast<std::size_t>(table)]; }

 private:
  Catalogue catalogue_;
  std::map<std::string, int, std::less<>> tables_, columns_;
  std::vector<Keys> keys_;
};

Footprint footprint_of(std::string_view sql, Names& names);

}  // namespace kontor::db_postgres
