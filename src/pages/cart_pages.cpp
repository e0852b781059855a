// The visitor's cart: shown, added to, changed, by plain forms; and the same for the page's script, in pieces.
#include <charconv>
#include <functional>

#include "base/card_number.h"
#include "pages/cards.h"
#include "pages/pictures.h"
#include "pages/site.h"
#include "pages/variants.h"

namespace kontor::pages {
namespace {

Result<std::int64_t> quantity_of(const Form& form, std::int64_t least) {
  const auto text = trim(value_of_form(form, "quantity"));
  std::int64_t quantity = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), quantity);
  if (code != std::errc{} || end != text.data() + text.size() || quantity < least || quantity > cart::kMostOfALine) {
    return fail(Errc::kInvalid, "pages.bad_quantity",
                "The quantity is a whole number from " + std::to_string(least) + " to " +
                    std::to_string(cart::kMostOfALine) + ".");
  }
  return quantity;
}

// The offer that a form names: by its id, or by its product and what was chosen among the options.
Result<OfferId> offer_of(const Site& site, const Form& form) {
  if (const auto offer = OfferId::parse(value_of_form(form, "offer"))) return *offer;
  const auto product = ProductId::parse(value_of_form(form, "product"));
  if (!product) return fail(Errc::kNotFound, "pages.no_such_offer", "This is not sold here.");
  TRY(const auto state, site.parts.showcase.state(*product));
  TRY(const auto detail, detail_of(site.parts.showcase, state));
  const Options options = options_of(form);
  if (const auto* offer = offer_for(detail, options)) return offer->id;
  const std::string words = words_of(options);
  return fail(Errc::kConflict, "pages.no_such_variant",
              words.empty() ? "Please choose among what “" + detail.title + "” comes in."
                            : "“" + detail.title + "” does not come in " + words + "; please choose another.");
}

Result<cart::CartView> add(const Site& site, const http::Call& call, const cart::Owner& owner, const Form& form) {
  TRY(const auto offer, offer_of(site, form));
  TRY(const auto quantity, quantity_of(form, 1));
  TRY(auto view, site.parts.carts.add(owner, {offer, {}, quantity}));
  const auto& observe = site.parts.visitors.observe;
  if (const auto card = observe ? site.parts.showcase.card_at_hand(offer) : std::nullopt; card && *card) {
    telemetry::Observation what;
    what.kind = telemetry::Kind::kCart;
    what.product = (*card)->product;
    observe(call.request, what);
  }
  return view;
}

// Where the line's product stands, and which variant it is; both "" when it is gone.
struct LinePlace {
  std::string path, variant;
};
LinePlace beside(const Site& site, OfferId offer) {
  const auto card = site.parts.showcase.offer_card(offer);
  if (!card) return {};
  return {"/p/" + percent_encode((*card)->slug), (*card)->variant};
}

void put_notes(Html& out, const cart::ItemView& item) {
  using A = cart::Availability;
  if (item.price_changed)
    out << "<p class=\"problem\">It cost " << text(out.money(item.price_when_added)) << " when you put it in.</p>";
  if (item.availability == A::kRemoved) out << "<p class=\"problem\">No longer sold, and not counted.</p>";
  if (item.availability == A::kOutOfStock)
    out << "<p class=\"problem\">There are not " << item.quantity << " of it left. Please take fewer.</p>";
  if (item.availability == A::kLowStock) out << "<p class=\"stock few\">Only a few left</p>";
  if (item.availability == A::kBackorder) out << "<p class=\"stock there\">Sent as soon as it is here</p>";
}

// One button that does one thing with a line.
void put_line_button(Html& out, std::string_view action, const cart::ItemView& item, std::string_view words) {
  out << "<form action=\"" << action << "\" method=\"post\"><input type=\"hidden\" name=\"item\" value=\""
      << item.id.text() << "\"><button class=\"link\">" << words << "<span class=\"unseen\"> " << text(item.title)
      << "</span></button></form>";
}

void put_title(Html& out, const cart::ItemView& item, const LinePlace& more) {
  out << "<li class=\"line\"><div class=\"thumb\">";
  put_picture(out, item.image.value_or(""), item.title, {96, 96, "6rem"});
  out << "</div><div class=\"what\"><h2>";
  if (!more.path.empty()) out << "<a href=\"" << more.path << "\">";
  out << text(item.title) << (more.path.empty() ? "" : "</a>") << "</h2>";
  if (!more.variant.empty()) out << "<p class=\"quiet\">" << text(more.variant) << "</p>";
}

