-- home: stock
-- What checkouts hold and what is sold and not shipped is one figure of a row of stock, which a confirmation leaves as it is; how much of
-- it is held follows from the reservations, found by those that hold something.
ALTER TABLE inventory_stock RENAME COLUMN allocated TO promised;
UPDATE inventory_stock SET promised = promised + reserved WHERE reserved <> 0;
ALTER TABLE inventory_stock DROP COLUMN reserved;

ALTER TABLE inventory_movements RENAME COLUMN d_allocated TO d_promised;
UPDATE inventory_movements SET d_promised = d_promised + d_reserved WHERE d_reserved <> 0;
ALTER TABLE inventory_movements DROP COLUMN d_reserved;

CREATE INDEX inventory_holders ON inventory_reservations (checkout_id) WHERE line = 1 AND state = 0;
