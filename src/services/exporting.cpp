#include "services/exporting.h"

namespace kontor::services {
namespace {

struct ExportQuery {
  ExportFormat format = ExportFormat::kNdjson;
  static constexpr auto fields() {
    return described(Field("format", &ExportQuery::format, "ndjson or csv", Default{}));
  }
};

}  // namespace

void add_export_route(http::Router& router, const std::string& what, Export what_is, const Shoppers& shoppers) {
  http::Endpoint endpoint;
  endpoint.method = http::Method::kGet;
  endpoint.pattern = "/admin/export/" + what;
  endpoint.about = {
      "Everything of a kind, streamed as NDJSON or CSV", {"services.sign_in", "services.role_needed"}, 200, "admin"};
  http::describe<ExportQuery, http::None>(endpoint);
  endpoint.handle = [what, what_is = std::move(what_is), &shoppers](http::Call& call) -> http::Response {
    const auto answer = [&]() -> Result<http::Response> {
      TRY_DO(shoppers.require_role(call.request, Role::kAdmin));
      TRY(const auto query, http::read_query<ExportQuery>(call.request.query));
      const bool csv = query.format == ExportFormat::kCsv;
      http::Response response;
      response.content_type = csv ? "text/csv; charset=utf-8" : "application/x-ndjson";
      response.headers.emplace_back("Content-Disposition",
                                    "attachment; filename=\"" + what + (csv ? ".csv\"" : ".ndjson\""));
      response.headers.emplace_back("Cache-Control", "no-store");
      response.next_piece = what_is(query.format);
      return response;
    }();
    return answer ? *answer : http::problem(answer.error(), call.request.request_id);
  };
  router.add(std::move(endpoint));
}

}  // namespace kontor::services
