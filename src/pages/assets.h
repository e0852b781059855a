// Style, script and pictures of the storefront (web/storefront/), inside the program. Their names carry a hash of their
// contents, so that browsers keep them for good and a new program brings new names.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/http.h"

namespace kontor::pages {

class Assets {
 public:
  Assets();
  // "/assets/shop.3f2a9c01d4.css" for "shop.css"; asserts that there is such an asset.
  const std::string& path(std::string_view name) const;
  // By the last part of a path; one with another hash (a page from before this program) gets what there is now, not to
  // be kept. Null when there is no such asset.
  std::shared_ptr<const http::ReadyBytes> find(std::string_view file) const;

 private:
  struct Asset {
    std::string path;
    std::shared_ptr<const http::ReadyBytes> lasting, passing;
  };
  std::map<std::string, Asset, std::less<>> assets_;
};

}  // namespace kontor::pages
