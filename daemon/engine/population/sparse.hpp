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

// A map that most customers have nothing in.
template <typename Map>
class SeldomMap {
  public:
    SeldomMap() = default;
    SeldomMap(const SeldomMap& other) : map_(other.map_ ? std::make_unique<Map>(*other.map_) : nullptr) {}
    SeldomMap(SeldomMap&&) noexcept = default;
    SeldomMap& operator=(SeldomMap other) noexcept {
        map_ = std::move(other.map_);
        return *this;
    }
    ~SeldomMap() = default;
    SeldomMap& operator=(Map map) {
        made() = std::move(map);
        return *this;
    }

    bool empty() const { return all().empty(); }
    std::size_t size() const { return all().size(); }
    auto begin() const { return all().begin(); }
    auto end() const { return all().end(); }
    auto begin() { return all().begin(); }
    auto end() { return all().end(); }

    auto find(const auto& key) const { return all().find(key); }
    auto find(const auto& key) { return all().find(key); }
    bool contains(const auto& key) const { return all().contains(key); }
    const auto& at(const auto& key) const { return all().at(key); }
    auto& at(const auto& key) { return all().at(key); }

    auto& operator[](const auto& key) { return made()[key]; }
    template <typename... Arguments>
    auto try_emplace(Arguments&&... arguments) {
        return made().try_emplace(std::forward<Arguments>(arguments)...);
    }

    friend bool operator==(const SeldomMap& left, const Map& right) { return left.all() == right; }

  private:
    static Map& none() {
        static Map empty;  // nothing is ever put into it
        return empty;
    }
    const Map& all() const { return map_ ? *map_ : none(); }
    Map& all() { return map_ ? *map_ : none(); }
    Map& made() {
        if (!map_) map_ = std::make_unique<Map>();
        return *map_;
    }

    std::unique_ptr<Map> map_;
};

}  // namespace segmentd::daemon
