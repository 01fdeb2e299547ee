// Median and range of repeated measurements.

#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace bench {

// Of at least one number.
inline double median(std::vector<double> numbers) {
  std::ranges::sort(numbers);
  auto middle = numbers.size() / 2;
  return numbers.size() % 2 == 1 ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2;
}

// The median of each round's own ratio: the machine drifts from round to round, and within a round both drift alike.
inline double median_ratio(const std::vector<double>& numbers, const std::vector<double>& to) {
  auto ratios = std::vector<double>{};
  for (auto i = std::size_t{0}; i < numbers.size(); ++i) ratios.push_back(numbers[i] / to[i]);
  return median(ratios);
}

}  // namespace bench
