// What `kontor import --images DIR --fetch-images` does behind the rows: the job that collects pictures, run here and
// now.
#pragma once
#include <functional>

#include "app/house.h"
#include "shop/importing/image_collecting.h"

namespace kontor::app {

// Runs the job to its end, with a loop of its own, and answers what came of it. Were the program killed, the shop's
// next start would go on with it.
Result<importing::ImageProgress> run_image_job(House& house, JobId job,
                                               const std::function<void(const importing::ImageFailure&)>& told,
                                               const std::function<void(const importing::ImageProgress&)>& meter);

}  // namespace kontor::app
