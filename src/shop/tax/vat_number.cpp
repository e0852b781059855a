// Each country's rule after the algorithms that the European Commission publishes for VIES and python-stdnum documents.
#include "shop/tax/vat_number.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"
#include "shop/tax/tax_rate.h"

namespace kontor::tax {
namespace {

using Text = std::string_view;

int digit(char c) { return c - '0'; }
bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }
bool digits(Text text) { return std::all_of(text.begin(), text.end(), is_digit); }
bool digits(Text text, std::size_t count) { return text.size() == count && digits(text); }
std::int64_t number(Text text) {
  std::int64_t out = 0;
  for (const char c : text) out = out * 10 + digit(c);
  return out;
}

template <std::size_t N>
int weighted(Text text, const int (&weights)[N]) {
  int sum = 0;
  for (std::size_t i = 0; i < N; ++i) sum += weights[i] * digit(text[i]);
  return sum;
}

// Doubled from the second digit from the right on, digits of the doubles added.
bool luhn(Text text) {
  int sum = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int d = digit(text[text.size() - 1 - i]) * (i % 2 == 1 ? 2 : 1);
    sum += d / 10 + d % 10;
  }
  return sum % 10 == 0;
}

bool iso7064_mod11_10(Text text) {
  int check = 5;
  for (const char c : text) check = ((check != 0 ? check : 10) * 2 % 11 + digit(c)) % 10;
  return check == 1;
}

bool austria(Text t) {
  if (t.size() != 9 || t[0] != 'U' || !digits(t.substr(1))) return false;
  t.remove_prefix(1);
  int sum = 4;
  for (std::size_t i = 0; i < 7; ++i) {
    const int d = digit(t[i]) * (i % 2 == 1 ? 2 : 1);
    sum += d / 10 + d % 10;
  }
  return (10 - sum % 10) % 10 == digit(t[7]);
}

bool belgium(Text t) {
  return digits(t, 10) && (t[0] == '0' || t[0] == '1') && 97 - number(t.substr(0, 8)) % 97 == number(t.substr(8));
}

bool bulgaria(Text t) {
  if (digits(t, 9)) {
    int check = weighted(t, {1, 2, 3, 4, 5, 6, 7, 8}) % 11;
    if (check == 10) check = weighted(t, {3, 4, 5, 6, 7, 8, 9, 10}) % 11 % 10;
    return check == digit(t[8]);
  }
  if (!digits(t, 10)) return false;
  if (weighted(t, {2, 4, 8, 5, 10, 9, 7, 3, 6}) % 11 % 10 == digit(t[9])) return true;  // citizens
  if (weighted(t, {21, 19, 17, 13, 11, 9, 7, 3, 1}) % 10 == digit(t[9])) return true;   // foreigners
  const int other = 11 - weighted(t, {4, 3, 2, 7, 6, 5, 4, 3, 2}) % 11;
  return other != 10 && other % 11 == digit(t[9]);
}

bool cyprus(Text t) {
  constexpr int kOdd[] = {1, 0, 5, 7, 9, 13, 15, 17, 19, 21};
  if (t.size() != 9 || !digits(t.substr(0, 8)) || !is_letter(t[8]) || t.starts_with("12")) return false;
  int sum = 0;
  for (std::size_t i = 0; i < 8; ++i) sum += i % 2 == 0 ? kOdd[digit(t[i])] : digit(t[i]);
  return 'A' + sum % 26 == t[8];
}

bool czechia(Text t) {
  if (digits(t, 8)) {
    const int check = (11 - weighted(t, {8, 7, 6, 5, 4, 3, 2}) % 11) % 11;
    return t[0] != '9' && (check == 0 ? 1 : check) % 10 == digit(t[7]);
  }
  if (digits(t, 9) && t[0] == '6') {
    const int check = weighted(t.substr(1), {8, 7, 6, 5, 4, 3, 2}) % 11;
    return ((8 - (10 - check) % 11) + 10) % 10 == digit(t[8]);
  }
  if (digits(t, 9)) return true;  // numbers by birth from before 1954 have no check digit
  return digits(t, 10) && (number(t) % 11 == 0 || (number(t.substr(0, 9)) % 11 == 10 && t[9] == '0'));
}

bool germany(Text t) { return digits(t, 9) && t[0] != '0' && iso7064_mod11_10(t); }
bool denmark(Text t) { return digits(t, 8) && t[0] != '0' && weighted(t, {2, 7, 6, 5, 4, 3, 2, 1}) % 11 == 0; }
bool estonia(Text t) { return digits(t, 9) && weighted(t, {3, 7, 1, 3, 7, 1, 3, 7, 1}) % 10 == 0; }

bool greece(Text t) {
  if (!digits(t, 9)) return false;
  return weighted(t, {256, 128, 64, 32, 16, 8, 4, 2}) % 11 % 10 == digit(t[8]);
}

