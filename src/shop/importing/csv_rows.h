// Rows of a CSV catalogue whose columns a Mapping explains, or which are named like the members of a product.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/money_text.h"
#include "shop/importing/grouped_rows.h"
#include "shop/importing/import_mapping.h"

namespace kontor::importing {

// What kind of text a cell of a member holds.
enum class CellKind { kText, kWhole, kDecimal, kBoolean, kAmount, kList, kObject };

// A member of a product or of its offers, as a mapping names it.
struct Member {
  std::string name;                 // "price", "attributes.color"
  CellKind kind = CellKind::kText;  // of attributes.color:number, a decimal
  bool offer = false;               // belongs to the line's offer, not to the product
  std::string part;                 // of attributes.X, options.X, stock.X: X
};
// "price", "attributes.ram_gb:number", "stock.main"; nothing for what no product has.
std::optional<Member> member_of(std::string_view name);
std::string member_names();  // for error messages

class CsvRows : public GroupedRows {
 public:
  // kInvalid "importing.bad_header" when the columns do not fit the mapping or the product.
  static Result<std::unique_ptr<RowSource>> open(CsvTable table, const Mapping& mapping, Currency currency);
  std::string name_of(std::string_view pointer) const override;

 private:
  // A member and where its value comes from.
  struct Source {
    Member member;
    std::optional<std::size_t> column;
    std::string constant;   // where the column says nothing
    std::string separator;  // of lists
    std::string title;      // for messages: the column's name, or "constants.brand"
  };
  struct Plan {
    std::vector<Source> sources;
    std::size_t key = 0;
    AmountStyle style;
    Currency currency;
  };
  struct OfferParts;
  struct Making;

  CsvRows(CsvTable table, Plan plan);
  static Result<Plan> plan(const CsvTable& table, const Mapping& mapping, Currency currency);
  static Result<void> add_columns(const CsvTable& table, const Mapping& mapping, std::vector<Source>& sources);
  static Result<void> add_constants(const CsvTable& table, const Mapping& mapping, std::vector<Source>& sources);
  void make(const std::vector<KeptLine>& lines, SourceRow& row) const override;
  void make_offers(Making& making) const;
  std::optional<OfferParts> offer_of(const Making& making, const KeptLine& line) const;

  Plan plan_;
  std::map<std::string, std::string, std::less<>> names_;  // "/offers/price" → the column's name
};

}  // namespace kontor::importing
