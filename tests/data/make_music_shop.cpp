// make_music_shop SQLITE_FILE SQL_FILE
//
// Writes the database of a music shop, which no test changes: as a file of SQLite, and as a script of SQL that makes
// the same tables in PostgreSQL. The rows are always the same, on every machine and with every standard library.
//
// Artists have albums, which have tracks; customers have invoices, which have lines; a track has a genre and a media
// type, and a customer may have an employee who looks after them. Names are in many scripts, and some values are those
// that programs get wrong.

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <limits>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "awkward_texts.hpp"

namespace {

// splitmix64. The standard distributions may differ from one standard library to the next; this does not. Compilers
// differ in the order in which they evaluate operands and arguments, so no expression takes two numbers from it, unless
// in braces, which are evaluated from left to right.
class random_numbers {
 public:
  explicit random_numbers(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15u;
    auto z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  /// From 0 up to, not including, `bound`.
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(((next() >> 32) * bound) >> 32); }

  /// From `first` to `last`, both included.
  int between(int first, int last) {
    return first + static_cast<int>(below(static_cast<std::size_t>(last) - static_cast<std::size_t>(first) + 1));
  }

  template <class Choices>
  auto pick(const Choices& choices) {
    return choices[below(std::size(choices))];
  }

  template <class T>
  void shuffle(std::vector<T>& all) {
    for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[below(i)]);
  }

 private:
  std::uint64_t state_;
};

/// An amount of money. Exact, so that the sums of lines are the totals of their invoices.
struct money {
  std::int64_t cents;

  bool is_whole() const { return cents % 100 == 0; }

  /// Without zeros at the end, as both databases give it back.
  std::string text() const {
    std::string made = std::to_string(cents / 100);
    if (is_whole()) return made;
    made += '.';
    made += static_cast<char>('0' + cents % 100 / 10);
    if (cents % 10 != 0) made += static_cast<char>('0' + cents % 10);
    return made;
  }
};

using value = std::variant<std::nullptr_t, std::int64_t, money, std::string>;
using row = std::vector<value>;

struct column {
  const char* name;
  const char* type;  // in SQLite
};

struct table {
  const char* name;
  std::vector<column> columns;
  const char* keys;  // what SQLite's table has besides the columns
  std::vector<row> rows;
};

// Words of a script, and what stands between them.
struct script {
  std::array<std::string_view, 10> words;
  std::string_view between;
};

constexpr script scripts[] = {
    {{"Ebb", "Harbour", "Lantern", "Slack Water", "Gale", "Driftwood", "Low Tide", "Mooring", "Salt", "Lighthouse"},
     " "},
    {{"Brandung", "Möwe", "Flaschenpost", "Düne", "Süßwasser", "Nordöstlich", "Ölzeug", "Fähre", "Grüße", "Ebbe"}, " "},
    {{"Écume", "Marée", "Noël", "Rivière", "Août", "L'Île", "Ça va", "Forêt", "Œuvre", "Naïve"}, " "},
    {{"Łódź", "Źródło", "Žluť", "Řeka", "Şehir", "Işık", "Ørret", "Åre", "Þoka", "Ñandú"}, " "},
    {{"Θάλασσα", "Κύμα", "Νησί", "Άνεμος", "Ήλιος", "Φάρος", "Ψάρι", "Ώρα", "Ξένος", "Βροχή"}, " "},
    {{"Море", "Волна", "Ёлка", "Подъезд", "Їжак", "Љубав", "Ветер", "Ночь", "Щука", "Эхо"}, " "},
    {{"بحر", "موج", "ليل", "قمر", "شاطئ", "ريح", "سفينة", "مطر", "نجمة", "صباح"}, " "},
    {{"ים", "גל", "לילה", "ירח", "חוף", "רוח", "ספינה", "גשם", "כוכב", "שָׁלוֹם"}, " "},
    {{"सागर", "लहर", "रात", "चाँद", "तट", "हवा", "नौका", "वर्षा", "तारा", "क्षितिज"}, " "},
    {{"ทะเล", "คลื่น", "กลางคืน", "พระจันทร์", "ชายหาด", "ลม", "เรือ", "ฝน", "ดาว", "น้ำ"}, ""},
    {{"海", "潮", "夜", "月光", "浜辺", "風", "船", "雨", "星", "龍"}, ""},
    {{"うみ", "ナミ", "よる", "ツキ", "はま", "カゼ", "ふね", "アメ", "ほし", "ガギグ"}, "・"},
    {{"바다", "파도", "밤", "달빛", "해변", "바람", "배", "비", "별", "\u1112\u1161\u11AB"}, " "},
    {{"🌊", "🐚", "👨‍👩‍👧", "🌙", "🏖️", "💨", "⛵", "🌧️", "⭐", "🧜🏽‍♀️"}, ""},
};

