// Which language somebody is answered in: what is wished for, by parameter or by Accept-Language, against what there
// is.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kontor::services {

// A language with its script and region as BCP 47 writes them: "de", "de-CH", "zh-Hant", "zh-Hant-TW", "es-419".
bool is_language_tag(std::string_view tag);
// "de" of "de-CH", in lower case.
std::string primary_language(std::string_view tag);

// The languages of an Accept-Language header, the dearest first; what is refused (q=0), "*" and whatever cannot be read
// is left out. Ten at most.
std::vector<std::string> accepted_languages(std::string_view header);

// The place in `there` of the language that fits best: of the first wish that anything fits, exactly, else the language
// without region (RFC 4647), else another region of it. nullopt: the shop's own texts, whose language is `own`; they
// fit whoever wishes for that language, and whoever wishes for nothing that there is.
std::optional<std::size_t> choose_language(std::span<const std::string> wished, std::span<const std::string_view> there,
                                           std::string_view own);

}  // namespace kontor::services
