#include "app/serve.h"

#include <csignal>
#include <cstdio>

#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "app/demo.h"
#include "app/house.h"
#include "app/operations.h"
#include "app/watch.h"
#include "pages/pages.h"
#include "runtime/docs.h"
#include "runtime/http_server.h"

namespace kontor::app {
namespace {

runtime::ServerSettings server_settings(const runtime::Config& config) {
  runtime::ServerSettings settings;
  settings.head_bytes = static_cast<std::size_t>(config.number("header_limit"));
  settings.body_bytes = static_cast<std::size_t>(config.number("body_limit"));
  settings.connections = static_cast<std::size_t>(config.number("max_connections"));
  settings.head_ms = config.number("header_timeout_ms");
  settings.body_ms = config.number("body_timeout_ms");
  settings.write_ms = config.number("write_timeout_ms");
  settings.idle_ms = config.number("idle_timeout_ms");
  return settings;
}

// One event loop, its server, and (but for the first) its thread.
struct Line {
  runtime::Loop loop;
  std::unique_ptr<runtime::Server> server;
  std::thread thread;
};

// SIGTERM and SIGINT are read from a descriptor by the first loop; writing to a closed socket is an error, not a
// signal.
int take_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

class Program {
 public:
  Program(const runtime::Config& config, House& house, runtime::Log& log, runtime::Metrics& metrics,
          runtime::Tracer* tracer)
      : config_(config), house_(house), log_(log), metrics_(metrics), tracer_(tracer), operations_("") {
    add_operations(operations_, house, metrics, stopping_);
    pages::add_pages(house.shop().pages(),
                     {house.shop().showcase, house.shop().carts, house.shop().checkouts, house.shop().orders,
                      house.shop().shoppers, house.shop().cursors, house.shop().world.random});
    const http::Router* tables[] = {&house.shop().api(), &operations_};
    const http::Docs docs(tables, {"Kontor", "1", "The shop's public contract."});
    docs.add_to(documents_);
    const http::Router* all[] = {&house.shop().api(), &operations_, &house.shop().pages(), &documents_};
    dispatcher_ = std::make_unique<http::Dispatcher>(all, &log);
    observer_ = std::make_unique<AccessObserver>(*dispatcher_, log, metrics, config.on("access_log"));
  }

  Result<int> listen() {
    const auto address = config_.address("listen");
    int port = address.port;
    for (std::int64_t i = 0; i < config_.number("io_threads"); ++i) {
      auto line = std::make_unique<Line>();
      runtime::ServerWorld world;
      world.wall_clock = [&clock = house_.clock()] { return clock.now(); };
      world.seed = house_.shop().world.random.number();
      world.observer = observer_.get();
      world.tracer = tracer_;
      line->server =
          std::make_unique<runtime::Server>(line->loop, *dispatcher_, server_settings(config_), std::move(world));
      TRY(port, line->server->listen(address.host, port));
      line->loop.on_turn(
          [&turns = metrics_.histogram(
               "kontor_loop_turn_seconds", "How long a turn of an event loop kept everybody else waiting",
               {{"loop", std::to_string(i)}}, runtime::Buckets::kFine)](std::int64_t us) { turns.observe(us); });
      lines_.push_back(std::move(line));
    }
    watch_lines();
    return port;
  }

  Result<void> run(int signals) {
    TRY_DO(house_.shop().start(lines_[0]->loop));
    runtime::Loop& first = lines_[0]->loop;
    if (tracer_ != nullptr) first.spawn([this] { tracer_->run(); });
    first.post([this, &first, signals] {
      first.watch(signals, EPOLLIN, [this, signals](std::uint32_t) {
        signalfd_siginfo info;
        while (::read(signals, &info, sizeof info) > 0) {
        }
        if (!stopping_.exchange(true)) runtime::Loop::current()->spawn([this] { end(); });
      });
    });
    for (std::size_t i = 1; i < lines_.size(); ++i)
      lines_[i]->thread = std::thread([this, i] { lines_[i]->loop.run(); });
    first.run();
    for (auto& line : lines_)
      if (line->thread.joinable()) line->thread.join();
    for (auto& line : lines_) line->loop.kill_all();
    for (auto& line : lines_) line->server.reset();
    return {};
  }

 private:
  void watch_lines() {
    const auto sum = [this](std::size_t (runtime::Server::*part)() const) {
      return [this, part] {
        double all = 0;
        for (const auto& line : lines_)
          if (line->server) all += static_cast<double>((line->server.get()->*part)());
        return all;
      };
    };
    metrics_.watch("kontor_http_connections", "Open connections", sum(&runtime::Server::connections));
    metrics_.watch("kontor_http_requests_in_flight", "Requests at work on fibers", sum(&runtime::Server::in_flight));
  }

