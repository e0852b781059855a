#include "adapters/db_postgres/set_text.h"

#include <doctest/doctest.h>

using kontor::db_postgres::set_text;
using kontor::db_postgres::SetText;
using Kind = SetText::Kind;

TEST_CASE("set text: an UPDATE answers which set each row belongs to") {
  const auto found = set_text("UPDATE t SET a = a + $2, b = $3 WHERE id = $1 AND a >= $2 RETURNING a, b");
  REQUIRE(found.kind == Kind::kChange);
  CHECK(found.sql("iit") ==
        "UPDATE t SET a = a + kv.kv_2, b = kv.kv_3 FROM unnest($1::bigint[], $2::bigint[], $3::text[]) WITH ORDINALITY "
        "AS kv(kv_1, kv_2, kv_3, kv_n) WHERE (id = kv.kv_1 AND a >= kv.kv_2) RETURNING kv.kv_n, a, b");
}

TEST_CASE("set text: a DELETE and a SELECT") {
  CHECK(set_text("DELETE FROM t WHERE id = $1").sql("i") ==
        "DELETE FROM t USING unnest($1::bigint[]) WITH ORDINALITY AS kv(kv_1, kv_n) WHERE (id = kv.kv_1) RETURNING "
        "kv.kv_n");
  CHECK(set_text("SELECT a FROM t WHERE id = $1 ORDER BY a LIMIT $2").sql("ii") ==
        "SELECT kv.kv_n, kq.* FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS kv(kv_1, kv_2, kv_n), LATERAL "
        "(SELECT a FROM t WHERE id = kv.kv_1 ORDER BY a LIMIT kv.kv_2) AS kq");
  CHECK(set_text("SELECT a FROM t ORDER BY a").kind == Kind::kShared);
}

TEST_CASE("set text: rows are inserted in the order of the sets") {
  const auto plain = set_text("INSERT INTO t (id, a, b) VALUES ($1, 0, $2) ON CONFLICT (id) DO NOTHING");
  REQUIRE(plain.kind == Kind::kInsert);
  CHECK(plain.sql("ib") ==
        "INSERT INTO t (id, a, b) SELECT kv.kv_1, 0, kv.kv_2 FROM unnest($1::bigint[], $2::bytea[]) WITH ORDINALITY AS "
        "kv(kv_1, kv_2, kv_n) ORDER BY kv.kv_n ON CONFLICT (id) DO NOTHING");
  const auto added = set_text(
      "INSERT INTO t (id, a) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET a = t.a + excluded.a, b = excluded.b");
  REQUIRE(added.kind == Kind::kUpsert);
  CHECK(added.sql("ii") ==
        "INSERT INTO t (id, a) SELECT kv.kv_1, kv.kv_2 FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS "
        "kv(kv_1, kv_2, kv_n) ORDER BY kv.kv_n ON CONFLICT (id) DO UPDATE SET a = t.a + excluded.a, b = excluded.b");
  CHECK(set_text("INSERT INTO t (a) VALUES ($1) RETURNING id").kind == Kind::kInsertIds);
  const auto copied = set_text("INSERT INTO t (a, b) SELECT a, CAST($2 AS BIGINT) FROM u WHERE id = $1 RETURNING id");
  REQUIRE(copied.kind == Kind::kInsertSelect);
  CHECK(
      copied.sql("ii") ==
      "WITH ks AS MATERIALIZED (SELECT kv.kv_n, kq.* FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS "
      "kv(kv_1, kv_2, kv_n), LATERAL (SELECT a, CAST(kv.kv_2 AS BIGINT) FROM u WHERE id = kv.kv_1) AS kq(kq_1, kq_2)), "
      "ki AS (INSERT INTO t (a, b) SELECT kq_1, kq_2 FROM ks ORDER BY kv_n RETURNING id) SELECT 0, kv_n FROM ks UNION "
      "ALL SELECT 1, id FROM ki");
}

TEST_CASE("set text: what is not surely the same is left alone") {
  for (const char* sql : {
           "UPDATE t SET a = 1",                                              // every row, for every set
           "UPDATE t SET a = v.a FROM (VALUES ($1)) AS v(a) WHERE id = v.a",  // a source of its own
           "UPDATE t SET a = $1 WHERE id IN (SELECT id FROM u)",              //
           "UPDATE t AS x SET a = $1 WHERE id = $2",                          //
           "UPDATE t SET (a, b) = ($1, $2) WHERE id = $3",                    //
           "UPDATE t SET a = $2 WHERE id = $1 RETURNING *",                   // the source's columns as well
           "DELETE FROM t",                                                   //
           "DELETE FROM t WHERE id IN (SELECT id FROM t ORDER BY id LIMIT $1)",
           "INSERT INTO t (id, a) VALUES ($1, $2), ($3, $4)",                              //
           "INSERT INTO t (id, a) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET a = $2",  // who changed what?
           "INSERT INTO t (id, a) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET a = excluded.a WHERE t.a < 3",
           "INSERT INTO t (id, a) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET a = excluded.a RETURNING id",
           "INSERT INTO t (id, a) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING RETURNING id",  //
           "INSERT INTO t (id, a) VALUES ($1, $2) RETURNING a",                               //
           "INSERT INTO t (id, a) VALUES ($1, (SELECT MAX(a) FROM t))",                       //
           "INSERT INTO t (id) SELECT id FROM u WHERE a = $1 ORDER BY id",                    //
           "INSERT INTO t (id) SELECT u.id FROM u JOIN w ON w.id = u.id WHERE u.a = $1",      //
           "INSERT INTO t (id) SELECT id FROM u WHERE a = $1 ON CONFLICT (id) DO NOTHING",    //
           "INSERT INTO t VALUES ($1)",                                                       //
           "SELECT a FROM t WHERE id = $1 FOR UPDATE",                                        //
           "WITH q AS (SELECT 1) SELECT a FROM q WHERE a = $1",                               //
           "SELECT a FROM t WHERE id = $1 -- a comment",                                      //
           "SELECT \"a\" FROM t WHERE id = $1",                                               //
           "SELECT a::text FROM t WHERE id = $1",                                             //
           "UPDATE t SET a = nextval('s') WHERE id = $1",                                     //
           "",
       }) {
    INFO(sql);
    CHECK(set_text(sql).kind == Kind::kAlone);
  }
}

TEST_CASE("set text: a parameter in a literal is none") {
  CHECK(set_text("UPDATE t SET a = 'it costs $1' WHERE id = $1").sql("i").find("'it costs $1'") != std::string::npos);
}
