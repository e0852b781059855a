// HTML made into plain text: what a description of another shop says, without anything that a browser would act on.
#pragma once
#include <string>
#include <string_view>

namespace kontor {

// Tags go, paragraphs and line breaks become new lines, list items begin with "- ", character references become their
// characters; scripts, styles and comments are left out. Blanks are joined, at most one empty line in a row. The answer
// is text: whoever shows it escapes it. Takes any bytes; of UTF-8 it makes UTF-8. Linear in its input.
std::string plain_from_html(std::string_view html);

}  // namespace kontor
