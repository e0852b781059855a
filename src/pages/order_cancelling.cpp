#include "pages/order_cancelling.h"

namespace kontor::pages {
namespace {

constexpr std::string_view kPrefix = "cancel.";
constexpr std::int64_t kMost = 1'000'000;

std::optional<std::int64_t> number_of(std::string_view text) {
  const auto digits = trim(text);
  if (digits.empty() || digits.size() > 7) return std::nullopt;
  std::int64_t number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number <= kMost ? std::optional(number) : std::nullopt;
}

tl::unexpected<Error> nothing_chosen(std::string words) {
  return fail(Errc::kInvalid, "pages.nothing_to_cancel", std::move(words));
}

}  // namespace

bool may_cancel(orders::OrderState state) {
  return state != orders::OrderState::kCancelled && orders::kOrderTable.leads(state, orders::OrderState::kCancelled);
}

void put_cancelling(Html& out, const orders::Order& order) {
  if (!may_cancel(order.state)) return;
  const std::string action = "<form action=\"/orders/" + order.id.text() + "/cancel\" method=\"post\" data-once>";
  out << "<details class=\"cancel\"><summary>Cancel this order</summary><p>The goods go back on the shelf and the "
         "money "
         "back to you.</p>"
      << action << "<button class=\"plain\">Cancel the order</button></form></details>";
  out << "<details class=\"cancel some\"><summary>Cancel some of it</summary><p>Say how many of what. Their money "
         "comes "
         "back to you; the rest is sent as planned.</p>"
      << action
      << "<input type=\"hidden\" name=\"what\" value=\"lines\"><input type=\"hidden\" name=\"version\" value=\""
      << order.version << "\">";
  for (const auto& line : order.document.lines) {
    if (line.left() == 0) continue;
    const std::string field = std::string(kPrefix) + line.id.text();
    out << "<div class=\"field\"><label for=\"" << field << "\">" << text(line.title) << " <span class=\"quiet\">of "
        << line.left() << "</span></label><input id=\"" << field << "\" name=\"" << field
        << "\" type=\"number\" inputmode=\"numeric\" min=\"0\" max=\"" << line.left() << "\" value=\"0\"></div>";
  }
  out << "<button class=\"plain\">Cancel these</button></form></details>";
}

Result<orders::CancelOrder> read_cancelling(const Form& form) {
  orders::CancelOrder wish;
  if (value_of_form(form, "what") != "lines") return wish;
  wish.version = number_of(value_of_form(form, "version"));
  wish.lines.emplace();
  for (const auto& [name, value] : form) {
    if (!name.starts_with(kPrefix)) continue;
    const auto line = OrderLineId::parse(std::string_view(name).substr(kPrefix.size()));
    const auto quantity = value.empty() ? std::optional<std::int64_t>(0) : number_of(value);
    if (!line || !quantity) return nothing_chosen("How many to cancel is a number from 0 to what is left.");
    if (*quantity > 0) wish.lines->push_back({line, {}, quantity});
  }
  if (wish.lines->empty() || !wish.version) return nothing_chosen("Say how many of which line to cancel.");
  return wish;
}

}  // namespace kontor::pages