constexpr std::string_view countries[] = {"Österreich", "Brasil",  "Česko",       "Danmark", "Ελλάδα",
                                          "Франція",    "Ísland",  "日本",        "México",  "Norge",
                                          "대한민국",   "Türkiye", "\"Utopia\"\\"};

class shop {
 public:
  shop() {
    make_names();
    make_people();
    make_music();
    make_playlists();
    make_invoices();
  }

  std::span<const table> tables() const { return tables_; }

 private:
  static constexpr int artists = 275, albums = 347, tracks = 3503, genres = 25, media_types = 5, playlists = 18;
  static constexpr int employees = 8, customers = 59, invoices = 412, lines = 2240;

  std::string name(std::size_t most_words) {
    const script& from = random_.pick(scripts);
    std::string made(random_.pick(from.words));
    for (std::size_t more = random_.below(most_words); more != 0; --more)
      made.append(from.between).append(random_.pick(from.words));
    return made;
  }

  /// A name, or for every `step`th number the next of the awkward texts.
  std::string name_or_awkward(int number, int step, std::size_t most_words) {
    if (number % step != step / 2) return name(most_words);
    return std::string(tests::awkward_texts[static_cast<std::size_t>(number / step) % std::size(tests::awkward_texts)]);
  }

  /// The same, or NULL for every `step`th number.
  value name_or_null(int number, int step, std::size_t most_words) {
    if (number % step == 0) return nullptr;
    return name_or_awkward(number, 7, most_words);
  }

  std::string digits(std::size_t count) {
    std::string made;
    while (made.size() != count) made += static_cast<char>('0' + random_.below(10));
    return made;
  }

  std::string time(int first_year, int years) {
    const int year = random_.between(first_year, first_year + years - 1), month = random_.between(1, 12);
    const int day = random_.between(1, 28), hour = random_.between(0, 23), minute = random_.between(0, 59);
    char made[80];
    std::snprintf(made, sizeof made, "%04d-%02d-%02d %02d:%02d:%02d", year, month, day, hour, minute,
                  random_.between(0, 59));
    return made;
  }

