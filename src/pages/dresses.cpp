#include "pages/dresses.h"

#include <algorithm>

namespace kontor::pages {
namespace {

void put_option(Html& out, std::string_view value, bool chosen, std::string_view words) {
  out << "<option value=\"" << text(value) << "\"" << (chosen ? " selected" : "") << ">" << text(words) << "</option>";
}

}  // namespace

Dresses::Dresses(const Parts& parts) : own_(parts.dress), locales_{parts.dress.formats}, rates_(parts.rates) {
  for (const auto& formats : parts.other_locales) {
    const auto same = [&](const services::Formats& one) { return one.tag() == formats.tag(); };
    if (std::none_of(locales_.begin(), locales_.end(), same)) locales_.push_back(formats);
  }
}

bool Dresses::is_own(const Dress& dress) const {
  return dress.currency == own_.currency && dress.formats.tag() == own_.formats.tag();
}

std::optional<std::string> Dresses::language(const Dress& dress) const {
  return dress.formats.tag() == own_.formats.tag() ? std::nullopt : std::optional(dress.formats.tag());
}

std::vector<std::string> Dresses::wished(const Dress& dress) const {
  auto one = language(dress);
  return one ? std::vector<std::string>{std::move(*one)} : std::vector<std::string>();
}

Dress Dresses::of(const http::Request& request) const {
  const std::string_view cookie = request.cookie(kDressCookie);
  if (cookie.empty()) return own_;
  const auto dot = cookie.find('.');
  return chosen(cookie.substr(0, dot), dot == std::string_view::npos ? std::string_view() : cookie.substr(dot + 1));
}

Dress Dresses::chosen(std::string_view currency, std::string_view locale) const {
  Dress dress = own_;
  for (const auto& formats : locales_)
    if (formats.tag() == locale) dress.formats = formats;
  const auto wanted = Currency::parse(currency);
  if (!wanted || *wanted == own_.currency || rates_ == nullptr) return dress;
  const auto converter = rates_->converter();
  if (converter && converter->rate(own_.currency, *wanted)) dress.currency = *wanted;
  return dress;
}

std::string Dresses::name_of(const Dress& dress) {
  return std::string(dress.currency.code()) + "." + dress.formats.tag();
}

std::vector<Currency> Dresses::currencies() const {
  std::vector<Currency> out{own_.currency};
  const auto converter = rates_ == nullptr ? nullptr : rates_->converter();
  if (!converter) return out;
  const auto all = converter->currencies();
  if (std::find(all.begin(), all.end(), own_.currency) == all.end()) return out;  // nothing leads there
  for (const Currency currency : all)
    if (currency != own_.currency) out.push_back(currency);
  return out;
}

bool Dresses::any_choice() const { return locales_.size() > 1 || currencies().size() > 1; }

void Dresses::put_form(Html& out) const {
  const auto money = currencies();
  if (money.size() < 2 && locales_.size() < 2) return;
  out << "<form class=\"dress\" action=\"/dress\" method=\"post\"><h2>How it is shown</h2>";
  if (money.size() > 1) {
    out << "<p><label for=\"dress-currency\">Currency</label><select id=\"dress-currency\" name=\"currency\">";
    for (const Currency one : money)
      put_option(out, one.code(), one == out.dress().currency,
                 own_.formats.currency_name(one) + " (" + std::string(one.code()) + ")");
    out << "</select></p>";
  }
  if (locales_.size() > 1) {
    out << "<p><label for=\"dress-locale\">Language of products, numbers and dates</label><select id=\"dress-locale\" "
           "name=\"locale\">";
    for (const auto& one : locales_) put_option(out, one.tag(), one.tag() == out.dress().formats.tag(), one.own_name());
    out << "</select></p>";
  }
  out << "<button class=\"plain\">Show it so</button></form>";
}

Form Dresses::another(const Form& query, const Dress& from, const Dress& to) const {
  const auto converter = rates_ == nullptr ? nullptr : rates_->converter();
  Form out;
  for (const auto& [name, value] : query) {
    if (name == "cursor") continue;  // of a list whose bounds were others
    std::string kept = value;
    if (const auto minor = name == "min" || name == "max" ? read_decimal(value, from.currency) : std::nullopt;
        minor && converter && from.currency != to.currency)
      if (const auto money = converter->convert(Money::minor(*minor, from.currency), to.currency))
        kept = decimal_text(*money);
    out.emplace_back(name, std::move(kept));
  }
  return out;
}

}  // namespace kontor::pages
