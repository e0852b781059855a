// What the pages share: the modules, the assets, the ready pages, and the frame around every page.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "pages/assets.h"
#include "pages/html.h"
#include "pages/pages.h"
#include "pages/ready_pages.h"

namespace kontor::pages {

inline constexpr std::string_view kShopName = "Kontor";

struct Frame {
  std::string title;             // of the document; "" on the first page
  std::string description = {};  // for search engines; "" leaves it out
  std::string canonical = {};    // path and query under which search engines shall know it; "": they shall not
  std::string search = {};       // what stands in the search field
  std::string head = {};         // more markup for <head>
  std::string here = {};         // the path of the category shown, for the menu
};

class Site {
 public:
  explicit Site(const Parts& parts_in) : parts(parts_in), ready(parts_in) {}

  // A page of one visitor: nobody keeps it.
  http::Response page(const Frame& frame, std::string_view body, int status = 200) const;
  // A page that is the same for everyone.
  ReadyPages::Bytes shared_page(const Frame& frame, std::string_view body, std::string_view name = {}) const;
  // A page for an Error, in the words of its detail.
  http::Response error_page(const Error& error) const;

  const Parts parts;
  const Assets assets;
  ReadyPages ready;

 private:
  std::string document(const Frame& frame, std::string_view body) const;
  void put_head(Html& out, const Frame& frame) const;
  void put_header(Html& out, const Frame& frame, const std::vector<catalog::Category>& categories) const;
  void put_footer(Html& out, const std::vector<catalog::Category>& categories) const;
};
using SitePointer = std::shared_ptr<Site>;

http::Response redirect(std::string location);
// An endpoint whose Error becomes a page.
http::Endpoint page_endpoint(const SitePointer& site, http::Method method, std::string pattern,
                             std::string_view summary, std::function<Result<http::Response>(http::Call&)> handle);
http::Response ready_response(ReadyPages::Bytes bytes);

// Which file answers what; called by add_pages().
void add_home_page(http::Router& router, const SitePointer& site);
void add_listing_pages(http::Router& router, const SitePointer& site);
void add_product_page(http::Router& router, const SitePointer& site);
void add_cart_pages(http::Router& router, const SitePointer& site);
void add_cart_recovery_page(http::Router& router, const SitePointer& site);
void add_checkout_pages(http::Router& router, const SitePointer& site);
void add_order_pages(http::Router& router, const SitePointer& site);

}  // namespace kontor::pages
