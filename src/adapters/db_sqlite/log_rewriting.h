// What lies in a log when it is opened may be in the system's memory alone: after a sync that failed Linux holds the
// pages for clean, and no later sync brings them to the disk. SQLite would read them, take them for committed and put
// new commits behind them, and a loss of power would leave a hole and lose everything behind it. So the log is written
// once more over itself and synced before anybody reads it. Copying it into the database would not do: that may
// overwrite pages of which the log is then lost.
#pragma once
#include <string>

#include "base/result.h"

namespace kontor::db_sqlite {

// Writes the write-ahead log of the database `path` over itself and syncs it, through the layer `vfs` (empty: the
// system's own). Does nothing where there is no log. Nobody may have the database open. Fails with db.damaged, db.open,
// db.read_only or db.full; then the store may not be opened.
Result<void> rewrite_log(const std::string& path, const std::string& vfs);

}  // namespace kontor::db_sqlite
