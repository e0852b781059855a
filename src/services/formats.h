// How one locale writes amounts, numbers and moments, as ICU knows it (CLDR's conventions), in one time zone: for
// pages, mails and invoices. What programs read (JSON, fields of forms) is written elsewhere, the same in every locale.
// A handle, cheap to copy; safe from any thread. A formatter is made when it is first needed and kept. Nothing of ICU
// shows here. All texts are UTF-8, may hold no-break spaces and marks of direction, and are to be escaped like data.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/money.h"
#include "base/time.h"
#include "services/time_zone.h"

namespace kontor::services {

class Formats {
 public:
  Formats();  // en-US, UTC
  // Of a BCP 47 tag ("de-DE", "ar-KW-u-nu-latn"). nullopt for what is no tag, and for languages of which ICU knows no
  // conventions; a region that it knows nothing of is written as the language is.
  static std::optional<Formats> of(std::string_view tag, const TimeZone& zone = {});

  const std::string& tag() const;  // as BCP 47 writes it: "de-DE"
  const TimeZone& time_zone() const;

  // "$1,290.00", "1.290,00 €", "￥1,290": the locale's sign, place, digits and grouping; as many digits after the point
  // as Currency::exponent() says.
  std::string money(Money amount) const;
  std::string number(std::int64_t number) const;               // "1,204"
  std::string decimal(std::int64_t number, int places) const;  // 46 with one place: "4.6"
  std::string percent(std::int64_t percent) const;             // "-15%"
  std::string date(Time at) const;                             // the day of a moment: "November 21, 2026"
  std::string day(Time midnight) const;                        // a day that is kept as its midnight in UTC
  std::string date_time(Time at) const;                        // "November 21, 2026 at 5:24 AM UTC"
  std::string currency_name(Currency currency) const;          // "US Dollar"
  std::string own_name() const;                                // the locale, in its own words: "Deutsch (Schweiz)"

 private:
  class Rules;
  explicit Formats(std::shared_ptr<const Rules> rules);
  std::shared_ptr<const Rules> rules_;
};

}  // namespace kontor::services
