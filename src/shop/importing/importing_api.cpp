#include "shop/importing/importing_api.h"

#include <algorithm>

#include "base/described.h"
#include "base/text.h"
#include "runtime/line_file.h"
#include "shop/importing/image_collecting.h"

namespace kontor::importing {
namespace {

struct ImportQuery {
  FileFormat format = FileFormat::kNdjson;
  OnError on_error = OnError::kStop;
  bool dry_run = false;
  std::optional<std::string> mapping;
  std::optional<Currency> currency;
  std::optional<std::string> delimiter;
  std::optional<UnknownColumn> unknown;
  std::optional<bool> fetch_images;
  static constexpr auto fields() {
    using Q = ImportQuery;
    return described(
        Field("format", &Q::format, "How the rows are written: ndjson, csv or shopify-csv", Default{}),
        Field("on_error", &Q::on_error, "stop: nothing unless all rows are valid; skip: the good ones", Default{}),
        Field("dry_run", &Q::dry_run, "Checks and reports, and changes nothing", Default{}),
        Field("mapping", &Q::mapping, "Of csv: the name of the mapping that says what the columns are", Length{1, 60}),
        Field("currency", &Q::currency, "Of CSV's prices that name none; the shop's when absent"),
        Field("delimiter", &Q::delimiter, "Of CSV: comma, semicolon, tab, pipe or a character; found when absent",
              Length{1, 10}),
        Field("unknown", &Q::unknown, "Of csv without a mapping: what a column that is no member becomes"),
        Field("fetch_images", &Q::fetch_images, "Whether pictures are fetched from the web; the setting when absent"));
  }
};

struct JobPayload {
  std::string path;
  OnError on_error = OnError::kStop;
  bool dry_run = false;
  FileFormat format = FileFormat::kNdjson;
  Currency currency;
  std::string delimiter;
  std::string mapping;
  bool fetch_images = false;
  static constexpr auto fields() {
    using P = JobPayload;
    return described(Field("path", &P::path, "The spooled file"), Field("on_error", &P::on_error, "As asked"),
                     Field("dry_run", &P::dry_run, "As asked", Default{}),
                     Field("format", &P::format, "As asked", Default{}),
                     Field("currency", &P::currency, "Of prices that name none", Default{}),
                     Field("delimiter", &P::delimiter, "As asked; empty: it is found", Default{}),
                     Field("mapping", &P::mapping, "The mapping as it was then, JSON; empty: none", Default{}),
                     Field("fetch_images", &P::fetch_images, "As asked", Default{}));
  }
  Reading reading() const { return {format, currency, delimiter.empty() ? '\0' : delimiter[0], mapping}; }
};

// A long import leaves half of the time to the shop: checkouts then wait little longer than without it.
constexpr int kJobSharePct = 50;

struct Accepted {
  JobId job_id;
  static constexpr auto fields() {
    return described(Field("job_id", &Accepted::job_id, "GET /admin/jobs/{id} tells how far it is"));
  }
};

struct Upload {
  runtime::SpoolFile file;
  std::int64_t rows = 0;
};

Result<Upload> receive(http::Call& call, const ApiSettings& settings) {
  TRY(auto file, runtime::SpoolFile::create(settings.spool_folder, "upload-" + call.request.request_id));
  Upload upload{std::move(file), 1};
  while (true) {
    TRY(const std::string_view piece, call.body_reader->next());
    if (piece.empty()) break;
    if (upload.file.size() + static_cast<std::int64_t>(piece.size()) > settings.most_bytes) {
      return fail(Errc::kTooLarge, "importing.too_large",
                  "An import has at most " + std::to_string(settings.most_bytes) + " bytes.");
    }
    upload.rows += std::count(piece.begin(), piece.end(), '\n');
    TRY_DO(upload.file.write(piece));
  }
  return upload;
}

Error refused(const Report& report) {
  Error error{Errc::kInvalid,
              "importing.bad_rows",
              std::to_string(report.failed) + (report.failed == 1 ? " row is" : " rows are") +
                  " not valid; nothing was applied.",
              {},
              {},
              0};
  for (const BadRow& bad : report.errors)
    error.fields.push_back(
        {"line " + std::to_string(bad.line) + (bad.field.empty() || bad.field.starts_with('/') ? "" : ", ") + bad.field,
         bad.code, bad.message});
  return error;
}

// How the upload is to be read; the mapping by its name is taken as it is now.
Result<JobPayload> payload_of(const ImportQuery& query, Mappings& mappings, const ApiSettings& settings) {
  JobPayload payload;
  payload.on_error = query.on_error;
  payload.dry_run = query.dry_run;
  payload.format = query.format;
  payload.fetch_images = query.fetch_images.value_or(settings.fetch_images);
  payload.currency = query.currency.value_or(settings.currency);
  if (query.delimiter) {
    const auto delimiter = delimiter_of(*query.delimiter);
    if (!delimiter)
      return invalid("request.invalid", "?delimiter", "bad_format",
                     "A delimiter is comma, semicolon, tab, pipe or one character.");
    payload.delimiter = *delimiter;
  }
  const bool plain_csv = query.format == FileFormat::kCsv;
  if (!plain_csv && (query.mapping || query.unknown))
    return invalid("request.invalid", query.mapping ? "?mapping" : "?unknown", "not_allowed",
                   "Only format=csv has columns to explain.");
  if (query.mapping && query.unknown)
    return invalid("request.invalid", "?unknown", "not_allowed", "The mapping itself says what unknown columns are.");
  if (query.mapping) {
    TRY(const auto mapping, mappings.find(*query.mapping));
    payload.mapping = json::print(mapping);
  } else if (query.unknown) {
    Mapping mapping;
    mapping.unknown = *query.unknown;
    payload.mapping = json::print(mapping);
  }
  return payload;
}

Result<http::Response> import_now(const ApiParts& parts, const JobPayload& payload) {
  TRY(const auto rows, open_rows(payload.path, payload.reading()));
  Options options;
  options.on_error = payload.on_error;
  options.dry_run = payload.dry_run;
  ImageOrder images;
  images.fetch = payload.fetch_images;
  options.on_saved = [&](ProductId product, const auto& named) { images.note(product, named); };
  Progress progress;
  TRY_DO(parts.importer.run(*rows, options, progress));
  if (!payload.dry_run && payload.on_error == OnError::kStop && progress.report.failed > 0 &&
      progress.report.created + progress.report.updated == 0) {
    return fail(refused(progress.report));
  }
  TRY(progress.report.images_job, order_images(parts.jobs, images, payload.path));
  http::Response response;
  response.body = json::print(progress.report);
  return response;
}

Result<http::Response> import_later(services::Jobs& jobs, Upload& upload, const JobPayload& payload) {
  TRY_DO(upload.file.finish());
  TRY_DO(open_rows(payload.path, payload.reading()));  // what is wrong with the header is said at once
  const auto job = jobs.make("import", json::print(payload));
  TRY(const auto id, jobs.enqueue(job));
  upload.file.keep();
  http::Response response;
  response.status = 202;
  response.headers.emplace_back("Location", "/api/v1/admin/jobs/" + id.text());
  response.body = json::print(Accepted{id});
  return response;
}

bool is_mapping_name(std::string_view text) { return text.size() <= 60 && slugify(text) == text && !text.empty(); }

struct MappingList {
  std::vector<NamedMapping> items;
  static constexpr auto fields() { return described(Field("items", &MappingList::items, "Every mapping, by name")); }
};

void add_mapping_routes(http::Router& router, const ApiParts& parts) {
  const auto staff = [parts](http::Call& call) {
    return parts.shoppers.require_role(call.request, services::Role::kMerchandiser);
  };
  router.get<http::None, MappingList>("/admin/import-mappings",
                                      {"What the columns of suppliers' CSV files are", {}, 200, "admin"},
                                      [parts, staff](http::Call& call, http::None) -> Result<MappingList> {
                                        TRY_DO(staff(call));
                                        TRY(auto all, parts.mappings.all());
                                        return MappingList{std::move(all)};
                                      });
  router.get<http::None, NamedMapping>("/admin/import-mappings/{name}",
                                       {"One of them", {"importing.no_such_mapping"}, 200, "admin"},
                                       [parts, staff](http::Call& call, http::None) -> Result<NamedMapping> {
                                         TRY_DO(staff(call));
                                         const std::string name(call.param("name"));
                                         TRY(auto mapping, parts.mappings.find(name));
                                         return NamedMapping{name, std::move(mapping)};
                                       });
  router.put<Mapping, NamedMapping>(
      "/admin/import-mappings/{name}",
      {"Keeps a mapping under a name for POST /admin/import?format=csv&mapping=",
       {"importing.bad_mapping", "importing.bad_mapping_name", "importing.too_many_mappings"},
       200,
       "admin"},
      [parts, staff](http::Call& call, const Mapping& mapping) -> Result<NamedMapping> {
        TRY_DO(staff(call));
        const std::string name(call.param("name"));
        if (!is_mapping_name(name))
          return invalid("importing.bad_mapping_name", "/name", "bad_format",
                         "A mapping's name is 1 to 60 of a-z, 0-9 and '-', such as acme-gmbh.");
        TRY_DO(parts.mappings.put(name, mapping));
        return NamedMapping{name, mapping};
      });
  router.del<http::None, http::None>("/admin/import-mappings/{name}", {"Forgets a mapping", {}, 204, "admin"},
                                     [parts, staff](http::Call& call, http::None) -> Result<http::None> {
                                       TRY_DO(staff(call));
                                       TRY_DO(parts.mappings.remove(std::string(call.param("name"))));
                                       return http::None{};
                                     });
}

}  // namespace

void add_importing_routes(http::Router& router, const ApiParts& parts, const ApiSettings& settings) {
  http::Endpoint endpoint;
  endpoint.method = http::Method::kPost;
  endpoint.pattern = "/admin/import";
  endpoint.about = {"Imports products from NDJSON, CSV or Shopify's CSV; a long import is answered 202 with a job",
                    {"services.sign_in", "services.role_needed", "importing.bad_rows", "importing.bad_header",
                     "importing.no_such_mapping", "importing.too_large"},
                    200,
                    "admin"};
  endpoint.streamed = true;
  endpoint.handle = [parts, settings](http::Call& call) -> http::Response {
    const auto answer = [&]() -> Result<http::Response> {
      TRY_DO(parts.shoppers.require_role(call.request, services::Role::kMerchandiser));
      TRY(const auto query, http::read_query<ImportQuery>(call.request.query));
      TRY(auto payload, payload_of(query, parts.mappings, settings));
      TRY(auto upload, receive(call, settings));
      payload.path = upload.file.path();
      if (upload.file.size() > settings.short_bytes || upload.rows > settings.short_rows)
        return import_later(parts.jobs, upload, payload);
      return import_now(parts, payload);
    }();
    return answer ? *answer : http::problem(answer.error(), call.request.request_id);
  };
  router.add(std::move(endpoint));
  add_mapping_routes(router, parts);
}

void add_import_job(services::JobRunner& runner, Importer& importer, services::Jobs& jobs) {
  runner.add("import", [&importer, &jobs](services::JobContext& context) -> Result<void> {
    TRY(const auto payload, json::read<JobPayload>(context.payload));
    Progress progress;
    if (auto saved = json::read<Progress>(context.progress)) progress = std::move(*saved);
    TRY(const auto rows, open_rows(payload.path, payload.reading()));
    Options options;
    options.on_error = payload.on_error;
    options.dry_run = payload.dry_run;
    options.share_pct = kJobSharePct;
    int chunks = 0;
    options.after_chunk = [&](const Progress& now) -> Result<void> {
      if (context.stopping()) {
        TRY_DO(context.save(json::print(now)));
        return fail(Errc::kUnavailable, "importing.interrupted",
                    "The program stops or is very busy; the import goes on from here.");
      }
      return ++chunks % 10 == 0 ? context.save(json::print(now)) : Result<void>{};
    };
    TRY_DO(importer.run(*rows, options, progress));
    // What a long import named may be more than one wants to remember: every product is looked at.
    ImageOrder images;
    images.fetch = images.everything = payload.fetch_images && !payload.dry_run;
    TRY(progress.report.images_job, order_images(jobs, images, context.id.text()));
    TRY_DO(context.save(json::print(progress)));
    runtime::remove_file(payload.path);
    return {};
  });
}

}  // namespace kontor::importing
