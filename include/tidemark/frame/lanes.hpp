#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

namespace tidemark::frames {

/// Texts that grow side by side within one piece of memory, and become one text in the end: the columns of a message
/// while its rows come.
///
/// Each lane has a part of the memory, as large as the rows before have shown it to need. Where one is full, what is
/// free is shared out anew; where nothing is free, the message is over. Behind each lane `padding` bytes are scratch,
/// so that blocks of fixed size may be written past its end; a value may end there, too.
class lanes {
 public:
  static constexpr std::size_t padding = 96;
  /// How many bytes of the padding no value ever ends in: see join().
  static constexpr std::size_t free_for_joints = 32;

  struct lane {
    char* begin;
    char* end;    ///< the next byte to write
    char* limit;  ///< up to here; behind it is the padding
    char* row;    ///< where the values of the row that is being added begin

    std::size_t size() const noexcept { return static_cast<std::size_t>(end - begin); }
    /// How many bytes may be written, those of the padding included.
    std::size_t room() const noexcept { return static_cast<std::size_t>(limit + padding - end); }
    bool is_full() const noexcept { return end >= limit; }
  };

  /// `capacity`: in bytes, of all lanes with their padding; `grows`: it is only what is taken at first.
  lanes(std::size_t capacity, bool grows) : capacity_(capacity), grows_(grows) {}

  lane& operator[](std::size_t i) noexcept { return all_[i]; }
  const lane& operator[](std::size_t i) const noexcept { return all_[i]; }
  lane* data() noexcept { return all_.data(); }
  std::size_t size() const noexcept { return all_.size(); }

  /// Begins a message: `count` lanes, without text, behind `front` bytes that are kept free. They are laid out as
  /// those of the message before ended. False where the memory is too small for that.
  bool begin(std::size_t count, std::size_t front) {
    shares_.resize(count, 0);
    front_ = front;
    all_.assign(count, {});
    if (!take_memory()) return false;
    for (lane& one : all_) one.begin = one.end = one.row = memory_.get();
    return spread(0, 0);
  }

  /// Puts one more lane before lane `at`. False where there is no room.
  bool insert(std::size_t at) {
    char* const where = at == all_.size() ? memory_.get() + front_ : all_[at].begin;
    all_.insert(all_.begin() + static_cast<std::ptrdiff_t>(at), lane{where, where, where, where});
    shares_.insert(shares_.begin() + static_cast<std::ptrdiff_t>(at), 0);
    if (make_room(at, padding)) return true;
    all_.erase(all_.begin() + static_cast<std::ptrdiff_t>(at));
    shares_.erase(shares_.begin() + static_cast<std::ptrdiff_t>(at));
    return false;
  }

  /// Makes room for `size` more bytes in a lane, padding included; all lanes may move. False where that much is not
  /// free. Linear in the bytes held.
  bool make_room(std::size_t which, std::size_t size) {
    if (!all_[which].is_full() && all_[which].room() >= size) return true;
    // A little that is left is not worth moving everything for each value.
    const std::size_t worth_it = capacity_ / 32;
    while (!spread(which, size + worth_it)) {
      if (!grows_) return false;
      grow();
    }
    return true;
  }

  /// Remembers where the next row begins, for undo_row(), from lane `from` on: lanes before it are the caller's.
  void begin_row(std::size_t from) noexcept {
    for (std::size_t i = from; i < all_.size(); ++i) all_[i].row = all_[i].end;
  }
  /// Takes what was added since then out of the first `count` lanes, and of those from lane `from` on.
  void undo_row(std::size_t count, std::size_t from) noexcept {
    for (std::size_t i = 0; i < all_.size(); ++i)
      if (i < count || i >= from) all_[i].end = all_[i].row;
  }

  /// Puts the texts together, in the memory of the lanes themselves; behind this only begin() may be called. `assemble`
  /// is called with an object whose put(text) and put_lane(i) write one behind the other, every lane at most once and
  /// in order. What is put between them must be at most `free_for_joints` bytes for each lane before. Valid until
  /// begin().
  template <class Assemble>
  std::string_view join(Assemble assemble) {
    for (std::size_t i = 0; i != all_.size(); ++i) shares_[i] = all_[i].size();
    joiner into{*this, memory_.get() + front_};
    assemble(into);
    return {memory_.get() + front_, static_cast<std::size_t>(into.out - (memory_.get() + front_))};
  }