bool spain(Text t) {
  constexpr Text kPersons = "TRWAGMYFPDXBNJZSQVHLCKE", kCompanies = "JABCDEFGHI";
  if (t.size() != 9 || !digits(t.substr(1, 7))) return false;
  const Text middle = t.substr(1, 7);
  if (is_digit(t[0])) return kPersons[static_cast<std::size_t>(number(t.substr(0, 8)) % 23)] == t[8];
  if (Text("KLM").find(t[0]) != Text::npos) return kPersons[static_cast<std::size_t>(number(middle) % 23)] == t[8];
  if (const auto foreign = Text("XYZ").find(t[0]); foreign != Text::npos) {
    const std::int64_t all = static_cast<std::int64_t>(foreign) * 10'000'000 + number(middle);
    return kPersons[static_cast<std::size_t>(all % 23)] == t[8];
  }
  if (Text("ABCDEFGHJNPQRSUVW").find(t[0]) == Text::npos) return false;
  int sum = 0;
  for (std::size_t i = 0; i < 7; ++i) {
    const int d = digit(middle[i]) * (i % 2 == 0 ? 2 : 1);
    sum += d / 10 + d % 10;
  }
  const int check = (10 - sum % 10) % 10;
  const bool by_digit = t[8] == '0' + check, by_letter = t[8] == kCompanies[static_cast<std::size_t>(check)];
  if (Text("PQRSNW").find(t[0]) != Text::npos) return by_letter;
  if (Text("ABEH").find(t[0]) != Text::npos) return by_digit;
  return by_digit || by_letter;
}

bool finland(Text t) { return digits(t, 8) && weighted(t, {7, 9, 10, 5, 8, 4, 2, 1}) % 11 == 0; }

bool france(Text t) {
  constexpr Text kAlphabet = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";  // without I and O
  if (t.size() != 11 || !digits(t.substr(2))) return false;
  const Text siren = t.substr(2);
  if (!siren.starts_with("000") && !luhn(siren)) return false;  // 000 is Monaco
  if (digits(t.substr(0, 2))) return (12 + 3 * (number(siren) % 97)) % 97 == number(t.substr(0, 2));
  const auto first = kAlphabet.find(t[0]), second = kAlphabet.find(t[1]);
  if (first == Text::npos || second == Text::npos) return false;
  const std::int64_t f = static_cast<std::int64_t>(first), s = static_cast<std::int64_t>(second);
  const std::int64_t check = is_digit(t[0]) ? f * 24 + s - 10 : f * 34 + s - 100;
  return (number(siren) + 1 + check / 11) % 11 == check % 11;
}

bool croatia(Text t) { return digits(t, 11) && iso7064_mod11_10(t); }
bool hungary(Text t) { return digits(t, 8) && weighted(t, {9, 7, 3, 1, 9, 7, 3, 1}) % 10 == 0; }

bool ireland(Text t) {
  constexpr Text kLetters = "WABCDEFGHIJKLMNOPQRSTUV";
  if (t.size() < 8 || t.size() > 9) return false;
  std::string seven;
  int extra = 0;
  if (digits(t.substr(0, 7))) {
    seven = std::string(t.substr(0, 7));
    if (t.size() == 9) {
      const auto at = kLetters.find(t[8]);
      if (at == Text::npos) return false;
      extra = static_cast<int>(at) * 9;
    }
  } else {  // the form until 2013
    const bool mark = is_letter(t[1]) || t[1] == '+' || t[1] == '*';
    if (t.size() != 8 || !is_digit(t[0]) || !mark || !digits(t.substr(2, 5))) return false;
    seven = "0" + std::string(t.substr(2, 5)) + t[0];
  }
  return kLetters[static_cast<std::size_t>((weighted(seven, {8, 7, 6, 5, 4, 3, 2}) + extra) % 23)] == t[7];
}

bool italy(Text t) {
  if (!digits(t, 11) || number(t.substr(0, 7)) == 0 || !luhn(t)) return false;
  const auto province = number(t.substr(7, 3));
  return (province >= 1 && province <= 100) || province == 120 || province == 121 || province == 888 || province == 999;
}

bool lithuania(Text t) {
  if (!digits(t, 9) && !digits(t, 12)) return false;
  if (t[t.size() - 2] != '1') return false;
  const auto sum = [&](std::size_t shift) {
    int out = 0;
    for (std::size_t i = 0; i + 1 < t.size(); ++i) out += static_cast<int>(1 + (i + shift) % 9) * digit(t[i]);
    return out % 11;
  };
  int check = sum(0);
  if (check == 10) check = sum(2) % 10;
  return check == digit(t.back());
}

bool luxembourg(Text t) { return digits(t, 8) && number(t.substr(0, 6)) % 89 == number(t.substr(6)); }

bool latvia(Text t) {
  if (!digits(t, 11)) return false;
  if (t[0] > '3') return weighted(t, {9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1}) % 11 == 3;
  if (t.starts_with("32")) return true;  // persons since 2017, without a check digit
  return (1 + weighted(t, {10, 5, 8, 4, 2, 1, 6, 3, 7, 9})) % 11 % 10 == digit(t[10]);
}

