// How long the promotions of a quote take: 30 lines, 50 active promotions of all kinds, against the floor of the same
// lines without any. Prints microseconds a quote, medians of nine rounds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "shop/promotions/engine.h"

namespace {

using namespace kontor;

constexpr int kLines = 30, kPromotions = 50, kRounds = 9, kQuotes = 4000;

promotions::Promotion promotion(int number) {
  constexpr const char* kTypes[][2] = {
      {"percentage", R"({"basis_points":300})"},
      {"fixed_amount", R"({"amounts":[{"amount":150,"currency":"USD"}]})"},
      {"tiered", "{}"},
      {"buy_x_get_y", R"({"buy":2,"get":1})"},
      {"percentage", R"({"basis_points":500,"max_amounts":[{"amount":900,"currency":"USD"}]})"}};
  promotions::Promotion out;
  out.id = PromotionId{number + 1};
  out.name = out.label = "Promotion";
  out.type = kTypes[number % 5][0];
  out.parameters.text = kTypes[number % 5][1];
  if (number % 3 == 0) out.conditions.categories = {CategoryId{number % 10 + 1}};
  if (number % 7 == 0) out.conditions.brands = {"Brand " + std::to_string(number % 4)};
  if (number % 4 == 0) out.conditions.min_subtotal = {Money::minor(2000, Currency())};
  return out;
}

double microseconds(const promotions::Set& set, const promotions::Purchase& purchase, std::int64_t& sum) {
  std::vector<double> rounds;
  for (int round = 0; round < kRounds; ++round) {
    const auto from = std::chrono::steady_clock::now();
    for (int i = 0; i < kQuotes; ++i)
      for (const auto& one : promotions::evaluate(set, purchase).applied) sum += one.minor;
    rounds.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - from).count() /
                     kQuotes);
  }
  std::nth_element(rounds.begin(), rounds.begin() + kRounds / 2, rounds.end());
  return rounds[kRounds / 2];
}

}  // namespace

int main() {
  std::vector<catalog::Goods> goods(kLines);
  std::vector<promotions::Line> lines;
  for (int i = 0; i < kLines; ++i) {
    goods[static_cast<std::size_t>(i)].category = CategoryId{i % 10 + 1};
    goods[static_cast<std::size_t>(i)].brand = "Brand " + std::to_string(i % 4);
    lines.push_back(
        {OfferId{1000 - i}, ProductId{i + 1}, i % 7 + 1, 199 + 37 * i, &goods[static_cast<std::size_t>(i)]});
  }
  std::vector<promotions::Ready> ready;
  for (int i = 0; i < kPromotions; ++i) {
    auto one = promotions::make_ready(promotion(i), {});
    if (!one) return 1;
    ready.push_back(std::move(*one));
  }
  promotions::Purchase purchase;
  purchase.lines = lines;
  purchase.now = Time{1'790'000'000'000};
  std::int64_t sum = 0;
  const auto all = promotions::make_set(std::move(ready));
  const double with = microseconds(all, purchase, sum);
  const double floor = microseconds({}, purchase, sum);
  std::printf("{\"lines\": %d, \"promotions\": %d, \"us\": %.2f, \"floor_us\": %.2f, \"checksum\": %lld}\n", kLines,
              kPromotions, with, floor, static_cast<long long>(sum));
  return 0;
}
