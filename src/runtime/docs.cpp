#include "runtime/docs.h"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/assert.h"
#include "base/text.h"
#include "runtime/router.h"

namespace kontor::http {
namespace {

namespace bj = boost::json;

constexpr std::string_view kCacheControl = "public, max-age=300, stale-while-revalidate=86400";
constexpr std::string_view kPolicy =
    "Content-Security-Policy: default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'\r\n"
    "Referrer-Policy: same-origin\r\n";

constexpr std::string_view kStyle = R"css(:root {
  color-scheme: light dark;
  --ink: #1c2430; --soft: #566072; --paper: #ffffff; --panel: #f4f6f9; --line: #d9dfe8;
  --accent: #0b5cad; --warn: #a1370b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6eaf1; --soft: #a3adbd; --paper: #12161d; --panel: #1b212b; --line: #303949;
    --accent: #7ab8ff; --warn: #ffab85;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
a { color: var(--accent); }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem 1rem; }
.frame { display: grid; grid-template-columns: 17rem minmax(0, 1fr); max-width: 84rem; margin: 0 auto; }
nav { padding: 1.5rem 1rem; border-right: 1px solid var(--line); position: sticky; top: 0; }
nav { max-height: 100vh; overflow: auto; }
nav ul { list-style: none; margin: 0 0 1rem; padding: 0; font-size: .9rem; }
nav li { margin: .2rem 0; overflow-wrap: anywhere; }
nav h2 { font-size: .8rem; text-transform: uppercase; letter-spacing: .06em; color: var(--soft); margin: 1rem 0 .3rem; }
main { padding: 1.5rem 2rem 6rem; min-width: 0; }
h1 { margin-top: 0; }
section { border-top: 1px solid var(--line); padding: 1rem 0; }
h3 { font: 600 1rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; margin: .2rem 0; }
h4 { margin: 1rem 0 .2rem; font-size: .85rem; color: var(--soft); }
.method { display: inline-block; min-width: 4.2rem; color: var(--accent); }
code { font: .9em ui-monospace, monospace; background: var(--panel); padding: .1em .35em; border-radius: .3em; }
code { overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 600; }
.must { color: var(--warn); }
@media (max-width: 50rem) {
  .frame { display: block; }
  nav { position: static; max-height: none; border-right: 0; border-bottom: 1px solid var(--line); }
  main { padding: 1rem; }
}
)css";

std::string_view text_of(const bj::object& object, std::string_view name) {
  const auto* value = object.if_contains(bj::string_view(name.data(), name.size()));
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string_view() : std::string_view(text->data(), text->size());
}

const bj::object* object_of(const bj::object& object, std::string_view name) {
  const auto* value = object.if_contains(bj::string_view(name.data(), name.size()));
  return value == nullptr ? nullptr : value->if_object();
}

const bj::array* array_of(const bj::object& object, std::string_view name) {
  const auto* value = object.if_contains(bj::string_view(name.data(), name.size()));
  return value == nullptr ? nullptr : value->if_array();
}

std::string_view view(bj::string_view text) { return {text.data(), text.size()}; }

bool holds(const bj::array* list, std::string_view text) {
  if (list == nullptr) return false;
  return std::any_of(list->begin(), list->end(), [text](const bj::value& entry) {
    return entry.is_string() && entry.as_string() == bj::string_view(text.data(), text.size());
  });
}

// A number of a schema, when it is there.
std::string number_of(const bj::object& schema, std::string_view name) {
  const auto* value = schema.if_contains(bj::string_view(name.data(), name.size()));
  if (value == nullptr) return "";
  std::string out;
  json::print_value(out, *value);
  return out;
}

std::string between(const bj::object& schema, std::string_view least, std::string_view most, std::string_view unit) {
  const auto low = number_of(schema, least);
  const auto high = number_of(schema, most);
  if (low.empty() && high.empty()) return "";
  const std::string tail = unit.empty() ? "" : " " + std::string(unit);
  if (low.empty()) return ", at most " + high + tail;
  if (high.empty()) return ", at least " + low + tail;
  return ", " + low + " to " + high + tail;
}

