// The texts of one feature of one customer, each kept once however often it comes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace segmentd::rules {

class TextPool {
  public:
    // A number for the text, the same for equal texts as long as they are used. Looks at every
    // different text once.
    std::uint64_t use(const std::string& text);

    // Gives one use back; the last one forgets the text.
    void release(std::uint64_t number);

    const std::string& text(std::uint64_t number) const { return texts_[number].text; }

  private:
    struct Text {
        std::string text;
        std::uint64_t uses = 0;
    };
    std::vector<Text> texts_;
};

}  // namespace segmentd::rules