// What may be said of a line: folded until something is, or the visitor wants to.
void put_words(Html& out, const cart::ItemView& item) {
  const std::string id = item.id.text();
  const bool some = item.note || item.gift;
  out << "<details class=\"words\"><summary>" << (some ? "Note and gift" : "Note or gift")
      << "<span class=\"unseen\"> for " << text(item.title)
      << "</span></summary><form action=\"/cart/words\" method=\"post\"><input type=\"hidden\" "
      << "name=\"item\" value=\"" << id << "\"><p><label for=\"n-" << id << "\">Note to the shop</label><input id=\"n-"
      << id << "\" name=\"note\" maxlength=\"" << cart::kMostNote << "\" value=\"" << text(item.note.value_or(""))
      << "\"></p><p><label><input type=\"checkbox\" name=\"wrap\" value=\"1\""
      << (item.gift && item.gift->wrap ? " checked" : "") << "> Wrap it as a gift</label></p><p><label for=\"g-" << id
      << "\">Words for who receives it</label><input id=\"g-" << id << "\" name=\"message\" maxlength=\""
      << cart::kMostGiftMessage << "\" value=\""
      << text(item.gift ? std::string_view(item.gift->message ? *item.gift->message : std::string_view()) : "")
      << "\"></p><button class=\"plain\">Keep</button></form></details>";
}

void put_item(Html& out, const Site& site, const cart::ItemView& item) {
  const LinePlace more = beside(site, item.offer_id);
  const std::string id = item.id.text();
  put_title(out, item, more);
  out << "<p class=\"quiet\">" << text(out.money(item.unit_price)) << " each";
  if (item.list_price)
    out << " <s><span class=\"unseen\">instead of </span>" << text(out.money(*item.list_price)) << "</s>";
  out << "</p>";
  put_notes(out, item);
  if (item.reserved_until) {
    const auto left = std::max<std::int64_t>(item.reserved_until->ms - site.parts.clock.now().ms, 0);
    out << "<p class=\"stock there\">Set aside for you for "
        << out.counted(left / kMinuteMs + 1, "more minute", "more minutes") << "</p>";
  }
  put_words(out, item);
  out << "</div><div class=\"change\"><form action=\"/cart/set\" method=\"post\"><input type=\"hidden\" name=\"item\" "
         "value=\""
      << id << "\"><label class=\"unseen\" for=\"q-" << id << "\">Quantity of " << text(item.title)
      << "</label><input class=\"count\" id=\"q-" << id
      << "\" name=\"quantity\" type=\"number\" inputmode=\"numeric\" min=\"0\" max=\"" << cart::kMostOfALine
      << "\" step=\"" << item.quantity_step.value_or(1) << "\" value=\"" << item.quantity
      << "\" required><button class=\"plain\">Update<span class=\"unseen\"> the quantity of " << text(item.title)
      << "</span></button></form>";
  put_line_button(out, "/cart/remove", item, "Remove");
  put_line_button(out, "/cart/save", item, "Save for later");
  out << "</div><p class=\"sum\"><span class=\"unseen\">Together </span>" << text(out.money(item.line_total))
      << "</p></li>";
}

// What is kept for later.
void put_kept(Html& out, const Site& site, const cart::CartView& view) {
  if (view.saved_for_later.empty()) return;
  out << "<section class=\"cart\" aria-labelledby=\"kept\"><h2 id=\"kept\">Saved for later</h2><ul class=\"lines\">";
  for (const auto& item : view.saved_for_later) {
    put_title(out, item, beside(site, item.offer_id));
    out << "<p class=\"quiet\">" << item.quantity << " at " << text(out.money(item.unit_price)) << " each</p>";
    put_notes(out, item);
    out << "</div><div class=\"change\">";
    put_line_button(out, "/cart/move", item, "Move to the cart");
    put_line_button(out, "/cart/remove", item, "Remove");
    out << "</div></li>";
  }
  out << "</ul></section>";
}

// What happened with the last change; what is the matter with a line is said there.
void put_news(Html& out, const cart::CartView& view) {
  for (const auto& message : view.messages)
    if (message.code == "not_reserved") out << "<p class=\"problem\">" << text(message.text) << "</p>";
  bool some = false;
  for (const auto& message : view.messages) {
    if (!message.code.starts_with("saved_")) continue;
    if (!some) out << "<div class=\"notice\" role=\"status\">";
    some = true;
    out << "<p>" << text(message.text) << "</p>";
  }
  if (some)
    out << "<form action=\"/cart/heard\" method=\"post\"><button class=\"link\">I have read this</button></form></div>";
}