std::string words_for_type(const bj::object& schema);

std::string words_for_reference(std::string_view reference) {
  const auto name = reference.substr(reference.rfind('/') + 1);
  return "<a href=\"#type-" + html_escape(name) + "\">" + html_escape(name) + "</a>";
}

// What a schema says, in a few words of HTML.
std::string words_for_type(const bj::object& schema) {
  if (const auto reference = text_of(schema, "$ref"); !reference.empty()) return words_for_reference(reference);
  if (const auto* any = array_of(schema, "anyOf")) {
    std::string out;
    for (const auto& option : *any) out += (out.empty() ? "" : " or ") + words_for_type(option.as_object());
    return out;
  }
  if (const auto* choices = array_of(schema, "enum")) {
    std::string out = "one of";
    for (const auto& choice : *choices) out += " <code>" + html_escape(view(choice.as_string())) + "</code>";
    return out;
  }
  const auto type = text_of(schema, "type");
  if (type == "array") {
    const auto* items = object_of(schema, "items");
    return "list of " + (items == nullptr ? "anything" : words_for_type(*items)) +
           between(schema, "minItems", "maxItems", "elements");
  }
  if (type == "object") {
    const auto* inner = object_of(schema, "additionalProperties");
    return inner == nullptr ? "object" : "names to " + words_for_type(*inner);
  }
  if (type == "string") {
    std::string out = "text" + between(schema, "minLength", "maxLength", "characters");
    if (const auto format = text_of(schema, "format"); !format.empty()) out += ", " + html_escape(format);
    if (const auto pattern = text_of(schema, "pattern"); !pattern.empty())
      out += " <code>" + html_escape(pattern) + "</code>";
    return out;
  }
  if (type == "integer" || type == "number")
    return std::string(type == "integer" ? "whole number" : "number") + between(schema, "minimum", "maximum", "");
  if (type == "boolean") return "true or false";
  if (type == "null") return "null";
  return "anything";
}

void row(std::string& out, std::string_view name, bool must, const bj::object& schema, std::string_view words) {
  out += "<tr><td><code>" + html_escape(name) + "</code>" + (must ? " <span class=\"must\">required</span>" : "") +
         "</td><td>" + words_for_type(schema);
  if (const auto initial = number_of(schema, "default"); !initial.empty())
    out += ", else <code>" + html_escape(initial) + "</code>";
  out += "</td><td>" + html_escape(words) + "</td></tr>\n";
}

void open_table(std::string& out, std::string_view first) {
  out += "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">" + std::string(first) +
         "</th><th scope=\"col\">Type</th><th scope=\"col\">Meaning</th></tr></thead><tbody>\n";
}
void close_table(std::string& out) { out += "</tbody></table></div>\n"; }

// The body's or answer's type: a link for a struct.
std::string schema_words(const bj::object& holder) {
  const auto* content = object_of(holder, "content");
  if (content == nullptr || content->empty()) return "";
  const auto* media = content->begin()->value().if_object();
  const auto* schema = media == nullptr ? nullptr : object_of(*media, "schema");
  return schema == nullptr ? "" : words_for_type(*schema);
}

