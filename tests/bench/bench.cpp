// The benchmarks: every peer does the same work as a child of its own, in turn, round after round.
//
// Times are seconds of the processor, user and system; "ratio" compares with the best hand loop of the same round, in
// the case `change` with the rows as they are.

#include "cases.hpp"
#include "few_lines.hpp"
#include "peers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace {

constexpr auto usage_text =
    "usage: bench --db FILE --ndjson FILE [--postgres WHERE] [--rows N] [--rounds 7] [--case NAME [--only PEER,...]]\n"
    "  --db FILE      a database made by sample_database with --documents\n"
    "  --ndjson FILE  the rows of its table documents as lines, made by\n"
    "                 bench --db FILE --peer documents/lines --query 'select doc from documents' >FILE\n"
    "  --postgres ... a PostgreSQL server whose table orders may be replaced, as libpq has it; $TIDEMARK_POSTGRES\n"
    "                 without it\n"
    "  --rows N       only their first N rows\n"
    "  --case NAME    only this one\n"
    "  --only ...     of the peers that a case compares, only these\n";

struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct arguments {
  bench::plan plan;
  std::string only_case;
  std::string peer;  // a child's: who it is,
  bench::job job;    // and what it does
};

std::int64_t number(std::string_view option, std::string_view text) {
  auto result = std::int64_t{0};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
  if (error != std::errc{} || end != text.data() + text.size() || result <= 0)
    throw usage_error{std::string{option} + " wants a number above 0, not \"" + std::string{text} + '"'};
  return result;
}

void check_peers(std::string_view names) {
  while (!names.empty()) {
    auto name = names.substr(0, names.find(','));
    auto has_it = [&](const bench::peer_list& list) {
      return std::ranges::find(list.peers, name, &bench::peer::name) != list.peers.end();
    };
    if (std::ranges::none_of(bench::peer_lists(), has_it)) throw usage_error{"there is no peer " + std::string{name}};
    names.remove_prefix(std::min(names.size(), name.size() + 1));
  }
}

arguments parse(int count, char** given) {
  auto result = arguments{};
  result.plan.program = given[0];
  if (auto server = std::getenv("TIDEMARK_POSTGRES")) result.plan.postgres = server;
  for (auto i = 1; i < count; i += 2) {
    auto option = std::string_view{given[i]};
    if (i + 1 == count) throw usage_error{std::string{option} + " wants a value"};
    auto value = std::string{given[i + 1]};
    if (option == "--db") {
      result.plan.database = result.job.database = value;
    } else if (option == "--ndjson") {
      result.plan.ndjson = result.job.ndjson = value;
    } else if (option == "--postgres") {
      result.plan.postgres = result.job.postgres = value;
    } else if (option == "--rows") {
      result.plan.rows = number(option, value);
    } else if (option == "--rounds") {
      result.plan.rounds = static_cast<int>(number(option, value));
    } else if (option == "--case") {
      result.only_case = value;
    } else if (option == "--only") {
      check_peers(value);
      result.plan.only_peers = "," + value + ",";
    } else if (option == "--peer") {
      result.peer = value;
    } else if (option == "--query") {
      result.job.query = value;
    } else if (option == "--mark") {
      result.job.mark = static_cast<std::size_t>(number(option, value));
    } else if (option == "--clients") {
      result.job.clients = static_cast<std::size_t>(number(option, value));
    } else {
      throw usage_error{"there is no option " + std::string{option}};
    }
  }
  if (result.plan.database.empty()) throw usage_error{"--db FILE is missing"};
  if (!result.plan.only_peers.empty() && result.only_case.empty()) throw usage_error{"--only wants --case, too"};
  return result;
}

void count_rows(bench::plan& plan) {
  auto there = std::stoll(bench::output_of(plan.child("rows", "count", "select count(*) from orders")));
  plan.all_rows = plan.rows == 0 || plan.rows >= there;
  if (plan.all_rows) plan.rows = there;
}

void run_cases(const arguments& wanted) {
  auto plan = wanted.plan;
  if (plan.ndjson.empty()) throw usage_error{"--ndjson FILE is missing"};
  count_rows(plan);
  auto first_lines = std::optional<bench::few_lines>{};
  if (!plan.all_rows) plan.ndjson = first_lines.emplace(plan.ndjson, plan.rows).path();
  auto any = false;
  for (const auto& each : bench::all_cases()) {
    if (!wanted.only_case.empty() && wanted.only_case != each.name) continue;
    each.run(plan);
    any = true;
  }
  if (!any) throw usage_error{"there is no case " + wanted.only_case};
}

}  // namespace

int main(int count, char** given) {
  try {
    auto wanted = parse(count, given);
    if (wanted.peer.empty())
      run_cases(wanted);
    else
      bench::run_peer(wanted.peer, wanted.job);
  } catch (const usage_error& error) {
    std::fprintf(stderr, "bench: %s\n%s", error.what(), usage_text);
    for (const auto& each : bench::all_cases()) std::fprintf(stderr, "  case %s\n", std::string{each.name}.c_str());
    for (const auto& list : bench::peer_lists()) {
      std::fprintf(stderr, "  peers of %s:", std::string{list.kind}.c_str());
      for (const auto& each : list.peers) std::fprintf(stderr, " %s", std::string{each.name}.c_str());
      std::fprintf(stderr, "\n");
    }
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench: %s\n", error.what());
    return 1;
  }
}
