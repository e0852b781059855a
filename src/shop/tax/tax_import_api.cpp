// POST /admin/tax-rates/import: a table of rates, all of it or nothing.
#include "runtime/json.h"
#include "runtime/line_file.h"
#include "shop/tax/tax_api.h"
#include "shop/tax/tax_import.h"

namespace kontor::tax {
namespace {

constexpr std::int64_t kMostBytes = 64ll << 20;

struct ImportQuery {
  RateFormat format = RateFormat::kNdjson;
  bool replace = false;
  bool dry_run = false;

  static constexpr auto fields() {
    using Q = ImportQuery;
    return described(Field("format", &Q::format, "ndjson, csv or json (a list)", Default{}),
                     Field("replace", &Q::replace, "Rates that are not in the file go", Default{}),
                     Field("dry_run", &Q::dry_run, "Checks and reports, and changes nothing", Default{}));
  }
};

struct ReportView {
  std::int64_t rows = 0, created = 0, updated = 0, unchanged = 0, removed = 0;

  static constexpr auto fields() {
    using V = ReportView;
    return described(Field("rows", &V::rows, "Rates in the file"), Field("created", &V::created, "Were not there"),
                     Field("updated", &V::updated, "Say something else now"),
                     Field("unchanged", &V::unchanged, "Said the same already"),
                     Field("removed", &V::removed, "Were not in the file"));
  }
};

Result<runtime::SpoolFile> receive(http::Call& call, const std::string& folder) {
  TRY(auto file, runtime::SpoolFile::create(folder, "tax-rates-" + call.request.request_id));
  while (true) {
    TRY(const std::string_view piece, call.body_reader->next());
    if (piece.empty()) break;
    if (file.size() + static_cast<std::int64_t>(piece.size()) > kMostBytes)
      return fail(Errc::kTooLarge, "tax.too_large", "A table of rates has at most 64 MB.");
    TRY_DO(file.write(piece));
  }
  return file;
}

Error refused(const std::vector<BadRate>& errors) {
  Error error{Errc::kInvalid,
              "tax.bad_rows",
              std::to_string(errors.size()) + (errors.size() == 1 ? " mistake was" : " mistakes were") +
                  " found; nothing was applied.",
              {},
              {},
              0};
  for (const BadRate& bad : errors)
    error.fields.push_back({"line " + std::to_string(bad.row) + bad.field, bad.code, bad.message});
  return error;
}

Result<http::Response> bring(const ApiParts& parts, http::Call& call) {
  TRY(const auto staff, parts.shoppers.require_role(call, services::Role::kFinance));
  TRY(const auto query, http::read_query<ImportQuery>(call.request.query));
  TRY(const auto upload, receive(call, parts.spool_folder));
  TRY(auto file, read_rates(upload.path(), query.format));
  if (!file.errors.empty()) return fail(refused(file.errors));
  const auto rows = static_cast<std::int64_t>(file.rates.size());
  const auto entry =
      parts.audit.entry(staff.caller(), "tax.import_rates", "rates", "{\"rows\":" + std::to_string(rows) + "}");
  TRY(const auto report, parts.taxes.bring({std::move(file.rates), query.replace, query.dry_run},
                                           [&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
  if (!report.errors.empty()) return fail(refused(report.errors));
  http::Response response;
  response.body =
      json::print(ReportView{report.rows, report.created, report.updated, report.unchanged, report.removed});
  return response;
}

}  // namespace

void add_tax_import_route(http::Router& router, const ApiParts& parts) {
  http::Endpoint endpoint;
  endpoint.method = http::Method::kPost;
  endpoint.pattern = "/admin/tax-rates/import";
  endpoint.about = {"Brings a table of tax rates: NDJSON, CSV or a JSON list",
                    {"services.sign_in", "services.role_needed", "tax.bad_rows", "tax.bad_file", "tax.too_large",
                     "tax.too_many_rates"},
                    200,
                    "admin"};
  endpoint.streamed = true;
  endpoint.handle = [parts](http::Call& call) -> http::Response {
    const auto answer = bring(parts, call);
    return answer ? *answer : http::problem(answer.error(), call.request.request_id);
  };
  router.add(std::move(endpoint));
}

}  // namespace kontor::tax
