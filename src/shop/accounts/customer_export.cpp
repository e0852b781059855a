#include "shop/accounts/customer_export.h"

#include "runtime/csv_write.h"
#include "runtime/json.h"

namespace kontor::accounts {
namespace {

constexpr int kPage = 500;  // customers a piece
constexpr std::string_view kHeader = "customer_id,email,name,created_at,updated_at\n";

struct CustomerRow {
  CustomerId id;
  std::string email, name;
  Time created_at, updated_at;
  static constexpr auto fields() {
    using R = CustomerRow;
    return described(Field("id", &R::id, "The customer"), Field("email", &R::email, "As given"),
                     Field("name", &R::name, "As given"), Field("created_at", &R::created_at, "Since when"),
                     Field("updated_at", &R::updated_at, "Last changed"));
  }
};

}  // namespace

services::Export customer_export(Accounts& accounts) {
  return [&accounts](services::ExportFormat format) -> services::ExportPieces {
    const bool csv = format == services::ExportFormat::kCsv;
    return [&accounts, csv, last = CustomerId{}, first = true]() mutable -> Result<std::string> {
      std::string out = first && csv ? std::string(kHeader) : "";
      first = false;
      TRY(const auto page, accounts.after(last, kPage));
      for (const Customer& one : page) {
        last = one.id;
        if (csv) {
          runtime::CsvLine cells(out);
          cells.plain(one.id.text()).text(one.email).text(one.name).plain(to_rfc3339(one.created));
          cells.plain(to_rfc3339(one.updated)).end();
        } else {
          out += json::print(CustomerRow{one.id, one.email, one.name, one.created, one.updated}) + "\n";
        }
      }
      return out;
    };
  };
}

}  // namespace kontor::accounts
