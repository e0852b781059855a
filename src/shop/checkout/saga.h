// Drives one checkout through its steps, forward or back, from whatever its journal says. Every function may be called
// again after a crash at any point, by any process: what is done stays done, and a decision is journalled before its
// effect goes out.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "shop/checkout/authorise_payment.h"
#include "shop/checkout/checkout.h"
#include "shop/checkout/journal.h"
#include "shop/checkout/place_order.h"
#include "shop/checkout/reserve_stock.h"
#include "shop/checkout/suspecting.h"

namespace kontor::checkout {

using Allotments = std::vector<inventory::Allotment>;

class Saga {
 public:
  Saga(const Parts& parts, const Settings& settings);

  // Writes the journal, binds the cart, sets the stock aside. An Error leaves nothing behind, and the key free.
  // kConflict "checkout.key_taken", "cart.claimed"; kVersionConflict; kOutOfStock. `old_key` is freed on the way.
  // With a suspicion its review is opened.
  Result<Allotments> begin(Journal& journal, std::optional<CheckoutId> old_key, const Suspicion* suspicion = nullptr);
  // The planted bug.
  void charge_too_early(const Journal& journal, const std::vector<std::string>& tokens) {
    static_cast<void>(authorise_.run(journal, tokens));
  }
  // Charges, and acts upon the verdict. The Error is an answer that is not kept.
  Result<Answer> charge(Journal& journal, const std::vector<std::string>& tokens, const Allotments& allotments);
  // Acts upon what the gateway says: places the order, waits, or undoes.
  Result<Answer> conclude(Journal& journal, const Verdict& verdict);
  Result<Verdict> confirm_action(const Journal& journal) { return authorise_.confirm_action(journal.plan); }
  // What staff decided: the way on, or the way back. The row is as the caller has just read it.
  Result<void> decide_review(Journal& journal, bool approve, const std::string& by,
                             const std::function<Result<void>(db::Tx&)>& also);
  // The buyer gives up.
  Result<void> cancel(Journal& journal);
  // Goes on from the journal; its row is leased by the caller.
  Result<void> advance(Journal& journal);

  CheckoutView view(const Journal& journal) const;

 private:
  Result<Allotments> begin_uncounted(Journal& journal, std::optional<CheckoutId> old_key, const Suspicion* suspicion);
  Result<void> begin_apart(Journal& journal, std::optional<CheckoutId> old_key, const Suspicion* suspicion,
                           Allotments& allotments);
  Result<void> write_journal(db::Tx& tx, cart::Writing& cart, const Journal& journal, const std::string& plan,
                             const Suspicion* suspicion);
  Result<Answer> place(Journal& journal, const Verdict& verdict, const Allotments& allotments);
  Result<void> tell_afterwards(const Journal& journal, const Placing& placing);
  Result<Answer> moved(const Journal& journal);
  Result<Answer> wait_for_buyer(Journal& journal, const Verdict& verdict);
  Result<Answer> wait_for_staff(Journal& journal);
  Time review_ends(const Journal& journal) const { return journal.created.plus_ms(settings_.review_ms); }
  Result<void> close_review(db::Tx& tx, const Journal& journal);
  Result<Answer> wait_for_gateway(Journal& journal);
  Result<Answer> refuse(Journal& journal, const Error& error);
  Result<Answer> stock_gone(Journal& journal, Error error);
  Result<void> never_arrived(Journal& journal);
  Result<void> ask_again(Journal& journal);
  Result<void> resolve_expired(Journal& journal);
  Result<Allotments> reserve_once_more(Journal& journal);
  Result<Allotments> reserve_again(Journal& journal);
  Result<void> let_stock_go(Journal& journal);
  Result<void> confirm_stock(Journal& journal);

  // Undoing: decide (journalled), give the money back, give the stock back. The last two repeat until they succeed.
  enum class Money { kNone, kMaybe };  // whether the gateway may hold any for this checkout
  Result<void> undo(Journal& journal, CheckoutTrigger why, Change decision, Money money);
  static Money after_refusal(const Journal& journal);
  Result<void> undo_rest(Journal& journal);
  Result<void> give_stock_back(Journal& journal, Change last);
  // Settles a row that is undone, and tells of it who was answered 202. `kept` as kept_for_buyer() says.
  Result<void> settle_undone(db::Tx& tx, const Journal& journal, Change last, const std::optional<std::string>& kept,
                             Time at);
  static std::optional<std::string> kept_for_buyer(const Journal& journal, const Change& last);
  void count_expired();
  Result<void> delay(Journal& journal);
  Result<void> change(Journal& journal, Change change);

  db::Homes homes() const {
    return together_ ? db::Home::kCustomer | db::Home::kStock : db::Homes(db::Home::kCustomer);
  }
  Time now() const { return parts_.clock.now(); }

  const Parts& parts_;
  const Settings& settings_;
  const bool together_;
  ReserveStock reserve_;
  AuthorisePayment authorise_;
  PlaceOrder place_;
};

// The answer that is kept for a refused payment.
Error payment_refused(const Verdict& verdict);
// 409 in_progress with Retry-After.
Error in_progress(std::string_view reason, std::string detail);
// The problem document of an Error as it is stored.
Answer problem_answer(const Journal& journal, const Error& error);

}  // namespace kontor::checkout
