#include "peers.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace bench {

std::span<const peer> peers_of(std::string_view kind) {
  auto found = std::ranges::find(peer_lists(), kind, &peer_list::kind);
  if (found == peer_lists().end()) throw std::runtime_error{"there are no peers for " + std::string{kind}};
  return found->peers;
}

void run_peer(std::string_view name, const job& wanted) {
  auto work = std::ranges::find(other_works(), name, &named_work::name);
  if (work != other_works().end()) return work->run(wanted);
  auto list = peers_of(name.substr(0, name.find('/')));
  auto found = std::ranges::find(list, name.substr(name.find('/') + 1), &peer::name);
  if (found == list.end()) throw std::runtime_error{"there is no peer " + std::string{name}};
  found->run(wanted);
}

}  // namespace bench
