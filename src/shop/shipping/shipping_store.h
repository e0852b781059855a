// All SQL of shipping.
#pragma once
#include <string>
#include <vector>

#include "ports/db.h"
#include "shop/shipping/shipping.h"

namespace kontor::shipping::store {

Result<std::vector<KeptZone>> zones(db::Tx& tx);  // by code
Result<void> save(db::Tx& tx, const KeptZone& zone);
Result<void> remove(db::Tx& tx, const std::string& code);

}  // namespace kontor::shipping::store
