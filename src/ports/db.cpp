#include "ports/db.h"

#include "base/assert.h"

namespace kontor::db {

const Rows::Cell& Rows::Row::cell(std::size_t column) const {
  KONTOR_ASSERT(column < rows_->columns_);
  const std::size_t index = at_ * rows_->columns_ + column;
  KONTOR_ASSERT(index < rows_->cells_.size());
  return rows_->cells_[index];
}

std::int64_t Rows::Row::i64(std::size_t column) const {
  const Cell& found = cell(column);
  KONTOR_ASSERT(found.kind == Param::Kind::kInt);
  return found.number;
}

std::string_view Rows::Row::text(std::size_t column) const {
  const Cell& found = cell(column);
  if (found.kind == Param::Kind::kNull) return {};
  KONTOR_ASSERT(found.kind != Param::Kind::kInt);
  return std::string_view(rows_->bytes_).substr(static_cast<std::size_t>(found.number), found.size);
}

std::optional<std::int64_t> Rows::Row::opt_i64(std::size_t column) const {
  if (is_null(column)) return std::nullopt;
  return i64(column);
}

std::optional<std::string> Rows::Row::opt_str(std::size_t column) const {
  if (is_null(column)) return std::nullopt;
  return str(column);
}

Result<std::vector<Rows>> Tx::ask_each(const Query& query, std::span<const std::vector<Param>> sets) {
  std::vector<Rows> out;
  out.reserve(sets.size());
  for (const auto& params : sets) {
    TRY(auto rows, ask_params(query, params));
    out.push_back(std::move(rows));
  }
  return out;
}

Result<std::vector<std::int64_t>> Tx::insert_each(const Query& query, std::span<const std::vector<Param>> sets) {
  std::vector<std::int64_t> ids;
  ids.reserve(sets.size());
  for (const auto& params : sets) {
    TRY(const auto id, insert_params(query, params));
    ids.push_back(id);
  }
  return ids;
}

Result<void> Tx::later_params(const Query& query, std::span<const Param> params, Check check) {
  TRY(const auto changed, run_params(query, params));
  return check == nullptr ? Result<void>() : check(changed);
}

Result<void> Tx::later_by_order(const Query& in_order, const Query& otherwise, std::span<const Param> params) {
  return later_params(serial_in_commit_order() ? in_order : otherwise, params, nullptr);
}

}  // namespace kontor::db
