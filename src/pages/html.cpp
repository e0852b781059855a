#include "pages/html.h"

namespace kontor::pages {

Result<Form> read_form(std::string_view encoded) {
  Form form;
  for (const auto pair : split(encoded, '&')) {
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    const auto name = percent_decode(pair.substr(0, equals), true);
    const auto value =
        percent_decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true);
    if (!name || !value)
      return fail(Errc::kBadRequest, "pages.bad_form",
                  "The address or form cannot be read: a broken escape or text that is no UTF-8.");
    form.emplace(*name, *value);
  }
  return form;
}

std::string_view value_of_form(const Form& form, std::string_view name) {
  const auto found = form.find(name);
  return found == form.end() ? std::string_view() : std::string_view(found->second);
}

http::Response page(const Frame& frame, std::string_view body, int status) {
  std::string out;
  out.reserve(body.size() + 2048);
  out +=
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width, "
      "initial-scale=1\"><title>";
  put_text(out, frame.title);
  out +=
      " · Kontor</title><link rel=\"stylesheet\" href=\"/assets/style.css\"></head><body>"
      "<a class=\"skip\" href=\"#main\">Skip to content</a><header><a class=\"name\" href=\"/\">Kontor</a>"
      "<form action=\"/\" method=\"get\" role=\"search\"><input type=\"search\" name=\"q\" aria-label=\"Search "
      "products\" "
      "placeholder=\"Search\" value=\"";
  put_text(out, frame.search);
  out +=
      "\"><button>Search</button></form><nav aria-label=\"Shop\"><a href=\"/cart\">Cart</a><a "
      "href=\"/orders\">Orders</a></nav>"
      "</header><main id=\"main\">";
  out += body;
  out += "</main><footer>Kontor · <a href=\"/docs\">API</a></footer></body></html>\n";
  http::Response response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.body = std::move(out);
  response.headers = {
      {"Cache-Control", frame.shared ? "public, max-age=30, stale-while-revalidate=86400" : "private, no-store"},
      {"Content-Security-Policy",
       "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
       "frame-ancestors 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "same-origin"}};
  return response;
}

http::Response redirect(std::string location) {
  http::Response response;
  response.status = 303;
  response.content_type = "text/plain; charset=utf-8";
  response.headers = {{"Location", std::move(location)}, {"Cache-Control", "no-store"}};
  return response;
}

http::Response error_page(const Error& error) {
  const auto info = error_info(error.code);
  std::string body = "<h1>";
  put_text(body, info.title);
  body += "</h1><p>";
  put_text(body, error.detail);
  body += "</p><p><a class=\"button\" href=\"/\">To the shop</a></p>";
  return page({std::string(info.title), {}, false}, body, info.status);
}

http::Response with_call(http::Response response, http::Call& call) {
  for (auto& header : call.headers()) response.headers.push_back(std::move(header));
  call.headers().clear();
  return response;
}

std::string money_text(Money money) {
  std::string text = money.text();
  const auto end = text.find_first_of(". ");
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  for (std::size_t at = end == std::string::npos ? text.size() : end; at > first + 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

}  // namespace kontor::pages
