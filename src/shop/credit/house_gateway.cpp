#include "shop/credit/house_gateway.h"

namespace kontor::credit {
namespace {

bool is_ours(const Charge& charge) { return charge.state != ChargeState::kNone; }

}  // namespace

Result<Charge> HouseGateway::charge(const ChargeRequest& request) {
  if (!is_credit_token(request.token)) return outside_.charge(request);
  const auto id = credit_in(request.token);
  if (!id) return fail(Errc::kInvalid, "gateway.unknown_token", "There is no such account.");
  return credits_.take(*id, request);
}

Result<Charge> HouseGateway::capture(const std::string& key, Money amount) {
  TRY(const auto ours, credits_.find_charge(key));
  return is_ours(ours) ? credits_.capture(key, amount) : outside_.capture(key, amount);
}

Result<Charge> HouseGateway::confirm_action(const std::string& key) {
  TRY(const auto ours, credits_.find_charge(key));
  return is_ours(ours) ? Result<Charge>(ours) : outside_.confirm_action(key);
}

Result<Charge> HouseGateway::find(const std::string& key) {
  TRY(const auto ours, credits_.find_charge(key));
  return is_ours(ours) ? Result<Charge>(ours) : outside_.find(key);
}

// Whoever's payment it would have become: once this is answered neither side charges it.
Result<Charge> HouseGateway::void_charge(const std::string& key) {
  TRY(const auto ours, credits_.give_up(key));
  return is_ours(ours) ? Result<Charge>(ours) : outside_.void_charge(key);
}

Result<Charge> HouseGateway::refund(const std::string& key, const std::string& refund_key, Money amount) {
  TRY(const auto ours, credits_.find_charge(key));
  return is_ours(ours) ? credits_.give_back(key, refund_key, amount) : outside_.refund(key, refund_key, amount);
}

Result<CardOnFile> HouseGateway::keep_card(const std::string& token, CustomerId customer) {
  if (is_credit_token(token)) return fail(Errc::kInvalid, "gateway.unknown_token", "There is no such card.");
  return outside_.keep_card(token, customer);
}

Result<std::vector<std::pair<std::string, Charge>>> HouseGateway::all_charges() {
  TRY(auto all, outside_.all_charges());
  TRY(auto ours, credits_.all_charges());
  all.insert(all.end(), std::make_move_iterator(ours.begin()), std::make_move_iterator(ours.end()));
  return all;
}

}  // namespace kontor::credit
