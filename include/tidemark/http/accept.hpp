#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace tidemark::http {

namespace accepting {

inline constexpr std::string_view blanks = " \t";

inline std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t start = text.find_first_not_of(blanks);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(blanks) - start + 1);
}

/// Takes what stands before the next `mark` that is not within quotes, and the mark.
inline std::string_view take_until(std::string_view& rest, char mark) noexcept {
  bool is_quoted = false;
  std::size_t at = 0;
  for (; at != rest.size() && (is_quoted || rest[at] != mark); ++at) {
    if (rest[at] == '"') is_quoted = !is_quoted;
    if (is_quoted && rest[at] == '\\' && at + 1 != rest.size()) ++at;
  }
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(at == rest.size() ? at : at + 1);
  return trimmed(taken);
}

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline bool same_word(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i != a.size(); ++i)
    if (lower(a[i]) != lower(b[i])) return false;
  return true;
}

/// A weight in thousandths, 0 to 1000 (RFC 9110, section 12.4.2); none where it is not spelled as one.
inline std::optional<int> weight(std::string_view text) noexcept {
  if (text.empty() || (text[0] != '0' && text[0] != '1') || text.size() > 5) return std::nullopt;
  int thousandths = (text[0] - '0') * 1000;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int place = 100;
  for (const char digit : text.substr(text.size() > 1 ? 2 : 1)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    thousandths += (digit - '0') * place;
    place /= 10;
  }
  return thousandths <= 1000 ? std::optional(thousandths) : std::nullopt;
}

/// An element of the header: a range with its parameters, and its weight.
struct weighted_range {
  std::string_view range;
  std::optional<int> weight;  // none: it is not spelled as one
};

inline weighted_range weighed(std::string_view element) noexcept {
  for (std::string_view parts = element; !parts.empty();) {
    const auto before = static_cast<std::size_t>(parts.data() - element.data());
    const std::string_view part = take_until(parts, ';');
    // What stands behind the weight is no parameter of the range.
    if (part.size() >= 2 && lower(part[0]) == 'q' && part[1] == '=')
      return {element.substr(0, before), weight(part.substr(2))};
  }
  return {element, 1000};
}

/// How closely a range names a media type, both without weights: 0 not at all, 1 for */*, 2 for type/*, 3 for the type
/// itself, and more for each parameter that the range has, all of which the type must have, too.
inline int closeness(std::string_view range, std::string_view type) noexcept {
  const std::string_view wanted = take_until(range, ';');
  const std::string_view given = take_until(type, ';');
  const auto main_type = [](std::string_view whole) { return whole.substr(0, whole.find('/')); };
  if (wanted == "*/*") return 1;
  if (wanted.ends_with("/*")) return same_word(main_type(wanted), main_type(given)) ? 2 : 0;
  if (!same_word(wanted, given)) return 0;
  int close = 3;
  while (!range.empty()) {
    const std::string_view parameter = take_until(range, ';');
    bool is_there = parameter.empty();
    for (std::string_view rest = type; !rest.empty() && !is_there;)
      is_there = same_word(take_until(rest, ';'), parameter);
    if (!is_there) return 0;
    if (!parameter.empty()) ++close;
  }
  return close;
}

}  // namespace accepting

/// Which of `offered` (media types, the server's favourite first) a client wants, by the value of its Accept header
/// (RFC 9110, section 12.5.1): the index of the one with the highest weight, the first of equals; none where it accepts
/// none of them, which is answered with 406. An empty header accepts everything. An element that is not spelled as the
/// RFC has it is passed over. Several Accept headers are joined with commas first.
inline std::optional<std::size_t> preferred(std::string_view accept,
                                            std::span<const std::string_view> offered) noexcept {
  using namespace accepting;
  if (trimmed(accept).empty()) return offered.empty() ? std::nullopt : std::optional<std::size_t>(0);
  std::optional<std::size_t> best;
  int best_weight = 0;
  for (std::size_t i = 0; i != offered.size(); ++i) {
    // The range that names a type most closely decides, wherever it stands.
    int closest = 0;
    int of_closest = 0;
    for (std::string_view rest = accept; !rest.empty();) {
      const std::string_view element = take_until(rest, ',');
      const weighted_range range = weighed(element);
      if (!range.weight) continue;
      const int close = closeness(range.range, offered[i]);
      if (close <= closest) continue;
      closest = close;
      of_closest = *range.weight;
    }
    if (of_closest > best_weight) {
      best = i;
      best_weight = of_closest;
    }
  }
  return best;
}

/// The formats that negotiate() knows.
enum class response_format { array, ndjson, json_seq, sse, frames };

/// What a client is answered with: the format, and the value of Content-Type, which has static storage.
struct response_type {
  response_format format;
  std::string_view media_type;
};

/// In the order in which a client gets them that does not mind. NDJSON has no registered media type, but several names.
inline constexpr std::array<response_type, 8> response_types = {{
    {response_format::array, "application/json"},
    {response_format::ndjson, "application/x-ndjson"},
    {response_format::ndjson, "application/ndjson"},
    {response_format::ndjson, "application/jsonl"},
    {response_format::ndjson, "application/x-jsonlines"},
    {response_format::json_seq, "application/json-seq"},  // RFC 7464, section 4
    {response_format::sse, "text/event-stream"},          // WHATWG HTML, section 9.2
    {response_format::frames, "text/jsonl"},              // as Grafana asks for chunked queries; see frame_stream
}};

/// How a response is to be written for a client with this Accept header; see preferred(). None: answer 406.
inline std::optional<response_type> negotiate(std::string_view accept) noexcept {
  std::array<std::string_view, response_types.size()> offered;
  for (std::size_t i = 0; i != offered.size(); ++i) offered[i] = response_types[i].media_type;
  const std::optional<std::size_t> chosen = preferred(accept, offered);
  if (!chosen) return std::nullopt;
  return response_types[*chosen];
}

}  // namespace tidemark::http