bool malta(Text t) { return digits(t, 8) && t[0] != '0' && weighted(t, {3, 4, 6, 7, 8, 9, 10, 1}) % 37 == 0; }

bool netherlands(Text t) {
  if (t.size() != 12 || !digits(t.substr(0, 9)) || t[9] != 'B' || !digits(t.substr(10)) || number(t.substr(10)) == 0)
    return false;
  if ((weighted(t, {9, 8, 7, 6, 5, 4, 3, 2}) - digit(t[8])) % 11 == 0) return number(t.substr(0, 9)) > 0;
  std::int64_t rest = 0;  // numbers of sole traders since 2020: ISO 7064 mod 97-10 of "NL" and all
  for (const char c : "NL" + std::string(t)) {
    if (is_digit(c))
      rest = (rest * 10 + digit(c)) % 97;
    else
      rest = (rest * 100 + (c - 'A' + 10)) % 97;
  }
  return rest == 1;
}

bool poland(Text t) { return digits(t, 10) && weighted(t, {6, 5, 7, 2, 3, 4, 5, 6, 7}) % 11 == digit(t[9]); }

bool portugal(Text t) {
  return digits(t, 9) && t[0] != '0' && (11 - weighted(t, {9, 8, 7, 6, 5, 4, 3, 2}) % 11) % 11 % 10 == digit(t[8]);
}

bool romania(Text t) {
  if (t.size() < 2 || t.size() > 10 || !digits(t) || t[0] == '0') return false;
  const std::string all = std::string(10 - t.size(), '0') + std::string(t);
  return weighted(all, {7, 5, 3, 2, 1, 7, 5, 3, 2}) * 10 % 11 % 10 == digit(all[9]);
}

bool sweden(Text t) {
  return digits(t, 12) && number(t.substr(10)) >= 1 && number(t.substr(10)) <= 94 && luhn(t.substr(0, 10));
}

bool slovenia(Text t) {
  if (!digits(t, 8) || t[0] == '0') return false;
  const int check = 11 - weighted(t, {8, 7, 6, 5, 4, 3, 2}) % 11;
  return check != 11 && check % 10 == digit(t[7]);
}

// The day of birth that a person's number begins with; 50 is added to the months of women.
bool is_born(Text t) {
  const auto month = number(t.substr(2, 2)) % 50, day = number(t.substr(4, 2));
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

bool slovakia(Text t) {
  if (!digits(t, 10) || number(t) % 11 != 0) return false;
  return is_born(t) || (t[0] != '0' && Text("234789").find(t[2]) != Text::npos);
}

bool northern_ireland(Text t) {
  if (t.size() == 5 && digits(t.substr(2))) {
    const auto office = number(t.substr(2));
    return t.starts_with("GD") ? office < 500 : t.starts_with("HA") && office >= 500;
  }
  if (!digits(t, 9) && !digits(t, 12)) return false;
  const int sum = weighted(t, {8, 7, 6, 5, 4, 3, 2, 10, 1});
  return sum % 97 == 0 || sum % 97 == 42;
}

struct Country {
  Text prefix, country;
  bool (*valid)(Text);
};
constexpr Country kCountries[] = {
    {"AT", "AT", austria},     {"BE", "BE", belgium},    {"BG", "BG", bulgaria}, {"CY", "CY", cyprus},
    {"CZ", "CZ", czechia},     {"DE", "DE", germany},    {"DK", "DK", denmark},  {"EE", "EE", estonia},
    {"EL", "GR", greece},      {"ES", "ES", spain},      {"FI", "FI", finland},  {"FR", "FR", france},
    {"HR", "HR", croatia},     {"HU", "HU", hungary},    {"IE", "IE", ireland},  {"IT", "IT", italy},
    {"LT", "LT", lithuania},   {"LU", "LU", luxembourg}, {"LV", "LV", latvia},   {"MT", "MT", malta},
    {"NL", "NL", netherlands}, {"PL", "PL", poland},     {"PT", "PT", portugal}, {"RO", "RO", romania},
    {"SE", "SE", sweden},      {"SI", "SI", slovenia},   {"SK", "SK", slovakia}, {"XI", "XI", northern_ireland},
};

const Country* country_of(Text plain) {
  for (const Country& one : kCountries)
    if (plain.starts_with(one.prefix)) return &one;
  return nullptr;
}

}  // namespace

bool in_eu(std::string_view country) {
  return std::any_of(std::begin(kCountries), std::end(kCountries),
                     [&](const Country& one) { return one.country == country && country != "XI"; });
}

bool looks_like_vat_number(std::string_view text) {
  const std::string plain = plain_code(text);
  return plain.size() >= 6 && country_of(plain) != nullptr && std::count_if(plain.begin(), plain.end(), is_digit) >= 2;
}

std::optional<VatNumber> vat_number(std::string_view text) {
  const std::string plain = plain_code(text);
  const Country* country = country_of(plain);
  if (country == nullptr || !country->valid(std::string_view(plain).substr(2))) return std::nullopt;
  return VatNumber{std::string(country->country), plain};
}

}  // namespace kontor::tax
