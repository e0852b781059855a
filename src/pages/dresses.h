// What visitors may choose among: the currencies that prices can be shown in, and how numbers and dates are written. A
// choice is kept in a cookie that says nothing else, by a form at the foot of each page; without one, and for a choice
// that there is no more, pages wear the shop's own dress.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pages/dress.h"
#include "pages/html.h"
#include "pages/pages.h"

namespace kontor::pages {

// "EUR.de-DE".
inline constexpr std::string_view kDressCookie = "dress";

class Dresses {
 public:
  explicit Dresses(const Parts& parts);

  const Dress& own() const { return own_; }
  bool is_own(const Dress& dress) const;
  // In which language texts are wished for; nullopt: the shop's own.
  std::optional<std::string> language(const Dress& dress) const;
  std::vector<std::string> wished(const Dress& dress) const;  // the same as a list of wishes
  Dress of(const http::Request& request) const;
  // What a form says; what it does not say, or what there is not, is as the shop has it.
  Dress chosen(std::string_view currency, std::string_view locale) const;
  // The same text for the same dress: what the cookie says, and what pages are kept under beside their address.
  static std::string name_of(const Dress& dress);

  // The shop's first, then by their codes: those between which the table of rates converts.
  std::vector<Currency> currencies() const;
  // The shop's first.
  std::span<const services::Formats> locales() const { return locales_; }
  bool any_choice() const;

  // At the foot of a page; nothing where there is nothing to choose.
  void put_form(Html& out) const;
  // Query parameters of a listing as another dress has them: bounds of prices mean the same, the place in the list is
  // left.
  Form another(const Form& query, const Dress& from, const Dress& to) const;

 private:
  const Dress own_;
  std::vector<services::Formats> locales_;
  const showcase::ConverterSource* rates_;
};

}  // namespace kontor::pages
