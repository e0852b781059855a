// The common SQL dialect made SQLite's: numbered parameters and the few words of migrations that differ between
// engines. Literals, quoted names and comments are copied untouched.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace kontor::db_sqlite {

// `$2` becomes `?2`: SQLite takes `$2` for a name and numbers names by first appearance.
std::string numbered_parameters(std::string_view sql);

// Replaces @id @int @text @blob @serial @clustered. Any other @word is an Error ("db.migration").
Result<std::string> sqlite_dialect(std::string_view script);

}  // namespace kontor::db_sqlite