// The codes that are on the cart, and a field for another.
void put_coupons(Html& out, const cart::CartView& view) {
  out << "<section class=\"coupons\" aria-labelledby=\"coupons\"><h2 id=\"coupons\">Coupons</h2>";
  for (const auto& code : view.coupons)
    out << "<form class=\"coupon\" action=\"/cart/coupon/remove\" method=\"post\"><input type=\"hidden\" "
           "name=\"code\" value=\""
        << text(code) << "\"><p><strong>" << text(code)
        << "</strong> <button class=\"link\">Remove<span class=\"unseen\"> the coupon " << text(code)
        << "</span></button></p></form>";
  for (const auto& message : view.messages)
    if (message.code.starts_with("coupon_")) out << "<p class=\"problem\">" << text(message.text) << "</p>";
  out << "<form class=\"coupon\" action=\"/cart/coupon\" method=\"post\"><label for=\"coupon\">Coupon "
         "code</label><input id=\"coupon\" name=\"code\" autocomplete=\"off\" autocapitalize=\"characters\" "
         "maxlength=\"40\" required><button class=\"plain\">Apply</button></form></section>";
}

// The way to carts under a name.
void put_naming(Html& out, const cart::CartView& view) {
  out << "<section class=\"coupons\" aria-labelledby=\"named\"><h2 id=\"named\">Named carts</h2>";
  if (!view.items.empty())
    out << "<form class=\"coupon\" action=\"/carts\" method=\"post\"><label for=\"name\">Keep these under a "
           "name</label><input id=\"name\" name=\"name\" maxlength=\"100\" required><button "
           "class=\"plain\">Keep</button></form>";
  out << "<p><a href=\"/carts\">Your named carts</a></p></section>";
}

// What may be had for nothing.
void put_gifts(Html& out, const cart::CartView& view) {
  for (const auto& message : view.messages)
    if (message.code == "gift")
      out << "<form class=\"notice\" action=\"/cart/add\" method=\"post\"><input type=\"hidden\" name=\"offer\" "
             "value=\""
          << message.offer_id->text() << "\"><input type=\"hidden\" name=\"quantity\" value=\"1\"><p>"
          << text(message.text) << " <button class=\"link\">Put it in</button></p></form>";
}

void put_totals(Html& out, const cart::CartView& view) {
  const auto line = [&](std::string_view name, const std::string& value) {
    out << "<div><dt>" << text(name) << "</dt><dd>" << text(value) << "</dd></div>";
  };
  out << "<section class=\"totals\" aria-labelledby=\"totals\" data-fresh><h2 id=\"totals\">In all</h2><dl>";
  line("Goods, " + out.counted(view.item_count, "piece", "pieces"), out.money(view.subtotal));
  for (const auto& discount : view.discounts) line(discount.label, out.off(discount.amount));
  for (const auto& message : view.messages)
    if (message.code == "free_shipping") line(message.text, "at checkout");
  if (view.shipping) line("Delivery", out.money(*view.shipping));
  if (view.tax) line("Tax", out.money(*view.tax));
  out << "<div class=\"whole\"><dt>Total</dt><dd>" << text(out.money(view.total)) << "</dd></div></dl>";
  put_converted(out, view.rates);
  out << "<p><a class=\"button strong\" href=\"/checkout\">Check out</a></p><p class=\"quiet\">Nothing is charged "
         "before you have seen everything once more.</p></section>";
}

struct CartNotice {
  std::string_view problem;
  int status = 200;
};
http::Response cart_page(const Site& site, const Dress& dress, const cart::CartView& view,
                         const CartNotice& said = {}) {
  Html out(dress);
  out << "<h1>Your cart</h1>";
  if (!said.problem.empty())
    out << "<div class=\"notice bad\" role=\"alert\"><p>" << text(said.problem) << "</p></div>";
  put_news(out, view);
  if (view.items.empty()) {
    out << "<div class=\"empty\"><p class=\"lead\">Nothing is in it yet.</p><p><a class=\"button\" "
           "href=\"/search\">Look "
           "around</a></p></div>";
    put_kept(out, site, view);
    put_naming(out, view);
    return site.page({"Cart"}, out, said.status);
  }
  put_gifts(out, view);
  out << "<div class=\"cart\" data-live=\"cart\" data-version=\"" << view.version << "\" data-total=\""
      << view.total.amount_minor() << "\"><ul class=\"lines\" data-fresh>";
  for (const auto& item : view.items) put_item(out, site, item);
  out << "</ul><div class=\"aside\">";
  put_totals(out, view);
  put_coupons(out, view);
  put_naming(out, view);
  out << "</div></div>";
  put_kept(out, site, view);
  return site.page({"Cart"}, out, said.status);
}

