#include "shop_rows.h"

#include <algorithm>
#include <fstream>

#include "products.h"

namespace kontor::search_bench {

namespace {

// Only letters, digits, spaces and full stops come from Products: nothing has to be escaped.
std::string row_of(const search_index::Document& document, std::int64_t number) {
  const std::int64_t leaf = document.category.value - 1'000, aisle = leaf % 50, hall = 1 + aisle % 10;
  std::string row = "{\"external_id\":\"s-" + std::to_string(number) + "\",\"title\":\"" + document.texts[0].title +
                    "\",\"description\":\"" + document.texts[0].description + "\",\"brand\":\"" + document.brand +
                    "\",\"category_path\":[\"hall " + std::to_string(hall) + "\",\"aisle " + std::to_string(aisle) +
                    "\",\"shelf " + std::to_string(leaf) + "\"],\"attributes\":{";
  for (std::size_t i = 0; i < document.attributes.size(); ++i) {
    const auto& attribute = document.attributes[i];
    row += (i == 0 ? "\"" : ",\"") + attribute.name + "\":";
    row += attribute.micro ? attribute.value : "\"" + attribute.value + "\"";
  }
  row += "},\"rating\":" + std::to_string(static_cast<double>(document.figures.rating_milli) / 1000) +
         ",\"review_count\":" + std::to_string(document.figures.review_count) + ",\"offers\":[{\"sku\":\"" +
         document.codes[0] + "\",\"price\":{\"amount\":" + std::to_string(document.figures.prices[0].minor) +
         ",\"currency\":\"USD\"},\"stock\":[{\"warehouse\":\"main\",\"on_hand\":" +
         (document.figures.in_stock ? "1000000" : "0") + "}]}]}\n";
  return row;
}

}  // namespace

bool write_shop_rows(const std::string& folder, std::int64_t products, std::size_t questions) {
  std::ofstream rows(folder + "/products.ndjson"), asked(folder + "/questions.txt"), typed(folder + "/beginnings.txt");
  Products source;
  const std::int64_t step = std::max<std::int64_t>(products / 20'000, 1);
  for (std::int64_t number = 1; number <= products; ++number) {
    const auto document = source.next();
    rows << row_of(document, number);
    if (number % step == 0)
      typed << document.texts[0].title.substr(0, 2 + static_cast<std::size_t>(number / step) % 12) << "\n";
  }
  for (const std::string& text : search_bench::questions(questions, products, 4)) asked << text << "\n";
  rows.close(), asked.close(), typed.close();
  return rows.good() && asked.good() && typed.good();
}

}  // namespace kontor::search_bench
