// What few have: eight bytes for those who have none of it.
#pragma once

#include <memory>
#include <utility>

namespace segmentd {

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

    explicit operator bool() const { return value_ != nullptr; }  // true where it was made
    void fetch() const { __builtin_prefetch(value_.get()); }      // for who reads it soon

    // To be changed; null where it was never made.
    T* find() { return value_.get(); }

    T& make() {
        if (!value_) value_ = std::make_unique<T>();
        return *value_;
    }

  private:
    std::unique_ptr<T> value_;
};

}  // namespace segmentd
