// The saga's wait for staff, and what follows from their word.
#include "runtime/json.h"
#include "shop/checkout/saga.h"

namespace kontor::checkout {

// The money is promised and the units are set aside; nothing is taken before somebody has looked.
Result<Answer> Saga::wait_for_staff(Journal& journal) {
  Change wait;
  wait.unanswered = journal.answer_status == 0;
  wait.to = journal.state;
  wait.expires = review_ends(journal);
  wait.next = std::min(wait.expires, now().plus_ms(settings_.review_ms));
  Journal shown = journal;
  shown.answer_status = wait.answer_status = 202;
  shown.expires = wait.expires;
  shown.next = wait.next;
  const std::string body = json::print(view(shown));
  wait.answer_body = &body;
  TRY_DO(change(journal, wait));
  if (journal.answer_status == 0) journal.answer_status = 202;
  journal.expires = wait.expires;
  return Answer{202, body, false, journal.id};
}

// A purchase that is undone needs nobody's word any more. Staff's own word stays what it was.
Result<void> Saga::close_review(db::Tx& tx, const Journal& journal) {
  if (!journal.plan.review || parts_.risk == nullptr) return {};
  auto closed = parts_.risk->decide(tx, journal.id, risk::ReviewTrigger::kRunOut, "system");
  if (!closed && closed.error().reason != "risk.already_decided") return fail(std::move(closed.error()));
  return {};
}

Result<void> Saga::decide_review(Journal& journal, bool approve, const std::string& by,
                                 const std::function<Result<void>(db::Tx&)>& also) {
  Plan plan = journal.plan;
  plan.review = !approve;
  const std::string text = json::print(plan);
  Change decision;
  decision.from = journal.state;
  decision.to = approve ? journal.state : after(journal.state, CheckoutTrigger::kRefused);
  decision.next = now().plus_ms(settings_.flight_ms);
  decision.plan = &text;
  if (!approve) decision.problem = problem_answer(journal, rejected_by_risk()).body;
  TRY_DO(parts_.store.write(db::Home::kCustomer, [&](db::Tx& tx) -> Result<void> {
    TRY_DO(parts_.risk->decide(tx, journal.id, approve ? risk::ReviewTrigger::kApprove : risk::ReviewTrigger::kReject,
                               by));
    TRY_DO(apply(tx, journal.id, decision, now()));
    return also(tx);
  }));
  journal.state = decision.to;
  journal.next = decision.next;
  journal.plan = std::move(plan);
  journal.by = "staff";
  if (!approve) return undo_rest(journal);
  const auto verdict = authorise_.ask(journal.plan);
  if (!verdict) return delay(journal);
  TRY_DO(conclude(journal, *verdict));
  return {};
}

}  // namespace kontor::checkout
