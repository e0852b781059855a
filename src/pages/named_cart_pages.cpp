// Carts that the visitor keeps under a name: the list, each with its lines, sharing by a link, and joining by one.
#include <charconv>

#include "base/card_number.h"
#include "pages/pictures.h"
#include "pages/site.h"

namespace kontor::pages {
namespace {

using cart::NamedCartView;

Result<CartId> id_of(const http::Call& call) {
  const auto id = CartId::parse(call.param("id"));
  if (!id) return fail(Errc::kNotFound, "pages.no_such_cart", "There is no such cart, or it is not yours to see.");
  return *id;
}

std::string path_of(CartId id) { return "/carts/" + id.text(); }

// The same bounds as over the API.
Result<std::string> name_in(const Form& form) {
  const std::string name(trim(value_of_form(form, "name")));
  if (name.empty() || count_code_points(name) > cart::kMostName || !free_of_card_numbers(name))
    return fail(Errc::kInvalid, "pages.bad_name",
                "A name has 1 to " + std::to_string(cart::kMostName) + " characters, and no card number.");
  return name;
}

void put_alert(Html& out, std::string_view problem) {
  if (!problem.empty()) out << "<div class=\"notice bad\" role=\"alert\"><p>" << text(problem) << "</p></div>";
}

void put_name_form(Html& out, const std::string& action, std::string_view label, std::string_view button,
                   std::string_view now = {}) {
  out << "<form class=\"coupon\" action=\"" << action << "\" method=\"post\"><label for=\"name\">" << label
      << "</label><input id=\"name\" name=\"name\" maxlength=\"" << cart::kMostName << "\" value=\"" << text(now)
      << "\" required><button class=\"plain\">" << button << "</button></form>";
}

void put_button(Html& out, const std::string& action, std::string_view words, std::string_view css = "link") {
  out << "<form action=\"" << action << "\" method=\"post\"><button class=\"" << css << "\">" << words
      << "</button></form>";
}

Result<http::Response> list_page(const Site& site, const Dress& dress, const cart::Owner& owner,
                                 std::string_view problem = {}, int status = 200) {
  TRY(const auto carts, site.parts.named_carts.list(owner));
  Html out(dress);
  out << "<h1>Named carts</h1>";
  put_alert(out, problem);
  if (carts.empty()) {
    out << "<p class=\"lead\">None yet. A named cart keeps what you buy again and again, or what several of you put "
           "together.</p>";
  } else {
    out << "<ul class=\"lines\">";
    for (const auto& cart : carts) {
      out << "<li class=\"line\"><div class=\"what\"><h2><a href=\"" << path_of(cart.id) << "\">" << text(cart.name)
          << "</a></h2><p class=\"quiet\">" << out.counted(cart.item_count, "piece", "pieces");
      if (cart.role == cart::NamedRole::kMember)
        out << ", shared with you";
      else if (cart.members > 0)
        out << ", shared with " << out.counted(cart.members, "other", "others");
      out << "</p></div></li>";
    }
    out << "</ul>";
  }
  put_name_form(out, "/carts", "A new one, with what is in your cart", "Keep");
  return site.page({"Named carts"}, out, status);
}

void put_line(Html& out, const Site& site, const NamedCartView& cart, const cart::NamedItemView& item) {
  const auto card = site.parts.showcase.offer_card(item.offer_id);
  const std::string offer = item.offer_id.text();
  out << "<li class=\"line\"><div class=\"thumb\">";
  put_picture(out, item.image.value_or(""), item.title, {96, 96, "6rem"});
  out << "</div><div class=\"what\"><h2>";
  if (card) out << "<a href=\"/p/" << percent_encode((*card)->slug) << "\">";
  out << text(item.title) << (card ? "</a>" : "") << "</h2>";
  if (card && !(*card)->variant.empty()) out << "<p class=\"quiet\">" << text((*card)->variant) << "</p>";
  if (item.unit_price)
    out << "<p class=\"quiet\">" << text(out.money(*item.unit_price)) << " each</p>";
  else
    out << "<p class=\"problem\">No longer sold.</p>";
  if (item.availability == cart::Availability::kOutOfStock)
    out << "<p class=\"problem\">There are not " << item.quantity << " of it left.</p>";
  out << "</div><div class=\"change\"><form action=\"" << path_of(cart.id)
      << "/set\" method=\"post\"><input type=\"hidden\" name=\"offer\" value=\"" << offer
      << "\"><label class=\"unseen\" for=\"q-" << offer << "\">Quantity of " << text(item.title)
      << "</label><input class=\"count\" id=\"q-" << offer
      << "\" name=\"quantity\" type=\"number\" inputmode=\"numeric\" min=\"0\" max=\"" << cart::kMostOfALine
      << "\" value=\"" << item.quantity << "\" required><button class=\"plain\">Update<span class=\"unseen\"> "
      << text(item.title) << "</span></button></form></div></li>";
}

void put_sharing(Html& out, const NamedCartView& cart, std::string_view link) {
  out << "<section class=\"coupons\" aria-labelledby=\"sharing\"><h2 id=\"sharing\">Sharing</h2>";
  if (!link.empty())
    out << "<p>Whoever has this link may see and change this cart:</p><p><label class=\"unseen\" "
           "for=\"link\">Link</label><input id=\"link\" readonly value=\""
        << text(link) << "\"></p>";
  if (cart.members > 0)
    out << "<p class=\"quiet\">Shared with " << out.counted(cart.members, "other", "others") << ".</p>";
  put_button(out, path_of(cart.id) + "/share", "Make a link for others", "plain");
  if (cart.shared) put_button(out, path_of(cart.id) + "/unshare", "Stop sharing: no link opens it, and others are out");
  out << "</section>";
}

struct NamedCartNotice {
  std::string problem, link;
  std::vector<cart::NotTakenView> not_taken = {};
};

std::string_view words_for(cart::NotTaken reason) {
  switch (reason) {
    case cart::NotTaken::kRemoved:
      return "no longer sold";
    case cart::NotTaken::kOtherCurrency:
      return "in another currency than your cart";
    case cart::NotTaken::kPurchaseLimit:
      return "more than one buyer may have";
    case cart::NotTaken::kNoRoom:
      return "no room in your cart";
  }
  return "";
}

http::Response cart_page(const Site& site, const Dress& dress, const NamedCartView& cart,
                         const NamedCartNotice& said = {}, int status = 200) {
  Html out(dress);
  out << "<h1>" << text(cart.name) << "</h1>";
  put_alert(out, said.problem);
  if (!said.not_taken.empty()) {
    out << "<div class=\"notice\" role=\"status\"><p>The rest is in <a href=\"/cart\">your cart</a>; these are "
           "not:</p><ul>";
    for (const auto& line : said.not_taken)
      out << "<li>" << line.quantity << " × " << text(line.title) << ": " << words_for(line.reason) << "</li>";
    out << "</ul></div>";
  }
  if (cart.items.empty()) {
    out << "<p class=\"lead\">Nothing is in it.</p>";
  } else {
    out << "<ul class=\"lines\">";
    for (const auto& item : cart.items) put_line(out, site, cart, item);
    out << "</ul>";
    if (cart.subtotal) out << "<p>Together " << text(out.money(*cart.subtotal)) << " at today's prices.</p>";
    put_button(out, path_of(cart.id) + "/take", "Put these in my cart", "strong");
  }
  if (cart.role == cart::NamedRole::kOwner) {
    put_sharing(out, cart, said.link);
    out << "<section class=\"coupons\" aria-labelledby=\"naming\"><h2 id=\"naming\">Name</h2>";
    put_name_form(out, path_of(cart.id) + "/rename", "Another name", "Rename", cart.name);
    put_button(out, path_of(cart.id) + "/remove", "Remove this named cart");
    out << "</section>";
  } else {
    out << "<p class=\"quiet\">It is shared with you.</p>";
    put_button(out, path_of(cart.id) + "/remove", "Leave it");
  }
  out << "<p><a href=\"/carts\">All named carts</a></p>";
  return site.page({cart.name}, out, status);
}

// After a change: the cart's page, with what went wrong above it.
Result<http::Response> changed(const Site& site, const http::Call& call, const cart::Owner& owner, CartId id,
                               const Result<NamedCartView>& change) {
  if (change) return redirect(path_of(id));
  if (is_ours(change.error()) || change.error().code == Errc::kNotFound) return fail(change.error());
  TRY(const auto cart, site.parts.named_carts.find(owner, id));
  return cart_page(site, site.dress_of(call.request), cart, {change.error().detail, {}},
                   error_info(change.error().code).status);
}

Result<http::Response> create(const Site& site, http::Call& call) {
  TRY(const auto form, read_form(call.request.body));
  TRY(const auto owner, owner_of(site, call));
  const auto name = name_in(form);
  if (!name)
    return list_page(site, site.dress_of(call.request), owner, name.error().detail,
                     error_info(name.error().code).status);
  const auto made = site.parts.named_carts.create(owner, *name, true);
  if (made) return redirect(path_of(made->id));
  if (is_ours(made.error())) return fail(made.error());
  return list_page(site, site.dress_of(call.request), owner, made.error().detail, error_info(made.error().code).status);
}

Result<http::Response> rename(const Site& site, http::Call& call) {
  TRY(const auto form, read_form(call.request.body));
  TRY(const auto owner, owner_of(site, call));
  TRY(const auto id, id_of(call));
  const auto name = name_in(form);
  if (!name) return changed(site, call, owner, id, fail(name.error()));
  return changed(site, call, owner, id, site.parts.named_carts.rename(owner, id, *name, {}));
}

Result<http::Response> set(const Site& site, http::Call& call) {
  TRY(const auto form, read_form(call.request.body));
  TRY(const auto owner, owner_of(site, call));
  TRY(const auto id, id_of(call));
  const auto offer = OfferId::parse(value_of_form(form, "offer"));
  if (!offer) return fail(Errc::kNotFound, "pages.no_such_offer", "This is not sold here.");
  const auto typed = trim(value_of_form(form, "quantity"));
  std::int64_t quantity = 0;
  const auto [end, code] = std::from_chars(typed.data(), typed.data() + typed.size(), quantity);
  if (code != std::errc{} || end != typed.data() + typed.size() || quantity < 0 || quantity > cart::kMostOfALine)
    return changed(site, call, owner, id,
                   fail(Errc::kInvalid, "pages.bad_quantity",
                        "The quantity is a whole number from 0 to " + std::to_string(cart::kMostOfALine) + "."));
  return changed(site, call, owner, id, site.parts.named_carts.set_item(owner, id, *offer, quantity, {}));
}

Result<http::Response> take_into_cart(const Site& site, http::Call& call) {
  TRY(const auto owner, owner_of(site, call));
  TRY(const auto id, id_of(call));
  TRY(auto taken, site.parts.named_carts.take(owner, id));
  if (taken.not_taken.empty()) return redirect("/cart");
  TRY(const auto cart, site.parts.named_carts.find(owner, id));
  return cart_page(site, site.dress_of(call.request), cart, {{}, {}, std::move(taken.not_taken)});
}

Result<http::Response> share(const Site& site, http::Call& call) {
  TRY(const auto owner, owner_of(site, call));
  TRY(const auto id, id_of(call));
  TRY(const auto link, site.parts.named_carts.share(owner, id, 30));
  TRY(const auto cart, site.parts.named_carts.find(owner, id));
  return cart_page(site, site.dress_of(call.request), cart,
                   {{}, site.parts.public_url + "/carts/shared?token=" + link.token});
}

// Only the button joins: programs that look into messages open links.
Result<http::Response> invitation(const Site& site, http::Call& call) {
  TRY(const auto query, read_form(call.request.query));
  const Dress dress = site.dress_of(call.request);
  Html out(dress);
  out << "<h1>A cart is shared with you</h1><p class=\"lead\">You will see what is in it, and may change it together "
         "with whoever sent you this link.</p><form action=\"/carts/join\" method=\"post\"><input type=\"hidden\" "
         "name=\"token\" value=\""
      << text(value_of_form(query, "token")) << "\"><button class=\"strong\">Join</button></form>";
  return site.page({"A shared cart"}, out);
}

Result<http::Response> join(const Site& site, http::Call& call) {
  TRY(const auto form, read_form(call.request.body));
  TRY(const auto owner, owner_of(site, call));
  const auto cart = site.parts.named_carts.join(owner, value_of_form(form, "token"));
  if (cart) return redirect(path_of(cart->id));
  if (is_ours(cart.error())) return fail(cart.error());
  return list_page(site, site.dress_of(call.request), owner, cart.error().detail, error_info(cart.error().code).status);
}

}  // namespace

void add_named_cart_pages(http::Router& router, const SitePointer& site) {
  using http::Method;
  using Handle = Result<http::Response> (*)(const Site&, http::Call&);
  const auto add = [&](Method method, std::string path, std::string_view words, Handle handle) {
    router.add(page_endpoint(site, method, std::move(path), words,
                             [site, handle](http::Call& call) { return handle(*site, call); }));
  };
  add(Method::kGet, "/carts", "The visitor's named carts",
      [](const Site& at, http::Call& call) -> Result<http::Response> {
        TRY(const auto owner, owner_of(at, call));
        return list_page(at, at.dress_of(call.request), owner);
      });
  add(Method::kPost, "/carts", "Keeps the cart under a name", create);
  add(Method::kGet, "/carts/shared", "What a link of a shared cart opens", invitation);
  add(Method::kPost, "/carts/join", "Joins a shared cart", join);
  add(Method::kGet, "/carts/{id}", "One of them", [](const Site& at, http::Call& call) -> Result<http::Response> {
    TRY(const auto owner, owner_of(at, call));
    TRY(const auto id, id_of(call));
    TRY(const auto cart, at.parts.named_carts.find(owner, id));
    return cart_page(at, at.dress_of(call.request), cart);
  });
  add(Method::kPost, "/carts/{id}/set", "Sets a quantity in it", set);
  add(Method::kPost, "/carts/{id}/rename", "Gives it another name", rename);
  add(Method::kPost, "/carts/{id}/take", "Puts its lines into the cart", take_into_cart);
  add(Method::kPost, "/carts/{id}/share", "Makes a link for others", share);
  add(Method::kPost, "/carts/{id}/unshare", "Takes its links back",
      [](const Site& at, http::Call& call) -> Result<http::Response> {
        TRY(const auto owner, owner_of(at, call));
        TRY(const auto id, id_of(call));
        TRY_DO(at.parts.named_carts.unshare(owner, id));
        return redirect(path_of(id));
      });
  add(Method::kPost, "/carts/{id}/remove", "Removes or leaves it",
      [](const Site& at, http::Call& call) -> Result<http::Response> {
        TRY(const auto owner, owner_of(at, call));
        TRY(const auto id, id_of(call));
        TRY_DO(at.parts.named_carts.remove(owner, id));
        return redirect("/carts");
      });
}

}  // namespace kontor::pages