  /// Each of `parts` gets what it has in `fixed`, if that is not negative, and a share of `total` otherwise, at
  /// least 1.
  std::vector<int> shares(int total, std::vector<int> fixed) {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i != fixed.size(); ++i) {
      if (fixed[i] < 0) {
        open.push_back(i);
        fixed[i] = 1;
      }
    }
    for (int left = total - std::accumulate(fixed.begin(), fixed.end(), 0); left > 0; --left)
      ++fixed[random_.pick(open)];
    return fixed;
  }

  void make_names() {
    table genre{"Genre", {{"GenreId", "INTEGER"}, {"Name", "NVARCHAR(120)"}}, ", PRIMARY KEY (GenreId)", {}};
    for (int i = 1; i <= genres; ++i) genre.rows.push_back({i, name_or_null(i, 25, 2)});
    tables_.push_back(std::move(genre));
    table media{
        "MediaType", {{"MediaTypeId", "INTEGER"}, {"Name", "NVARCHAR(120)"}}, ", PRIMARY KEY (MediaTypeId)", {}};
    for (int i = 1; i <= media_types; ++i) media.rows.push_back({i, name(3)});
    tables_.push_back(std::move(media));
  }

  /// The columns from Address to Fax.
  void add_address(row& to, int number, std::string_view country) {
    std::string street = name(3);
    street.append(" ").append(std::to_string(random_.between(1, 300)));
    to.emplace_back(std::move(street));
    to.emplace_back(name_or_awkward(number, 11, 2));
    to.push_back(name_or_null(number, 2, 1));
    to.emplace_back(std::string(country));
    to.emplace_back(digits(5));
    to.emplace_back("+" + digits(12));
    to.push_back(number % 3 == 0 ? value("+" + digits(11)) : value(nullptr));
  }

  void make_people() {
    table employee{"Employee",
                   {{"EmployeeId", "INTEGER"},
                    {"LastName", "NVARCHAR(20)"},
                    {"FirstName", "NVARCHAR(20)"},
                    {"Title", "NVARCHAR(30)"},
                    {"ReportsTo", "INTEGER"},
                    {"BirthDate", "DATETIME"},
                    {"HireDate", "DATETIME"},
                    {"Address", "NVARCHAR(70)"},
                    {"City", "NVARCHAR(40)"},
                    {"State", "NVARCHAR(40)"},
                    {"Country", "NVARCHAR(40)"},
                    {"PostalCode", "NVARCHAR(10)"},
                    {"Phone", "NVARCHAR(24)"},
                    {"Fax", "NVARCHAR(24)"},
                    {"Email", "NVARCHAR(60)"}},
                   ", PRIMARY KEY (EmployeeId), FOREIGN KEY (ReportsTo) REFERENCES Employee (EmployeeId)",
                   {}};
    for (int i = 1; i <= employees; ++i) {
      row made{i, name(1), name(1), name(2), i == 1 ? value(nullptr) : value(i / 2), time(1950, 50), time(2000, 20)};
      add_address(made, i, random_.pick(countries));
      made.emplace_back("employee" + std::to_string(i) + "@shop.example");
      employee.rows.push_back(std::move(made));
    }
    tables_.push_back(std::move(employee));

    table customer{"Customer",
                   {{"CustomerId", "INTEGER"},
                    {"FirstName", "NVARCHAR(40)"},
                    {"LastName", "NVARCHAR(20)"},
                    {"Company", "NVARCHAR(80)"},
                    {"Address", "NVARCHAR(70)"},
                    {"City", "NVARCHAR(40)"},
                    {"State", "NVARCHAR(40)"},
                    {"Country", "NVARCHAR(40)"},
                    {"PostalCode", "NVARCHAR(10)"},
                    {"Phone", "NVARCHAR(24)"},
                    {"Fax", "NVARCHAR(24)"},
                    {"Email", "NVARCHAR(60)"},
                    {"SupportRepId", "INTEGER"}},
                   ", PRIMARY KEY (CustomerId), FOREIGN KEY (SupportRepId) REFERENCES Employee (EmployeeId)",
                   {}};
    for (int i = 1; i <= customers; ++i) {
      row made{i, name_or_awkward(i, 9, 2), name_or_awkward(i, 10, 1), name_or_null(i, 4, 4)};
      add_address(made, i, countries_.emplace_back(random_.pick(countries)));
      made.emplace_back("customer" + std::to_string(i) + "@post.example");
      made.push_back(i % 10 == 0 ? value(nullptr) : value(random_.between(3, 5)));
      customer.rows.push_back(std::move(made));
    }
    tables_.push_back(std::move(customer));
  }

  void make_music() {
    table artist{"Artist", {{"ArtistId", "INTEGER"}, {"Name", "NVARCHAR(120)"}}, ", PRIMARY KEY (ArtistId)", {}};
    std::vector<int> with_albums;
    for (int i = 1; i <= artists; ++i) {
      artist.rows.push_back({i, name_or_null(i, 50, 3)});
      if (i % 4 != 0) with_albums.push_back(i);
    }
    tables_.push_back(std::move(artist));

    // The first artist has twenty albums more than others, and the numbers of albums say nothing about their artists.
    std::vector<int> artist_of = with_albums;
    artist_of.insert(artist_of.end(), 20, 1);
    while (artist_of.size() != albums) artist_of.push_back(random_.pick(with_albums));
    random_.shuffle(artist_of);
    table album{"Album",
                {{"AlbumId", "INTEGER"}, {"Title", "NVARCHAR(160)"}, {"ArtistId", "INTEGER"}},
                ", PRIMARY KEY (AlbumId), FOREIGN KEY (ArtistId) REFERENCES Artist (ArtistId)",
                {}};
    for (int i = 1; i <= albums; ++i)
      album.rows.push_back({i, name_or_awkward(i, 8, 4), artist_of[static_cast<std::size_t>(i - 1)]});
    tables_.push_back(std::move(album));

    // Some albums have no tracks, some have one, and one has very many; some tracks are of no album.
    std::vector<int> fixed(albums, -1);
    for (std::size_t i = 0; i < fixed.size(); i += 9) fixed[i] = 1;
    for (const std::size_t i : {6U, 198U, 346U}) fixed[i] = 0;
    fixed[41] = 400;
    std::vector<int> album_of(5, 0);
    const std::vector<int> counts = shares(tracks - 5, std::move(fixed));
    for (std::size_t i = 0; i != counts.size(); ++i)
      album_of.insert(album_of.end(), static_cast<std::size_t>(counts[i]), static_cast<int>(i + 1));
    random_.shuffle(album_of);
    table track{"Track",
                {{"TrackId", "INTEGER"},
                 {"Name", "NVARCHAR(200)"},
                 {"AlbumId", "INTEGER"},
                 {"MediaTypeId", "INTEGER"},
                 {"GenreId", "INTEGER"},
                 {"Composer", "NVARCHAR(220)"},
                 {"Milliseconds", "INTEGER"},
                 {"Bytes", "BIGINT"},
                 {"UnitPrice", "NUMERIC(10,2)"}},
                ", PRIMARY KEY (TrackId), FOREIGN KEY (AlbumId) REFERENCES Album (AlbumId), FOREIGN KEY (MediaTypeId) "
                "REFERENCES MediaType (MediaTypeId), FOREIGN KEY (GenreId) REFERENCES Genre (GenreId)",
                {}};
    for (int i = 1; i <= tracks; ++i) {
      const int of = album_of[static_cast<std::size_t>(i - 1)];
      prices_.push_back({random_.pick(std::array{99, 99, 99, 99, 199, 100, 149, 250, 1290, 0})});
      track.rows.push_back(
          {i, name_or_awkward(i, 12, 5), of == 0 ? value(nullptr) : value(of), random_.between(1, media_types),
           i % 40 == 0 ? value(nullptr) : value(random_.between(1, genres)), name_or_null(i, 3, 6),
           random_.between(1000, 6'000'000), i % 15 == 0 ? value(nullptr) : value(bytes(i)), prices_.back()});
    }
    // Longer than any buffer on the way.
    std::string& composers = track.rows[99].at(5).emplace<std::string>();
    while (composers.size() < 100'000) composers.append(name(6)).append(", ");
    track.rows[7].at(6) = 0;
    track.rows[8].at(6) = std::int64_t{std::numeric_limits<std::int32_t>::max()};
    track.rows[8].at(8) = prices_[8] = {9'999'999'999};
    tables_.push_back(std::move(track));
  }

  std::int64_t bytes(int track) {
    switch (track) {
      case 1: return std::numeric_limits<std::int64_t>::min();
      case 2: return std::numeric_limits<std::int64_t>::max();
      case 3: return (std::int64_t{1} << 53) + 1;  // no double has this value
      case 4: return -1;
      case 5: return 0;
      default: return random_.between(40'000, 1'000'000'000);
    }
  }

  void make_playlists() {
    table playlist{
        "Playlist", {{"PlaylistId", "INTEGER"}, {"Name", "NVARCHAR(120)"}}, ", PRIMARY KEY (PlaylistId)", {}};
    table contents{"PlaylistTrack",
                   {{"PlaylistId", "INTEGER"}, {"TrackId", "INTEGER"}},
                   ", PRIMARY KEY (PlaylistId, TrackId), FOREIGN KEY (PlaylistId) REFERENCES Playlist (PlaylistId), "
                   "FOREIGN KEY (TrackId) REFERENCES Track (TrackId)",
                   {}};
    for (int i = 1; i <= playlists; ++i) {
      playlist.rows.push_back({i, name_or_null(i, 6, 2)});
      // The first has all tracks, the others fewer and fewer, and the last ones none.
      for (int track = 1; track <= tracks; ++track)
        if (i < 15 && random_.below(std::size_t{1} << (i / 2)) == 0) contents.rows.push_back({i, track});
    }
    random_.shuffle(contents.rows);
    tables_.push_back(std::move(playlist));
    tables_.push_back(std::move(contents));
  }

  void make_invoices() {
    table invoice{"Invoice",
                  {{"InvoiceId", "INTEGER"},
                   {"CustomerId", "INTEGER"},
                   {"InvoiceDate", "DATETIME"},
                   {"BillingAddress", "NVARCHAR(70)"},
                   {"BillingCity", "NVARCHAR(40)"},
                   {"BillingState", "NVARCHAR(40)"},
                   {"BillingCountry", "NVARCHAR(40)"},
                   {"BillingPostalCode", "NVARCHAR(10)"},
                   {"Total", "NUMERIC(10,2)"}},
                  ", PRIMARY KEY (InvoiceId), FOREIGN KEY (CustomerId) REFERENCES Customer (CustomerId)",
                  {}};
    table line{"InvoiceLine",
               {{"InvoiceLineId", "INTEGER"},
                {"InvoiceId", "INTEGER"},
                {"TrackId", "INTEGER"},
                {"UnitPrice", "NUMERIC(10,2)"},
                {"Quantity", "INTEGER"}},
               ", PRIMARY KEY (InvoiceLineId), FOREIGN KEY (InvoiceId) REFERENCES Invoice (InvoiceId), "
               "FOREIGN KEY (TrackId) REFERENCES Track (TrackId)",
               {}};
    // Some invoices have no lines and one has many; two customers have no invoices, and customer 20 has a single one.
    std::vector<int> fixed(invoices, -1);
    for (const std::size_t i : {0U, 200U, 411U}) fixed[i] = 0;
    fixed[99] = 150;
    const std::vector<int> counts = shares(lines, std::move(fixed));
    std::vector<int> invoice_of;
    for (std::size_t i = 0; i != counts.size(); ++i)
      invoice_of.insert(invoice_of.end(), static_cast<std::size_t>(counts[i]), static_cast<int>(i + 1));
    random_.shuffle(invoice_of);
    std::vector<money> totals(invoices, money{0});
    for (int i = 1; i <= lines; ++i) {
      const int of = invoice_of[static_cast<std::size_t>(i - 1)];
      const int track = random_.between(1, tracks);
      const int quantity = random_.pick(std::array{1, 1, 1, 1, 2, 3});
      const money price = prices_[static_cast<std::size_t>(track - 1)];
      totals[static_cast<std::size_t>(of - 1)].cents += price.cents * quantity;
      line.rows.push_back({i, of, track, price, quantity});
    }
    for (int i = 1; i <= invoices; ++i) {
      int customer = random_.between(1, customers - 1);
      if (customer == 13 || customer == 20) ++customer;
      if (i == invoices) customer = 20;
      const std::string_view country = countries_[static_cast<std::size_t>(customer - 1)];
      invoice.rows.push_back({i, customer, time(2019, 6), name_or_awkward(i, 13, 4), name(2), name_or_null(i, 2, 1),
                              i % 60 == 0 ? value(nullptr) : value(std::string(country)), digits(5),
                              totals[static_cast<std::size_t>(i - 1)]});
    }
    tables_.push_back(std::move(invoice));
    tables_.push_back(std::move(line));
  }

  random_numbers random_{20240229};
  std::vector<std::string_view> countries_;  // of the customers
  std::vector<money> prices_;                // of the tracks
  std::vector<table> tables_;
};

// What SQLite is to make of all of it.
class sqlite_file {
 public:
  explicit sqlite_file(const std::string& path) {
    std::remove(path.c_str());
    check(sqlite3_open(path.c_str(), &db_));
    run("pragma synchronous = off; begin");
  }
  sqlite_file(const sqlite_file&) = delete;
  sqlite_file& operator=(const sqlite_file&) = delete;
  ~sqlite_file() { sqlite3_close(db_); }

  void add(const table& all) {
    std::string columns, marks;
    for (const column& each : all.columns) {
      columns += (columns.empty() ? "" : ", ") + std::string(each.name) + " " + each.type;
      marks += marks.empty() ? "?" : ", ?";
    }
    run("create table " + std::string(all.name) + " (" + columns + all.keys + ")");
    sqlite3_stmt* insert = nullptr;
    check(sqlite3_prepare_v2(db_, ("insert into " + std::string(all.name) + " values (" + marks + ")").c_str(), -1,
                             &insert, nullptr));
    for (const row& each : all.rows) {
      for (std::size_t i = 0; i != each.size(); ++i) bind(insert, static_cast<int>(i + 1), each[i]);
      if (sqlite3_step(insert) != SQLITE_DONE) check(SQLITE_ERROR);
      check(sqlite3_reset(insert));
    }
    check(sqlite3_finalize(insert));
  }

  void finish() {
    run("create index AlbumArtist on Album (ArtistId); create index TrackAlbum on Track (AlbumId);"
        "create index InvoiceCustomer on Invoice (CustomerId); create index LineInvoice on InvoiceLine (InvoiceId);"
        "commit");
  }

 private:
  void check(int result) {
    if (result != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(db_));
  }
  void run(const std::string& sql) { check(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr)); }

  void bind(sqlite3_stmt* insert, int at, const value& what) {
    if (const auto* integer = std::get_if<std::int64_t>(&what))
      check(sqlite3_bind_int64(insert, at, *integer));
    else if (const auto* amount = std::get_if<money>(&what))
      check(amount->is_whole() ? sqlite3_bind_int64(insert, at, amount->cents / 100)
                               : sqlite3_bind_double(insert, at, static_cast<double>(amount->cents) / 100));
    else if (const auto* text = std::get_if<std::string>(&what))
      check(sqlite3_bind_text(insert, at, text->data(), static_cast<int>(text->size()), SQLITE_STATIC));
    else
      check(sqlite3_bind_null(insert, at));
  }

  sqlite3* db_ = nullptr;
};

