#include "services/cursor.h"

#include <cstring>

#include "base/assert.h"

namespace kontor::services {

std::string Cursors::make(std::string_view query, const ListKey& last) const {
  KONTOR_ASSERT(last.numbers.size() < 256);
  std::string payload(1, static_cast<char>(last.numbers.size()));
  for (const auto number : last.numbers) payload.append(reinterpret_cast<const char*>(&number), sizeof number);
  payload += last.text;
  return signer_.seal(payload, query);
}

Result<ListKey> Cursors::open(std::string_view query, std::string_view cursor, std::size_t numbers) const {
  const auto payload = signer_.open(cursor, query);
  const std::size_t head = 1 + numbers * sizeof(std::int64_t);
  if (!payload || payload->size() < head || static_cast<std::uint8_t>((*payload)[0]) != numbers)
    return fail(Errc::kBadCursor, "request.bad_cursor",
                "The cursor was not made by this list, or for another query; start again without it.");
  ListKey key;
  key.numbers.resize(numbers);
  if (numbers > 0) std::memcpy(key.numbers.data(), payload->data() + 1, numbers * sizeof(std::int64_t));
  key.text = payload->substr(head);
  return key;
}

Result<std::optional<ListKey>> Cursors::after(std::string_view query, const std::optional<std::string>& cursor,
                                              std::size_t numbers) const {
  if (!cursor) return std::optional<ListKey>();
  TRY(auto key, open(query, *cursor, numbers));
  return std::optional<ListKey>(std::move(key));
}

}  // namespace kontor::services
