// What the pages share: the modules, the assets, the ready pages, and the frame around every page.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "pages/assets.h"
#include "pages/beside.h"
#include "pages/dresses.h"
#include "pages/html.h"
#include "pages/json_ld.h"
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
  bool asks_consent = true;      // where the shop does at all
};

// Who may keep a page, in the shop's own dress; in another it is that browser's alone.
enum class Caching {
  kShared,    // everybody, for some minutes
  kLonger,    // likewise, for half an hour
  kByCookie,  // as kShared, but another cookie may get another page
  kOwn,       // the visitor's browser alone, for a minute
};

class Site {
 public:
  explicit Site(const Parts& parts_in) : parts(parts_in), dresses(parts_in), ready(parts_in) {}

  // A page of one visitor: nobody keeps it.
  http::Response page(const Frame& frame, const Html& body, int status = 200) const;
  // A page that is the same for everyone in its dress.
  ReadyPages::Bytes shared_page(const Frame& frame, const Html& body, std::string_view name = {},
                                Caching caching = Caching::kShared) const;
  // A page for an Error, in the words of its detail.
  http::Response error_page(const Dress& dress, const Error& error) const;
  // What visitors are told while the shop is busy; "" otherwise. Not on pages that are shared: these outlive it.
  std::string_view busy_words() const;
  // How pages are written for whoever asks.
  Dress dress_of(const http::Request& request) const { return dresses.of(request); }
  // Under which a page is kept that is the same for everyone in this dress.
  std::string kept_as(const std::string& address, const Dress& dress) const;
  // The category tree, parents before their children, with its names in the dress's language.
  Result<std::vector<catalog::Category>> categories_in(const Dress& dress) const;

  const Parts parts;
  const Assets assets;
  const Dresses dresses;
  ReadyPages ready;
  Beside beside;
  std::vector<std::string> addresses;  // of pages that can be read; filled as they are added

 private:
  std::string document(const Frame& frame, const Html& body, std::string_view notice) const;
  void put_head(Html& out, const Frame& frame) const;
  void put_header(Html& out, const Frame& frame, const std::vector<catalog::Category>& categories) const;
  void put_search(Html& out, std::string_view words) const;
  void put_footer(Html& out, const std::vector<catalog::Category>& categories) const;
};
using SitePointer = std::shared_ptr<Site>;

// Whose cart the caller's is; a first call makes a guest.
Result<cart::Owner> owner_of(const Site& site, http::Call& call);
// The cart in the visitor's currency; where its goods cannot be had in it, as it is.
Result<cart::CartView> cart_in(const Site& site, const cart::Owner& owner, const Dress& dress);

// Nothing that the visitor could do otherwise: told on a page of its own, not above the form.
bool is_ours(const Error& error);
http::Response redirect(std::string location);
// For good, as far as anybody can say: kept for five minutes, since a former slug may come back.
http::Response moved(const std::string& path, const http::Request& request);
// An endpoint whose Error becomes a page.
http::Endpoint page_endpoint(const SitePointer& site, http::Method method, std::string pattern,
                             std::string_view summary, std::function<Result<http::Response>(http::Call&)> handle);
http::Response ready_response(ReadyPages::Bytes bytes);
// Path and query of the page whose form was sent, as the browser names it; what is only posted to leads to the page
// above it, and what is no page of ours to the first one.
std::pair<std::string_view, std::string_view> page_of(const Site& site, const http::Request& request);
// The way from the first page to this one.
void put_crumbs(Html& out, std::span<const Crumb> above, std::string_view here);
// The question at the foot of the window: part of every page, and seen by who has not answered; and the sheet of style
// that shows it where no scripts run.
void put_consent_bar(Html& out);

// Which file answers what; called by add_pages().
void add_home_page(http::Router& router, const SitePointer& site);
void add_listing_pages(http::Router& router, const SitePointer& site);
void add_product_page(http::Router& router, const SitePointer& site);
// As Pages::warm.
Result<bool> warm_product_page(Site& site, ProductId id);
void add_cart_pages(http::Router& router, const SitePointer& site);
void add_named_cart_pages(http::Router& router, const SitePointer& site);
void add_cart_recovery_page(http::Router& router, const SitePointer& site);
void add_checkout_pages(http::Router& router, const SitePointer& site);
void add_order_pages(http::Router& router, const SitePointer& site);
void add_dress_form(http::Router& router, const SitePointer& site);
void add_brand_pages(http::Router& router, const SitePointer& site);
void add_sitemap(http::Router& router, const SitePointer& site);
void add_consent_pages(http::Router& router, const SitePointer& site);

}  // namespace kontor::pages
