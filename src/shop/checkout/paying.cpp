#include "shop/checkout/paying.h"

#include <algorithm>

#include "runtime/json.h"
#include "shop/credit/credit.h"

namespace kontor::checkout {
namespace {

tl::unexpected<Error> do_not_add_up(Money total) {
  return invalid("checkout.payments_do_not_add_up", "/payments", "out_of_range",
                 "The payments do not add up to " + total.text() + ".");
}

tl::unexpected<Error> not_enough(Money available, Money wanted) {
  Error error{Errc::kConflict,
              "credit.not_enough",
              "There are " + available.text() + " to pay with, and " + wanted.text() +
                  " are to be paid. Nothing was charged; add another payment for the rest.",
              {},
              {},
              0};
  error.members = "\"available\":" + json::print(available) + ",\"missing\":" + json::print(wanted - available);
  return fail(std::move(error));
}

tl::unexpected<Error> not_for_gift_cards() {
  return fail(Errc::kConflict, "credit.not_for_gift_cards",
              "Gift cards are not bought with gift cards or store credit; pay for them otherwise.");
}

class Split {
 public:
  Split(const Parts& parts, const Purchase& purchase, const orders::Document& document, Time now)
      : parts_(parts),
        purchase_(purchase),
        now_(now),
        total_(document.totals.total),
        none_(Money::minor(0, total_.currency())),
        rest_(total_),
        room_(total_) {
    for (const auto& line : document.lines)
      if (line.is_gift_card()) room_ = room_ - line.line_total;
  }

  Result<Paying> run() {
    const auto& body = purchase_.body;
    const std::size_t named = body.payments ? body.payments->size() : 0;
    for (std::size_t i = 0; i < named; ++i) {
      const auto& payment = body.payments->at(i);
      const bool last = i + 1 == named && !body.payment_method_id;
      TRY_DO(is_of_house(payment.method) ? by_credit(payment, i, last) : by_card(payment));
    }
    if (body.payment_method_id && rest_ != none_) TRY_DO(by_kept_card());
    if (rest_ != none_) return do_not_add_up(total_);
    return std::move(out_);
  }

 private:
  void add(PaymentMethod method, std::string token, Money amount) {
    rest_ = rest_ - amount;
    const auto id = parts_.ids.next<PaymentId>(now_, purchase_.customer.bucket());
    out_.payments.push_back({id, std::string(name_of(method)), "created", amount, none_});
    out_.tokens.push_back(std::move(token));
  }

  Result<void> by_card(const PaymentBody& payment) {
    // What came before may have paid all of it, and then the card is not needed.
    if (!payment.amount && rest_ == none_) return {};
    const Money amount = payment.amount.value_or(rest_);
    if (amount.currency() != total_.currency() || amount.amount_minor() <= 0 || amount > rest_)
      return do_not_add_up(total_);
    add(payment.method, payment.token.value_or(""), amount);
    return {};
  }

  // A kept card is its holder's alone.
  Result<void> by_kept_card() {
    std::optional<payments::SavedCard> card;
    if (parts_.cards != nullptr) {
      TRY(card, parts_.cards->find(purchase_.customer, *purchase_.body.payment_method_id));
    }
    if (!card)
      return invalid("checkout.no_such_payment_method", "/payment_method_id", "unknown_value",
                     "There is no such saved payment method.");
    add(PaymentMethod::kCard, card->token, rest_);
    return {};
  }

  Result<std::optional<credit::Account>> account_of(const PaymentBody& payment, std::size_t at) {
    if (payment.method == PaymentMethod::kStoreCredit) {
      TRY(auto all, parts_.credits->store_credit(purchase_.customer));
      for (auto& account : all)
        if (account.balance.currency() == total_.currency()) return std::optional(std::move(account));
      return std::optional<credit::Account>();
    }
    auto found = parts_.credits->by_code(payment.token.value_or(""), {purchase_.customer, purchase_.peer});
    if (found) return std::optional(std::move(*found));
    for (auto& wrong : found.error().fields) wrong.field = "/payments/" + std::to_string(at) + "/token";
    return fail(std::move(found.error()));
  }

  Result<void> by_credit(const PaymentBody& payment, std::size_t at, bool last) {
    if (!payment.amount && rest_ == none_) return {};
    if (parts_.credits == nullptr)
      return invalid("checkout.no_such_payment_method", "/payments/" + std::to_string(at) + "/method", "unknown_value",
                     "This shop takes no gift cards.");
    TRY(const auto account, account_of(payment, at));
    if (!account) return not_enough(none_, payment.amount.value_or(rest_));
    TRY_DO(credit::Credits::usable(*account, total_.currency(), now_));
    const std::string token = credit::token_of(account->id);
    if (std::find(out_.tokens.begin(), out_.tokens.end(), token) != out_.tokens.end())
      return invalid("checkout.named_twice", "/payments/" + std::to_string(at), "duplicate",
                     "Each gift card is named once, and so is store credit.");
    if (payment.amount && (payment.amount->currency() != total_.currency() || *payment.amount > rest_))
      return do_not_add_up(total_);
    const Money wanted = payment.amount.value_or(last ? rest_ : std::min(rest_, std::max(account->balance, none_)));
    const Money amount = payment.amount || last ? wanted : std::min(wanted, room_);
    if (amount > account->balance) return not_enough(account->balance, amount);
    if (account->balance == none_) return not_enough(none_, rest_);
    if (amount > room_ || amount.amount_minor() <= 0) return not_for_gift_cards();
    room_ = room_ - amount;
    add(payment.method, token, amount);
    return {};
  }

  const Parts& parts_;
  const Purchase& purchase_;
  const Time now_;
  const Money total_, none_;
  Money rest_;  // to be paid yet
  Money room_;  // of it, what gift cards and store credit may pay
  Paying out_;
};

}  // namespace

Result<Paying> paying_of(const Parts& parts, const Purchase& purchase, const orders::Document& document, Time now) {
  if (document.totals.total.amount_minor() == 0) return Paying{};
  return Split(parts, purchase, document, now).run();
}

}  // namespace kontor::checkout
