#include "pages/order_missing.h"

namespace kontor::pages {
namespace {

std::string_view title_of(const orders::Order& order, OfferId offer) {
  for (const auto& line : order.document.lines)
    if (line.offer_id == offer) return line.title;
  return "item";
}

void put_form(Html& out, const orders::Order& order, const MissingUnits& units, bool waits) {
  out << "<form action=\"/orders/" << order.id.text()
      << "/missing\" method=\"post\" data-once><input type=\"hidden\" name=\"offer\" value=\"" << units.offer.text()
      << "\"><button class=\"plain\" name=\"decision\" value=\""
      << (waits ? "wait\">I will wait" : "cancel\">Cancel it") << "</button></form>";
}

}  // namespace

void put_missing(Html& out, const orders::Order& order, const std::vector<MissingUnits>& missing) {
  if (missing.empty()) return;
  out << "<section class=\"missing\" aria-labelledby=\"missing\"><h2 id=\"missing\">Missing after all</h2>";
  for (const auto& units : missing) {
    out << "<p>We are sorry: " << units.quantity << " × " << text(title_of(order, units.offer))
        << (units.waits ? " will be sent when there is more of it."
                        : " turned out not to be there; the orders before yours had them.")
        << "</p>";
    if (!units.waits)
      out << "<p class=\"quiet\">Without a word from you they are cancelled on " << text(out.date_time(units.decide_by))
          << ", and their money comes back to you.</p>";
    if (!units.alternatives.empty()) {
      out << "<p>In their place there is:</p><ul>";
      for (const auto& other : units.alternatives)
        out << "<li><a href=\"" << text(other.url) << "\">" << text(other.title) << "</a> "
            << text(out.money(other.price)) << "</li>";
      out << "</ul>";
    }
    out << "<div class=\"actions\">";
    if (!units.waits) put_form(out, order, units, true);
    put_form(out, order, units, false);
    out << "</div>";
  }
  out << "</section>";
}

Result<MissingDecision> read_missing_decision(const Form& form) {
  const auto offer = OfferId::parse(value_of_form(form, "offer"));
  const auto decision = value_of_form(form, "decision");
  if (!offer || (decision != "wait" && decision != "cancel"))
    return fail(Errc::kInvalid, "pages.nothing_decided", "Say whether you wait for it or cancel it.");
  return MissingDecision{*offer, decision == "wait"};
}

}  // namespace kontor::pages
