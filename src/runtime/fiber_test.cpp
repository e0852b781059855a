#include "runtime/fiber.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/assert.h"

namespace kontor::runtime {
namespace {

// Runs `body` on a fiber of a fresh real loop until it is done.
void on_real_loop(const std::function<void(Loop&)>& body) {
  Loop loop;
  loop.spawn([&] {
    body(loop);
    loop.stop();
  });
  loop.run();
}

struct NotesItsEnd {
  int& count;
  explicit NotesItsEnd(int& count_) : count(count_) {}
  ~NotesItsEnd() { ++count; }
  NotesItsEnd(const NotesItsEnd&) = delete;
  NotesItsEnd& operator=(const NotesItsEnd&) = delete;
};

TEST_CASE("fibers take turns when they yield") {
  Loop loop;
  std::string trace;
  for (const char name : {'a', 'b', 'c'}) {
    loop.spawn([&trace, name] {
      for (int i = 0; i < 3; ++i) {
        trace += name;
        yield();
      }
    });
  }
  loop.spawn([&] {
    while (loop.fibers() > 1) yield();
    loop.stop();
  });
  loop.run();
  CHECK(trace == "abcabcabc");
  CHECK(loop.fibers() == 0);
}

// Two fibers of low priority and, spawned last, one of usual: who made each step.
std::string steps_of_unequals() {
  Loop loop;
  std::string trace;
  for (const char name : {'x', 'y'}) {
    loop.spawn([&trace, name] {
      const LowPriority low;
      for (int i = 0; i < 3; ++i) {
        trace += name;
        yield();
      }
    });
  }
  loop.spawn([&] {
    for (int i = 0; i < 3; ++i) {
      trace += 'a';
      yield();
    }
    while (loop.fibers() > 1) yield();
    loop.stop();
  });
  loop.run();
  return trace;
}

TEST_CASE("a fiber of low priority runs when no other can") {
  std::string trace = steps_of_unequals();
  CHECK(trace.size() == 9);
  // A thread that is interrupted for long begins another turn, in which they have their step; not each time.
  for (int turn = 0; turn < 1000 && !trace.starts_with("aaa"); ++turn) trace = steps_of_unequals();
  CHECK(trace.starts_with("aaa"));
}

TEST_CASE("a fiber of low priority ends though another never rests") {
  Loop loop;
  bool ended = false;
  loop.spawn([&] {
    const LowPriority low;
    for (int i = 0; i < 5; ++i) yield();
    ended = true;
  });
  loop.spawn([&] {
    while (!ended) yield();
    loop.stop();
  });
  loop.run();
  CHECK(ended);
}

TEST_CASE("a fiber of low priority is killed where it waits for its turn") {
  Loop loop;
  int ended = 0, busy = 0;
  loop.spawn([&] {
    const NotesItsEnd note(ended);
    const LowPriority low;
    for (;;) yield();
  });
  loop.spawn([&] {
    for (busy = 0; busy < 3; ++busy) yield();
    loop.stop();
  });
  loop.run();
  loop.kill_all();
  CHECK(loop.fibers() == 0);
  CHECK(ended == 1);
}

TEST_CASE("a fiber of high priority goes on before those that were ready earlier") {
  Loop loop;
  Parker parker;
  std::string trace;
  loop.spawn([&] {
    const HighPriority high;
    parker.wait();
    trace += 'H';
    yield();
    trace += 'H';
  });
  loop.spawn([&] {
    for (const char name : {'a', 'b', 'c'}) loop.spawn([&trace, name] { trace += name; });
    parker.wake();
  });
  loop.spawn([&] {
    while (loop.fibers() > 1) yield();
    loop.stop();
  });
  loop.run();
  CHECK(trace == "HHabc");
}

TEST_CASE("the socket that a fiber of high priority waits for is looked at between the steps of others") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  Loop loop;
  bool heard = false;
  int before = 0, after = 0;
  loop.spawn([&] {
    const HighPriority high;
    const auto came = wait_ready(ends[0], Ready::kReadable, 60'000);
    heard = came.has_value();
  });
  loop.spawn([&] {  // when that waits
    const char byte = 'x';
    CHECK(write(ends[1], &byte, 1) == 1);
    for (int i = 0; i < 50; ++i)
      loop.spawn([&] {
        ++(heard ? after : before);
        const auto begun = std::chrono::steady_clock::now();
        while (std::chrono::steady_clock::now() - begun < std::chrono::microseconds(200)) {
        }
      });
    loop.spawn([&] { loop.stop(); });
  });
  loop.run();
  CHECK(heard);
  CHECK(before <= 2);
  CHECK(after == 50 - before);
  close(ends[0]);
  close(ends[1]);
}

TEST_CASE("a fiber of high priority is killed where it is ready") {
  Loop loop;
  int ended = 0;
  loop.spawn([&] {
    const NotesItsEnd note(ended);
    const HighPriority high;
    for (;;) yield();
  });
  loop.post([&] { loop.stop(); });
  loop.run();
  loop.kill_all();
  CHECK(loop.fibers() == 0);
  CHECK(ended == 1);
}

TEST_CASE("a parker takes the wake before and after the wait") {
  on_real_loop([](Loop& loop) {
    Parker first;
    first.wake();
    first.wait();
    Parker second;
    bool woken = false;
    loop.spawn([&] {
      woken = true;
      second.wake();
    });
    second.wait();
    CHECK(woken);
    loop.spawn([&] { second.wake(); });  // reusable
    second.wait();
  });
}

TEST_CASE("a parker is woken from another thread many times, in either order") {
  on_real_loop([](Loop&) {
    Parker here;
    Parker there;
    constexpr int kRounds = 2000;
    std::thread other([&] {
      for (int i = 0; i < kRounds; ++i) {
        there.wait();
        here.wake();
      }
    });
    for (int i = 0; i < kRounds; ++i) {
      there.wake();
      here.wait();
    }
    other.join();
  });
}

TEST_CASE("waiting ends by its timeout, and a later wake is kept") {
  on_real_loop([](Loop& loop) {
    Parker parker;
    const auto before = loop.now_ms();
    CHECK_FALSE(parker.wait_for(30));
    CHECK(loop.now_ms() - before >= 30);
    parker.wake();
    CHECK(parker.wait_for(0));
    CHECK_FALSE(parker.wait_for(0));
  });
}

TEST_CASE("a plain thread waits, is woken and times out") {
  Parker parker;
  CHECK_FALSE(parker.wait_for(1));
  Parker back;
  std::thread other([&] {
    back.wait();
    parker.wake();
  });
  back.wake();
  parker.wait();
  other.join();
  CHECK_FALSE(on_fiber());
  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  CHECK(wait_ready(pair[0], Ready::kReadable, 1).error().reason == "runtime.timeout");
  CHECK(wait_ready(pair[0], Ready::kWritable, 1000));
  close(pair[0]);
  close(pair[1]);
}

TEST_CASE("a loop's end runs the destructors of what still waits, sleeps or is ready") {
  int ended = 0;
  int began = 0;
  {
    Parker never;
    Loop loop;
    for (int i = 0; i < 3; ++i) {
      loop.spawn([&, i] {
        const NotesItsEnd note(ended);
        ++began;
        if (i == 0) never.wait();
        if (i == 1) sleep_for(1'000'000);
        for (;;) yield();
      });
    }
    loop.spawn([&] {
      while (began < 3) yield();
      loop.stop();
    });
    loop.run();
    CHECK(ended == 0);
    loop.spawn([&, note = std::make_shared<NotesItsEnd>(ended)] { ++began; });  // never begins
  }
  CHECK(began == 3);
  CHECK(ended == 4);
}

TEST_CASE("a killed fiber that swallows the kill is killed again at its next wait") {
  int swallowed = 0;
  {
    Loop loop({.virtual_time = true});
    loop.spawn([&] {
      Parker never;
      for (int i = 0; i < 2; ++i) {
        try {
          never.wait();
        } catch (const FiberKilled&) {
          ++swallowed;
        }
      }
      never.wait();
    });
    loop.run();
    CHECK(loop.fibers() == 1);
  }
  CHECK(swallowed == 2);
}

TEST_CASE("killing waits for work elsewhere that uses the fiber's frames") {
  std::atomic<bool> done{false};
  std::atomic<bool> killed_after{false};
  std::thread other;
  {
    Loop loop;
    loop.spawn([&] {
      Parker parker;
      struct AtEnd {
        std::atomic<bool>& done_;
        std::atomic<bool>& after_;
        ~AtEnd() { after_ = done_.load(); }
      } at_end{done, killed_after};
      other = std::thread([&] {
        loop.stop();
        for (int i = 0; i < 1000; ++i) std::this_thread::yield();
        done = true;
        parker.wake();
      });
      parker.wait_shielded();
    });
    loop.run();
  }
  other.join();
  CHECK(killed_after);
}

TEST_CASE("virtual time jumps, in order, and the loop returns when nothing is left") {
  Loop loop({.virtual_time = true});
  std::vector<std::string> trace;
  const auto note = [&](const std::string& what) { trace.push_back(what + "@" + std::to_string(loop.now_ms())); };
  loop.spawn([&] {
    sleep_for(3'600'000);
    note("hour");
  });
  loop.spawn([&] {
    sleep_for(7);
    note("seven");
    Parker never;
    CHECK_FALSE(never.wait_for(5));
    note("twelve");
  });
  loop.call_after(7, [&] { note("timer"); });
  const auto cancelled = loop.call_after(8, [&] { note("cancelled"); });
  loop.cancel(cancelled);
  loop.run();
  CHECK(trace == std::vector<std::string>{"timer@7", "seven@7", "twelve@12", "hour@3600000"});
}

std::string chosen_order(unsigned seed) {
  std::mt19937 luck(seed);
  Loop loop({.virtual_time = true, .choose = [&luck](std::size_t count) { return luck() % count; }});
  std::string trace;
  for (char name = 'a'; name <= 'h'; ++name) {
    loop.spawn([&trace, name] {
      for (int i = 0; i < 4; ++i) {
        trace += name;
        sleep_for(i);
      }
    });
  }
  loop.run();
  return trace;
}

TEST_CASE("a seed decides the order of a virtual loop") {
  CHECK(chosen_order(1) == chosen_order(1));
  CHECK(chosen_order(1) != chosen_order(2));
  CHECK(chosen_order(1).size() == 32);
}

TEST_CASE("before_step stops a virtual loop there") {
  int steps = 0;
  int ended = 0;
  int reached = 0;
  {
    Loop loop({.virtual_time = true, .before_step = [&steps] { return ++steps <= 5; }});
    loop.spawn([&] {
      const NotesItsEnd note(ended);
      for (;; ++reached) yield();
    });
    loop.run();
    CHECK(reached == 4);
    CHECK(ended == 0);
    loop.kill_all();
    CHECK(loop.fibers() == 0);
  }
  CHECK(ended == 1);
}

TEST_CASE("posted callbacks and spawned fibers come from other threads") {
  Loop loop;
  std::atomic<int> count{0};
  std::thread other([&] {
    for (int i = 0; i < 100; ++i) {
      loop.post([&] {
        CHECK(Loop::current() == &loop);
        CHECK_FALSE(on_fiber());
        ++count;
      });
      loop.spawn([&] {
        yield();
        CHECK(on_fiber());
        if (++count == 200) loop.stop();
      });
    }
  });
  loop.run();
  other.join();
  CHECK(count == 200);
}

TEST_CASE("real timers fire in order, never early, and can be cancelled") {
  Loop loop;
  std::vector<int> order;
  const auto began = loop.now_ms();
  loop.call_after(60, [&] {
    order.push_back(60);
    loop.stop();
  });
  loop.call_after(5, [&] {
    order.push_back(5);
    CHECK(loop.now_ms() - began >= 5);
  });
  Loop::TimerId later = 0;
  loop.call_after(20, [&] {
    order.push_back(20);
    loop.cancel(later);
  });
  later = loop.call_after(40, [&] { order.push_back(40); });
  loop.call_after(20, [&] { order.push_back(21); });
  loop.call_after(3'000'000, [&] { order.push_back(-1); });
  loop.run();
  CHECK(order == std::vector<int>{5, 20, 21, 60});
}

TEST_CASE("a fiber waits for a socket") {
  int pair[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
  on_real_loop([&](Loop&) {
    CHECK(wait_ready(pair[0], Ready::kReadable, 1).error().code == Errc::kTimeout);
    spawn([&] { CHECK(write(pair[1], "x", 1) == 1); });
    CHECK(wait_ready(pair[0], Ready::kReadable, 5000));
    char got = 0;
    CHECK(read(pair[0], &got, 1) == 1);
    CHECK(wait_ready(pair[0], Ready::kWritable, 5000));
  });
  close(pair[0]);
  close(pair[1]);
}

TEST_CASE("workers run elsewhere, tell a full queue and hand exceptions back") {
  on_real_loop([](Loop&) {
    Workers workers(1, 1);
    const auto home = std::this_thread::get_id();
    std::thread::id elsewhere;
    CHECK(workers.run([&] { elsewhere = std::this_thread::get_id(); }));
    CHECK(elsewhere != home);
    CHECK_THROWS_AS(static_cast<void>(workers.run([] { throw AssertionFailed("bug"); })), AssertionFailed);

    Parker busy;
    Parker let_go;
    Parker finished;
    for (int i = 0; i < 2; ++i) {
      spawn([&, i] {
        CHECK(workers.run([&] {
          if (i == 0) busy.wake();
          if (i == 0) let_go.wait();
        }));
        if (i == 1) finished.wake();
      });
      if (i == 0) busy.wait();
    }
    yield();  // the second is queued behind the first
    const auto full = workers.run([] {});
    REQUIRE_FALSE(full);
    CHECK(full.error().reason == "runtime.workers_full");
    let_go.wake();
    finished.wait();
  });
}

TEST_CASE("the worst of a turn is told") {
  on_real_loop([](Loop& loop) {
    const auto began = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - began < std::chrono::milliseconds(3)) {
    }
    sleep_for(1);
    CHECK(loop.delay_us() >= 0);
  });
}

#if !defined(__SANITIZE_THREAD__)
// Runs `body` in a child process; true when it died of SIGABRT or SIGSEGV.
bool dies(const std::function<void()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    for (const int signal : {SIGABRT, SIGSEGV}) std::signal(signal, SIG_DFL);  // doctest reports them otherwise
    close(1);
    close(2);
    body();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_CASE("waiting where it is forbidden ends the process") {
  CHECK(dies([] {
    on_real_loop([](Loop&) {
      const NoWaiting guard;
      yield();
    });
  }));
  CHECK(dies([] {
    on_real_loop([](Loop&) {
      try {
        throw 1;
      } catch (int) {
        yield();
      }
    });
  }));
  CHECK(dies([] {
    const NoWaiting guard;
    Parker parker;
    parker.wait();
  }));
  CHECK(dies([] { on_real_loop([](Loop&) { throw std::runtime_error("escapes"); }); }));
  CHECK_FALSE(dies([] { on_real_loop([](Loop&) { const NoWaiting guard; }); }));
}

[[gnu::noinline]] int dig(int depth) {
  volatile char frame[4096] = {};
  frame[depth % 4096] = 1;
  return depth == 0 ? frame[0] : dig(depth - 1) + frame[7];
}

TEST_CASE("a stack ends at a guard page") {
  CHECK(dies([] { on_real_loop([](Loop&) { dig(10'000); }); }));
  CHECK_FALSE(dies([] { on_real_loop([](Loop&) { dig(16); }); }));
}
#endif

}  // namespace
}  // namespace kontor::runtime
