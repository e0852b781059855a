// A place where many fibers and threads hand in the same kind of write, so that one transaction does all that came
// while the last one committed. One of them leads at a time: it takes what waits (at most max_batch), runs the batch
// command for it, hands out the answers and passes the lead on. Alone, a caller is served at once.
#pragma once
#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "base/result.h"
#include "ports/db.h"
#include "runtime/fiber.h"

namespace kontor::services {

template <class In, class Out>
class Station {
 public:
  // The batch command: `answers` has an element for each input, preset to kInternal "station.unanswered", and the
  // command sets each. Its own Error undoes the whole batch and goes to everybody in it. It may run more than once,
  // like every store function.
  using Command =
      std::function<Result<void>(db::Tx& tx, std::span<const In> inputs, std::vector<Result<Out>>& answers)>;

  static constexpr std::size_t kMaxBatch = 256;

  Station(db::Store& store, db::Homes homes, Command command, std::size_t max_batch = kMaxBatch)
      : store_(store), homes_(homes), command_(std::move(command)), max_batch_(std::max<std::size_t>(max_batch, 1)) {}
  Station(const Station&) = delete;
  Station& operator=(const Station&) = delete;

  // Waits until the batch that holds `input` is durable. Any fiber or plain thread; the Station outlives the call.
  Result<Out> ask(In input) {
    Place place(*this, std::move(input));
    if (!place.leads()) place.wait();
    if (place.leads()) lead();
    return place.answer();
  }

  // Who stands in line for a later batch; a metric.
  std::size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return line_.size();
  }

 private:
  enum class State { kQueued, kLeading, kTaken, kDone };

  // One caller. It is shared with the leader, which may have to answer a caller that was torn away meanwhile.
  struct Ticket {
    explicit Ticket(In given) : input(std::move(given)) {}
    In input;
    Result<Out> answer = unanswered();
    State state = State::kQueued;  // under the lock
    runtime::Parker parker;
  };
  using TicketPtr = std::shared_ptr<Ticket>;

  // A caller's place in the line, left in order however the call ends.
  class Place {
   public:
    Place(Station& station, In input) : station_(station), ticket_(std::make_shared<Ticket>(std::move(input))) {
      const std::lock_guard lock(station_.mutex_);
      station_.line_.push_back(ticket_);
      if (station_.led_) return;
      station_.led_ = true;
      ticket_->state = State::kLeading;
    }
    ~Place() {
      const std::lock_guard lock(station_.mutex_);
      if (ticket_->state != State::kQueued && ticket_->state != State::kLeading) return;
      // Torn away before its turn.
      std::erase(station_.line_, ticket_);
      if (ticket_->state == State::kLeading) station_.pass_on();
    }
    bool leads() const {
      const std::lock_guard lock(station_.mutex_);
      return ticket_->state == State::kLeading;
    }
    void wait() { ticket_->parker.wait(); }
    Result<Out> answer() { return std::move(ticket_->answer); }

   private:
    Station& station_;
    TicketPtr ticket_;
  };

  // What one leader does. Whatever ends it early (its loop is torn down), the others are answered and the next one
  // leads.
  struct Batch {
    Station& station;
    std::vector<TicketPtr> tickets;
    std::vector<Result<Out>> answers;
    std::optional<Error> failed =
        Error{Errc::kUnavailable, "db.outcome_unknown", "The write was broken off.", {}, {}, 0};

    explicit Batch(Station& s) : station(s) {}
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;
    ~Batch() {
      const std::lock_guard lock(station.mutex_);
      for (std::size_t i = 0; i < tickets.size(); ++i) {
        Ticket& ticket = *tickets[i];
        if (failed)
          ticket.answer = tl::unexpected<Error>(*failed);
        else
          ticket.answer = std::move(answers[i]);
        ticket.state = State::kDone;
        if (i > 0) ticket.parker.wake();  // the first one is the leader itself
      }
      station.pass_on();
    }
  };

  static Result<Out> unanswered() {
    return fail(Errc::kInternal, "station.unanswered", "The batch command left a request without an answer.");
  }

  // The leader is the first in the line.
  void lead() {
    Batch batch(*this);
    std::vector<In> inputs;
    {
      const std::lock_guard lock(mutex_);
      const std::size_t count = std::min(max_batch_, line_.size());
      for (std::size_t i = 0; i < count; ++i) {
        line_.front()->state = State::kTaken;
        inputs.push_back(std::move(line_.front()->input));
        batch.tickets.push_back(std::move(line_.front()));
        line_.pop_front();
      }
    }
    auto done = store_.write(homes_, [&](db::Tx& tx) {
      batch.answers.assign(inputs.size(), unanswered());
      auto result = command_(tx, std::span<const In>(inputs), batch.answers);
      KONTOR_ASSERT(batch.answers.size() == inputs.size());
      return result;
    });
    if (done)
      batch.failed.reset();
    else
      batch.failed = std::move(done.error());
  }

  // Under the lock: the next one in the line leads, or nobody does.
  void pass_on() {
    led_ = !line_.empty();
    if (!led_) return;
    line_.front()->state = State::kLeading;
    line_.front()->parker.wake();
  }

  db::Store& store_;
  const db::Homes homes_;
  const Command command_;
  const std::size_t max_batch_;
  mutable std::mutex mutex_;
  std::deque<TicketPtr> line_;
  bool led_ = false;
};

}  // namespace kontor::services