std::string literal(const value& what) {
  if (const auto* integer = std::get_if<std::int64_t>(&what)) return std::to_string(*integer);
  if (const auto* amount = std::get_if<money>(&what)) return amount->text();
  if (const auto* text = std::get_if<std::string>(&what)) {
    std::string made = "'";
    for (const char c : *text) made.append(c == '\'' ? 2 : 1, c);
    return made + "'";
  }
  return "null";
}

// Times are text there, too, and money has as many digits as it needs: both databases are to give the same bytes.
const char* type_in_postgres(std::string_view type) {
  if (type == "INTEGER") return "int";
  if (type == "BIGINT") return "bigint";
  return type.starts_with("NUMERIC") ? "numeric" : "text";
}

std::string script_of(const table& all) {
  const std::string name = '"' + std::string(all.name) + '"';
  std::string made = "create table " + name + " (";
  for (const column& each : all.columns)
    made += (made.back() == '(' ? "\"" : ", \"") + std::string(each.name) + "\" " + type_in_postgres(each.type);
  made += ");\ninsert into " + name + " values";
  const char* between = "\n";
  for (const row& each : all.rows) {
    made.append(between).append("(");
    for (const value& one : each) made.append(&one == each.data() ? "" : ",").append(literal(one));
    made += ")";
    between = ",\n";
  }
  return made + ";\n";
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 3) throw std::runtime_error("usage: make_music_shop SQLITE_FILE SQL_FILE");
    const shop made;
    sqlite_file database(argv[1]);
    std::string script;
    for (const table& each : made.tables()) {
      database.add(each);
      script += script_of(each);
    }
    database.finish();
    std::FILE* const file = std::fopen(argv[2], "wb");
    if (file == nullptr) throw std::runtime_error("cannot open the file of SQL");
    const bool is_written = std::fwrite(script.data(), 1, script.size(), file) == script.size();
    if (std::fclose(file) != 0 || !is_written) throw std::runtime_error("cannot write the file of SQL");
    return 0;
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "make_music_shop: %s\n", failed.what());
    return 1;
  }
}
