-- home: stock
-- What a checkout sets aside is held as long as it has a row here, and sold from then on: its lines, which are of the state 1 meanwhile,
-- are written once.
CREATE TABLE inventory_holds (
  checkout_id @id PRIMARY KEY
);
INSERT INTO inventory_holds (checkout_id) SELECT DISTINCT checkout_id FROM inventory_reservations WHERE state = 0;
UPDATE inventory_reservations SET state = 1 WHERE state = 0;
DROP INDEX inventory_holders;
