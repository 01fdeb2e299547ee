#ifdef TIDEMARK_SERVE_PROGRAM

#include "run_program.hpp"
#include "temporary_folder.hpp"

#include "catch.hpp"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <utility>

#include <tidemark/producers/sqlite.hpp>

#include "browser.hpp"
#include "comes_true.hpp"
#include "http_client.hpp"
#include "nlohmann_json.hpp"

namespace examples_serve_page_tests {

// The page of examples/serve.cpp in a real browser.

namespace {

using nlohmann::json;
using tests::comes_true;

/// A picture for whoever wants to look: TIDEMARK_SCREENSHOTS is a folder.
void take_picture(tests::browser& page, const std::string& name) {
  const char* const folder = std::getenv("TIDEMARK_SCREENSHOTS");
  if (folder != nullptr) std::ofstream(std::string(folder) + "/" + name + ".png.base64") << page.screenshot();
}

}  // namespace

TEST_CASE("serve's page: a table fills, stands still while it is paused, and the server's bytes with it, and goes on") {
  if (!tests::browser::is_there())
    SKIP_TEST("/usr/bin/chromium and /usr/bin/chromedriver are not there (Ubuntu has Chromium as a snap alone)");
  const temporary_folder folder;
  {
    tidemark::sqlite::connection db(folder.file("shop.db"));
    db.execute(R"(
      create view orders as with recursive n(i) as (select 1 union all select i + 1 from n limit 2000000)
        select i as id, '<b>customer ' || i || '</b>' as customer, printf('%.400c', 'x') as note from n;
      create view short as select * from orders limit 3000;
      create table tiny (id, missing, list); insert into tiny values (1, null, 'a'), (2, 'x"y', 'b');
      create view failing as select id, case when id = 2 then abs(-9223372036854775807 - 1) else 1 end as v from tiny;
    )");
  }
  running_program program(TIDEMARK_SERVE_PROGRAM, {"--db", folder.file("shop.db"), "--port", "0"});
  while (program.output().find('\n') == std::string::npos) program.read_output(program.output().size() + 1);
  const std::string where = program.output().substr(13, program.output().find('\n') - 13);

  tests::browser page;
  page.open(where + "/");
  const auto number = [&](const std::string& script) {
    return page.run("return Number(" + script + ")").get<std::int64_t>();
  };
  const auto text = [&](const std::string& id) {
    return page.run("return document.getElementById('" + id + "').textContent").get<std::string>();
  };
  const auto choose = [&](const std::string& table) {
    page.run("document.getElementById('table').value = '" + table + "'");
    page.click("#start");
  };
  REQUIRE(comes_true([&] { return number("document.querySelectorAll('#table option').length") == 4; }));

  choose("orders");
  REQUIRE(comes_true([&] { return number("rows") > 1000; }));
  page.click("#pause");
  // What the browser and the system had taken off the server's hands arrives; then nothing moves.
  const int port = std::stoi(where.substr(where.rfind(':') + 1));
  const auto sent_by_server = [&] {
    return tests::parse_json(tests::get(port, "/stats").body).at("bytes").get<std::int64_t>();
  };
  std::int64_t sent = -1;
  REQUIRE(comes_true([&] {
    const std::int64_t before = std::exchange(sent, sent_by_server());
    std::this_thread::sleep_for(std::chrono::seconds(1));
    return sent == before;
  }));
  const auto sent_in_page = [&] { return number("document.getElementById('sent').dataset.bytes"); };
  REQUIRE(comes_true([&] { return sent_in_page() == sent; }));
  const std::int64_t rows = number("rows");
  CHECK(rows < 2'000'000);
  CHECK(sent < 800'000'000);
  CHECK(number("document.querySelectorAll('tbody tr').length") == 200);
  CHECK(text("state") == "paused: the server waits");
  CHECK(text("buffered") != "0 B");
  take_picture(page, "paused");
  std::this_thread::sleep_for(std::chrono::seconds(1));
  CHECK(number("rows") == rows);
  CHECK(sent_by_server() == sent);

  page.click("#pause");
  REQUIRE(comes_true([&] { return number("rows") > rows + 1000; }));
  REQUIRE(comes_true([&] { return sent_in_page() > sent; }));

  choose("short");
  REQUIRE(comes_true([&] { return text("state") == "all rows are here"; }));
  REQUIRE(comes_true([&] { return text("caption") == "the last 200 of 3,000 rows"; }));
  CHECK(number("document.querySelector('tbody tr:last-child td').textContent") == 3000);
  CHECK(page.run("return document.querySelector('tbody tr:last-child td:nth-child(2)').textContent") ==
        "<b>customer 3000</b>");
  take_picture(page, "whole");
  choose("tiny");
  REQUIRE(comes_true([&] { return text("caption") == "2 rows"; }));
  CHECK(page.complaints() == "");

  choose("failing");
  REQUIRE(comes_true([&] { return text("state").starts_with("not all rows are here: "); }));
  CHECK(page.run("return document.getElementById('state').className") == "bad");

  // A response that is paused ends when its page is left.
  choose("orders");
  REQUIRE(comes_true([&] { return number("rows") > 1000; }));
  page.click("#pause");
  REQUIRE(comes_true([&] {
    page.open(where + "/stats");
    return page.run("return JSON.parse(document.body.textContent).active_streams") == 0;
  }));
}

}  // namespace examples_serve_page_tests

#endif
