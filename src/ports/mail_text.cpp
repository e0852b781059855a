#include "ports/mail_text.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "base/assert.h"
#include "base/text.h"

namespace kontor {
namespace {

constexpr std::size_t kLine = 76;

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto left = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < left ? static_cast<std::uint8_t>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) out += k <= left ? kDigits[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// An encoded word (RFC 2047) is cut between code points, 39 bytes at a time: then its line, with the header's name, has
// at most 76 characters.
std::string header_text(std::string_view text, std::size_t longest_plain) {
  std::string clean;
  for (const char c : text) clean += is_control(c) ? ' ' : c;
  if (is_plain(clean) && clean.size() <= longest_plain && clean.find("=?") == std::string::npos) return clean;
  std::string out;
  for (std::size_t at = 0; at < clean.size();) {
    auto end = std::min(clean.size(), at + 39);
    while (end > at + 35 && end < clean.size() && (static_cast<unsigned char>(clean[end]) & 0xC0) == 0x80) --end;
    out +=
        (out.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + base64(std::string_view(clean).substr(at, end - at)) + "?=";
    at = end;
  }
  return out;
}

// A display name: a quoted string when it is plain, encoded words otherwise.
std::string name_text(std::string_view name) {
  if (!is_plain(name) || name.size() > 900) return header_text(name, 0);
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

bool is_word(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return c == ' ' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
}

std::string mailbox_text(const Mailbox& mailbox) {
  if (mailbox.name.empty()) return mailbox.address;
  return (is_word(mailbox.name) ? mailbox.name : name_text(mailbox.name)) + " <" + mailbox.address + ">";
}

std::string date_text(Time now) {
  const std::time_t seconds = now.ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d +0000", kDays[parts.tm_wday], parts.tm_mday,
                kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
  return text;
}

// Quoted-printable (RFC 2045, 6.7) of one line without its end.
void append_quoted(std::string& out, std::string_view line) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::size_t column = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool last = i + 1 == line.size();
    const bool blank = c == ' ' || c == '\t';
    const bool bare = (c > ' ' && c < 0x7f && c != '=') || (blank && !last);
    const std::size_t width = bare ? 1 : 3;
    if (column + width > kLine - 1) {  // room for the soft end
      out += "=\r\n";
      column = 0;
    }
    if (bare) {
      out += c;
    } else {
      out += '=';
      out += kHex[static_cast<std::uint8_t>(c) >> 4];
      out += kHex[static_cast<std::uint8_t>(c) & 15];
    }
    column += width;
  }
}

}  // namespace

std::optional<Mailbox> parse_mailbox(std::string_view text) {
  text = trim(text);
  if (std::any_of(text.begin(), text.end(), is_control) || !is_utf8(text)) return std::nullopt;
  Mailbox mailbox;
  const auto open = text.rfind('<');
  if (open != std::string_view::npos) {
    if (text.back() != '>') return std::nullopt;
    mailbox.name = trim(text.substr(0, open));
    if (mailbox.name.size() >= 2 && mailbox.name.front() == '"' && mailbox.name.back() == '"')
      mailbox.name = mailbox.name.substr(1, mailbox.name.size() - 2);
    mailbox.address = text.substr(open + 1, text.size() - open - 2);
  } else {
    mailbox.address = text;
  }
  if (!check_address(mailbox.address)) return std::nullopt;
  return mailbox;
}

Result<void> check_address(std::string_view address) {
  const auto at = address.find('@');
  const bool odd = std::any_of(address.begin(), address.end(), [](char c) {
    return c <= ' ' || c >= 0x7f || std::string_view("<>()[],;:\\\"").find(c) != std::string_view::npos;
  });
  if (!odd && at != std::string_view::npos && at > 0 && at + 1 < address.size() && address.rfind('@') == at &&
      address.size() <= 254)
    return {};
  return fail(Errc::kInvalid, "messenger.bad_address", "The mail's address is no name@domain.");
}

namespace {

// Headers that let the receiver's program show a button (RFC 2369, RFC 8058).
std::string unsubscribe_text(const std::string& address) {
  if (address.empty()) return {};
  KONTOR_ASSERT(std::none_of(address.begin(), address.end(),
                             [](char c) { return c <= ' ' || c >= 0x7f || c == '<' || c == '>'; }));
  return "\r\nList-Unsubscribe: <" + address + ">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click";
}

}  // namespace

std::string mail_text(const Mail& mail, const Mailbox& from, Time now) {
  std::string plain;
  std::string quoted;
  bool ascii = true;
  std::size_t longest = 0;
  const std::string_view text =
      mail.text.ends_with('\n') ? std::string_view(mail.text).substr(0, mail.text.size() - 1) : mail.text;
  for (const auto line : split(text, '\n')) {
    const auto bare = line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
    longest = std::max(longest, bare.size());
    ascii = ascii && std::all_of(bare.begin(), bare.end(), [](char c) { return (c >= ' ' && c < 0x7f) || c == '\t'; });
    plain.append(bare).append("\r\n");
    append_quoted(quoted, bare);
    quoted += "\r\n";
  }
  const bool seven = ascii && longest <= 900;
  return "From: " + mailbox_text(from) + "\r\nTo: " + mail.to + "\r\nSubject: " + header_text(mail.subject, 900) +
         unsubscribe_text(mail.unsubscribe) + "\r\nDate: " + date_text(now) + "\r\nMessage-ID: <" +
         percent_encode(clip(mail.key, 200)) + "@" + from.domain() +
         ">\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n" +
         "Content-Transfer-Encoding: " + (seven ? "7bit\r\n\r\n" + plain : "quoted-printable\r\n\r\n" + quoted);
}

}  // namespace kontor
