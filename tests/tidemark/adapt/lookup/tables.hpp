#pragma once

// What the tests of lookup() look up: tables in memory, found by keys or by batches of them, and a small shop.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tidemark/adapt/lookup.hpp>
#include <tidemark/compare.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/sqlite.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/testing/scripted.hpp>

#include "any_walk.hpp"
#include "catch.hpp"
#include "drain.hpp"
#include "nlohmann_json.hpp"
#include "written_walk.hpp"

namespace tests {

using tidemark::byte_mark;
using tidemark::equal;
using tidemark::error;
using tidemark::failure;
using tidemark::field;
using tidemark::in_batches;
using tidemark::lookup;
using tidemark::many;
using tidemark::on;
using tidemark::progress;
using tidemark::raw_stream;
using tidemark::row_mark;
using tidemark::sqlite::query;
using tidemark::testing::cell;
using tidemark::testing::script;
using tidemark::testing::scripted_fields;
using tidemark::testing::with_wait;
namespace sqlite = tidemark::sqlite;

using cells = std::vector<cell>;
using names = std::vector<std::string>;
using keys = std::span<const field>;
using scripted = with_wait<scripted_fields>;
using finder = std::function<scripted(keys)>;

/// Rows of fields of any kind, which may be those of keys, behind a type that is always the same: so that walks of them
/// are compiled once.
class any_rows {
 public:
  template <class Rows>
    requires(!std::same_as<Rows, any_rows> && tidemark::field_producer<Rows>)
  explicit any_rows(Rows rows) : held_(std::make_unique<holder<Rows>>(std::move(rows))) {}

  void bind(keys of) { held_->bind(of); }
  progress next() { return held_->next(); }
  std::span<const tidemark::column> columns() { return held_->columns(); }
  tidemark::field field(std::size_t i) { return held_->field(i); }
  void wait() { held_->wait(); }

 private:
  struct face {
    face() = default;
    face(const face&) = delete;
    face& operator=(const face&) = delete;
    virtual ~face() = default;
    virtual void bind(keys of) = 0;
    virtual progress next() = 0;
    virtual std::span<const tidemark::column> columns() = 0;
    virtual tidemark::field field(std::size_t i) = 0;
    virtual void wait() = 0;
  };
  template <class Rows>
  struct holder final : face {
    explicit holder(Rows held) : rows(std::move(held)) {}
    void bind([[maybe_unused]] keys of) override {
      if constexpr (tidemark::bindable_producer<Rows>) rows.bind(of);
    }
    progress next() override { return rows.next(); }
    std::span<const tidemark::column> columns() override { return rows.columns(); }
    tidemark::field field(std::size_t i) override { return rows.field(i); }
    void wait() override {
      if constexpr (tidemark::has_wait<Rows>) rows.wait();
    }
    Rows rows;
  };

  std::unique_ptr<face> held_;
};

/// Those that a function finds.
inline any_rows asked(finder find) { return any_rows(tidemark::made_rows(std::move(find))); }
/// Those of a query.
inline any_rows sql(const sqlite::connection& db, const std::string& text) { return any_rows(query{db, text}); }

/// Rows in memory, and what they do besides being there: pending before row `pending_at`, a failure in place of row
/// `failing_at`, counted from 0.
struct table {
  static constexpr std::size_t never = static_cast<std::size_t>(-1);

