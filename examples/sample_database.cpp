// sample_database FILE [ROWS=1000000] [--documents]
//
// Makes a SQLite database to try things on: a table `orders` of ten columns, about 218 bytes of JSON a row. The same
// arguments always give the same rows. With --documents, a table `documents` holds each row once more as JSON text.
// Nothing is done where FILE already exists, and an interrupted run leaves no FILE behind.

#include <sqlite3.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

// splitmix64. The standard distributions may differ from one standard library to the next; this does not.
class random_numbers {
 public:
  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15u;
    auto z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  // From 0 up to, not including, `bound`.
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32); }

  // From 0 up to, not including, 1, in all 53 bits.
  double fraction() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  template <std::size_t n>
  std::string_view pick(const std::array<std::string_view, n>& choices) {
    return choices[below(n)];
  }

 private:
  std::uint64_t state_ = 20240229;
};

constexpr auto customers = std::to_array<std::string_view>(
    {"Ada",     "Amara",   "Anders", "Beatriz", "Bo Li",  "Carmen",  "Chidi", "Dmitri", "Elif",  "Fatima",    "Gustav",
     "Hannah",  "Hiroshi", "Ingrid", "Jamal",   "José",   "Kwame",   "Lena",  "Mateo",  "Nadia", "O'Brien",   "Priya",
     "Quentin", "Rosa",    "Søren",  "Tariq",   "Ursula", "Valérie", "Wanda", "Xavier", "Yusuf", "Zora Neale"});

constexpr auto cities = std::to_array<std::string_view>(
    {"Oslo",    "Paris",    "Lagos",   "Lima",   "Zürich",  "São Paulo", "Kraków", "Reykjavík", "Nairobi", "Perth",
     "Toronto", "Helsinki", "Antwerp", "Boston", "Cardiff", "Dakar",     "Quito",  "Riga",      "Sofia",   "Turin",
     "Utrecht", "Vienna",   "Jakarta", "Manila", "Athens",  "Αθήνα",     "Москва", "東京",      "القاهرة", "서울"});

constexpr auto words = std::to_array<std::string_view>(
    {"fragile", "leave", "at",  "the",  "door",  "call",  "before", "noon",    "please", "wrap",  "as",
     "gift",    "two",   "of",  "each", "blue",  "or",    "green",  "deliver", "with",   "order", "invoice",
     "later",   "thank", "you", "café", "naïve", "größe", "€ 20",   "box",     "not",    "ring"});

// Words up to about 38 characters; two notes in five hold something that JSON has to escape.
void make_note(std::string& note, random_numbers& random) {
  note.assign(random.pick(words));
  auto special = random.below(10);
  auto at = 8 + random.below(20);
  while (note.size() < 34) {
    if (special < 4 && note.size() >= at) {
      if (special < 2)
        note.append(" \"").append(random.pick(words)).append("\"");
      else if (special == 2)
        note.append("\n").append(random.pick(words));
      else
        note.append(" \\").append(random.pick(words));
      special = 10;
    } else {
      note.append(" ").append(random.pick(words));
    }
  }
}

struct order {
  std::int64_t id = 1'600'000'000'000;  // milliseconds since 1970, so 13 digits
  std::string_view customer;
  std::string_view city;
  std::string note;
  double amount = 0;
  double weight = 0;
  char price[16] = {};
  bool has_quantity = false;
  int quantity = 0;
  int paid = 0;
  char created[24] = {};

  void make_next(random_numbers& random) {
    id += 1 + random.below(999);
    customer = random.pick(customers);
    city = random.pick(cities);
    make_note(note, random);
    amount = random.below(1'000'000) / 100.0;
    weight = random.fraction() * 100;
    auto cents = random.below(100'000);
    std::snprintf(price, sizeof price, "%u.%02u", cents / 100, cents % 100);
    has_quantity = random.below(8) != 0;
    quantity = static_cast<int>(1 + random.below(99));
    paid = static_cast<int>(random.below(2));
    make_created();
  }

  void make_created() {
    auto time = std::chrono::sys_time<std::chrono::milliseconds>{std::chrono::milliseconds{id}};
    auto day = std::chrono::floor<std::chrono::days>(time);
    auto date = std::chrono::year_month_day{day};
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time - day).count();
    std::snprintf(created, sizeof created, "%04d-%02u-%02uT%02u:%02u:%02u", static_cast<int>(date.year()) % 10'000,
                  static_cast<unsigned>(date.month()) % 100, static_cast<unsigned>(date.day()) % 100,
                  static_cast<unsigned>(seconds / 3600) % 100, static_cast<unsigned>(seconds / 60 % 60),
                  static_cast<unsigned>(seconds % 60));
  }
};

// The few calls of SQLite that are needed, each of which throws what SQLite says.
class database {
 public:
  explicit database(const std::string& path) {
    // One thread uses it, so SQLite need not lock anything.
    auto flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    auto code = sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr);
    if (code == SQLITE_OK) return;
    auto reason = std::string{handle_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle_)};
    sqlite3_close(handle_);
    throw std::runtime_error{reason};
  }
  ~database() { sqlite3_close(handle_); }
  database(const database&) = delete;
  database& operator=(const database&) = delete;

  void run(const char* sql) { check(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr)); }

  void check(int code) {
    if (code != SQLITE_OK && code != SQLITE_ROW && code != SQLITE_DONE)
      throw std::runtime_error{sqlite3_errmsg(handle_)};
  }

  sqlite3* handle() { return handle_; }

 private:
  sqlite3* handle_ = nullptr;
};

