// What a measurement says: a table and a picture for people, or one JSON object for machines.
#pragma once
#include <optional>
#include <string>

#include "bench/driver.h"
#include "bench/flash.h"

namespace kontor::bench {

struct Measured {
  std::string mix;
  std::string url;
  Pace pace;
  const std::vector<std::string>& kinds;
  const DriveResult& result;
  std::optional<FlashVerdict> verdict;
};

// Answers of 500 and above, broken connections, missing answers.
std::int64_t errors_in(const DriveResult& result);

std::string table_of(const Measured& measured);
std::string json_of(const Measured& measured);

}  // namespace kontor::bench