  names columns;
  std::vector<cells> rows;
  std::size_t pending_at = never;
  std::size_t failing_at = never;
};

inline scripted played(const table& all) {
  script made;
  for (std::size_t i = 0; i <= all.rows.size(); ++i) {
    if (i == all.pending_at) made.pending().pending().pending();
    if (i == all.failing_at) made.fail(error(failure::producer, "the disk is gone"));
    if (i != all.rows.size()) made.row(all.rows[i]);
  }
  return {all.columns, std::move(made)};
}

inline any_rows any_played(const table& all) { return any_rows(played(all)); }

/// Parents of one column, id.
inline scripted scripted_parents(const std::vector<cell>& ids) {
  table made{{"id"}, {}};
  for (const cell& id : ids) made.rows.push_back({id});
  return played(made);
}
inline any_rows parents(const std::vector<cell>& ids) { return any_rows(scripted_parents(ids)); }
/// Children of two columns: whose they are, and their number.
inline table children(const std::vector<cell>& of) {
  table made{{"of", "n"}, {}};
  int n = 0;
  for (const cell& parent : of) made.rows.push_back({parent, ++n});
  return made;
}

/// The rows of a table whose first columns are the keys.
inline any_rows of_keys(table all) {
  return asked([all = std::move(all)](keys wanted) {
    table found{all.columns, {}, all.pending_at, all.failing_at};
    for (const cells& each : all.rows) {
      bool is_one = true;
      for (std::size_t i = 0; i != wanted.size(); ++i)
        is_one = is_one && !each[i].view().is_null() && tidemark::compare(each[i].view(), wanted[i]) == 0;
      if (is_one) found.rows.push_back(each);
    }
    return played(found);
  });
}

inline nlohmann::json as_json(const cell& value) {
  const field shown = value.view();
  if (shown.type() == field::kind::integer) return shown.as_integer();
  if (shown.type() == field::kind::text) return std::string(shown.as_view());
  return nullptr;
}

/// The rows of a table for a JSON array of keys, in its order: those whose first columns are the key. `is_once`: those
/// of a key only where it stands first.
inline finder find_in_batch(table all, bool is_once = false) {
  return [all = std::move(all), is_once](keys wanted) {
    table found{all.columns, {}, all.pending_at, all.failing_at};
    std::set<nlohmann::json> met;
    for (const nlohmann::json& key : tests::parse_json(wanted[0].as_view())) {
      if (!met.insert(key).second && is_once) continue;
      const nlohmann::json parts = key.is_array() ? key : nlohmann::json::array({key});
      for (const cells& each : all.rows) {
        bool is_one = true;
        for (std::size_t i = 0; i != parts.size(); ++i) is_one = is_one && as_json(each[i]) == parts[i];
        if (is_one && !parts[0].is_null()) found.rows.push_back(each);
      }
    }
    return played(found);
  };
}
inline any_rows of_batch(table all, bool is_once = false) { return asked(find_in_batch(std::move(all), is_once)); }

/// These rows, whatever the keys.
inline any_rows always(table all) {
  return asked([all = std::move(all)](keys) { return played(all); });
}

/// Children of parents that are read in batches.
inline auto batched_walk(const std::vector<cell>& ids, any_rows children_of, std::size_t mark = 100) {
  return lookup(in_batches(parents(ids), row_mark(mark)), many("c", std::move(children_of), on(equal("id", "of"))));
}

/// A shop of artists, albums and tracks, small enough for each mark to be tried.
inline sqlite::connection small_shop() {
  sqlite::connection db{":memory:"};
  db.execute(
      "create table artist(id, name); insert into artist values (1, 'Ebb'), (2, 'Flow'), (3, 'Neap'), (4, 'Spring');"
      "create table album(artist, id, title);"
      "insert into album values (1, 1, 'a'), (1, 4, 'b'), (2, 2, 'c'), (4, 3, 'd');"
      "create table track(album, n);"
      "insert into track values (1, 10), (1, 11), (4, 12), (2, 13), (2, 14), (2, 15)");
  return db;
}

inline constexpr const char* albums_of_batch =
    "select a.artist, a.id, a.title from json_each(?) k join album a on a.artist = k.value order by k.key, a.id";
inline constexpr const char* tracks_of_batch =
    "select t.album, t.n from json_each(?) k join track t on t.album = k.value order by k.key, t.n";

inline auto shop_by_parent(const sqlite::connection& db, const std::string& order = "id") {
  return lookup(sql(db, "select * from artist order by " + order),
                many("albums", sql(db, "select * from album where artist = ? order by id"), on("id"),
                     many("tracks", sql(db, "select * from track where album = ? order by n"), on("id"))));
}
inline auto shop_by_batch(const sqlite::connection& db, std::size_t artists, std::size_t albums,
                          const std::string& order = "id") {
  return lookup(in_batches(sql(db, "select * from artist order by " + order), row_mark(artists)),
                many("albums", in_batches(sql(db, albums_of_batch), row_mark(albums)), on(equal("id", "artist")),
                     many("tracks", sql(db, tracks_of_batch), on(equal("id", "album")))));
}
inline auto shop_by_function(const sqlite::connection& db) {
  const auto albums_of = [&db](keys of) {
    return any_rows(query{db, "select * from album where artist = ? order by id", of[0].as_integer()});
  };
  return lookup(sql(db, "select * from artist order by id"),
                many("albums", any_rows(tidemark::made_rows(albums_of)), on("id"),
                     many("tracks", sql(db, "select * from track where album = ? order by n"), on("id"))));
}

/// Two rows for each key, or for each of a batch. Notes what it was bound to.
class counted {
 public:
  explicit counted(std::vector<std::string>& bound) : bound_(&bound) {}

  void bind(keys of) {
    if (of[0].type() == field::kind::text) {
      bound_->emplace_back(of[0].as_view());
      of_ = tests::parse_json(of[0].as_view()).get<std::vector<std::int64_t>>();
    } else {
      bound_->push_back(std::to_string(of[0].as_integer()));
      of_ = {of[0].as_integer()};
    }
    at_ = 0;
  }
  progress next() { return at_++ < 2 * of_.size() ? progress::row : progress::end; }
  std::span<const tidemark::column> columns() const noexcept { return columns_; }
  tidemark::field field(std::size_t) const { return tidemark::field::integer(of_[(at_ - 1) / 2]); }

 private:
  std::vector<std::string>* bound_;
  std::vector<tidemark::column> columns_ = {{"of"}};
  std::vector<std::int64_t> of_;
  std::size_t at_ = 0;
};
static_assert(tidemark::bindable_producer<counted>);

}  // namespace tests
