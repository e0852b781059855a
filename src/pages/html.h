// The small things that every page is made of: escaped text, forms read and written, the frame around a page.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/money.h"
#include "base/result.h"
#include "base/text.h"
#include "runtime/http.h"

namespace kontor::pages {

// Appends `text` so that it is text, whatever it holds.
inline void put_text(std::string& out, std::string_view text) { out += html_escape(text); }

// Names and values of a form or a query; a name that comes twice keeps its first value.
using Form = std::map<std::string, std::string, std::less<>>;
// kBadRequest "pages.bad_form" for broken escapes and bytes that are no UTF-8.
Result<Form> read_form(std::string_view encoded);
std::string_view value_of_form(const Form& form, std::string_view name);

struct Frame {
  std::string title;        // of the document
  std::string_view search;  // what stands in the search field
  bool shared = false;      // holds nothing personal: caches may keep it
};
// The whole page around `body`, with the headers that pages carry.
http::Response page(const Frame& frame, std::string_view body, int status = 200);
http::Response redirect(std::string location);
// A page for an Error, in the words of its detail.
http::Response error_page(const Error& error);
// Puts what the call collected (a new session's cookie) into the answer.
http::Response with_call(http::Response response, http::Call& call);

// "29.99 USD", "1,290 JPY".
std::string money_text(Money money);

}  // namespace kontor::pages
