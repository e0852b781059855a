#include "services/formats.h"

#include <unicode/calendar.h>
#include <unicode/currunit.h>
#include <unicode/locid.h>
#include <unicode/measunit.h>
#include <unicode/numberformatter.h>
#include <unicode/smpdtfmt.h>
#include <unicode/ucurr.h>
#include <unicode/ures.h>

#include <map>
#include <mutex>
#include <shared_mutex>

#include "base/assert.h"

namespace kontor::services {
namespace {

using icu::number::LocalizedNumberFormatter;
using icu::number::NumberFormatter;
using icu::number::Precision;
using icu::number::Scale;

constexpr std::size_t kLongestLocale = 64;

// What fails here is ICU's data, which was there when the locale was looked up.
void must(UErrorCode code) { KONTOR_ASSERT(U_SUCCESS(code)); }

std::string utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

icu::UnicodeString ascii(std::string_view text) {
  return icu::UnicodeString(text.data(), static_cast<std::int32_t>(text.size()), US_INV);
}

// Whether there are conventions of its own for the language; ICU would go on with those of the system.
bool is_known(const icu::Locale& locale) {
  UErrorCode code = U_ZERO_ERROR;
  UResourceBundle* const bundle = ures_open(nullptr, locale.getBaseName(), &code);
  ures_close(bundle);
  return U_SUCCESS(code) && code != U_USING_DEFAULT_WARNING;
}

std::optional<icu::Locale> locale_of(std::string_view tag) {
  if (tag.empty() || tag.size() > kLongestLocale || tag.find('\0') != std::string_view::npos) return std::nullopt;
  UErrorCode code = U_ZERO_ERROR;
  icu::Locale locale = icu::Locale::forLanguageTag({tag.data(), static_cast<std::int32_t>(tag.size())}, code);
  if (U_FAILURE(code) || locale.isBogus() || *locale.getLanguage() == '\0') return std::nullopt;
  locale.canonicalize(code);
  if (U_FAILURE(code) || !is_known(locale)) return std::nullopt;
  return locale;
}

icu::TimeZone* icu_zone(const TimeZone& zone) { return icu::TimeZone::createTimeZone(ascii(zone.name())); }

std::string formatted(const LocalizedNumberFormatter& formatter, std::int64_t number) {
  UErrorCode code = U_ZERO_ERROR;
  const auto out = formatter.formatInt(number, code);
  const icu::UnicodeString text = out.toTempString(code);
  must(code);
  return utf8(text);
}

// Compiled now, by its maker: ICU would do it at a later call, in whichever thread makes that one while others read.
LocalizedNumberFormatter compiled(const LocalizedNumberFormatter& formatter) {
  LocalizedNumberFormatter out = formatter.threshold(1);
  formatted(out, 0);
  return out;
}

// The same of the numbers in a date, which ICU compiles when it writes their like the third time. Which of its
// formatters a field needs is the pattern's, not the date's; an hour and a day may share one, so a few more do no harm.
std::unique_ptr<const icu::DateFormat> compiled(std::unique_ptr<icu::DateFormat> format) {
  icu::UnicodeString text;
  for (int i = 0; i < 8; ++i) format->format(UDate{0}, text.remove());
  return format;
}

}  // namespace

// Made piece by piece: a shop that writes no dates has no formatter of dates.
class Formats::Rules {
  // What is kept stays where it is: maps do not move their entries.
  template <class Map, class Key, class Make>
  const auto& kept(Map& map, const Key& key, const Make& make) const {
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = map.find(key); found != map.end()) return deref(found->second);
    }
    auto made = make();
    const std::unique_lock lock(mutex_);
    return deref(map.try_emplace(key, std::move(made)).first->second);
  }
  static const LocalizedNumberFormatter& deref(const LocalizedNumberFormatter& formatter) { return formatter; }
  static const std::string& deref(const std::string& name) { return name; }
  static const icu::DateFormat& deref(const std::unique_ptr<const icu::DateFormat>& format) { return *format; }

 public:
  Rules(icu::Locale locale, TimeZone zone) : locale_(std::move(locale)), zone_(std::move(zone)) {
    UErrorCode code = U_ZERO_ERROR;
    tag_ = locale_.toLanguageTag<std::string>(code);
    must(code);
  }

  const std::string& tag() const { return tag_; }
  const TimeZone& zone() const { return zone_; }
  const icu::Locale& locale() const { return locale_; }

  const LocalizedNumberFormatter& money(Currency currency) const {
    return kept(money_, currency, [&] {
      UErrorCode code = U_ZERO_ERROR;
      const icu::CurrencyUnit unit(icu::StringPiece(currency.code().data(), 3), code);
      must(code);
      return compiled(plain(currency.exponent()).unit(unit));
    });
  }

  const LocalizedNumberFormatter& decimal(int places) const {
    return kept(decimals_, places, [&] { return compiled(plain(places)); });
  }

  const LocalizedNumberFormatter& percent() const {
    return kept(percent_, 0, [&] { return compiled(plain(0).unit(icu::MeasureUnit::getPercent())); });
  }

  const icu::DateFormat& date() const {
    return kept(dates_, Kind::kDate, [&] { return make_date(zone_); });
  }
  const icu::DateFormat& day() const {
    return kept(dates_, Kind::kDay, [&] { return make_date({}); });
  }
  const icu::DateFormat& date_time() const {
    return kept(dates_, Kind::kDateTime, [&] { return make_date_time(); });
  }

  const std::string& currency_name(Currency currency) const {
    return kept(names_, currency, [&] {
      UErrorCode code = U_ZERO_ERROR;
      std::int32_t length = 0;
      icu::UnicodeString iso = ascii(currency.code());
      const char16_t* const name =
          ucurr_getName(iso.getTerminatedBuffer(), locale_.getName(), UCURR_LONG_NAME, nullptr, &length, &code);
      must(code);
      return utf8(icu::UnicodeString(name, length));
    });
  }

 private:
  enum class Kind { kDate, kDay, kDateTime };

  LocalizedNumberFormatter plain(int places) const {
    return NumberFormatter::withLocale(locale_)
        .scale(Scale::powerOfTen(-places))
        .precision(Precision::fixedFraction(places));
  }

  std::unique_ptr<const icu::DateFormat> make_date(const TimeZone& zone) const {
    std::unique_ptr<icu::DateFormat> format(icu::DateFormat::createDateInstance(icu::DateFormat::kLong, locale_));
    KONTOR_ASSERT(format != nullptr);
    format->adoptTimeZone(icu_zone(zone));
    return compiled(std::move(format));
  }

  // The locale's long date and short time; which clock it is, is said behind them.
  std::unique_ptr<const icu::DateFormat> make_date_time() const {
    std::unique_ptr<icu::DateFormat> format(
        icu::DateFormat::createDateTimeInstance(icu::DateFormat::kLong, icu::DateFormat::kShort, locale_));
    KONTOR_ASSERT(format != nullptr);
    if (auto* const simple = dynamic_cast<icu::SimpleDateFormat*>(format.get())) {
      icu::UnicodeString pattern;
      simple->toPattern(pattern);
      simple->applyPattern(pattern.append(ascii(" z")));
    }
    format->adoptTimeZone(icu_zone(zone_));
    return compiled(std::move(format));
  }

  const icu::Locale locale_;
  const TimeZone zone_;
  std::string tag_;
  mutable std::shared_mutex mutex_;
  mutable std::map<Currency, LocalizedNumberFormatter> money_;
  mutable std::map<int, LocalizedNumberFormatter> decimals_, percent_;
  mutable std::map<Kind, std::unique_ptr<const icu::DateFormat>> dates_;
  mutable std::map<Currency, std::string> names_;
};

