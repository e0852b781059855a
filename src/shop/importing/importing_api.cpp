#include "shop/importing/importing_api.h"

#include <algorithm>

#include "base/described.h"
#include "shop/importing/image_collecting.h"

namespace kontor::importing {
namespace {

enum class FileFormat { kNdjson };
constexpr auto enum_names(FileFormat) { return std::array{EnumName<FileFormat>{FileFormat::kNdjson, "ndjson"}}; }

struct ImportQuery {
  FileFormat format = FileFormat::kNdjson;
  OnError on_error = OnError::kStop;
  std::optional<bool> fetch_images;
  static constexpr auto fields() {
    return described(Field("format", &ImportQuery::format, "How the rows are written", Default{}),
                     Field("on_error", &ImportQuery::on_error,
                           "stop: nothing unless all rows are valid; skip: the good ones", Default{}),
                     Field("fetch_images", &ImportQuery::fetch_images,
                           "Whether pictures are fetched from the web; the setting when absent"));
  }
};

struct JobPayload {
  std::string path;
  OnError on_error = OnError::kStop;
  bool fetch_images = false;
  static constexpr auto fields() {
    return described(Field("path", &JobPayload::path, "The spooled file"),
                     Field("on_error", &JobPayload::on_error, "As asked"),
                     Field("fetch_images", &JobPayload::fetch_images, "As asked", Default{}));
  }
};

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
  TRY(auto file, runtime::SpoolFile::create(settings.spool_folder, "upload-" + call.request.request_id + ".ndjson"));
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
    error.fields.push_back({"line " + std::to_string(bad.line) + bad.field, bad.code, bad.message});
  return error;
}

Result<http::Response> import_now(Importer& importer, services::Jobs& jobs, const Upload& upload, JobPayload asked) {
  TRY(auto lines, runtime::LineFile::open(upload.file.path()));
  Options options;
  options.on_error = asked.on_error;
  ImageOrder images;
  images.fetch = asked.fetch_images;
  options.on_saved = [&](ProductId product, const auto& named) { images.note(product, named); };
  Progress progress;
  TRY_DO(importer.run(lines, options, progress));
  if (asked.on_error == OnError::kStop && progress.report.failed > 0 &&
      progress.report.created + progress.report.updated == 0) {
    return fail(refused(progress.report));
  }
  TRY(progress.report.images_job, order_images(jobs, images, asked.path));
  http::Response response;
  response.body = json::print(progress.report);
  return response;
}

Result<http::Response> import_later(services::Jobs& jobs, Upload& upload, const JobPayload& asked) {
  TRY_DO(upload.file.finish());
  const auto job = jobs.make("import", json::print(asked));
  TRY(const auto id, jobs.enqueue(job));
  upload.file.keep();
  http::Response response;
  response.status = 202;
  response.headers.emplace_back("Location", "/api/v1/admin/jobs/" + id.text());
  response.body = json::print(Accepted{id});
  return response;
}

}  // namespace

void add_importing_routes(http::Router& router, Importer& importer, services::Jobs& jobs,
                          const services::Shoppers& shoppers, ApiSettings settings) {
  http::Endpoint endpoint;
  endpoint.method = http::Method::kPost;
  endpoint.pattern = "/admin/import";
  endpoint.about = {"Imports products, one JSON object a line; a long import is answered 202 with a job",
                    {"services.sign_in", "services.role_needed", "importing.bad_rows", "importing.too_large"},
                    200,
                    "admin"};
  endpoint.streamed = true;
  endpoint.handle = [&importer, &jobs, &shoppers, settings = std::move(settings)](http::Call& call) -> http::Response {
    const auto answer = [&]() -> Result<http::Response> {
      TRY_DO(shoppers.require_role(call.request, services::Role::kMerchandiser));
      TRY(const auto query, http::read_query<ImportQuery>(call.request.query));
      TRY(auto upload, receive(call, settings));
      const JobPayload asked{upload.file.path(), query.on_error, query.fetch_images.value_or(settings.fetch_images)};
      if (upload.file.size() > settings.short_bytes || upload.rows > settings.short_rows) {
        return import_later(jobs, upload, asked);
      }
      return import_now(importer, jobs, upload, asked);
    }();
    return answer ? *answer : http::problem(answer.error(), call.request.request_id);
  };
  router.add(std::move(endpoint));
}

void add_import_job(services::JobRunner& runner, Importer& importer, services::Jobs& jobs) {
  runner.add("import", [&importer, &jobs](services::JobContext& context) -> Result<void> {
    TRY(const auto payload, json::read<JobPayload>(context.payload));
    Progress progress;
    if (auto saved = json::read<Progress>(context.progress)) progress = std::move(*saved);
    TRY(auto lines, runtime::LineFile::open(payload.path));
    Options options;
    options.on_error = payload.on_error;
    int chunks = 0;
    options.after_chunk = [&](const Progress& now) -> Result<void> {
      if (context.stopping()) {
        TRY_DO(context.save(json::print(now)));
        return fail(Errc::kUnavailable, "importing.interrupted",
                    "The program stops; the import goes on at its next start.");
      }
      return ++chunks % 10 == 0 ? context.save(json::print(now)) : Result<void>{};
    };
    TRY_DO(importer.run(lines, options, progress));
    // What a long import named may be more than one wants to remember: every product is looked at.
    ImageOrder images;
    images.fetch = images.everything = payload.fetch_images;
    TRY(progress.report.images_job, order_images(jobs, images, context.id.text()));
    TRY_DO(context.save(json::print(progress)));
    runtime::remove_file(payload.path);
    return {};
  });
}

}  // namespace kontor::importing
