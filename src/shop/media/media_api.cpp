#include "shop/media/media_api.h"

#include "base/described.h"
#include "runtime/openapi_schema.h"

namespace kontor::media {
namespace {

using services::Role;

struct SizeView {
  std::int64_t width = 0;
  std::string url;
  static constexpr auto fields() {
    return described(Field("width", &SizeView::width, "In pixels; never more than the original's"),
                     Field("url", &SizeView::url, "Where it lies"));
  }
};

struct PictureView {
  MediaId id;
  std::string url;
  std::vector<SizeView> sizes;
  std::int64_t width = 0, height = 0, bytes = 0;
  std::string source;
  Time created_at;
  static constexpr auto fields() {
    return described(
        Field("id", &PictureView::id, "The picture"), Field("url", &PictureView::url, "Where the original lies"),
        Field("sizes", &PictureView::sizes, "Smaller ones, as WebP; none of a drawing"),
        Field("width", &PictureView::width, "In pixels; 0 where a drawing does not say"),
        Field("height", &PictureView::height, "In pixels"), Field("bytes", &PictureView::bytes, "Of the original"),
        Field("source", &PictureView::source, "Where it came from first: an address, a file's name, upload, drawing"),
        Field("created_at", &PictureView::created_at, "When it came"));
  }
};

using PicturePage = services::Page<PictureView>;

PictureView view_of(const Picture& picture) {
  PictureView view{picture.id,     url_of(picture),   {}, picture.width, picture.height, picture.bytes,
                   picture.source, picture.created_at};
  for (Size& size : sizes_of(picture)) view.sizes.push_back({size.width, std::move(size.url)});
  return view;
}

// The whole body; one byte beyond what a picture may have ends it.
Result<std::string> receive(http::BodyReader& reader) {
  std::string bytes;
  for (;;) {
    TRY(const std::string_view piece, reader.next());
    if (piece.empty()) return bytes;
    if (bytes.size() + piece.size() > BlobStore::kLargest) {
      return fail(Errc::kTooLarge, "media.too_large",
                  "A picture has at most " + std::to_string(BlobStore::kLargest >> 20) + " MB.");
    }
    bytes.append(piece);
  }
}

Result<http::Response> put(http::Call& call, const MediaApi& api) {
  TRY_DO(api.shoppers.require_role(call, Role::kMerchandiser));
  TRY_DO(http::read_query<http::None>(call.request.query));
  TRY(const std::string bytes, receive(*call.body_reader));
  TRY(const Picture picture, api.media.put_picture(bytes, "upload"));
  http::Response response;
  response.status = 201;
  response.headers.emplace_back("Location", url_of(picture));
  response.body = json::print(view_of(picture));
  return response;
}

Result<PicturePage> list(http::Call& call, const services::PageQuery& query, const MediaApi& api) {
  TRY_DO(api.shoppers.require_staff(call.request));
  TRY(const auto last, api.cursors.after("media", query.cursor, 1));
  const auto before = last ? std::optional(MediaId{last->numbers[0]}) : std::nullopt;
  TRY(const auto found, api.media.list(before, static_cast<int>(query.limit) + 1));
  PicturePage page;
  for (const Picture& picture : found) {
    if (page.items.size() == static_cast<std::size_t>(query.limit)) {
      page.next_cursor = api.cursors.make("media", {{page.items.back().id.value}, ""});
      break;
    }
    page.items.push_back(view_of(picture));
  }
  return page;
}

Result<http::None> remove(http::Call& call, const MediaApi& api) {
  TRY(const auto who, api.shoppers.require_role(call, Role::kMerchandiser));
  TRY(const MediaId id, call.id<MediaId>("id"));
  const auto entry = api.audit.entry(who.caller(), "media.delete", id.text());
  TRY_DO(api.media.remove(id, [&](db::Tx& tx) { return services::Audit::record(tx, entry); }));
  return http::None{};
}

}  // namespace

void add_media_routes(http::Router& router, const MediaApi& api) {
  http::Endpoint upload;
  upload.method = http::Method::kPost;
  upload.pattern = "/admin/media";
  upload.about = {"Takes a picture: its bytes are the body, JPEG, PNG, WebP or GIF",
                  {"services.sign_in", "services.role_needed", "media.not_a_picture", "media.svg_refused",
                   "media.too_large", "media.too_many_pixels", "media.animated", "media.broken"},
                  201,
                  "admin"};
  upload.streamed = true;
  upload.response_schema = openapi::type_name<PictureView>();
  openapi::append_schema<PictureView>(upload.response_schema_json, upload.schemas, Rules{},
                                      openapi::Direction::kAnswer);
  upload.handle = [api](http::Call& call) -> http::Response {
    auto answer = put(call, api);
    return answer ? std::move(*answer) : http::problem(answer.error(), call.request.request_id);
  };
  router.add(std::move(upload));
  router.get<services::PageQuery, PicturePage>(
      "/admin/media",
      {"Pictures, newest first", {"services.sign_in", "services.role_needed", "request.bad_cursor"}, 200, "admin"},
      [api](http::Call& call, const services::PageQuery& query) { return list(call, query, api); });
  router.get<http::None, PictureView>(
      "/admin/media/{id}",
      {"A picture", {"services.sign_in", "services.role_needed", "media.no_such_picture"}, 200, "admin"},
      [api](http::Call& call, http::None) -> Result<PictureView> {
        TRY_DO(api.shoppers.require_staff(call.request));
        TRY(const MediaId id, call.id<MediaId>("id"));
        TRY(const auto picture, api.media.find(id));
        if (!picture) return fail(Errc::kNotFound, "media.no_such_picture", "There is no such picture.");
        return view_of(*picture);
      });
  router.del<http::None, http::None>(
      "/admin/media/{id}",
      {"Removes a picture and its sizes", {"services.sign_in", "services.role_needed"}, 204, "admin"},
      [api](http::Call& call, http::None) { return remove(call, api); });
}

void add_picture_routes(http::Router& router, Media& media) {
  http::Endpoint picture;
  picture.method = http::Method::kGet;
  picture.pattern = "/media/{name}";
  picture.about = {"A picture or one of its sizes", {"media.no_such_picture"}, 200, "media"};
  picture.inline_read = [&media](std::string_view name) { return media.at_hand(name); };
  picture.handle = [&media](http::Call& call) -> http::Response {
    auto ready = media.answer(call.param("name"));
    if (!ready) return http::problem(ready.error(), call.request.request_id);
    http::Response response;
    response.ready = std::move(*ready);
    return response;
  };
  router.add(std::move(picture));
}

}  // namespace kontor::media
