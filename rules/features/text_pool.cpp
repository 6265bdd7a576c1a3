#include "rules/features/text_pool.hpp"

namespace segmentd::rules {

std::uint64_t TextPool::use(const std::string& text) {
    std::size_t place = texts_.size();
    for (std::size_t i = 0; i < texts_.size(); ++i) {
        if (texts_[i].uses > 0 && texts_[i].text == text) {
            ++texts_[i].uses;
            return i;
        }
        if (texts_[i].uses == 0) place = i;
    }
    if (place == texts_.size()) texts_.emplace_back();
    texts_[place] = {text, 1};
    return place;
}

void TextPool::release(std::uint64_t number) {
    auto& text = texts_[number];
    if (--text.uses == 0) text.text = {};
    while (!texts_.empty() && texts_.back().uses == 0) texts_.pop_back();
}

}  // namespace segmentd::rules