void operation_section(std::string& out, std::string_view method, std::string_view address,
                       const bj::object& operation) {
  std::string loud(method);
  for (char& c : loud)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  out += "<section id=\"" + html_escape(text_of(operation, "operationId")) + "\">\n<h3><span class=\"method\">" + loud +
         "</span> " + html_escape(address) + "</h3>\n<p>" + html_escape(text_of(operation, "summary")) + "</p>\n";
  if (const auto* parameters = array_of(operation, "parameters")) {
    open_table(out, "Parameter");
    for (const auto& entry : *parameters) {
      const auto& parameter = entry.as_object();
      const auto* schema = object_of(parameter, "schema");
      const bool in_path = text_of(parameter, "in") == "path";
      const std::string name =
          in_path ? "{" + std::string(text_of(parameter, "name")) + "}" : "?" + std::string(text_of(parameter, "name"));
      row(out, name, !in_path && parameter.contains("required"), *schema, text_of(parameter, "description"));
    }
    close_table(out);
  }
  if (const auto* body = object_of(operation, "requestBody")) out += "<p>Body: " + schema_words(*body) + "</p>\n";
  if (const auto* answers = object_of(operation, "responses")) {
    for (const auto& answer : *answers) {
      if (view(answer.key()) == "default") continue;
      const auto words = schema_words(answer.value().as_object());
      out += "<p>Answer: <code>" + html_escape(view(answer.key())) + "</code> " + words + "</p>\n";
    }
  }
  if (const auto* reasons = array_of(operation, "x-reasons")) {
    out += "<p>Reasons to refuse:";
    for (const auto& reason : *reasons) out += " <code>" + html_escape(view(reason.as_string())) + "</code>";
    out += "</p>\n";
  }
  out += "</section>\n";
}

void type_section(std::string& out, std::string_view name, const bj::object& schema) {
  out += "<section id=\"type-" + html_escape(name) + "\">\n<h3>" + html_escape(name) + "</h3>\n";
  if (const auto words = text_of(schema, "description"); !words.empty()) out += "<p>" + html_escape(words) + "</p>\n";
  const auto* members = object_of(schema, "properties");
  if (members == nullptr || members->empty()) {
    out += "<p>No members.</p>\n</section>\n";
    return;
  }
  open_table(out, "Member");
  for (const auto& member : *members) {
    const auto& inner = member.value().as_object();
    row(out, view(member.key()), holds(array_of(schema, "required"), view(member.key())), inner,
        text_of(inner, "description"));
  }
  close_table(out);
  out += "</section>\n";
}

std::string head(std::string_view title) {
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
         "content=\"width=device-width, "
         "initial-scale=1\">\n<title>" +
         html_escape(title) + "</title>\n<link rel=\"stylesheet\" href=\"/docs/style.css\">\n</head>\n<body>\n";
}

template <class Visit>
void each_operation(const bj::object& paths, std::string_view tag, Visit visit) {
  for (const auto& path : paths)
    for (const auto& operation : path.value().as_object())
      if (holds(array_of(operation.value().as_object(), "tags"), tag))
        visit(view(operation.key()), view(path.key()), operation.value().as_object());
}

std::string render(const bj::object& document) {
  const auto& info = *object_of(document, "info");
  const auto& paths = *object_of(document, "paths");
  const auto& tags = *array_of(document, "tags");
  const auto& schemas = *object_of(*object_of(document, "components"), "schemas");
  const std::string title = std::string(text_of(info, "title")) + " API";
  std::string out = head(title);
  out +=
      "<a class=\"skip\" href=\"#content\">To the content</a>\n<div class=\"frame\">\n<nav aria-label=\"Endpoints\">\n";
  for (const auto& entry : tags) {
    const auto tag = text_of(entry.as_object(), "name");
    out += "<h2>" + html_escape(tag) + "</h2>\n<ul>\n";
    each_operation(paths, tag, [&out](std::string_view method, std::string_view, const bj::object& operation) {
      out += "<li><a href=\"#" + html_escape(text_of(operation, "operationId")) + "\">" +
             html_escape(text_of(operation, "summary")) + "</a> <small>" + std::string(method) + "</small></li>\n";
    });
    out += "</ul>\n";
  }
  out +=
      "<h2>More</h2>\n<ul><li><a href=\"#types\">Types</a></li><li><a href=\"/docs/errors\">Errors</a></li>"
      "<li><a href=\"/api/v1/openapi.json\">OpenAPI 3.1</a></li></ul>\n</nav>\n<main id=\"content\">\n<h1>" +
      html_escape(title) + "</h1>\n<p>" + html_escape(text_of(info, "description")) + "</p>\n<p>Version " +
      html_escape(text_of(info, "version")) + ".</p>\n";
  for (const auto& entry : tags) {
    const auto tag = text_of(entry.as_object(), "name");
    out += "<h2>" + html_escape(tag) + "</h2>\n";
    each_operation(paths, tag, [&out](std::string_view method, std::string_view address, const bj::object& operation) {
      operation_section(out, method, address, operation);
    });
  }
  out += "<h2 id=\"types\">Types</h2>\n";
  for (const auto& schema : schemas) type_section(out, view(schema.key()), schema.value().as_object());
  return out + "</main>\n</div>\n</body>\n</html>\n";
}

