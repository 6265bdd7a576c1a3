// One attribute, feature or score of many customers, in as few bytes as its values need.
//
// A column that holds values of one kind keeps a code for each row: booleans, whole numbers and numbers with two
// decimals as integers of 8, 16, 32 or 64 bits, other numbers as float where every one of them is exact in it, else as
// double, texts as numbers of a dictionary, instants as microseconds. Codes are decoded to exactly the value that was
// set. A text that no row has any more leaves its number to the next new text. The column widens by itself when a value
// comes that does not fit; it never narrows. Values of several kinds, or of a kind that has no code, are kept as they
// are.
//
// Any thread may read while none writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "rules/expression/value.hpp"

namespace segmentd::rules {

class Column {
  public:
    using Value = expression::Value;
    using Kind = expression::Kind;
    using Codes = std::variant<std::vector<std::int8_t>, std::vector<std::int16_t>, std::vector<std::int32_t>,
                               std::vector<std::int64_t>, std::vector<float>, std::vector<double>>;

    // More or fewer rows; new ones are missing.
    void resize(std::size_t rows);
    std::size_t rows() const { return rows_; }

    // Sets a row below rows(); a missing value clears it.
    void set(std::size_t row, const Value& value);
    Value at(std::size_t row) const;
    bool is_present(std::size_t row) const { return (present_[row / 64] >> (row % 64) & 1) != 0; }
    bool is_whole() const { return present_count_ == rows_; }  // no row is missing

    // True where codes() hold the rows; their kind is kind(), which is missing while no row was ever set.
    bool is_coded() const { return values_.empty(); }
    Kind kind() const { return kind_; }

    // Of a coded column: a code for each row, of no meaning where the row is missing. Codes of numbers and instants
    // have the order of their values; those of texts have none.
    const Codes& codes() const { return codes_; }
    Value decode(std::int64_t code) const;  // of a column whose codes are integers
    double divisor() const;                 // of numbers: the value is the code divided by it
    std::size_t texts() const { return texts_.size(); }

    // A bit for each row, those of the first row lowest; bits beyond the last row are 0.
    const std::vector<std::uint64_t>& present() const { return present_; }

    // Bytes behind the column, the dictionary included.
    std::size_t bytes() const;

  private:
    enum class Form : std::uint8_t { whole, hundredths, single, full };  // of kind real

    bool take_code(std::size_t row, const Value& value);
    bool take_real(std::size_t row, double value);
    bool take_integer(std::size_t row, std::int64_t code);
    std::int64_t use_text(const Value& text);
    void release_text(std::size_t code);
    std::size_t code_at(std::size_t row) const;
    void change_form(std::size_t row, double value);
    void keep_as_values();
    void set_present(std::size_t row, bool present);

    Kind kind_ = Kind::missing;
    Form form_ = Form::whole;
    std::size_t rows_ = 0;
    std::size_t present_count_ = 0;
    Codes codes_;
    std::vector<std::uint64_t> present_;
    std::vector<Value> texts_;
    std::vector<std::uint32_t> uses_;                                 // of each text, by rows
    std::vector<std::uint32_t> unused_;                               // texts that no row has
    std::unordered_map<std::string_view, std::uint32_t> text_codes_;  // views of texts_, which copies share
    std::vector<Value> values_;                                       // of a column without codes
};

}  // namespace segmentd::rules
