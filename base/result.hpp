// Result and Error: how every layer says that something expected went wrong.
//
// An Error is for people first: what is wrong, which rule it breaks, where it stands and the way
// out. Programmer errors are asserts and never travel as Error.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace segmentd {

enum class ErrorCode {
    invalid,      // the input breaks a rule
    not_found,    // a name that nothing answers to
    conflict,     // it does not fit what is already there
    limit,        // a stated maximum is reached
    unavailable,  // try again later
    corrupt,      // stored bytes do not match their hash or form
    io,           // the system refused
    unsupported,  // a thing the product knows by name but does not do
};

// Where in the input. Lines and columns count from 1; 0 means "the whole file".
struct SourcePlace {
    std::string file;
    int line = 0;
    int column = 0;
};

struct Error {
    ErrorCode code = ErrorCode::invalid;
    std::string message;
    SourcePlace where;
    std::string rule;  // short name of the broken rule, for example "unknown_key"
    std::string hint;  // what to do about it
};

template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
  public:
    using tl::expected<T, Error>::expected;
};

inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

// The short form for errors that have no place in a file.
tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string hint);
tl::unexpected<Error> fail(ErrorCode code, std::string message);

// "file:12:5: message [rule]; hint" with the parts that are known, on one line.
std::string to_text(const Error& error);

// The word used in JSON output, for example "not_found".
const char* to_word(ErrorCode code);

}  // namespace segmentd

// Hands the error of a Result to the caller, or names the value: TRY(customer, find(id));
#define TRY(name, expression)                                                      \
    auto name##_result = (expression);                                             \
    if (!name##_result) return ::segmentd::fail(std::move(name##_result).error()); \
    auto&& name = *name##_result