// The change, then the cart; what went wrong is said above the cart as it is.
Result<http::Response> changed(const Site& site, const http::Call& call, const cart::Owner& owner,
                               const Result<cart::CartView>& change) {
  if (change) return redirect("/cart");
  if (is_ours(change.error())) return fail(change.error());
  const Dress dress = site.dress_of(call.request);
  TRY(const auto view, cart_in(site, owner, dress));
  return cart_page(site, dress, view, {change.error().detail, error_info(change.error().code).status});
}

http::Response fragment(const Html& html, std::int64_t count, int status) {
  http::Response response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.body = html.str();
  response.headers = {{"Cache-Control", "private, no-store"}, {"Cart-Count", std::to_string(count)}};
  return response;
}

// How much is in the cart of whoever asks; asking makes nobody a guest, but for who agreed to be counted: as one, and
// not as somebody else on each page.
Result<http::Response> count_fragment(const Site& site, http::Call& call) {
  TRY(auto shopper, site.parts.shoppers.of(call.request));
  const auto visit = telemetry::visit_of(call.request);
  const bool counted = visit.consent == telemetry::Consent::kGiven && !visit.bot;
  if (counted && shopper.kind == services::Shopper::Kind::kNone) {
    TRY(shopper, site.parts.shoppers.welcome(call));
  }
  std::int64_t count = 0;
  if (shopper.buys()) {
    TRY(const auto contents, site.parts.carts.contents(shopper.customer));
    if (contents)
      for (const auto& line : contents->lines) count += line.quantity;
  }
  const Dress dress = site.dress_of(call.request);
  Html out(dress);
  out << count;
  auto response = fragment(out, count, 200);
  response.headers.emplace_back("Shop-Consent", counted                                        ? "yes"
                                                : visit.consent == telemetry::Consent::kUnsaid ? "ask"
                                                                                               : "no");
  // For the page around it, which is shared and must not outlive the rush with it.
  if (const auto words = site.busy_words(); !words.empty()) response.headers.emplace_back("Shop-Busy", words);
  return response;
}

// Adds, and answers what the page says of it in place.
Result<http::Response> add_fragment(const Site& site, http::Call& call) {
  TRY(const auto form, read_form(call.request.body));
  TRY(const auto owner, owner_of(site, call));
  const auto added = add(site, call, owner, form);
  const Dress dress = site.dress_of(call.request);
  Html out(dress);
  if (!added && is_ours(added.error())) return fail(added.error());
  TRY(const auto view, cart_in(site, owner, dress));
  if (!added) {
    out << "<p class=\"problem\">" << text(added.error().detail) << "</p>";
    return fragment(out, view.item_count, error_info(added.error().code).status);
  }
  out << "<p class=\"lead\">It is in your cart.</p><p>With it: " << out.counted(view.item_count, "piece", "pieces")
      << ", " << text(out.money(view.total)) << " in all.</p>";
  return fragment(out, view.item_count, 200);
}

Result<cart::ItemRef> item_of(const Form& form) {
  const auto item = cart::ItemRef::parse(value_of_form(form, "item"));
  if (!item) return fail(Errc::kNotFound, "pages.no_such_item", "This line is not in your cart.");
  return *item;
}

// The same bounds as over the API.
Result<cart::CartView> set_words(const Site& site, const cart::Owner& owner, const cart::ItemRef& item,
                                 const Form& form) {
  const std::string note(trim(value_of_form(form, "note"))), message(trim(value_of_form(form, "message")));
  if (count_code_points(note) > cart::kMostNote || count_code_points(message) > cart::kMostGiftMessage)
    return fail(Errc::kInvalid, "pages.too_long", "This is too long; please say it in fewer words.");
  if (!free_of_card_numbers(note) || !free_of_card_numbers(message))
    return fail(Errc::kInvalid, "pages.card_number", "Please leave card numbers out of notes.");
  return site.parts.carts.set_words(owner, item, {note, value_of_form(form, "wrap") == "1", message});
}

using LineChange = std::function<Result<cart::CartView>(cart::Carts&, const cart::Owner&, const cart::ItemRef&)>;

