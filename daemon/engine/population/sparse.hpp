// What few customers have: eight bytes for those who have none of it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/short_list.hpp"

namespace segmentd::daemon {

// A value for some of many numbered things, such as the features of the rulebook. The others have the value of a new T.
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

// A value that most have none of: theirs is that of a new T, which takes no memory.
template <typename T>
class Seldom {
  public:
    Seldom() = default;
    Seldom(const Seldom& other) : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}
    Seldom(Seldom&&) noexcept = default;
    Seldom& operator=(Seldom other) noexcept {
        value_ = std::move(other.value_);
        return *this;
    }
    ~Seldom() = default;

    const T* operator->() const { return &**this; }
    const T& operator*() const {
        static const T none;
        return value_ ? *value_ : none;
    }

    // To be changed; null where it was never made.
    T* find() { return value_.get(); }

    T& make() {
        if (!value_) value_ = std::make_unique<T>();
        return *value_;
    }

  private:
    std::unique_ptr<T> value_;
};

}  // namespace segmentd::daemon