namespace {

std::string formatted(const icu::DateFormat& format, Time at) {
  icu::UnicodeString text;
  format.format(static_cast<UDate>(at.ms), text);
  return utf8(text);
}

}  // namespace

Formats::Formats(std::shared_ptr<const Rules> rules) : rules_(std::move(rules)) {}

// Looked up once: settings begin with it wherever they are made, and a look-up costs a quarter of a millisecond.
Formats::Formats()
    : rules_([] {
        static const auto kUsual = of("en-US").value().rules_;
        return kUsual;
      }()) {}

std::optional<Formats> Formats::of(std::string_view tag, const TimeZone& zone) {
  auto locale = locale_of(tag);
  if (!locale) return std::nullopt;
  return Formats(std::make_shared<const Rules>(std::move(*locale), zone));
}

const std::string& Formats::tag() const { return rules_->tag(); }
const TimeZone& Formats::time_zone() const { return rules_->zone(); }

std::string Formats::money(Money amount) const {
  return formatted(rules_->money(amount.currency()), amount.amount_minor());
}
std::string Formats::number(std::int64_t number) const { return formatted(rules_->decimal(0), number); }
std::string Formats::decimal(std::int64_t number, int places) const {
  return formatted(rules_->decimal(places), number);
}
std::string Formats::percent(std::int64_t percent) const { return formatted(rules_->percent(), percent); }
std::string Formats::date(Time at) const { return formatted(rules_->date(), at); }
std::string Formats::day(Time midnight) const { return formatted(rules_->day(), midnight); }
std::string Formats::date_time(Time at) const { return formatted(rules_->date_time(), at); }

std::string Formats::currency_name(Currency currency) const { return rules_->currency_name(currency); }

std::string Formats::own_name() const {
  icu::UnicodeString name;
  rules_->locale().getDisplayName(rules_->locale(), name);
  return utf8(name);
}

}  // namespace kontor::services