struct Explained {
  Errc code;
  std::string_view words;  // what to do about it
};
constexpr Explained kExplained[] = {
    {Errc::kInvalid, "The list `errors` names every wrong member at once. Correct them and send the request again."},
    {Errc::kUnknownField,
     "Members and parameters that the shop does not know are refused, so that a misspelt one is not silently lost."},
    {Errc::kMalformed,
     "The body must be JSON in UTF-8, at most 64 levels deep, without duplicate members. The detail names line and "
     "column."},
    {Errc::kBadRequest, "The request itself cannot be understood: its address, its query or a header is broken."},
    {Errc::kBadCursor, "A cursor belongs to the list and the query that gave it. Begin again without one."},
    {Errc::kUnauthorised, "Send a token: Authorization: Bearer … . A first call to the cart gives a guest's token."},
    {Errc::kForbidden, "The token is good, but its owner may not do this."},
    {Errc::kNotFound, "There is no such address or thing, or it belongs to someone else."},
    {Errc::kMethodNotAllowed, "The header Allow names the methods that this address takes."},
    {Errc::kConflict,
     "The thing is in a state in which this cannot be done. The reason says more; read it again before trying again."},
    {Errc::kOutOfStock, "There is less than was asked for; the member `lines` says how much."},
    {Errc::kPriceChanged,
     "Prices changed since the total was shown. Nothing was charged; show the new quote and ask the buyer."},
    {Errc::kInvalidTransition,
     "The members `from`, `to` and `allowed` say where it stands and where it can go from there."},
    {Errc::kNotCancellable, "The goods are packed or gone. A return is the way now."},
    {Errc::kAmbiguousItem, "The product is in the cart more than once. Name the line by its own id."},
    {Errc::kInProgress,
     "The first request with this idempotency key is still running. Ask again after Retry-After seconds."},
    {Errc::kVersionConflict,
     "Someone else changed it after it was read. Read it again, then repeat the change with the new version."},
    {Errc::kTooLarge, "The body is beyond the limit of this address."},
    {Errc::kUnsupportedMedia, "Send Content-Type: application/json."},
    {Errc::kPaymentDeclined,
     "The bank refused; `decline_code` says why. Nothing was charged and nothing is held back."},
    {Errc::kPurchaseLimit, "Only so many of this may be bought by one buyer."},
    {Errc::kRejectedByRisk, "The payment was refused by a check against fraud."},
    {Errc::kKeyReused, "An idempotency key stands for one request. Another request needs another key."},
    {Errc::kCartEmpty, "Put something in the cart first."},
    {Errc::kRateLimited, "Too many requests in a short time. Wait for Retry-After seconds."},
    {Errc::kTimeout,
     "No answer came in time, so whether it happened is not known. Repeat it with the same idempotency key."},
    {Errc::kUnavailable,
     "The store or another part is not reachable at the moment. Nothing was changed; try again after Retry-After "
     "seconds."},
    {Errc::kGatewayUnavailable, "The payment gateway is not reachable. Nothing was charged; try again later."},
    {Errc::kFull, "The store has no room left, and nothing was changed. Whoever runs the shop must make room."},
    {Errc::kInternal, "A defect of the shop. It has been noted under the request_id; please pass that on."},
};

