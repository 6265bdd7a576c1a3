#include "base/result.hpp"

#include <fmt/format.h>

namespace segmentd {

tl::unexpected<Error> fail(ErrorCode code, std::string message, std::string hint) {
    return fail(Error{.code = code, .message = std::move(message), .where = {}, .rule = {}, .hint = std::move(hint)});
}

tl::unexpected<Error> fail(ErrorCode code, std::string message) {
    return fail(code, std::move(message), std::string());
}

std::string to_text(const Error& error) {
    std::string text;
    if (!error.where.file.empty()) {
        text = error.where.line > 0 ? fmt::format("{}:{}:{}: ", error.where.file, error.where.line, error.where.column)
                                    : fmt::format("{}: ", error.where.file);
    }
    text += error.message;
    if (!error.rule.empty()) text += fmt::format(" [{}]", error.rule);
    if (!error.hint.empty()) text += fmt::format("; {}", error.hint);
    return text;
}

const char* to_word(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid: return "invalid";
        case ErrorCode::not_found: return "not_found";
        case ErrorCode::conflict: return "conflict";
        case ErrorCode::limit: return "limit";
        case ErrorCode::unavailable: return "unavailable";
        case ErrorCode::corrupt: return "corrupt";
        case ErrorCode::io: return "io";
        case ErrorCode::unsupported: return "unsupported";
    }
    return "invalid";
}

}  // namespace segmentd