class insert {
 public:
  insert(database& db, const char* sql) : db_{db} {
    db_.check(sqlite3_prepare_v2(db_.handle(), sql, -1, &statement_, nullptr));
  }
  ~insert() { sqlite3_finalize(statement_); }
  insert(const insert&) = delete;
  insert& operator=(const insert&) = delete;

  void bind(int at, std::int64_t value) { db_.check(sqlite3_bind_int64(statement_, at, value)); }
  void bind(int at, double value) { db_.check(sqlite3_bind_double(statement_, at, value)); }
  void bind(int at, std::string_view text) {  // the text must stay until `run`
    db_.check(sqlite3_bind_text(statement_, at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC));
  }
  void bind_null(int at) { db_.check(sqlite3_bind_null(statement_, at)); }

  void bind(const order& row) {
    bind(1, row.id);
    bind(2, row.customer);
    bind(3, row.city);
    bind(4, row.note);
    bind(5, row.amount);
    bind(6, row.weight);
    bind(7, std::string_view{row.price});
    if (row.has_quantity)
      bind(8, std::int64_t{row.quantity});
    else
      bind_null(8);
    bind(9, std::int64_t{row.paid});
    bind(10, std::string_view{row.created});
  }

  void run() {
    db_.check(sqlite3_step(statement_));
    db_.check(sqlite3_reset(statement_));
  }

 private:
  database& db_;
  sqlite3_stmt* statement_ = nullptr;
};

// The shortest digits that read back as the same double: SQLite's own JSON prints 15, which often do not.
std::string_view shortest(double value, std::array<char, 32>& room) {
  auto end = std::to_chars(room.data(), room.data() + room.size(), value).ptr;
  return {room.data(), static_cast<std::size_t>(end - room.data())};
}

void fill(database& db, std::int64_t rows, bool with_documents) {
  // No journal: a database that was not finished is thrown away as a whole.
  db.run("pragma journal_mode = off; pragma synchronous = off;");
  db.run(
      "create table orders(id integer primary key, customer text, city text, note text, amount real, weight real,"
      " price text, quantity integer, paid integer, created text)");
  if (with_documents) db.run("create table documents(id integer primary key, doc text)");
  db.run("begin");
  auto random = random_numbers{};
  auto row = order{};
  {
    auto orders = insert{db, "insert into orders values(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"};
    for (auto i = std::int64_t{0}; i < rows; ++i) {
      row.make_next(random);
      orders.bind(row);
      orders.run();
    }
  }
  if (with_documents) {
    auto documents =
        insert{db,
               "insert into documents values(?1, json_object('id', ?1, 'customer', ?2, 'city', ?3, 'note', ?4,"
               " 'amount', json(?5), 'weight', json(?6), 'price', ?7, 'quantity', ?8, 'paid', ?9, 'created', ?10))"};
    random = {};
    row = {};
    auto amount = std::array<char, 32>{};
    auto weight = std::array<char, 32>{};
    for (auto i = std::int64_t{0}; i < rows; ++i) {
      row.make_next(random);
      documents.bind(row);
      documents.bind(5, shortest(row.amount, amount));
      documents.bind(6, shortest(row.weight, weight));
      documents.run();
    }
  }
  db.run("commit");
}

void make(const std::filesystem::path& file, std::int64_t rows, bool with_documents) {
  auto unfinished = file;
  unfinished += ".tmp-" + std::to_string(std::random_device{}());
  try {
    {
      auto db = database{unfinished.string()};
      fill(db, rows, with_documents);
    }
    std::filesystem::rename(unfinished, file);
  } catch (...) {
    auto ignored = std::error_code{};
    std::filesystem::remove(unfinished, ignored);
    throw;
  }
}

struct arguments {
  std::string file;
  std::int64_t rows = 1'000'000;
  bool with_documents = false;
};

bool parse(int count, char** given, arguments& result) {
  auto rows_given = false;
  for (auto i = 1; i < count; ++i) {
    auto text = std::string_view{given[i]};
    if (text == "--documents") {
      result.with_documents = true;
    } else if (text.starts_with("-") || text.empty()) {
      return false;
    } else if (result.file.empty()) {
      result.file = text;
    } else if (!rows_given) {
      auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result.rows);
      if (error != std::errc{} || end != text.data() + text.size() || result.rows < 0) return false;
      rows_given = true;
    } else {
      return false;
    }
  }
  return !result.file.empty();
}

}  // namespace

int main(int count, char** given) {
  auto wanted = arguments{};
  if (!parse(count, given, wanted)) {
    std::fputs("usage: sample_database FILE [ROWS=1000000] [--documents]\n", stderr);
    return 2;
  }
  try {
    if (std::filesystem::exists(wanted.file)) {
      std::printf("%s exists already: nothing to do\n", wanted.file.c_str());
      return 0;
    }
    make(wanted.file, wanted.rows, wanted.with_documents);
    std::printf("%s: %lld rows\n", wanted.file.c_str(), static_cast<long long>(wanted.rows));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sample_database: cannot make %s: %s\n", wanted.file.c_str(), error.what());
    return 1;
  }
}
