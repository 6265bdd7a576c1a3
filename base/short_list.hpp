// A growing row of elements that takes eight bytes by itself: for what most customers have little or nothing of.
//
// As std::vector, but an empty one points nowhere and the length stands before the elements. Elements move when the
// row grows. At most 2^32 - 1 of them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace segmentd {

template <typename T>
class ShortList {
  public:
    using value_type = T;

    ShortList() = default;
    template <typename Iterator>
    ShortList(Iterator first, Iterator last) : ShortList() {
        reserve(static_cast<std::size_t>(std::distance(first, last)));
        for (; first != last; ++first) push_back(*first);
    }
    ShortList(const ShortList& other) : ShortList(other.begin(), other.end()) {}
    ShortList(ShortList&& other) noexcept : head_(std::exchange(other.head_, nullptr)) {}
    ShortList& operator=(ShortList other) noexcept {
        std::swap(head_, other.head_);
        return *this;
    }
    ~ShortList() {
        if (head_ == nullptr) return;
        std::destroy(begin(), end());
        ::operator delete(head_);
    }

    bool empty() const { return size() == 0; }
    std::size_t size() const { return head_ == nullptr ? 0 : head_->size; }
    std::size_t capacity() const { return head_ == nullptr ? 0 : head_->room; }
    T* begin() { return elements(); }
    T* end() { return elements() + size(); }
    const T* begin() const { return elements(); }
    const T* end() const { return elements() + size(); }
    T& operator[](std::size_t place) { return elements()[place]; }
    const T& operator[](std::size_t place) const { return elements()[place]; }

    // Brings the start of the row near, two lines of a cache; for who reads it soon.
    void fetch() const {
        __builtin_prefetch(head_);
        __builtin_prefetch(reinterpret_cast<const char*>(head_) + 64);
    }

    void reserve(std::size_t room) {
        if (room > capacity()) move_to(room);
    }

    // Room for one more and for an eighth of the length beside it: where millions of rows grow, what is held ready
    // for nothing counts.
    void reserve_sparingly() {
        if (size() == capacity()) reserve(size() + size() / 8 + 1);
    }

    T& push_back(T value) {
        if (head_ == nullptr || head_->size == head_->room) move_to(size() + size() / 2 + 1);
        T* place = std::construct_at(end(), std::move(value));
        ++head_->size;
        return *place;
    }

    // Puts the value before a place; returns where it is.
    T& insert(const T* before, T value) {
        const auto place = before - begin();
        push_back(std::move(value));
        std::rotate(begin() + place, end() - 1, end());
        return begin()[place];
    }

    // Puts others, which are none of its own, in the place of those from first to last.
    void replace(const T* first, const T* last, std::span<const T> others)
        requires std::is_trivially_copyable_v<T>
    {
        const auto place = static_cast<std::size_t>(first - begin());
        const auto behind = static_cast<std::size_t>(end() - last);
        const auto length = place + others.size() + behind;
        if (length == size() && others.empty()) return;
        if (length > capacity()) reserve(length + length / 8);
        T* gap = begin() + place;
        std::memmove(gap + others.size(), end() - behind, behind * sizeof(T));
        std::ranges::copy(others, gap);
        head_->size = static_cast<std::uint32_t>(length);
    }

    // Return where the one behind is then.
    T* erase(const T* place) { return erase(place, place + 1); }
    T* erase(const T* first, const T* last) {
        T* gone = begin() + (first - begin());
        if (first == last) return gone;
        T* rest = std::move(gone + (last - first), end(), gone);
        std::destroy(rest, end());
        head_->size = static_cast<std::uint32_t>(rest - begin());
        return gone;
    }

  private:
    struct alignas(8) Head {
        std::uint32_t size = 0;
        std::uint32_t room = 0;
    };
    static_assert(alignof(T) <= alignof(Head));

    T* elements() const { return head_ == nullptr ? nullptr : reinterpret_cast<T*>(head_ + 1); }

    void move_to(std::size_t room) {
        auto* bytes = ::operator new(sizeof(Head) + room * sizeof(T));
        auto* head = std::construct_at(static_cast<Head*>(bytes), static_cast<std::uint32_t>(size()),
                                       static_cast<std::uint32_t>(room));
        std::uninitialized_move(begin(), end(), reinterpret_cast<T*>(head + 1));
        std::destroy(begin(), end());
        ::operator delete(std::exchange(head_, head));
    }

    Head* head_ = nullptr;
};

}  // namespace segmentd
