#include "app/image_command.h"

namespace kontor::app {
namespace {

using importing::ImageProgress;

Result<ImageProgress> wait_for(services::Jobs& jobs, JobId job,
                               const std::function<void(const ImageProgress&)>& meter) {
  for (;;) {
    TRY(const auto view, jobs.find(job));
    ImageProgress progress;
    if (auto read = json::read<ImageProgress>(view.progress.text)) progress = std::move(*read);
    meter(progress);
    if (view.state == services::JobState::kDone) return progress;
    // A first mistake is the last word here; the job itself is tried again by the shop.
    if (view.error) return fail(Errc::kUnavailable, "importing.images_wait", "The pictures wait: " + *view.error);
    runtime::sleep_for(50);
  }
}

}  // namespace

Result<ImageProgress> run_image_job(House& house, JobId job,
                                    const std::function<void(const importing::ImageFailure&)>& told,
                                    const std::function<void(const ImageProgress&)>& meter) {
  Shop& shop = house.shop();
  services::JobRunner::Settings settings;
  settings.poll_ms = 20;
  services::JobRunner runner(shop.jobs, shop.settings.holder, settings);
  importing::add_image_job(runner, shop.images, told);
  runtime::Loop loop;
  Result<ImageProgress> outcome;
  loop.spawn([&] {
    runner.start(loop);
    outcome = wait_for(shop.jobs, job, meter);
    runner.stop();
    while (runner.running()) runtime::sleep_for(10);
    loop.stop();
  });
  loop.run();
  return outcome;
}

}  // namespace kontor::app
