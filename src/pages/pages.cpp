#include "pages/pages.h"

#include "pages/style.h"

namespace kontor::pages {

http::Endpoint page_endpoint(http::Method method, std::string pattern, std::string_view summary,
                             std::function<Result<http::Response>(http::Call&)> handle) {
  http::Endpoint endpoint;
  endpoint.method = method;
  endpoint.pattern = std::move(pattern);
  endpoint.about = {summary, {}, 200, "pages"};
  endpoint.body_limit = 64 * 1024;
  endpoint.handle = [handle = std::move(handle)](http::Call& call) {
    auto answer = handle(call);
    return with_call(answer ? std::move(*answer) : error_page(answer.error()), call);
  };
  return endpoint;
}

void add_pages(http::Router& router, const Parts& parts) {
  http::Endpoint style = page_endpoint(http::Method::kGet, "/assets/style.css", "The pages' style", {});
  style.handle = [ready = http::make_ready("text/css; charset=utf-8",
                                           "public, max-age=300, stale-while-revalidate=86400", kStyle)](http::Call&) {
    http::Response response;
    response.ready = ready;
    return response;
  };
  router.add(std::move(style));
  add_browse_pages(router, parts);
  add_cart_pages(router, parts);
  add_checkout_pages(router, parts);
}

}  // namespace kontor::pages
