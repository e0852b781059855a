#include "shop/media/media_store.h"

#include <limits>

namespace kontor::media::store {
namespace {

using db::Home;

#define KONTOR_MEDIA_COLUMNS "SELECT id, hash, format, width, height, bytes, source, created_at FROM media_items "

constexpr db::Query kAdd{"media.add", Home::kCatalog, R"sql(
  INSERT INTO media_items (id, hash, format, width, height, bytes, source, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (hash) DO NOTHING
)sql"};
constexpr db::Query kByHash{"media.by_hash", Home::kCatalog, KONTOR_MEDIA_COLUMNS "WHERE hash = $1"};
constexpr db::Query kById{"media.by_id", Home::kCatalog, KONTOR_MEDIA_COLUMNS "WHERE id = $1"};
constexpr db::Query kBySource{"media.by_source", Home::kCatalog,
                              KONTOR_MEDIA_COLUMNS
                              "WHERE source = $1 AND created_at >= $2 ORDER BY created_at DESC LIMIT 1"};
constexpr db::Query kNewest{"media.newest", Home::kCatalog,
                            KONTOR_MEDIA_COLUMNS "WHERE id < $1 ORDER BY id DESC LIMIT $2"};
constexpr db::Query kAfter{"media.after", Home::kCatalog, KONTOR_MEDIA_COLUMNS "WHERE id > $1 ORDER BY id LIMIT $2"};
constexpr db::Query kRemove{"media.remove", Home::kCatalog, R"sql(DELETE FROM media_items WHERE id = $1)sql"};

Picture picture_of(const db::Rows::Row& row) {
  return {row.id<MediaId>(0), row.str(1), static_cast<PictureFormat>(row.i64(2)), row.i64(3), row.i64(4), row.i64(5),
          row.str(6),         row.time(7)};
}

std::optional<Picture> first_of(const db::Rows& rows) {
  return rows.empty() ? std::nullopt : std::optional(picture_of(rows.front()));
}

std::vector<Picture> all_of(const db::Rows& rows) {
  std::vector<Picture> all;
  for (const auto& row : rows) all.push_back(picture_of(row));
  return all;
}

}  // namespace

Result<void> add(db::Tx& tx, const Picture& p) {
  TRY_DO(tx.run(kAdd, p.id, p.hash, p.format, p.width, p.height, p.bytes, p.source, p.created_at));
  return {};
}

Result<std::optional<Picture>> by_hash(db::Tx& tx, std::string_view hash) {
  TRY(const db::Rows rows, tx.ask(kByHash, hash));
  return first_of(rows);
}

Result<std::optional<Picture>> by_source(db::Tx& tx, std::string_view source, Time since) {
  TRY(const db::Rows rows, tx.ask(kBySource, source, since));
  return first_of(rows);
}

Result<std::optional<Picture>> by_id(db::Tx& tx, MediaId id) {
  TRY(const db::Rows rows, tx.ask(kById, id));
  return first_of(rows);
}

Result<std::vector<Picture>> newest(db::Tx& tx, std::optional<MediaId> before, int limit) {
  const std::int64_t below = before ? before->value : std::numeric_limits<std::int64_t>::max();
  TRY(const db::Rows rows, tx.ask(kNewest, below, limit));
  return all_of(rows);
}

Result<std::vector<Picture>> after(db::Tx& tx, MediaId last, int limit) {
  TRY(const db::Rows rows, tx.ask(kAfter, last, limit));
  return all_of(rows);
}

Result<bool> remove(db::Tx& tx, MediaId id) {
  TRY(const auto gone, tx.run(kRemove, id));
  return gone > 0;
}

}  // namespace kontor::media::store
