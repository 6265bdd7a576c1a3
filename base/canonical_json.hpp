// Canonical JSON (RFC 8785): one value has one text, so that its bytes can be hashed and signed.
//
// No white space; members sorted by the UTF-16 code units of their names; numbers in ECMAScript's
// shortest form; only the escapes that JSON demands.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace segmentd {

// The canonical text. Refused: NaN, infinity, and integers that no double holds exactly (two
// different values would share a text). Texts must be UTF-8, as they are in every parsed value.
Result<std::string> canonical_json(const boost::json::value& value);

// The order of member names: by UTF-16 code units. It differs from the order of the UTF-8 bytes
// only where characters beyond U+FFFF meet those from U+E000 to U+FFFF.
bool is_before_in_utf16(std::string_view left, std::string_view right);

// Writes canonical text piece by piece, for callers that know the structure and the order of
// members beforehand. Commas, colons and brackets are the caller's (add_raw).
class CanonicalJsonWriter {
  public:
    static constexpr std::int64_t largest_integer = 9'007'199'254'740'991;  // 2^53 - 1

    void add_raw(std::string_view json) { json_ += json; }
    void add_text(std::string_view text);   // with quotes and escapes
    void add_integer(std::int64_t number);  // at most largest_integer from zero
    void add_number(double number);         // finite; -0 becomes 0

    std::size_t size() const { return json_.size(); }
    void cut_back_to(std::size_t size) { json_.resize(size); }
    std::string take() { return std::move(json_); }

  private:
    std::string json_;
};

}  // namespace segmentd