std::string errors_index() {
  std::string out = head("Errors");
  out +=
      "<main id=\"content\">\n<p><a href=\"/docs\">The API</a></p>\n<h1>Errors</h1>\n<div "
      "class=\"scroll\"><table><thead><tr>"
      "<th scope=\"col\">Code</th><th scope=\"col\">Status</th><th scope=\"col\">Meaning</th></tr></thead><tbody>\n";
  for (const auto& entry : kExplained) {
    const auto info = error_info(entry.code);
    out += "<tr><td><a href=\"/docs/errors/" + std::string(info.code) + "\"><code>" + std::string(info.code) +
           "</code></a></td><td>" + std::to_string(info.status) + "</td><td>" + html_escape(info.title) +
           "</td></tr>\n";
  }
  return out + "</tbody></table></div>\n</main>\n</body>\n</html>\n";
}

// An endpoint that always says the same.
Endpoint fixed(std::string pattern, std::string_view summary, std::shared_ptr<const ReadyBytes> bytes) {
  Endpoint endpoint;
  endpoint.pattern = std::move(pattern);
  endpoint.about.summary = summary;
  endpoint.about.tag = "docs";
  endpoint.handle = [bytes](Call&) {
    Response response;
    response.ready = bytes;
    return response;
  };
  endpoint.inline_read = [bytes](std::string_view) { return bytes; };
  return endpoint;
}

}  // namespace

std::optional<std::string> error_page(std::string_view code) {
  for (const auto& entry : kExplained) {
    const auto info = error_info(entry.code);
    if (info.code != code) continue;
    std::string out = head("Error: " + std::string(info.code));
    out += "<main id=\"content\">\n<p><a href=\"/docs/errors\">All errors</a></p>\n<h1><code>" +
           std::string(info.code) + "</code></h1>\n<p>HTTP status " + std::to_string(info.status) + ". " +
           html_escape(info.title) + ".</p>\n<p>" + html_escape(entry.words) + "</p>\n";
    return out + "</main>\n</body>\n</html>\n";
  }
  return std::nullopt;
}

Docs::Docs(std::span<const Router* const> routers, const openapi::Title& title)
    : document_(openapi::document(routers, title)) {
  const auto parsed = json::parse(document_);
  KONTOR_ASSERT(parsed.has_value());
  page_ = render(parsed->root().as_object());
}

void Docs::add_to(Router& router) const {
  KONTOR_ASSERT(router.base().empty());
  constexpr std::string_view kHtml = "text/html; charset=utf-8";
  router.add(fixed("/docs", "The API, readable", make_ready(kHtml, kCacheControl, page_, kPolicy)));
  router.add(fixed("/docs/style.css", "Its colours", make_ready("text/css; charset=utf-8", kCacheControl, kStyle)));
  router.add(fixed("/docs/errors", "All errors", make_ready(kHtml, kCacheControl, errors_index(), kPolicy)));
  router.add(
      fixed("/api/v1/openapi.json", "The API, for programs", make_ready("application/json", kCacheControl, document_)));
  Endpoint errors;
  errors.pattern = "/docs/errors/{code}";
  errors.about = {"What an error means", {"request.no_such_address"}, 200, "docs"};
  errors.handle = [](Call& call) {
    const auto page = error_page(call.param("code"));
    if (!page)
      return problem({Errc::kNotFound, "request.no_such_address", "There is no such error.", {}, {}, 0},
                     call.request.request_id);
    Response response;
    response.ready = make_ready("text/html; charset=utf-8", kCacheControl, *page, kPolicy);
    return response;
  };
  router.add(std::move(errors));
}

}  // namespace kontor::http