// The forms that do one thing with a line.
void add_line_forms(http::Router& router, const SitePointer& site) {
  const auto add_form = [&](std::string path, std::string_view words, LineChange change) {
    router.add(page_endpoint(site, http::Method::kPost, std::move(path), words,
                             [site, change = std::move(change)](http::Call& call) -> Result<http::Response> {
                               TRY(const auto form, read_form(call.request.body));
                               TRY(const auto owner, owner_of(*site, call));
                               TRY(const auto item, item_of(form));
                               return changed(*site, call, owner, change(site->parts.carts, owner, item));
                             }));
  };
  add_form("/cart/save", "Saves a line for later",
           [](cart::Carts& carts, const auto& owner, const auto& item) { return carts.save_for_later(owner, item); });
  add_form("/cart/move", "Moves what was saved for later to the cart",
           [](cart::Carts& carts, const auto& owner, const auto& item) { return carts.move_to_cart(owner, item); });
  add_form("/cart/remove", "Removes a line",
           [](cart::Carts& carts, const auto& owner, const auto& item) -> Result<cart::CartView> {
             TRY_DO(carts.remove(owner, item));
             return carts.view(owner);
           });
  router.add(page_endpoint(site, http::Method::kPost, "/cart/words", "Keeps a note or gift wishes of a line",
                           [site](http::Call& call) -> Result<http::Response> {
                             TRY(const auto form, read_form(call.request.body));
                             TRY(const auto owner, owner_of(*site, call));
                             TRY(const auto item, item_of(form));
                             return changed(*site, call, owner, set_words(*site, owner, item, form));
                           }));
  router.add(page_endpoint(site, http::Method::kPost, "/cart/heard", "Dismisses what the cart tells",
                           [site](http::Call& call) -> Result<http::Response> {
                             TRY(const auto owner, owner_of(*site, call));
                             TRY_DO(site->parts.carts.dismiss_messages(owner));
                             return redirect("/cart");
                           }));
}

}  // namespace

void add_cart_pages(http::Router& router, const SitePointer& site) {
  using http::Method;
  router.add(page_endpoint(site, Method::kGet, "/cart", "The visitor's cart",
                           [site](http::Call& call) -> Result<http::Response> {
                             TRY(const auto owner, owner_of(*site, call));
                             const Dress dress = site->dress_of(call.request);
                             TRY(const auto view, cart_in(*site, owner, dress));
                             return cart_page(*site, dress, view);
                           }));
  router.add(page_endpoint(site, Method::kPost, "/cart/add", "Adds an offer, or a product by its options, to the cart",
                           [site](http::Call& call) -> Result<http::Response> {
                             TRY(const auto form, read_form(call.request.body));
                             TRY(const auto owner, owner_of(*site, call));
                             return changed(*site, call, owner, add(*site, call, owner, form));
                           }));
  router.add(page_endpoint(site, Method::kPost, "/cart/set", "Changes a line of the cart",
                           [site](http::Call& call) -> Result<http::Response> {
                             TRY(const auto form, read_form(call.request.body));
                             TRY(const auto owner, owner_of(*site, call));
                             TRY(const auto item, item_of(form));
                             const auto quantity = quantity_of(form, 0);
                             if (!quantity) return changed(*site, call, owner, fail(quantity.error()));
                             return changed(*site, call, owner, site->parts.carts.set_quantity(owner, item, *quantity));
                           }));
  add_line_forms(router, site);
  router.add(page_endpoint(site, Method::kPost, "/cart/coupon", "Puts a coupon on the cart",
                           [site](http::Call& call) -> Result<http::Response> {
                             TRY(const auto form, read_form(call.request.body));
                             TRY(auto owner, owner_of(*site, call));
                             const std::string code(value_of_form(form, "code"));
                             return changed(*site, call, owner, site->parts.carts.add_coupon(owner, code));
                           }));
  router.add(page_endpoint(site, Method::kPost, "/cart/coupon/remove", "Takes a coupon off the cart",
                           [site](http::Call& call) -> Result<http::Response> {
                             TRY(const auto form, read_form(call.request.body));
                             TRY(const auto owner, owner_of(*site, call));
                             TRY_DO(site->parts.carts.remove_coupon(owner, std::string(value_of_form(form, "code"))));
                             return redirect("/cart");
                           }));
  router.add(page_endpoint(site, Method::kGet, "/fragment/cart",
                           "How many pieces are in the cart, for the page's script",
                           [site](http::Call& call) { return count_fragment(*site, call); }));
  router.add(page_endpoint(site, Method::kPost, "/fragment/cart", "The same as /cart/add, for the page's script",
                           [site](http::Call& call) { return add_fragment(*site, call); }));
}

}  // namespace kontor::pages
