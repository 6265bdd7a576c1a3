// What a customer has of many numbered things: eight bytes for who has none of them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/short_list.hpp"

namespace segmentd::daemon {

// A value for some of the things, such as the features of the rulebook. The others have the value of a new T.
template <typename T>
class ByNumber {
  public:
    // The value of a thing; null where it was never made. It stays where it is until the next one is made.
    const T* find(std::size_t number) const {
        const auto* place = std::ranges::lower_bound(entries_, number, {}, &Entry::number);
        return place != entries_.end() && place->number == number ? &place->value : nullptr;
    }
    T* find(std::size_t number) { return const_cast<T*>(std::as_const(*this).find(number)); }

    const T& operator[](std::size_t number) const {
        static const T none;
        const auto* found = find(number);
        return found == nullptr ? none : *found;
    }

    void fetch() const { entries_.fetch(); }  // as ShortList

    // Those that were made.
    void for_each(auto&& visit) const {
        for (const auto& entry : entries_) visit(entry.value);
    }

    T& make(std::size_t number) {
        if (auto* known = find(number)) return *known;
        entries_.reserve_sparingly();
        const auto* place = std::ranges::lower_bound(entries_, number, {}, &Entry::number);
        return entries_.insert(place, {T(), static_cast<std::uint32_t>(number)}).value;
    }

  private:
    struct Entry {
        T value;
        std::uint32_t number = 0;
    };
    ShortList<Entry> entries_;  // by number
};

}  // namespace segmentd::daemon
