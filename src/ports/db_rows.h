// What goes into a statement and what comes out of it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/id.h"
#include "base/money.h"
#include "base/time.h"

namespace kontor::db {

struct Blob {
  std::string_view bytes;
};
struct Null {};

// One bound parameter; texts and blobs are views that must outlive the call.
struct Param {
  enum class Kind : std::uint8_t { kNull, kInt, kText, kBlob };
  Kind kind = Kind::kNull;
  std::int64_t number = 0;
  std::string_view bytes;

  Param() = default;
  Param(Null) {}
  template <class T>
  requires std::is_integral_v<T> Param(T value) : kind(Kind::kInt), number(static_cast<std::int64_t>(value)) {}
  template <class T>
  requires std::is_enum_v<T> Param(T value) : kind(Kind::kInt), number(static_cast<std::int64_t>(value)) {}
  Param(std::string_view text) : kind(Kind::kText), bytes(text) {}
  Param(const std::string& text) : kind(Kind::kText), bytes(text) {}
  Param(const char* text) : kind(Kind::kText), bytes(text) {}
  Param(Blob blob) : kind(Kind::kBlob), bytes(blob.bytes) {}
  Param(Time time) : kind(Kind::kInt), number(time.ms) {}
  Param(Currency const& currency) : kind(Kind::kText), bytes(currency.code()) {}
  template <class Tag>
  Param(Id<Tag> id) : kind(Kind::kInt), number(id.value) {}
  template <class T>
  Param(const std::optional<T>& value) {
    if (value) *this = Param(*value);
  }
};

// The rows of one answer, owned. Views handed out live as long as the Rows.
class Rows {
 public:
  struct Cell {
    Param::Kind kind = Param::Kind::kNull;
    std::int64_t number = 0;  // the integer, or the offset of the bytes
    std::uint32_t size = 0;
  };
  class Row {
   public:
    Row(const Rows& rows, std::size_t at) : rows_(&rows), at_(at) {}
    bool is_null(std::size_t column) const { return cell(column).kind == Param::Kind::kNull; }
    std::int64_t i64(std::size_t column) const;       // asserts an integer; NULL is an assertion
    std::string_view text(std::size_t column) const;  // text or blob; NULL is ""
    std::string str(std::size_t column) const { return std::string(text(column)); }
    std::optional<std::int64_t> opt_i64(std::size_t column) const;
    std::optional<std::string> opt_str(std::size_t column) const;
    bool flag(std::size_t column) const { return i64(column) != 0; }
    Time time(std::size_t column) const { return Time{i64(column)}; }
    template <class IdType>
    IdType id(std::size_t column) const {
      return IdType{i64(column)};
    }
    template <class IdType>
    std::optional<IdType> opt_id(std::size_t column) const {
      const auto value = opt_i64(column);
      return value ? std::optional<IdType>(IdType{*value}) : std::nullopt;
    }

   private:
    const Cell& cell(std::size_t column) const;
    const Rows* rows_;
    std::size_t at_;
  };

  std::size_t size() const { return columns_ == 0 ? 0 : cells_.size() / columns_; }
  bool empty() const { return cells_.empty(); }
  Row operator[](std::size_t at) const { return Row(*this, at); }
  Row front() const { return Row(*this, 0); }

  class Iterator {
   public:
    Iterator(const Rows& rows, std::size_t at) : rows_(&rows), at_(at) {}
    Row operator*() const { return Row(*rows_, at_); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    const Rows* rows_;
    std::size_t at_;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }

  // For adapters: a row is filled cell by cell.
  void set_columns(std::size_t columns) { columns_ = columns; }
  void add_null() { cells_.push_back({}); }
  void add_int(std::int64_t value) { cells_.push_back({Param::Kind::kInt, value, 0}); }
  void add_bytes(Param::Kind kind, std::string_view bytes) {
    cells_.push_back({kind, static_cast<std::int64_t>(bytes_.size()), static_cast<std::uint32_t>(bytes.size())});
    bytes_.append(bytes);
  }

 private:
  friend class Row;
  std::size_t columns_ = 0;
  std::vector<Cell> cells_;
  std::string bytes_;
};

}  // namespace kontor::db
