// Experiments with visitors: who sees what, who bought afterwards, and what came of it. Owns experiments_experiments in
// the home `global` and experiments_visitors in `telemetry`: a row for each visitor whom an experiment was shown to, by
// a number that says nothing about them (services/visitors.h), forgotten a month after its end.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/exchange.h"
#include "base/result.h"
#include "ports/clock.h"
#include "ports/db.h"
#include "services/if_match.h"
#include "services/snapshot.h"
#include "services/visitors.h"
#include "shop/experiments/experiment.h"

namespace kontor::experiments {

struct Running;
struct Table;

// What somebody gets of a subject.
struct Choice {
  std::size_t arm = 0;                                       // 0: the control; as in Experiments::arms()
  std::string_view label = {};                               // "ranking-1/wide"; "" where none runs, or for nobody
  std::shared_ptr<const json::Raw> configuration = nullptr;  // null: the usual one
  std::shared_ptr<const Running> of = nullptr;               // keeps the label
};

// What an experiment may be about.
struct Subject {
  std::string name;
  // kInvalid for configurations that make no sense; fields are pointers into it. May be empty.
  std::function<Result<void>(const json::Raw&)> check = {};
  // Makes it the usual configuration, in the transaction that graduates the arm (home global). May be empty.
  std::function<Result<void>(db::Tx&, const json::Raw&)> graduated = {};
};

class Experiments {
 public:
  struct Settings {
    Currency currency;                                                    // of revenue
    std::function<std::shared_ptr<const ExchangeTable>()> exchange = {};  // for orders in others; may be empty
    std::function<void()> wake = {};                                      // somebody was shown something: drain()
    std::int64_t most_visitors = 1'000'000;                               // of an experiment
  };
  struct Parts {
    db::Store& store;
    Clock& clock;
    IdSource& ids;
    const services::Visitors& visitors;
  };
  Experiments(const Parts& parts, Settings settings);
  ~Experiments();

  void add_subject(Subject subject);           // before serving; unknown ones are free for shop fronts of one's own
  void on_change(std::function<void()> told);  // before serving: after what runs was read anew

  // From memory; the same visitor gets the same as long as the experiment runs, and keeps it when the share is raised.
  // Visitor 0 (nobody known, or no consent): the usual, without label.
  Choice choose(std::string_view subject, std::uint64_t visitor) const;
  bool runs(std::string_view subject) const;  // anything at all; from memory
  // The running experiment's configurations, [0] null for the control; empty where none runs.
  std::vector<std::shared_ptr<const json::Raw>> arms(std::string_view subject) const;
  // The visitor was shown what was chosen: counts from then on. From any thread, without a lock and without waiting.
  void exposed(const Choice& choice, std::uint64_t visitor);
  // Writes who was shown what; answers how many rows. One fiber at a time.
  Result<int> drain();
  // Somebody signed in: their purchases count for what they were shown before. Repeatable.
  Result<void> take_over(CustomerId into, CustomerId from);
  // Somebody wishes to be counted no more: what is known of them goes, purchases as well. Repeatable.
  Result<void> forget(CustomerId customer);

  // Newest first.
  Result<std::vector<Kept>> list();
  Result<Kept> find(const std::string& key);  // kNotFound "experiments.no_such_experiment"
  Result<Results> results(const Kept& experiment);
  // kInvalid "experiments.bad_experiment", kConflict "experiments.exists", "experiments.too_many". `also` runs in the
  // transaction.
  Result<Kept> add(const Definition& definition, const db::Function& also = {});
  // A draft as a whole; of one that runs only share and description (kConflict "experiments.fixed"). kVersionConflict
  // "experiments.version_conflict".
  Result<Kept> change(const Definition& definition, const services::IfMatch& if_match, const db::Function& also = {});
  Result<void> remove(const std::string& key, const db::Function& also = {});  // drafts; else "experiments.fixed"
  // kInvalidTransition "experiments.invalid_transition"; kConflict "experiments.subject_busy". What is so already
  // stays.
  Result<Kept> start(const std::string& key, const db::Function& also = {});
  Result<Kept> end(const std::string& key, const db::Function& also = {});
  // Ends it and makes the arm's configuration the usual one. kConflict "experiments.graduated" when another arm did;
  // kInvalid "experiments.no_such_arm".
  Result<Kept> graduate(const std::string& key, const std::string& arm, const db::Function& also = {});

  Result<void> reload();  // reads what runs anew
  // Keeps the figures of what ended a month ago, and forgets its visitors; at most so many rows. How many went.
  Result<int> prune(int limit);

  // An order, inside a write function of the home `telemetry`; changes nothing for who was shown nothing.
  struct Purchase {
    CustomerId customer;
    Money total;
    Time at;
  };
  Result<void> count(db::Tx& tx, std::span<const Purchase> purchases) const;

 private:
  struct Exposure;
  struct Queue;
  Result<void> check(const Definition& definition) const;
  Result<Kept> write(const std::string& key, const std::function<Result<bool>(db::Tx&, Kept&)>& change,
                     const db::Function& also);
  Result<void> recount(const std::vector<ExperimentId>& experiments);

  Parts parts_;
  Settings settings_;
  std::map<std::string, Subject, std::less<>> subjects_;
  std::function<void()> told_;
  services::Snapshot<Table> table_;
  std::unique_ptr<Queue> queue_;
};

}  // namespace kontor::experiments
