#include <tidemark/producer.hpp>

#include "catch.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <tidemark/testing/scripted.hpp>

namespace producer_tests {

// Each concept has models, and near misses that lack exactly one thing.

namespace {

using tidemark::column;
using tidemark::progress;
using tidemark::relation;
using tidemark::wait_condition;
using value = tidemark::field;

// producer

struct least {
  progress next();
};
struct moved_only {
  moved_only(moved_only&&) = default;
  progress next();
};
static_assert(tidemark::producer<least>);
static_assert(tidemark::producer<moved_only>);
static_assert(tidemark::producer<tidemark::testing::scripted_text>);

struct without_next {};
struct next_is_bool {
  bool next();
};
struct next_is_void {
  void next();
};
struct next_is_optional {
  std::optional<progress> next();
};
struct next_is_a_reference {
  const progress& next();
};
struct next_of_how_many {
  progress next(std::size_t);
};
struct next_of_a_temporary {
  progress next() &&;
};
struct never_moved {
  never_moved(never_moved&&) = delete;
  progress next();
};
class keeps_next_to_itself {
  progress next();
};
static_assert(!tidemark::producer<without_next>);
static_assert(!tidemark::producer<next_is_bool>);
static_assert(!tidemark::producer<next_is_void>);
static_assert(!tidemark::producer<next_is_optional>);
static_assert(!tidemark::producer<next_is_a_reference>);
static_assert(!tidemark::producer<next_of_how_many>);
static_assert(!tidemark::producer<next_of_a_temporary>);
static_assert(!tidemark::producer<never_moved>);
static_assert(!tidemark::producer<keeps_next_to_itself>);
static_assert(!tidemark::producer<const least>);

// text_producer

struct texts : least {
  std::string_view text() const;
};
struct texts_of_a_string : least {
  const std::string& text();
};
static_assert(tidemark::text_producer<texts>);
static_assert(tidemark::text_producer<texts_of_a_string>);
static_assert(tidemark::text_producer<tidemark::testing::scripted_text>);

struct text_is_a_number : least {
  int text();
};
struct text_is_optional : least {
  std::optional<std::string_view> text();
};
struct text_is_a_vector : least {
  const std::vector<char>& text();
};
struct text_is_wide : least {
  std::wstring_view text();
};
struct text_of_a_row : least {
  std::string_view text(std::size_t);
};
struct text_is_a_member : least {
  std::string_view text;
};
struct text_without_next {
  std::string_view text();
};
struct text_with_bool_next : next_is_bool {
  std::string_view text();
};
static_assert(!tidemark::text_producer<least>);
static_assert(!tidemark::text_producer<text_is_a_number>);
static_assert(!tidemark::text_producer<text_is_optional>);
static_assert(!tidemark::text_producer<text_is_a_vector>);
static_assert(!tidemark::text_producer<text_is_wide>);
static_assert(!tidemark::text_producer<text_of_a_row>);
static_assert(!tidemark::text_producer<text_is_a_member>);
static_assert(!tidemark::text_producer<text_without_next>);
static_assert(!tidemark::text_producer<text_with_bool_next>);

// field_producer

struct fields : least {
  std::span<const column> columns() const;
  value field(std::size_t) const;
};
struct fields_of_a_vector : least {
  const std::vector<column>& columns();
  value field(std::size_t);
};
static_assert(tidemark::field_producer<fields>);
static_assert(tidemark::field_producer<fields_of_a_vector>);
static_assert(tidemark::field_producer<tidemark::testing::scripted_fields>);

struct without_columns : least {
  value field(std::size_t);
};
struct columns_are_names : least {
  const std::vector<std::string>& columns();
  value field(std::size_t);
};
struct columns_are_counted : least {
  std::size_t columns();
  value field(std::size_t);
};
struct columns_are_relations : least {
  std::span<const relation> columns();
  value field(std::size_t);
};
struct without_field : least {
  std::span<const column> columns();
};
struct field_is_optional : least {
  std::span<const column> columns();
  std::optional<value> field(std::size_t);
};
struct field_is_a_reference : least {
  std::span<const column> columns();
  const value& field(std::size_t);
};
struct field_is_a_text : least {
  std::span<const column> columns();
  std::string_view field(std::size_t);
};
struct field_by_name : least {
  std::span<const column> columns();
  value field(const std::string&);
};
struct field_of_no_column : least {
  std::span<const column> columns();
  value field();
};
struct field_without_next {
  std::span<const column> columns();
  value field(std::size_t);
};
static_assert(!tidemark::field_producer<least>);
static_assert(!tidemark::field_producer<without_columns>);
static_assert(!tidemark::field_producer<columns_are_names>);
static_assert(!tidemark::field_producer<columns_are_counted>);
static_assert(!tidemark::field_producer<columns_are_relations>);
static_assert(!tidemark::field_producer<without_field>);
static_assert(!tidemark::field_producer<field_is_optional>);
static_assert(!tidemark::field_producer<field_is_a_reference>);
static_assert(!tidemark::field_producer<field_is_a_text>);
static_assert(!tidemark::field_producer<field_by_name>);
static_assert(!tidemark::field_producer<field_of_no_column>);
static_assert(!tidemark::field_producer<field_without_next>);

// flat_producer

static_assert(tidemark::flat_producer<texts>);
static_assert(tidemark::flat_producer<fields>);
static_assert(tidemark::flat_producer<tidemark::testing::scripted_text>);
static_assert(tidemark::flat_producer<tidemark::testing::scripted_fields>);

struct text_and_fields : fields {
  std::string_view text();
};
static_assert(!tidemark::flat_producer<text_and_fields>, "nobody knows which of both is the row");
static_assert(!tidemark::flat_producer<least>);
static_assert(!tidemark::flat_producer<text_is_optional>);
static_assert(!tidemark::flat_producer<field_is_optional>);
static_assert(!tidemark::flat_producer<without_columns>);
static_assert(!tidemark::flat_producer<text_without_next>);
static_assert(!tidemark::flat_producer<tidemark::testing::scripted_walk>);

// keyed_producer

struct keyed_texts : texts {
  value key(std::string_view) const;
};
static_assert(tidemark::keyed_producer<fields>, "a field is found by its column's name");
static_assert(tidemark::keyed_producer<fields_of_a_vector>);
static_assert(tidemark::keyed_producer<keyed_texts>);
static_assert(tidemark::keyed_producer<tidemark::testing::scripted_fields>);

struct key_by_index : texts {
  value key(std::size_t);
};
struct key_is_optional : texts {
  std::optional<value> key(std::string_view);
};
struct key_is_text : texts {
  std::string_view key(std::string_view);
};
struct key_is_a_reference : texts {
  const value& key(std::string_view);
};
struct key_of_no_name : texts {
  value key();
};
struct key_without_text : least {
  value key(std::string_view);
};
static_assert(!tidemark::keyed_producer<least>);
static_assert(!tidemark::keyed_producer<texts>);
static_assert(!tidemark::keyed_producer<key_by_index>);
static_assert(!tidemark::keyed_producer<key_is_optional>);
static_assert(!tidemark::keyed_producer<key_is_text>);
static_assert(!tidemark::keyed_producer<key_is_a_reference>);
static_assert(!tidemark::keyed_producer<key_of_no_name>);
static_assert(!tidemark::keyed_producer<key_without_text>);
static_assert(!tidemark::keyed_producer<without_columns>);
static_assert(!tidemark::keyed_producer<tidemark::testing::scripted_text>);
static_assert(!tidemark::keyed_producer<tidemark::testing::scripted_walk>, "its rows are of many kinds");

// walk

struct some_text {
  std::string_view text() const;
};
struct some_fields {
  std::span<const column> columns() const;
  value field(std::size_t) const;
};
struct some_walk : least {
  std::span<const tidemark::relation> relations() const;
  std::size_t relation() const;
};

struct text_walk : least {
  const std::vector<tidemark::relation>& relations();
  std::size_t relation();
  template <class Use>
  void visit(std::size_t, Use use) {
    const some_text row;
    use(row);
  }
};
struct walk_of_both_kinds : some_walk {
  template <class Use>
  decltype(auto) visit(std::size_t r, Use use) {
    const some_text text;
    const some_fields fields;
    return r == 0 ? use(text) : use(fields);
  }
};
static_assert(tidemark::walk<text_walk>);
static_assert(tidemark::walk<walk_of_both_kinds>, "each relation has its own kind of row");
static_assert(tidemark::walk<tidemark::testing::scripted_walk>);

// That visit() calls what it is given with a row is asked of its declaration.
template <class Row>
struct walk_over : some_walk {
  template <class Use>
    requires(std::is_invocable_v<Use, Row&>)
  void visit(std::size_t, Use);
};
struct row_without_fields {
  std::span<const column> columns() const;
};
struct row_without_columns {
  value field(std::size_t) const;
};
struct row_of_a_number {
  int text() const;
};
struct row_of_its_own_text {
  std::string text() const;
};
struct row_of_changing_text {
  std::string_view text();
};
static_assert(tidemark::walk<walk_over<some_text>>);
static_assert(tidemark::walk<walk_over<const some_text>>);
static_assert(tidemark::walk<walk_over<some_fields>>);
static_assert(tidemark::walk<walk_over<const some_fields>>);
static_assert(tidemark::walk<walk_over<row_of_changing_text>>);
static_assert(!tidemark::walk<walk_over<row_without_fields>>);
static_assert(!tidemark::walk<walk_over<row_without_columns>>);
static_assert(!tidemark::walk<walk_over<row_of_a_number>>);
static_assert(!tidemark::walk<walk_over<row_of_its_own_text>>);
static_assert(!tidemark::walk<walk_over<const row_of_changing_text>>, "what cannot be called is no text");
static_assert(!tidemark::walk<walk_over<value>>);
static_assert(!tidemark::walk<walk_over<std::string_view>>);

struct walk_without_relation : least {
  std::span<const tidemark::relation> relations();
  template <class Use>
  void visit(std::size_t, Use);
};
struct walk_without_relations : least {
  std::size_t relation();
  template <class Use>
  void visit(std::size_t, Use);
};
struct walk_relation_is_int : least {
  std::span<const tidemark::relation> relations();
  int relation();
  template <class Use>
  void visit(std::size_t, Use);
};
struct walk_relation_is_the_thing : least {
  std::span<const tidemark::relation> relations();
  const tidemark::relation& relation();
  template <class Use>
  void visit(std::size_t, Use);
};
struct walk_relations_are_columns : least {
  std::span<const column> relations();
  std::size_t relation();
  template <class Use>
  void visit(std::size_t, Use);
};
struct walk_visits_no_relation : some_walk {
  template <class Use>
  void visit(Use);
};
struct walk_visits_by_name : some_walk {
  template <class Use>
  void visit(const std::string&, Use);
};
struct walk_visits_without_use : some_walk {
  some_fields visit(std::size_t);
};
struct walk_of_fields_by_number : some_walk {
  value field(std::size_t, std::size_t) const;
};
struct walk_with_bool_next : next_is_bool {
  std::span<const tidemark::relation> relations();
  std::size_t relation();
  template <class Use>
  void visit(std::size_t, Use);
};
static_assert(!tidemark::walk<least>);
static_assert(!tidemark::walk<some_walk>);
static_assert(!tidemark::walk<walk_without_relation>);
static_assert(!tidemark::walk<walk_without_relations>);
static_assert(!tidemark::walk<walk_relation_is_int>);
static_assert(!tidemark::walk<walk_relation_is_the_thing>);
static_assert(!tidemark::walk<walk_relations_are_columns>);
static_assert(!tidemark::walk<walk_visits_no_relation>);
static_assert(!tidemark::walk<walk_visits_by_name>);
static_assert(!tidemark::walk<walk_visits_without_use>);
static_assert(!tidemark::walk<walk_of_fields_by_number>);
static_assert(!tidemark::walk<walk_with_bool_next>);
static_assert(!tidemark::walk<tidemark::testing::scripted_fields>);

// row_producer

static_assert(tidemark::row_producer<texts>);
static_assert(tidemark::row_producer<fields>);
static_assert(tidemark::row_producer<text_walk>);
static_assert(tidemark::row_producer<walk_over<some_fields>>);
static_assert(tidemark::row_producer<tidemark::testing::scripted_text>);
static_assert(tidemark::row_producer<tidemark::testing::scripted_fields>);
static_assert(tidemark::row_producer<tidemark::testing::scripted_walk>);
static_assert(!tidemark::row_producer<least>);
static_assert(!tidemark::row_producer<some_walk>);
static_assert(!tidemark::row_producer<text_and_fields>);
static_assert(!tidemark::row_producer<text_without_next>);
static_assert(!tidemark::row_producer<walk_over<row_without_fields>>);
static_assert(!tidemark::row_producer<walk_with_bool_next>);

// has_waits_for

struct knows_for_what : texts {
  std::span<const wait_condition> waits_for();
};
struct knows_for_which : texts {
  const std::array<wait_condition, 1>& waits_for() const;
};
static_assert(tidemark::has_waits_for<knows_for_what>);
static_assert(tidemark::has_waits_for<knows_for_which>);

struct waits_for_a_descriptor : texts {
  int waits_for();
};
struct waits_for_descriptors : texts {
  std::span<const int> waits_for();
};
struct waits_for_nothing : texts {
  void waits_for();
};
struct waits_for_one : texts {
  wait_condition waits_for();
};
struct waits_for_some_time : texts {
  std::span<const wait_condition> waits_for(int);
};
static_assert(!tidemark::has_waits_for<texts>);
static_assert(!tidemark::has_waits_for<waits_for_a_descriptor>);
static_assert(!tidemark::has_waits_for<waits_for_descriptors>);
static_assert(!tidemark::has_waits_for<waits_for_nothing>);
static_assert(!tidemark::has_waits_for<waits_for_one>);
static_assert(!tidemark::has_waits_for<waits_for_some_time>);

// has_wait

struct waits : texts {
  void wait();
};
struct waits_and_counts : texts {
  int wait();
};
static_assert(tidemark::has_wait<waits>);
static_assert(tidemark::has_wait<waits_and_counts>);

struct waits_for_milliseconds : texts {
  void wait(int);
};
struct waits_when_gone : texts {
  void wait() &&;
};
struct waits_in_a_member : texts {
  bool wait;
};
class waits_in_private : texts {
  void wait();
};
static_assert(!tidemark::has_wait<texts>);
static_assert(!tidemark::has_wait<knows_for_what>);
static_assert(!tidemark::has_wait<waits_for_milliseconds>);
static_assert(!tidemark::has_wait<waits_when_gone>);
static_assert(!tidemark::has_wait<waits_in_a_member>);
static_assert(!tidemark::has_wait<waits_in_private>);

// declares_pending

struct declares : texts {
  static constexpr bool may_be_pending = true;
};
struct declares_by_type : texts {
  using sometimes = std::true_type;
  static constexpr bool may_be_pending = sometimes::value;
};
static_assert(tidemark::declares_pending<declares>);
static_assert(tidemark::declares_pending<declares_by_type>);

struct denies : texts {
  static constexpr bool may_be_pending = false;
};
struct declares_in_private : texts {
 private:
  static constexpr bool may_be_pending = true;
};
struct declares_a_type : texts {
  struct may_be_pending {};
};
static_assert(!tidemark::declares_pending<texts>);
static_assert(!tidemark::declares_pending<denies>);
static_assert(!tidemark::declares_pending<declares_in_private>);
static_assert(!tidemark::declares_pending<declares_a_type>);
static_assert(!tidemark::declares_pending<waits>);

// always_blocks and can_block

static_assert(tidemark::always_blocks<texts> && tidemark::can_block<texts>);
static_assert(tidemark::always_blocks<denies> && tidemark::can_block<denies>);
static_assert(!tidemark::always_blocks<waits> && tidemark::can_block<waits>);
static_assert(!tidemark::always_blocks<knows_for_what> && tidemark::can_block<knows_for_what>);
static_assert(!tidemark::always_blocks<declares> && !tidemark::can_block<declares>);

struct declares_and_waits : declares {
  void wait();
};
struct declares_and_knows : declares {
  std::span<const wait_condition> waits_for();
};
static_assert(!tidemark::always_blocks<declares_and_waits> && tidemark::can_block<declares_and_waits>);
static_assert(!tidemark::always_blocks<declares_and_knows> && tidemark::can_block<declares_and_knows>);

template <class Scripted>
constexpr bool says_how_it_waits() {
  using tidemark::testing::with_wait;
  using tidemark::testing::without_wait;
  using namespace tidemark;
  return always_blocks<Scripted> && can_block<Scripted> && !has_wait<Scripted> && !has_waits_for<Scripted> &&
         !declares_pending<Scripted> &&  //
         has_wait<with_wait<Scripted>> && can_block<with_wait<Scripted>> && !always_blocks<with_wait<Scripted>> &&
         !has_waits_for<with_wait<Scripted>> && !declares_pending<with_wait<Scripted>> &&  //
         declares_pending<without_wait<Scripted>> && !can_block<without_wait<Scripted>> &&
         !always_blocks<without_wait<Scripted>> && !has_wait<without_wait<Scripted>>;
}
static_assert(says_how_it_waits<tidemark::testing::scripted_text>());
static_assert(says_how_it_waits<tidemark::testing::scripted_fields>());
static_assert(says_how_it_waits<tidemark::testing::scripted_walk>());

// cancellable

struct stoppable : texts {
  tidemark::canceller canceller();
};
static_assert(tidemark::cancellable<stoppable>);

struct stopped_by_void : texts {
  void canceller();
};
struct stopped_by_reference : texts {
  tidemark::canceller& canceller();
};
struct stopped_by_flag : texts {
  std::shared_ptr<tidemark::cancel_flag> canceller();
};
struct stopped_by_number : texts {
  tidemark::canceller canceller(int);
};
struct stopped_at_once : texts {
  void cancel();
};
static_assert(!tidemark::cancellable<texts>);
static_assert(!tidemark::cancellable<stopped_by_void>);
static_assert(!tidemark::cancellable<stopped_by_reference>);
static_assert(!tidemark::cancellable<stopped_by_flag>);
static_assert(!tidemark::cancellable<stopped_by_number>);
static_assert(!tidemark::cancellable<stopped_at_once>);

// Whatever keeps the view of its row would be left with memory that is gone.
struct text_by_value : least {
  std::string text();
};

}  // namespace

TEST_CASE("a producer whose text is a string of its own, gone when it is looked at, is no text producer") {
  CHECK(!tidemark::text_producer<text_by_value>);
}

TEST_CASE("a relation has no parent, and is to many, where nothing else is said") {
  const relation made{.name = "albums"};
  CHECK(made.name == "albums");
  CHECK(made.parent == relation::none);
  CHECK(!made.to_one);
}

TEST_CASE("no parent is no index that a relation can have") {
  const std::vector<relation> relations(3);
  CHECK(relation::none >= relations.max_size());
}

}  // namespace producer_tests
