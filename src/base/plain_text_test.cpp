#include "base/plain_text.h"

#include <doctest/doctest.h>

#include "base/text.h"

using namespace kontor;

TEST_CASE("HTML as plain text: paragraphs, breaks, lists and references") {
  CHECK(plain_from_html("<p>Warm  and\n dry.</p><p>Made of <b>wool</b>&nbsp;&amp; silk.</p>") ==
        "Warm and dry.\n\nMade of wool & silk.");
  CHECK(plain_from_html("One<br>two<br/>three") == "One\ntwo\nthree");
  CHECK(plain_from_html("<ul><li>red</li>\n<li><p>blue</p></li></ul>after") == "- red\n- blue\n\nafter");
  CHECK(plain_from_html("<ul><li>red</li><li>blue</li></ul><p>x</p>") == "- red\n- blue\n\nx");
  CHECK(plain_from_html("<td>a</td><td>b</td>") == "a b");
  CHECK(plain_from_html("&#8364;5 &#x20AC;6 caf&eacute; &unknown; AT&T &; &#0; &#xD800;") ==
        "€5 €6 café &unknown; AT&T &;");
  CHECK(plain_from_html("a < b and c > d") == "a < b and c > d");
  CHECK(plain_from_html("<h2>Size</h2>L<H3>Care</H3>wash") == "Size\n\nL\n\nCare\n\nwash");
}

TEST_CASE("HTML as plain text: nothing that a browser acts on is left, whatever comes in") {
  CHECK(plain_from_html("<script>alert('</p>')</script>ok<style>p{}</style>!") == "ok!");
  CHECK(plain_from_html("<SCRIPT src=x>evil()</SCRIPT >ok") == "ok");
  CHECK(plain_from_html("<img alt=\"a > b\" src=x>picture") == "picture");
  CHECK(plain_from_html("<!-- <p>hidden</p> -->seen") == "seen");
  CHECK(plain_from_html("<p>never closed <a href='x") == "never closed");
  CHECK(plain_from_html("<script>never closed") == "");
  CHECK(plain_from_html("<") == "<");
  CHECK(plain_from_html("") == "");
  // Escaped markup is text, and stays text: pages escape it again.
  CHECK(plain_from_html("&lt;b&gt;bold&lt;/b&gt;") == "<b>bold</b>");
  const std::string deep(200'000, '<');
  CHECK(plain_from_html(deep).size() <= deep.size());
  std::string nested;
  for (int i = 0; i < 50'000; ++i) nested += "<div><p>&amp;</p>";
  CHECK(is_utf8(plain_from_html(nested)));
}
