// The readable face of the API: /docs (every endpoint, parameter, struct and reason), /docs/errors/{code}, and the
// OpenAPI document itself at /api/v1/openapi.json. Rendered once on the server; needs no script and no foreign host.
// Good by day and by night.
#pragma once
#include <memory>
#include <span>
#include <string>

#include "runtime/http.h"
#include "runtime/openapi.h"

namespace kontor::http {

class Docs {
 public:
  // `routers` are only read here.
  Docs(std::span<const Router* const> routers, const openapi::Title& title);
  // Adds the pages to a router whose base is "".
  void add_to(Router& router) const;

  const std::string& document() const { return document_; }
  const std::string& page() const { return page_; }

 private:
  std::string document_;
  std::string page_;
};

// The page that explains a problem document's code; nullopt for a code that does not exist.
std::optional<std::string> error_page(std::string_view code);

}  // namespace kontor::http