  // On a fiber of the first loop: requests first, then what runs behind them, then the loops.
  void end() {
    log_.info("stopping", {});
    const std::int64_t grace = config_.number("shutdown_grace_ms");
    std::vector<std::unique_ptr<runtime::Parker>> ended;
    for (std::size_t i = 1; i < lines_.size(); ++i) {
      ended.push_back(std::make_unique<runtime::Parker>());
      lines_[i]->loop.spawn([this, i, grace, parker = ended.back().get()] {
        lines_[i]->server->shut_down(grace);
        parker->wake();
      });
    }
    lines_[0]->server->shut_down(grace);
    for (auto& parker : ended) parker->wait();
    house_.shop().stop();
    for (int waited = 0; house_.shop().running() && waited < 1000; ++waited) runtime::sleep_for(10);
    if (tracer_ != nullptr) {
      tracer_->stop();
      while (tracer_->running()) runtime::sleep_for(10);
    }
    for (auto& line : lines_) line->loop.stop();
  }

  const runtime::Config& config_;
  House& house_;
  runtime::Log& log_;
  runtime::Metrics& metrics_;
  runtime::Tracer* tracer_;
  std::atomic<bool> stopping_{false};
  http::Router operations_;
  http::Router documents_{""};
  std::unique_ptr<http::Dispatcher> dispatcher_;
  std::unique_ptr<AccessObserver> observer_;
  std::vector<std::unique_ptr<Line>> lines_;
};

Result<std::unique_ptr<runtime::Tracer>> make_tracer(const runtime::Config& config) {
  const std::string& endpoint = config.text("otlp_endpoint");
  if (endpoint.empty()) return std::unique_ptr<runtime::Tracer>();
  TRY(auto settings, runtime::Tracer::parse(endpoint));
  settings.one_in = config.number("trace_sample");
  settings.version = KONTOR_VERSION;
  host::SystemClock clock;
  host::SystemRandom random;
  return std::make_unique<runtime::Tracer>(
      std::move(settings), [&clock] { return clock.now(); }, random.number());
}

int refuse(const Error& error, int code) {
  std::fprintf(stderr, "kontor: %s\n", error.detail.empty() ? error.reason.c_str() : error.detail.c_str());
  return code;
}

}  // namespace

int serve(const runtime::Config& config, bool demo) {
  const int signals = take_signals();
  runtime::StreamLog::Options log_options;
  log_options.format = config.text("log_format") == "json" ? runtime::LogFormat::kJson : runtime::LogFormat::kText;
  log_options.least = *runtime::parse_level(config.text("log_level"));
  runtime::StreamLog log(log_options);
  runtime::Metrics metrics;
  runtime::Workers workers(static_cast<int>(config.number("workers")), 1000);
  auto tracer = make_tracer(config);
  if (!tracer) return refuse(tracer.error(), 2);
  auto house = House::open(config, log, metrics, &workers, tracer->get());
  if (!house) return refuse(house.error(), house.error().code == Errc::kInvalid ? 2 : 4);
  std::printf("Kontor opened %s\n", (*house)->place().c_str());
  if (demo) {
    const auto filled = fill_with_demo((*house)->shop(), config.text("data"));
    if (!filled) return refuse(filled.error(), 4);
    if (*filled > 0) std::printf("The store was empty: %d demo products were put in\n", *filled);
  }
  for (const char* name : {"limits", "risk"})
    if (!config.on(name)) log.warning("switched off: for measurements only", {{"setting", std::string_view(name)}});
  if (!(*house)->shop().settings.admin_token.empty()) log.debug("the admin token is set", {});
  (*house)->watch_store(metrics);
  watch_shop(metrics, (*house)->shop());
  watch_disk(metrics, config.text("data"));
  watch_log(metrics, log);
  watch_tracer(metrics, tracer->get());
  watch_process(metrics, (*house)->store().engine());
  Program program(config, **house, log, metrics, tracer->get());
  const auto port = program.listen();
  if (!port) return refuse(port.error(), 4);
  const auto address = config.address("listen");
  const std::string host = address.host.find(':') == std::string::npos ? address.host : "[" + address.host + "]";
  std::printf("Shop and API:  http://%s:%d/\nDocumentation: http://%s:%d/docs\n", host.c_str(), *port, host.c_str(),
              *port);
  std::fflush(stdout);
  const auto ran = program.run(signals);
  ::close(signals);
  if (!ran) return refuse(ran.error(), 4);
  log.flush();
  return 0;
}

}  // namespace kontor::app
