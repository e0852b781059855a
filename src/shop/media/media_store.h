// All SQL of media, as functions on a Tx of the home `catalog`.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ports/db.h"
#include "shop/media/media.h"

namespace kontor::media::store {

// Nothing happens when the hash is there already.
Result<void> add(db::Tx& tx, const Picture& picture);
Result<std::optional<Picture>> by_hash(db::Tx& tx, std::string_view hash);
// The newest one that came from there, not before `since`.
Result<std::optional<Picture>> by_source(db::Tx& tx, std::string_view source, Time since);
Result<std::optional<Picture>> by_id(db::Tx& tx, MediaId id);
Result<std::vector<Picture>> newest(db::Tx& tx, std::optional<MediaId> before, int limit);
Result<std::vector<Picture>> after(db::Tx& tx, MediaId after, int limit);  // by id, for walks over everything
Result<bool> remove(db::Tx& tx, MediaId id);

}  // namespace kontor::media::store
