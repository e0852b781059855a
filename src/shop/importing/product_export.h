// The catalogue as it is imported: what `kontor import` reads back into the same products, offers, texts and stock.
#pragma once
#include "services/exporting.h"
#include "shop/catalog/catalog.h"
#include "shop/inventory/inventory.h"

namespace kontor::importing {

// NDJSON: a row of import_row.h a product. CSV: a line an offer and warehouse, the product's columns on its first line;
// cells are guarded against spreadsheets that run formulas (runtime/csv_write.h). A product without a key of its own is
// named by its id. Catalogue and stock outlive the pieces.
services::Export product_export(catalog::Catalog& catalog, inventory::Inventory& inventory);

}  // namespace kontor::importing
