// Rows of a Shopify product export, in either of its two generations of column names ("Handle … Variant SKU" and "URL
// handle … SKU"). The lines of a handle are one product: its variants are offers, its images are gathered by position.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shop/importing/grouped_rows.h"

namespace kontor::importing {

class ShopifyRows : public GroupedRows {
 public:
  enum Column {
    kHandle,
    kTitle,
    kBody,
    kVendor,
    kCategory,
    kType,
    kTags,
    kPublished,
    kStatus,
    kOptionName1,
    kOptionName2,
    kOptionName3,
    kOptionValue1,
    kOptionValue2,
    kOptionValue3,
    kSku,
    kBarcode,
    kGrams,
    kTracker,
    kQuantity,
    kPolicy,
    kPrice,
    kCompareAt,
    kImage,
    kImagePosition,
    kVariantImage,
    kColumns
  };

  // kInvalid "importing.bad_header" when the columns are not Shopify's.
  static Result<std::unique_ptr<RowSource>> open(CsvTable table, Currency currency);
  std::string name_of(std::string_view pointer) const override;

 private:
  using Places = std::array<std::optional<std::size_t>, kColumns>;
  struct Extra {  // a metafield's column: an attribute
    std::size_t column = 0;
    std::string name;
  };
  struct Making;
  ShopifyRows(CsvTable table, Places places, std::vector<Extra> extras, Currency currency)
      : GroupedRows(std::move(table), *places[kHandle]),
        places_(places),
        extras_(std::move(extras)),
        currency_(currency) {}
  void make(const std::vector<KeptLine>& lines, SourceRow& row) const override;
  std::string column_name(Column column) const;

  Places places_;
  std::vector<Extra> extras_;
  Currency currency_;
};

}  // namespace kontor::importing
