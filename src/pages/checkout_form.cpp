#include "pages/checkout_form.h"

#include <algorithm>

#include "base/country.h"
#include "pages/cards.h"
#include "pages/countries.h"
#include "pages/pictures.h"

namespace kontor::pages {
namespace {

struct FormField {
  std::string_view name;     // in the form
  std::string_view pointer;  // in the body
  std::string_view label;
  std::string_view complete;  // what browsers fill in
  std::string_view hint = {};
  bool half = false;  // of the width
  bool required = true;
};
constexpr FormField kFields[] = {
    {"email", "/email", "E-mail", "email", "For the confirmation and news of the parcel, nothing else."},
    {"name", "/shipping_address/name", "Full name", "name"},
    {"line1", "/shipping_address/line1", "Street and house", "address-line1"},
    {"line2", "/shipping_address/line2", "Flat, floor, company", "address-line2", {}, false, false},
    {"postal_code", "/shipping_address/postal_code", "Postal code", "postal-code", {}, true},
    {"city", "/shipping_address/city", "Town", "address-level2", {}, true},
    {"region", "/shipping_address/region", "State or province", "address-level1", {}, true, false},
    {"country", "/shipping_address/country", "Country", "country", {}, true},
    {"phone", "/shipping_address/phone", "Telephone", "tel", "For the carrier, with the country code: +49 …", false,
     false},
    {"tax_id", "/tax_id", "VAT number", "off", "Of a company; it stands on the invoice.", false, false},
};
constexpr std::string_view kAddress = "/shipping_address/";
constexpr std::string_view kCardPointer = "/payments";
constexpr FormField kGiftCard = {"gift_card",
                                 kGiftCardPointer,
                                 "Gift card",
                                 "off",
                                 "Its code. It pays what it holds, and the card below the rest.",
                                 false,
                                 false};
constexpr std::string_view kWishes[] = {"carbon_neutral", "consolidate"};

struct Card {
  std::string_view token, title, words;
};
constexpr Card kCards[] = {
    {"tok_approve", "Card that is good", "The payment goes through."},
    {"tok_step_up", "Card that asks back", "The bank wants a confirmation first."},
    {"tok_decline", "Card that is declined", "The bank says no; nothing is charged."},
    {"tok_insufficient", "Card without money", "Too little is on the account."},
    {"tok_expired_card", "Card that has expired", "The bank says no."},
    {"tok_slow", "Card of a slow bank", "Approved after two seconds."},
    {"tok_timeout", "Card whose bank is silent", "No answer comes; we ask until we know."},
};

// With a gift card it is the first payment.
const FieldError* error_at(const CheckoutForm& shown, std::string_view pointer) {
  const bool given = !trim(value_of_form(shown.form, kGiftCard.name)).empty();
  for (const auto& error : shown.wrong) {
    const bool of_gift_card = given && error.field.starts_with(kGiftCardPointer.substr(0, kFirstPayment));
    if (pointer == kGiftCardPointer
            ? of_gift_card
            : error.field == pointer || (pointer == kCardPointer && !of_gift_card && error.field.starts_with(pointer)))
      return &error;
  }
  return nullptr;
}

// In the words of the form rather than of the API.
std::string words_for(const FormField& field, const FieldError& error) {
  const std::string thing = ascii_lower(field.label);
  if (error.code == "card_number") return "Never enter a card number here.";
  if (field.name == "country") return "Choose a country from the list.";
  if (field.name == "tax_id" || field.name == "gift_card") return error.message;
  if (error.code == "too_short" || error.code == "required")
    return "Enter the " + thing + (field.name == "email" ? " address the confirmation shall go to." : ".");
  if (field.name == "email" && error.code == "bad_format") return "Enter an e-mail address like name@example.com.";
  if (error.code == "bad_format") return "Use letters, digits, blanks and dashes only for the " + thing + ".";
  if (error.code == "too_long") return "This " + thing + " is too long. " + error.message;
  return error.message;
}

void put_select(Html& out, std::string_view chosen) {
  out << "<option value=\"\"" << (chosen.empty() ? " selected" : "") << ">Choose…</option>";
  for (const Country& country : countries())
    out << "<option value=\"" << country.code << "\"" << (country.code == chosen ? " selected" : "") << ">"
        << text(country.name) << "</option>";
}

void put_field(Html& out, const FormField& field, const CheckoutForm& shown) {
  const FieldError* wrong = error_at(shown, field.pointer);
  const auto value = value_of_form(shown.form, field.name);
  out << "<div class=\"field" << (field.half ? " half" : "") << (wrong != nullptr ? " wrong" : "") << "\"><label for=\""
      << field.name << "\">" << field.label << (field.required ? "" : " <span class=\"quiet\">(optional)</span>")
      << "</label>";
  if (!field.hint.empty()) out << "<p class=\"hint\" id=\"" << field.name << "-hint\">" << field.hint << "</p>";
  if (wrong != nullptr)
    out << "<p class=\"problem\" id=\"" << field.name << "-problem\"><span class=\"unseen\">Mistake: </span>"
        << text(words_for(field, *wrong)) << "</p>";
  const bool select = field.name == "country";
  out << (select ? "<select" : "<input") << " id=\"" << field.name << "\" name=\"" << field.name << "\" autocomplete=\""
      << field.complete << "\"" << (field.required ? " required" : "");
  if (wrong != nullptr || !field.hint.empty()) {
    out << (wrong != nullptr ? " aria-invalid=\"true\"" : "") << " aria-describedby=\"";
    if (!field.hint.empty()) out << field.name << "-hint" << (wrong != nullptr ? " " : "");
    if (wrong != nullptr) out << field.name << "-problem";
    out << "\"";
  }
  if (select) {
    out << ">";
    put_select(out, value);
    out << "</select></div>";
  } else {
    const std::string_view kind = field.name == "email" ? "email" : field.name == "phone" ? "tel" : "text";
    out << " type=\"" << kind << "\" value=\"" << text(value) << "\"></div>";
  }
}

// What went wrong, in one place, with a way to each field. It has the focus when the page comes.
void put_summary(Html& out, const CheckoutForm& shown) {
  if (!shown.notice.empty())
    out << "<div class=\"notice\" role=\"status\" tabindex=\"-1\" autofocus data-focus><p>" << text(shown.notice)
        << "</p></div>";
  if (shown.problem.empty()) return;
  out << "<div class=\"notice bad\" role=\"alert\" tabindex=\"-1\" autofocus data-focus "
         "aria-labelledby=\"problem\"><h2 "
         "id=\"problem\">"
      << text(shown.problem) << "</h2>";
  bool any = false;
  const auto point = [&](std::string_view id, std::string_view words) {
    if (!any) out << "<ul>";
    any = true;
    out << "<li><a href=\"#" << id << "\">" << text(words) << "</a></li>";
  };
  for (const FormField& field : kFields)
    if (const FieldError* error = error_at(shown, field.pointer)) point(field.name, words_for(field, *error));
  if (const FieldError* error = error_at(shown, kGiftCardPointer)) point(kGiftCard.name, error->message);
  if (const FieldError* error = error_at(shown, kCardPointer)) point("cards", error->message);
  if (shown.declined) point("cards", "Choose another card");
  if (any) out << "</ul>";
  if (!shown.quote) out << "<p><a href=\"/cart\">Change the cart</a></p>";
  out << "</div>";
}

void put_check(Html& out, const CheckoutForm& shown, std::string_view name, const std::string& words) {
  out << "<p><label class=\"check\"><input type=\"checkbox\" name=\"" << name << "\" value=\"1\""
      << (value_of_form(shown.form, name).empty() ? "" : " checked") << "> " << text(words) << "</label></p>";
}

// What the chosen option lets the buyer wish for.
void put_wishes(Html& out, const CheckoutForm& shown, const checkout::ShippingOptionView& chosen) {
  if (chosen.carbon_neutral)
    put_check(out, shown, "carbon_neutral", "Carbon neutral, for " + out.money(*chosen.carbon_neutral));
  if (chosen.consolidated)
    put_check(out, shown, "consolidate", "Few parcels, even if later: " + out.money(*chosen.consolidated) + " less");
}

void put_delivery(Html& out, const CheckoutForm& shown) {
  out << "<fieldset><legend>Delivery</legend>";
  if (!shown.quote || shown.quote->shipping_options.empty()) {
    out << "<p class=\"quiet\">Known once we know where it goes.</p></fieldset>";
    return;
  }
  const auto& options = shown.quote->shipping_options;
  std::string_view chosen = value_of_form(shown.form, "shipping_option");
  const bool known = std::any_of(options.begin(), options.end(), [&](const auto& one) { return one.code == chosen; });
  if (!known) chosen = options.front().code;
  out << "<ul class=\"options\">";
  for (const auto& option : options) {
    out << "<li><label class=\"option\"><input type=\"radio\" name=\"shipping_option\" value=\"" << text(option.code)
        << "\"" << (option.code == chosen ? " checked" : "") << "><span class=\"body\"><strong>" << text(option.label)
        << "</strong><span class=\"quiet\">There between " << text(out.day(option.estimated_delivery.earliest))
        << " and " << text(out.day(option.estimated_delivery.latest)) << "</span></span><span class=\"cost\">"
        << text(option.price.amount_minor() == 0 ? "free" : out.money(option.price)) << "</span></label></li>";
  }
  out << "</ul>";
  for (const auto& option : options)
    if (option.code == chosen) put_wishes(out, shown, option);
  if (const auto parcels = shown.quote->shipments.size(); parcels > 1)
    out << "<p class=\"quiet\">In " << parcels << " parcels, from different warehouses.</p>";
  out << "</fieldset>";
}

void put_test_cards(Html& out, const CheckoutForm& shown) {
  const FieldError* wrong = error_at(shown, kCardPointer);
  const bool marked = wrong != nullptr || shown.declined;
  std::string_view chosen = value_of_form(shown.form, "token");
  if (chosen.empty()) chosen = kCards[0].token;
  out << "<fieldset id=\"cards\" tabindex=\"-1\" aria-describedby=\"cards-hint" << (marked ? " cards-problem" : "")
      << "\"><legend>Payment</legend><p class=\"hint\" id=\"cards-hint\">This shop's bank is a sandbox: no money "
         "moves. "
         "Pick the test card whose behaviour you want to see.</p>";
  if (marked)
    out << "<p class=\"problem\" id=\"cards-problem\"><span class=\"unseen\">Mistake: </span>"
        << text(wrong != nullptr ? wrong->message : shown.problem) << "</p>";
  put_field(out, kGiftCard, shown);
  out << "<ul class=\"options two\">";
  for (const Card& card : kCards)
    out << "<li><label class=\"option\"><input type=\"radio\" name=\"token\" value=\"" << card.token << "\""
        << (card.token == chosen ? " checked" : "") << "><span class=\"body\"><strong>" << card.title
        << "</strong><span class=\"quiet\">" << card.words << "</span></span></label></li>";
  out << "</ul></fieldset>";
}

Money total_of(const CheckoutForm& shown) { return shown.quote ? shown.quote->totals.total : shown.cart.total; }

void put_order(Html& out, const Site& site, const CheckoutForm& shown) {
  out << "<aside class=\"order\" aria-labelledby=\"order\"><h2 id=\"order\">Your order</h2><ul class=\"brief\">";
  for (const auto& item : shown.cart.items) {
    const auto card = site.parts.showcase.offer_card(item.offer_id);
    out << "<li>";
    put_picture(out, item.image.value_or(""), item.title, {56, 56, "3.5rem"});
    out << "<span>" << item.quantity << " × " << text(item.title);
    if (card && !(*card)->variant.empty()) out << "<span class=\"quiet\">" << text((*card)->variant) << "</span>";
    out << "</span><span class=\"sum\">" << text(out.money(item.line_total)) << "</span></li>";
  }
  out << "</ul><dl>";
  const auto line = [&](std::string_view name, const std::string& value) {
    out << "<div><dt>" << text(name) << "</dt><dd>" << text(value) << "</dd></div>";
  };
  if (shown.quote) {
    const auto& totals = shown.quote->totals;
    line("Goods", out.money(totals.subtotal));
    for (const auto& discount : totals.discounts) line(discount.label, out.off(discount.amount));
    line("Delivery", totals.shipping.amount_minor() == 0 ? "free" : out.money(totals.shipping));
    for (const auto& [label, amount] : orders::tax_lines(totals)) line(label, out.money(amount));
  }
  out << "<div class=\"whole\"><dt>Total</dt><dd>" << text(out.money(total_of(shown))) << "</dd></div></dl>";
  put_converted(out, shown.quote ? shown.quote->totals.rates : shown.cart.rates);
  out << "<p><a href=\"/cart\">Change the cart</a></p></aside>";
}

void put_hidden(Html& out, std::string_view name, std::string_view value) {
  out << "<input type=\"hidden\" name=\"" << name << "\" value=\"" << text(value) << "\">";
}

void put_member(std::string& out, std::string_view name, std::string_view value) {
  if (out.back() != '{') out += ',';
  json::print_text(out, name);
  out += ':';
  json::print_text(out, value);
}

}  // namespace

std::string delivery_choice(const Form& form, std::string_view usual) {
  const auto option = value_of_form(form, "shipping_option");
  std::string choice(option.empty() ? usual : option);
  for (const std::string_view wish : kWishes)
    if (!value_of_form(form, wish).empty()) choice += "+" + std::string(wish);
  return choice;
}

std::string checkout_body(const Form& form, Currency currency) {
  std::string body = "{";
  put_member(body, "currency", currency.code());
  put_member(body, "email", trim(value_of_form(form, "email")));
  if (const auto option = value_of_form(form, "shipping_option"); !option.empty())
    put_member(body, "shipping_option", option);
  for (const std::string_view wish : kWishes)
    if (!value_of_form(form, wish).empty()) body += ",\"" + std::string(wish) + "\":true";
  body += ",\"shipping_address\":{";
  for (const FormField& field : kFields) {
    const auto value = trim(value_of_form(form, field.name));
    const bool of_address = field.pointer.starts_with(kAddress);
    if (of_address && (field.required || !value.empty())) put_member(body, field.name, value);
  }
  body += "}";
  if (const auto number = trim(value_of_form(form, "tax_id")); !number.empty()) put_member(body, "tax_id", number);
  body += ",\"payments\":[";
  if (const auto code = trim(value_of_form(form, kGiftCard.name)); !code.empty()) {
    body += "{\"method\":\"gift_card\"";
    put_member(body, "token", code);
    body += "},";
  }
  body += "{\"method\":\"card\"";
  put_member(body, "token", value_of_form(form, "token"));
  body += "}]";
  if (const auto total = read_decimal(value_of_form(form, "total"), currency))
    body += ",\"expected_total\":{\"amount\":" + std::to_string(*total) + ",\"currency\":\"" +
            std::string(currency.code()) + "\"}";
  return body + "}";
}

checkout::CheckoutBody quote_body(const Form& form, Currency currency) {
  checkout::CheckoutBody body;
  body.currency = currency;
  if (const auto option = value_of_form(form, "shipping_option"); !option.empty())
    body.shipping_option = std::string(option);
  if (const auto number = trim(value_of_form(form, "tax_id")); !number.empty()) body.tax_id = std::string(number);
  if (!value_of_form(form, kWishes[0]).empty()) body.carbon_neutral = true;
  if (!value_of_form(form, kWishes[1]).empty()) body.consolidate = true;
  orders::Address address;
  address.country = std::string(value_of_form(form, "country"));
  address.postal_code = std::string(trim(value_of_form(form, "postal_code")));
  address.region = std::string(trim(value_of_form(form, "region")));
  if (is_country(address.country)) body.shipping_address = std::move(address);
  return body;
}

http::Response checkout_page(const Site& site, const CheckoutForm& shown, int status) {
  Html out(shown.dress);
  out << "<h1>Check out</h1>";
  put_summary(out, shown);
  out << "<div class=\"checkout\"><form action=\"/checkout\" method=\"post\" novalidate data-once>";
  put_hidden(out, "key", shown.key);
  put_hidden(out, "total", decimal_text(total_of(shown)));
  if (shown.quote && !shown.quote->shipping_options.empty()) {
    put_hidden(out, "total_for", delivery_choice(shown.form, shown.quote->shipping_options.front().code));
  }
  out << "<fieldset><legend>You</legend>";
  put_field(out, kFields[0], shown);
  out << "</fieldset><fieldset><legend>Where it goes</legend><div class=\"fields\">";
  for (const FormField& field : kFields)
    if (field.name != "email") put_field(out, field, shown);
  out << "</div></fieldset>";
  put_delivery(out, shown);
  put_test_cards(out, shown);
  out << "<p class=\"pay\"><button class=\"strong\">Pay " << text(out.money(total_of(shown)))
      << "</button></p><p class=\"quiet\">Pressing twice, going back or a broken line never buys twice.</p></form>";
  put_order(out, site, shown);
  out << "</div>";
  const bool bad = !shown.problem.empty();
  return site.page({bad ? "Mistake: check out" : "Check out"}, out, status);
}

}  // namespace kontor::pages