  /// The `front` bytes before what join() returned.
  char* front() noexcept { return memory_.get(); }

  /// How many bytes are held.
  std::size_t held() const noexcept {
    std::size_t sum = 0;
    for (const lane& one : all_) sum += one.size();
    return sum;
  }

  /// Gives the memory back; begin() takes it again.
  void release() noexcept {
    memory_.reset();
    all_.clear();
  }

 private:
  struct joiner {
    lanes& those;
    char* out;

    void put(std::string_view text) noexcept {
      std::memcpy(out, text.data(), text.size());
      out += text.size();
    }
    void put_lane(std::size_t i) noexcept {
      const lane& one = those.all_[i];
      std::memmove(out, one.begin, one.size());
      out += one.size();
    }
  };

  bool take_memory() {
    if (memory_) return true;
    const std::size_t least = front_ + all_.size() * 2 * padding;
    if (grows_) capacity_ = std::max(capacity_, least);
    if (capacity_ < least) return false;
    memory_.reset(static_cast<char*>(std::malloc(capacity_ + padding)));
    if (!memory_) throw std::bad_alloc();
    return true;
  }

  /// With realloc(), since of a large memory the system moves no byte.
  void grow() {
    std::vector<std::array<std::ptrdiff_t, 4>> places;
    places.reserve(all_.size());
    for (const lane& one : all_)
      places.push_back(
          {one.begin - memory_.get(), one.end - memory_.get(), one.limit - memory_.get(), one.row - memory_.get()});
    char* const larger = static_cast<char*>(std::realloc(memory_.get(), 2 * capacity_ + padding));
    if (larger == nullptr) throw std::bad_alloc();
    [[maybe_unused]] const char* const smaller = memory_.release();  // which realloc() has freed
    memory_.reset(larger);
    capacity_ *= 2;
    for (std::size_t i = 0; i != all_.size(); ++i)
      all_[i] = {larger + places[i][0], larger + places[i][1], larger + places[i][2], larger + places[i][3]};
  }

  /// Lays the lanes out anew, with `more` bytes of room in one of them at least, and what is free shared out as the
  /// lanes of the message before, or those of this one, are filled.
  bool spread(std::size_t which, std::size_t more) {
    std::size_t used = more;
    std::size_t shares = 0;
    for (std::size_t i = 0; i != all_.size(); ++i) {
      used += all_[i].size() + padding + 1;
      shares += share(i);
    }
    if (front_ + used > capacity_) return false;
    const auto free = static_cast<double>(capacity_ - front_ - used);
    // From the right those that move right, from the left those that move left: none is written over.
    starts_.clear();
    char* start = memory_.get() + front_;
    for (std::size_t i = 0; i != all_.size(); ++i) {
      starts_.push_back(start);
      const auto its = static_cast<std::size_t>(free * static_cast<double>(share(i)) / static_cast<double>(shares));
      start += all_[i].size() + padding + 1 + its + (i == which ? more : 0);
    }
    for (std::size_t i = all_.size(); i-- != 0;)
      if (starts_[i] > all_[i].begin) move(all_[i], starts_[i]);
    for (std::size_t i = 0; i != all_.size(); ++i)
      if (starts_[i] < all_[i].begin) move(all_[i], starts_[i]);
    for (std::size_t i = 0; i + 1 < all_.size(); ++i) all_[i].limit = starts_[i + 1] - padding;
    if (!all_.empty()) all_.back().limit = start - padding;
    return true;
  }

  /// What a lane is expected to need.
  std::size_t share(std::size_t i) const noexcept { return std::max(shares_[i], all_[i].size()) + 16; }

  static void move(lane& one, char* to) noexcept {
    std::memmove(to, one.begin, one.size());
    one.end = to + (one.end - one.begin);
    one.row = to + (one.row - one.begin);
    one.begin = to;
  }

  struct freer {
    void operator()(char* memory) const noexcept { std::free(memory); }
  };

  std::size_t capacity_;
  bool grows_;
  std::size_t front_ = 0;
  std::unique_ptr<char, freer> memory_;
  std::vector<lane> all_;
  std::vector<std::size_t> shares_;  // how long each one was in the message before
  std::vector<char*> starts_;
};

}  // namespace tidemark::frames
