#include "daemon/store/head_check.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace segmentd::daemon {

Result<HeadCheck> HeadCheck::load(const std::filesystem::path& file, const std::string& origin, const PublicKey& key) {
    TRY(heads, read_tree_heads(file));
    HeadCheck check;
    check.file_ = file.string();
    for (const SignedTreeHead& head : heads) {
        if (head.origin != origin || !is_signed_by(head, key)) {
            return fail(
                ErrorCode::corrupt,
                fmt::format("{}: the head of {} records is not signed by this store", file.string(), head.head.size),
                "restore this file from a backup");
        }
        check.heads_.push_back(head.head);
        if (!check.newest_ || head.head.size >= check.newest_->head.size) check.newest_ = head;
    }
    std::sort(check.heads_.begin(), check.heads_.end(),
              [](const TreeHead& a, const TreeHead& b) { return a.size < b.size; });
    return check;
}

Result<void> HeadCheck::compare(const MerkleTree& tree) {
    for (; compared_ < heads_.size() && heads_[compared_].size == tree.size(); ++compared_) {
        if (heads_[compared_].root == tree.root()) continue;
        return fail(
            ErrorCode::corrupt,
            fmt::format("the first {} records of the journal are not those whose tree head was signed", tree.size()),
            "restore the store from a backup");
    }
    return {};
}

Result<void> HeadCheck::finish(const MerkleTree& tree) const {
    if (heads_.empty() && tree.size() > 0) {
        return fail(ErrorCode::corrupt, fmt::format("{}: the tree heads that were signed are gone", file_),
                    "restore this file from a backup");
    }
    if (compared_ == heads_.size()) return {};
    return fail(ErrorCode::corrupt,
                fmt::format("the journal ends with record {}, but a tree head of {} records was signed", tree.size(),
                            heads_.back().size),
                "restore the store from a newer backup");
}

}  // namespace segmentd::daemon
